/**
 * The client's side of one call on @grpc/grpc-js.
 */
import type * as grpc from "@grpc/grpc-js";
import { type Clock, DeadlineError } from "../../time/clock.ts";
import { Metadata } from "../metadata.ts";
import { code, type RpcStatus } from "../status.ts";
import type { CallOptions, OutgoingCall } from "../transport.ts";
import { fromLibrary, toLibrary } from "./metadata.ts";

/** Above it the sender should wait. */
const highWaterBytes = 64 * 1024;

export interface GrpcjsClientCallOptions {
  readonly library: typeof grpc;
  readonly channel: grpc.Channel;
  readonly path: string;
  readonly maxMessageBytes: number;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly call: CallOptions;
  readonly isClosed: boolean;
  /** Called once, possibly before the constructor returns. */
  readonly onEnd: (call: GrpcjsClientCall) => void;
}

function plain(grpcCode: number, message: string): RpcStatus {
  return { code: grpcCode, message, trailers: new Metadata() };
}

export class GrpcjsClientCall implements OutgoingCall {
  readonly #options: GrpcjsClientCallOptions;
  readonly #timers = new DisposableStack();
  #call: ReturnType<grpc.Channel["createCall"]> | undefined;
  #onAbort: (() => void) | undefined;
  #onHeaders: ((metadata: Metadata) => void) | undefined;
  #onMessage: ((message: Buffer) => void) | undefined;
  #onStatus: ((status: RpcStatus) => void) | undefined;
  #onDrain: (() => void) | undefined;
  #headers: Metadata | undefined;
  #held = false;
  /** The library was asked for no message while the reader was paused. */
  #wantsRead = false;
  #halfClosed = false;
  /** The library takes one message at a time; the first is the one that it has. */
  readonly #outgoing: Buffer[] = [];
  #queuedBytes = 0;
  #blocked = false;
  #final: RpcStatus | undefined;
  #reported = false;

  constructor(options: GrpcjsClientCallOptions) {
    this.#options = options;
    const { timeoutMs, signal } = options.call;
    if (options.isClosed) {
      this.#end(plain(code.canceled, "grpc: the client connection is closing"));
    } else if (signal?.aborted) {
      this.#aborted(signal);
    } else if (timeoutMs !== undefined && timeoutMs <= 0) {
      this.#end(plain(code.deadlineExceeded, "context deadline exceeded"));
    } else {
      this.#start();
    }
  }

  get isEnded(): boolean {
    return this.#final !== undefined;
  }

  #start(): void {
    const { library, channel, path, clock, call } = this.#options;
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = call;
    const deadline =
      timeoutMs === Number.POSITIVE_INFINITY ? timeoutMs : clock.now() + Math.ceil(timeoutMs);
    this.#call = channel.createCall(path, deadline, null, null, null);
    if (timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#timers.use(
        clock.timer(timeoutMs, () =>
          this.#cancelWith(plain(code.deadlineExceeded, "context deadline exceeded")),
        ),
      );
    }
    if (channel.getConnectivityState(true) !== library.connectivityState.READY) {
      this.#timers.use(clock.timer(this.#options.connectTimeoutMs, () => this.#tooLate()));
    }
    if (signal !== undefined) {
      this.#onAbort = () => this.#aborted(signal);
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    this.#call.start(toLibrary(library, call.metadata), {
      onReceiveMetadata: (metadata) => this.#gotHeaders(fromLibrary(metadata)),
      onReceiveMessage: (message: Buffer | null) => {
        if (message === null || this.isEnded) return;
        this.#onMessage?.(message);
        this.#read();
      },
      onReceiveStatus: (status) => this.#gotStatus(status),
    });
    this.#read();
  }

  #tooLate(): void {
    const { channel, library } = this.#options;
    if (channel.getConnectivityState(false) === library.connectivityState.READY) return;
    this.#cancelWith(plain(code.unavailable, "connection error: timed out"));
  }

  #aborted(signal: AbortSignal): void {
    this.#cancelWith(
      signal.reason instanceof DeadlineError
        ? plain(code.deadlineExceeded, "context deadline exceeded")
        : plain(code.canceled, "context canceled"),
    );
  }

  #read(): void {
    if (this.#held) this.#wantsRead = true;
    else if (!this.isEnded) this.#call?.startRead();
  }

  #gotHeaders(metadata: Metadata): void {
    metadata.delete("grpc-accept-encoding");
    if (this.#onHeaders === undefined) this.#headers = metadata;
    else this.#onHeaders(metadata);
  }

  #gotStatus(status: grpc.StatusObject): void {
    const details = status.metadata.get("grpc-status-details-bin")[0];
    const late = status.code === code.deadlineExceeded && status.details.startsWith("Deadline");
    const trailers = fromLibrary(status.metadata);
    trailers.delete("grpc-accept-encoding");
    this.#end({
      code: status.code,
      message: late ? "context deadline exceeded" : status.details,
      details: Buffer.isBuffer(details) ? details : undefined,
      trailers,
    });
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
  }

  resume(): void {
    this.#held = false;
    if (!this.#wantsRead) return;
    this.#wantsRead = false;
    this.#read();
  }

  send(message: Uint8Array): boolean {
    if (this.isEnded || this.#halfClosed || this.#call === undefined) return true;
    const { maxMessageBytes } = this.#options;
    if (message.length > maxMessageBytes) {
      this.#cancelWith(
        plain(
          code.resourceExhausted,
          `trying to send message larger than max (${message.length} vs. ${maxMessageBytes})`,
        ),
      );
      return true;
    }
    this.#outgoing.push(Buffer.from(message));
    this.#queuedBytes += message.length;
    if (this.#outgoing.length === 1) this.#write();
    this.#blocked = this.#queuedBytes > highWaterBytes;
    return !this.#blocked;
  }

  #write(): void {
    const message = this.#outgoing[0];
    if (message !== undefined) {
      this.#call?.sendMessageWithContext({ callback: () => this.#written() }, message);
    } else if (this.#halfClosed) {
      this.#call?.halfClose();
    }
  }

  #written(): void {
    if (this.isEnded) return;
    this.#queuedBytes -= this.#outgoing.shift()?.length ?? 0;
    this.#write();
    if (!this.#blocked || this.#queuedBytes > highWaterBytes / 2) return;
    this.#blocked = false;
    this.#onDrain?.();
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  halfClose(): void {
    if (this.#halfClosed || this.isEnded) return;
    this.#halfClosed = true;
    if (this.#outgoing.length === 0) this.#write();
  }

  cancel(): void {
    this.#cancelWith(plain(code.canceled, "context canceled"));
  }

  #cancelWith(status: RpcStatus): void {
    if (this.isEnded) return;
    this.#end(status);
    const cancel = (): void => this.#call?.cancelWithStatus(status.code, status.message);
    cancel();
    // Quirk: a call that is cancelled before the library has made its stream goes out all the same, and stays.
    setImmediate(cancel);
  }

  #end(status: RpcStatus): void {
    if (this.#final !== undefined) return;
    this.#final = status;
    this.#timers.dispose();
    this.#outgoing.length = 0;
    if (this.#onAbort !== undefined) {
      this.#options.call.signal?.removeEventListener("abort", this.#onAbort);
    }
    this.#options.onEnd(this);
    if (this.#onStatus !== undefined) this.#report();
  }

  /** Later, so that callbacks which are set right after open() and send() see it. */
  #report(): void {
    if (this.#reported) return;
    this.#reported = true;
    queueMicrotask(() => this.#onStatus?.(this.#final as RpcStatus));
  }
}
