/**
 * One connection to a pluggable component: each resource has its own, and every call says which resource it is for.
 * @see spec 04 §9
 */
import type { Codec } from "../../kit/proto/codec.ts";
import { h2Transport } from "../../kit/rpc/h2/transport.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { ClientTransport, OutgoingCall } from "../../kit/rpc/transport.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";
import type { ComponentContext } from "../contract.ts";

/** Values of state and lists of them; the component sets no limit of its own that we know of. */
const maxMessageBytes = 64 * 1024 * 1024;
/** Calls on the connection at once, beyond which another is opened. */
const maxStreams = 1000;
/** ms; the reference waits for ever for a process that does not answer. */
const connectTimeoutMs = 20_000;

/** An RPC: where it is, and how its messages are written. */
export interface Method<Request, RequestInit, Response, ResponseInit> {
  readonly path: string;
  readonly request: Codec<Request, RequestInit>;
  readonly response: Codec<Response, ResponseInit>;
}

export class PluggableConnection {
  readonly #client: ClientTransport;
  readonly #metadata: Metadata;

  constructor(socketPath: string, instance: string) {
    this.#client = h2Transport.createClient({
      target: { path: socketPath },
      maxMessageBytes,
      connectTimeoutMs,
      maxStreamsPerConnection: maxStreams,
      maxIdleMs: 0,
    });
    this.#metadata = Metadata.from({ "x-component-instance": instance });
  }

  /** @throws {Error} nobody listens */
  connect(signal: AbortSignal): Promise<void> {
    return unlessAborted(this.#client.connect(), signal);
  }

  /** @throws {RpcError} */
  async call<Request, RequestInit, Response, ResponseInit>(
    method: Method<Request, RequestInit, Response, ResponseInit>,
    message: RequestInit,
    options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number } = {},
  ): Promise<Response> {
    const { signal, timeoutMs } = options;
    const reply = await this.#client.unary(method.path, method.request.encode(message), {
      metadata: this.#metadata,
      signal,
      timeoutMs,
    });
    return method.response.decode(reply.message);
  }

  /** A stream that lives until one side ends it. */
  open(path: string): OutgoingCall {
    return this.#client.open(path, { metadata: this.#metadata });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    work.catch(() => {});
  }
}

/** What one is started with. */
export interface Starting {
  readonly connection: PluggableConnection;
  readonly properties: ReadonlyMap<string, string>;
  /** Of the calls that start it: `initTimeout` does not cut them, a sidecar that stops does. */
  readonly signal: AbortSignal;
}

/** ms after `initTimeout`; the reference waits for ever. */
const longestStartMs = 60_000;

/**
 * Connects and gives the component its properties.
 * @param start sends Init, and asks what the component can do
 * @throws {Error} what went wrong; the connection is then closed
 */
export async function startPluggable<T>(
  socketPath: string,
  context: ComponentContext,
  start: (starting: Starting) => Promise<T>,
): Promise<T> {
  const { name, properties, platform } = context;
  const connection = new PluggableConnection(socketPath, name);
  using patience = beyondDeadline(context.signal, platform.clock);
  const { signal } = patience;
  try {
    await connection.connect(signal);
    return await start({ connection, properties, signal });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Aborted with the other one, unless that ends because its time is over: then a good while later. */
function beyondDeadline(other: AbortSignal, clock: Clock) {
  const controller = new AbortController();
  let timer: Disposable | undefined;
  const onAbort = (): void => {
    const end = (): void => controller.abort(other.reason);
    if (other.reason instanceof DeadlineError) timer = clock.timer(longestStartMs, end);
    else end();
  };
  if (other.aborted) onAbort();
  else other.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]();
      other.removeEventListener("abort", onAbort);
    },
  };
}

/** Whether the component lacks the method, which optional ones may. */
export const isUnimplemented = (error: unknown): boolean =>
  error instanceof RpcError && error.code === code.unimplemented;
