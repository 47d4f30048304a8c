/**
 * Compares a document with the fields of its kind: unknown names, wrong types, words that are none of the allowed ones.
 */
import { suggestion } from "../../kit/resources/closest-name.ts";
import { memberOf, type YamlPath } from "../../kit/resources/located-yaml.ts";
import { scalarToString, type YamlMap, type YamlValue } from "../../kit/resources/yaml.ts";
import { parseDuration } from "../../kit/time/duration.ts";

/** What may stand in a field. */
export type Field =
  | "any"
  | "bool"
  | "int"
  /** Go's notation. */
  | "duration"
  /** As duration, or an integer: ms. */
  | "interval"
  /** Scalars become strings. */
  | "string"
  /** Scalars do not. */
  | "text"
  | { readonly words: readonly string[] }
  | { readonly list: Field }
  /** Names are free. */
  | { readonly map: Field }
  | { readonly fields: Fields; readonly required?: readonly string[] };

export type Fields = Readonly<Record<string, Field>>;

export interface Finding {
  readonly level: "error" | "warning";
  readonly path: YamlPath;
  readonly text: string;
}

/** Takes findings about a document. */
export type Report = (level: Finding["level"], path: YamlPath, text: string) => void;

export function checkField(value: YamlValue, field: Field, path: YamlPath, report: Report): void {
  // Null is absent.
  if (value === null || field === "any") return;
  const shown = showPath(path);
  const wrong = (wanted: string): void => report("error", path, `${shown} must be ${wanted}`);
  if (typeof field === "string") {
    const complaint = scalarComplaint(value, field);
    if (complaint !== undefined) wrong(complaint);
  } else if ("words" in field) {
    const word = scalarToString(value);
    if (word === undefined || !field.words.includes(word)) {
      wrong(
        `one of ${field.words.map((item) => item || '""').join(", ")}${suggestion(word ?? "", field.words)}`,
      );
    }
  } else if ("list" in field) {
    if (!Array.isArray(value)) wrong("a list");
    else {
      for (const [index, item] of (value as readonly YamlValue[]).entries()) {
        checkField(item, field.list, [...path, index], report);
      }
    }
  } else if (!(value instanceof Map)) wrong("a mapping");
  else if ("map" in field) {
    for (const [name, item] of value as YamlMap) {
      checkField(item, field.map, [...path, name], report);
    }
  } else checkFields(value as YamlMap, field, path, report);
}

function checkFields(
  map: YamlMap,
  { fields, required = [] }: { readonly fields: Fields; readonly required?: readonly string[] },
  path: YamlPath,
  report: Report,
): void {
  const names = Object.keys(fields);
  const byLowerName = new Map(names.map((name) => [name.toLowerCase(), name]));
  for (const [key, value] of map) {
    const name = byLowerName.get(key.toLowerCase());
    if (name !== undefined) checkField(value, fields[name] as Field, [...path, key], report);
    else {
      const text = `field ${showPath([...path, key])} is unknown${suggestion(key, names)}`;
      report("warning", [...path, key], text);
    }
  }
  for (const name of required) {
    const value = memberOf(map, name)?.value ?? null;
    if (value === null || value === "") {
      report("error", path, `${showPath([...path, name])} is missing`);
    }
  }
}

/** What it must be. */
function scalarComplaint(value: YamlValue, field: string): string | undefined {
  switch (field) {
    case "bool":
      return typeof value === "boolean" ? undefined : "true or false, without quotes";
    case "int":
      return typeof value === "bigint" ? undefined : "an integer, without quotes";
    case "text":
      return typeof value === "string" ? undefined : "a string: put it in quotes";
    default: {
      const text = scalarToString(value);
      if (text === undefined) return "a string";
      if (field === "interval" && /^\d+$/.test(text)) return undefined;
      return field === "string" ? undefined : durationComplaint(text);
    }
  }
}

export function durationComplaint(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    parseDuration(text);
    return undefined;
  } catch {
    return `a duration such as 500ms or 1m30s, not ${JSON.stringify(text)}`;
  }
}

/** `spec.metadata[2].value` */
export function showPath(path: YamlPath): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join("");
}
