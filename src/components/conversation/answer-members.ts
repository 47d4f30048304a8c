/**
 * Reads members of provider's answers; what is absent or of another type is empty.
 */
import type { JsonObject, JsonValue } from "../../kit/json/value.ts";
import { isJsonObject } from "../../kit/json/value.ts";

const emptyObject: JsonObject = new Map();

export function memberText(object: JsonObject, name: string): string {
  const value = object.get(name);
  return typeof value === "string" ? value : "";
}

export function memberObject(object: JsonObject, name: string): JsonObject {
  const value = object.get(name);
  return isJsonObject(value) ? value : emptyObject;
}

/** Items that are objects. */
export function memberObjects(object: JsonObject, name: string): JsonObject[] {
  const value = object.get(name);
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];
}

/** Of tokens: whole and not negative. */
export function memberCount(object: JsonObject, name: string): number {
  const value = object.get(name);
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}

/** Members of a literal of ours; undefined ones are left out. */
export function jsonObject(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const object = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) object.set(name, value);
  }
  return object;
}
