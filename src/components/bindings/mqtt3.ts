/**
 * bindings.mqtt3: one topic of an MQTT broker, to write to and to read from.
 * @see spec 03 §9
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { readTls, tlsProperties } from "../shared/broker-properties.ts";
import { type MqttMessage, MqttSession, type MqttSettings } from "../shared/mqtt.ts";
import { MqttDeliveries } from "../shared/mqtt-deliveries.ts";
import { mqttUrlProperty, parseMqttUrl } from "../shared/mqtt-url.ts";
import { Properties } from "../shared/properties.ts";
import type { Binding, BindingHandler, BindingRequest } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  mqttUrlProperty,
  {
    name: "topic",
    kind: "string",
    required: true,
    description: "What is read, which may be a pattern, and written to.",
  },
  {
    name: "consumerID",
    kind: "string",
    required: true,
    description:
      "Clients are named `<consumerID>-consumer` and `<consumerID>-producer`. To be used once.",
  },
  { name: "retain", kind: "bool", default: "false", description: "Whether the broker keeps it." },
  {
    name: "cleanSession",
    kind: "bool",
    default: "false",
    description: "Whether the broker forgets subscriptions and messages on disconnect.",
  },
  {
    name: "backOffMaxRetries",
    kind: "int",
    default: "0",
    description:
      "Further attempts with a message, 5 seconds apart, that the app did not take; negative: for ever. Afterwards it stays unconfirmed, and is delivered again after growing pauses and after the next connection.",
  },
  ...tlsProperties,
];

export const component = {
  type: "bindings.mqtt3",
  aliases: ["bindings.mqtt"],
  versions: ["v1"],
  summary: "Writes to a topic of an MQTT broker, and calls the app with what arrives there.",
  provenAgainst: "Mosquitto 2.0",
  properties,
  async create({ properties: given, platform, logger }) {
    const values = new Properties(given, properties);
    const url = parseMqttUrl(values.text("url"));
    for (const name of ["topic", "consumerID"]) {
      if (values.text(name) === "") throw new Error(`missing ${name}`);
    }
    return new MqttBinding({
      settings: {
        url,
        clientId: values.text("consumerID"),
        qos: 1,
        cleanSession: values.bool("cleanSession"),
        protocolVersion: 4,
        ...readTls(values),
      },
      topic: values.text("topic"),
      retain: values.bool("retain"),
      retries: values.integer("backOffMaxRetries"),
      clock: platform.clock,
      logger,
    });
  },
} satisfies ComponentDefinition<Binding>;

const retryPauseMs = 5_000;
const publishTries = 4;
const publishPauseMs = 200;

interface MqttBindingInit {
  readonly settings: MqttSettings;
  readonly topic: string;
  readonly retain: boolean;
  /** Negative: for ever. */
  readonly retries: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

class MqttBinding implements Binding {
  readonly operations = ["create"];
  readonly #init: MqttBindingInit;
  readonly #closing = new AbortController();
  /** Opened by the first message that is written. */
  #producer: Promise<MqttSession> | undefined;
  /** The end of the reading before: its client has the same name. */
  #reading: Promise<void> = Promise.resolve();

  constructor(init: MqttBindingInit) {
    this.#init = init;
  }

  async invoke({ data, metadata }: BindingRequest, signal?: AbortSignal): Promise<undefined> {
    const { retain, clock } = this.#init;
    const own = metadata.get("retain");
    const topic = metadata.get("topic") || this.#init.topic;
    // A broker would end the connection.
    if (/[+#\0]/.test(topic)) throw new Error(`mqtt error from publish: invalid topic ${topic}`);
    for (let attempt = 1; ; attempt++) {
      try {
        const session = await this.#openProducer();
        await session.publish(topic, Buffer.from(data), {
          qos: 1,
          retain: own === undefined ? retain : isTruthy(own),
        });
        return undefined;
      } catch (cause) {
        signal?.throwIfAborted();
        if (attempt === publishTries || this.#closing.signal.aborted) {
          throw new Error(`mqtt error from publish: ${errorText(cause)}`, { cause });
        }
      }
      await clock.sleep(publishPauseMs, signal);
    }
  }

  async read(handler: BindingHandler, signal: AbortSignal): Promise<void> {
    await this.#reading;
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    const { topic, clock, logger } = this.#init;
    let session: MqttSession | undefined;
    const deliveries = new MqttDeliveries({
      clock,
      logger,
      acksFailures: false,
      // Nothing is confirmed before there is a subscription, and that needs the session.
      confirm: (message) => session?.confirm(message),
    });
    session = await this.#open("consumer", (message) => deliveries.add(message), stop);
    const opened = session;
    deliveries.subscribe(
      topic,
      (message) => this.#handle(message, handler, stop),
      this.#closing.signal,
    );
    const end = async (): Promise<void> => {
      await deliveries[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    };
    try {
      await opened.subscribe(topic);
    } catch (error) {
      await end();
      throw error;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#reading = promise;
    const onAbort = (): void => void end().then(resolve);
    if (stop.aborted) onAbort();
    else stop.addEventListener("abort", onAbort, { once: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("context canceled"));
    await this.#reading;
    const session = await this.#producer?.catch(() => undefined);
    await session?.[Symbol.asyncDispose]();
  }

  /** Resolves when the app took it. */
  async #handle(
    { packet }: MqttMessage,
    handler: BindingHandler,
    stop: AbortSignal,
  ): Promise<void> {
    const { retries, clock } = this.#init;
    const { topic, payload } = packet;
    const event = {
      data: typeof payload === "string" ? Buffer.from(payload) : payload,
      metadata: new Map([["topic", topic]]),
    };
    for (let attempt = 0; ; attempt++) {
      try {
        await handler(event);
        return;
      } catch (error) {
        if (stop.aborted || (retries >= 0 && attempt >= retries)) throw error;
      }
      await clock.sleep(retryPauseMs, stop);
    }
  }

  #openProducer(): Promise<MqttSession> {
    if (this.#closing.signal.aborted) return Promise.reject(new Error("mqtt: client is closed"));
    if (this.#producer !== undefined) return this.#producer;
    const opening = this.#open("producer", () => undefined, this.#closing.signal);
    this.#producer = opening;
    opening.catch(() => {
      if (this.#producer === opening) this.#producer = undefined;
    });
    return opening;
  }

  /** @throws {Error} */
  #open(
    role: "consumer" | "producer",
    onMessage: (message: MqttMessage) => Promise<void> | undefined,
    signal: AbortSignal,
  ): Promise<MqttSession> {
    const { clock, logger, settings: own } = this.#init;
    const settings = { ...own, clientId: `${own.clientId}-${role}` };
    return MqttSession.open({ settings, clock, logger, onMessage }, signal);
  }
}
