/**
 * A push consumer of JetStream with what it was sent. The server sends as many messages as may be unconfirmed; those
 * that wait here, or are with the app, are reported as being worked on, so that the server does not send them again.
 *
 * @see spec 03 §7.4
 */
import type { ConsumerConfig, ConsumerInfo } from "@nats-io/jetstream";
import { createInbox, type Msg, type Subscription } from "@nats-io/transport-node";
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { LiveList } from "../../kit/lifecycle/live-list.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { FailurePause } from "./failure-pause.ts";
import type { NatsClient } from "./nats.ts";
import { type Delivery, nakText, pauseMs, readDelivery } from "./nats-delivery.ts";
import type { JetStreamSettings } from "./nats-settings.ts";
import { Permits } from "./permits.ts";

export interface NatsConsumerInit {
  readonly client: NatsClient;
  readonly settings: JetStreamSettings;
  readonly stream: string;
  /** Also a pattern. */
  readonly subject: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handle: (message: Msg) => Promise<void>;
  /** Ends handling: what is under way is neither confirmed nor refused. */
  readonly signal: AbortSignal;
}

/** Messages with the app at the same time, where nothing else limits them. */
const maxParallel = 1_000;
/** Bytes that may wait here; further messages are sent back. */
const maxHeldBytes = 64 * 1024 * 1024;
const surplusPauseMs = 1_000;
const checkIntervalMs = 30_000;
const firstCheckPauseMs = 500;
const nanosecondsPerMs = 1e6;
const serverAckWaitMs = 30_000;

export class NatsConsumer implements AsyncDisposable {
  readonly #init: NatsConsumerInit;
  readonly #stop = new AbortController();
  readonly #permits: Permits;
  readonly #pause: FailurePause;
  readonly #live = new LiveList<Delivery>();
  readonly #underWay = new Set<Promise<void>>();
  /** Stream sequences that failed and come again. */
  readonly #refused = new Set<number>();
  #highest = 0;
  #heldBytes = 0;
  #info: ConsumerInfo | undefined;
  #subscription: Subscription | undefined;
  #checking: Promise<void> | undefined;
  #timers: Disposable[] = [];

  private constructor(init: NatsConsumerInit) {
    this.#init = init;
    this.#permits = new Permits(init.settings.isSerial ? 1 : maxParallel);
    this.#pause = new FailurePause(init.clock);
  }

  /** @throws {Error} */
  static async start(init: NatsConsumerInit): Promise<NatsConsumer> {
    const consumer = new NatsConsumer(init);
    const { client, clock } = init;
    await consumer.#bind();
    consumer.#timers = [
      client.onReconnect(() => consumer.#check()),
      clock.interval(checkIntervalMs, () => consumer.#check()),
      clock.interval(consumer.#workingIntervalMs(), () => consumer.#reportWork()),
    ];
    return consumer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stop.signal.aborted) {
      this.#stop.abort(new Error("context canceled"));
      this.#timers.shift()?.[Symbol.dispose]();
      this.#timers.shift()?.[Symbol.dispose]();
      this.#subscription?.unsubscribe();
    }
    await this.#checking;
    this.#subscription?.unsubscribe();
    await Promise.all(this.#underWay);
    for (const timer of this.#timers.splice(0)) timer[Symbol.dispose]();
    const { client, settings, stream } = this.#init;
    await client.flush();
    const name = this.#info?.name;
    this.#info = undefined;
    if (settings.consumer.durable_name !== undefined || name === undefined) return;
    // The server would find out after some seconds that nobody listens.
    await client
      .untilUp()
      .then(() => client.manager.consumers.delete(stream, name))
      .catch(() => {});
  }

  get #durable(): string | undefined {
    return this.#init.settings.consumer.durable_name;
  }

  /** Finds the consumer or makes it, and listens. @throws {Error} */
  async #bind(): Promise<void> {
    const existing = this.#durable === undefined ? undefined : await this.#find(this.#durable);
    if (existing !== undefined) {
      this.#join(existing);
      return;
    }
    const inbox = createInbox();
    this.#listen(inbox);
    try {
      const config = this.#config(inbox);
      this.#info = await this.#init.client.manager.consumers.add(this.#init.stream, config);
    } catch (error) {
      this.#subscription?.unsubscribe();
      // Somebody else may have made it at the same time.
      const other = this.#durable === undefined ? undefined : await this.#find(this.#durable);
      if (other === undefined) throw error;
      this.#join(other);
    }
  }

  /** @throws {Error} it is not what the settings say, or somebody else listens */
  #join(info: ConsumerInfo): void {
    const { config, name, stream_name: stream } = info;
    const wanted = this.#config("");
    if (!config.deliver_subject || !isSame(wanted, config)) {
      throw new Error(
        `nats: consumer name already in use: creating consumer "${name}" on stream "${stream}"`,
      );
    }
    if (!config.deliver_group && info.push_bound) {
      throw new Error("nats: consumer is already bound to a subscription");
    }
    this.#info = info;
    this.#listen(config.deliver_subject);
  }

  #listen(subject: string): void {
    const queue = this.#init.settings.consumer.deliver_group;
    this.#subscription?.unsubscribe();
    this.#subscription = this.#init.client.connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error === null) this.#receive(message);
        else this.#init.logger.error(`nats: ${errorText(error)}`);
      },
    });
  }

  #config(inbox: string): Partial<ConsumerConfig> {
    const { settings, subject } = this.#init;
    const config = {
      ...settings.consumer,
      replay_policy: "instant",
      filter_subject: subject,
      ...(inbox === "" ? {} : { deliver_subject: inbox }),
    } as Partial<ConsumerConfig>;
    if (this.#durable !== undefined || this.#highest === 0) return config;
    // It was there before: it goes on where that one was.
    const { opt_start_time: _, ...rest } = config;
    return { ...rest, deliver_policy: "by_start_sequence", opt_start_seq: this.#floor() };
  }

  /** First sequence of the stream that is not done with. */
  #floor(): number {
    let floor = this.#highest + 1;
    for (const { sequence } of this.#live.all()) floor = Math.min(floor, sequence);
    for (const sequence of this.#refused) floor = Math.min(floor, sequence);
    return floor;
  }

  /** @throws {Error} unless there is none */
  async #find(name: string): Promise<ConsumerInfo | undefined> {
    const { client, stream } = this.#init;
    try {
      return await client.manager.consumers.info(stream, name);
    } catch (error) {
      if ((error as { readonly code?: number }).code === consumerNotFound) return undefined;
      throw error;
    }
  }

  /** Whether the server still has the consumer; one that is gone is made again. */
  #check(): void {
    if (this.#stop.signal.aborted) return;
    this.#checking ??= this.#checkOnce().finally(() => {
      this.#checking = undefined;
    });
  }

  async #checkOnce(): Promise<void> {
    const { logger, subject, clock } = this.#init;
    const { signal } = this.#stop;
    for (let ms = firstCheckPauseMs; !signal.aborted; ms = Math.min(ms * 2, checkIntervalMs)) {
      try {
        const info = await this.#find(this.#info?.name ?? "");
        if (signal.aborted) return;
        if (info === undefined) {
          await this.#bind();
          logger.warn(`nats: the consumer of ${subject} was gone and was made again`);
        } else if (info.config.deliver_subject !== this.#subscription?.getSubject()) {
          this.#join(info);
        }
        return;
      } catch (error) {
        logger.warn(`nats: error looking at the consumer of ${subject}: ${errorText(error)}`);
      }
      await clock.sleep(ms, signal).catch(() => {});
    }
  }

  /** A third of the time after which the server sends a message again. */
  #workingIntervalMs(): number {
    const { ack_wait, backoff } = this.#info?.config ?? {};
    const shortest = Math.min(...(backoff ?? []), ack_wait || serverAckWaitMs * nanosecondsPerMs);
    return Math.max(shortest / nanosecondsPerMs / 3, 20);
  }

  #reportWork(): void {
    if (this.#init.settings.consumer.ack_policy === "none") return;
    for (const { message } of this.#live.all()) this.#answer(message, "+WPI");
  }

  #receive(message: Msg): void {
    if (message.headers?.code === 100) {
      this.#answerProtocol(message);
      return;
    }
    if (this.#stop.signal.aborted) return;
    const delivery = readDelivery(message);
    if (delivery === undefined) {
      this.#init.logger.error(`nats: not a JetStream message on ${message.subject}`);
      return;
    }
    const { length } = message.data;
    if (this.#heldBytes + length > maxHeldBytes && this.#heldBytes > 0) {
      const { subject } = message;
      this.#init.logger.warn(`nats: too many bytes in memory, ${subject} is left to the server`);
      this.#refuse(delivery, surplusPauseMs);
      return;
    }
    this.#highest = Math.max(this.#highest, delivery.sequence);
    this.#heldBytes += length;
    this.#live.add(delivery);
    const work = this.#deliver(delivery).finally(() => {
      this.#heldBytes -= length;
      this.#live.delete(delivery);
      this.#underWay.delete(work);
    });
    this.#underWay.add(work);
  }

  /** Flow control and heartbeats. The server waits for the answer to the former. */
  #answerProtocol(message: Msg): void {
    const stalled = message.headers?.get("Nats-Consumer-Stalled") ?? "";
    if (stalled !== "") this.#init.client.connection.publish(stalled);
    if (!message.reply) return;
    // Behind what is held now: what is not yet handled keeps the server back.
    void Promise.all(this.#underWay).then(() => this.#answer(message, ""));
  }

  /** Never rejects. */
  async #deliver(delivery: Delivery): Promise<void> {
    const { handle, signal, logger, settings } = this.#init;
    const stop = this.#stop.signal;
    try {
      await this.#permits.acquire(stop);
    } catch {
      // Somebody else may have it at once.
      this.#refuse(delivery, 0);
      return;
    }
    const { message, sequence } = delivery;
    try {
      if (!settings.acksFailures) await this.#pause.over(stop);
      if (stop.aborted) throw stop.reason;
    } catch {
      this.#refuse(delivery, 0);
      this.#permits.release();
      return;
    }
    try {
      await handle(message);
      this.#pause.succeeded();
      this.#confirm(delivery);
    } catch (error) {
      if (signal.aborted) return;
      const place = `${message.subject}/${sequence}`;
      logger.error(`Error processing JetStream message ${place}: ${errorText(error)}`);
      if (error instanceof UnreadableError) {
        this.#confirm(delivery, "+TERM");
        return;
      }
      this.#pause.failed();
      if (settings.acksFailures) this.#confirm(delivery);
      else this.#refuse(delivery, pauseMs(settings.consumer, delivery.attempt));
    } finally {
      this.#permits.release();
    }
  }

  /** @param text `+TERM`: nobody is to have it again */
  #confirm({ message, sequence }: Delivery, text: "+ACK" | "+TERM" = "+ACK"): void {
    this.#refused.delete(sequence);
    if (this.#init.settings.consumer.ack_policy !== "none") this.#answer(message, text);
  }

  #refuse({ message, sequence, attempt }: Delivery, ms: number): void {
    const { ack_policy, max_deliver = -1 } = this.#init.settings.consumer;
    if (ack_policy === "none") return;
    if (max_deliver > 0 && attempt >= max_deliver) this.#refused.delete(sequence);
    else this.#refused.add(sequence);
    this.#answer(message, nakText(ms));
  }

  #answer(message: Msg, text: string): void {
    try {
      message.respond(text);
    } catch (error) {
      // The connection is closed: the server sends the message again.
      this.#init.logger.debug(`nats: error answering ${message.subject}: ${errorText(error)}`);
    }
  }
}

/** Code of JetStream's API. */
const consumerNotFound = 10014;

/** Whether an existing consumer has all that is wanted; what is not said may be anything. */
function isSame(wanted: Partial<ConsumerConfig>, existing: ConsumerConfig): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const other = existing[name as keyof ConsumerConfig];
    // The first pause of a list replaces it.
    if (name === "ack_wait" && wanted.backoff !== undefined) return true;
    if (name === "opt_start_time") {
      return new Date(String(other)).getTime() === new Date(String(value)).getTime();
    }
    return JSON.stringify(other) === JSON.stringify(value);
  });
}
