/** Messages to proto3 JSON. */
import { type SomeCodec, typeOfUrl } from "./json-any.ts";
import type { JsonField, JsonSchema } from "./json-fields.ts";
import { formatDuration, formatTimestamp } from "./json-times.ts";

/** A message of a type that is only known at run time. */
type Message = Record<string, unknown>;

export class JsonWriter {
  readonly #schema: JsonSchema;
  readonly #types: readonly SomeCodec[];
  readonly #emitDefaults: boolean;

  constructor(schema: JsonSchema, types: readonly SomeCodec[], emitDefaults: boolean) {
    this.#schema = schema;
    this.#types = types;
    this.#emitDefaults = emitDefaults;
  }

  message(typeName: string, message: Message): string {
    const special = this.#wellKnown(typeName, message);
    return special ?? `{${this.#members(typeName, message).join(",")}}`;
  }

  #members(typeName: string, message: Message): string[] {
    const members: string[] = [];
    for (const field of this.#schema.message(typeName).fields) {
      const value = message[field.property];
      if (isDefault(field, value) && !this.#emitDefaults) continue;
      const text = this.#field(field, value);
      if (text !== undefined) members.push(`${JSON.stringify(field.jsonName)}:${text}`);
    }
    return members;
  }

  /** undefined: left out even when defaults are written. */
  #field(field: JsonField, value: unknown): string | undefined {
    if (field.entry !== undefined) return this.#map(field.entry, value as never);
    if (field.isRepeated) {
      const items = ((value as unknown[]) ?? []).map((item) => this.#value(field, item));
      return `[${items.join(",")}]`;
    }
    if (value !== undefined) return this.#value(field, value);
    if (!field.hasPresence) return this.#value(field, zero(field.kind));
    return field.kind === "message" && field.oneof === -1 ? "null" : undefined;
  }

  #map(
    entry: NonNullable<JsonField["entry"]>,
    map: ReadonlyMap<unknown, unknown> = new Map(),
  ): string {
    const members = [...map]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([key, value]) => `${text(String(key))}:${this.#value(entry.value, value)}`);
    return `{${members.join(",")}}`;
  }

  #value(field: JsonField, value: unknown): string {
    switch (field.kind) {
      case "message":
        return this.message(field.typeName, value as Message);
      case "string":
        return text(value as string);
      case "bytes":
        return base64(value as Uint8Array);
      case "int64":
      case "uint64":
        return `"${value}"`;
      case "float":
      case "double":
        return float(value as number, field.kind === "float");
      case "enum":
        return this.#enum(field.typeName, value as number);
      default:
        return String(value);
    }
  }

  #enum(typeName: string, value: number): string {
    if (typeName === "google.protobuf.NullValue") return "null";
    const name = this.#schema.enumName(typeName, value);
    return name === undefined ? String(value) : JSON.stringify(name);
  }

  /** undefined for messages without a JSON form of their own. */
  #wellKnown(typeName: string, message: Message): string | undefined {
    if (!typeName.startsWith("google.protobuf.")) return undefined;
    switch (typeName.slice("google.protobuf.".length)) {
      case "Any":
        return this.#any((message.typeUrl as string) ?? "", message.value as Uint8Array);
      case "Timestamp":
        return `"${formatTimestamp(message)}"`;
      case "Duration":
        return `"${formatDuration(message)}"`;
      case "Struct":
        return this.#field(this.#schema.message(typeName).fields[0]!, message.fields);
      case "ListValue":
        return this.#field(this.#schema.message(typeName).fields[0]!, message.values);
      case "Value":
        return this.#dynamic(message);
      default: {
        const [field] = this.#schema.message(typeName).fields;
        if (!typeName.endsWith("Value") || field === undefined) return undefined;
        return this.#value(field, message.value ?? zero(field.kind));
      }
    }
  }

  #dynamic(value: Message): string {
    for (const field of this.#schema.message("google.protobuf.Value").fields) {
      const member = value[field.property];
      if (member === undefined) continue;
      if (field.kind === "double" && !Number.isFinite(member)) {
        throw new Error(`google.protobuf.Value cannot have ${member} value`);
      }
      return this.#value(field, member);
    }
    throw new Error("google.protobuf.Value: none of the oneof fields is set");
  }

  #any(url: string, bytes: Uint8Array = new Uint8Array()): string {
    if (url === "" && bytes.length === 0) return "{}";
    const typeName = typeOfUrl(url);
    const codec = this.#types.find((type) => type.typeName === typeName);
    if (codec === undefined) {
      throw new Error(`google.protobuf.Any: unable to resolve ${JSON.stringify(url)}: not found`);
    }
    const message: Message = codec.decode(bytes);
    const members = [`"@type":${text(url)}`];
    if (typeName === "google.protobuf.Empty") return `{${members[0]},"value":{}}`;
    const special = this.#wellKnown(typeName, message);
    if (special !== undefined) members.push(`"value":${special}`);
    else members.push(...this.#members(typeName, message));
    return `{${members.join(",")}}`;
  }
}

function isDefault(field: JsonField, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.entry !== undefined) return (value as ReadonlyMap<unknown, unknown>).size === 0;
  if (field.isRepeated) return (value as unknown[]).length === 0;
  if (field.hasPresence) return false;
  if (field.kind === "bytes") return (value as Uint8Array).length === 0;
  return value === 0n || Object.is(value, 0) || value === "" || value === false;
}

function zero(kind: JsonField["kind"]): unknown {
  switch (kind) {
    case "string":
      return "";
    case "bytes":
      return new Uint8Array();
    case "bool":
      return false;
    default:
      return 0;
  }
}

/** Lone surrogates are what they become on the wire. */
const text = (value: string): string => JSON.stringify(value.toWellFormed());

const base64 = (value: Uint8Array): string =>
  `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")}"`;

function float(value: number, isSingle: boolean): string {
  if (Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  if (Object.is(value, -0)) return "-0";
  if (!isSingle) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

function compareKeys(a: unknown, b: unknown): number {
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return (a as number) < (b as number) ? -1 : 1;
}
