/** One call on the server: the life of a request from its headers to its trailers. */
import { CanceledError, DeadlineError } from "../../time/clock.ts";
import { prefixBytes } from "../framing.ts";
import type { Metadata } from "../metadata.ts";
import { code, RpcError } from "../status.ts";
import type {
  Finish,
  Peer,
  StreamCall,
  StreamHandler,
  UnaryCall,
  UnaryHandler,
} from "../transport.ts";
import { h2Code } from "./frames.ts";
import { encodeBinary, encodeMessage, isReserved, metadataFault } from "./grpc-headers.ts";
import type { RequestHead } from "./request-head.ts";
import { areTrailers } from "./request-head.ts";
import { fitsFrame, type ServerConnection } from "./server-connection.ts";
import { Stream } from "./stream.ts";
import type { Deadline, Expiring } from "./timer-wheel.ts";

/** What a call needs from its server. */
export interface ServerCallOptions {
  readonly maxMessageBytes: number;
  readonly onError?: ((error: Error) => void) | undefined;
}

const ok: Finish = {};

export class ServerCall extends Stream implements UnaryCall, StreamCall, Expiring {
  declare readonly connection: ServerConnection;
  readonly path: string;
  readonly authority: string;
  readonly metadata: Metadata;
  readonly timeoutMs: number;
  trailers: Metadata | null = null;
  cancelled = false;

  readonly #options: ServerCallOptions;
  readonly #unary: UnaryHandler | null;
  /** The message of a unary call, once it is complete. */
  #request: Buffer | null = null;
  #messages = 0;
  #responseMetadata: Metadata | null = null;
  #isHeadSent = false;
  #isFinished = false;
  #finish: Finish = ok;
  /** The handler still runs; counted by the connection. */
  #isRunning = true;
  #isInvoked = false;
  #deadline: Deadline | null = null;
  #controller: AbortController | null = null;
  #cancelReason: Error | null = null;
  #onCancel: (() => void) | null = null;
  #onMessage: ((message: Buffer) => void) | null = null;
  #onHalfClose: (() => void) | null = null;
  #isHalfClosed = false;
  #onDrain: (() => void) | null = null;
  #isPaused = false;

  /** @param unary null for streaming calls */
  constructor(
    connection: ServerConnection,
    id: number,
    head: RequestHead,
    timeoutMs: number,
    unary: UnaryHandler | null,
    options: ServerCallOptions,
  ) {
    super(connection, id, options.maxMessageBytes);
    this.path = head.path;
    this.authority = head.authority;
    this.metadata = head.metadata;
    this.timeoutMs = timeoutMs;
    this.contentLength = head.contentLength;
    this.acceptsGzip = head.encoding === "gzip";
    this.#options = options;
    this.#unary = unary;
    this.isFlowing = unary !== null;
    connection.running++;
    connection.streams.add(this);
  }

  get peer(): Peer {
    return this.connection.peer;
  }

  /** Streaming handlers get the call at once, unary ones with the message. */
  start(handler: StreamHandler | null): void {
    if (this.timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#deadline = this.connection.shared.wheel.start(this.timeoutMs, this);
    }
    if (handler === null) return;
    if (this.connection.isFull) this.connection.hold(() => this.#begin(handler));
    else this.#begin(handler);
  }

  #begin(handler: StreamHandler): void {
    if (this.#isFinished) return;
    try {
      handler(this);
    } catch (error) {
      this.#fail(error);
    }
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort(this.#cancelReason);
    }
    return this.#controller.signal;
  }

  onCancel(callback: () => void): void {
    const earlier = this.#onCancel;
    if (earlier === null) {
      this.#onCancel = callback;
    } else {
      this.#onCancel = () => {
        earlier();
        callback();
      };
    }
    if (this.cancelled) callback();
  }

  sendHeaders(metadata: Metadata): void {
    if (this.#isHeadSent || this.#isFinished || this.isClosed) return;
    if (this.#responseMetadata === null) {
      this.#responseMetadata = metadata.clone();
      if (this.#unary === null) this.connection.headDue(this);
    } else {
      this.#responseMetadata.entries.push(...metadata.entries);
    }
  }

  /** Metadata that the handler of a streaming call has set leaves without waiting for a message. */
  sendDueHead(): void {
    if (!this.#isHeadSent && !this.#isFinished && !this.isClosed) this.#writeHead();
  }

  // Unary

  override data(
    source: Buffer,
    start: number,
    end: number,
    frameBytes: number,
    endStream: boolean,
  ): void {
    // The ordinary case: the whole request in one frame, with nothing before it.
    if (endStream && this.#unary !== null && this.isFresh && end - start >= prefixBytes) {
      const length = end - start - prefixBytes;
      if (
        source[start] === 0 &&
        length <= this.maxMessageBytes &&
        source.readUInt32BE(start + 1) === length
      ) {
        if (!this.account(frameBytes, end - start, true)) return;
        this.#invoke(source.subarray(start + prefixBytes, end));
        return;
      }
    }
    super.data(source, start, end, frameBytes, endStream);
  }

  #invoke(message: Buffer): void {
    if (this.connection.isFull) {
      const kept = Buffer.from(message);
      this.connection.hold(() => {
        if (!this.#isFinished) this.#invoke(kept);
      });
      return;
    }
    this.#isInvoked = true;
    let result: Uint8Array | Promise<Uint8Array>;
    try {
      result = (this.#unary as UnaryHandler)(message, this as unknown as UnaryCall);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (result instanceof Uint8Array) this.#reply(result);
    else {
      result.then(
        (reply) => this.#reply(reply),
        (error: unknown) => this.#fail(error),
      );
    }
  }

  #reply(message: Uint8Array): void {
    if (this.#isFinished) {
      this.#stopRunning();
      return;
    }
    if (message.length > this.maxMessageBytes) {
      this.finish(this.#tooLongToSend(message.length));
      return;
    }
    const { connection } = this;
    if (
      this.#responseMetadata === null &&
      this.trailers === null &&
      fitsFrame(message.length) &&
      message.length + prefixBytes <= this.sendWindow &&
      message.length + prefixBytes <= connection.sendWindow &&
      !connection.out.isCongested &&
      connection.writeReply(this, message)
    ) {
      this.#isFinished = true;
      this.isLocalClosed = true;
      this.#settled();
      connection.wroteEnd(this);
      return;
    }
    this.#sendMessage(message);
    this.finish(this.trailers === null ? ok : { trailers: this.trailers });
  }

  /** The handler threw or rejected. */
  #fail(error: unknown): void {
    if (this.#isFinished) {
      this.#stopRunning();
      return;
    }
    if (error instanceof RpcError) {
      // A copy: handlers may throw the same error again.
      const trailers = error.trailers.clone();
      if (this.trailers !== null) trailers.entries.push(...this.trailers.entries);
      this.finish({ code: error.code, message: error.desc, details: error.details, trailers });
      return;
    }
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#options.onError?.(failure);
    this.finish({ code: code.unknown, message: failure.message });
  }

  // Streaming

  protected deliver(message: Buffer): void {
    if (this.#unary !== null) {
      this.#messages++;
      this.#request = message;
      return;
    }
    try {
      (this.#onMessage as (message: Buffer) => void)(message);
    } catch (error) {
      this.#fail(error);
    }
  }

  protected deliverEnd(): void {
    if (this.#unary !== null) {
      if (this.#messages === 1) {
        this.#invoke(this.#request as Buffer);
        return;
      }
      const what = this.#messages === 0 ? "no request message" : "multiple request messages";
      this.refuse(
        code.internal,
        `cardinality violation: received ${what} ${this.#messages === 0 ? "from" : "for"} non-client-streaming RPC`,
      );
      return;
    }
    this.#isHalfClosed = true;
    this.#halfClose();
  }

  #halfClose(): void {
    const callback = this.#onHalfClose;
    if (callback === null) return;
    this.#onHalfClose = null;
    try {
      callback();
    } catch (error) {
      this.#fail(error);
    }
  }

  onMessage(callback: (message: Buffer) => void): void {
    this.#onMessage = callback;
    this.#flow();
  }

  onHalfClose(callback: () => void): void {
    this.#onHalfClose = callback;
    if (this.#isHalfClosed) this.#halfClose();
  }

  pause(): void {
    this.#isPaused = true;
    this.isFlowing = false;
  }

  resume(): void {
    this.#isPaused = false;
    this.#flow();
  }

  #flow(): void {
    if (this.#isPaused || this.#onMessage === null || this.isClosed || this.isFlowing) return;
    this.isFlowing = true;
    this.settle();
  }

  send(message: Uint8Array): boolean {
    if (this.#isFinished || this.isClosed) return true;
    if (message.length > this.maxMessageBytes) {
      this.finish(this.#tooLongToSend(message.length));
      return true;
    }
    return this.#sendMessage(message);
  }

  #sendMessage(message: Uint8Array): boolean {
    if (!this.#isHeadSent) this.#writeHead();
    return this.isClosed || this.#isFinished ? true : this.push(message);
  }

  #tooLongToSend(length: number): Finish {
    this.connection.limits.onLimit?.("grpc-message");
    return {
      code: code.resourceExhausted,
      message: `trying to send message larger than max (${length} vs. ${this.maxMessageBytes})`,
    };
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  protected drained(): void {
    try {
      this.#onDrain?.();
    } catch (error) {
      this.#fail(error);
    }
  }

  // Ends

  finish(status: Finish = ok): void {
    if (this.#isFinished) {
      this.#stopRunning();
      return;
    }
    this.#isFinished = true;
    this.#finish = status;
    this.#settled();
    if (this.isClosed) return;
    // What was queued before an error is still sent, as the order of the calls says.
    this.endWrites();
  }

  /** The handler is done: no deadline, and room for another call. */
  #settled(): void {
    this.#deadline?.cancel();
    this.#deadline = null;
    this.connection.completed();
    this.#stopRunning();
  }

  #stopRunning(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.connection.running--;
  }

  protected refuse(grpcCode: number, text: string): void {
    if (grpcCode === code.resourceExhausted) this.connection.limits.onLimit?.("grpc-message");
    this.finish({ code: grpcCode, message: text });
  }

  expire(): void {
    this.#deadline = null;
    this.#cancel(new DeadlineError());
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#finish = { code: code.deadlineExceeded, message: "context deadline exceeded" };
    if (!this.#isInvoked) this.#stopRunning();
    this.endWrites();
  }

  aborted(_h2: number | null, _reason: Error | null): void {
    this.#deadline?.cancel();
    this.#deadline = null;
    const wasFinished = this.#isFinished;
    this.#isFinished = true;
    // A unary handler that has not begun never will; one that runs counts until it ends.
    if (!this.#isInvoked) this.#stopRunning();
    if (!wasFinished) this.#cancel(new CanceledError());
  }

  #cancel(reason: Error): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.#cancelReason = reason;
    this.#controller?.abort(reason);
    const callback = this.#onCancel;
    this.#onCancel = null;
    if (callback === null) return;
    try {
      callback();
    } catch (error) {
      this.#options.onError?.(error as Error);
    }
  }

  trailingBlock(endStream: boolean): void {
    const { connection } = this;
    if (!endStream || !areTrailers(connection.decoder.fields)) {
      connection.resetStream(this, h2Code.protocolError);
      return;
    }
    this.remoteEnded();
  }

  // Header blocks

  #writeHead(): void {
    const invalid = this.#invalidHead();
    if (invalid !== null) {
      this.finish(invalid);
      return;
    }
    this.#beginHead();
    this.connection.writeBlock(this.id, false);
  }

  /** Response metadata that cannot be sent is dropped; the call ends with the status returned. */
  #invalidHead(): Finish | null {
    if (this.#responseMetadata === null) return null;
    const fault = metadataFault(this.#responseMetadata);
    if (fault === null) return null;
    this.#responseMetadata = null;
    return { code: code.internal, message: fault };
  }

  /** Puts the response headers into the encoder's block. */
  #beginHead(): void {
    const { encoder } = this.connection;
    this.#isHeadSent = true;
    encoder.begin();
    encoder.indexed(8);
    encoder.field("content-type", "application/grpc", true);
    if (this.#responseMetadata !== null) this.#addMetadata(this.#responseMetadata);
  }

  protected writeEnd(): void {
    let finish = this.#finish;
    const { connection } = this;
    const { encoder } = connection;
    if (!this.#isHeadSent) {
      finish = this.#invalidHead() ?? finish;
      if (this.#responseMetadata !== null) {
        this.#beginHead();
        connection.writeBlock(this.id, false);
      }
    }
    const fault = finish.trailers === undefined ? null : metadataFault(finish.trailers);
    if (fault !== null) finish = { code: code.internal, message: fault };
    if (this.#isHeadSent) encoder.begin();
    else this.#beginHead();
    const grpcCode = finish.code ?? 0;
    if (grpcCode === 0) encoder.field("grpc-status", "0", true);
    else encoder.literal("grpc-status", String(grpcCode));
    const { message, details, trailers } = finish;
    if (message !== undefined && message !== "") {
      encoder.literal("grpc-message", encodeMessage(message));
    }
    if (details !== undefined) encoder.literal("grpc-status-details-bin", encodeBinary(details));
    if (trailers !== undefined) this.#addMetadata(trailers);
    connection.writeBlock(this.id, true);
    if (grpcCode === 0) connection.learnIndexes();
  }

  #addMetadata(metadata: Metadata): void {
    const { entries } = metadata;
    const { encoder } = this.connection;
    for (let i = 0; i < entries.length; i += 2) {
      const name = entries[i] as string;
      if (!isReserved(name)) encoder.literal(name, entries[i + 1] as string);
    }
  }
}
