/**
 * Proto3 JSON of generated messages: camelCase names out, either name in; bytes in base64; 64-bit integers as strings;
 * default values left out; unknown members ignored.
 * @see spec 01 §2.5, https://protobuf.dev/programming-guides/json
 */
import type { Codec } from "./codec.ts";
import { knownTypes, type SomeCodec } from "./json-any.ts";
import { protocolSchema } from "./json-fields.ts";
import { JsonReader } from "./json-reader.ts";
import { parseJsonText } from "./json-text.ts";
import { JsonWriter } from "./json-writer.ts";

export interface ToJsonOptions {
  /** Writes members with default values too; absent messages as null. Absent members of oneofs stay out. Default false. */
  readonly emitDefaults?: boolean;
  /** Types that may stand in an Any beside error details and well-known types. */
  readonly types?: readonly SomeCodec[];
}

export interface FromJsonOptions {
  /** As in {@link ToJsonOptions.types}. */
  readonly types?: readonly SomeCodec[];
}

/**
 * Compact, without trailing line feed.
 * @throws {Error} when the message has no JSON form: an Any of an unknown type, a timestamp out of range
 */
export function toJson<T, Init>(
  codec: Codec<T, Init>,
  message: Init,
  options: ToJsonOptions = {},
): string {
  const types = [...(options.types ?? []), ...knownTypes];
  const writer = new JsonWriter(protocolSchema, types, options.emitDefaults === true);
  return writer.message(codec.typeName, message as Record<string, unknown>);
}

/**
 * The message as decode would return it. An empty text is an empty message.
 * @throws {Error} for text that is not exactly one JSON value, repeated members, two members of one oneof, values of a
 *   wrong type or out of range
 */
export function fromJson<T, Init>(
  codec: Codec<T, Init>,
  text: string | Uint8Array,
  options: FromJsonOptions = {},
): T {
  const reader = new JsonReader(protocolSchema, [...(options.types ?? []), ...knownTypes]);
  if (text.length === 0) return reader.empty(codec.typeName) as T;
  return reader.message(codec.typeName, parseJsonText(text)) as T;
}
