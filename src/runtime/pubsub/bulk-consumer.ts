/**
 * A subscription that takes messages in batches.
 * @see spec 03 §4.10
 */
import type { BrokerSubscription, ReceivedMessage } from "../../components/pubsub/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { JsonObject } from "../../kit/json/value.ts";
import { InFlight, settleMs } from "../app/in-flight.ts";
import { batching } from "./batch.ts";
import type { BulkDelivery, BulkEntry } from "./bulk-delivery.ts";
import type { ConsumerContext } from "./consumer-context.ts";
import { deadLetterLimitMs, untilAborted } from "./in-flight.ts";
import type { Processed } from "./metrics.ts";
import type { MountedBroker } from "./pubsub.ts";
import { isExpired, messageMetadata, parseEvent, textOf, wantsRaw } from "./receive.ts";
import { compileRoutes, type Route } from "./routing.ts";
import type { BulkSettings, Subscription } from "./subscription.ts";

/** @throws {Error} the broker refused the subscription */
export async function subscribeBulk(
  subscription: Subscription,
  bulk: BulkSettings,
  broker: MountedBroker,
  context: ConsumerContext,
): Promise<AsyncDisposable> {
  const { topic, metadata, rules } = subscription;
  const consumer = new BulkConsumer(subscription, broker, context, compileRoutes(rules));
  const request = { topic: broker.topicPrefix + topic, metadata };
  const { component } = broker;
  const handle = (
    messages: readonly ReceivedMessage[],
    signal: AbortSignal,
  ): Promise<readonly (Error | undefined)[]> => consumer.handle(messages, signal);
  try {
    const running =
      component.bulkSubscribe === undefined
        ? await component.subscribe(request, batching(bulk, handle, context.clock), consumer.signal)
        : await component.bulkSubscribe({ ...request, ...bulk }, handle, consumer.signal);
    consumer.started(running);
    return consumer;
  } catch (cause) {
    await consumer[Symbol.asyncDispose]();
    throw new Error(`failed to bulk subscribe to topic ${topic}: ${errorText(cause)}`, { cause });
  }
}

/** A message of a batch and what became of it. */
interface Item extends BulkEntry {
  readonly message: ReceivedMessage;
  readonly path: string | undefined;
  error: Error | undefined;
}

class BulkConsumer implements AsyncDisposable {
  readonly #subscription: Subscription;
  readonly #broker: MountedBroker;
  readonly #context: ConsumerContext;
  readonly #route: Route;
  readonly #inFlight = new InFlight();
  readonly #stop = new AbortController();
  #isClosing = false;
  #running: BrokerSubscription | undefined;

  constructor(
    subscription: Subscription,
    broker: MountedBroker,
    context: ConsumerContext,
    route: Route,
  ) {
    this.#subscription = subscription;
    this.#broker = broker;
    this.#context = context;
    this.#route = route;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  started(running: BrokerSubscription): void {
    this.#running = running;
  }

  /** @returns an error for each message that is to come again */
  async handle(
    messages: readonly ReceivedMessage[],
    signal: AbortSignal,
  ): Promise<readonly (Error | undefined)[]> {
    if (this.#isClosing) return await untilAborted(signal);
    const errors = await this.#inFlight.track(() => this.#process(messages, signal));
    if (this.#isClosing && errors.some((error) => error !== undefined)) {
      return await untilAborted(signal);
    }
    return errors;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const { clock } = this.#context;
    if (await this.#inFlight.idle(clock)) await clock.sleep(settleMs);
    this.#stop.abort(new Error("context canceled"));
    await this.#running?.[Symbol.asyncDispose]();
  }

  async #process(
    messages: readonly ReceivedMessage[],
    signal: AbortSignal,
  ): Promise<readonly (Error | undefined)[]> {
    const items: (Item | undefined)[] = [];
    const errors: (Error | undefined)[] = new Array(messages.length).fill(undefined);
    for (const [i, message] of messages.entries()) {
      try {
        items.push(await this.#read(message));
      } catch (error) {
        errors[i] = error as Error;
        items.push(undefined);
      }
    }
    const byPath = Map.groupBy(
      items.filter((item) => item !== undefined),
      ({ path }) => path ?? "",
    );
    for (const [path, group] of byPath) await this.#deliver(path, group, signal);
    for (const [i, item] of items.entries()) if (item?.error) errors[i] = item.error;
    return errors;
  }

  /** undefined: the message is done with. @throws {Error} it cannot be read */
  async #read(message: ReceivedMessage): Promise<Item | undefined> {
    const { name } = this.#broker;
    const { topic, metadata } = this.#subscription;
    const { logger, clock, block } = this.#context;
    const entry = {
      entryId: block.options.random.uuid(),
      metadata: message.metadata,
      message,
      error: undefined,
    };
    if (wantsRaw(metadata)) {
      // Rules see the payload as text.
      const text = new Map([["event", Buffer.from(message.data).toString("base64")]]);
      const path = this.#route(text);
      return { ...entry, event: undefined, bytes: message.data, path };
    }
    let event: JsonObject;
    try {
      event = parseEvent(message.data);
    } catch (error) {
      logger.error(
        `error deserializing one of the messages in bulk cloud event in pubsub ${name} and topic ${topic}: ${errorText(error)}`,
      );
      throw new UnreadableError(errorText(error), { cause: error });
    }
    if (isExpired(event, clock.now())) {
      logger.warn(
        `dropping expired pub/sub event ${textOf(event, "id")} as of ${textOf(event, "expiration")}`,
      );
      await this.#deadLetter([message]);
      return undefined;
    }
    const path = this.#route(event);
    if (path === undefined) {
      logger.warn(`No matching route for event in pubsub ${name} and topic ${topic}; skipping`);
      await this.#deadLetter([message]);
    }
    return { ...entry, event, bytes: undefined, path };
  }

  /** Retries are for the entries that failed. */
  async #deliver(path: string, items: readonly Item[], signal: AbortSignal): Promise<void> {
    const { policy, logger, block } = this.#context;
    const { name } = this.#broker;
    const { topic, deadLetterTopic } = this.#subscription;
    const startedAt = block.measured.begin();
    let left = items;
    const dropped: Item[] = [];
    const counts = new Map<Processed, number>();
    try {
      await policy(
        name,
        async (attempt) => {
          const delivery: BulkDelivery = {
            id: block.options.random.uuid(),
            pubsub: name,
            topic,
            path,
            entries: left,
            metadata: messageMetadata(
              { topic, data: noData, contentType: undefined, metadata: undefined },
              name,
            ),
          };
          const outcome = await this.#context.deliverBulk(delivery, attempt).catch((error) => {
            counts.set("retry", (counts.get("retry") ?? 0) + left.length);
            throw error;
          });
          dropped.push(...left.filter(({ entryId }) => outcome.dropped.has(entryId)));
          for (const [processed, n] of outcome.counts) {
            counts.set(processed, (counts.get(processed) ?? 0) + n);
          }
          left = left.filter(({ entryId }) => outcome.failed.has(entryId));
          for (const item of left) item.error = outcome.failed.get(item.entryId);
          if (left.length > 0) throw left[0]?.error ?? new Error("entries failed");
        },
        signal,
      );
    } catch (error) {
      logger.warn(
        `encountered a retriable error while publishing a subscribed message to topic ${topic}, err: ${errorText(error)}`,
      );
      for (const item of left) item.error ??= error as Error;
    }
    const failed = items.filter((item) => left.includes(item));
    if (dropped.length > 0) await this.#deadLetter(dropped.map(({ message }) => message));
    const isSaved =
      failed.length > 0 &&
      deadLetterTopic !== "" &&
      !signal.aborted &&
      (await this.#deadLetter(failed.map(({ message }) => message)));
    for (const item of items) if (!failed.includes(item) || isSaved) item.error = undefined;
    if (isSaved) counts.set("drop", (counts.get("drop") ?? 0) + failed.length);
    block.measured.receivedBulk(topic, startedAt, failed.length > 0 && !isSaved, counts);
  }

  /** The original bytes with the entries' own metadata. @returns whether there is a topic for it that took them */
  async #deadLetter(messages: readonly ReceivedMessage[]): Promise<boolean> {
    const { deadLetterTopic, topic } = this.#subscription;
    if (deadLetterTopic === "") return false;
    const { block, clock, logger } = this.#context;
    const entries = messages.map((message, i) => ({
      entryId: String(i),
      data: message.data,
      contentType: message.contentType ?? "",
      metadata: message.metadata,
    }));
    using deadline = clock.deadline(deadLetterLimitMs);
    try {
      const failures = await block.sendBulk(
        this.#broker,
        deadLetterTopic,
        entries,
        new Map(),
        deadline,
      );
      if (failures.length === 0) return true;
      throw failures[0]?.error;
    } catch (error) {
      logger.error(
        `error sending message to dead letter, origin topic: ${topic} dead letter topic ${deadLetterTopic} err: ${errorText(error)}`,
      );
      return false;
    }
  }
}

const noData = Buffer.alloc(0);
