/**
 * The bytes on their way out of a connection: frames are written into a slab and leave with one socket write per input
 * chunk or loop turn.
 */
import type { Duplex } from "node:stream";
import { flag, frameHeaderBytes, frameType } from "./frames.ts";

const slabBytes = 64 * 1024;
const maxFreeSlabs = 16;
/** Above this the connection counts as congested: no more data frames. Bytes. */
const congestedBytes = 256 * 1024;
/**
 * Above this nothing is read either. Only answers to what we read can add so much; were data to stop the reading too, two
 * ends that both send much would wait for each other for ever.
 */
const cloggedBytes = 1024 * 1024;

/** Slabs that wait for the next connection with something to write. */
export class Slabs {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(slabBytes);
  }

  give(slab: Buffer): void {
    if (this.#free.length < maxFreeSlabs) this.#free.push(slab);
  }
}

const noSlab = Buffer.alloc(0);

export class Output {
  /** The slab; write at {@link at} after {@link reserve}. */
  slab: Buffer = noSlab;
  at = 0;
  readonly #socket: Duplex;
  readonly #slabs: Slabs;
  /** Bytes before this one went to the socket, which may still refer to them. */
  #from = 0;

  constructor(socket: Duplex, slabs: Slabs) {
    this.#socket = socket;
    this.#slabs = slabs;
  }

  get isEmpty(): boolean {
    return this.at === this.#from;
  }

  /** The peer does not read, or not fast enough. */
  get isCongested(): boolean {
    return this.#socket.writableLength > congestedBytes;
  }

  /** Answers pile up: the peer must read before we do. */
  get isClogged(): boolean {
    return this.#socket.writableLength > cloggedBytes;
  }

  /** Makes room for a number of bytes, at most one slab. */
  reserve(bytes: number): void {
    if (this.slab.length - this.at < bytes) this.#next(bytes);
  }

  #next(bytes: number): void {
    if (this.slab !== noSlab) this.flush();
    if (this.slab.length - this.at < bytes) {
      this.slab = this.#slabs.take();
      this.at = 0;
      this.#from = 0;
    }
  }

  /** Hands everything to the socket. */
  flush(): void {
    if (this.at === this.#from) return;
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) {
      this.at = this.#from;
      return;
    }
    socket.write(this.slab.subarray(this.#from, this.at));
    if (socket.writableLength === 0) {
      // The kernel has it all: nothing refers to the slab any more.
      this.#slabs.give(this.slab);
      this.slab = noSlab;
      this.at = 0;
      this.#from = 0;
    } else {
      this.#from = this.at;
    }
  }

  /** Writes a frame header; the caller has reserved room for it. */
  header(length: number, type: number, flags: number, streamId: number): void {
    const { slab } = this;
    let { at } = this;
    slab[at++] = length >>> 16;
    slab[at++] = length >>> 8;
    slab[at++] = length;
    slab[at++] = type;
    slab[at++] = flags;
    slab[at++] = streamId >>> 24;
    slab[at++] = streamId >>> 16;
    slab[at++] = streamId >>> 8;
    slab[at++] = streamId;
    this.at = at;
  }

  uint32(value: number): void {
    const { slab } = this;
    slab[this.at++] = value >>> 24;
    slab[this.at++] = value >>> 16;
    slab[this.at++] = value >>> 8;
    slab[this.at++] = value;
  }

  /** Copies source[start, end); the caller has reserved room for it. */
  bytes(source: Uint8Array, start: number, end: number): void {
    const { slab } = this;
    let { at } = this;
    if (end - start <= 96) {
      for (let i = start; i < end; i++) slab[at++] = source[i] as number;
    } else {
      slab.set(start === 0 && end === source.length ? source : source.subarray(start, end), at);
      at += end - start;
    }
    this.at = at;
  }

  /** A header block of any length, cut into HEADERS and CONTINUATION frames. */
  block(
    streamId: number,
    block: Buffer,
    length: number,
    endStream: boolean,
    frameLimit: number,
  ): void {
    let type: number = frameType.headers;
    let start = 0;
    do {
      const end = Math.min(length, start + frameLimit);
      let flags = end === length ? flag.endHeaders : 0;
      if (endStream && type === frameType.headers) flags |= flag.endStream;
      this.reserve(frameHeaderBytes + end - start);
      this.header(end - start, type, flags, streamId);
      this.bytes(block, start, end);
      type = frameType.continuation;
      start = end;
    } while (start < length);
  }
}
