/**
 * A subscription that takes messages in batches.
 * @see spec 03 §4.10
 */
import type { BrokerSubscription, ReceivedMessage } from "../../components/pubsub/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { decodeUtf8 } from "../../kit/json/parse.ts";
import type { JsonObject, JsonValue } from "../../kit/json/value.ts";
import { InFlight, settleMs } from "../app/in-flight.ts";
import { batching } from "./batch.ts";
import type { BulkDelivery, BulkEntry } from "./bulk-delivery.ts";
import type { ConsumerContext } from "./consumer-context.ts";
import { deadLetterLimitMs, untilAborted } from "./in-flight.ts";
import type { Processed } from "./metrics.ts";
import type { MountedBroker } from "./pubsub.ts";
import { isExpired, parseEvent, textOf, wantsRaw } from "./receive.ts";
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
interface Item {
  readonly entryId: string;
  readonly message: ReceivedMessage;
  error: Error | undefined;
}

/** One that goes to the app. */
interface Sent extends Item, BulkEntry {
  readonly path: string;
}

/** A batch on its way: how its messages ended, for the metrics. */
class Batch {
  readonly items: readonly Item[];
  readonly startedAt: number;
  readonly #counts = new Map<Processed, number>();

  constructor(items: readonly Item[], startedAt: number) {
    this.items = items;
    this.startedAt = startedAt;
  }

  get failed(): readonly Item[] {
    return this.items.filter(({ error }) => error !== undefined);
  }

  get counts(): ReadonlyMap<Processed, number> {
    return this.#counts;
  }

  count(processed: Processed, n: number): void {
    this.#counts.set(processed, (this.#counts.get(processed) ?? 0) + n);
  }
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
    const { random } = this.#context.block.options;
    // Brokers that gather batches number their messages.
    const isNative = this.#broker.component.bulkSubscribe !== undefined;
    const items = messages.map(
      (message, i): Item => ({
        entryId: isNative ? String(i) : random.uuid(),
        message,
        error: undefined,
      }),
    );
    const { measured } = this.#context.block;
    const batch = new Batch(items, measured.begin());
    await this.#readAndDeliver(batch, signal);
    const { failed } = batch;
    const { deadLetterTopic, topic } = this.#subscription;
    if (failed.length > 0 && deadLetterTopic !== "" && !signal.aborted) {
      if (await this.#deadLetter(failed)) {
        for (const item of failed) item.error = undefined;
        batch.count("drop", failed.length);
        // One attempt of each ended here.
        batch.count("retry", -failed.length);
      }
    }
    measured.receivedBulk(topic, batch.startedAt, batch.counts);
    return items.map(({ error }) => error);
  }

  async #readAndDeliver(batch: Batch, signal: AbortSignal): Promise<void> {
    let raw: boolean;
    try {
      raw = wantsRaw(this.#subscription.metadata);
    } catch (cause) {
      this.#context.logger.error(`error deserializing pubsub metadata: ${errorText(cause)}`);
      for (const item of batch.items) item.error = cause as Error;
      batch.count("retry", batch.items.length);
      return;
    }
    const sent: Sent[] = [];
    for (const item of batch.items) {
      try {
        const one = await this.#read(item, raw, batch);
        if (one !== undefined) sent.push(one);
      } catch (error) {
        item.error = error as Error;
      }
    }
    const byPath = Map.groupBy(sent, ({ path }) => path);
    for (const [path, group] of byPath) await this.#deliver(path, group, batch, signal);
    const bySent = new Map(sent.map((one) => [one.entryId, one.error] as const));
    for (const item of batch.items) item.error ??= bySent.get(item.entryId);
  }

  /** undefined: the message is done with. @throws {Error} it cannot be read, or its route not be found */
  async #read(item: Item, raw: boolean, batch: Batch): Promise<Sent | undefined> {
    const { topic } = this.#subscription;
    const { logger, clock } = this.#context;
    const { message } = item;
    const { metadata, contentType } = message;
    if (raw) {
      // Rules see the payload as text.
      const path = await this.#pathOf(item, decodeUtf8(Buffer.from(message.data)), batch);
      return { ...item, metadata, contentType, event: undefined, bytes: message.data, path };
    }
    let event: JsonObject;
    try {
      event = parseEvent(message.data);
    } catch (error) {
      logger.error(
        `error deserializing one of the messages in bulk cloud event in pubsub ${this.#broker.name} and topic ${topic}: ${errorText(error)}`,
      );
      throw new UnreadableError(errorText(error), { cause: error });
    }
    if (isExpired(event, clock.now())) {
      logger.warn(
        `dropping expired pub/sub event ${textOf(event, "id")} as of ${textOf(event, "expiration")}`,
      );
      batch.count("drop", 1);
      await this.#deadLetter([item]);
      return undefined;
    }
    const path = await this.#pathOf(item, event, batch);
    return { ...item, metadata, contentType, event, bytes: undefined, path };
  }

  /** Quirk: what matches no rule goes to the dead letter topic and to the path "" (spec 03 §4.10). @throws {Error} */
  async #pathOf(item: Item, event: JsonValue, batch: Batch): Promise<string> {
    const { topic } = this.#subscription;
    const { logger } = this.#context;
    const { name } = this.#broker;
    let path: string | undefined;
    try {
      path = this.#route(event);
    } catch (error) {
      logger.error(
        `error finding matching route for event ${item.entryId} in pubsub ${name} and topic ${topic}: ${errorText(error)}`,
      );
      throw error;
    }
    if (path !== undefined) return path;
    logger.warn(`No matching route for event in pubsub ${name} and topic ${topic}; skipping`);
    batch.count("drop", 1);
    await this.#deadLetter([item]);
    return "";
  }

  /** Retries are for the entries that failed. */
  async #deliver(
    path: string,
    items: readonly Sent[],
    batch: Batch,
    signal: AbortSignal,
  ): Promise<void> {
    const { policy, logger, block } = this.#context;
    const { name } = this.#broker;
    const { topic } = this.#subscription;
    const id = block.options.random.uuid();
    const metadata = new Map([["pubsubName", name]]);
    let left = items;
    const attempt = async (attemptSignal: AbortSignal): Promise<void> => {
      const delivery: BulkDelivery = { id, pubsub: name, topic, path, entries: left, metadata };
      const outcome = await this.#context.deliverBulk(delivery, attemptSignal).catch((error) => {
        batch.count("retry", left.length);
        throw error;
      });
      for (const [processed, n] of outcome.counts) batch.count(processed, n);
      const dropped = left.filter(({ entryId }) => outcome.dropped.has(entryId));
      left = left.filter(({ entryId }) => outcome.failed.has(entryId));
      for (const item of left) item.error = outcome.failed.get(item.entryId);
      if (dropped.length > 0) await this.#deadLetter(dropped);
      if (left.length > 0) throw left[0]?.error ?? new Error("entries failed");
    };
    try {
      await policy(name, attempt, signal);
    } catch (error) {
      logger.warn(
        `encountered a retriable error while publishing a subscribed message to topic ${topic}, err: ${errorText(error)}`,
      );
      for (const item of left) item.error ??= error as Error;
    }
    const failed = new Set(left);
    for (const item of items) if (!failed.has(item)) item.error = undefined;
  }

  /** The original bytes with the entries' own metadata. @returns whether there is a topic for it that took them */
  async #deadLetter(items: readonly Item[]): Promise<boolean> {
    const { deadLetterTopic, topic } = this.#subscription;
    if (deadLetterTopic === "") return false;
    const { block, clock, logger } = this.#context;
    const entries = items.map(({ entryId, message }) => ({
      entryId,
      data: message.data,
      contentType: message.contentType ?? "",
      metadata: message.metadata,
    }));
    using deadline = clock.deadline(deadLetterLimitMs);
    try {
      const failures = await block.sendBulkChecked(
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
