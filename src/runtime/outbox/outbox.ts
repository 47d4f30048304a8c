/**
 * The transactional outbox: what a transaction writes is published if, and only if, it was committed.
 * @see spec 03 §10
 */
import type { StateStore, TransactionOperation } from "../../components/state/contract.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import type * as events from "./events.ts";
import type { Relay } from "./relay.ts";

/** What the outbox needs of publish and subscribe. */
export interface OutboxBroker {
  /** The attribute of an event that holds a payload: its name, and its value as JSON. */
  payload(data: Buffer, contentType: string): readonly [name: string, json: string];
  /** Now, as the `time` of an event. */
  time(): string;
  /** @returns ms since 1970; undefined: no time */
  parseTime(text: string): number | undefined;
  /** "" where there is no trace. */
  trace(span: Span | undefined): { readonly parent: string; readonly state: string };
  /** Whether messages are gone with this process, and nobody outside it sees them. */
  isVolatile(pubsub: string): boolean;
  /** Within scopes, under the policy of the component. @throws {Error} */
  publish(
    pubsub: string,
    topic: string,
    data: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  /**
   * Whatever the scopes are. Disposing waits for messages in flight; those that then fail are neither confirmed nor refused.
   * @throws {Error} the component is not loaded, or refuses
   */
  subscribe(
    pubsub: string,
    topic: string,
    handler: (data: Uint8Array, signal: AbortSignal) => Promise<void>,
  ): Promise<AsyncDisposable>;
}

export interface OutboxOptions {
  readonly appId: string;
  /** NAMESPACE, or `default`. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly broker: OutboxBroker;
  /** A transaction was refused, because too many events wait already. */
  readonly onFull: () => void;
}

/** A store that publishes what is written to it. */
export interface Outlet {
  readonly store: string;
  readonly component: StateStore;
  readonly publishPubsub: string;
  readonly publishTopic: string;
  /** Events of transactions that failed are dropped, not kept. */
  readonly discardsMissing: boolean;
}

/** The topic through which events go to the sidecars of the app, and the stores that use it. */
export interface InternalTopic {
  readonly pubsub: string;
  readonly topic: string;
  readonly outlets: Set<Outlet>;
  /** The name of the first of them, which stays known when it is unloaded. */
  readonly store: string;
}

interface RelayedTopic extends InternalTopic {
  relay: Promise<Relay> | undefined;
}

/** An operation with what only its event needs. */
export type EventOperation = TransactionOperation & {
  /** Of the request over HTTP; undefined: its metadata may say. */
  readonly contentType?: string | undefined;
};

/** A transaction whose events are ready. */
interface Prepared {
  readonly operations: readonly TransactionOperation[];
  publish(signal: AbortSignal | undefined): Promise<void>;
  settled(): void;
}

/** The outbox of one store. */
export interface OpenedOutbox extends Disposable {
  prepare(operations: readonly EventOperation[], span: Span | undefined): Promise<Prepared>;
}

export class Outbox implements AsyncDisposable {
  readonly #options: OutboxOptions;
  readonly #topics = new Map<string, RelayedTopic>();
  #events: Promise<typeof events> | undefined;
  #isStarted = false;
  #isEnded = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * @param properties of the store's component, names as written
   * @returns undefined: the store has no outbox
   */
  open(
    store: string,
    component: StateStore,
    properties: ReadonlyMap<string, string>,
  ): OpenedOutbox | undefined {
    const publishPubsub = properties.get("outboxPublishPubsub") ?? "";
    const publishTopic = properties.get("outboxPublishTopic") ?? "";
    if (publishPubsub === "" || publishTopic === "") return undefined;
    const discardsMissing = isTruthy(properties.get("outboxDiscardWhenMissingState"));
    const outlet = { store, component, publishPubsub, publishTopic, discardsMissing };
    const topic = this.#topic(properties.get("outboxPubsub") || publishPubsub, outlet);
    topic.outlets.add(outlet);
    if (this.#isStarted) void this.#startRelay(topic);
    return {
      prepare: (operations, span) => this.#prepare(topic, operations, span),
      [Symbol.dispose]: () => void topic.outlets.delete(outlet),
    };
  }

  /** The app is there, or there is none: from now on events are relayed. Once is enough. */
  async start(): Promise<void> {
    if (this.#isStarted || this.#isEnded) return;
    this.#isStarted = true;
    await Promise.all([...this.#topics.values()].map((topic) => this.#startRelay(topic)));
  }

  /** A broker is there, perhaps in place of another one: reads what goes through it. */
  async mounted(pubsub: string): Promise<void> {
    if (this.#isStarted) await this.#eachRelay(pubsub, (relay) => relay.attach());
  }

  /** A broker goes away: what is on its way through it is waited for, what comes later stays with it. */
  async unmounting(pubsub: string): Promise<void> {
    await this.#eachRelay(pubsub, (relay) => relay.detach());
  }

  async #eachRelay(pubsub: string, action: (relay: Relay) => Promise<void>): Promise<void> {
    for (const topic of this.#topics.values()) {
      if (topic.pubsub !== pubsub) continue;
      const relay = await topic.relay;
      if (relay !== undefined && !this.#isEnded) await action(relay);
    }
  }

  /** Waits for events on their way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    const relays = await Promise.all([...this.#topics.values()].map(({ relay }) => relay));
    await Promise.all(relays.map((relay) => relay?.close()));
  }

  #topic(pubsub: string, { store, publishTopic }: Outlet): RelayedTopic {
    const { namespace, appId } = this.#options;
    const topic = `${namespace}${appId}${publishTopic}outbox`;
    const key = JSON.stringify([pubsub, topic]);
    const known = this.#topics.get(key);
    if (known !== undefined) return known;
    const created = { pubsub, topic, outlets: new Set<Outlet>(), store, relay: undefined };
    this.#topics.set(key, created);
    return created;
  }

  #relay(topic: RelayedTopic): Promise<Relay> {
    topic.relay ??= import("./relay.ts").then(({ Relay }) => new Relay(topic, this.#options));
    return topic.relay;
  }

  async #startRelay(topic: RelayedTopic): Promise<void> {
    const relay = await this.#relay(topic);
    await relay.start();
  }

  async #prepare(
    topic: RelayedTopic,
    operations: readonly EventOperation[],
    span: Span | undefined,
  ): Promise<Prepared> {
    this.#events ??= import("./events.ts");
    const relay = await this.#relay(topic);
    const { eventsOf } = await this.#events;
    const prepared = eventsOf(operations, { ...this.#options, pubsub: topic.pubsub, span });
    return {
      operations: prepared.operations,
      publish: (signal) => relay.publish(prepared.events, signal),
      settled: () => relay.settled(prepared.events),
    };
  }
}
