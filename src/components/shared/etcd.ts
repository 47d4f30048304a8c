/**
 * A client of etcd's key-value API over our gRPC: the few calls that state needs, several endpoints, bounded waiting.
 *
 * Calls go to one endpoint until it fails, then to the next. While none can be reached a call tries again until its time
 * is over: a restart or an election passes unnoticed. What may have been done already is not repeated.
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Codec } from "../../kit/proto/codec.ts";
import {
  DeleteRangeRequest,
  DeleteRangeResponse,
  KVService,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseService,
  PutRequest,
  PutResponse,
  RangeRequest,
  type RangeRequestInit,
  RangeResponse,
  TxnRequest,
  type TxnRequestInit,
  TxnResponse,
} from "../../kit/proto/etcd/rpc.ts";
import { h2Transport } from "../../kit/rpc/h2/transport.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { ClientTransport, DialTarget, TlsOptions } from "../../kit/rpc/transport.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";

/** ms of a call with everything. */
const callTimeoutMs = 5000;

/** ms of one attempt to connect: others may be there. */
const connectTimeoutMs = 2000;

/** ms between attempts. */
const firstPauseMs = 25;
const longestPauseMs = 250;

/** Calls that may wait for an endpoint at the same time; more fail at once. */
const maxWaiting = 10_000;

/** Values are at most 1.5 MiB, transactions hold 128 by default. */
const maxMessageBytes = 256 * 1024 * 1024;

/** etcd takes any number. */
const maxStreams = 1000;

export interface EtcdEndpoint {
  /** As it was given. */
  readonly name: string;
  readonly target: DialTarget;
  readonly tls: TlsOptions | undefined;
}

export class EtcdClient implements AsyncDisposable {
  readonly #clients: readonly ClientTransport[];
  readonly #clock: Clock;
  #current = 0;
  #waiting = 0;

  constructor(endpoints: readonly EtcdEndpoint[], clock: Clock) {
    this.#clock = clock;
    this.#clients = endpoints.map(({ target, tls }) =>
      h2Transport.createClient({
        target,
        tls,
        maxMessageBytes,
        connectTimeoutMs,
        pingAfterMs: 10_000,
        pingTimeoutMs: 3000,
        maxStreamsPerConnection: maxStreams,
        clock,
      }),
    );
  }

  range(request: RangeRequestInit, signal?: AbortSignal): Promise<RangeResponse> {
    const { path } = KVService.methods.range;
    return this.#call({ path, request: RangeRequest, response: RangeResponse }, request, {
      isRepeatable: true,
      signal,
    });
  }

  async put(
    key: Uint8Array,
    value: Uint8Array,
    lease: bigint,
    signal?: AbortSignal,
  ): Promise<void> {
    const { path } = KVService.methods.put;
    const method = { path, request: PutRequest, response: PutResponse };
    await this.#call(method, { key, value, lease }, { isRepeatable: false, signal });
  }

  async delete(key: Uint8Array, signal?: AbortSignal): Promise<void> {
    const { path } = KVService.methods.deleteRange;
    const method = { path, request: DeleteRangeRequest, response: DeleteRangeResponse };
    await this.#call(method, { key }, { isRepeatable: false, signal });
  }

  transact(request: TxnRequestInit, signal?: AbortSignal): Promise<TxnResponse> {
    const { path } = KVService.methods.txn;
    return this.#call({ path, request: TxnRequest, response: TxnResponse }, request, {
      isRepeatable: false,
      signal,
    });
  }

  /** @returns its id */
  async grantLease(seconds: number, signal?: AbortSignal): Promise<bigint> {
    const { path } = LeaseService.methods.leaseGrant;
    const method = { path, request: LeaseGrantRequest, response: LeaseGrantResponse };
    // Repeated: a lease that nobody knows of ends by itself.
    const options = { isRepeatable: true, signal };
    const granted = await this.#call(method, { TTL: BigInt(seconds) }, options);
    if (granted.error !== "") throw new Error(granted.error);
    return granted.ID;
  }

  async revokeLease(lease: bigint): Promise<void> {
    const { path } = LeaseService.methods.leaseRevoke;
    const method = { path, request: LeaseRevokeRequest, response: LeaseRevokeResponse };
    await this.#call(method, { ID: lease }, { isRepeatable: true, signal: undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #call<I, T>(
    method: {
      readonly path: string;
      readonly request: Codec<unknown, I>;
      readonly response: Codec<T, unknown>;
    },
    request: I,
    options: { readonly isRepeatable: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<T> {
    const { isRepeatable, signal } = options;
    const message = method.request.encode(request);
    const endsAt = this.#clock.monotonic() + callTimeoutMs;
    for (let attempts = 1; ; attempts++) {
      signal?.throwIfAborted();
      const current = this.#current;
      const timeoutMs = endsAt - this.#clock.monotonic();
      const client = this.#clients[current] as ClientTransport;
      try {
        const reply = await client.unary(method.path, message, { timeoutMs, signal });
        return method.response.decode(reply.message);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof RpcError)) throw error;
        if (isEndpointFault(error) && this.#current === current) {
          this.#current = (current + 1) % this.#clients.length;
        }
        if (!isWorthAnother(error, isRepeatable)) throw etcdError(error);
        await this.#pause(attempts, endsAt, error, signal);
      }
    }
  }

  /** @throws {DeadlineError} when there is no time for another attempt */
  async #pause(
    attempts: number,
    endsAt: number,
    last: RpcError,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const round = Math.floor((attempts - 1) / this.#clients.length);
    // Every endpoint is tried once before anything is waited for.
    if (attempts % this.#clients.length !== 0) return;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(round, 10));
    if (this.#waiting >= maxWaiting) throw etcdError(last);
    if (endsAt - this.#clock.monotonic() <= pauseMs) throw new UnreachableError(last);
    this.#waiting++;
    try {
      await this.#clock.sleep(pauseMs, signal);
    } finally {
      this.#waiting--;
    }
  }
}

/** The time of a call went by without an endpoint. */
class UnreachableError extends DeadlineError {
  constructor(last: RpcError) {
    super();
    this.message = `${this.message}: latest connection error: ${last.desc}`;
    this.cause = last;
  }
}

/** Nothing was sent, or another endpoint may know better. */
const isEndpointFault = (error: RpcError): boolean =>
  error.code === code.unavailable || error.code === code.deadlineExceeded;

function isWorthAnother(error: RpcError, isRepeatable: boolean): boolean {
  if (error.code !== code.unavailable) return false;
  return isRepeatable || /^connection error: |^etcdserver: no leader$/.test(error.desc);
}

/** etcd's own errors are shown without the code of the protocol, and so are deadlines. */
function etcdError(error: RpcError): Error {
  if (error.code === code.deadlineExceeded) return new DeadlineError();
  if (!error.desc.startsWith("etcdserver: ")) return error;
  return new EtcdError(error.desc, { cause: error });
}

class EtcdError extends Error {
  override readonly name = "EtcdError";
}

/** The revision that was asked for is no longer kept. */
export const isCompacted = (error: unknown): boolean =>
  error instanceof EtcdError && errorText(error).includes("has been compacted");
