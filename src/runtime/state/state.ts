/**
 * The state building block: the operations, without a protocol.
 * @see spec 01 §5
 */
import type {
  BulkGetItem,
  DeleteRequest,
  GetRequest,
  GetResponse,
  QueryResponse,
  SetRequest,
  StateMetadata,
  StateStore,
  StateValue,
  TransactionOperation,
} from "../../components/state/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { plainText } from "../../kit/json/plain-text.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { type CallMetrics, ComponentCalls } from "../../kit/metrics/component-calls.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import { mergeEtagErrors, readEach, writeEach } from "./bulk.ts";
import { type EncryptionKey, ValueEncryption } from "./encryption.ts";
import * as errors from "./errors.ts";
import { appKey, storedKey } from "./keys.ts";
import {
  type OpenOutbox,
  type OutboxOperation,
  type StoreOutbox,
  transactWithOutbox,
} from "./outbox.ts";
import { parseQuery } from "./query.ts";

export interface StateOptions {
  readonly appId: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly logging: Logging;
  /** Only then a store may become the actor state store. */
  readonly placementConfigured: boolean;
  /** Whether a secret store of this name is loaded; without one nothing is encrypted. */
  readonly hasSecretStore: (name: string) => boolean;
  /** ms, of component latencies; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
  readonly openOutbox?: OpenOutbox | undefined;
}

/** A store in service with what requests need of it, resolved once. */
export interface MountedStore {
  readonly name: string;
  readonly component: StateStore;
  /** undefined: keys are stored as they are. */
  readonly prefix: string | undefined;
  readonly encryption: ValueEncryption | undefined;
  /** undefined: transactions publish nothing. */
  readonly outbox: StoreOutbox | undefined;
  readonly canTransact: boolean;
  readonly canQuery: boolean;
  readonly calls: {
    readonly get: CallMetrics;
    readonly set: CallMetrics;
    readonly delete: CallMetrics;
    readonly query: CallMetrics;
    readonly transaction: CallMetrics;
    readonly bulkGet: CallMetrics;
    readonly bulkDelete: CallMetrics;
  };
}

/** Keys of an encrypted store. */
export interface StoreKeys {
  readonly primary: EncryptionKey;
  readonly secondary: EncryptionKey | undefined;
}

/** What both protocols send to set one item. */
export interface SaveItem {
  /** The app's key. */
  readonly key: string;
  readonly value: StateValue;
  readonly etag: string | undefined;
  readonly concurrency: string;
  readonly consistency: string;
  readonly metadata: StateMetadata;
}

export type DeleteItem = Omit<SaveItem, "value">;

export class StateBlock {
  readonly options: StateOptions;
  readonly #calls: ComponentCalls;
  readonly #stores = new Map<string, MountedStore>();
  #actorStore: string | undefined;

  constructor(options: StateOptions) {
    this.options = options;
    this.#calls = new ComponentCalls({ ...options, kind: "state" });
  }

  /** The store that keeps actors and workflows. */
  get actorStore(): MountedStore | undefined {
    return this.#actorStore === undefined ? undefined : this.#stores.get(this.#actorStore);
  }

  mount(init: {
    readonly name: string;
    readonly component: StateStore;
    readonly prefix: string | undefined;
    readonly keys: StoreKeys | undefined;
    readonly isActorStore: boolean;
    readonly outbox?: StoreOutbox | undefined;
  }): Disposable {
    const { name, component, prefix, keys, isActorStore, outbox } = init;
    const { random } = this.options;
    const calls = (operation: string): CallMetrics => this.#calls.operation(name, operation);
    const mounted: MountedStore = {
      name,
      component,
      prefix,
      encryption: keys && new ValueEncryption({ store: name, ...keys, random }),
      outbox,
      canTransact: component.features.includes("TRANSACTIONAL") && component.transact !== undefined,
      canQuery: component.query !== undefined,
      calls: {
        get: calls("get"),
        set: calls("set"),
        delete: calls("delete"),
        query: calls("query"),
        transaction: calls("transaction"),
        bulkGet: calls("bulk_get"),
        bulkDelete: calls("bulk_delete"),
      },
    };
    this.#stores.set(name, mounted);
    if (isActorStore) this.#actorStore = name;
    return {
      [Symbol.dispose]: () => {
        if (this.#stores.get(name) !== mounted) return;
        this.#stores.delete(name);
        if (this.#actorStore === name) this.#actorStore = undefined;
      },
    };
  }

  /**
   * @param namesApp whether the error's HTTP detail names the app
   * @throws {ApiError} ERR_STATE_STORE_NOT_CONFIGURED, ERR_STATE_STORE_NOT_FOUND
   */
  store(name: string, namesApp = true): MountedStore {
    const mounted = this.#stores.get(name);
    if (mounted !== undefined) return mounted;
    const appId = namesApp ? this.options.appId : undefined;
    throw this.#stores.size === 0
      ? errors.storeNotConfigured(name, appId)
      : errors.storeNotFound(name, appId);
  }

  /**
   * Reads one key. Answers directly when the store does.
   * @param request.key the app's key
   * @throws {ApiError} ERR_MALFORMED_REQUEST, ERR_STATE_GET
   * @see spec 01 §5.3
   */
  get(
    store: MountedStore,
    request: GetRequest,
    signal?: AbortSignal,
  ): GetResponse | Promise<GetResponse> {
    const stored: GetRequest = {
      key: storedKey(store.prefix, request.key, store.name),
      consistency: request.consistency,
      metadata: request.metadata,
    };
    const { get } = store.calls;
    const startedAt = get.begin();
    let response: GetResponse | Promise<GetResponse>;
    try {
      // No helper and no closure here: this is the hottest path of the block.
      response = store.component.get(stored, signal);
    } catch (cause) {
      get.end(startedAt, false);
      throw errors.getFailed(request.key, store.name, cause);
    }
    if (response instanceof Promise) return this.#finishGet(store, request, startedAt, response);
    get.end(startedAt, true);
    return store.encryption === undefined ? response : decryptedGet(store, request.key, response);
  }

  async #finishGet(
    store: MountedStore,
    request: GetRequest,
    startedAt: number,
    pending: Promise<GetResponse>,
  ): Promise<GetResponse> {
    const { get } = store.calls;
    let response: GetResponse;
    try {
      response = await pending;
    } catch (cause) {
      get.end(startedAt, false);
      throw errors.getFailed(request.key, store.name, cause);
    }
    get.end(startedAt, true);
    return store.encryption === undefined ? response : decryptedGet(store, request.key, response);
  }

  /**
   * Checks keys and adds prefixes.
   * @throws {ApiError} ERR_MALFORMED_REQUEST
   */
  getRequests(
    store: MountedStore,
    keys: readonly string[],
    metadata: StateMetadata,
  ): readonly GetRequest[] {
    return keys.map((key) => ({
      key: storedKey(store.prefix, key, store.name),
      consistency: "",
      metadata,
    }));
  }

  /**
   * @param requests from {@link getRequests}
   * @returns items with the app's keys @throws what the store throws
   * @see spec 01 §5.6
   */
  bulkGet(
    store: MountedStore,
    requests: readonly GetRequest[],
    parallelism: number,
    signal?: AbortSignal,
  ): readonly BulkGetItem[] | Promise<readonly BulkGetItem[]> {
    const finish = (items: readonly BulkGetItem[]): readonly BulkGetItem[] =>
      items.map((item) => readItem(store, item));
    const read = this.#call(store.calls.bulkGet, () =>
      store.component.bulkGet === undefined
        ? readEach(store.component, requests, parallelism, signal)
        : store.component.bulkGet(requests, parallelism, signal),
    );
    return read instanceof Promise ? read.then(finish) : finish(read);
  }

  /** @throws {ApiError} ERR_MALFORMED_REQUEST */
  checkKey(store: MountedStore, key: string): void {
    storedKey(store.prefix, key, store.name);
  }

  /**
   * Checks the key, adds the prefix and encrypts the value.
   * @param isTransaction the HTTP form of the error then differs
   * @throws {ApiError} ERR_MALFORMED_REQUEST
   */
  setRequest(store: MountedStore, item: SaveItem, isTransaction = false): SetRequest {
    const { encryption } = store;
    const { value, etag, concurrency, consistency, metadata } = item;
    return {
      key: storedKey(store.prefix, item.key, store.name, isTransaction),
      value: encryption === undefined ? value : encrypted(encryption, value),
      etag,
      concurrency,
      consistency,
      metadata,
    };
  }

  /** As {@link setRequest}. @throws {ApiError} ERR_MALFORMED_REQUEST */
  deleteRequest(store: MountedStore, item: DeleteItem, isTransaction = false): DeleteRequest {
    const { etag, concurrency, consistency, metadata } = item;
    const key = storedKey(store.prefix, item.key, store.name, isTransaction);
    return { key, etag, concurrency, consistency, metadata };
  }

  /**
   * @param requests from {@link setRequest}; none: nothing happens
   * @throws {ApiError} ERR_STATE_SAVE
   * @see spec 01 §5.4
   */
  save(
    store: MountedStore,
    requests: readonly SetRequest[],
    signal?: AbortSignal,
  ): void | Promise<void> {
    const { component } = store;
    const [first] = requests;
    if (first === undefined) return undefined;
    return this.#write(
      store.calls.set,
      () => {
        if (requests.length === 1) return component.set(first, signal);
        if (component.bulkSet !== undefined) return component.bulkSet(requests, signal);
        return writeEach(requests, (request) => component.set(request, signal));
      },
      (cause) => errors.saveFailed(store.name, cause),
    );
  }

  /** @throws {ApiError} ERR_MALFORMED_REQUEST, ERR_STATE_DELETE @see spec 01 §5.5 */
  delete(store: MountedStore, item: DeleteItem, signal?: AbortSignal): void | Promise<void> {
    const request = this.deleteRequest(store, item);
    return this.#write(
      store.calls.delete,
      () => store.component.delete(request, signal),
      (cause) => errors.deleteFailed(item.key, cause),
    );
  }

  /** @param requests from {@link deleteRequest} @throws {ApiError} ERR_STATE_BULK_DELETE */
  deleteBulk(
    store: MountedStore,
    requests: readonly DeleteRequest[],
    signal?: AbortSignal,
  ): void | Promise<void> {
    const { component } = store;
    const [first] = requests;
    if (first === undefined) return undefined;
    return this.#write(
      store.calls.bulkDelete,
      () => {
        if (requests.length === 1) return component.delete(first, signal);
        if (component.bulkDelete !== undefined) return component.bulkDelete(requests, signal);
        return writeEach(requests, (request) => component.delete(request, signal));
      },
      (cause) => errors.bulkDeleteFailed(store.name, cause),
    );
  }

  /** @throws {ApiError} ERR_STATE_STORE_NOT_SUPPORTED */
  assertTransactional(store: MountedStore): void {
    if (!store.canTransact) throw errors.transactionsNotSupported({ store: store.name });
  }

  /**
   * @param operations requests from {@link setRequest} and {@link deleteRequest}; none: nothing happens
   * @param span of the call, for events of an outbox
   * @throws {ApiError} ERR_STATE_STORE_TOO_MANY_TRANSACTIONS, ERR_PUBLISH_OUTBOX, ERR_STATE_TRANSACTION
   * @see spec 01 §5.7
   */
  transact(
    store: MountedStore,
    operations: readonly OutboxOperation[],
    metadata: StateMetadata,
    signal?: AbortSignal,
    span?: Span,
  ): void | Promise<void> {
    if (operations.length === 0) return undefined;
    checkSize(store, operations);
    if (store.outbox === undefined) return this.#commit(store, operations, metadata, signal);
    return transactWithOutbox(store.outbox, operations, {
      check: (all) => checkSize(store, all),
      commit: (all) => this.#commit(store, all, metadata, signal),
      signal,
      span,
    });
  }

  #commit(
    store: MountedStore,
    operations: readonly TransactionOperation[],
    metadata: StateMetadata,
    signal: AbortSignal | undefined,
  ): void | Promise<void> {
    return this.#write(
      store.calls.transaction,
      () => store.component.transact?.(operations, metadata, signal),
      (cause) => errors.transactionFailed({}, cause),
    );
  }

  /** @throws {ApiError} ERR_STATE_STORE_NOT_SUPPORTED, ERR_STATE_QUERY @see spec 01 §5.8 */
  async query(
    store: MountedStore,
    text: string,
    metadata: StateMetadata,
    signal?: AbortSignal,
  ): Promise<QueryResponse> {
    const { component } = store;
    if (!store.canQuery) throw errors.queryNotSupported({ store: store.name });
    if (store.encryption !== undefined) {
      throw errors.queryFailed(store.name, "cannot query encrypted store");
    }
    let request: ReturnType<typeof parseQuery>;
    try {
      request = parseQuery(text, metadata);
    } catch (cause) {
      const detail = `failed to parse JSON query body: ${errorText(cause)}`;
      throw errors.queryFailed(store.name, detail, cause);
    }
    const call = this.#call(store.calls.query, () => component.query?.(request, signal));
    try {
      const response = (await call) as QueryResponse;
      return {
        ...response,
        items: response.items.map((item) => ({ ...item, key: appKey(item.key) })),
      };
    } catch (cause) {
      throw errors.queryFailed(store.name, errorText(cause), cause);
    }
  }

  #write(
    calls: CallMetrics,
    write: () => void | Promise<void>,
    failed: (cause: unknown) => Error,
  ): void | Promise<void> {
    let pending: void | Promise<void>;
    try {
      pending = this.#call(calls, write);
    } catch (cause) {
      throw failed(mergeEtagErrors(cause));
    }
    if (!(pending instanceof Promise)) return undefined;
    return pending.catch((cause: unknown) => {
      throw failed(mergeEtagErrors(cause));
    });
  }

  /** The one way to a store besides {@link get}: measured here, and the place of a policy. */
  #call<T>(calls: CallMetrics, invoke: () => T | Promise<T>): T | Promise<T> {
    const startedAt = calls.begin();
    let result: T | Promise<T>;
    try {
      result = invoke();
    } catch (error) {
      calls.end(startedAt, false);
      throw error;
    }
    if (!(result instanceof Promise)) {
      calls.end(startedAt, true);
      return result;
    }
    return result.then(
      (value) => {
        calls.end(startedAt, true);
        return value;
      },
      (error: unknown) => {
        calls.end(startedAt, false);
        throw error;
      },
    );
  }
}

/** @throws {ApiError} ERR_STATE_STORE_TOO_MANY_TRANSACTIONS */
function checkSize(store: MountedStore, operations: readonly TransactionOperation[]): void {
  const limit = store.component.maxTransactionOperations ?? 0;
  if (limit > 0 && operations.length > limit) {
    throw errors.tooManyOperations(store.name, operations.length, limit);
  }
}

/** Quirk: spec 01 §5.10. A JSON value is encrypted as plain text, not as JSON. */
function encrypted(encryption: ValueEncryption, value: StateValue): StateValue {
  const plain = value.kind === "bytes" ? value.bytes : Buffer.from(plainText(value.value));
  return { kind: "bytes", bytes: encryption.encrypt(plain) };
}

/** @throws {ApiError} ERR_STATE_GET */
function decryptedGet(store: MountedStore, key: string, response: GetResponse): GetResponse {
  if (response.data === undefined || store.encryption === undefined) return response;
  try {
    return { ...response, data: store.encryption.decrypt(response.data) };
  } catch (cause) {
    throw errors.getFailed(key, store.name, cause);
  }
}

/** An item with the app's key and its value decrypted; a failure to do so is the item's own. */
function readItem(store: MountedStore, item: BulkGetItem): BulkGetItem {
  const key = appKey(item.key);
  const { data, etag, metadata, error } = item;
  if (store.encryption === undefined || data === undefined) {
    return { key, data, etag, metadata, error };
  }
  try {
    return { key, data: store.encryption.decrypt(data), etag, metadata, error };
  } catch (cause) {
    return { key, data: undefined, etag, metadata, error: errorText(cause) };
  }
}
