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
}

/** A broker in service. */
export interface MountedBroker {
  readonly name: string;
  readonly component: PubSub;
  readonly scopes: TopicScopes;
  /** Put before every topic; "" unless the component is namespaced. */
  readonly topicPrefix: string;
  readonly expiresMessages: boolean;
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
  ): Promise<void> {
    this.#checkScope(broker, topic);
    const startedAt = this.measured.begin();
    try {
      await this.send(broker, topic, data, contentType, metadata, signal);
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
  ): Promise<void> {
    const { component, topicPrefix } = broker;
    await component.publish({ topic: topicPrefix + topic, data, contentType, metadata }, signal);
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
  ): Promise<readonly BulkPublishFailure[]> {
    this.#checkScope(broker, topic);
    if (entries.length === 0) return [];
    const startedAt = this.measured.begin();
    const failures = await this.sendBulk(broker, topic, entries, metadata, signal);
    this.measured.publishedBulk(broker.name, topic, startedAt, failures.length === 0);
    return failures;
  }

  async sendBulk(
    broker: MountedBroker,
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal?: AbortSignal,
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
