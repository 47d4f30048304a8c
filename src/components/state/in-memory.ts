/**
 * state.in-memory: everything in one Map, lost at exit.
 * @see spec 01 §5.9, spec 04 §8.1
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition } from "../contract.ts";
import { matchesLike } from "../shared/like.ts";
import {
  checkOptions,
  etagOf,
  expiryMetadata,
  parseDecimal,
  ttlKey,
} from "../shared/state-requests.ts";
import {
  type DeleteRequest,
  EtagMismatchError,
  type GetRequest,
  type GetResponse,
  type SetRequest,
  type StateFeature,
  type StateMetadata,
  type StateStore,
  type StateValue,
  type TransactionOperation,
} from "./contract.ts";

export const component = {
  type: "state.in-memory",
  versions: ["v1"],
  summary: "Keeps state in the memory of the sidecar; for development.",
  provenAgainst: "the recordings of the original",
  properties: [],
  create: async ({ platform }) => new InMemoryStore(platform.clock, platform.random),
} satisfies ComponentDefinition<StateStore>;

interface Item {
  readonly data: Uint8Array;
  readonly etag: string;
  /** ms since 1970; undefined: never. */
  readonly expiresAt: number | undefined;
  /** Grows with each new key; the paging token of keysLike. */
  readonly index: number;
  /** Shared by all reads of this value. */
  readonly metadata: StateMetadata | undefined;
}

const sweepIntervalMs = 1000;
/** Items looked at in one sweep; reads hide what has expired anyway. */
const sweepLimit = 10_000;
const none: GetResponse = { data: undefined, etag: undefined, metadata: undefined };

class InMemoryStore implements StateStore {
  readonly features: readonly StateFeature[] = [
    "ETAG",
    "TRANSACTIONAL",
    "TTL",
    "DELETE_WITH_PREFIX",
    "KEYS_LIKE",
  ];
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #items = new Map<string, Item>();
  #nextIndex = 1;
  /** Items that expire; without any the clock is not asked. */
  readonly #expiring = new Set<string>();
  readonly #sweeper: Disposable;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#sweeper = clock.interval(sweepIntervalMs, () => this.#sweep());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweeper[Symbol.dispose]();
    this.#items.clear();
    this.#expiring.clear();
  }

  get(request: GetRequest): GetResponse {
    const item = this.#live(request.key);
    if (item === undefined) return none;
    const { data, etag, metadata } = item;
    // Quirk: spec 01 §5.2. A value without bytes reads as none, but with its etag.
    return { data: data.length === 0 ? undefined : data, etag, metadata };
  }

  set(request: SetRequest): void {
    const ttl = checkedTtl(request);
    this.#checkEtag(request);
    this.#put(request, ttl);
  }

  delete(request: DeleteRequest): void {
    checkOptions(request);
    this.#checkEtag(request);
    this.#remove(request.key);
  }

  transact(operations: readonly TransactionOperation[]): void {
    const ttls = operations.map(({ kind, request }) => {
      if (kind === "upsert") return checkedTtl(request);
      checkOptions(request);
      return undefined;
    });
    for (const { request } of operations) this.#checkEtag(request);
    operations.forEach(({ kind, request }, i) => {
      if (kind === "upsert") this.#put(request, ttls[i]);
      else this.#remove(request.key);
    });
  }

  /** Only direct keys: what has a further separator behind the prefix stays. */
  deleteWithPrefix(prefix: string): number {
    const start = prefix.endsWith("||") ? prefix : `${prefix}||`;
    let count = 0;
    for (const key of this.#items.keys()) {
      if (!key.startsWith(start) || key.includes("||", start.length)) continue;
      if (this.#live(key) !== undefined) count++;
      this.#remove(key);
    }
    return count;
  }

  async keysLike(request: {
    readonly pattern: string;
    readonly pageSize: number;
    readonly token: string | undefined;
  }): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }> {
    const after = request.token ? parseDecimal(request.token, "ParseInt") : 0;
    const keys: string[] = [];
    let last = 0;
    for (const [key, { index }] of this.#items) {
      if (index <= after || this.#live(key) === undefined) continue;
      if (!matchesLike(key, request.pattern)) continue;
      if (request.pageSize > 0 && keys.length === request.pageSize) {
        return { keys, token: String(last) };
      }
      keys.push(key);
      last = index;
    }
    return { keys, token: undefined };
  }

  async ping(): Promise<void> {}

  #live(key: string): Item | undefined {
    const item = this.#items.get(key);
    if (item?.expiresAt === undefined) return item;
    if (item.expiresAt > this.#clock.now()) return item;
    this.#remove(key);
    return undefined;
  }

  /** @throws {EtagMismatchError} */
  #checkEtag(request: SetRequest | DeleteRequest): void {
    const { key, concurrency } = request;
    const etag = etagOf(request);
    if (etag === undefined) {
      if (concurrency === "first-write" && this.#live(key) !== undefined) {
        throw new EtagMismatchError("item already exists and no etag was passed");
      }
      return;
    }
    const item = this.#live(key);
    if (item === undefined) {
      throw new EtagMismatchError(`state not exist or expired for key=${key}`);
    }
    if (item.etag !== etag) {
      throw new EtagMismatchError(
        `state etag not match for key=${key}: current=${item.etag}, expect=${etag}`,
      );
    }
  }

  #put(request: SetRequest, ttl: number | undefined): void {
    const { key } = request;
    const expiresAt = ttl === undefined ? undefined : this.#clock.now() + ttl * 1000;
    this.#items.set(key, {
      data: bytesOf(request.value),
      etag: this.#random.uuid(),
      expiresAt,
      index: this.#items.get(key)?.index ?? this.#nextIndex++,
      metadata: expiresAt === undefined ? undefined : expiryMetadata(expiresAt),
    });
    if (expiresAt !== undefined) this.#expiring.add(key);
    else if (this.#expiring.size > 0) this.#expiring.delete(key);
  }

  #remove(key: string): void {
    this.#items.delete(key);
    this.#expiring.delete(key);
  }

  #sweep(): void {
    let left = Math.min(this.#expiring.size, sweepLimit);
    for (const key of this.#expiring) {
      if (left-- === 0) return;
      if (this.#live(key) === undefined) continue;
      // To the end of the line, so that the next sweep looks at others.
      this.#expiring.delete(key);
      this.#expiring.add(key);
    }
  }
}

/** A copy: the bytes of a request are a view of the connection's buffer. */
const bytesOf = (value: StateValue): Uint8Array =>
  value.kind === "bytes" ? Buffer.from(value.bytes) : Buffer.from(encodeJson(value.value));

/** Seconds until expiry; undefined: none. @throws {Error} */
function checkedTtl(request: SetRequest): number | undefined {
  checkOptions(request);
  const text = request.metadata.get(ttlKey);
  if (text === undefined || text === "") return undefined;
  const seconds = parseDecimal(text, "Atoi");
  // Dates end before the largest integers do.
  return seconds <= 0 ? undefined : Math.min(seconds, maxTtlSeconds);
}

const maxTtlSeconds = 250_000_000_000;
