/**
 * pubsub.in-memory: topics of one sidecar, lost at exit.
 * @see spec 03 §5
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition } from "../contract.ts";
import type {
  BrokerSubscription,
  MessageHandler,
  PublishRequest,
  PubSub,
  PubSubFeature,
  ReceivedMessage,
  SubscribeRequest,
} from "./contract.ts";

export const component = {
  type: "pubsub.in-memory",
  versions: ["v1"],
  summary: "Hands messages to subscribers of the same sidecar; for development.",
  provenAgainst: "the recordings of the original",
  properties: [],
  create: async ({ logger }) => new InMemoryBroker(logger),
} satisfies ComponentDefinition<PubSub>;

/** Messages that wait for a busy subscriber; with more, publishing waits. */
const queueLimit = 100;

class InMemoryBroker implements PubSub {
  readonly features: readonly PubSubFeature[] = ["SUBSCRIBE_WILDCARDS"];
  readonly isVolatile = true;
  readonly #logger: Logger;
  /** By topic as subscribed to. */
  readonly #exact = new Map<string, Set<Subscriber>>();
  /** By pattern, which ends in `*`. */
  readonly #patterns = new Map<string, Set<Subscriber>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  publish(request: PublishRequest, signal?: AbortSignal): void | Promise<void> {
    const waits: Promise<void>[] = [];
    for (const [topic, subscribers] of this.#matching(request.topic)) {
      const { data, metadata } = request;
      const message: ReceivedMessage = { topic, data, contentType: undefined, metadata };
      for (const subscriber of subscribers) {
        const wait = subscriber.offer(message, signal);
        if (wait !== undefined) waits.push(wait);
      }
    }
    if (waits.length > 0) return Promise.all(waits).then(() => {});
  }

  async subscribe(
    { topic }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const index = topic.endsWith("*") ? this.#patterns : this.#exact;
    const subscriber = new Subscriber(handler, signal, this.#logger);
    const subscribers = index.get(topic) ?? new Set();
    index.set(topic, subscribers.add(subscriber));
    return {
      async [Symbol.asyncDispose]() {
        subscribers.delete(subscriber);
        if (subscribers.size === 0 && index.get(topic) === subscribers) index.delete(topic);
        await subscriber.end();
      },
    };
  }

  async ping(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#exact.values(), ...this.#patterns.values()].flatMap((set) => [...set]);
    this.#exact.clear();
    this.#patterns.clear();
    await Promise.all(all.map((subscriber) => subscriber.end()));
  }

  /** A pattern matches topics with its prefix and at least one more character. */
  *#matching(topic: string): Iterable<readonly [string, ReadonlySet<Subscriber>]> {
    const exact = this.#exact.get(topic);
    if (exact !== undefined) yield [topic, exact];
    for (const [pattern, subscribers] of this.#patterns) {
      const prefix = pattern.slice(0, -1);
      if (topic.length > prefix.length && topic.startsWith(prefix)) yield [pattern, subscribers];
    }
  }
}

/** Handles one message after the other, in the order in which they were published. */
class Subscriber {
  readonly #handler: MessageHandler;
  readonly #signal: AbortSignal;
  readonly #logger: Logger;
  readonly #queue: ReceivedMessage[] = [];
  /** Publishers that wait for room. */
  readonly #waiting: (() => void)[] = [];
  #work: Promise<void> | undefined;
  #isEnded = false;

  constructor(handler: MessageHandler, signal: AbortSignal, logger: Logger) {
    this.#handler = handler;
    this.#signal = signal;
    this.#logger = logger;
  }

  /** undefined: taken. A promise: taken when it resolves. */
  offer(message: ReceivedMessage, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#isEnded) return undefined;
    if (this.#queue.length < queueLimit && this.#waiting.length === 0) {
      this.#take(message);
      return undefined;
    }
    return this.#wait(message, signal);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    this.#queue.length = 0;
    for (const resume of this.#waiting.splice(0)) resume();
    await this.#work;
  }

  #take(message: ReceivedMessage): void {
    this.#queue.push(message);
    this.#work ??= this.#run();
  }

  async #wait(message: ReceivedMessage, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = (): void => {
      const at = this.#waiting.indexOf(resolve);
      if (at >= 0) this.#waiting.splice(at, 1);
      resolve();
    };
    this.#waiting.push(resolve);
    signal?.addEventListener("abort", leave, { once: true });
    await promise;
    signal?.removeEventListener("abort", leave);
    signal?.throwIfAborted();
    if (!this.#isEnded) this.#take(message);
  }

  async #run(): Promise<void> {
    // Publishing does not wait for the first delivery.
    await Promise.resolve();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#waiting.shift()?.();
      try {
        await this.#handler(next, this.#signal);
      } catch (error) {
        this.#logger.error(`error handling message: ${errorText(error)}`);
      }
    }
    this.#work = undefined;
  }
}
