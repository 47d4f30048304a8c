/**
 * The pub/sub building block: brokers in service and the way to them.
 * @see spec 03 §1, §2, §3
 */
import type {
  BulkPublishEntry,
  BulkPublishFailure,
  MessageMetadata,
  PubSub,
} from "../../components/pubsub/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { LiveList } from "../../kit/lifecycle/live-list.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { createEvent, type EventOrigin } from "./cloud-event.ts";
import * as errors from "./errors.ts";
import { PubSubMetrics } from "./metrics.ts";
import { LocalTimes } from "./rfc3339.ts";
import { mayPublish, type TopicScopes } from "./scopes.ts";

export interface PubSubOptions {
  readonly appId: string;
  /** NAMESPACE, or `default`. */
  readonly namespace: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly logging: Logging;
  /** ms, of component latencies; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
  /** The policy of a broker; undefined: nothing applies, or there are no policies at all. */
  readonly publishPolicy?: ((pubsub: string) => PublishPolicy | undefined) | undefined;
}

/** Whose statuses the matching of retries looks at: those of the protocol that the request came by. */
export type StatusFamily = "http" | "grpc";

/** Runs something that publishes, under the broker's outbound policy. */
export type PublishPolicy = <T>(
  run: (signal: AbortSignal | undefined) => Promise<T>,
  family: StatusFamily,
  signal: AbortSignal | undefined,
) => Promise<T>;

/** A broker in service. */
export interface MountedBroker {
  readonly name: string;
  readonly component: PubSub;
  readonly scopes: TopicScopes;
  /** Put before every topic; "" unless the component is namespaced. */
  readonly topicPrefix: string;
  readonly expiresMessages: boolean;
  /** undefined: publishes directly. */
  readonly policy?: PublishPolicy | undefined;
}

/** Whoever reads from brokers: told of those that come and go while it is there. */
export interface BrokerWatcher {
  /** @throws {Error} the broker is of no use */
  mounted(pubsub: string): Promise<void>;
  /** Ends reading. The broker is in service until all have ended. */
  unmounting(pubsub: string): Promise<void>;
}

/** The trace of a publishing call, as it goes into events. */
export interface EventTrace {
  readonly parent: string;
  readonly state: string;
}

export interface OutgoingEntry {
  readonly entryId: string;
  readonly data: Buffer;
  readonly contentType: string;
  /** undefined: the entry came without any. */
  readonly metadata: MessageMetadata | undefined;
  readonly trace: EventTrace;
}

/** How many entries of a bulk are published side by side where the broker takes one at a time. */
const bulkAtOnce = 100;

export class PubSubBlock {
  readonly options: PubSubOptions;
  readonly measured: PubSubMetrics;
  readonly #brokers = new Map<string, MountedBroker>();
  readonly #watchers = new LiveList<BrokerWatcher>();
  readonly #times = new LocalTimes();

  constructor(options: PubSubOptions) {
    this.options = options;
    this.measured = new PubSubMetrics(options);
  }

  mount(broker: MountedBroker): Disposable {
    this.#brokers.set(broker.name, broker);
    return {
      [Symbol.dispose]: () => {
        if (this.#brokers.get(broker.name) === broker) this.#brokers.delete(broker.name);
      },
    };
  }

  watch(watcher: BrokerWatcher): Disposable {
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => this.#watchers.delete(watcher) };
  }

  /** Has everybody read from a broker that was mounted. @throws {Error} somebody cannot */
  async announce(pubsub: string): Promise<void> {
    for (const watcher of this.#watchers.all()) await watcher.mounted(pubsub);
  }

  /** Has everybody end reading from a broker that is to be taken out of service. */
  async retire(pubsub: string): Promise<void> {
    await Promise.all(this.#watchers.all().map((watcher) => watcher.unmounting(pubsub)));
  }

  get size(): number {
    return this.#brokers.size;
  }

  find(name: string): MountedBroker | undefined {
    return this.#brokers.get(name);
  }

  /** @throws {ApiError} ERR_PUBSUB_NOT_FOUND */
  broker(name: string, metadata: MessageMetadata): MountedBroker {
    const broker = this.#brokers.get(name);
    if (broker === undefined) throw errors.pubsubNotFound(name, metadata);
    return broker;
  }

  /**
   * The bytes of an event around a payload.
   * @throws {ApiError} ERR_PUBSUB_CLOUD_EVENTS_SER
   */
  event(
    broker: MountedBroker,
    topic: string,
    data: Buffer,
    contentType: string,
    metadata: MessageMetadata | undefined,
    trace: EventTrace,
  ): Buffer {
    const { appId, clock, random } = this.options;
    const now = clock.now();
    const origin: EventOrigin = {
      appId,
      pubsubName: broker.name,
      topic,
      traceParent: trace.parent,
      traceState: trace.state,
      now,
      time: this.#times.format(now),
      newId: () => random.uuid(),
    };
    try {
      return createEvent(data, contentType, metadata, origin, !broker.expiresMessages);
    } catch (cause) {
      throw errors.eventNotCreated(broker.name, appId, cause);
    }
  }

  /**
   * Hands bytes to the broker.
   * @throws {ApiError} ERR_PUBSUB_FORBIDDEN, ERR_PUBSUB_PUBLISH_MESSAGE
   */
  async publish(
    broker: MountedBroker,
    topic: string,
    data: Uint8Array,
    contentType: string,
    metadata: MessageMetadata | undefined,
    signal?: AbortSignal,
    family: StatusFamily = "grpc",
  ): Promise<void> {
    this.#checkScope(broker, topic);
    const startedAt = this.measured.begin();
    try {
      await this.send(broker, topic, data, contentType, metadata, signal, family);
    } catch (cause) {
      this.measured.published(broker.name, topic, startedAt, false);
      throw errors.publishFailed(broker.name, topic, cause);
    }
    this.measured.published(broker.name, topic, startedAt, true);
  }

  /** As {@link publish} without its metrics: dead letters and outbox. @throws {Error} the broker's */
  async sendChecked(
    broker: MountedBroker,
    topic: string,
    data: Uint8Array,
    contentType: string | undefined,
    metadata: MessageMetadata | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    this.#checkScope(broker, topic);
    await this.send(broker, topic, data, contentType, metadata, signal);
  }

  /** Past scopes, errors and metrics. */
  async send(
    broker: MountedBroker,
    topic: string,
    data: Uint8Array,
    contentType: string | undefined,
    metadata: MessageMetadata | undefined,
    signal?: AbortSignal,
    family: StatusFamily = "grpc",
  ): Promise<void> {
    const { component, topicPrefix, policy } = broker;
    const request = { topic: topicPrefix + topic, data, contentType, metadata };
    if (policy === undefined) await component.publish(request, signal);
    else await policy(async (attempt) => await component.publish(request, attempt), family, signal);
  }

  /**
   * @returns entries that the broker did not take
   * @throws {ApiError} ERR_PUBSUB_FORBIDDEN
   */
  async publishBulk(
    broker: MountedBroker,
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal?: AbortSignal,
    family: StatusFamily = "grpc",
  ): Promise<readonly BulkPublishFailure[]> {
    this.#checkScope(broker, topic);
    if (entries.length === 0) return [];
    const startedAt = this.measured.begin();
    const failures = await this.sendBulk(broker, topic, entries, metadata, signal, family);
    this.measured.publishedBulk(broker.name, topic, startedAt, failures.length === 0);
    return failures;
  }

  /** As {@link publishBulk} without its metrics: dead letters. @throws {ApiError} ERR_PUBSUB_FORBIDDEN */
  async sendBulkChecked(
    broker: MountedBroker,
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal?: AbortSignal,
  ): Promise<readonly BulkPublishFailure[]> {
    this.#checkScope(broker, topic);
    return await this.sendBulk(broker, topic, entries, metadata, signal);
  }

  /** Under a policy, each attempt publishes what failed before. */
  async sendBulk(
    broker: MountedBroker,
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal?: AbortSignal,
    family: StatusFamily = "grpc",
  ): Promise<readonly BulkPublishFailure[]> {
    const { policy } = broker;
    const send = (some: readonly BulkPublishEntry[], attempt: AbortSignal | undefined) =>
      this.#sendEntries(broker, topic, some, metadata, attempt);
    if (policy === undefined) return await send(entries, signal);
    const bulk = new PendingBulk(entries);
    try {
      await policy((attempt) => bulk.attempt((some) => send(some, attempt)), family, signal);
    } catch (error) {
      return bulk.failures(asError(error));
    }
    return [];
  }

  async #sendEntries(
    broker: MountedBroker,
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal: AbortSignal | undefined,
  ): Promise<readonly BulkPublishFailure[]> {
    const { component, topicPrefix } = broker;
    const fullTopic = topicPrefix + topic;
    if (component.bulkPublish !== undefined) {
      return await component.bulkPublish(fullTopic, entries, metadata, signal);
    }
    const failures: BulkPublishFailure[] = [];
    const rest = entries.values();
    const worker = async (): Promise<void> => {
      for (const { entryId, ...entry } of rest) {
        try {
          await component.publish({ topic: fullTopic, ...entry }, signal);
        } catch (error) {
          failures.push({ entryId, error: asError(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(bulkAtOnce, entries.length) }, worker));
    return failures;
  }

  #checkScope(broker: MountedBroker, topic: string): void {
    if (!mayPublish(broker.scopes, topic)) {
      throw errors.forbidden(broker.name, topic, this.options.appId);
    }
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(errorText(error));

/** The entries of a bulk that no attempt has published yet. */
class PendingBulk {
  #left: readonly BulkPublishEntry[];
  #failures: readonly BulkPublishFailure[] = [];
  #attempts = 0;

  constructor(entries: readonly BulkPublishEntry[]) {
    this.#left = entries;
  }

  /** @throws {Error} that of the first entry which failed */
  async attempt(
    send: (entries: readonly BulkPublishEntry[]) => Promise<readonly BulkPublishFailure[]>,
  ): Promise<void> {
    const number = ++this.#attempts;
    const failures = await send(this.#left);
    // An attempt that took too long has no say in later ones.
    if (number !== this.#attempts) return;
    this.#failures = failures;
    const failed = new Set(failures.map(({ entryId }) => entryId));
    this.#left = this.#left.filter(({ entryId }) => failed.has(entryId));
    const [first] = failures;
    if (first !== undefined) throw first.error;
  }

  /** @param error what ended the last attempt */
  failures(error: Error): readonly BulkPublishFailure[] {
    if (error === this.#failures[0]?.error) return this.#failures;
    // Too late, or refused by a breaker: whatever is left has failed for that.
    return this.#left.map(({ entryId }) => ({ entryId, error }));
  }
}
