/**
 * Frames of Pulsar's binary protocol: a size, a command, and behind it for messages a checksum, metadata and payload.
 * @see https://pulsar.apache.org/docs/developing-binary-protocol/
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { BaseCommand, type BaseCommandInit } from "../../kit/proto/pulsar/api.ts";

/** What comes before metadata and payload when there is a checksum of both. */
const checksumMagic = 0x0e01;
/** What comes before anything that the broker adds to a message. */
const brokerMetadataMagic = 0x0e02;

/** Numbers of commands; that of each is also the number of its member. */
const numbers = {
  connect: 2,
  subscribe: 4,
  producer: 5,
  send: 6,
  ack: 10,
  flow: 11,
  closeProducer: 15,
  closeConsumer: 16,
  ping: 18,
  pong: 19,
  redeliverUnacknowledgedMessages: 20,
  partitionMetadata: 21,
  lookupTopic: 23,
  authResponse: 37,
} as const;

/** One member, which is the command. */
export type Command = Pick<BaseCommandInit, keyof typeof numbers>;

const encodeBase = (command: Command): Buffer => {
  const [name] = Object.keys(command);
  return BaseCommand.encode({ type: numbers[name as keyof typeof numbers], ...command });
};

export function encodeCommand(command: Command): Buffer {
  const bytes = encodeBase(command);
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32BE(bytes.length + 4, 0);
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

/** A message. @returns the parts of the frame, in order */
export function encodeMessageFrame(
  command: Command,
  metadata: Uint8Array,
  payload: Uint8Array,
): Buffer {
  const bytes = encodeBase(command);
  // Sizes of frame and command, the command, magic, checksum, size of the metadata.
  const frame = Buffer.allocUnsafe(8 + bytes.length + 10 + metadata.length + payload.length);
  frame.writeUInt32BE(frame.length - 4, 0);
  frame.writeUInt32BE(bytes.length, 4);
  frame.set(bytes, 8);
  let at = 8 + bytes.length;
  at = frame.writeUInt16BE(checksumMagic, at);
  const checksumAt = at;
  at = frame.writeUInt32BE(metadata.length, at + 4);
  frame.set(metadata, at);
  frame.set(payload, at + metadata.length);
  frame.writeUInt32BE(crc32c(frame.subarray(checksumAt + 4)), checksumAt);
  return frame;
}

export interface Frame {
  readonly command: BaseCommand;
  /** Behind the command; empty unless it is a message. */
  readonly rest: Buffer;
}

/** Puts frames together from what a socket delivers. */
export class FrameReader {
  readonly #longest: number;
  #chunks: Buffer[] = [];
  #length = 0;

  /** @param longest bytes of a frame; longer ones are refused */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** @throws {Error} no such protocol */
  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= 4) {
      const head = this.#chunks[0] as Buffer;
      const size = (head.length >= 4 ? head : this.#joined()).readUInt32BE(0);
      if (size > this.#longest || size < 4) throw new Error(`invalid frame of ${size} bytes`);
      if (this.#length < size + 4) return;
      const all = this.#joined();
      this.#length -= size + 4;
      this.#chunks = this.#length === 0 ? [] : [all.subarray(size + 4)];
      yield decodeFrame(all.subarray(4, size + 4));
    }
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }
}

function decodeFrame(frame: Buffer): Frame {
  const size = frame.readUInt32BE(0);
  if (size + 4 > frame.length) throw new Error(`invalid command of ${size} bytes`);
  return {
    command: BaseCommand.decode(frame.subarray(4, size + 4)),
    rest: frame.subarray(size + 4),
  };
}

/** What is behind a message's command. @throws {UnreadableError} also when the checksum is wrong */
export function splitMessage(
  rest: Buffer,
  checksum: "checked" | "unchecked" = "checked",
): { readonly metadata: Buffer; readonly payload: Buffer } {
  try {
    return split(rest, checksum === "checked");
  } catch (cause) {
    throw new UnreadableError(errorText(cause), { cause });
  }
}

function split(
  rest: Buffer,
  isChecked: boolean,
): { readonly metadata: Buffer; readonly payload: Buffer } {
  let at = 0;
  if (rest.readUInt16BE(at) === brokerMetadataMagic) at += 6 + rest.readUInt32BE(at + 2);
  if (rest.readUInt16BE(at) === checksumMagic) {
    const checksum = rest.readUInt32BE(at + 2);
    at += 6;
    if (isChecked && crc32c(rest.subarray(at)) !== checksum) throw new Error("wrong checksum");
  }
  const size = rest.readUInt32BE(at);
  at += 4;
  if (at + size > rest.length) throw new Error(`invalid metadata of ${size} bytes`);
  return { metadata: rest.subarray(at, at + size), payload: rest.subarray(at + size) };
}

/** Castagnoli's polynomial, reversed. */
const polynomial = 0x82f63b78;

/** Tables for four bytes at a time, one behind the other. */
const table = new Int32Array(4 * 256);
for (let i = 0; i < 256; i++) {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  table[i] = value;
}
for (let i = 256; i < table.length; i++) {
  const before = table[i - 256] as number;
  table[i] = (before >>> 8) ^ (table[before & 0xff] as number);
}

/** CRC-32C. */
export function crc32c(bytes: Buffer): number {
  const t = table;
  let crc = -1;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^= bytes.readInt32LE(at);
    crc =
      t[768 + (crc & 0xff)]! ^
      t[512 + ((crc >>> 8) & 0xff)]! ^
      t[256 + ((crc >>> 16) & 0xff)]! ^
      t[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
