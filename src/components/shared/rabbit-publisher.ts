/**
 * Publishes with the broker's confirmation, over one channel that is opened again when it is lost.
 * @see spec 03 §7.1
 */
import type { Channel, ConfirmChannel, Options } from "amqplib";
import type { Clock } from "../../kit/time/clock.ts";
import type { RabbitConnection } from "./rabbit.ts";

export interface RabbitPublisherInit {
  readonly connection: RabbitConnection;
  /** Makes an exchange, or what stands for it, before the first message to it on a channel. */
  readonly declare: (channel: Channel, exchange: string) => Promise<void>;
  readonly reconnectWaitMs: number;
  readonly clock: Clock;
}

interface OpenChannel {
  readonly channel: ConfirmChannel;
  /** By exchange: declared, or being declared. */
  readonly exchanges: Map<string, Promise<void>>;
}

const attempts = 3;
const longestPauseMs = 2_000;
const timeoutMs = 20_000;
/** Messages that may wait for the broker's confirmation; further publishes fail. */
const maxUnderWay = 10_000;
/** Exchanges that are remembered. */
const maxExchanges = 10_000;

export class RabbitPublisher {
  readonly #init: RabbitPublisherInit;
  #open: Promise<OpenChannel> | undefined;
  #underWay = 0;

  constructor(init: RabbitPublisherInit) {
    this.#init = init;
  }

  /** Resolves when the broker has the message. @throws {Error} after some attempts, or when it is refused */
  async publish(
    exchange: string,
    routingKey: string,
    data: Buffer,
    options: Options.Publish,
    signal?: AbortSignal,
  ): Promise<void> {
    checkName("exchange", exchange);
    checkName("routing key", routingKey);
    if (this.#underWay >= maxUnderWay) throw new Error("too many messages wait for the broker");
    const { clock, reconnectWaitMs } = this.#init;
    this.#underWay++;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          await this.#attempt(exchange, routingKey, data, options);
          return;
        } catch (error) {
          // What is refused closes the channel for everybody: it is not asked for again.
          if (attempt >= attempts || isRefused(error)) throw error;
        }
        // An exchange that was deleted is the usual cause: no wait for the second attempt.
        if (attempt > 1) await clock.sleep(Math.min(reconnectWaitMs, longestPauseMs), signal);
        signal?.throwIfAborted();
      }
    } finally {
      this.#underWay--;
    }
  }

  async #attempt(
    exchange: string,
    routingKey: string,
    data: Buffer,
    options: Options.Publish,
  ): Promise<void> {
    const open = this.#channel();
    const { channel, exchanges } = await open;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using _limit = this.#init.clock.timer(timeoutMs, () =>
      reject(new Error("rabbitmq: publish timed out")),
    );
    let declared = exchanges.get(exchange);
    if (declared === undefined) {
      if (exchanges.size >= maxExchanges) exchanges.clear();
      declared = this.#init.declare(channel, exchange);
      // Who waits for it hears of it, if somebody still does.
      declared.catch(() => {});
      exchanges.set(exchange, declared);
    }
    try {
      await Promise.race([declared, promise]);
    } catch (error) {
      // Whatever waits behind it on this channel may wait for ever.
      this.#forget(open);
      channel.close().catch(() => {});
      throw error;
    }
    channel.publish(exchange, routingKey, data, options, (error: Error | null) =>
      error === null ? resolve() : reject(error),
    );
    await promise;
  }

  #channel(): Promise<OpenChannel> {
    if (this.#open !== undefined) return this.#open;
    const open = this.#openChannel();
    this.#open = open;
    open.catch(() => this.#forget(open));
    return open;
  }

  async #openChannel(): Promise<OpenChannel> {
    const model = await this.#init.connection.model();
    const channel = await model.createConfirmChannel();
    const open = this.#open;
    channel.on("close", () => this.#forget(open));
    // Told to whoever waits for a confirmation.
    channel.on("error", () => this.#forget(open));
    return { channel, exchanges: new Map() };
  }

  #forget(open: Promise<OpenChannel> | undefined): void {
    if (this.#open === open) this.#open = undefined;
  }
}

/** Names are short strings of the protocol. @throws {Error} */
function checkName(what: string, name: string): void {
  if (Buffer.byteLength(name) > maxNameBytes) {
    throw new Error(`the name of the ${what} is longer than ${maxNameBytes} bytes`);
  }
}

const maxNameBytes = 255;

/** Not allowed, or there with other settings. */
const isRefused = (error: unknown): boolean => {
  const { code } = error as { readonly code?: unknown };
  return code === 403 || code === 406;
};
