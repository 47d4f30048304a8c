/**
 * The secrets building block: the operations, without a protocol.
 * @see spec 01 §6
 */
import type { SecretData, SecretStore } from "../../components/secretstores/contract.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { type CallMetrics, ComponentCalls } from "../../kit/metrics/component-calls.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { SecretScope } from "../resources/configuration.ts";
import * as errors from "./errors.ts";
import { SecretScopes } from "./scopes.ts";

export interface SecretsOptions {
  readonly appId: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logging: Logging;
  readonly scopes: readonly SecretScope[];
  /** ms, of component latencies; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
}

interface MountedStore {
  readonly name: string;
  readonly component: SecretStore;
  readonly get: CallMetrics;
  readonly bulkGet: CallMetrics;
}

export class SecretsBlock {
  readonly #calls: ComponentCalls;
  readonly #logging: Logging;
  readonly #scopes: SecretScopes;
  readonly #stores = new Map<string, MountedStore>();

  constructor(options: SecretsOptions) {
    this.#calls = new ComponentCalls({ ...options, kind: "secret" });
    this.#logging = options.logging;
    this.#scopes = new SecretScopes(options.scopes);
  }

  mount(name: string, component: SecretStore): Disposable {
    const mounted: MountedStore = {
      name,
      component,
      get: this.#calls.operation(name, "get"),
      bulkGet: this.#calls.operation(name, "bulk_get"),
    };
    this.#stores.set(name, mounted);
    return {
      [Symbol.dispose]: () => {
        if (this.#stores.get(name) === mounted) this.#stores.delete(name);
      },
    };
  }

  has(name: string): boolean {
    return this.#stores.has(name);
  }

  /** To be called when the components are loaded: a scope may have been written for a store that is not there. */
  warnOfUnknownScopes(): void {
    const logger = this.#logging.logger("dapr.runtime");
    for (const store of this.#scopes.stores) {
      if (this.#stores.has(store)) continue;
      logger.warn(
        `Secrets configuration added for '${store}', but no matching secret store was found`,
      );
    }
  }

  /**
   * @returns undefined when the store has nothing to say
   * @throws {ApiError} ERR_SECRET_STORES_NOT_CONFIGURED, ERR_SECRET_STORE_NOT_FOUND, ERR_PERMISSION_DENIED, ERR_SECRET_GET
   */
  async get(
    storeName: string,
    secret: string,
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<SecretData | undefined> {
    const store = this.#store(storeName);
    if (!this.#scopes.isAllowed(storeName, secret)) {
      throw errors.permissionDenied({ secret, store: storeName });
    }
    try {
      return await store.get.measure(() => store.component.get(secret, metadata, signal));
    } catch (cause) {
      throw errors.getFailed({ secret, store: storeName }, cause);
    }
  }

  /** Secrets that the app may not read are left out. @throws {ApiError} as {@link get}, without ERR_PERMISSION_DENIED */
  async bulkGet(
    storeName: string,
    metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, SecretData> | undefined> {
    const store = this.#store(storeName);
    let secrets: ReadonlyMap<string, SecretData> | undefined;
    try {
      secrets = await store.bulkGet.measure(() => store.component.bulkGet(metadata, signal));
    } catch (cause) {
      throw errors.bulkGetFailed({ store: storeName }, cause);
    }
    if (secrets === undefined) return undefined;
    return new Map([...secrets].filter(([name]) => this.#scopes.isAllowed(storeName, name)));
  }

  /**
   * For values of resources: scopes do not apply.
   * @returns undefined when no store of that name is loaded @throws {Error} the store's own
   */
  async read(
    storeName: string,
    secret: string,
    metadata: ReadonlyMap<string, string>,
  ): Promise<SecretData | undefined> {
    const store = this.#stores.get(storeName);
    if (store === undefined) return undefined;
    return (await store.component.get(secret, metadata)) ?? new Map();
  }

  #store(name: string): MountedStore {
    const store = this.#stores.get(name);
    if (store !== undefined) return store;
    throw this.#stores.size === 0
      ? errors.storesNotConfigured()
      : errors.storeNotFound({ store: name });
  }
}

/** How resources read secrets (resources/values.ts). */
export type GetSecret = (
  store: string,
  secret: string,
  metadata: ReadonlyMap<string, string>,
) => Promise<SecretData | undefined>;

/** {@link SecretsBlock.read} as a plain function. */
export const getSecret =
  (block: SecretsBlock): GetSecret =>
  (store, secret, metadata) =>
    block.read(store, secret, metadata);
