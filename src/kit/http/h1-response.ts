/**
 * Parser of HTTP/1.x responses (RFC 9112), for input cut anywhere. Error texts are those of Go's net/http.
 */
import { bodyForm, Head, headEnd, parseHead } from "./h1-head.ts";

export interface ResponseSink {
  /** The final head: no 1xx but 101. */
  head(status: number, headers: readonly string[]): void;
  /** Body bytes, valid until it returns. false: feed() stops behind them. */
  body(chunk: Buffer): boolean;
}

/** What feed() ended with. */
export const feedResult = {
  /** All input is consumed. */
  more: 0,
  /** The response is complete; what follows position is surplus. */
  complete: 1,
  /** The sink asked for a pause; feed() again from position. */
  paused: 2,
  /** See error. */
  failed: 3,
  /** The sink ended the call. */
  stopped: 4,
} as const;
export type FeedResult = (typeof feedResult)[keyof typeof feedResult];

const inHead = 0;
const inSized = 1;
const untilClose = 2;
const inChunkSize = 3;
const afterChunkSize = 4;
const inChunkExtension = 5;
const atChunkLineFeed = 6;
const inChunk = 7;
const afterChunk = 8;
const afterChunkReturn = 9;
const inTrailers = 10;
const isDone = 11;

/** State behind a head. */
function stateOf(form: number): number {
  if (form === bodyForm.none) return isDone;
  if (form === bodyForm.sized) return inSized;
  return form === bodyForm.chunked ? inChunkSize : untilClose;
}

/** Chunk lines may be this much longer in all than 16 bytes a chunk and twice the data, as in Go. */
const maxChunkExcess = 16 * 1024;

export class ResponseParser {
  readonly #maxHeaderBytes: number;
  readonly #sink: ResponseSink;
  #state = inHead;
  #isHeadRequest = false;
  /** Head bytes of earlier reads; empty most of the time. */
  #carry: Buffer = none;
  #carryLength = 0;
  /** Bytes of this response's heads, swallowed ones included. */
  #headBytes = 0;
  /** Bytes left of a sized body or of a chunk. */
  #left = 0;
  #chunkDigits = 0;
  #chunkExcess = 0;
  #trailerBytes = 0;
  #trailerLine = 0;
  #lastByte = 0;
  readonly #head = new Head();
  #stopped = false;
  /** Where feed() stopped. */
  position = 0;
  error: Error | undefined;
  /** The connection may carry another request when this response is complete. */
  isPersistent = false;
  /** `timeout` of a Keep-Alive field, -1 without one. */
  keepAliveSeconds = -1;
  /** The final head was handed on. */
  hasHead = false;

  constructor(sink: ResponseSink, maxHeaderBytes: number) {
    this.#sink = sink;
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  /** Expects the next response. */
  start(isHeadRequest: boolean): void {
    this.#state = inHead;
    this.#isHeadRequest = isHeadRequest;
    this.#carry = none;
    this.#carryLength = 0;
    this.#headBytes = 0;
    this.#stopped = false;
    this.hasHead = false;
    this.error = undefined;
  }

  /** Ends feed() after the callback that calls it. */
  stop(): void {
    this.#stopped = true;
  }

  /** The body ends where the connection ends. */
  get endsWithConnection(): boolean {
    return this.#state === untilClose;
  }

  /** Some bytes of a head are here, but not all. */
  get isInsideHead(): boolean {
    return this.#state === inHead && this.#headBytes + this.#carryLength > 0;
  }

  feed(input: Buffer, start: number, end: number): FeedResult {
    let position = start;
    let bytes = input;
    let limit = end;
    while (this.#state === inHead) {
      if (position === limit && this.#carryLength === 0) return feedResult.more;
      if (this.#carryLength > 0) {
        const scanFrom = this.#append(bytes, position, limit);
        bytes = this.#carry;
        position = 0;
        limit = this.#carryLength;
        const after = headEnd(bytes, 0, limit, scanFrom);
        if (after < 0) return this.#waitForHead(limit);
        this.#carry = none;
        this.#carryLength = 0;
        position = after;
        if (!this.#finishHead(bytes, 0, after)) return this.#failedOrStopped();
      } else {
        const after = headEnd(bytes, position, limit, position);
        if (after < 0) {
          this.#append(bytes, position, limit);
          return this.#waitForHead(this.#carryLength);
        }
        const from = position;
        position = after;
        if (!this.#finishHead(bytes, from, after)) return this.#failedOrStopped();
      }
    }
    // The rest may lie in the carry: a pause must not point into it.
    return this.#feedBody(bytes, position, limit);
  }

  /** The bytes that position refers to: the input, or the gathered head with what followed it. */
  rest: Buffer = none;
  restEnd = 0;

  #failedOrStopped(): FeedResult {
    return this.error === undefined ? feedResult.stopped : feedResult.failed;
  }

  #fail(text: string): FeedResult {
    this.error = new Error(text);
    return feedResult.failed;
  }

  #waitForHead(length: number): FeedResult {
    if (this.#headBytes + length <= this.#maxHeaderBytes) return feedResult.more;
    return this.#fail(headersExceeded(this.#maxHeaderBytes));
  }

  /** Keeps head bytes; returns from where a head's end must be looked for. */
  #append(bytes: Buffer, start: number, end: number): number {
    const length = this.#carryLength;
    const needed = length + end - start;
    if (needed > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, needed * 2));
      this.#carry.copy(grown, 0, 0, length);
      this.#carry = grown;
    }
    bytes.copy(this.#carry, length, start, end);
    this.#carryLength = needed;
    return Math.max(0, length - 3);
  }

  /** @returns false when the response cannot go on */
  #finishHead(bytes: Buffer, start: number, end: number): boolean {
    this.#headBytes += end - start;
    if (this.#headBytes > this.#maxHeaderBytes) {
      this.error = new Error(headersExceeded(this.#maxHeaderBytes));
      return false;
    }
    const head = this.#head;
    const problem = parseHead(bytes.toString("latin1", start, end), this.#isHeadRequest, head);
    if (problem !== undefined) {
      this.error = new Error(problem);
      return false;
    }
    const { status, headers } = head;
    // Interim answers are swallowed; their bytes count against the limit of the final head.
    if (status < 200 && status !== 101) return true;
    head.headers = [];
    this.isPersistent = head.isPersistent;
    this.keepAliveSeconds = head.keepAliveSeconds;
    this.#state = stateOf(head.form);
    this.#left = head.length;
    this.#chunkDigits = 0;
    this.#chunkExcess = 0;
    this.#trailerBytes = 0;
    this.#trailerLine = 0;
    this.#lastByte = 0;
    this.hasHead = true;
    this.#sink.head(status, headers);
    return !this.#stopped;
  }

  #feedBody(bytes: Buffer, start: number, end: number): FeedResult {
    this.rest = bytes;
    this.restEnd = end;
    let position = start;
    for (;;) {
      const state = this.#state;
      if (state === isDone) {
        this.position = position;
        return feedResult.complete;
      }
      if (position === end) return feedResult.more;
      if (state === untilClose || state === inSized || state === inChunk) {
        const available = end - position;
        const length = state === untilClose || available < this.#left ? available : this.#left;
        const chunk = bytes.subarray(position, position + length);
        position += length;
        if (state !== untilClose) {
          this.#left -= length;
          if (this.#left === 0) this.#state = state === inSized ? isDone : afterChunk;
        }
        const goesOn = this.#sink.body(chunk);
        if (this.#stopped) return feedResult.stopped;
        if (!goesOn && this.#state !== isDone) {
          this.position = position;
          return feedResult.paused;
        }
      } else if (state === inTrailers) {
        if (!this.#trailerByte(bytes[position++] as number)) return feedResult.failed;
      } else if (!this.#chunkByte(state, bytes[position++] as number)) return feedResult.failed;
    }
  }

  /** Everything of the chunked coding but the data. */
  #chunkByte(state: number, byte: number): boolean {
    switch (state) {
      case inChunkSize: {
        this.#chunkExcess++;
        const digit = hexDigit(byte);
        if (digit >= 0) {
          if (++this.#chunkDigits > 13) return this.#refuse("http chunk length too large");
          this.#left = this.#left * 16 + digit;
          return true;
        }
        if (this.#chunkDigits === 0) return this.#refuse("invalid byte in chunk length");
        return this.#chunkLineByte(byte);
      }
      case afterChunkSize:
        this.#chunkExcess++;
        return this.#chunkLineByte(byte);
      case inChunkExtension:
        if (++this.#chunkExcess > maxChunkExcess) {
          return this.#refuse("chunked encoding contains too much non-data");
        }
        if (byte === lineFeed) return this.#refuse("chunked line ends with bare LF");
        if (byte === carriageReturn) this.#state = atChunkLineFeed;
        return true;
      case atChunkLineFeed:
        if (byte !== lineFeed) return this.#refuse("invalid CR in chunked line");
        return this.#startChunk();
      case afterChunk:
        if (byte !== carriageReturn) return this.#refuse("malformed chunked encoding");
        this.#state = afterChunkReturn;
        return true;
      default:
        if (byte !== lineFeed) return this.#refuse("malformed chunked encoding");
        this.#state = inChunkSize;
        return true;
    }
  }

  /** Behind the digits of a chunk's size: blanks, then an extension or the end of the line. */
  #chunkLineByte(byte: number): boolean {
    if (byte === carriageReturn) this.#state = atChunkLineFeed;
    else if (byte === semicolon) this.#state = inChunkExtension;
    else if (byte === space || byte === tab) this.#state = afterChunkSize;
    else return this.#refuse("invalid byte in chunk length");
    return this.#chunkExcess <= maxChunkExcess
      ? true
      : this.#refuse("chunked encoding contains too much non-data");
  }

  #startChunk(): boolean {
    this.#chunkExcess = Math.max(0, this.#chunkExcess + 2 - 16 - 2 * this.#left);
    this.#chunkDigits = 0;
    this.#state = this.#left === 0 ? inTrailers : inChunk;
    return true;
  }

  /** Trailer fields are dropped; only their end matters. */
  #trailerByte(byte: number): boolean {
    if (++this.#trailerBytes > this.#maxHeaderBytes + 2) {
      return this.#refuse("http: suspiciously long trailer after chunked body");
    }
    const isAfterReturn = this.#lastByte === carriageReturn;
    this.#lastByte = byte;
    if (byte === lineFeed) {
      if (!isAfterReturn) return this.#refuse("malformed chunked encoding");
      if (this.#trailerLine === 0) this.#state = isDone;
      this.#trailerLine = 0;
      return true;
    }
    if (isAfterReturn) return this.#refuse("malformed chunked encoding");
    if (byte !== carriageReturn) this.#trailerLine++;
    return true;
  }

  #refuse(text: string): boolean {
    this.error = new Error(text);
    return false;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const headersExceeded = (maximum: number): string =>
  `net/http: server response headers exceeded ${maximum} bytes; aborted`;

const none = Buffer.alloc(0);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const semicolon = 0x3b;
