/** Keeps a producer or consumer with the broker that serves its topic, wherever that moves. */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { PulsarClient } from "./pulsar-client.ts";
import type { PulsarConnection } from "./pulsar-connection.ts";

export interface PulsarAttachmentInit {
  readonly client: PulsarClient;
  /** Full name, with the partition. */
  readonly topic: string;
  /** `producer`, `consumer` */
  readonly what: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Makes it known to the broker. @throws {Error} */
  readonly attach: (connection: PulsarConnection) => Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

export class PulsarAttachment implements AsyncDisposable {
  readonly #init: PulsarAttachmentInit;
  readonly #stop = new AbortController();
  #again: Promise<void> | undefined;

  constructor(init: PulsarAttachmentInit) {
    this.#init = init;
  }

  /** The first attempt. @throws {Error} */
  async open(): Promise<void> {
    const { client, topic, attach } = this.#init;
    await attach(await client.connectionFor(topic));
  }

  /** To be called when the broker has left, or asked to be left. */
  lost(): void {
    if (this.#stop.signal.aborted || this.#init.client.closing.aborted) return;
    this.#again ??= this.#attachAgain().finally(() => {
      this.#again = undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("context canceled"));
    await this.#again;
  }

  async #attachAgain(): Promise<void> {
    const { client, topic, what, clock, random, logger } = this.#init;
    const stop = AbortSignal.any([this.#stop.signal, client.closing]);
    logger.warn(`pulsar: lost the ${what} of ${topic}`);
    for (let pauseMs = firstPauseMs; !stop.aborted; pauseMs *= 2) {
      const jitter = 0.5 + random.number() / 2;
      await clock.sleep(Math.min(pauseMs, longestPauseMs) * jitter, stop).catch(() => {});
      if (stop.aborted) return;
      try {
        await this.open();
        logger.info(`pulsar: the ${what} of ${topic} is there again`);
        return;
      } catch (error) {
        logger.debug(`pulsar: the ${what} of ${topic}: ${errorText(error)}`);
      }
    }
  }
}
