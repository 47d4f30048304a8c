/**
 * Values as MongoDB keeps them: bytes and JSON text strings as strings, other JSON natively with its numbers as doubles,
 * which is what the reference writes.
 * @see spec 04 §8.1
 */
import { isUtf8 } from "node:buffer";
import { BSON, ObjectId } from "mongodb";
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { StateValue } from "./contract.ts";

/** What the server takes. */
const maxDepth = 100;

/** BSON type bytes. */
const stringType = 2;

/** Documents are refused by servers when they are larger. */
const maxValueBytes = 16 * 1024 * 1024;

/**
 * A BSON string whose bytes are no UTF-8, such as a protobuf message that was saved over gRPC. JavaScript has no such
 * string, so it takes the one type whose serialiser is handed the buffer, and writes another type over its own.
 */
class RawText extends ObjectId {
  readonly #bytes: Buffer;
  readonly #name: string;

  /** @param name of the member that will hold it: its type stands before the name */
  constructor(name: string, bytes: Buffer) {
    super("000000000000000000000000");
    this.#name = name;
    this.#bytes = bytes;
  }

  /** @returns how many bytes were written */
  serializeInto(target: Uint8Array, index: number): number {
    const { length } = this.#bytes;
    if (index + length + 5 > target.length) throw new Error("the value is too large");
    target[index - Buffer.byteLength(this.#name) - 2] = stringType;
    new DataView(target.buffer, target.byteOffset).setInt32(index, length + 1, true);
    target.set(this.#bytes, index + 4);
    target[index + 4 + length] = 0;
    return length + 5;
  }
}

/** Name of the member with the value. */
export const valueName = "value";

/** @throws {Error} when it is larger or deeper than MongoDB takes */
export function toBsonValue(value: StateValue): unknown {
  if (value.kind === "json") {
    if (typeof value.value === "string") return JSON.stringify(value.value.toWellFormed());
    return nativeValue(value.value, 0);
  }
  const { buffer, byteOffset, length } = value.bytes;
  if (length > maxValueBytes) throw new Error("the value is larger than 16 MiB");
  const bytes = Buffer.from(buffer, byteOffset, length);
  return isUtf8(bytes) ? bytes.toString("utf8") : new RawText(valueName, bytes);
}

/** Also for the values of queries. */
export function nativeValue(value: JsonValue, depth: number): unknown {
  if (typeof value === "number") return new BSON.Double(value);
  if (typeof value === "string") return value.toWellFormed();
  if (value === null || typeof value === "boolean") return value;
  if (depth >= maxDepth) throw new Error(`the value is nested deeper than ${maxDepth} levels`);
  if (value instanceof Map) {
    const members = new Map<string, unknown>();
    for (const [name, member] of value as ReadonlyMap<string, JsonValue>) {
      members.set(name, nativeValue(member, depth + 1));
    }
    return members;
  }
  return (value as readonly JsonValue[]).map((item) => nativeValue(item, depth + 1));
}

export interface StoredDocument {
  readonly key: string;
  readonly data: Buffer;
  /** "" when another program wrote the document. */
  readonly etag: string;
  readonly expiresAt: Date | undefined;
}

/** @param raw a whole document */
export function readDocument(raw: Uint8Array): StoredDocument {
  const document = BSON.deserialize(raw, { validation: { utf8: false } });
  const { _id, _etag, _ttl } = document;
  return {
    key: String(_id),
    data: rawText(raw) ?? Buffer.from(jsonText(document[valueName])),
    etag: typeof _etag === "string" ? _etag : "",
    expiresAt: _ttl instanceof Date ? _ttl : undefined,
  };
}

/** The bytes of a value that is a string; undefined: it is something else. */
function rawText(raw: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  for (const [type, nameOffset, nameLength, offset, length] of BSON.onDemand.parseToElements(raw)) {
    if (type !== stringType) continue;
    if (bytes.toString("latin1", nameOffset, nameOffset + nameLength) !== valueName) continue;
    // A copy: the buffer holds the whole answer.
    return Buffer.from(bytes.subarray(offset + 4, offset + length - 1));
  }
  return undefined;
}

const jsonText = (value: unknown): string => encodeJson(toJson(value));

/** What only other programs write (dates, object ids ...) becomes text. */
function toJson(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") {
    return value;
  }
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Date) return value.toISOString().replace(/\.?0*Z$/, "Z");
  if (value instanceof BSON.Long) return value.toNumber();
  if (value instanceof BSON.Binary) return value.toString("base64");
  const { _bsontype: type } = value as { readonly _bsontype?: string };
  if (type !== undefined) return String(value);
  const members = Object.entries(value as object);
  return new Map(members.map(([name, member]) => [name, toJson(member)]));
}
