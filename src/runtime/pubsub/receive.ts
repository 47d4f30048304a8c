/**
 * Events as they arrive from a broker.
 * @see spec 03 §4.6
 */
import type { ReceivedMessage } from "../../components/pubsub/contract.ts";
import { boolWord } from "../../kit/flags/flags.ts";
import { asFinite } from "../../kit/json/decode.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue, jsonKind } from "../../kit/json/value.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import { cloudEventType, isBinaryType, mediaType } from "./cloud-event.ts";
import { parseRfc3339 } from "./rfc3339.ts";

/** An event with everything that rules and deliveries look at. */
export interface IncomingEvent {
  readonly event: JsonObject;
  /** What an HTTP app gets. */
  readonly body: Uint8Array;
  /** Of the message, with `pubsubName` in it. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Bytes that are no JSON: gRPC apps get them as data. */
  readonly binary: Uint8Array | undefined;
}

/** @throws {Error} the subscription's `rawPayload` is no boolean */
export function wantsRaw(metadata: ReadonlyMap<string, string>): boolean {
  const text = metadata.get("rawPayload") ?? "";
  if (text === "") return false;
  const flag = boolWord(text);
  if (flag === undefined) {
    throw new Error(`rawPayload value must be a valid boolean: actual is '${text}'`);
  }
  return flag;
}

/** Metadata that goes to the app with a message. */
export function messageMetadata(message: ReceivedMessage, pubsub: string): Map<string, string> {
  const metadata = new Map(message.metadata);
  metadata.set("pubsubName", pubsub);
  if (message.contentType !== undefined) metadata.set("content-type", message.contentType);
  return metadata;
}

/** @throws {Error} the payload is no CloudEvent */
export function readEvent(
  message: ReceivedMessage,
  metadata: ReadonlyMap<string, string>,
  pubsub: string,
  raw: boolean,
  random: Random,
): IncomingEvent {
  if (raw) return wrapRaw(message, metadata, pubsub, random);
  const contentType = metadata.get("content-type") || "application/json";
  if (isBinaryType(mediaType(contentType))) return readBinary(message, metadata, contentType);
  const event = parseEvent(message.data);
  addTrace(event, metadata, (name) => !event.has(name));
  return { event, body: message.data, metadata, binary: undefined };
}

/** What the metadata says of the trace; a parent is the id too. */
function addTrace(
  event: Map<string, JsonValue>,
  metadata: ReadonlyMap<string, string>,
  isWanted: (name: string) => boolean,
): void {
  for (const name of ["traceid", "traceparent", "tracestate"]) {
    const value = metadata.get(name);
    if (value === undefined || !isWanted(name)) continue;
    event.set(name, value);
    if (name === "traceparent") event.set("traceid", value);
  }
}

/** @throws {Error} no JSON object, or a number in it is out of range */
export function parseEvent(data: Uint8Array): Map<string, JsonValue> {
  const value = asFinite(parseJson(Buffer.from(data.buffer, data.byteOffset, data.length)), "");
  if (value === null) return new Map();
  if (!isJsonObject(value)) {
    throw new Error(
      `json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`,
    );
  }
  return value as Map<string, JsonValue>;
}

function wrapRaw(
  { data, topic }: ReceivedMessage,
  metadata: ReadonlyMap<string, string>,
  pubsub: string,
  random: Random,
): IncomingEvent {
  const event = new Map<string, JsonValue>([
    ["id", random.uuid()],
    ["specversion", "1.0"],
    ["datacontenttype", "application/octet-stream"],
    ["source", "Dapr"],
    ["type", cloudEventType],
    ["topic", topic],
    ["pubsubname", pubsub],
    ["data_base64", Buffer.from(data).toString("base64")],
  ]);
  addTrace(event, metadata, () => true);
  return { event, body: Buffer.from(encodeJson(event)), metadata, binary: undefined };
}

/** Binary mode: the attributes are metadata, the payload is data. */
function readBinary(
  { data }: ReceivedMessage,
  metadata: ReadonlyMap<string, string>,
  contentType: string,
): IncomingEvent {
  const event = new Map<string, JsonValue>();
  for (const [name, value] of metadata) {
    const lower = name.toLowerCase();
    if (lower.startsWith("ce_")) event.set(lower.slice(3), value);
  }
  event.set("datacontenttype", contentType);
  event.set("data", Buffer.from(data).toString("latin1"));
  return { event, body: data, metadata, binary: data };
}

/** Text attribute of an event; "" for anything else. */
export function textOf(event: JsonObject, name: string): string {
  const value = event.get(name);
  return typeof value === "string" ? value : "";
}

/** @param now ms since 1970 */
export function isExpired(event: JsonObject, now: number): boolean {
  const time = parseRfc3339(textOf(event, "expiration"));
  return time !== undefined && time <= now;
}
