/**
 * Schemas of Pulsar topics: what is registered with the broker, and the form in which messages are sent.
 * @see spec 03 §7.5
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type { SchemaInit } from "../../kit/proto/pulsar/api.ts";
import { AvroCodec, avroJson } from "./avro.ts";
import { parseAvro } from "./avro-schema.ts";

export interface TopicSchema {
  readonly definition: SchemaInit;
  /** @throws {Error} the data are not what the schema says */
  encode(data: Uint8Array): Uint8Array;
  decode(payload: Buffer): Buffer;
}

const kinds = { jsonschema: 2, protoschema: 3, avroschema: 4 } as const;

/** From `<topic>.jsonschema`, `<topic>.avroschema`, `<topic>.protoschema`, and `<topic>.rawschema`. @throws {Error} */
export function readTopicSchemas(
  properties: ReadonlyMap<string, string>,
): ReadonlyMap<string, TopicSchema> {
  const schemas = new Map<string, TopicSchema>();
  for (const [name, text] of properties) {
    const [, topic, kind] = /^(.+)\.(jsonschema|avroschema|protoschema)$/s.exec(name) ?? [];
    if (topic === undefined) continue;
    const isRaw = isTruthy(properties.get(`${topic}.rawschema`));
    try {
      schemas.set(topic, topicSchema(kind as keyof typeof kinds, text, isRaw));
    } catch (cause) {
      throw new Error(`pulsar error: ${name}: ${errorText(cause)}`, { cause });
    }
  }
  return schemas;
}

function topicSchema(kind: keyof typeof kinds, text: string, isRaw: boolean): TopicSchema {
  const wraps = !isRaw && kind !== "protoschema";
  const definitionText = wraps ? inEnvelope(text) : text;
  const definition: SchemaInit = {
    name: kind === "protoschema" ? "Proto" : kind === "avroschema" ? "Avro" : "JSON",
    schemaData: Buffer.from(definitionText),
    type: kinds[kind],
  };
  if (kind === "protoschema") return { definition, encode: (data) => data, decode: (data) => data };
  const codec = new AvroCodec(parseAvro(JSON.parse(definitionText)));
  const check = (data: Uint8Array): unknown => {
    const value: unknown = JSON.parse(Buffer.from(data).toString());
    return wraps ? withParsedData(value) : value;
  };
  if (kind === "jsonschema") {
    return { definition, encode: jsonEncoder(check), decode: (payload) => payload };
  }
  return {
    definition,
    encode: (data) => codec.encode(check(data), wraps),
    decode: (payload) => decodeAvro(codec, payload, wraps),
  };
}

/** JSON is sent as it is, provided that it is JSON. */
const jsonEncoder =
  (check: (data: Uint8Array) => unknown) =>
  (data: Uint8Array): Uint8Array => {
    check(data);
    return data;
  };

/** Messages that others wrote in another form are handed over as they are. */
function decodeAvro(codec: AvroCodec, payload: Buffer, wraps: boolean): Buffer {
  if (!wraps) return payload;
  try {
    return Buffer.from(avroJson(withoutNulls(codec.decode(payload))));
  } catch {
    return payload;
  }
}

/** Members of an event that were not there. */
const withoutNulls = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
    : value;

/** An event may hold its JSON data as text. */
function withParsedData(event: unknown): unknown {
  if (typeof event !== "object" || event === null) return event;
  const { data } = event as { readonly data?: unknown };
  if (typeof data !== "string") return event;
  try {
    return { ...event, data: JSON.parse(data) };
  } catch {
    return event;
  }
}

const optional = ["null", "string"];

/** The record of an event with what the user wrote as the type of its data; members in this order. */
function inEnvelope(inner: string): string {
  const data: unknown = JSON.parse(inner);
  const required = ["id", "source", "specversion", "type"];
  const others = ["datacontenttype", "subject", "time", "topic", "pubsubname"];
  const traces = ["traceid", "traceparent", "tracestate", "expiration"];
  const nullable = (name: string, type: unknown) => ({ name, type, default: null });
  return JSON.stringify({
    type: "record",
    name: "CloudEvent",
    namespace: "io.cloudevents",
    fields: [
      ...required.map((name) => ({ name, type: "string" })),
      ...[...others, ...traces].map((name) => nullable(name, optional)),
      nullable("data", ["null", data]),
      nullable("data_base64", optional),
    ],
  });
}
