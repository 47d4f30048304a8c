/**
 * One consumer of a RabbitMQ queue with a channel of its own, set up again whenever that is lost. What was not confirmed
 * goes back to the queue with the channel.
 * @see spec 03 §7.1
 */
import type { Channel, ConsumeMessage } from "amqplib";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { Permits } from "./permits.ts";
import type { RabbitConnection } from "./rabbit.ts";
import { handleUntilDone } from "./redelivery.ts";

export interface RabbitConsumerInit {
  readonly connection: RabbitConnection;
  readonly queueName: string;
  /** Makes the queue, and whatever else the consumer needs, on each new channel. */
  readonly declare: (channel: Channel) => Promise<void>;
  /** Unconfirmed messages that the broker sends. */
  readonly prefetch: number;
  /** Confirmed by being sent. */
  readonly autoAck: boolean;
  /** One message after the other. */
  readonly isSerial: boolean;
  /** What becomes of a message that failed: another attempt, the dead letters or nowhere, the queue. */
  readonly onFailure: "retry" | "reject" | "requeue";
  readonly reconnectWaitMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly handle: (message: ConsumeMessage, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** After that another consumer may try; RabbitMQ itself takes a message back after 30 minutes. */
const longestHoldMs = 300_000;
const closeLimitMs = 2_000;

export class RabbitConsumer implements AsyncDisposable {
  readonly #init: RabbitConsumerInit;
  readonly #stop = new AbortController();
  readonly #permits: Permits;
  readonly #underWay = new Set<Promise<void>>();
  #channel: Channel | undefined;
  #tag = "";
  #loop: Promise<void> = Promise.resolve();

  private constructor(init: RabbitConsumerInit) {
    this.#init = init;
    this.#permits = new Permits(init.isSerial ? 1 : init.prefetch);
  }

  /** @throws {Error} */
  static async start(init: RabbitConsumerInit): Promise<RabbitConsumer> {
    const consumer = new RabbitConsumer(init);
    const { lost } = await consumer.#consume();
    consumer.#loop = consumer.#keepConsuming(lost);
    return consumer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const channel = this.#channel;
    if (!this.#stop.signal.aborted) {
      this.#stop.abort(new Error("context canceled"));
      if (channel !== undefined) await this.#within(channel.cancel(this.#tag));
    }
    await Promise.all(this.#underWay);
    if (channel !== undefined) await this.#close(channel);
    await this.#loop;
  }

  /** @returns what resolves when the channel is lost */
  async #consume(): Promise<{ readonly lost: Promise<void> }> {
    const { connection, queueName, declare, prefetch, autoAck, random } = this.#init;
    const model = await connection.model();
    const channel = await model.createChannel();
    const lost = new Promise<void>((resolve) => channel.once("close", resolve));
    channel.on("error", (error: Error) => {
      this.#init.logger.error(`rabbitmq: channel of queue ${queueName}: ${errorText(error)}`);
    });
    try {
      await declare(channel);
      await channel.prefetch(prefetch);
      this.#tag = lastBytes(`${queueName}-${random.uuid()}`);
      this.#channel = channel;
      await channel.consume(queueName, (message) => this.#receive(channel, message), {
        consumerTag: this.#tag,
        noAck: autoAck,
      });
    } catch (error) {
      await this.#close(channel);
      throw error;
    }
    return { lost };
  }

  async #keepConsuming(first: Promise<void>): Promise<void> {
    const { queueName, logger, clock, reconnectWaitMs } = this.#init;
    const { signal } = this.#stop;
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    let lost: Promise<void> | undefined = first;
    while (!signal.aborted) {
      if (lost !== undefined) await Promise.race([lost, stopped]);
      lost = undefined;
      if (signal.aborted) return;
      try {
        ({ lost } = await this.#consume());
        logger.info(`rabbitmq: consuming queue ${queueName} again`);
      } catch (error) {
        logger.warn(`rabbitmq: cannot consume queue ${queueName}: ${errorText(error)}`);
        await clock.sleep(reconnectWaitMs, signal).catch(() => {});
      }
    }
    // Set up while the end came.
    if (lost !== undefined && this.#channel !== undefined) await this.#close(this.#channel);
  }

  #receive(channel: Channel, message: ConsumeMessage | null): void {
    if (message === null) {
      // The queue was deleted.
      void this.#close(channel);
      return;
    }
    if (this.#stop.signal.aborted) return;
    const work = this.#deliver(channel, message).then(() => void this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Never rejects. */
  async #deliver(channel: Channel, message: ConsumeMessage): Promise<void> {
    const { clock, logger, queueName, autoAck, onFailure, handle, signal } = this.#init;
    const stop = this.#stop.signal;
    try {
      await this.#permits.acquire(stop);
    } catch {
      return;
    }
    const startedAt = clock.monotonic();
    const outcome = await handleUntilDone({
      handle: () => handle(message, signal),
      clock,
      onFailure: (error) => {
        logger.error(`rabbitmq: error handling message of queue ${queueName}: ${errorText(error)}`);
        const heldMs = clock.monotonic() - startedAt;
        return onFailure === "retry" && !autoAck && heldMs < longestHoldMs;
      },
      signal,
      stop,
    });
    this.#permits.release();
    if (autoAck || outcome === "left") return;
    try {
      if (outcome === "handled") channel.ack(message);
      else channel.nack(message, false, onFailure !== "reject" && outcome !== "unreadable");
    } catch (error) {
      // The channel is gone: the broker delivers the message again.
      logger.warn(`rabbitmq: error acknowledging a message: ${errorText(error)}`);
    }
  }

  async #close(channel: Channel): Promise<void> {
    if (this.#channel === channel) this.#channel = undefined;
    await this.#within(channel.close());
  }

  /** Gives up waiting for a broker that does not answer. */
  async #within(work: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _limit = this.#init.clock.timer(closeLimitMs, resolve);
    await Promise.race([work.catch(() => {}), promise]);
  }
}

/** Tags have at most 255 bytes. */
function lastBytes(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= 255 ? text : bytes.subarray(-255).toString("utf8");
}
