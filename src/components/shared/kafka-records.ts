/**
 * Metadata of messages as keys and headers of Kafka's records, and back.
 * @see spec 03 §7.2
 */
import type { KafkaHeaderSettings } from "./kafka-settings.ts";

/** As it was read from a partition. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly leaderEpoch: number;
  /** Unix ms. */
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

export interface OutgoingRecord {
  readonly key: Buffer | undefined;
  /** undefined: a tombstone. */
  readonly value: Buffer | undefined;
  readonly headers: Map<Buffer, Buffer>;
  /** undefined: the key or chance decides. */
  readonly partition: number | undefined;
}

const tombstone = Buffer.from("null");

/** Data that are sent as no value. */
export const isTombstone = (data: Uint8Array): boolean => tombstone.equals(data);

/** @throws {Error} */
export function outgoingRecord(
  data: Uint8Array,
  metadata: ReadonlyMap<string, string>,
  { excluded }: KafkaHeaderSettings,
): OutgoingRecord {
  const value = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const headers = new Map<Buffer, Buffer>();
  for (const [name, text] of metadata) {
    if (excluded?.test(name) !== true) headers.set(Buffer.from(name), Buffer.from(text));
  }
  const key = metadata.get("partitionKey") ?? metadata.get("__key");
  return {
    key: key === undefined ? undefined : Buffer.from(key),
    value: isTombstone(value) ? undefined : value,
    headers,
    partition: readPartition(metadata.get("partitionNumber")),
  };
}

function readPartition(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw new Error(`invalid partitionNumber ${JSON.stringify(text)}: it is a number from 0`);
  }
  return Number(text);
}

/** Whether the metadata of a message or a subscription ask for Avro. @throws {Error} they ask for something else */
export function asksForAvro(metadata: ReadonlyMap<string, string>): boolean {
  let isAvro = false;
  for (const [name, given] of metadata) {
    if (name.toLowerCase() !== "valueschematype") continue;
    const type = given.toLowerCase();
    if (type !== "none" && type !== "avro") {
      throw new Error(`error parsing schema type. '${given}' is not a supported value`);
    }
    isAvro = type === "avro";
  }
  return isAvro;
}

/** Headers with the same name as what is known of the record win, as in the original. */
export function recordMetadata(
  record: KafkaRecord,
  { escapes, excluded }: KafkaHeaderSettings,
): Map<string, string> {
  const shown = (bytes: Buffer | null): string => {
    const text = bytes?.toString() ?? "";
    return escapes ? escapeQuery(text) : text;
  };
  const metadata = new Map<string, string>();
  if (record.key !== null) metadata.set("__key", shown(record.key));
  metadata.set("__offset", String(record.offset));
  metadata.set("__topic", record.topic);
  metadata.set("__timestamp", String(record.timestamp));
  metadata.set("__partition", String(record.partition));
  for (const [name, value] of record.headers) {
    const text = name?.toString() ?? "";
    if (excluded?.test(text) !== true) metadata.set(text, shown(value));
  }
  return metadata;
}

/** A tombstone is shown as JSON's null. */
export const recordData = ({ value }: KafkaRecord): Buffer => value ?? tombstone;

/** As in the query of a URL, in Go's way: a space is a plus. */
const escapeQuery = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
