/**
 * Events as protobuf messages, for gRPC apps and streams.
 * @see spec 03 §4.8
 */
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";
import type { TopicEventRequestInit } from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import type { StructInit, ValueInit } from "../../kit/proto/google/protobuf/struct.ts";
import { isCloudEventType, isJsonType, mediaType } from "./cloud-event.ts";
import { type IncomingEvent, textOf } from "./receive.ts";

const notExtensions: ReadonlySet<string> = new Set([
  "id",
  "source",
  "datacontenttype",
  "type",
  "specversion",
  "data",
  "data_base64",
]);

/** @throws {UnreadableError} the data does not go with its content type */
export function topicEventRequest(delivery: {
  readonly incoming: IncomingEvent;
  readonly pubsub: string;
  readonly topic: string;
  readonly path: string;
}): TopicEventRequestInit {
  const { incoming, pubsub, topic, path } = delivery;
  const { event } = incoming;
  return {
    id: textOf(event, "id"),
    source: textOf(event, "source"),
    type: textOf(event, "type"),
    specVersion: textOf(event, "specversion"),
    dataContentType: textOf(event, "datacontenttype"),
    data: eventData(incoming),
    topic,
    pubsubName: pubsub,
    path,
    extensions: struct(event, notExtensions),
  };
}

const noData = Buffer.alloc(0);

/** @throws {UnreadableError} the data does not go with its content type */
function eventData({ event, binary }: IncomingEvent): Uint8Array {
  if (binary !== undefined) return binary;
  const encoded = event.get("data_base64");
  if (encoded !== undefined && encoded !== null) {
    if (typeof encoded !== "string") throw new UnreadableError("data_base64 is not a string");
    return decodeBase64(encoded);
  }
  const data = event.get("data");
  if (data === undefined) return noData;
  const type = mediaType(textOf(event, "datacontenttype"));
  if (type.startsWith("text/") || type === "application/xml") {
    if (typeof data !== "string") {
      throw new UnreadableError("error: mismatch between contentType and event");
    }
    return Buffer.from(data);
  }
  if (isJsonType(type) || isCloudEventType(type)) return Buffer.from(encodeJson(data));
  return noData;
}

function decodeBase64(text: string): Buffer {
  const clean = text.replaceAll(/[\r\n]/g, "");
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) {
    throw new UnreadableError("illegal base64 data in data_base64");
  }
  return Buffer.from(clean, "base64");
}

function struct(object: JsonObject, without: ReadonlySet<string>): StructInit {
  const fields = new Map<string, ValueInit>();
  for (const [name, value] of object) {
    if (!without.has(name)) fields.set(name, protoValue(value));
  }
  return { fields };
}

const none: ReadonlySet<string> = new Set();

function protoValue(value: JsonValue): ValueInit {
  if (value === null) return { nullValue: 0 };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return { numberValue: value };
  if (typeof value === "string") return { stringValue: value };
  if (isJsonObject(value)) return { structValue: struct(value, none) };
  return { listValue: { values: (value as readonly JsonValue[]).map(protoValue) } };
}
