/**
 * A subscription that runs: takes messages from the broker, has them delivered, and decides what becomes of those that
 * cannot be.
 * @see spec 03 §4.6, §4.9, §4.14
 */
import type { BrokerSubscription, ReceivedMessage } from "../../components/pubsub/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { InFlight, settleMs } from "../app/in-flight.ts";
import type { ConsumerContext } from "./consumer-context.ts";
import { type Delivery, RetriableError, type Verdict } from "./delivery.ts";
import { deadLetterLimitMs, SubscriptionClosedError, untilAborted } from "./in-flight.ts";
import type { Processed } from "./metrics.ts";
import type { MountedBroker } from "./pubsub.ts";
import {
  type IncomingEvent,
  isExpired,
  messageMetadata,
  readEvent,
  textOf,
  wantsRaw,
} from "./receive.ts";
import type { Route } from "./routing.ts";
import type { Subscription } from "./subscription.ts";

export class Consumer implements AsyncDisposable {
  readonly subscription: Subscription;
  readonly #broker: MountedBroker;
  readonly #context: ConsumerContext;
  readonly #route: Route;
  readonly #inFlight = new InFlight();
  readonly #stop = new AbortController();
  #closing: Promise<void> | undefined;
  #running: BrokerSubscription | undefined;

  constructor(
    subscription: Subscription,
    broker: MountedBroker,
    context: ConsumerContext,
    route: Route,
  ) {
    this.subscription = subscription;
    this.#broker = broker;
    this.#context = context;
    this.#route = route;
  }

  /** Aborted when the subscription is over. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get inFlight(): number {
    return this.#inFlight.count;
  }

  started(running: BrokerSubscription): void {
    this.#running = running;
  }

  /** The broker's way in; see {@link MessageHandler}. */
  async handle(message: ReceivedMessage, signal: AbortSignal): Promise<void> {
    if (this.#isClosing) return await untilAborted(signal);
    try {
      await this.#inFlight.track(() => this.#process(message, signal));
    } catch (error) {
      // While closing, a message that failed is not refused either: the broker delivers it again later.
      if (this.#isClosing) return await untilAborted(signal);
      throw error;
    }
  }

  /** Ends new deliveries at once, waits for those under way. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  async #close(): Promise<void> {
    const { clock } = this.#context;
    if (await this.#inFlight.idle(clock)) await clock.sleep(settleMs);
    this.#stop.abort(new Error("context canceled"));
    await this.#running?.[Symbol.asyncDispose]();
  }

  get #ownTopic(): string {
    return this.subscription.topic;
  }

  async #process(message: ReceivedMessage, signal: AbortSignal): Promise<void> {
    const { block, logger } = this.#context;
    const { name } = this.#broker;
    const topic = this.#topicOf(message);
    const metadata = messageMetadata(message, name);
    const startedAt = block.measured.begin();
    let incoming: IncomingEvent;
    try {
      incoming = this.#read({ ...message, topic }, metadata);
    } catch (error) {
      logger.error((error as Error).message);
      if (!(await this.#setAside(message, topic, metadata, signal))) throw error;
      return;
    }
    if (isExpired(incoming.event, this.#context.clock.now())) {
      const expiration = textOf(incoming.event, "expiration");
      logger.warn(
        `dropping expired pub/sub event ${textOf(incoming.event, "id")} as of ${expiration}`,
      );
      this.#countUndelivered(topic, "drop");
      await this.#deadLetter(message, metadata, signal);
      return;
    }
    await this.#routeAndDeliver(message, incoming, topic, startedAt, signal);
  }

  /** What cannot be delivered goes to the dead letter topic. @returns whether it is there */
  async #setAside(
    message: ReceivedMessage,
    topic: string,
    metadata: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const isAside = await this.#deadLetter(message, metadata, signal);
    this.#countUndelivered(topic, isAside ? "drop" : "retry");
    return isAside;
  }

  /** Of a message that the app was not asked about, or not any more. */
  #countUndelivered(topic: string, processed: Processed, status?: Processed): void {
    const { measured } = this.#context.block;
    measured.received(this.#broker.name, topic, undefined, processed, status);
  }

  async #routeAndDeliver(
    message: ReceivedMessage,
    incoming: IncomingEvent,
    topic: string,
    startedAt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { logger } = this.#context;
    const { name } = this.#broker;
    let path: string | undefined;
    try {
      path = this.#route(incoming.event);
    } catch (error) {
      logger.error(
        `error finding matching route for event ${textOf(incoming.event, "id")} in pubsub ${name} and topic ${topic}: ${errorText(error)}`,
      );
      if (!(await this.#setAside(message, topic, incoming.metadata, signal))) throw error;
      return;
    }
    if (path === undefined) {
      this.#countUndelivered(topic, "drop", "success");
      await this.#deadLetter(message, incoming.metadata, signal);
      return;
    }
    await this.#deliver(message, { incoming, pubsub: name, topic, path }, startedAt, signal);
  }

  async #deliver(
    message: ReceivedMessage,
    delivery: Delivery,
    startedAt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { logger, policy, deliver, block } = this.#context;
    const { topic, pubsub } = delivery;
    const { metadata } = delivery.incoming;
    const count = (processed: Processed, status?: Processed): void =>
      block.measured.received(pubsub, topic, startedAt, processed, status);
    const attempt = async (attemptSignal: AbortSignal): Promise<Verdict> => {
      try {
        const verdict = await deliver(delivery, count, attemptSignal);
        if (verdict === "drop" && this.subscription.deadLetterTopic !== "") {
          await this.#sendDropped(message, metadata, topic);
        }
        return verdict;
      } catch (error) {
        if (error instanceof SubscriptionClosedError) throw error;
        const isRetriable = error instanceof RetriableError;
        const kind = isRetriable ? "retriable" : "non-retriable";
        const text = `encountered a ${kind} error while publishing a subscribed message to topic ${topic}, err: ${errorText(error)}`;
        if (isRetriable) logger.warn(text);
        else logger.error(text);
        throw error;
      }
    };
    try {
      await policy(pubsub, attempt, signal);
    } catch (error) {
      if (error instanceof SubscriptionClosedError) throw error;
      if (await this.#deadLetter(message, metadata, signal)) {
        this.#countUndelivered(topic, "drop");
        return;
      }
      throw (error as Error).cause instanceof UnreadableError ? (error as Error).cause : error;
    }
  }

  /** A dropped message that cannot be put aside counts as failed. */
  async #sendDropped(
    message: ReceivedMessage,
    metadata: ReadonlyMap<string, string>,
    topic: string,
  ): Promise<void> {
    try {
      await this.#sendDeadLetter(message, metadata);
    } catch (error) {
      this.#context.logger.warn(
        `failed to send dropped message to dead letter queue for topic ${topic}: ${errorText(error)}`,
      );
      throw error;
    }
  }

  #read(message: ReceivedMessage, metadata: ReadonlyMap<string, string>): IncomingEvent {
    const { name } = this.#broker;
    const { topic } = message;
    let raw: boolean;
    try {
      raw = wantsRaw(this.subscription.metadata);
    } catch (cause) {
      throw new Error(`error deserializing pubsub metadata: ${errorText(cause)}`, { cause });
    }
    try {
      return readEvent(message, metadata, name, raw, this.#context.block.options.random);
    } catch (cause) {
      throw new UnreadableError(
        `error deserializing cloud event in pubsub ${name} and topic ${topic}: ${errorText(cause)}`,
        { cause },
      );
    }
  }

  /** @returns whether the message was put aside; false also without a dead letter topic */
  async #deadLetter(
    message: ReceivedMessage,
    metadata: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { deadLetterTopic } = this.subscription;
    if (deadLetterTopic === "" || signal.aborted) return false;
    try {
      await this.#sendDeadLetter(message, metadata);
      return true;
    } catch (error) {
      this.#context.logger.error(
        `error sending message to dead letter, origin topic: ${this.#ownTopic} dead letter topic ${deadLetterTopic} err: ${errorText(error)}`,
      );
      return false;
    }
  }

  /** The original bytes, in a time of its own: the message's may be over. */
  async #sendDeadLetter(
    message: ReceivedMessage,
    metadata: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { block, clock } = this.#context;
    using deadline = clock.deadline(deadLetterLimitMs);
    await block.sendChecked(
      this.#broker,
      this.subscription.deadLetterTopic,
      message.data,
      message.contentType,
      metadata,
      deadline,
    );
  }

  /** Namespaces are the runtime's business. */
  #topicOf({ topic }: ReceivedMessage): string {
    const { topicPrefix } = this.#broker;
    return topicPrefix === "" ? topic : topic.replace(topicPrefix, "");
  }
}
