/**
 * Events as they come out of an internal topic, and as they leave for the final one.
 * @see spec 03 §10.2
 */
import { asFinite } from "../../kit/json/decode.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseFirstExact, parseJson } from "../../kit/json/parse.ts";
import type { ExactJson } from "../../kit/json/value.ts";

export interface RelayedEvent {
  /** Key of the marker in the store. */
  readonly marker: string;
  /** As written; "" for none. */
  readonly time: string;
  readonly attributes: ReadonlyMap<string, ExactJson>;
}

/** Nothing else is looked up, and deleted, in a store: everybody may publish to the topic. */
const markerPattern = /^outbox-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @returns undefined: no event of an outbox */
export function readEvent(data: Uint8Array): RelayedEvent | undefined {
  const event = parse(Buffer.from(data.buffer, data.byteOffset, data.length));
  if (!(event instanceof Map)) return undefined;
  const attributes: ReadonlyMap<string, ExactJson> = event;
  const marker = attributes.get("id");
  const time = attributes.get("time");
  if (typeof marker !== "string" || !markerPattern.test(marker)) return undefined;
  return { marker, time: typeof time === "string" ? time : "", attributes };
}

/** Numbers become doubles; where one cannot, all stay as they are written. */
function parse(bytes: Buffer): ExactJson | undefined {
  try {
    return asFinite(parseJson(bytes), "");
  } catch {
    try {
      return parseFirstExact(bytes);
    } catch {
      return undefined;
    }
  }
}

export const finalEvent = (event: RelayedEvent, pubsub: string, topic: string): Buffer =>
  Buffer.from(encodeJson(new Map(event.attributes).set("topic", topic).set("pubsubname", pubsub)));
