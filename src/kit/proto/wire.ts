/**
 * Reads and writes the protobuf wire format; the generated modules are built on it.
 *
 * The reader copies nothing but strings: bytes are views of the decoded buffer. The writer works backwards, from the last
 * field to the first, so that the length of a nested message is known when it is written and one pass is enough.
 * @see https://protobuf.dev/programming-guides/encoding
 */
import { isUtf8 } from "node:buffer";
import type { Codec } from "./codec.ts";

/** Messages nested deeper than this are refused; the recursion would otherwise be as deep as the sender likes. */
const maxDepth = 100;

/** The value of every absent bytes field. */
export const noBytes: Buffer = Buffer.alloc(0);

const truncated = (): Error => new Error("unexpected EOF");
const malformed = (): Error => new Error("cannot parse invalid wire-format data");

/** A position in a buffer of protobuf bytes. */
export class Reader {
  readonly buffer: Buffer;
  pos = 0;
  #depth = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  /** A field's tag, or any other varint of 32 bits; higher bits are dropped. */
  uint32(): number {
    const buffer = this.buffer;
    let pos = this.pos;
    let byte = buffer[pos++];
    if (byte === undefined) throw truncated();
    if (byte < 0x80) {
      this.pos = pos;
      return byte;
    }
    let value = byte & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = buffer[pos++];
      if (byte === undefined) throw truncated();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.pos = pos;
        return value >>> 0;
      }
    }
    throw new Error("variable length integer overflow");
  }

  /** A tag; unlike other varints it must fit in 32 bits and name a field. */
  tag(): number {
    const byte = this.buffer[this.pos];
    if (byte !== undefined && byte < 0x80 && byte > 7) {
      this.pos++;
      return byte;
    }
    const start = this.pos;
    const tag = this.uint32();
    const bytes = this.pos - start;
    if (tag < 8 || bytes > 5 || (bytes === 5 && this.buffer[start + 4]! > 0x0f)) throw malformed();
    return tag;
  }

  /** int32 and enums. */
  int32(): number {
    return this.uint32() | 0;
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  bool(): boolean {
    const byte = this.buffer[this.pos];
    if (byte !== undefined && byte < 0x80) {
      this.pos++;
      return byte !== 0;
    }
    return this.uint64() !== 0n;
  }

  uint64(): bigint {
    const buffer = this.buffer;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = buffer[this.pos++];
      if (byte === undefined) throw truncated();
      const bits = byte & 0x7f;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else {
        high |= bits << (shift - 32);
      }
      if (byte < 0x80) return combine(low >>> 0, high >>> 0);
    }
    throw new Error("variable length integer overflow");
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  sint64(): bigint {
    const value = this.uint64();
    return (value >> 1n) ^ -(value & 1n);
  }

  fixed32(): number {
    return this.buffer.readUInt32LE(this.#take(4));
  }

  sfixed32(): number {
    return this.buffer.readInt32LE(this.#take(4));
  }

  fixed64(): bigint {
    return this.buffer.readBigUInt64LE(this.#take(8));
  }

  sfixed64(): bigint {
    return this.buffer.readBigInt64LE(this.#take(8));
  }

  float(): number {
    return this.buffer.readFloatLE(this.#take(4));
  }

  double(): number {
    return this.buffer.readDoubleLE(this.#take(8));
  }

  /** @throws {Error} when the bytes are not UTF-8, as proto3 demands */
  string(): string {
    const length = this.uint32();
    const start = this.#take(length);
    const end = this.pos;
    if (length <= shortText) {
      const text = shortAscii(this.buffer, start, end);
      if (text !== undefined) return text;
    }
    return this.#utf8(start, end);
  }

  /** A view of the decoded buffer. */
  bytes(): Buffer {
    const length = this.uint32();
    if (length === 0) return noBytes;
    const start = this.#take(length);
    return this.buffer.subarray(start, this.pos);
  }

  /** Where the length-delimited value ends that starts here. */
  end(): number {
    const length = this.uint32();
    if (length > this.buffer.length - this.pos) throw truncated();
    return this.pos + length;
  }

  /** Called around every nested message; see {@link maxDepth}. */
  enter(): number {
    const end = this.end();
    if (++this.#depth > maxDepth) throw new Error("exceeded maximum recursion depth");
    return end;
  }

  /** @throws {Error} when a field of the nested message went beyond its end */
  leave(end: number): void {
    if (this.pos !== end) throw truncated();
    this.#depth--;
  }

  /** Skips the value of an unknown field, or of a known one with a foreign wire type. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.uint64();
        return;
      case 1:
        this.#take(8);
        return;
      case 2:
        this.#take(this.uint32());
        return;
      case 3:
        this.#skipGroup(tag >>> 3);
        return;
      case 5:
        this.#take(4);
        return;
      default:
        throw malformed();
    }
  }

  #skipGroup(field: number): void {
    if (++this.#depth > maxDepth) throw new Error("exceeded maximum recursion depth");
    for (;;) {
      const tag = this.tag();
      if ((tag & 7) === 4) {
        if (tag >>> 3 !== field) throw malformed();
        this.#depth--;
        return;
      }
      this.skip(tag);
    }
  }

  #take(length: number): number {
    const start = this.pos;
    if (length > this.buffer.length - start) throw truncated();
    this.pos = start + length;
    return start;
  }

  #utf8(start: number, end: number): string {
    const text = this.buffer.toString("utf8", start, end);
    if (text.includes("\ufffd") && !isUtf8(this.buffer.subarray(start, end))) {
      throw new Error("string field contains invalid UTF-8");
    }
    return text;
  }
}

/** Up to here our own loop beats the call into C++ (60 against 105 ns). */
const shortText = 12;

/** undefined when the text is not ASCII. */
function shortAscii(buffer: Buffer, start: number, end: number): string | undefined {
  let text = "";
  let at = start;
  for (; end - at >= 4; at += 4) {
    const a = buffer[at]!;
    const b = buffer[at + 1]!;
    const c = buffer[at + 2]!;
    const d = buffer[at + 3]!;
    if ((a | b | c | d) > 0x7f) return undefined;
    text += String.fromCharCode(a, b, c, d);
  }
  if (at === end) return text;
  const a = buffer[at]!;
  const b = at + 1 < end ? buffer[at + 1]! : 0;
  const c = at + 2 < end ? buffer[at + 2]! : 0;
  if ((a | b | c) > 0x7f) return undefined;
  if (at + 1 === end) return text + String.fromCharCode(a);
  return text + (at + 2 === end ? String.fromCharCode(a, b) : String.fromCharCode(a, b, c));
}

function combine(low: number, high: number): bigint {
  if (high === 0) return BigInt(low);
  if (high < 0x20_0000) return BigInt(high * 0x1_0000_0000 + low);
  return (BigInt(high) << 32n) | BigInt(low);
}

const slabBytes = 16 * 1024;

/**
 * Writes one message after the other from the end of a slab to its start. Finished messages are views of the slab, so
 * encoding copies nothing twice and allocates nothing but the view.
 */
export class Writer {
  #slab: Buffer = noBytes;
  /** The last written byte. */
  #pos = 0;
  /** Where the current message ends. */
  #top = 0;

  /** Forgets what an encoder left behind that threw. */
  begin(): void {
    this.#top = this.#pos;
  }

  finish(): Buffer {
    const slab = this.#slab;
    const message = slab.subarray(this.#pos, this.#top);
    if (slab.length > slabBytes) {
      // Small messages must not keep the slab of a big one alive.
      this.#slab = noBytes;
      this.#pos = 0;
    }
    this.#top = this.#pos;
    return message;
  }

  /** Bytes of the current message up to now; the difference of two is the length of what came between. */
  get written(): number {
    return this.#top - this.#pos;
  }

  /** The length and tag of what was written since `written` was `before`. */
  delimit(before: number, tag: number): void {
    this.uint32(this.#top - this.#pos - before);
    this.uint32(tag);
  }

  uint32(value: number): void {
    if (this.#pos < 5) this.#grow(5);
    if (value < 0x80) {
      this.#slab[--this.#pos] = value;
      return;
    }
    const slab = this.#slab;
    const bytes = value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
    let pos = this.#pos - bytes;
    this.#pos = pos;
    let rest = value;
    for (let left = bytes; left > 1; left--) {
      slab[pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    slab[pos] = rest;
  }

  /** int32 and enums; negative ones take ten bytes. */
  int32(value: number): void {
    const int = value | 0;
    if (int >= 0) this.uint32(int);
    else this.uint64(BigInt(int));
  }

  sint32(value: number): void {
    this.uint32(((value << 1) ^ (value >> 31)) >>> 0);
  }

  bool(value: boolean): void {
    this.uint32(value ? 1 : 0);
  }

  /** int64 too: both are written modulo 2^64. */
  uint64(value: bigint): void {
    if (value >= 0n && value < 0x8000_0000n) {
      this.uint32(Number(value));
      return;
    }
    if (this.#pos < 10) this.#grow(10);
    let rest = BigInt.asUintN(64, value);
    let bytes = 1;
    for (let left = rest >> 7n; left !== 0n; left >>= 7n) bytes++;
    let pos = this.#pos - bytes;
    this.#pos = pos;
    for (; bytes > 1; bytes--) {
      this.#slab[pos++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#slab[pos] = Number(rest);
  }

  sint64(value: bigint): void {
    this.uint64((value << 1n) ^ (value >> 63n));
  }

  fixed32(value: number): void {
    const at = this.#back(4);
    this.#slab.writeUInt32LE(value >>> 0, at);
  }

  fixed64(value: bigint): void {
    const at = this.#back(8);
    this.#slab.writeBigUInt64LE(BigInt.asUintN(64, value), at);
  }

  float(value: number): void {
    const at = this.#back(4);
    this.#slab.writeFloatLE(value, at);
  }

  double(value: number): void {
    const at = this.#back(8);
    this.#slab.writeDoubleLE(value, at);
  }

  /** Lone surrogates become U+FFFD. */
  string(value: string): void {
    const length = value.length;
    if (length <= 40) {
      if (this.#pos < length) this.#grow(length);
      const slab = this.#slab;
      let pos = this.#pos;
      let at = length;
      while (at > 0) {
        const unit = value.charCodeAt(--at);
        if (unit > 0x7f) {
          this.#utf8(value);
          return;
        }
        slab[--pos] = unit;
      }
      this.#pos = pos;
      this.uint32(length);
      return;
    }
    this.#utf8(value);
  }

  #utf8(value: string): void {
    const length = Buffer.byteLength(value);
    const at = this.#back(length);
    this.#slab.write(value, at, length, "utf8");
    this.uint32(length);
  }

  bytes(value: Uint8Array): void {
    const at = this.#back(value.length);
    this.#slab.set(value, at);
    this.uint32(value.length);
  }

  /** Makes room and moves there. Must be called before the slab is looked at: growing replaces it. */
  #back(length: number): number {
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    return this.#pos;
  }

  #grow(needed: number): void {
    const written = this.#top - this.#pos;
    const slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * written + needed + 64));
    const pos = slab.length - written;
    this.#slab.copy(slab, pos, this.#pos, this.#top);
    this.#slab = slab;
    this.#pos = pos;
    this.#top = slab.length;
  }
}

/** Encoding is synchronous, so that one writer serves all; it holds no message after `finish`. */
const shared = new Writer();

/** What the constant beside every generated interface is. */
export class MessageCodec<T, Init> implements Codec<T, Init> {
  readonly typeName: string;
  /** Reads fields up to `end` into `into`, or into a new message. For generated code. */
  readonly read: (reader: Reader, end: number, into?: T) => T;
  /** Writes the fields, last one first. For generated code. */
  readonly write: (writer: Writer, message: Init) => void;

  constructor(
    typeName: string,
    read: (reader: Reader, end: number, into?: T) => T,
    write: (writer: Writer, message: Init) => void,
  ) {
    this.typeName = typeName;
    this.read = read;
    this.write = write;
  }

  encode(message: Init): Buffer {
    shared.begin();
    this.write(shared, message);
    return shared.finish();
  }

  decode(bytes: Uint8Array): T {
    const buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader = new Reader(buffer);
    return this.read(reader, buffer.length);
  }
}

/** One entry of a map<string, string>. */
export function readStringEntry(reader: Reader, map: Map<string, string>): void {
  const end = reader.enter();
  let key = "";
  let value = "";
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) key = reader.string();
    else if (tag === 18) value = reader.string();
    else reader.skip(tag);
  }
  reader.leave(end);
  map.set(key, value);
}

/** A map<string, string>, in the order of its insertions. */
export function writeStringMap(
  writer: Writer,
  map: ReadonlyMap<string, string>,
  tag: number,
): void {
  for (const [key, value] of map.size === 1 ? map : [...map].reverse()) {
    const before = writer.written;
    writer.string(value);
    writer.uint32(18);
    writer.string(key);
    writer.uint32(10);
    writer.delimit(before, tag);
  }
}
