/**
 * JSON as a value. Objects are Maps, so that foreign names never become properties.
 */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A number as it was written. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON whose numbers keep their text. */
export type ExactJson =
  | null
  | boolean
  | number
  | string
  | JsonNumber
  | readonly ExactJson[]
  | ExactJsonObject;

export type ExactJsonObject = ReadonlyMap<string, ExactJson>;

export type JsonObject = ReadonlyMap<string, JsonValue>;

/** Deeper values are refused, as the reference does; JSON text is read and written without recursion. */
export const maxJsonDepth = 10_000;

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** The reference's word for a value's type in its texts. */
export function jsonKind(
  value: ExactJson,
): "null" | "bool" | "number" | "string" | "array" | "object" {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || value instanceof JsonNumber) return "number";
  if (typeof value === "string") return "string";
  return value instanceof Map ? "object" : "array";
}
