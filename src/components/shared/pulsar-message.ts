/**
 * Entries of Pulsar: one message or a batch, perhaps compressed.
 */
import {
  constants,
  deflateSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import {
  type KeyValue,
  MessageMetadata,
  type MessageMetadataInit,
  SingleMessageMetadata,
} from "../../kit/proto/pulsar/api.ts";
import { compressLz4, decompressLz4 } from "./lz4-block.ts";
import { splitMessage } from "./pulsar-frames.ts";

export type Compression = "none" | "lz4" | "zlib" | "zstd";
export type CompressionLevel = "default" | "faster" | "better";

export interface OutgoingMessage {
  readonly payload: Uint8Array;
  /** "": none. */
  readonly key: string;
  readonly properties: readonly (readonly [string, string])[];
  /** Unix ms. */
  readonly deliverAt: number | undefined;
}

export interface IncomingMessage {
  readonly payload: Buffer;
  readonly properties: ReadonlyMap<string, string>;
  readonly key: string;
  /** In a batch; -1: there is none. */
  readonly index: number;
}

export interface EntryOptions {
  readonly producerName: string;
  readonly sequenceId: bigint;
  /** Unix ms. */
  readonly publishTime: number;
  readonly compression: Compression;
  readonly level: CompressionLevel;
  readonly schemaVersion: Buffer | undefined;
}

/** One message, or several as a batch; those of a batch have the same key. */
export function encodeEntry(
  messages: readonly OutgoingMessage[],
  options: EntryOptions,
): { readonly metadata: Buffer; readonly payload: Buffer } {
  const [first] = messages;
  if (first === undefined) throw new Error("no message");
  const isBatch = messages.length > 1;
  const plain = isBatch ? encodeBatch(messages, options.sequenceId) : asBuffer(first.payload);
  const { schemaVersion } = options;
  const metadata: MessageMetadataInit = {
    producerName: options.producerName,
    sequenceId: options.sequenceId,
    publishTime: BigInt(options.publishTime),
    ...(first.key === "" ? {} : { partitionKey: first.key }),
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    ...(first.deliverAt === undefined ? {} : { deliverAtTime: BigInt(first.deliverAt) }),
    ...(options.compression === "none"
      ? {}
      : { compression: numbers[options.compression], uncompressedSize: plain.length }),
    ...(isBatch
      ? {
          numMessagesInBatch: messages.length,
          highestSequenceId: options.sequenceId + BigInt(messages.length - 1),
        }
      : { properties: first.properties.map(([key, value]) => ({ key, value })) }),
  };
  return {
    metadata: MessageMetadata.encode(metadata),
    payload: compress(plain, options.compression, options.level),
  };
}

function encodeBatch(messages: readonly OutgoingMessage[], first: bigint): Buffer {
  const parts: Uint8Array[] = [];
  for (const [index, { payload, key, properties }] of messages.entries()) {
    const metadata = SingleMessageMetadata.encode({
      properties: properties.map(([name, value]) => ({ key: name, value })),
      payloadSize: payload.length,
      sequenceId: first + BigInt(index),
      ...(key === "" ? {} : { partitionKey: key }),
    });
    const size = Buffer.allocUnsafe(4);
    size.writeUInt32BE(metadata.length);
    parts.push(size, metadata, payload);
  }
  return Buffer.concat(parts);
}

export interface DecodedEntry {
  /** Of the batch; 1 when there is none. */
  readonly size: number;
  readonly messages: readonly IncomingMessage[];
}

/**
 * @param remaining bits of the messages of a batch that are to be handled; none: all
 * @throws {UnreadableError} it is broken
 * @throws {Error} another client could read it
 */
export function decodeEntry(
  metadataBytes: Buffer,
  payload: Buffer,
  remaining: readonly bigint[],
  longest: number,
): DecodedEntry {
  try {
    const metadata = MessageMetadata.decode(metadataBytes);
    refuseUnsupported(metadata);
    return unpack(metadata, payload, remaining, longest);
  } catch (cause) {
    if (cause instanceof UnsupportedError) throw cause;
    throw new UnreadableError(errorText(cause), { cause });
  }
}

/** Messages that the broker has counted an entry as, be it broken or not. @param rest behind the command */
export function sizeOfEntry(rest: Buffer): number {
  try {
    const { metadata } = splitMessage(rest, "unchecked");
    return Math.max(MessageMetadata.decode(metadata).numMessagesInBatch ?? 1, 1);
  } catch {
    return 1;
  }
}

class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
}

function refuseUnsupported(metadata: MessageMetadata): void {
  const { encryptionKeys, numChunksFromMsg, compression } = metadata;
  if (encryptionKeys.length > 0) throw new UnsupportedError("it is encrypted");
  if ((numChunksFromMsg ?? 1) > 1) throw new UnsupportedError("it is one of several chunks");
  if (!Object.values<number>(numbers).includes(compression)) {
    throw new UnsupportedError(`its compression ${compression} is not supported`);
  }
}

function unpack(
  metadata: MessageMetadata,
  payload: Buffer,
  remaining: readonly bigint[],
  longest: number,
): DecodedEntry {
  const plain = decompress(payload, metadata.compression, metadata.uncompressedSize, longest);
  if (metadata.numMessagesInBatch === undefined) {
    const { properties, partitionKey, partitionKeyB64Encoded } = metadata;
    const key = decodeKey(partitionKey, partitionKeyB64Encoded);
    const message = { payload: plain, properties: asMap(properties), key, index: -1 };
    return { size: 1, messages: [message] };
  }
  const size = metadata.numMessagesInBatch;
  if (size < 1) throw new Error(`a batch of ${size} messages`);
  const messages: IncomingMessage[] = [];
  let at = 0;
  for (let index = 0; index < size; index++) {
    if (at + 4 > plain.length) throw new Error("the batch is incomplete");
    const metadataSize = plain.readUInt32BE(at);
    const bodyAt = at + 4 + metadataSize;
    const single = SingleMessageMetadata.decode(plain.subarray(at + 4, bodyAt));
    at = bodyAt + (single.payloadSize ?? 0);
    if (at > plain.length) throw new Error("the batch is incomplete");
    if (single.compactedOut || !isSet(remaining, index)) continue;
    messages.push({
      payload: plain.subarray(bodyAt, at),
      properties: asMap(single.properties),
      key: decodeKey(single.partitionKey, single.partitionKeyB64Encoded),
      index,
    });
  }
  return { size, messages };
}

const isSet = (words: readonly bigint[], index: number): boolean =>
  words.length === 0 || ((words[index >> 6] ?? 0n) >> BigInt(index & 63)) % 2n !== 0n;

/** Bits of what is not in `done`, as words of 64 bits. */
export function bitsWithout(size: number, done: ReadonlySet<number>): bigint[] {
  const words: bigint[] = Array.from({ length: Math.ceil(size / 64) }, () => 0n);
  for (let index = 0; index < size; index++) {
    if (!done.has(index)) words[index >> 6]! |= 1n << BigInt(index & 63);
  }
  return words.map((word) => BigInt.asIntN(64, word));
}

const decodeKey = (key: string | undefined, isBase64: boolean): string =>
  isBase64 ? Buffer.from(key ?? "", "base64").toString() : (key ?? "");

const asMap = (pairs: readonly KeyValue[]): ReadonlyMap<string, string> =>
  new Map(pairs.map(({ key, value }) => [key ?? "", value ?? ""]));

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const numbers = { none: 0, lz4: 1, zlib: 2, zstd: 3 } as const;
const zlibLevels = { default: 6, faster: 1, better: 9 };
const zstdLevels = { default: 3, faster: 1, better: 9 };

function compress(plain: Buffer, kind: Compression, level: CompressionLevel): Buffer {
  if (kind === "none") return plain;
  if (kind === "lz4") return compressLz4(plain);
  if (kind === "zlib") return deflateSync(plain, { level: zlibLevels[level] });
  const params = { [constants.ZSTD_c_compressionLevel]: zstdLevels[level] };
  return zstdCompressSync(plain, { params });
}

/** @throws {Error} */
function decompress(payload: Buffer, kind: number, size: number, longest: number): Buffer {
  if (kind === numbers.none) return payload;
  if (size > longest) throw new Error(`it would be ${size} bytes long`);
  const limit = { maxOutputLength: Math.max(size, 1) };
  if (kind === numbers.lz4) return decompressLz4(payload, size);
  if (kind === numbers.zlib) return inflateSync(payload, limit);
  return zstdDecompressSync(payload, limit);
}
