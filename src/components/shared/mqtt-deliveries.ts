/**
 * Messages of an MQTT session on their way to subscribers. The broker sends a message once per connection, so one that
 * failed is kept here, unconfirmed, and handed over again after a pause. So is what comes before anyone asks for it.
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { MqttMessage } from "./mqtt.ts";
import { matchesFilter } from "./mqtt-topic.ts";
import { handleUntilDone } from "./redelivery.ts";

export interface MqttDeliveriesInit {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Confirms also what failed. */
  readonly acksFailures: boolean;
  readonly confirm: (message: MqttMessage) => void;
}

interface Subscriber {
  readonly filter: string;
  readonly handle: (message: MqttMessage) => Promise<void>;
  readonly signal: AbortSignal;
  readonly stop: AbortController;
  readonly underWay: Set<Promise<void>>;
}

/** With more in memory, messages without confirmation pause the connection, and others are left to the broker. */
const maxInMemory = 1_000;

export class MqttDeliveries implements AsyncDisposable {
  readonly #init: MqttDeliveriesInit;
  readonly #subscribers = new Set<Subscriber>();
  /** Nobody asked for them yet. */
  readonly #parked = new Set<MqttMessage>();
  #inMemory = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(init: MqttDeliveriesInit) {
    this.#init = init;
  }

  /** Never throws. @returns what to wait for before the next message without confirmation */
  add(message: MqttMessage): Promise<void> | undefined {
    const { topic, qos } = message.packet;
    const matching = [...this.#subscribers].filter(
      ({ filter, stop }) => !stop.signal.aborted && matchesFilter(filter, topic),
    );
    if (matching.length === 0) {
      if (qos > 0 && this.#parked.size < maxInMemory) this.#park(message);
      return undefined;
    }
    if (this.#inMemory >= maxInMemory && qos > 0) {
      this.#init.logger.warn(`mqtt: too many messages in memory, ${topic} is left to the broker`);
      return undefined;
    }
    void this.#deliverTo(matching, message);
    if (this.#inMemory < maxInMemory) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** @returns its end: waits for the handler; resolves whether nobody else asks for the same */
  subscribe(
    filter: string,
    handle: Subscriber["handle"],
    signal: AbortSignal,
  ): { end(): Promise<boolean> } {
    const stop = new AbortController();
    const subscriber: Subscriber = { filter, handle, signal, stop, underWay: new Set() };
    this.#subscribers.add(subscriber);
    for (const message of [...this.#parked]) {
      if (!matchesFilter(filter, message.packet.topic)) continue;
      this.#parked.delete(message);
      void this.#deliverTo([subscriber], message);
    }
    return {
      end: async () => {
        await this.#end(subscriber);
        return ![...this.#subscribers].some((other) => other.filter === filter);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#parked.clear();
    await Promise.all([...this.#subscribers].map((subscriber) => this.#end(subscriber)));
  }

  async #end(subscriber: Subscriber): Promise<void> {
    subscriber.stop.abort(new Error("context canceled"));
    await Promise.all(subscriber.underWay);
    this.#subscribers.delete(subscriber);
  }

  /** Confirms when all of them are done. Never rejects. */
  async #deliverTo(subscribers: readonly Subscriber[], message: MqttMessage): Promise<void> {
    this.#inMemory++;
    const done = await Promise.all(
      subscribers.map((subscriber) => {
        const work = this.#deliver(subscriber, message);
        const tracked = work.then(() => void subscriber.underWay.delete(tracked));
        subscriber.underWay.add(tracked);
        return work;
      }),
    );
    this.#inMemory--;
    this.#waiting.shift()?.();
    if (done.every(Boolean)) this.#init.confirm(message);
    else if (message.packet.qos > 0) this.#park(message);
  }

  /** @returns false when the subscriber left before */
  async #deliver(subscriber: Subscriber, message: MqttMessage): Promise<boolean> {
    const { clock, logger, acksFailures } = this.#init;
    const { handle, signal, stop } = subscriber;
    const { topic, qos } = message.packet;
    const outcome = await handleUntilDone({
      handle: () => handle(message),
      clock,
      onFailure: (error) => {
        logger.error(`mqtt error processing message of topic ${topic}: ${errorText(error)}`);
        return !acksFailures && qos > 0;
      },
      signal,
      stop: stop.signal,
    });
    return outcome !== "left";
  }

  /** Of an earlier connection: the broker sends it again. */
  #park(message: MqttMessage): void {
    const { connection, packet } = message;
    for (const other of this.#parked) {
      const isSame = other.packet.messageId === packet.messageId;
      if (other.connection < connection || isSame) this.#parked.delete(other);
    }
    this.#parked.add(message);
  }
}
