/**
 * The way of events from one internal topic to the final ones: an event goes on once its marker is in the store.
 * @see spec 03 §10.2
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { MissingStateError, publishFailed } from "./errors.ts";
import type { InternalTopic, OutboxOptions, Outlet } from "./outbox.ts";
import { finalEvent, type RelayedEvent, readEvent } from "./relayed-event.ts";

/** Time that a transaction is given before its marker is looked for. */
const restMs = 1_000;
/** Waits between attempts of one step, and all of them together. */
const stepBackOff = { firstMs: 500, factor: 3, capMs: 3_000, spread: 0.1, totalMs: 10_000 };
/** Waits between attempts to subscribe, without end. */
const subscribeBackOff = { firstMs: 500, factor: 1.5, capMs: 60_000, spread: 0.5 };
/** Waits before an event is tried again that no broker would bring again. */
const heldBackOff = { firstMs: 1_000, factor: 2, capMs: 60_000 };
const callLimitMs = 10_000;
const publishLimitMs = 30_000;
/** Events that no broker holds for us, and their bytes; with more, transactions are refused. */
const heldLimit = 10_000;
const heldLimitBytes = 64 * 1024 * 1024;

export class Relay {
  readonly #topic: InternalTopic;
  readonly #options: OutboxOptions;
  readonly #started = Promise.withResolvers<void>();
  /** Ends waiting; what is being called is still waited for. */
  readonly #closing = new AbortController();
  /** Ends waiting for what the broker has brought; replaced with the broker. */
  #detaching = new AbortController();
  readonly #held = new Set<Promise<void>>();
  #heldBytes = 0;
  /** On the monotonic clock; undefined: not yet. */
  #startedAt: number | undefined;
  /** undefined: not started. */
  #subscribing: Promise<void> | undefined;
  #isSubscribing = false;
  #subscription: AsyncDisposable | undefined;
  #lastFailure = "";

  constructor(topic: InternalTopic, options: OutboxOptions) {
    this.#topic = topic;
    this.#options = options;
  }

  /** Hands the events of a transaction to the internal topic. @throws {ApiError} ERR_PUBLISH_OUTBOX */
  async publish(events: readonly Buffer[], signal: AbortSignal | undefined): Promise<void> {
    const { broker, appId, onFull } = this.#options;
    const { pubsub, topic } = this.#topic;
    try {
      if (events.length > 0 && this.#isFull) {
        onFull();
        throw new Error(`${this.#held.size} events wait to be published`);
      }
      for (const event of events) await broker.publish(pubsub, topic, event, signal);
    } catch (cause) {
      throw publishFailed(appId, cause);
    }
  }

  /**
   * The transaction of these events is over. A broker that lives in this process would lose them, and would have the
   * transaction wait for its own end: they are held here instead.
   */
  settled(events: readonly Buffer[]): void {
    if (!this.#options.broker.isVolatile(this.#topic.pubsub)) return;
    for (const event of events) {
      this.#heldBytes += event.length;
      const held = this.#keep(event).finally(() => {
        this.#held.delete(held);
        this.#heldBytes -= event.length;
      });
      this.#held.add(held);
    }
  }

  get #isFull(): boolean {
    return this.#held.size >= heldLimit || this.#heldBytes >= heldLimitBytes;
  }

  /** Subscribes, in the background when that fails at first. */
  async start(): Promise<void> {
    if (this.#subscribing !== undefined) return;
    this.#startedAt ??= this.#options.clock.monotonic();
    this.#started.resolve();
    this.#isSubscribing = true;
    const first = this.#subscribe();
    this.#subscribing = first
      .then((isDone) => (isDone ? undefined : this.#keepSubscribing()))
      .finally(() => {
        this.#isSubscribing = false;
      });
    await first;
  }

  /** The broker is about to go away: what it has brought goes on now, or is left with it. */
  async detach(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    // First, so that what fails from now on is left with the broker.
    const unsubscribed = subscription?.[Symbol.asyncDispose]();
    this.#detaching.abort(new Error("context canceled"));
    await unsubscribed;
  }

  /** The broker is back, or another one of its name. Where subscribing is under way already, that is left alone. */
  async attach(): Promise<void> {
    this.#detaching = new AbortController();
    if (this.#subscribing === undefined || this.#subscription !== undefined) return;
    if (this.#isSubscribing || this.#closing.signal.aborted) return;
    this.#subscribing = undefined;
    await this.start();
  }

  async close(): Promise<void> {
    const { clock } = this.#options;
    // First, so that what fails from now on is left with the broker.
    const unsubscribed = this.#subscription?.[Symbol.asyncDispose]();
    this.#startedAt ??= clock.monotonic();
    this.#closing.abort(new Error("context canceled"));
    this.#started.resolve();
    await Promise.all([unsubscribed, this.#subscribing, ...this.#held]);
    // One that came about meanwhile.
    if (unsubscribed === undefined) await this.#subscription?.[Symbol.asyncDispose]();
  }

  /** @returns whether there is nothing left to do */
  async #subscribe(): Promise<boolean> {
    const { broker, logger } = this.#options;
    const { pubsub, topic } = this.#topic;
    if (broker.isVolatile(pubsub)) return true;
    try {
      this.#subscription = await broker.subscribe(pubsub, topic, (data, signal) =>
        this.handle(data, signal),
      );
      return true;
    } catch (error) {
      const text = `could not subscribe to internal outbox topic: ${errorText(error)}`;
      if (text !== this.#lastFailure) logger.warn(text);
      this.#lastFailure = text;
      return false;
    }
  }

  async #keepSubscribing(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#closing;
    const { firstMs, factor, capMs, spread } = subscribeBackOff;
    for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * factor, capMs)) {
      try {
        await clock.sleep(waitMs * (1 - spread + random.number() * 2 * spread), signal);
      } catch {
        return;
      }
      if (await this.#subscribe()) return;
    }
  }

  /** An event that only this process has: until it is published, or proves to be none. */
  async #keep(data: Buffer): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#closing;
    await this.#started.promise;
    const { firstMs, factor, capMs } = heldBackOff;
    for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * factor, capMs)) {
      try {
        await this.handle(data);
        return;
      } catch (error) {
        if (error instanceof MissingStateError) return;
      }
      try {
        await clock.sleep(waitMs, signal);
      } catch {
        logger.error(
          `an event of outbox topic ${this.#topic.topic} is lost: it was not published before the end, and pubsub ${this.#topic.pubsub} keeps nothing`,
        );
        return;
      }
    }
  }

  /**
   * @param signal ends the handling; undefined: nothing does
   * @throws {Error} the event is to come again
   */
  async handle(data: Uint8Array, signal?: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    const event = readEvent(data);
    if (event === undefined) {
      const { topic, pubsub } = this.#topic;
      logger.error(
        `a message of outbox topic ${topic} in pubsub ${pubsub} is no event, discarding it`,
      );
      return;
    }
    try {
      await this.#rest(event, signal);
      await this.#relay(event, signal);
    } catch (error) {
      const outlets = [...this.#topic.outlets];
      const discards =
        error instanceof MissingStateError && outlets.every((outlet) => outlet.discardsMissing);
      // Who was not given the whole time is not judged.
      if (this.#isEnding) throw error;
      const pubsub = outlets[0]?.publishPubsub ?? this.#topic.pubsub;
      const text = `failed to publish outbox topic to pubsub ${pubsub}: ${errorText(error)}`;
      if (discards) logger.warn(`${text}, discarding message`);
      else logger.error(`${text}, rejecting for later processing`);
      if (!discards) throw error;
    }
  }

  get #isEnding(): boolean {
    return this.#closing.signal.aborted || this.#detaching.signal.aborted;
  }

  /** Events that have been waiting need not wait again. Their time is that of a whole second, and may be any. */
  async #rest({ time }: RelayedEvent, signal: AbortSignal | undefined): Promise<void> {
    const { clock, broker } = this.#options;
    const publishedAt = broker.parseTime(time) ?? clock.now();
    const sincePublished = clock.now() - publishedAt - 1_000;
    const sinceStarted = clock.monotonic() - (this.#startedAt ?? 0);
    const waitMs = Math.min(restMs, restMs - Math.min(sincePublished, sinceStarted));
    if (waitMs > 0) await this.#pause(waitMs, signal).catch(() => signal?.throwIfAborted());
  }

  /** Rejects when it is to end early. */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const signals = [this.#closing.signal, this.#detaching.signal];
    const ended = AbortSignal.any(signal === undefined ? signals : [signal, ...signals]);
    await this.#options.clock.sleep(ms, ended);
  }

  async #relay(event: RelayedEvent, signal: AbortSignal | undefined): Promise<void> {
    const { broker } = this.#options;
    const { marker } = event;
    const outlet = await this.#insist(signal, callLimitMs, (limit) => this.#find(marker, limit));
    const { publishPubsub, publishTopic, component } = outlet;
    const data = finalEvent(event, publishPubsub, publishTopic);
    try {
      await this.#insist(signal, publishLimitMs, (limit) =>
        broker.publish(publishPubsub, publishTopic, data, limit),
      );
    } catch (cause) {
      throw new Error(notPublished(outlet, errorText(cause)), { cause });
    }
    await this.#insist(signal, callLimitMs, async (limit) => {
      const request = { key: marker, etag: undefined, ...noOptions };
      await component.delete(request, component.isCancellable ? limit : undefined);
    });
  }

  /** @throws {MissingStateError} no store has the marker */
  async #find(marker: string, signal: AbortSignal): Promise<Outlet> {
    const { outlets, store } = this.#topic;
    let failure: Error | undefined;
    for (const outlet of outlets) {
      const { component } = outlet;
      try {
        const cancel = component.isCancellable ? signal : undefined;
        const { data } = await component.get({ key: marker, ...noOptions }, cancel);
        if (data !== undefined && data.length > 0) return outlet;
        failure ??= new MissingStateError(notPublished(outlet, "outbox state not found"));
      } catch (cause) {
        failure = new Error(notPublished(outlet, `cannot get outbox state: ${errorText(cause)}`), {
          cause,
        });
      }
    }
    throw failure ?? new Error(`cannot get outbox state: state store ${store} not found`);
  }

  /** Calls until it works. @throws {Error} that of the last attempt, when time is over */
  async #insist<T>(
    signal: AbortSignal | undefined,
    limitMs: number,
    call: (limit: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { clock, random } = this.#options;
    const { firstMs, factor, capMs, spread, totalMs } = stepBackOff;
    const end = clock.monotonic() + totalMs;
    for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * factor, capMs)) {
      try {
        using limit = clock.deadline(limitMs, signal);
        return await call(limit);
      } catch (error) {
        const leftMs = end - clock.monotonic();
        if (leftMs <= 0) throw error;
        const spreadMs = waitMs * (1 - spread + random.number() * 2 * spread);
        try {
          await this.#pause(Math.min(leftMs, spreadMs), signal);
        } catch {
          throw error;
        }
      }
    }
  }
}

const noOptions = { concurrency: "", consistency: "", metadata: new Map<string, string>() };

const notPublished = ({ publishTopic, publishPubsub }: Outlet, reason: string): string =>
  `cannot publish outbox message to topic ${publishTopic} with pubsub ${publishPubsub}: ${reason}`;
