/**
 * Takes typed members out of loosely written JSON objects: names match exactly or ignoring case, unknown ones are ignored,
 * null is absent, wrong types are errors.
 * @see spec 01 §2.5
 */
import { isJsonObject, type JsonObject, type JsonValue, jsonKind } from "./value.ts";

export class JsonTypeError extends Error {
  override readonly name = "JsonTypeError";
  /** @param field as in the reference's texts: `SetRequest.key` */
  constructor(value: JsonValue, field: string, type: string) {
    const into = field.includes(".") ? `Go struct field ${field}` : `Go value`;
    super(`json: cannot unmarshal ${jsonKind(value)} into ${into} of type ${type}`);
  }
}

/** The members with these names, in their order; the last one of several spellings wins. */
export function members(
  object: JsonObject,
  names: readonly string[],
): (Exclude<JsonValue, null> | undefined)[] {
  const found: (Exclude<JsonValue, null> | undefined)[] = new Array(names.length).fill(undefined);
  for (const [name, value] of object) {
    if (value === null) continue;
    let index = names.indexOf(name);
    if (index < 0) {
      const folded = foldName(name);
      index = names.findIndex((wanted) => wanted.toLowerCase() === folded);
    }
    if (index >= 0) found[index] = value;
  }
  return found;
}

/** Lower case by simple folding: the long s and the Kelvin sign are letters s and k to the reference. */
const foldName = (name: string): string => name.toLowerCase().replaceAll("\u017f", "s");

/** @returns undefined for null @throws {JsonTypeError} */
export function asObject(value: JsonValue, field: string, type: string): JsonObject | undefined {
  if (value === null) return undefined;
  if (!isJsonObject(value)) throw new JsonTypeError(value, field, type);
  return value;
}

/** @throws {JsonTypeError} */
export function asArray(
  value: JsonValue | undefined,
  field: string,
  type: string,
): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new JsonTypeError(value, field, type);
  return value as readonly JsonValue[];
}

/** "" when absent. @throws {JsonTypeError} */
export function asString(value: JsonValue | undefined, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new JsonTypeError(value, field, "string");
  return value;
}

/** 0 when absent. @throws {JsonTypeError} */
export function asInteger(value: JsonValue | undefined, field: string): number {
  if (value === undefined || value === null) return 0;
  if (!Number.isInteger(value) || Math.abs(value as number) > 2 ** 63) {
    throw new JsonTypeError(value, field, "int");
  }
  return value as number;
}

const noStrings: ReadonlyMap<string, string> = new Map();

/** A shared empty map when absent; null values are "". @throws {JsonTypeError} */
export function asStringMap(
  value: JsonValue | undefined,
  field: string,
): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return noStrings;
  if (!isJsonObject(value)) throw new JsonTypeError(value, field, "map[string]string");
  const map = new Map<string, string>();
  for (const [name, text] of value) map.set(name, asString(text, field));
  return map;
}

/** A free-form value; numbers must be in range. @throws {JsonTypeError} */
export function asFinite(value: JsonValue, field: string): JsonValue {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new JsonTypeError(value, field, "float64");
    return value;
  }
  if (typeof value !== "object" || value === null) return value;
  const todo: (readonly JsonValue[] | JsonObject)[] = [value];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const item of next.values()) {
      if (typeof item === "number") {
        if (!Number.isFinite(item)) throw new JsonTypeError(item, field, "float64");
      } else if (typeof item === "object" && item !== null) {
        todo.push(item);
      }
    }
  }
  return value;
}
