/**
 * The configuration building block: the operations, without a protocol.
 * @see spec 01 §7
 */
import type {
  ConfigurationEvent,
  ConfigurationItem,
  ConfigurationRequest,
  ConfigurationStore,
} from "../../components/configuration/contract.ts";
import type { ApiError } from "../../kit/errors/api-error.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { type CallMetrics, ComponentCalls } from "../../kit/metrics/component-calls.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { AppChannel } from "../app/contract.ts";
import { deliver } from "./deliver.ts";
import * as errors from "./errors.ts";
import { EventQueue } from "./event-queue.ts";

export interface ConfigurationOptions {
  readonly appId: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logging: Logging;
  /** ms, of component latencies; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
  /** Counts an error that leaves as something else. */
  readonly countError: (error: ApiError) => void;
}

interface MountedStore {
  readonly name: string;
  readonly component: ConfigurationStore;
  readonly get: CallMetrics;
  readonly subscribe: CallMetrics;
  readonly unsubscribe: CallMetrics;
  readonly subscriptions: Map<string, OwnSubscription>;
}

/** What a subscriber holds. */
export interface Subscription {
  readonly id: string;
  /** @returns undefined when the subscription ended */
  next(): Promise<ConfigurationEvent | undefined>;
}

export interface StoreRequest extends ConfigurationRequest {
  readonly storeName: string;
}

interface OwnSubscription extends Subscription {
  readonly store: MountedStore;
  /** Aborted at its end. */
  readonly ending: AbortController;
}

export class ConfigurationBlock {
  readonly #options: ConfigurationOptions;
  readonly #calls: ComponentCalls;
  readonly #stores = new Map<string, MountedStore>();
  /** Of gRPC callers, by id. */
  readonly #streams = new Map<string, OwnSubscription>();

  constructor(options: ConfigurationOptions) {
    this.#options = options;
    this.#calls = new ComponentCalls({ ...options, kind: "configuration" });
  }

  /** Taking the store out of service ends its subscriptions. */
  mount(name: string, component: ConfigurationStore): Disposable {
    const mounted: MountedStore = {
      name,
      component,
      get: this.#calls.operation(name, "get"),
      subscribe: this.#calls.operation(name, "subscribe"),
      unsubscribe: this.#calls.operation(name, "unsubscribe"),
      subscriptions: new Map(),
    };
    this.#stores.set(name, mounted);
    return {
      [Symbol.dispose]: () => {
        if (this.#stores.get(name) === mounted) this.#stores.delete(name);
        for (const subscription of mounted.subscriptions.values()) {
          subscription.ending.abort();
        }
      },
    };
  }

  /**
   * @returns what there is of the keys; no keys: everything
   * @throws {ApiError} ERR_CONFIGURATION_STORE_NOT_CONFIGURED, ERR_CONFIGURATION_STORE_NOT_FOUND, ERR_CONFIGURATION_GET
   */
  async get(
    { storeName, keys, metadata }: StoreRequest,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ConfigurationItem>> {
    const { get, component } = this.#store(storeName);
    try {
      return await get.measure(() => component.get({ keys, metadata }, signal));
    } catch (cause) {
      throw errors.getFailed({ keys: errors.shownKeys(keys), store: storeName }, cause);
    }
  }

  /**
   * The app is told of each change, until {@link unsubscribe} or the end of the store.
   * @returns the id
   * @throws {ApiError} as {@link get}, with ERR_CONFIGURATION_SUBSCRIBE; ERR_APP_CHANNEL_NIL
   */
  async subscribeApp(request: StoreRequest, app: AppChannel | undefined): Promise<string> {
    const store = this.#store(request.storeName);
    if (app === undefined) throw errors.noAppChannel();
    const subscription = await this.#subscribe(store, request);
    const { clock, logging } = this.#options;
    const context = { app, clock, logger: logging.logger("dapr.runtime.http") };
    void this.#tell(subscription, context);
    return subscription.id;
  }

  /**
   * For one reader, until `signal` is aborted, {@link endStream} or the end of the store.
   * @throws {ApiError} as {@link subscribeApp}
   */
  async openStream(request: StoreRequest, signal: AbortSignal): Promise<Subscription> {
    const store = this.#store(request.storeName);
    const subscription = await this.#subscribe(store, request, signal);
    const { id, ending } = subscription;
    this.#streams.set(id, subscription);
    const end = (): void => ending.abort();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    return subscription;
  }

  /** Lets the store forget the subscription. It may be gone there already. */
  async closeStream({ id }: Subscription): Promise<void> {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    stream.ending.abort();
    const { unsubscribe, component } = stream.store;
    await unsubscribe.measure(() => component.unsubscribe(id)).catch(() => undefined);
  }

  /** Ends the stream of a gRPC caller. The name of the store does not count. @returns why not; undefined: it ends */
  endStream(id: string): string | undefined {
    const stream = this.#streams.get(id);
    if (stream === undefined) {
      const failure = errors.unsubscribeFailed({ id }, "subscription does not exist");
      this.#options.countError(failure);
      return failure.message;
    }
    // The scope is the reference's.
    this.#options.logging
      .logger("dapr.grpc.api")
      .warn(
        "Unsubscribing using UnsubscribeConfiguration is deprecated. Disconnect from the SubscribeConfiguration RPC instead.",
      );
    stream.ending.abort();
    return undefined;
  }

  /**
   * Ends a subscription at the store, also that of a stream, which then stays open without events.
   * @returns why not; undefined: it ended @throws {ApiError} when there is no such store
   */
  async unsubscribe(storeName: string, id: string): Promise<string | undefined> {
    const { unsubscribe, component, subscriptions } = this.#store(storeName);
    try {
      await unsubscribe.measure(() => component.unsubscribe(id));
    } catch (cause) {
      return errors.unsubscribeFailed({ id }, cause).message;
    }
    if (!this.#streams.has(id)) subscriptions.get(id)?.ending.abort();
    return undefined;
  }

  async #subscribe(
    store: MountedStore,
    { storeName, keys, metadata }: StoreRequest,
    signal?: AbortSignal,
  ): Promise<OwnSubscription> {
    const queue = new EventQueue();
    let id: string;
    try {
      id = await store.subscribe.measure(() =>
        store.component.subscribe({ keys, metadata }, (event) => queue.push(event), signal),
      );
    } catch (cause) {
      throw errors.subscribeFailed({ keys: errors.shownKeys(keys), store: storeName }, cause);
    }
    const ending = new AbortController();
    const subscription = { id, store, ending, next: () => queue.next() };
    store.subscriptions.set(id, subscription);
    ending.signal.addEventListener("abort", () => {
      store.subscriptions.delete(id);
      queue.close();
    });
    // The store may have gone meanwhile.
    if (this.#stores.get(store.name) !== store) ending.abort();
    return subscription;
  }

  async #tell(
    { store, ending, next }: OwnSubscription,
    context: Parameters<typeof deliver>[2],
  ): Promise<void> {
    for (;;) {
      const event = await next();
      if (event === undefined) return;
      await deliver(store.name, event, context, ending.signal);
    }
  }

  #store(name: string): MountedStore {
    const store = this.#stores.get(name);
    if (store !== undefined) return store;
    throw this.#stores.size === 0
      ? errors.storesNotConfigured()
      : errors.storeNotFound({ store: name });
  }
}
