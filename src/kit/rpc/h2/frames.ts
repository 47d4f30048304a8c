/** Names and numbers of HTTP/2 frames (RFC 9113 §6, §7). */

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = {
  endStream: 1,
  ack: 1,
  endHeaders: 4,
  padded: 8,
  priority: 0x20,
} as const;

export const h2Code = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  connectError: 10,
  enhanceYourCalm: 11,
  inadequateSecurity: 12,
  http11Required: 13,
} as const;

const h2CodeNames = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;

/** The name as it appears in Go's texts. */
export function h2CodeName(code: number): string {
  return h2CodeNames[code] ?? `unknown error code 0x${code.toString(16)}`;
}

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** Bytes before the payload of each frame. */
export const frameHeaderBytes = 9;
/** The largest payload we accept (the protocol's initial value, never raised) and send. */
export const maxFrameBytes = 16384;
/** Flow-control window of streams and connections before anybody changed it. */
export const initialWindow = 65535;
export const largestWindow = 2 ** 31 - 1;

/** What a client sends before its first frame. */
export const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** The whole connection is lost: GOAWAY with this code, then close. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Receives whole frames; the payload is source[start, end) and stays untouched. */
export interface FrameSink {
  frame(
    type: number,
    flags: number,
    streamId: number,
    source: Buffer,
    start: number,
    end: number,
  ): void;
}

/** Cuts a byte stream into frames. Whole frames are handed on in place; only cut ones are copied. */
export class FrameReader {
  readonly #sink: FrameSink;
  #prefaceLeft: number;
  /** A frame that came in pieces: header and payload so far. */
  readonly #header = Buffer.alloc(frameHeaderBytes);
  #headerFilled = 0;
  #payload: Buffer | null = null;
  #payloadFilled = 0;

  constructor(sink: FrameSink, expectsPreface: boolean) {
    this.#sink = sink;
    this.#prefaceLeft = expectsPreface ? preface.length : 0;
  }

  get hasPreface(): boolean {
    return this.#prefaceLeft === 0;
  }

  /** @throws {ConnectionError} FRAME_SIZE_ERROR, PROTOCOL_ERROR (preface), and what the sink throws */
  push(chunk: Buffer): void {
    let at = 0;
    const { length } = chunk;
    if (this.#prefaceLeft > 0) at = this.#readPreface(chunk);
    while (at < length) {
      if (this.#headerFilled > 0 || length - at < frameHeaderBytes) {
        at = this.#resume(chunk, at);
        continue;
      }
      const size =
        ((chunk[at] as number) << 16) |
        ((chunk[at + 1] as number) << 8) |
        (chunk[at + 2] as number);
      if (size > maxFrameBytes) throw tooLarge(chunk.subarray(at));
      const start = at + frameHeaderBytes;
      if (start + size > length) {
        at = this.#resume(chunk, at);
        continue;
      }
      at = start + size;
      this.#sink.frame(
        chunk[start - 6] as number,
        chunk[start - 5] as number,
        (((chunk[start - 4] as number) & 0x7f) << 24) |
          ((chunk[start - 3] as number) << 16) |
          ((chunk[start - 2] as number) << 8) |
          (chunk[start - 1] as number),
        chunk,
        start,
        at,
      );
    }
  }

  #readPreface(chunk: Buffer): number {
    let at = 0;
    while (this.#prefaceLeft > 0 && at < chunk.length) {
      if (chunk[at++] !== preface[preface.length - this.#prefaceLeft]) {
        throw new ConnectionError(h2Code.protocolError, "not an HTTP/2 client");
      }
      this.#prefaceLeft--;
    }
    return at;
  }

  /** Adds to a frame that came in pieces. */
  #resume(chunk: Buffer, from: number): number {
    let at = from;
    const header = this.#header;
    while (this.#headerFilled < frameHeaderBytes) {
      if (at === chunk.length) return at;
      header[this.#headerFilled++] = chunk[at++] as number;
    }
    const size = header.readUIntBE(0, 3);
    if (size > maxFrameBytes) throw tooLarge(header);
    // A new buffer for each frame, because messages are handed on as slices of it.
    if (this.#payload === null) this.#payload = Buffer.allocUnsafeSlow(size);
    const payload = this.#payload;
    const take = Math.min(size - this.#payloadFilled, chunk.length - at);
    chunk.copy(payload, this.#payloadFilled, at, at + take);
    this.#payloadFilled += take;
    at += take;
    if (this.#payloadFilled < size) return at;
    this.#headerFilled = 0;
    this.#payloadFilled = 0;
    this.#payload = null;
    const id = header.readUInt32BE(5) & 0x7fffffff;
    this.#sink.frame(header[3] as number, header[4] as number, id, payload, 0, size);
    return at;
  }
}

function tooLarge(header: Buffer): ConnectionError {
  const text = "http2: failed reading the frame payload: http2: frame too large";
  const isHttp1 = header.toString("latin1", 0, 7) === "HTTP/1.";
  return new ConnectionError(
    h2Code.frameSizeError,
    isHttp1 ? `${text}, note that the frame header looked like an HTTP/1.1 header` : text,
  );
}
