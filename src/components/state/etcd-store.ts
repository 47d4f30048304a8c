/**
 * What both versions of state.etcd share.
 * @see spec 04 §8.1
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { RequestOpInit } from "../../kit/proto/etcd/rpc.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentContext } from "../contract.ts";
import { mapBounded } from "../shared/bounded.ts";
import { EtcdClient } from "../shared/etcd.ts";
import { type EtcdSettings, etcdSettings } from "../shared/etcd-settings.ts";
import { checkOptions, etagOf, ttlSeconds } from "../shared/state-requests.ts";
import { writeEach } from "./bulk-writes.ts";
import {
  type BulkGetItem,
  type DeleteRequest,
  EtagMismatchError,
  type GetRequest,
  type GetResponse,
  type SetRequest,
  type StateFeature,
  type StateStore,
  type TransactionOperation,
} from "./contract.ts";
import { listKeys } from "./etcd-keys.ts";
import { conditionOf, type Expectation, mismatchOf, revisionRead } from "./etcd-operations.ts";
import type { EtcdFormat } from "./etcd-values.ts";

/** Calls of one bulk request at the same time. */
const bulkLimit = 100;

/** Nothing is connected: etcd may come later. */
export async function createEtcdStore(
  { properties, platform }: ComponentContext,
  format: EtcdFormat,
): Promise<StateStore> {
  const { clock } = platform;
  return new EtcdStore(etcdSettings(properties, clock), format, clock);
}

const none: GetResponse = { data: undefined, etag: undefined, metadata: undefined };

class EtcdStore implements StateStore {
  readonly features: readonly StateFeature[] = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];
  readonly isCancellable = true;
  readonly maxTransactionOperations: number;
  readonly #client: EtcdClient;
  readonly #format: EtcdFormat;
  readonly #clock: Clock;
  readonly #base: string;
  readonly #names: string;

  constructor(settings: EtcdSettings, format: EtcdFormat, clock: Clock) {
    this.#client = new EtcdClient(settings.endpoints, clock);
    this.#format = format;
    this.#clock = clock;
    this.#base = `${settings.keyPrefixPath}/`;
    this.#names = settings.endpoints.map(({ name }) => name).join(" ");
    this.maxTransactionOperations = settings.maxTxnOps;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  async get(request: GetRequest, signal?: AbortSignal): Promise<GetResponse> {
    const key = this.#key(request.key);
    const { kvs } = await naming(`couldn't get key ${key}`, this.#client.range({ key }, signal));
    const [found] = kvs;
    if (found === undefined) return none;
    return { ...this.#format.decode(found.value), etag: String(found.modRevision) };
  }

  /** In request order, each key on its own. */
  bulkGet(
    requests: readonly GetRequest[],
    parallelism: number,
    signal?: AbortSignal,
  ): Promise<readonly BulkGetItem[]> {
    const limit = parallelism > 0 ? Math.min(parallelism, bulkLimit) : bulkLimit;
    return mapBounded(requests, limit, async (request): Promise<BulkGetItem> => {
      const { key } = request;
      try {
        return { key, ...(await this.get(request, signal)), error: undefined };
      } catch (error) {
        return { key, ...none, error: errorText(error) };
      }
    });
  }

  async set(request: SetRequest, signal?: AbortSignal): Promise<void> {
    const { key, value, ttl } = this.#read(request);
    const expectation = expectationOf(request, key);
    await this.#withLeases(async (leaseOf) => {
      const lease = await leaseOf(key, ttl, signal);
      const put =
        expectation === undefined
          ? this.#client.put(key, value, lease, signal)
          : this.#commit([expectation], [{ requestPut: { key, value, lease } }], signal);
      await naming(`couldn't set key ${key}`, put);
    });
  }

  async delete(request: DeleteRequest, signal?: AbortSignal): Promise<void> {
    checkOptions(request);
    const key = this.#key(request.key);
    const expectation = expectationOf(request, key);
    const deletion =
      expectation === undefined
        ? this.#client.delete(key, signal)
        : this.#commit([expectation], [{ requestDeleteRange: { key } }], signal);
    await naming(`couldn't delete key ${key}`, deletion);
  }

  async bulkSet(requests: readonly SetRequest[], signal?: AbortSignal): Promise<void> {
    await writeEach(requests, bulkLimit, (request) => this.set(request, signal));
  }

  async bulkDelete(requests: readonly DeleteRequest[], signal?: AbortSignal): Promise<void> {
    await writeEach(requests, bulkLimit, (request) => this.delete(request, signal));
  }

  /** All conditions hold before the first operation; of several for one key the last counts: etcd takes one. */
  async transact(
    operations: readonly TransactionOperation[],
    _metadata: unknown,
    signal?: AbortSignal,
  ): Promise<void> {
    const expectations: Expectation[] = [];
    const writes = new Map<string, Write>();
    for (const { kind, request } of operations) {
      if (kind === "delete") checkOptions(request);
      const write = kind === "upsert" ? this.#read(request) : { key: this.#key(request.key) };
      const expectation = expectationOf(request, write.key);
      if (expectation !== undefined) expectations.push(expectation);
      writes.set(request.key, write);
    }
    if (writes.size === 0) return;
    await this.#withLeases(async (leaseOf) => {
      const success: RequestOpInit[] = [];
      for (const write of writes.values()) {
        const { key } = write;
        if (!("value" in write)) {
          success.push({ requestDeleteRange: { key } });
          continue;
        }
        const lease = await leaseOf(key, write.ttl, signal);
        success.push({ requestPut: { key, value: write.value, lease } });
      }
      await this.#commit(expectations, success, signal);
    });
  }

  keysLike(
    request: {
      readonly pattern: string;
      readonly pageSize: number;
      readonly token: string | undefined;
    },
    signal?: AbortSignal,
  ): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }> {
    return listKeys(this.#client, { ...request, base: this.#base }, signal);
  }

  async ping(signal?: AbortSignal): Promise<void> {
    const read = this.#client.range({ key: Buffer.from("health"), keysOnly: true }, signal);
    await naming(`etcd store: error connecting to etcd at [${this.#names}]`, read);
  }

  #key(key: string): Buffer {
    return Buffer.from(this.#base + key);
  }

  /** @throws {Error} when the request is no good */
  #read(request: SetRequest): Put {
    checkOptions(request);
    const ttl = ttlSeconds(request.metadata);
    const value = this.#format.encode(request.value, this.#clock.now(), ttl);
    return { key: this.#key(request.key), value, ttl };
  }

  /** @throws {EtagMismatchError} */
  async #commit(
    expectations: readonly Expectation[],
    success: readonly RequestOpInit[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const response = await this.#client.transact(
      {
        compare: expectations.map(conditionOf),
        success,
        failure: expectations.map(revisionRead),
      },
      signal,
    );
    if (!response.succeeded) throw mismatchOf(expectations, response);
  }

  /** Leases of writes that fail are given back. */
  async #withLeases(write: (leaseOf: LeaseOf) => Promise<void>): Promise<void> {
    const granted = new Map<number, bigint>();
    const leaseOf: LeaseOf = async (key, ttl, signal) => {
      if (ttl === undefined) return 0n;
      const known = granted.get(ttl);
      if (known !== undefined) return known;
      const lease = await naming(
        `couldn't grant lease ${key}`,
        this.#client.grantLease(ttl, signal),
      );
      granted.set(ttl, lease);
      return lease;
    };
    try {
      await write(leaseOf);
    } catch (error) {
      // Nobody waits: without it they end by themselves. But a write whose outcome is unknown may hold its lease.
      if (error instanceof EtagMismatchError) {
        for (const lease of granted.values()) this.#client.revokeLease(lease).catch(() => {});
      }
      throw error;
    }
  }
}

/** What is sent for a write. */
interface Put {
  readonly key: Buffer;
  readonly value: Uint8Array;
  /** Seconds. */
  readonly ttl: number | undefined;
}

type Write = Put | { readonly key: Buffer };

type LeaseOf = (
  key: Buffer,
  ttl: number | undefined,
  signal: AbortSignal | undefined,
) => Promise<bigint>;

function expectationOf(request: SetRequest | DeleteRequest, key: Buffer): Expectation | undefined {
  const etag = etagOf(request);
  if (etag === undefined && request.concurrency !== "first-write") return undefined;
  return { key, etag };
}

/** Says what was tried; an etag that does not match speaks for itself. */
async function naming<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    if (cause instanceof EtagMismatchError) throw cause;
    throw new Error(`${what}: ${errorText(cause)}`, { cause });
  }
}
