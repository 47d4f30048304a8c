/**
 * Length-prefixed messages of gRPC: one byte for compression, four for the length, then the message.
 */

/** Receives the messages of one direction of a call. */
export interface MessageSink {
  /** The message is source-owned memory: a slice of what was pushed, or a buffer of its own. */
  message(message: Buffer, isCompressed: boolean): void;
  /** A message is announced that is longer than the limit. Nothing follows. */
  tooLong(length: number): void;
  /** The first byte of a message is neither 0 nor 1. Nothing follows. */
  badFlag(flag: number): void;
}

/** Bytes of the prefix. */
export const prefixBytes = 5;

/** First buffer for a message that comes in pieces; it grows with what really arrives. Bytes. */
const firstBuffer = 64 * 1024;

/** Cuts data into messages. */
export class MessageReader {
  readonly #sink: MessageSink;
  readonly #maxBytes: number;
  #prefixFilled = 0;
  #flag = 0;
  #length = 0;
  #body: Buffer | null = null;
  #filled = 0;
  #isBroken = false;

  /** @param maxBytes messages longer than this are refused */
  constructor(sink: MessageSink, maxBytes: number) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
  }

  /** Bytes of a message that is not complete. */
  get partialBytes(): number {
    return this.#prefixFilled + this.#filled;
  }

  push(source: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#isBroken) {
      if (this.#prefixFilled < prefixBytes) {
        this.#prefix(source[at++] as number);
        if (this.#prefixFilled === prefixBytes && this.#length === 0 && !this.#isBroken) {
          this.#complete(Buffer.alloc(0));
        }
        continue;
      }
      const missing = this.#length - this.#filled;
      if (this.#body === null && end - at >= missing) {
        this.#complete(source.subarray(at, at + missing));
        at += missing;
        continue;
      }
      const take = Math.min(missing, end - at);
      this.#append(source, at, take);
      at += take;
      if (this.#filled === this.#length) this.#complete(this.#body as unknown as Buffer);
    }
  }

  #prefix(byte: number): void {
    if (this.#prefixFilled === 0) {
      this.#flag = byte;
      this.#length = 0;
    } else {
      this.#length = this.#length * 256 + byte;
    }
    this.#prefixFilled++;
    if (this.#prefixFilled < prefixBytes) return;
    if (this.#flag > 1) {
      this.#isBroken = true;
      this.#sink.badFlag(this.#flag);
    } else if (this.#length > this.#maxBytes) {
      this.#isBroken = true;
      this.#sink.tooLong(this.#length);
    }
  }

  #append(source: Buffer, at: number, take: number): void {
    let body = this.#body;
    const needed = this.#filled + take;
    if (body === null || body.length < needed) {
      const size = Math.max(needed, body === null ? firstBuffer : body.length * 2);
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#length, size));
      if (body !== null) body.copy(larger, 0, 0, this.#filled);
      body = larger;
      this.#body = body;
    }
    source.copy(body, this.#filled, at, at + take);
    this.#filled = needed;
  }

  #complete(message: Buffer): void {
    const isCompressed = this.#flag === 1;
    this.#prefixFilled = 0;
    this.#filled = 0;
    this.#body = null;
    this.#sink.message(message, isCompressed);
  }
}
