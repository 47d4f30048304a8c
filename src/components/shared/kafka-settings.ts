/**
 * Properties of pubsub.kafka and bindings.kafka.
 * @see spec 03 §7.2, §9
 */
import { parseDuration } from "../../kit/time/duration.ts";
import type { PropertySchema } from "../contract.ts";
import { ackOnFailureProperty } from "./broker-properties.ts";
import { type KafkaAuth, kafkaAuthProperties, readKafkaAuth } from "./kafka-auth-settings.ts";
import { type KafkaBackOff, kafkaBackOffProperties, readKafkaBackOff } from "./kafka-back-off.ts";
import {
  type KafkaSchemaSettings,
  kafkaSchemaProperties,
  readKafkaSchemas,
} from "./kafka-schema-settings.ts";
import type { Properties } from "./properties.ts";

export type RebalanceStrategy = "range" | "roundrobin" | "sticky";
export type KafkaCompression = "none" | "gzip" | "snappy" | "lz4" | "zstd";

export interface KafkaConsumerSettings {
  /** Position of a group that has none: after the last record, or at the first. */
  readonly startsAt: "newest" | "oldest";
  readonly heartbeatMs: number;
  readonly sessionMs: number;
  /** Records of a partition that are in memory, besides those of one fetch. */
  readonly bufferSize: number;
  readonly fetchMinBytes: number;
  readonly fetchBytes: number;
  readonly strategy: RebalanceStrategy;
  /** Pauses between attempts at a record that failed. */
  readonly backOff: KafkaBackOff;
  /** ms between attempts to join the group. */
  readonly rejoinMs: number;
}

export interface KafkaProducerSettings {
  readonly compression: KafkaCompression;
  readonly acks: -1 | 0 | 1;
  readonly maxMessageBytes: number;
  /** Attempts after the first one. */
  readonly retries: number;
}

export interface KafkaHeaderSettings {
  readonly escapes: boolean;
  /** Names that are neither sent nor shown. */
  readonly excluded: RegExp | undefined;
}

export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly groupId: string;
  readonly auth: KafkaAuth;
  readonly dialMs: number;
  readonly requestMs: number;
  readonly metadataMs: number;
  readonly consumer: KafkaConsumerSettings;
  readonly producer: KafkaProducerSettings;
  readonly headers: KafkaHeaderSettings;
  /** undefined: there is no registry. */
  readonly schemas: KafkaSchemaSettings | undefined;
}

const text = (name: string, description: string, byDefault?: string): PropertySchema => ({
  name,
  kind: "string",
  description,
  ...(byDefault === undefined ? {} : { default: byDefault }),
});

const number = (name: string, byDefault: string, description: string): PropertySchema => ({
  name,
  kind: "int",
  default: byDefault,
  description,
});

const duration = (name: string, byDefault: string, description: string): PropertySchema => ({
  name,
  kind: "duration",
  default: byDefault,
  description,
});

const bool = (name: string, byDefault: boolean, description: string): PropertySchema => ({
  name,
  kind: "bool",
  default: String(byDefault),
  description,
});

/** @param kind decides whether a record that failed is tried again in the way of backOff */
export const kafkaProperties = (kind: "pubsub" | "bindings"): readonly PropertySchema[] => [
  {
    ...text("brokers", "host:port, several with commas; 9092 where no port is given."),
    required: true,
  },
  text("consumerGroup", "Name of the group that shares the messages; else consumerID."),
  text("consumerID", "Name of the consumer; for pub/sub the app id when nothing is given."),
  text("clientId", "Shown to the broker.", "sarama"),
  text(
    "initialOffset",
    "Where a group begins that was never there: `newest` or `oldest`.",
    "newest",
  ),
  ...kafkaAuthProperties,
  {
    name: "maxMessageBytes",
    kind: "int",
    description: "Longest message that is sent; else 1 MiB.",
  },
  bool(
    "consumeRetryEnabled",
    kind === "pubsub",
    "Whether a message that failed is tried again in the way that backOff* says; otherwise after 500 ms, then twice as long each time, 30 s at most.",
  ),
  {
    name: "consumeRetryInterval",
    kind: "duration",
    default: "100ms",
    description: "Between attempts to join the group; a plain number is ms.",
  },
  ...kafkaBackOffProperties,
  text("version", "Version of the broker; checked, but what the broker offers decides.", "2.0.0"),
  duration("heartbeatInterval", "3s", "Between two signs of life of a consumer."),
  duration("sessionTimeout", "10s", "Silence after which a consumer is taken for dead."),
  number(
    "channelBufferSize",
    "256",
    "Messages of a partition that wait in memory, besides those of one fetch.",
  ),
  number("consumerFetchMin", "1", "Bytes that the broker gathers before it answers."),
  number("consumerFetchDefault", "1048576", "Bytes of a partition that one fetch asks for."),
  text("consumerGroupRebalanceStrategy", "`range`, `roundrobin` or `sticky`.", "range"),
  text("compression", "`none`, `gzip`, `snappy`, `lz4` or `zstd`.", "none"),
  text(
    "producerRequiredAcks",
    "Who has a message when it counts as published: `all`, `local` (the leader) or `none`.",
    "all",
  ),
  number("producerRetryMax", "5", "Further attempts to publish."),
  duration(
    "clientConnectionTopicMetadataRefreshInterval",
    "8m",
    "Between two looks at the topics.",
  ),
  duration("clientConnectionKeepAliveInterval", "0", "Accepted; connections are kept alive."),
  duration("dialTimeout", "30s", "To connect."),
  duration("readTimeout", "30s", "For an answer."),
  duration("writeTimeout", "30s", "For a request; the longer of this and readTimeout counts."),
  bool("escapeHeaders", false, "Whether values of headers are shown escaped as in a URL's query."),
  text("excludeHeaderMetaRegex", "Names of headers that are neither sent nor shown."),
  ...kafkaSchemaProperties,
  ackOnFailureProperty,
];

const defaultMessageBytes = 1_048_576;
const defaultRefreshMs = 480_000;
const strategies: readonly RebalanceStrategy[] = ["range", "roundrobin", "sticky"];
const compressions: readonly KafkaCompression[] = ["none", "gzip", "snappy", "lz4", "zstd"];
const acks: ReadonlyMap<string, -1 | 0 | 1> = new Map([
  ["all", -1],
  ["local", 1],
  ["none", 0],
]);

/** @throws {Error} `kafka error: ...` */
export function readKafkaSettings(values: Properties): KafkaSettings {
  const brokers = values.list("brokers");
  if (brokers.length === 0) throw new Error("kafka error: missing 'brokers' attribute");
  if (!/^v?\d+(?:\.\d+){2,3}$/.test(values.text("version") || "2.0.0")) {
    throw new Error("kafka error: invalid kafka version");
  }
  const requestMs = Math.max(values.durationMs("readTimeout"), values.durationMs("writeTimeout"));
  const metadataMs = values.durationMs("clientConnectionTopicMetadataRefreshInterval");
  return {
    brokers: brokers.map(brokerAddress),
    clientId: values.text("clientId") || "sarama",
    groupId: values.text("consumerGroup") || values.text("consumerID"),
    auth: readKafkaAuth(values),
    dialMs: Math.max(values.durationMs("dialTimeout"), 1),
    requestMs: Math.max(requestMs, 1),
    metadataMs: metadataMs > 0 ? metadataMs : defaultRefreshMs,
    consumer: readConsumer(values),
    producer: readProducer(values),
    headers: { escapes: values.bool("escapeHeaders"), excluded: readExcluded(values) },
    schemas: readKafkaSchemas(values),
  };
}

/** @throws {Error} */
function brokerAddress(given: string): string {
  const address = given.trim();
  const parts = /^(?<host>\[[^\]]+\]|[^:\s]+)(?::(?<port>\d{1,5}))?$/.exec(address)?.groups;
  if (parts?.host === undefined || Number(parts.port ?? 9092) > 65_535) {
    throw new Error(`kafka error: invalid broker address ${JSON.stringify(address)}`);
  }
  return `${parts.host}:${parts.port ?? 9092}`;
}

function readConsumer(values: Properties): KafkaConsumerSettings {
  const startsAt = values.text("initialOffset").toLowerCase() || "newest";
  if (startsAt !== "newest" && startsAt !== "oldest") {
    throw new Error(`kafka error: invalid initialOffset: ${values.text("initialOffset")}`);
  }
  const sessionMs = values.durationMs("sessionTimeout");
  const heartbeatMs = values.durationMs("heartbeatInterval");
  if (heartbeatMs <= 0 || sessionMs <= heartbeatMs) {
    throw new Error("kafka error: heartbeatInterval must be shorter than sessionTimeout");
  }
  return {
    startsAt,
    heartbeatMs,
    sessionMs,
    bufferSize: positive(values, "channelBufferSize"),
    fetchMinBytes: positive(values, "consumerFetchMin"),
    fetchBytes: positive(values, "consumerFetchDefault"),
    strategy: oneOf(values, "consumerGroupRebalanceStrategy", strategies),
    backOff: readKafkaBackOff(values),
    rejoinMs: readRetryInterval(values),
  };
}

/** A plain number is ms here. */
function readRetryInterval(values: Properties): number {
  const given = values.text("consumeRetryInterval");
  if (/^\d{1,9}$/.test(given)) return Number(given);
  try {
    return Math.max(parseDuration(given), 0);
  } catch (cause) {
    throw new Error(`kafka error: invalid value for 'consumeRetryInterval' attribute: ${given}`, {
      cause,
    });
  }
}

function readProducer(values: Properties): KafkaProducerSettings {
  const required = acks.get(values.text("producerRequiredAcks").toLowerCase());
  if (required === undefined) {
    throw new Error(
      `kafka error: invalid producerRequiredAcks: ${values.text("producerRequiredAcks")}`,
    );
  }
  const maxMessageBytes = values.integer("maxMessageBytes");
  return {
    compression: oneOf(values, "compression", compressions),
    acks: required,
    maxMessageBytes: maxMessageBytes > 0 ? maxMessageBytes : defaultMessageBytes,
    retries: Math.max(values.integer("producerRetryMax"), 0),
  };
}

function readExcluded(values: Properties): RegExp | undefined {
  const pattern = values.text("excludeHeaderMetaRegex");
  if (pattern === "") return undefined;
  try {
    return new RegExp(pattern, "u");
  } catch (cause) {
    throw new Error("kafka error: invalid excludeHeaderMetaRegex", { cause });
  }
}

function positive(values: Properties, name: string): number {
  const value = values.integer(name);
  if (value < 1 || value > 2 ** 31 - 1) throw new Error(`kafka error: invalid ${name}: ${value}`);
  return value;
}

function oneOf<T extends string>(values: Properties, name: string, allowed: readonly T[]): T {
  const value = values.text(name).toLowerCase();
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`kafka error: invalid ${name}: ${values.text(name)}`);
  return found;
}
