/** Proto3 JSON to messages. */

import { type SomeCodec, typeOfUrl } from "./json-any.ts";
import type { JsonField, JsonKind, JsonSchema } from "./json-fields.ts";
import { type JsonNode, JsonNumber, JsonObject } from "./json-text.ts";
import { parseDuration, parseTimestamp } from "./json-times.ts";
import { noBytes } from "./wire.ts";

/** A message of a type that is only known at run time, with every property. */
type Message = Record<string, unknown>;

export class JsonReader {
  readonly #schema: JsonSchema;
  readonly #types: readonly SomeCodec[];

  constructor(schema: JsonSchema, types: readonly SomeCodec[]) {
    this.#schema = schema;
    this.#types = types;
  }

  /** @throws {Error} when the value is no such message */
  message(typeName: string, node: JsonNode): Message {
    const special = this.#wellKnown(typeName, node);
    if (special !== undefined) return special;
    if (!(node instanceof JsonObject)) throw unexpected(node);
    return this.#fields(typeName, node.members);
  }

  /** The message of an empty body. */
  empty(typeName: string): Message {
    const message: Message = {};
    for (const field of this.#schema.message(typeName).fields) {
      message[field.property] = defaultOf(field);
    }
    return message;
  }

  #fields(typeName: string, members: readonly [string, JsonNode][]): Message {
    const message = this.empty(typeName);
    const { byName } = this.#schema.message(typeName);
    const seen = new Set<JsonField>();
    const oneofs = new Set<number>();
    for (const [name, node] of members) {
      const field = byName.get(name);
      if (field === undefined) continue;
      if (seen.has(field)) throw new Error(`duplicate field ${JSON.stringify(name)}`);
      seen.add(field);
      if (node === null && !acceptsNull(field)) continue;
      if (field.oneof !== -1) {
        if (oneofs.has(field.oneof)) {
          throw new Error(`error parsing ${JSON.stringify(name)}, oneof is already set`);
        }
        oneofs.add(field.oneof);
      }
      message[field.property] = this.#field(field, node, message[field.property]);
    }
    return message;
  }

  #field(field: JsonField, node: JsonNode, current: unknown): unknown {
    if (field.entry !== undefined) return this.#map(field.entry, node);
    if (!field.isRepeated) {
      const value = this.#value(field, node);
      return value === undefined ? current : value;
    }
    if (!Array.isArray(node)) throw unexpected(node);
    return node.map((item) => this.#value(field, item)).filter((item) => item !== undefined);
  }

  #map({ key, value }: NonNullable<JsonField["entry"]>, node: JsonNode): Map<unknown, unknown> {
    if (!(node instanceof JsonObject)) throw unexpected(node);
    const map = new Map<unknown, unknown>();
    for (const [name, member] of node.members) {
      const mapKey = readKey(key.kind, name);
      if (map.has(mapKey)) throw new Error(`duplicate map key ${JSON.stringify(name)}`);
      const mapValue = this.#value(value, member);
      if (mapValue !== undefined) map.set(mapKey, mapValue);
    }
    return map;
  }

  /** undefined for the unknown name of an enum, which is as good as absent. */
  #value(field: JsonField, node: JsonNode): unknown {
    switch (field.kind) {
      case "message":
        return this.message(field.typeName, node);
      case "enum":
        return this.#enum(field.typeName, node);
      default:
        return readScalar(field.kind, node);
    }
  }

  #enum(typeName: string, node: JsonNode): number | undefined {
    if (node === null && typeName === "google.protobuf.NullValue") return 0;
    if (typeof node === "string") return this.#schema.enumNumber(typeName, node);
    return Number(integer(node, -(2n ** 31n), 2n ** 31n - 1n));
  }

  /** undefined for messages without a JSON form of their own. */
  #wellKnown(typeName: string, node: JsonNode): Message | undefined {
    if (!typeName.startsWith("google.protobuf.")) return undefined;
    switch (typeName.slice("google.protobuf.".length)) {
      case "Any":
        return this.#any(node);
      case "Timestamp":
        if (typeof node !== "string") throw unexpected(node);
        return { ...parseTimestamp(node) };
      case "Duration":
        if (typeof node !== "string") throw unexpected(node);
        return { ...parseDuration(node) };
      case "Struct":
        return { fields: this.#field(this.#schema.message(typeName).fields[0]!, node, undefined) };
      case "ListValue":
        return { values: this.#field(this.#schema.message(typeName).fields[0]!, node, undefined) };
      case "Value":
        return this.#dynamic(node);
      default: {
        const [field] = this.#schema.message(typeName).fields;
        if (!typeName.endsWith("Value") || field === undefined) return undefined;
        return { value: this.#value(field, node) };
      }
    }
  }

  #dynamic(node: JsonNode): Message {
    const value = this.empty("google.protobuf.Value");
    if (node === null) value.nullValue = 0;
    else if (typeof node === "boolean") value.boolValue = node;
    else if (typeof node === "string") value.stringValue = node;
    else if (node instanceof JsonNumber) value.numberValue = readScalar("double", node);
    else if (Array.isArray(node)) value.listValue = this.message("google.protobuf.ListValue", node);
    else value.structValue = this.message("google.protobuf.Struct", node);
    return value;
  }

  #any(node: JsonNode): Message {
    if (!(node instanceof JsonObject)) throw unexpected(node);
    if (node.members.length === 0) return { typeUrl: "", value: noBytes };
    const urls = node.members.filter(([name]) => name === "@type").map(([, value]) => value);
    const [url] = urls;
    if (urls.length > 1) throw new Error('duplicate "@type" field');
    if (typeof url !== "string" || url === "") throw new Error('missing "@type" field');
    const typeName = typeOfUrl(url);
    const codec = this.#types.find((type) => type.typeName === typeName);
    if (codec === undefined)
      throw new Error(`unable to resolve ${JSON.stringify(url)}: "not found"`);
    const members = node.members.filter(([name]) => name !== "@type");
    return { typeUrl: url, value: codec.encode(this.#anyValue(typeName, members)) };
  }

  #anyValue(typeName: string, members: readonly [string, JsonNode][]): Message {
    if (!hasOwnForm(typeName)) return this.#fields(typeName, members);
    const values = members.filter(([name]) => name === "value").map(([, value]) => value);
    if (values.length > 1) throw new Error('duplicate "value" field');
    if (values.length === 0) throw new Error('missing "value" field');
    return this.message(typeName, values[0]!);
  }
}

const hasOwnForm = (typeName: string): boolean =>
  typeName.startsWith("google.protobuf.") && typeName !== "google.protobuf.NullValue";

/** Everywhere else null means absent. */
const acceptsNull = (field: JsonField): boolean =>
  !field.isRepeated &&
  (field.typeName === "google.protobuf.Value" || field.typeName === "google.protobuf.NullValue");

function defaultOf(field: JsonField): unknown {
  if (field.entry !== undefined) return new Map();
  if (field.isRepeated) return [];
  if (field.hasPresence) return undefined;
  switch (field.kind) {
    case "string":
      return "";
    case "bytes":
      return noBytes;
    case "bool":
      return false;
    case "int64":
    case "uint64":
      return 0n;
    default:
      return 0;
  }
}

function readScalar(kind: JsonKind, node: JsonNode): unknown {
  switch (kind) {
    case "string":
      if (typeof node !== "string") throw unexpected(node);
      return node;
    case "bool":
      if (typeof node !== "boolean") throw unexpected(node);
      return node;
    case "bytes":
      return readBytes(node);
    case "int32":
      return Number(integer(node, -(2n ** 31n), 2n ** 31n - 1n));
    case "uint32":
      return Number(integer(node, 0n, 2n ** 32n - 1n));
    case "int64":
      return integer(node, -(2n ** 63n), 2n ** 63n - 1n);
    case "uint64":
      return integer(node, 0n, 2n ** 64n - 1n);
    default:
      return float(node, kind === "float");
  }
}

function readKey(kind: JsonKind, name: string): unknown {
  if (kind === "string") return name;
  if (kind !== "bool") return readScalar(kind, name);
  if (name !== "true" && name !== "false") throw unexpected(name);
  return name === "true";
}

/** Both alphabets, with or without padding. */
function readBytes(node: JsonNode): Buffer {
  const form = /^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)(={0,2})$/;
  const found = typeof node === "string" ? form.exec(node) : null;
  if (typeof node !== "string" || found === null) throw unexpected(node);
  const padding = found[1]!.length;
  const digits = node.length - padding;
  // One digit left over is no byte; padding must fill the last group of four.
  if (digits % 4 === 1 || (padding > 0 && node.length % 4 !== 0)) throw unexpected(node);
  return Buffer.from(node, "base64");
}

/** Numbers may be written as `1`, `1.0`, `10e-1` or `"1"`. */
function integer(node: JsonNode, min: bigint, max: bigint): bigint {
  const found = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/.exec(numberText(node));
  if (found === null) throw unexpected(node);
  const [, sign, whole, decimals = "", exponent = "0"] = found;
  const shift = Number(exponent) - decimals.length;
  let digits = `${whole}${decimals}`;
  if (shift < 0) {
    const cut = Math.max(0, digits.length + shift);
    if (/[^0]/.test(digits.slice(cut))) throw unexpected(node);
    digits = digits.slice(0, cut);
  } else if (/[^0]/.test(digits)) {
    if (shift > 20) throw unexpected(node);
    digits += "0".repeat(shift);
  }
  const value = BigInt(`${digits === "" ? "0" : digits}`) * (sign === "-" ? -1n : 1n);
  if (value < min || value > max) throw unexpected(node);
  return value;
}

function float(node: JsonNode, isSingle: boolean): number {
  if (node === "NaN" || node === "Infinity" || node === "-Infinity") return Number(node);
  const written = numberText(node);
  const value = isSingle ? Math.fround(Number(written)) : Number(written);
  if (!Number.isFinite(value)) throw unexpected(node);
  return value;
}

function numberText(node: JsonNode): string {
  if (node instanceof JsonNumber) return node.text;
  const form = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
  if (typeof node !== "string" || !form.test(node)) throw unexpected(node);
  return node;
}

function unexpected(node: JsonNode): Error {
  if (node instanceof JsonObject) return new Error("syntax error: unexpected token {");
  if (Array.isArray(node)) return new Error("syntax error: unexpected token [");
  const text = node instanceof JsonNumber ? node.text : JSON.stringify(node);
  return new Error(`invalid value: ${text}`);
}
