/**
 * The server's side of one call on node:http2.
 */
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { CanceledError, type Clock, DeadlineError } from "../../time/clock.ts";
import type { Metadata } from "../metadata.ts";
import { code } from "../status.ts";
import type { Finish, Peer, StreamCall } from "../transport.ts";
import { addMetadata, field, requestMetadata, statusFields } from "./fields.ts";
import { MessageReader } from "./messages.ts";
import { MessageWriter } from "./writer.ts";

export interface ServerCallOptions {
  readonly stream: ServerHttp2Stream;
  /** Names and values in wire order. */
  readonly raw: readonly string[];
  readonly peer: Peer;
  readonly timeoutMs: number;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  /** Bytes are queued, or (negative) went out. */
  readonly onSend: (bytes: number) => void;
}

export class Http2ServerCall implements StreamCall {
  readonly path: string;
  readonly authority: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly timeoutMs: number;
  cancelled = false;
  readonly #options: ServerCallOptions;
  readonly #stream: ServerHttp2Stream;
  readonly #reader: MessageReader;
  readonly #writer: MessageWriter;
  readonly #headers: OutgoingHttpHeaders;
  #deadline: Disposable | undefined;
  #controller: AbortController | undefined;
  #reason: Error | undefined;
  #onMessage: ((message: Buffer) => void) | undefined;
  #onHalfClose: (() => void) | undefined;
  #onCancel: (() => void) | undefined;
  /** Paused by the handler. */
  #held = false;
  #halfClosed = false;
  #finished = false;

  constructor(options: ServerCallOptions) {
    const { stream, raw } = options;
    this.#options = options;
    this.#stream = stream;
    this.path = field(raw, ":path") ?? "";
    this.authority = field(raw, ":authority") ?? "";
    this.metadata = requestMetadata(raw);
    this.peer = options.peer;
    this.timeoutMs = options.timeoutMs;
    this.#headers = Object.create(null);
    this.#headers[":status"] = 200;
    this.#headers["content-type"] = "application/grpc";
    this.#writer = new MessageWriter(stream, options.onSend);
    this.#reader = new MessageReader(
      { maxMessageBytes: options.maxMessageBytes, encoding: field(raw, "grpc-encoding") },
      {
        message: (message) => this.#onMessage?.(message),
        end: () => this.#ended(),
        fail: (grpcCode, message) => this.finish({ code: grpcCode, message }),
      },
    );
    stream.on("close", () => this.#closed());
    if (options.timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#deadline = options.clock.timer(options.timeoutMs, () => this.#expired());
    }
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  onCancel(callback: () => void): void {
    this.#onCancel = callback;
    if (this.cancelled) callback();
  }

  sendHeaders(metadata: Metadata): void {
    if (!this.#stream.headersSent) addMetadata(this.#headers, metadata);
  }

  onMessage(callback: (message: Buffer) => void): void {
    const first = this.#onMessage === undefined;
    this.#onMessage = callback;
    if (!first || this.#finished) return;
    this.#stream.on("data", (chunk: Buffer) => {
      this.#reader.push(chunk);
      if (this.#reader.isPaused) this.#stream.pause();
    });
    this.#stream.on("end", () => this.#reader.end());
    // The handler may still want to set onHalfClose, pause or read the metadata first.
    queueMicrotask(() => {
      if (this.#held) return;
      this.#reader.resume();
      if (!this.#reader.isPaused) this.#stream.resume();
    });
  }

  onHalfClose(callback: () => void): void {
    this.#onHalfClose = callback;
    if (this.#halfClosed) callback();
  }

  pause(): void {
    this.#held = true;
    this.#reader.pause();
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    if (this.#onMessage === undefined) return;
    this.#reader.resume();
    if (!this.#reader.isPaused) this.#stream.resume();
  }

  send(message: Uint8Array): boolean {
    if (this.#finished || this.cancelled) return true;
    // The cancellation is on its way; a sender in a loop must not spin until then.
    if (this.#stream.destroyed || this.#stream.closed) return false;
    const { maxMessageBytes } = this.#options;
    if (message.length > maxMessageBytes) {
      this.finish({
        code: code.resourceExhausted,
        message: `grpc: trying to send message larger than max (${message.length} vs. ${maxMessageBytes})`,
      });
      return true;
    }
    if (!this.#stream.headersSent) this.#respond();
    return this.#writer.write(message);
  }

  onDrain(callback: () => void): void {
    this.#writer.onDrain(callback);
  }

  finish(status: Finish = {}): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#reader.stop();
    this.#deadline?.[Symbol.dispose]();
    const stream = this.#stream;
    // What still arrives is thrown away, so that the stream can close.
    stream.resume();
    if (stream.destroyed || stream.closed) return;
    this.#options.onSend(0);
    const fields = statusFields(status);
    try {
      // An answer of status alone fits into one frame, but metadata for the header must not end up in the trailers.
      if (!stream.headersSent && this.#onlyDefaultHeaders()) {
        stream.respond({ ...this.#headers, ...fields }, { endStream: true });
        this.#stopClient();
        return;
      }
      if (!stream.headersSent) this.#respond();
      stream.once("wantTrailers", () => {
        stream.sendTrailers(fields);
        this.#stopClient();
      });
      stream.end();
    } catch {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  #onlyDefaultHeaders(): boolean {
    return Object.keys(this.#headers).length === 2;
  }

  #respond(): void {
    try {
      this.#stream.respond(this.#headers, { waitForTrailers: true });
    } catch {
      this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  /** A client that still sends after the answer is told to stop. */
  #stopClient(): void {
    const stream = this.#stream;
    if (stream.readableEnded || stream.endAfterHeaders) return;
    setImmediate(() => {
      if (!stream.destroyed && !stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }

  #ended(): void {
    this.#halfClosed = true;
    this.#onHalfClose?.();
  }

  #expired(): void {
    if (this.#finished) return;
    this.#cancel(new DeadlineError());
    this.finish({ code: code.deadlineExceeded, message: "context deadline exceeded" });
  }

  #closed(): void {
    this.#deadline?.[Symbol.dispose]();
    this.#writer.close();
    if (this.#finished) return;
    this.#cancel(new CanceledError());
    this.#finished = true;
    this.#reader.stop();
  }

  #cancel(reason: Error): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#onCancel?.();
  }
}
