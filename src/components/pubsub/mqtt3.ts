/**
 * pubsub.mqtt3: topics of an MQTT broker.
 * @see spec 03 §7.3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import {
  ackOnFailureProperty,
  consumerIdProperty,
  readTls,
  tlsProperties,
} from "../shared/broker-properties.ts";
import type { MqttMessage, MqttSettings } from "../shared/mqtt.ts";
import { MqttTopicSessions } from "../shared/mqtt-topic-sessions.ts";
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
    name: "sessionPerTopic",
    kind: "bool",
    default: "true",
    description:
      "Whether each topic has a connection of its own, with the client id `<consumerID>-<hash of the topic>`, so that messages which the app does not take hold up their own topic only; an addition of this runtime. false: all topics share one, as in the original; for brokers that give clients their ids.",
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
    const sessions = await MqttTopicSessions.open(
      {
        settings,
        isSplit: values.bool("sessionPerTopic"),
        acksFailures: values.bool("ackOnFailure"),
        clock: platform.clock,
        logger,
      },
      signal,
    );
    return new MqttBroker(settings, values.bool("retain"), sessions);
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

class MqttBroker implements PubSub {
  readonly features: readonly PubSubFeature[] = ["SUBSCRIBE_WILDCARDS"];
  readonly #settings: MqttSettings;
  readonly #retain: boolean;
  readonly #sessions: MqttTopicSessions;

  constructor(settings: MqttSettings, retain: boolean, sessions: MqttTopicSessions) {
    this.#settings = settings;
    this.#retain = retain;
    this.#sessions = sessions;
  }

  async publish({ topic, data, metadata }: PublishRequest): Promise<void> {
    const own = metadata?.get("retain");
    try {
      await this.#sessions.first.publish(topic, Buffer.from(data), {
        qos: this.#settings.qos,
        retain: own === undefined ? this.#retain : isTruthy(own),
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
    const leaves = this.#settings.cleanSession || isTruthy(metadata.get("unsubscribeOnClose"));
    const end = await this.#sessions.subscribe(topic, handle, leaves, signal);
    return { [Symbol.asyncDispose]: end };
  }

  ping(): Promise<void> {
    return this.#sessions.first.ping();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#sessions[Symbol.asyncDispose]();
  }
}

const asReceived = ({ packet }: MqttMessage): ReceivedMessage => ({
  topic: packet.topic,
  data: typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload,
  contentType: undefined,
  metadata: new Map([["retained", String(packet.retain)]]),
});
