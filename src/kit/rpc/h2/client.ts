/** The client: unary and streaming calls over a pool of connections. */
import { systemClock } from "../../time/clock.ts";
import { code, type RpcStatus } from "../status.ts";
import type {
  CallOptions,
  ClientOptions,
  ClientTransport,
  OutgoingCall,
  UnaryReply,
} from "../transport.ts";
import { abortStatus, ClientCall, plainStatus, refuseMetadata } from "./client-call.ts";
import type { ClientConnection } from "./client-connection.ts";
import { hostPort } from "./dial.ts";
import type { Shared } from "./frame-writer.ts";
import { PendingCall } from "./pending-call.ts";
import { Pool, type Waiter } from "./pool.ts";
import { checkInterval, createShared } from "./server.ts";
import { Contexts } from "./tls.ts";
import { rpcError, UnaryClientCall } from "./unary-call.ts";

/** Decoded metadata of an answer. Bytes. */
const maxMetadataBytes = 64 * 1024;

const timedOut = plainStatus(code.deadlineExceeded, "context deadline exceeded");

export class H2Client implements ClientTransport {
  readonly #shared: Shared;
  readonly #pool: Pool;

  constructor(options: ClientOptions) {
    const { target, tls } = options;
    const clock = options.clock ?? systemClock;
    this.#shared = createShared(clock);
    const pingAfterMs = options.pingAfterMs ?? 0;
    const pingTimeoutMs = options.pingTimeoutMs ?? 5000;
    const maxIdleMs = options.maxIdleMs ?? 180_000;
    this.#pool = new Pool(
      {
        dial: {
          target,
          tls: tls === undefined ? null : { options: tls, contexts: new Contexts(tls) },
          timeoutMs: options.connectTimeoutMs ?? 20_000,
          clock,
        },
        connection: {
          maxMessageBytes: options.maxMessageBytes,
          maxMetadataBytes,
          onLimit: options.onLimit,
          authority: "path" in target ? "localhost" : hostPort(target.host, target.port),
          userAgent: options.userAgent ?? "grpc-node-tricorne",
          isSecure: tls !== undefined,
          pingAfterMs,
          pingTimeoutMs,
          maxStreams: options.maxStreamsPerConnection ?? 100,
          maxIdleMs,
        },
        checkEveryMs: checkInterval(pingAfterMs, pingTimeoutMs, maxIdleMs),
      },
      this.#shared,
    );
  }

  unary(path: string, message: Uint8Array, options?: CallOptions): Promise<UnaryReply> {
    return new Promise((resolve, reject) => {
      const early = refuseCall(options);
      if (early !== null) {
        reject(rpcError(early));
        return;
      }
      const connection = this.#pool.pick();
      if (connection !== null) {
        new UnaryClientCall(connection, path, message, options, resolve, reject);
        return;
      }
      this.#wait(
        options,
        (ready, rest) => {
          new UnaryClientCall(ready, path, message, rest, resolve, reject);
        },
        (status) => reject(rpcError(status)),
      );
    });
  }

  open(path: string, options?: CallOptions): OutgoingCall {
    const early = refuseCall(options);
    const connection = early === null ? this.#pool.pick() : null;
    if (connection !== null) return new ClientCall(connection, path, options);
    let giveUp = (): void => {};
    const pending = new PendingCall(() => giveUp());
    if (early !== null) {
      pending.fail(early);
      return pending;
    }
    giveUp = this.#wait(
      options,
      (ready, rest) => pending.connected(new ClientCall(ready, path, rest)),
      (status) => pending.fail(status),
    );
    return pending;
  }

  connect(): Promise<void> {
    if (this.#pool.pick() !== null) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#pool.wait({ start: () => resolve(), fail: reject, isGone: false });
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /**
   * Waits for a connection; deadline and signal of the call count while it waits.
   * @returns gives up silently
   */
  #wait(
    options: CallOptions | undefined,
    start: (connection: ClientConnection, rest: CallOptions | undefined) => void,
    fail: (status: RpcStatus) => void,
  ): () => void {
    const { clock, wheel } = this.#shared;
    const timeoutMs = options?.timeoutMs ?? Number.POSITIVE_INFINITY;
    const signal = options?.signal;
    const since = clock.monotonic();
    const settle = (): void => {
      waiter.isGone = true;
      deadline?.cancel();
      signal?.removeEventListener("abort", onAbort);
    };
    const end = (status: RpcStatus): void => {
      if (waiter.isGone) return;
      settle();
      fail(status);
    };
    const onAbort = (): void => end(abortStatus(signal as AbortSignal));
    const waiter: Waiter = {
      isGone: false,
      start: (connection) => {
        settle();
        const left = timeoutMs - (clock.monotonic() - since);
        if (left <= 0) fail(timedOut);
        else
          start(
            connection,
            timeoutMs === Number.POSITIVE_INFINITY ? options : { ...options, timeoutMs: left },
          );
      },
      fail: (error) => end({ code: error.code, message: error.desc, trailers: error.trailers }),
    };
    const deadline =
      timeoutMs === Number.POSITIVE_INFINITY
        ? null
        : wheel.start(timeoutMs, { expire: () => end(timedOut) });
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#pool.wait(waiter);
    return settle;
  }
}

/** Calls that are over before they begin. */
function refuseCall(options: CallOptions | undefined): RpcStatus | null {
  if (options === undefined) return null;
  if (options.signal?.aborted) return abortStatus(options.signal);
  if (options.timeoutMs !== undefined && options.timeoutMs <= 0) return timedOut;
  return refuseMetadata(options.metadata);
}
