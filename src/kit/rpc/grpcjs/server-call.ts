/**
 * The server's side of one call on @grpc/grpc-js.
 */
import type * as grpc from "@grpc/grpc-js";
import { CanceledError, type Clock, DeadlineError } from "../../time/clock.ts";
import { Metadata } from "../metadata.ts";
import { code } from "../status.ts";
import type { Finish, Peer, StreamCall } from "../transport.ts";
import { toLibrary } from "./metadata.ts";

/** Above it the sender should wait. */
const highWaterBytes = 64 * 1024;

export interface GrpcjsServerCallOptions {
  readonly library: typeof grpc;
  readonly stream: grpc.ServerDuplexStream<Buffer, Buffer>;
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
}

export class GrpcjsServerCall implements StreamCall {
  readonly path: string;
  readonly authority: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly timeoutMs: number;
  cancelled = false;
  readonly #options: GrpcjsServerCallOptions;
  readonly #stream: grpc.ServerDuplexStream<Buffer, Buffer>;
  readonly #headers = new Metadata();
  #headersSent = false;
  #queuedBytes = 0;
  #blocked = false;
  #controller: AbortController | undefined;
  #reason: Error | undefined;
  #onHalfClose: (() => void) | undefined;
  #onCancel: (() => void) | undefined;
  #onDrain: (() => void) | undefined;
  #reading = false;
  #held = false;
  #halfClosed = false;
  #finished = false;

  constructor(options: GrpcjsServerCallOptions) {
    const { stream, clock } = options;
    this.#options = options;
    this.#stream = stream;
    this.path = options.path;
    this.authority = stream.getHost();
    this.metadata = options.metadata;
    this.peer = options.peer;
    const deadline = stream.getDeadline();
    const at = deadline instanceof Date ? deadline.getTime() : deadline;
    this.timeoutMs = at === Number.POSITIVE_INFINITY ? at : Math.max(at - clock.now(), 0);
    // The library reports the deadline and a client that left alike.
    stream.on("cancelled", () =>
      this.#cancel(at <= clock.now() ? new DeadlineError() : new CanceledError()),
    );
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
    if (!this.#headersSent) this.#headers.entries.push(...metadata.entries);
  }

  onMessage(callback: (message: Buffer) => void): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#stream.on("data", callback);
    this.#stream.on("end", () => {
      if (this.cancelled || this.#finished) return;
      this.#halfClosed = true;
      this.#onHalfClose?.();
    });
    if (this.#held) this.#stream.pause();
  }

  onHalfClose(callback: () => void): void {
    this.#onHalfClose = callback;
    if (this.#halfClosed) callback();
  }

  pause(): void {
    this.#held = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#held = false;
    if (this.#reading) this.#stream.resume();
  }

  send(message: Uint8Array): boolean {
    if (this.#finished || this.cancelled) return true;
    const { maxMessageBytes } = this.#options;
    if (message.length > maxMessageBytes) {
      this.finish({
        code: code.resourceExhausted,
        message: `grpc: trying to send message larger than max (${message.length} vs. ${maxMessageBytes})`,
      });
      return true;
    }
    this.#respond();
    const copy = Buffer.from(message);
    this.#queuedBytes += copy.length + 5;
    this.#stream.write(copy, () => this.#written(copy.length + 5));
    this.#blocked = this.#queuedBytes > highWaterBytes;
    return !this.#blocked;
  }

  #written(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (!this.#blocked || this.#queuedBytes > highWaterBytes / 2) return;
    this.#blocked = false;
    if (!this.cancelled && !this.#finished) this.#onDrain?.();
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  finish(status: Finish = {}): void {
    if (this.#finished || this.cancelled) return;
    this.#finished = true;
    if (!this.#headers.isEmpty) this.#respond();
    const { library } = this.#options;
    const trailers = toLibrary(library, status.trailers);
    if (status.details !== undefined) {
      trailers.set("grpc-status-details-bin", Buffer.from(status.details));
    }
    // Success takes this way too: end() would send the text "OK".
    this.#stream.emit("error", {
      code: status.code ?? code.ok,
      details: status.message ?? "",
      metadata: trailers,
    });
    // What still arrives is thrown away.
    this.#stream.resume();
  }

  #respond(): void {
    if (this.#headersSent) return;
    this.#headersSent = true;
    if (!this.#headers.isEmpty) {
      this.#stream.sendMetadata(toLibrary(this.#options.library, this.#headers));
    }
  }

  #cancel(reason: Error): void {
    if (this.cancelled || this.#finished) return;
    this.cancelled = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#onCancel?.();
  }
}
