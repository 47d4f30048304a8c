/**
 * pubsub.redis: a topic is a stream, the consumers of an app are a group.
 * @see spec 03 §6.2, the recorded Redis layout §3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject } from "../../kit/json/value.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { ackOnFailureProperty, consumerIdProperty } from "../shared/broker-properties.ts";
import { Permits } from "../shared/permits.ts";
import { RedisConnection } from "../shared/redis.ts";
import {
  type RedisSettings,
  redisDurationMs,
  redisProperties,
  redisSettings,
  redisValues,
} from "../shared/redis-settings.ts";
import { StreamConsumer, type StreamSettings } from "../shared/redis-stream.ts";
import { addEntry, type StreamEntry } from "../shared/redis-stream-commands.ts";
import type {
  BrokerSubscription,
  MessageHandler,
  MessageMetadata,
  PublishRequest,
  PubSub,
  PubSubFeature,
  ReceivedMessage,
  SubscribeRequest,
} from "./contract.ts";

const properties: readonly PropertySchema[] = [
  ...redisProperties("pubsub"),
  { ...consumerIdProperty, description: "Name of the group and of the consumer; else the app id." },
  {
    name: "processingTimeout",
    kind: "duration",
    default: "60s",
    description:
      "Time after which a message that was not confirmed is delivered again; a plain number is ms, 0: never. With every failed delivery it doubles, up to 5 minutes.",
  },
  {
    name: "redeliverInterval",
    kind: "string",
    default: "15000",
    description: "Time in ms between two looks at what was not confirmed; 0: never.",
  },
  { name: "queueDepth", kind: "int", default: "100", description: "Messages of one read." },
  {
    name: "concurrency",
    kind: "int",
    default: "10",
    description: "Messages handled at the same time, of all topics together.",
  },
  {
    name: "maxLenApprox",
    kind: "int",
    default: "0",
    description: "Trims streams to about this many messages; 0: not.",
  },
  {
    name: "streamTTL",
    kind: "duration",
    default: "0",
    description: "Trims messages that are older; without effect beside maxLenApprox.",
  },
  ackOnFailureProperty,
];

export const component = {
  type: "pubsub.redis",
  versions: ["v1"],
  summary: "Publishes to Redis streams and consumes them in groups.",
  provenAgainst: "Redis 7.0 and the recordings of the original",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const redis = redisSettings(given, properties);
    const settings = readSettings(given);
    const { clock } = platform;
    const commands = await RedisConnection.open(
      { settings: redis, clock, logger, autoPipelining: true },
      signal,
      (cause) => `redis streams: error connecting to redis at ${redis.shownHost}: ${cause}`,
    );
    return new RedisStreams({ redis, settings, commands, platform, logger });
  },
} satisfies ComponentDefinition<PubSub>;

interface BrokerSettings {
  readonly consumerId: string;
  readonly stream: StreamSettings;
  readonly concurrency: number;
  readonly maxLength: number;
  readonly streamTtlMs: number;
}

/** A read waits so long unless readTimeout is set: short enough to notice a connection that is dead. */
const defaultBlockMs = 10_000;
const defaultRedeliverMs = 15_000;

/** @throws {Error} */
function readSettings(given: ReadonlyMap<string, string>): BrokerSettings {
  const values = redisValues(given, properties);
  const durationMs = (name: string): number =>
    Math.max(0, redisDurationMs(name, values.text(name)));
  const readTimeout = values.given("readTimeout");
  const redeliver = values.text("redeliverInterval");
  return {
    consumerId: values.text("consumerID"),
    stream: {
      queueDepth: Math.max(1, values.integer("queueDepth")),
      processingTimeoutMs: durationMs("processingTimeout"),
      // Quirk: durations are not understood here.
      redeliverIntervalMs: /^\d+$/.test(redeliver) ? Number(redeliver) : defaultRedeliverMs,
      blockMs: (readTimeout === undefined ? 0 : durationMs("readTimeout")) || defaultBlockMs,
      acksFailures: values.bool("ackOnFailure"),
    },
    concurrency: Math.max(1, values.integer("concurrency")),
    maxLength: values.integer("maxLenApprox"),
    streamTtlMs: durationMs("streamTTL"),
  };
}

interface RedisStreamsInit {
  readonly redis: RedisSettings;
  readonly settings: BrokerSettings;
  readonly commands: RedisConnection;
  readonly platform: Platform;
  readonly logger: Logger;
}

class RedisStreams implements PubSub {
  readonly features: readonly PubSubFeature[] = [];
  readonly #init: RedisStreamsInit;
  readonly #permits: Permits;
  readonly #closing = new AbortController();
  readonly #consumers = new Set<StreamConsumer>();

  constructor(init: RedisStreamsInit) {
    this.#init = init;
    this.#permits = new Permits(init.settings.concurrency);
  }

  async publish({ topic, data, metadata }: PublishRequest): Promise<void> {
    const fields = ["data", data];
    if (metadata !== undefined) fields.push("metadata", encodeJson(metadata));
    try {
      await addEntry(this.#init.commands, topic, this.#trim(), fields);
    } catch (cause) {
      throw new Error(`redis streams: error from publish: ${errorText(cause)}`, { cause });
    }
  }

  async subscribe(
    { topic }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const { settings, commands, platform, logger } = this.#init;
    const { consumerId } = settings;
    const reading = await this.#openReading(signal);
    try {
      const consumer = await StreamConsumer.start({
        settings: settings.stream,
        group: { stream: topic, group: consumerId, consumer: consumerId },
        commands,
        reading,
        permits: this.#permits,
        clock: platform.clock,
        logger,
        handle: (entry, ended) => handler(readMessage(topic, entry, logger), ended),
        signal: AbortSignal.any([signal, this.#closing.signal]),
      });
      this.#consumers.add(consumer);
      return {
        [Symbol.asyncDispose]: async () => {
          await consumer[Symbol.asyncDispose]();
          this.#consumers.delete(consumer);
        },
      };
    } catch (error) {
      await reading[Symbol.asyncDispose]();
      throw error;
    }
  }

  async ping(): Promise<void> {
    await this.#init.commands.run<unknown>((client) => client.ping());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("context canceled"));
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await this.#init.commands[Symbol.asyncDispose]();
  }

  #openReading(signal: AbortSignal): Promise<RedisConnection> {
    const { redis, settings, platform, logger } = this.#init;
    const { blockMs } = settings.stream;
    return RedisConnection.open(
      {
        // Silence is normal while a read waits.
        settings: { ...redis, readTimeoutMs: blockMs + Math.max(redis.readTimeoutMs, 1000) },
        clock: platform.clock,
        logger,
        autoPipelining: false,
      },
      AbortSignal.any([signal, this.#closing.signal]),
      (cause) => `redis streams: error connecting to redis at ${redis.shownHost}: ${cause}`,
    );
  }

  #trim(): readonly string[] {
    const { settings, platform } = this.#init;
    if (settings.maxLength > 0) return ["MAXLEN", "~", String(settings.maxLength)];
    if (settings.streamTtlMs <= 0) return [];
    const oldest = platform.clock.now() - settings.streamTtlMs;
    return ["MINID", "~", `${Math.max(0, Math.floor(oldest))}-1`];
  }
}

function readMessage(topic: string, { id, fields }: StreamEntry, logger: Logger): ReceivedMessage {
  let data: Buffer = Buffer.alloc(0);
  let metadata: MessageMetadata | undefined;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const value = fields[i + 1] as Buffer;
    const name = fields[i]?.toString("latin1");
    if (name === "data") data = value;
    else if (name === "metadata") metadata = readMetadata(topic, id, value, logger);
  }
  return { topic, data, contentType: undefined, metadata };
}

/** Others may have written anything: what is no text is empty. */
function readMetadata(
  topic: string,
  id: string,
  json: Buffer,
  logger: Logger,
): MessageMetadata | undefined {
  const warn = (cause: string): void =>
    logger.warn(
      `redis streams: error decoding metadata of message ${id} of stream ${topic}: ${cause}`,
    );
  try {
    const value = parseJson(json);
    if (!isJsonObject(value)) {
      warn("not an object");
      return undefined;
    }
    const metadata = new Map<string, string>();
    for (const [name, text] of value) {
      if (typeof text !== "string" && text !== null) warn(`${name} is not a string`);
      metadata.set(name, typeof text === "string" ? text : "");
    }
    return metadata;
  } catch (error) {
    warn(errorText(error));
    return undefined;
  }
}
