/**
 * What publishing requests say, read the same way for both protocols.
 * @see spec 03 §2.1, §2.8
 */
import type { BulkPublishEntry, MessageMetadata } from "../../components/pubsub/contract.ts";
import { boolWord } from "../../kit/flags/flags.ts";
import {
  asArray,
  asFinite,
  asObject,
  asString,
  asStringMap,
  members,
} from "../../kit/json/decode.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseFirstJson } from "../../kit/json/parse.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import { formatTraceparent } from "../../kit/tracing/context.ts";
import { noTrace, type Span } from "../../kit/tracing/trace.ts";
import { isBinaryType, isCloudEventType, isJsonType, mediaType } from "./cloud-event.ts";
import * as errors from "./errors.ts";
import type { EventTrace, MountedBroker, OutgoingEntry, PubSubBlock } from "./pubsub.ts";

/** @throws {ApiError} ERR_PUBSUB_REQUEST_METADATA */
export function isRaw(pubsub: string, metadata: MessageMetadata): boolean {
  const value = metadata.get("rawPayload") ?? "";
  if (value === "") return false;
  const flag = boolWord(value);
  if (flag === undefined) {
    const text = `rawPayload value must be a valid boolean: actual is '${value}'`;
    throw errors.badMetadata(pubsub, text, metadata);
  }
  return flag;
}

const untraced: EventTrace = { parent: "", state: "" };

/** Spec 03 §2.3: "" where there is no trace. */
export function eventTrace(span: Span | undefined): EventTrace {
  if (span === undefined || span.context.traceId === noTrace.traceId) return untraced;
  return { parent: formatTraceparent(span.context), state: span.context.state };
}

/** An entry as it came; `event` not yet turned into bytes. */
export interface BulkBodyEntry {
  readonly entryId: string;
  readonly event: JsonValue | undefined;
  readonly contentType: string;
  readonly metadata: MessageMetadata | undefined;
}

const entryType = "http.bulkPublishMessageEntry";
const field = (name: string): string => `bulkPublishMessageEntry.${name}`;

/** The body of a bulk publish over HTTP. @throws {Error} the decoder's text */
export function readBulkBody(body: Buffer): BulkBodyEntry[] {
  const entries = asArray(parseFirstJson(body), "", `[]${entryType}`);
  return entries.map((value) => {
    const object = asObject(value, "", entryType);
    const [entryId, event, contentType, metadata] = object
      ? members(object, ["entryId", "event", "contentType", "metadata"])
      : [];
    return {
      entryId: asString(entryId, field("entryId")),
      event: event && asFinite(event, field("event")),
      contentType: asString(contentType, field("contentType")),
      metadata: metadata === undefined ? undefined : asStringMap(metadata, field("metadata")),
    };
  });
}

/**
 * The payload of an entry that came as JSON.
 * @throws {Error} the kind of the event does not go with the content type
 */
export function entryPayload({ event, contentType }: BulkBodyEntry): Buffer {
  const type = mediaType(contentType);
  if (isBinaryType(type)) {
    if (typeof event !== "string") throw mismatch();
    return decodeBase64(event);
  }
  if (type.startsWith("text/") || type === "application/xml") {
    if (typeof event !== "string") throw mismatch();
    return Buffer.from(event);
  }
  if (isJsonType(type) || isCloudEventType(type)) {
    return Buffer.from(encodeJson(event ?? null));
  }
  throw mismatch();
}

const mismatch = (): Error => new Error("error: mismatch between contentType and event");

function decodeBase64(text: string): Buffer {
  const clean = text.replaceAll(/[\r\n]/g, "");
  const bad = clean.search(/[^A-Za-z0-9+/]/);
  const end = bad < 0 ? clean.length : bad;
  const padding = clean.slice(end);
  const isWhole = clean.length % 4 === 0 && (padding === "" || padding === "=" || padding === "==");
  if (!isWhole) {
    const at = padding === "" ? clean.length - (clean.length % 4) : end;
    // The spelling is the original's.
    throw new Error(
      `error: unable to decode base64 application/octect-stream data: illegal base64 data at input byte ${at}`,
    );
  }
  return Buffer.from(clean, "base64");
}

/** Request metadata goes to entries that have metadata of their own and lack the key. */
export function mergeMetadata(
  entry: MessageMetadata | undefined,
  request: MessageMetadata,
): MessageMetadata | undefined {
  if (entry === undefined || request.size === 0) return entry;
  const merged = new Map(entry);
  for (const [name, value] of request) if (!merged.has(name)) merged.set(name, value);
  return merged;
}

/** Notes the ids of a bulk request's entries. @throws {ApiError} ERR_PUBSUB_EVENTS_SER */
export class EntryIds {
  readonly #seen = new Set<string>();
  readonly #fail: () => Error;

  constructor(fail: () => Error) {
    this.#fail = fail;
  }

  add(entryId: string): void {
    if (entryId.trim() === "" || this.#seen.has(entryId)) throw this.#fail();
    this.#seen.add(entryId);
  }
}

/** What goes to the broker for an entry: an event, or the bytes as they are. */
export function brokerEntry(
  block: PubSubBlock,
  broker: MountedBroker,
  topic: string,
  entry: OutgoingEntry,
  raw: boolean,
): BulkPublishEntry {
  const { entryId, contentType, metadata } = entry;
  const data = raw
    ? entry.data
    : block.event(broker, topic, entry.data, contentType, metadata, entry.trace);
  return { entryId, data, contentType, metadata };
}
