/**
 * The subscriptions of the app: found out once, running while the app is healthy. Those of resources, and brokers, may
 * come and go meanwhile.
 * @see spec 03 §4.2 to §4.4, §4.12, §4.13
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ConsumerContext } from "./consumer-context.ts";
import type { BrokerWatcher, PubSubBlock } from "./pubsub.ts";
import { maySubscribe } from "./scopes.ts";
import { mergeSubscriptions, type Subscription } from "./subscription.ts";

export interface AppSubscriptionsOptions {
  readonly block: PubSubBlock;
  readonly declarative: readonly Subscription[];
  /** Asks the app; undefined: it is not asked. @throws {Error} */
  readonly ask: ((signal: AbortSignal) => Promise<readonly Subscription[]>) | undefined;
  readonly consumer: ConsumerContext;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Waits between attempts to start a subscription. */
const backOff = { firstMs: 500, factor: 1.5, capMs: 60_000 };

/** One subscription with what runs of it. */
interface Running {
  readonly subscription: Subscription;
  consumer: AsyncDisposable | undefined;
  readonly retry: AbortController;
  work: Promise<void>;
}

export class AppSubscriptions implements BrokerWatcher, AsyncDisposable {
  readonly #options: AppSubscriptionsOptions;
  #declarative: readonly Subscription[];
  #programmatic: readonly Subscription[] | undefined;
  #running: Running[] = [];
  /** Starts and stops come one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #isEnded = false;
  /** The app is there and well, as far as is known. */
  #isActive = false;
  readonly #asking = new AbortController();

  constructor(options: AppSubscriptionsOptions) {
    this.#options = options;
    this.#declarative = options.declarative;
  }

  /** Also those that do not run; streams come after them. */
  get all(): readonly Subscription[] {
    return mergeSubscriptions(this.#declarative, this.#programmatic ?? []);
  }

  /** The app is there and well. */
  start(): Promise<void> {
    return this.#next(() => this.#start());
  }

  /** Waits for messages in flight. */
  stop(): Promise<void> {
    return this.#next(async () => {
      this.#isActive = false;
      await this.#stop(() => true);
    });
  }

  /**
   * Takes a declarative one in, in addition to what there is.
   * @throws {Error} the broker refuses it
   */
  declare(subscription: Subscription): Promise<void> {
    return this.#next(async () => {
      this.#declarative = [...this.#declarative, subscription];
      if (this.#isActive) await this.#startAll([subscription]);
    });
  }

  /** Ends the declarative one of that name; waits for messages in flight. */
  withdraw(name: string): Promise<void> {
    const isMeant = (one: Subscription): boolean =>
      one.origin === "DECLARATIVE" && one.name === name;
    return this.#next(async () => {
      this.#declarative = this.#declarative.filter((one) => !isMeant(one));
      await this.#stop(isMeant);
    });
  }

  mounted(pubsub: string): Promise<void> {
    return this.#next(async () => {
      if (!this.#isActive) return;
      if (this.#programmatic === undefined && this.#options.ask !== undefined) {
        // The first broker: only now it is worth asking the app. The component need not wait for the answer.
        void this.#next(() => this.#start());
        return;
      }
      await this.#startAll(this.all.filter((one) => one.pubsub === pubsub));
    });
  }

  unmounting(pubsub: string): Promise<void> {
    return this.#next(() => this.#stop((one) => one.pubsub === pubsub));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#asking.abort();
    await this.stop();
  }

  #next(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #start(): Promise<void> {
    if (this.#isEnded) return;
    this.#isActive = true;
    const { logger, block } = this.#options;
    if (block.size === 0) return;
    try {
      await this.#askOnce();
    } catch (error) {
      logger.warn(`failed to subscribe to topics: ${errorText(error)} `);
      return;
    }
    if (this.#isEnded) return;
    const starting = this.all
      .filter((one) => block.find(one.pubsub) !== undefined && !this.#isRunning(one))
      .map(notYetRunning);
    this.#running = [...this.#running, ...starting];
    const failed: string[] = [];
    await Promise.all(starting.map((running) => this.#begin(running, failed)));
    if (failed.length > 0) logger.warn(`failed to subscribe to topics: ${failed.join("\n")} `);
  }

  /** Unlike at the start, one that fails is not tried again; those that are not allowed stay away in silence. */
  async #startAll(subscriptions: readonly Subscription[]): Promise<void> {
    const { block } = this.#options;
    const started: Running[] = [];
    let pubsub = "";
    try {
      for (const subscription of subscriptions) {
        pubsub = subscription.pubsub;
        if (this.#isEnded || this.#isRunning(subscription)) continue;
        const broker = block.find(pubsub);
        if (broker === undefined || !maySubscribe(broker.scopes, subscription.topic)) continue;
        const consumer = await this.#subscribe(subscription);
        started.push({ ...notYetRunning(subscription), consumer });
      }
    } catch (cause) {
      await Promise.all(started.map(({ consumer }) => consumer?.[Symbol.asyncDispose]()));
      throw new Error(`failed to create subscription for ${pubsub}: ${errorText(cause)}`, {
        cause,
      });
    }
    this.#running = [...this.#running, ...started];
  }

  #isRunning(subscription: Subscription): boolean {
    return this.#running.some((running) => running.subscription === subscription);
  }

  /** The answer counts for the life of the process, also when it could not be read. */
  async #askOnce(): Promise<void> {
    const { ask, logger } = this.#options;
    if (this.#programmatic !== undefined || ask === undefined) return;
    this.#programmatic = [];
    this.#programmatic = await ask(this.#asking.signal);
    const topics = new Map<string, string[]>();
    for (const { pubsub, topic } of this.#programmatic) {
      topics.set(pubsub, [...(topics.get(pubsub) ?? []), topic]);
    }
    for (const [pubsub, names] of topics) {
      logger.info(
        `app is subscribed to the following topics: [[${names.join(" ")}]] through pubsub=${pubsub}`,
      );
    }
  }

  async #begin(running: Running, failed: string[]): Promise<void> {
    const { pubsub, topic } = running.subscription;
    try {
      running.consumer = await this.#subscribe(running.subscription);
    } catch (error) {
      this.#options.logger.error(
        `Failed to start subscription for pubsub ${pubsub}, topic ${topic}: ${errorText(error)}`,
      );
      failed.push(errorText(error));
      running.work = this.#keepTrying(running);
    }
  }

  async #subscribe(subscription: Subscription): Promise<AsyncDisposable> {
    const { block, consumer } = this.#options;
    const broker = block.find(subscription.pubsub);
    if (broker === undefined) throw new Error(`pubsub ${subscription.pubsub} is not found`);
    // CEL comes with it: nobody pays for it who does not subscribe.
    const { subscribe } = await import("./subscribe.ts");
    return await subscribe(subscription, broker, consumer);
  }

  /** Until it works, or the subscription is stopped. */
  async #keepTrying(running: Running): Promise<void> {
    const { clock, random, logger } = this.#options;
    const { pubsub, topic } = running.subscription;
    const { signal } = running.retry;
    let waitMs = backOff.firstMs;
    for (;;) {
      try {
        await clock.sleep(waitMs * (0.5 + random.number()), signal);
      } catch {
        return;
      }
      waitMs = Math.min(waitMs * backOff.factor, backOff.capMs);
      try {
        running.consumer = await this.#subscribe(running.subscription);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn(
          `Retry failed for subscription pubsub ${pubsub}, topic ${topic}: ${errorText(error)}. Will retry.`,
        );
        continue;
      }
      logger.info(
        `Successfully started subscription after retry for pubsub ${pubsub}, topic ${topic}`,
      );
      return;
    }
  }

  async #stop(isMeant: (subscription: Subscription) => boolean): Promise<void> {
    const running = this.#running.filter(({ subscription }) => isMeant(subscription));
    this.#running = this.#running.filter(({ subscription }) => !isMeant(subscription));
    await Promise.all(
      running.map(async (one) => {
        one.retry.abort();
        await one.work;
        await one.consumer?.[Symbol.asyncDispose]();
      }),
    );
  }
}

const notYetRunning = (subscription: Subscription): Running => ({
  subscription,
  consumer: undefined,
  retry: new AbortController(),
  work: Promise.resolve(),
});
