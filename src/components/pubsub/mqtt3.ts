/**
 * pubsub.mqtt3: topics of an MQTT broker.
 * @see spec 03 §7.3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import {
  ackOnFailureProperty,
  consumerIdProperty,
  readTls,
  tlsProperties,
} from "../shared/broker-properties.ts";
import { type MqttMessage, MqttSession, type MqttSettings } from "../shared/mqtt.ts";
import { MqttDeliveries } from "../shared/mqtt-deliveries.ts";
import { mqttUrlProperty, parseMqttUrl } from "../shared/mqtt-url.ts";
import { Properties, parseInteger } from "../shared/properties.ts";
import type {
  BrokerSubscription,
  MessageHandler,
  PublishRequest,
  PubSub,
  PubSubFeature,
  ReceivedMessage,
  SubscribeRequest,
} from "./contract.ts";

const properties: readonly PropertySchema[] = [
  mqttUrlProperty,
  { ...consumerIdProperty, description: "Client id; else the app id. To be used once." },
  { name: "qos", kind: "int", default: "1", description: "0, 1 or 2." },
  { name: "retain", kind: "bool", default: "false", description: "Whether the broker keeps it." },
  {
    name: "cleanSession",
    kind: "bool",
    default: "false",
    description: "Whether the broker forgets subscriptions and messages on disconnect.",
  },
  ...tlsProperties,
  {
    name: "protocolVersion",
    kind: "int",
    default: "4",
    description: "4 is MQTT 3.1.1, 5 is MQTT 5; an addition of this runtime.",
  },
  {
    ...ackOnFailureProperty,
    description:
      "Whether a message that the app could not be given, or answered with RETRY, counts as done with; otherwise it is delivered again after a pause, and by the broker after the next connection.",
  },
];

export const component = {
  type: "pubsub.mqtt3",
  aliases: ["pubsub.mqtt"],
  versions: ["v1"],
  summary: "Publishes to an MQTT broker and subscribes there.",
  provenAgainst: "Mosquitto 2.0, with MQTT 3.1.1 and 5",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const values = new Properties(given, properties);
    const settings = readSettings(values);
    const options = { retain: values.bool("retain"), acksFailures: values.bool("ackOnFailure") };
    return await MqttBroker.open({ settings, ...options, platform, logger }, signal);
  },
} satisfies ComponentDefinition<PubSub>;

/** @throws {Error} */
function readSettings(values: Properties): MqttSettings {
  const url = parseMqttUrl(values.text("url"));
  const clientId = values.text("consumerID");
  if (clientId === "") throw new Error("missing consumerID");
  return {
    url,
    clientId,
    qos: oneOf(values, "qos", [0, 1, 2]),
    cleanSession: values.bool("cleanSession"),
    protocolVersion: oneOf(values, "protocolVersion", [4, 5]),
    ...readTls(values),
  };
}

function oneOf<T extends number>(values: Properties, name: string, allowed: readonly T[]): T {
  const value = parseInteger(name, values.text(name));
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`invalid ${name}: ${value}`);
  return found;
}

interface MqttBrokerInit {
  readonly settings: MqttSettings;
  readonly retain: boolean;
  readonly acksFailures: boolean;
  readonly platform: Platform;
  readonly logger: Logger;
}

class MqttBroker implements PubSub {
  readonly features: readonly PubSubFeature[] = ["SUBSCRIBE_WILDCARDS"];
  readonly #init: MqttBrokerInit;
  readonly #session: MqttSession;
  readonly #deliveries: MqttDeliveries;

  private constructor(init: MqttBrokerInit, session: MqttSession, deliveries: MqttDeliveries) {
    this.#init = init;
    this.#session = session;
    this.#deliveries = deliveries;
  }

  static async open(init: MqttBrokerInit, signal: AbortSignal): Promise<MqttBroker> {
    const { settings, acksFailures, platform, logger } = init;
    const { clock } = platform;
    let session: MqttSession | undefined;
    const deliveries = new MqttDeliveries({
      clock,
      logger,
      acksFailures,
      // Nothing is confirmed before there is a subscription, and that needs the session.
      confirm: (message) => session?.confirm(message),
    });
    session = await MqttSession.open(
      { settings, clock, logger, onMessage: (message) => deliveries.add(message) },
      signal,
    );
    return new MqttBroker(init, session, deliveries);
  }

  async publish({ topic, data, metadata }: PublishRequest): Promise<void> {
    const { settings, retain } = this.#init;
    const own = metadata?.get("retain");
    try {
      await this.#session.publish(topic, Buffer.from(data), {
        qos: settings.qos,
        retain: own === undefined ? retain : isTruthy(own),
      });
    } catch (cause) {
      throw new Error(`mqtt error from publish: ${errorText(cause)}`, { cause });
    }
  }

  async subscribe(
    { topic, metadata }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    if (topic === "") throw new Error("topic name is empty");
    const handle = (message: MqttMessage): Promise<void> => handler(asReceived(message), signal);
    const subscriber = this.#deliveries.subscribe(topic, handle, signal);
    try {
      await this.#session.subscribe(topic);
    } catch (error) {
      await subscriber.end();
      throw error;
    }
    const leaves = this.#init.settings.cleanSession || isTruthy(metadata.get("unsubscribeOnClose"));
    return {
      [Symbol.asyncDispose]: async () => {
        const isLast = await subscriber.end();
        if (!leaves || !isLast) return;
        await this.#session.unsubscribe(topic).catch((error: unknown) => {
          this.#init.logger.warn(`mqtt error from unsubscribe: ${errorText(error)}`);
        });
      },
    };
  }

  ping(): Promise<void> {
    return this.#session.ping();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#deliveries[Symbol.asyncDispose]();
    await this.#session[Symbol.asyncDispose]();
  }
}

const asReceived = ({ packet }: MqttMessage): ReceivedMessage => ({
  topic: packet.topic,
  data: typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload,
  contentType: undefined,
  metadata: new Map([["retained", String(packet.retain)]]),
});
