/**
 * Properties of pubsub.rabbitmq.
 * @see spec 03 §7.1
 */
import type { PropertySchema } from "../contract.ts";
import {
  ackOnFailureProperty,
  consumerIdProperty,
  readTls,
  tlsProperties,
} from "./broker-properties.ts";
import type { Properties } from "./properties.ts";
import type { RabbitSettings } from "./rabbit.ts";
import type { RabbitTopology } from "./rabbit-topology.ts";

const bool = (name: string, byDefault: boolean, description: string): PropertySchema => ({
  name,
  kind: "bool",
  default: String(byDefault),
  description,
});

export const rabbitProperties: readonly PropertySchema[] = [
  {
    name: "connectionString",
    aliases: ["host"],
    kind: "secret",
    description: "amqp://user:password@host:port/vhost; or the four that follow.",
  },
  { name: "protocol", kind: "string", default: "amqp", description: "`amqp` or `amqps`." },
  { name: "hostname", kind: "string", default: "localhost", description: "host, or host:port." },
  { name: "username", kind: "string", description: "User; else guest." },
  { name: "password", kind: "secret", description: "Password; else guest." },
  {
    ...consumerIdProperty,
    description: "Queues are named `<consumerID>-<topic>`; else the app id.",
  },
  bool("durable", true, "Whether exchanges and queues outlive the broker."),
  bool(
    "deletedWhenUnused",
    true,
    "Whether a queue goes, with its messages, when its last consumer goes, and an exchange with its last queue.",
  ),
  bool("autoAck", false, "Whether the broker forgets a message when it has sent it."),
  bool(
    "requeueInFailure",
    false,
    "Whether a message that failed goes back to the queue at once; when false is given, it goes to the dead letters or is lost. When nothing is given, it is delivered again after a pause.",
  ),
  { name: "deliveryMode", kind: "int", default: "0", description: "2: messages are kept on disk." },
  {
    name: "prefetchCount",
    kind: "int",
    default: "0",
    description: "Unconfirmed messages that the broker sends; 0: 100.",
  },
  {
    name: "reconnectWaitSeconds",
    aliases: ["reconnectWait"],
    kind: "int",
    default: "3",
    description: "Pause between attempts to connect.",
  },
  { name: "maxLen", kind: "int", default: "0", description: "Messages of a queue; 0: any." },
  { name: "maxLenBytes", kind: "int", default: "0", description: "Bytes of a queue; 0: any." },
  {
    name: "exchangeKind",
    kind: "string",
    default: "fanout",
    description: "`fanout`, `topic`, `direct` or `headers`.",
  },
  bool("publisherConfirm", false, "Accepted; publishing always waits for the broker."),
  bool(
    "enableDeadLetter",
    false,
    "Whether messages that failed go to the queue `dlq-<queue>` of the exchange `dlx-<queue>`.",
  ),
  { name: "ttlInSeconds", kind: "int", description: "Expiry of messages without one." },
  {
    name: "concurrencyMode",
    aliases: ["concurrency"],
    kind: "string",
    default: "parallel",
    description: "`parallel`, or `single`: one message after the other.",
  },
  { name: "clientName", kind: "string", description: "Name of the connection." },
  { name: "heartBeat", kind: "duration", default: "10s", description: "Between two heartbeats." },
  bool("saslExternal", false, "Whether the certificate says who the client is."),
  bool(
    "publishMessagePropertiesToMetadata",
    false,
    "Whether properties and headers come with a message, as `metadata.messageid` and so on.",
  ),
  ...tlsProperties,
  ackOnFailureProperty,
];

export interface RabbitPubSubSettings {
  readonly connection: RabbitSettings;
  readonly topology: RabbitTopology;
  readonly consumerId: string;
  readonly autoAck: boolean;
  readonly onFailure: "retry" | "reject" | "requeue";
  /** 0: none. */
  readonly deliveryMode: number;
  readonly prefetch: number;
  readonly isSerial: boolean;
  readonly defaultTtlMs: number | undefined;
  readonly showsProperties: boolean;
}

/** Unconfirmed messages that are in memory where nothing else is said. */
const defaultPrefetch = 100;
/** AMQP's limit. */
const maxPrefetch = 65_535;

/** Of the property prefetchCount. */
export const prefetchOf = (values: Properties): number =>
  Math.min(Math.max(values.integer("prefetchCount"), 0) || defaultPrefetch, maxPrefetch);

const exchangeKinds = ["fanout", "topic", "direct", "headers"];

/** @throws {Error} */
export function readRabbitSettings(values: Properties): RabbitPubSubSettings {
  const deliveryMode = values.integer("deliveryMode");
  if (deliveryMode < 0 || deliveryMode > 2) throw new Error("invalid RabbitMQ delivery mode");
  const exchangeKind = values.text("exchangeKind");
  if (!exchangeKinds.includes(exchangeKind)) {
    throw new Error(`invalid RabbitMQ exchange kind ${exchangeKind}`);
  }
  const concurrency = values.text("concurrencyMode");
  if (concurrency !== "parallel" && concurrency !== "single") {
    throw new Error(`invalid RabbitMQ concurrency mode ${concurrency}`);
  }
  const ttlSeconds = values.integer("ttlInSeconds");
  return {
    connection: readConnection(values),
    topology: {
      exchangeKind,
      durable: values.bool("durable"),
      deletedWhenUnused: values.bool("deletedWhenUnused"),
      maxLength: values.integer("maxLen"),
      maxLengthBytes: values.integer("maxLenBytes"),
      deadLetters: values.bool("enableDeadLetter"),
    },
    consumerId: values.text("consumerID"),
    autoAck: values.bool("autoAck"),
    onFailure: readOnFailure(values),
    deliveryMode,
    prefetch: prefetchOf(values),
    isSerial: concurrency === "single",
    defaultTtlMs: ttlSeconds > 0 ? ttlSeconds * 1000 : undefined,
    showsProperties: values.bool("publishMessagePropertiesToMetadata"),
  };
}

/** Whoever says what becomes of failures, by a word or a place to put them, gets that. */
function readOnFailure(values: Properties): RabbitPubSubSettings["onFailure"] {
  if (values.bool("requeueInFailure")) return "requeue";
  const isDecided =
    values.given("requeueInFailure") !== undefined ||
    values.bool("enableDeadLetter") ||
    values.bool("ackOnFailure");
  return isDecided ? "reject" : "retry";
}

function readConnection(values: Properties): RabbitSettings {
  const text = values.text("connectionString");
  const url = parseRabbitUrl(text || `${values.text("protocol")}://${values.text("hostname")}`);
  if (text === "") {
    url.username = encodeURIComponent(values.text("username"));
    url.password = encodeURIComponent(values.text("password"));
  }
  return {
    url,
    clientName: values.text("clientName"),
    heartbeatSeconds: Math.ceil(values.durationMs("heartBeat") / 1000),
    reconnectWaitMs: Math.max(0, values.integer("reconnectWaitSeconds")) * 1000,
    saslExternal: values.bool("saslExternal"),
    ...readTls(values),
  };
}

/** @throws {Error} without the text, which may hold a password */
export function parseRabbitUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new Error("invalid RabbitMQ connection string");
  if (url.protocol !== "amqp:" && url.protocol !== "amqps:") {
    throw new Error("invalid RabbitMQ protocol: it is amqp or amqps");
  }
  return url;
}
