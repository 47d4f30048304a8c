/** Checks of what a resource says, where nobody else would notice. */
import type { YamlMap, YamlValue } from "../../kit/resources/yaml.ts";
import { field, string, wrongType } from "./documents.ts";

/** A resource can be read, and says what it must not say. */
export class ValidationError extends Error {
  override readonly name = "ValidationError";
}

export const required = (place: string): ValidationError =>
  new ValidationError(`${place}: Required value`);

/** A text that must not be empty. */
export function filled(map: YamlMap, name: string, place: string): string {
  const value = string(map, name);
  if (value === "") throw required(`${place}.${name}`);
  return value;
}

export function list(map: YamlMap, name: string): readonly YamlValue[] {
  const value = field(map, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(name, value, "array");
  return value as readonly YamlValue[];
}

export function maps(map: YamlMap, name: string): readonly YamlMap[] {
  return list(map, name).map((item) => {
    if (!(item instanceof Map)) throw wrongType(name, item, "object");
    return item as YamlMap;
  });
}
