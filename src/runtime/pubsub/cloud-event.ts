/**
 * CloudEvents as they are published: built around a payload, or completed when the app sends one.
 * @see spec 03 §2.3 to §2.5
 */
import { encodeJson, quoteJson } from "../../kit/json/encode.ts";
import { decodeUtf8, JsonSyntaxError, parseFirstExact } from "../../kit/json/parse.ts";
import { jsonKind } from "../../kit/json/value.ts";
import { Reader } from "../../kit/proto/wire.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import { formatRfc3339 } from "./rfc3339.ts";

export const cloudEventType = "com.dapr.event.sent";
export const bulkEventType = "com.dapr.event.sent.bulk";
const specVersion = "1.0";
const defaultSource = "Dapr";

/** What the runtime knows about an event that is being published. */
export interface EventOrigin {
  readonly appId: string;
  readonly pubsubName: string;
  /** As the app named it, without a namespace. */
  readonly topic: string;
  /** W3C traceparent of the publishing call, or "". */
  readonly traceParent: string;
  readonly traceState: string;
  /** ms since 1970. */
  readonly now: number;
  /** The same, as the event's `time`. */
  readonly time: string;
  readonly newId: () => string;
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
export function mediaType(contentType: string): string {
  const end = contentType.indexOf(";");
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

export const isJsonType = (type: string): boolean => type === "application/json";
export const isCloudEventType = (type: string): boolean => type === "application/cloudevents+json";
export const isBinaryType = (type: string): boolean => type === "application/octet-stream";

/** Attributes that request metadata may replace; names are compared without case. */
interface Overrides {
  id?: string;
  source?: string;
  type?: string;
  subject?: string;
  traceid?: string;
  tracestate?: string;
  traceparent?: string;
}

const overridable: ReadonlySet<string> = new Set([
  "id",
  "source",
  "type",
  "subject",
  "traceid",
  "tracestate",
  "traceparent",
]);

const noOverrides: Overrides = {};

function readOverrides(metadata: ReadonlyMap<string, string> | undefined): Overrides {
  if (metadata === undefined || metadata.size === 0) return noOverrides;
  let found: Overrides | undefined;
  for (const [name, value] of metadata) {
    const lower = name.toLowerCase();
    if (!lower.startsWith("cloudevent.")) continue;
    const attribute = lower.slice("cloudevent.".length);
    if (!overridable.has(attribute)) continue;
    found ??= {};
    found[attribute as keyof Overrides] = value;
  }
  return found ?? noOverrides;
}

/**
 * The event to publish.
 * @param metadata of the request, or of an entry of a bulk request
 * @param writesExpiration the broker does not expire messages by itself
 * @throws {Error} the payload says that it is a CloudEvent and is no JSON object
 */
export function createEvent(
  data: Buffer,
  contentType: string,
  metadata: ReadonlyMap<string, string> | undefined,
  origin: EventOrigin,
  writesExpiration: boolean,
): Buffer {
  const type = mediaType(contentType);
  const ttl = writesExpiration ? timeToLive(metadata) : undefined;
  const expiration = ttl === undefined ? undefined : formatRfc3339(origin.now + ttl);
  const text = isCloudEventType(type)
    ? completeEvent(data, origin, expiration)
    : wrap(data, contentType, type, readOverrides(metadata), origin, expiration);
  return Buffer.from(text);
}

function wrap(
  data: Buffer,
  contentType: string,
  type: string,
  overrides: Overrides,
  origin: EventOrigin,
  expiration: string | undefined,
): string {
  const trace = overrides.traceparent || overrides.traceid || origin.traceParent;
  const quotedTrace = quoteJson(trace);
  // Names in ascending order, as every object that the runtime writes.
  let text = `{${payload(data, type)},"datacontenttype":${quoteJson(contentType || "text/plain")}`;
  if (expiration !== undefined) text += `,"expiration":"${expiration}"`;
  text += `,"id":${quoteJson(overrides.id || origin.newId())}`;
  text += `,"pubsubname":${quoteJson(origin.pubsubName)}`;
  text += `,"source":${quoteJson(overrides.source || origin.appId || defaultSource)}`;
  text += `,"specversion":"${specVersion}"`;
  if (overrides.subject) text += `,"subject":${quoteJson(overrides.subject)}`;
  text += `,"time":"${origin.time}","topic":${quoteJson(origin.topic)}`;
  text += `,"traceid":${quotedTrace},"traceparent":${quotedTrace}`;
  text += `,"tracestate":${quoteJson(overrides.tracestate || origin.traceState)}`;
  return `${text},"type":${quoteJson(overrides.type || cloudEventType)}}`;
}

function payload(data: Buffer, type: string): string {
  const [name, json] = payloadOf(data, type);
  return `"${name}":${json}`;
}

/** The attribute of an event that holds a payload: its name, and its value as JSON. */
export const payloadAttribute = (
  data: Buffer,
  contentType: string,
): readonly [name: string, json: string] => payloadOf(data, mediaType(contentType));

function payloadOf(data: Buffer, type: string): readonly [name: string, json: string] {
  if (isJsonType(type)) {
    try {
      return ["data", encodeJson(parseFirstExact(data))];
    } catch {
      return ["data", quoteJson(decodeUtf8(data))];
    }
  }
  const isBinary =
    isBinaryType(type) ||
    type === "application/cloudevents+protobuf" ||
    (type === "application/x-protobuf" && isCloudEventMessage(data));
  if (isBinary) return ["data_base64", `"${data.toString("base64")}"`];
  return ["data", quoteJson(decodeUtf8(data))];
}

/** Whether bytes are an io.cloudevents.v1.CloudEvent: its four required attributes are there. */
function isCloudEventMessage(data: Buffer): boolean {
  const required = new Set([1, 2, 3, 4]);
  try {
    const reader = new Reader(data);
    while (reader.pos < data.length) {
      const tag = reader.tag();
      if (required.has(tag >>> 3) && (tag & 7) === 2) {
        if (reader.string() !== "") required.delete(tag >>> 3);
      } else {
        reader.skip(tag);
      }
    }
  } catch {
    return false;
  }
  return required.size === 0;
}

/** What an app sends as a CloudEvent stays as it is, but for what the runtime says and what is missing. */
function completeEvent(data: Buffer, origin: EventOrigin, expiration: string | undefined): string {
  const event = parseFirstExact(data);
  if (!(event instanceof Map)) {
    const kind = jsonKind(event);
    throw new JsonSyntaxError(
      `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    );
  }
  const fill = (name: string, value: string): void => {
    if ((event.get(name) ?? null) === null) event.set(name, value);
  };
  event.set("topic", origin.topic);
  event.set("pubsubname", origin.pubsubName);
  if (!event.has("time")) event.set("time", origin.time);
  if (!event.has("traceid")) {
    event.set("traceid", origin.traceParent);
    event.set("traceparent", origin.traceParent);
  }
  if (!event.has("tracestate")) event.set("tracestate", origin.traceState);
  fill("source", defaultSource);
  fill("type", cloudEventType);
  fill("specversion", specVersion);
  if (expiration !== undefined) event.set("expiration", expiration);
  return encodeJson(event);
}

/** The integers and durations that the reference has: 64 bits, of seconds and of nanoseconds. */
const maxSeconds = 2n ** 63n - 1n;
const longestMs = 9_223_372_036_854;

/**
 * How long a message may wait, in ms; undefined: for ever. Values that are no time to live are ignored.
 * @see spec 03 §2.5
 */
export function timeToLive(metadata: ReadonlyMap<string, string> | undefined): number | undefined {
  if (metadata === undefined || metadata.size === 0) return undefined;
  let ttl: string | undefined;
  let ttlInSeconds: string | undefined;
  for (const [name, value] of metadata) {
    const lower = name.toLowerCase();
    if (lower === "ttl") ttl = value;
    else if (lower === "ttlinseconds") ttlInSeconds = value;
  }
  const text = ttl || ttlInSeconds;
  if (!text) return undefined;
  if (/^[+-]?\d+$/.test(text) && Number(text) !== 0) {
    const seconds = BigInt(text.replace("+", ""));
    if (seconds < 0n || seconds > maxSeconds) return undefined;
    return Math.min(Number(seconds) * 1000, longestMs);
  }
  try {
    return Math.max(0, parseDuration(text));
  } catch {
    return undefined;
  }
}
