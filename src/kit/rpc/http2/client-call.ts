/**
 * The client's side of one call on node:http2. It exists before its stream does: what is sent meanwhile waits.
 */

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { type Clock, DeadlineError } from "../../time/clock.ts";
import { Metadata } from "../metadata.ts";
import { code, codeOfHttpStatus, type RpcStatus } from "../status.ts";
import type { CallOptions, OutgoingCall } from "../transport.ts";
import {
  addMetadata,
  field,
  formatTimeout,
  responseMetadata,
  statusOf,
  statusOfReset,
} from "./fields.ts";
import { MessageReader } from "./messages.ts";
import { MessageWriter } from "./writer.ts";

/** Bytes that may wait for the connection before the sender should. */
const highWaterBytes = 64 * 1024;

export interface ClientCallOptions {
  readonly path: string;
  readonly authority: string;
  readonly scheme: string;
  readonly userAgent: string;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly call: CallOptions;
  /** Called once, possibly before the constructor returns. */
  readonly onEnd: (call: Http2ClientCall) => void;
}

function plain(grpcCode: number, message: string): RpcStatus {
  return { code: grpcCode, message, trailers: new Metadata() };
}

function connectionLost(): RpcStatus {
  return plain(code.unavailable, "error reading from server: EOF");
}

export class Http2ClientCall implements OutgoingCall {
  readonly #options: ClientCallOptions;
  readonly #startedAt: number;
  #stream: ClientHttp2Stream | undefined;
  #reader: MessageReader | undefined;
  #writer: MessageWriter | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #halfClosed = false;
  #held = false;
  #deadline: Disposable | undefined;
  #onAbort: (() => void) | undefined;
  #onHeaders: ((metadata: Metadata) => void) | undefined;
  #onMessage: ((message: Buffer) => void) | undefined;
  #onStatus: ((status: RpcStatus) => void) | undefined;
  #onDrain: (() => void) | undefined;
  /** Headers that came before anyone asked for them. */
  #headers: Metadata | undefined;
  /** What the trailers say; it counts once all messages are delivered. */
  #trailers: RpcStatus | undefined;
  #httpStatus = 200;
  #final: RpcStatus | undefined;
  #reported = false;

  constructor(options: ClientCallOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonic();
    const { timeoutMs, signal } = options.call;
    if (signal?.aborted) {
      this.#aborted(signal);
      return;
    }
    if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
      const expire = (): void =>
        this.cancelWith(plain(code.deadlineExceeded, "context deadline exceeded"));
      if (timeoutMs <= 0) {
        expire();
        return;
      }
      this.#deadline = options.clock.timer(timeoutMs, expire);
    }
    if (signal !== undefined) {
      this.#onAbort = () => this.#aborted(signal);
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  #aborted(signal: AbortSignal): void {
    const late = signal.reason instanceof DeadlineError;
    this.cancelWith(
      late
        ? plain(code.deadlineExceeded, "context deadline exceeded")
        : plain(code.canceled, "context canceled"),
    );
  }

  get isEnded(): boolean {
    return this.#final !== undefined;
  }

  /**
   * @param isLost whether the connection broke
   * @returns false when the connection takes no more streams
   */
  start(session: ClientHttp2Session, isLost: () => boolean, release: () => void): boolean {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(this.#requestHeaders(), { endStream: false });
    } catch {
      if (session.closed || session.destroyed) return false;
      this.end(plain(code.internal, "the request cannot be written"));
      return false;
    }
    this.#stream = stream;
    this.#writer = new MessageWriter(stream);
    this.#writer.onDrain(() => this.#onDrain?.());
    stream.on("error", () => {});
    stream.once("close", () => {
      release();
      this.#closed(stream, isLost());
    });
    stream.once("response", (headers, flags, raw: string[]) =>
      this.#responded(stream, isLost, headers, flags, raw),
    );
    stream.on("trailers", (_headers, _flags, raw: string[]) => {
      this.#trailers = this.#statusOf(raw);
    });
    const waited = this.#waiting;
    this.#waiting = [];
    let drained = true;
    for (const message of waited) drained = this.#writer.write(message);
    if (this.#halfClosed) stream.end();
    if (drained && this.#waitingBytes > highWaterBytes) this.#onDrain?.();
    this.#waitingBytes = 0;
    return true;
  }

  #requestHeaders(): OutgoingHttpHeaders {
    const { path, authority, scheme, userAgent, clock, call } = this.#options;
    const headers: OutgoingHttpHeaders = Object.create(null);
    headers[":method"] = "POST";
    headers[":scheme"] = scheme;
    headers[":path"] = path;
    headers[":authority"] = authority;
    headers["content-type"] = "application/grpc";
    headers["user-agent"] = userAgent;
    headers.te = "trailers";
    headers["grpc-accept-encoding"] = "gzip";
    if (call.timeoutMs !== undefined && call.timeoutMs !== Number.POSITIVE_INFINITY) {
      const spent = clock.monotonic() - this.#startedAt;
      headers["grpc-timeout"] = formatTimeout(call.timeoutMs - spent);
    }
    addMetadata(headers, call.metadata);
    return headers;
  }

  #statusOf(raw: string[]): RpcStatus {
    const status = statusOf(raw);
    if (status !== undefined) return status;
    if (this.#httpStatus !== 200) return this.#httpError(raw);
    return plain(code.internal, "server closed the stream without sending trailers");
  }

  #httpError(raw: readonly string[]): RpcStatus {
    const type = field(raw, "content-type");
    const form =
      type === undefined
        ? "malformed header: missing HTTP content-type"
        : `transport: received unexpected content-type ${JSON.stringify(type)}`;
    const grpc = type !== undefined && /^application\/grpc($|[+;])/i.test(type);
    if (grpc && this.#httpStatus === 200) {
      return plain(code.internal, "server closed the stream without sending trailers");
    }
    const what = `unexpected HTTP status code received from server: ${this.#httpStatus}`;
    const text = this.#httpStatus === 200 ? form : grpc ? what : `${what}; ${form}`;
    return plain(codeOfHttpStatus(this.#httpStatus), text);
  }

  #responded(
    stream: ClientHttp2Stream,
    isLost: () => boolean,
    headers: IncomingHttpHeaders,
    flags: number,
    raw: string[],
  ): void {
    this.#httpStatus = Number(headers[":status"]);
    const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    const grpc = /^application\/grpc($|[+;])/i.test(headers["content-type"] ?? "");
    if (this.#httpStatus !== 200 || !grpc) {
      this.cancelWith(statusOf(raw) ?? this.#httpError(raw));
      return;
    }
    if (ended) {
      this.end(this.#statusOf(raw));
      return;
    }
    this.#reader = new MessageReader(
      {
        maxMessageBytes: this.#options.maxMessageBytes,
        encoding: field(raw, "grpc-encoding"),
      },
      {
        message: (message) => this.#onMessage?.(message),
        end: () => this.#ended(isLost),
        fail: (grpcCode, text) => this.cancelWith(plain(grpcCode, text)),
      },
    );
    const metadata = responseMetadata(raw);
    if (this.#onHeaders === undefined) this.#headers = metadata;
    else this.#onHeaders(metadata);
    this.#read(stream);
  }

  #read(stream: ClientHttp2Stream): void {
    stream.on("data", (chunk: Buffer) => {
      this.#reader?.push(chunk);
      if (this.#reader?.isPaused && !this.isEnded) stream.pause();
    });
    stream.on("end", () => this.#reader?.end());
    if (this.#held) stream.pause();
    else this.#reader?.resume();
  }

  /** All messages are delivered. */
  #ended(isLost: () => boolean): void {
    if (this.#trailers !== undefined) {
      this.end(this.#trailers);
      return;
    }
    // A stream also ends when its connection breaks, and only then the socket says so.
    setImmediate(() => {
      const text = "server closed the stream without sending trailers";
      this.end(isLost() ? connectionLost() : plain(code.internal, text));
    });
  }

  #closed(stream: ClientHttp2Stream, isLost: boolean): void {
    this.#writer?.close();
    if (this.isEnded) return;
    if (this.#trailers !== undefined) {
      // Messages may still wait for a paused reader; without them the status is all there is.
      if (this.#reader === undefined || stream.readableEnded === false) this.end(this.#trailers);
      return;
    }
    if (isLost && stream.rstCode !== constants.NGHTTP2_REFUSED_STREAM) {
      this.end(connectionLost());
    } else {
      this.end(statusOfReset(stream.rstCode ?? 0));
    }
  }

  onHeaders(callback: (metadata: Metadata) => void): void {
    this.#onHeaders = callback;
    const early = this.#headers;
    this.#headers = undefined;
    if (early !== undefined) callback(early);
  }

  onMessage(callback: (message: Buffer) => void): void {
    this.#onMessage = callback;
  }

  onStatus(callback: (status: RpcStatus) => void): void {
    this.#onStatus = callback;
    if (this.#final !== undefined) this.#report();
  }

  pause(): void {
    this.#held = true;
    this.#reader?.pause();
    this.#stream?.pause();
  }

  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#reader?.resume();
    if (this.#reader !== undefined && !this.#reader.isPaused) this.#stream?.resume();
  }

  send(message: Uint8Array): boolean {
    if (this.isEnded || this.#halfClosed) return true;
    const { maxMessageBytes } = this.#options;
    if (message.length > maxMessageBytes) {
      this.cancelWith(
        plain(
          code.resourceExhausted,
          `trying to send message larger than max (${message.length} vs. ${maxMessageBytes})`,
        ),
      );
      return true;
    }
    if (this.#stream !== undefined && this.#writer !== undefined) {
      return !this.#stream.destroyed && this.#writer.write(message);
    }
    this.#waiting.push(Buffer.from(message));
    this.#waitingBytes += message.length;
    return this.#waitingBytes <= highWaterBytes;
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  halfClose(): void {
    if (this.#halfClosed || this.isEnded) return;
    this.#halfClosed = true;
    this.#stream?.end();
  }

  cancel(): void {
    this.cancelWith(plain(code.canceled, "context canceled"));
  }

  /** Resets the stream and ends the call. */
  cancelWith(status: RpcStatus): void {
    if (this.isEnded) return;
    this.#reader?.stop();
    this.end(status, constants.NGHTTP2_CANCEL);
  }

  /** Ends the call. Without a code a stream that the server has ended is only closed. */
  end(status: RpcStatus, resetCode?: number): void {
    if (this.#final !== undefined) return;
    this.#final = status;
    this.#waiting = [];
    this.#deadline?.[Symbol.dispose]();
    if (this.#onAbort !== undefined) {
      this.#options.call.signal?.removeEventListener("abort", this.#onAbort);
    }
    this.#options.onEnd(this);
    const stream = this.#stream;
    // Let the stream close although nobody reads any more.
    if (stream !== undefined && !stream.destroyed) {
      stream.resume();
      if (resetCode !== undefined) stream.close(resetCode);
      else if (!this.#halfClosed) stream.close(constants.NGHTTP2_NO_ERROR);
    }
    if (this.#onStatus !== undefined) this.#report();
  }

  /** Later, so that callbacks which are set right after open() and send() see it. */
  #report(): void {
    if (this.#reported) return;
    this.#reported = true;
    queueMicrotask(() => this.#onStatus?.(this.#final as RpcStatus));
  }
}
