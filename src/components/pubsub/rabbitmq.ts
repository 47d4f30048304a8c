/**
 * pubsub.rabbitmq: a topic is an exchange, each app has a queue for it.
 * @see spec 03 §7.1
 */
import type { ConsumeMessage, Options } from "amqplib";
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import type { ComponentDefinition } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { RabbitConnection } from "../shared/rabbit.ts";
import { RabbitConsumer } from "../shared/rabbit-consumer.ts";
import { RabbitPublisher } from "../shared/rabbit-publisher.ts";
import {
  type RabbitPubSubSettings,
  rabbitProperties,
  readRabbitSettings,
} from "../shared/rabbit-settings.ts";
import { declareExchange, declareQueue, type RabbitQueue } from "../shared/rabbit-topology.ts";
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

export const component = {
  type: "pubsub.rabbitmq",
  versions: ["v1"],
  summary: "Publishes to exchanges of RabbitMQ and consumes queues.",
  provenAgainst: "RabbitMQ 3.10",
  properties: rabbitProperties,
  async create({ properties: given, platform, logger, signal }) {
    const settings = readRabbitSettings(new Properties(given, rabbitProperties));
    const { clock } = platform;
    const connection = await RabbitConnection.open(
      { settings: settings.connection, clock, logger },
      signal,
    );
    return new RabbitBroker({ settings, connection, platform, logger });
  },
} satisfies ComponentDefinition<PubSub>;

interface RabbitBrokerInit {
  readonly settings: RabbitPubSubSettings;
  readonly connection: RabbitConnection;
  readonly platform: Platform;
  readonly logger: Logger;
}

class RabbitBroker implements PubSub {
  readonly features: readonly PubSubFeature[] = ["MESSAGE_TTL"];
  readonly #init: RabbitBrokerInit;
  readonly #publisher: RabbitPublisher;
  readonly #closing = new AbortController();
  readonly #consumers = new Set<RabbitConsumer>();

  constructor(init: RabbitBrokerInit) {
    this.#init = init;
    const { connection, settings, platform } = init;
    const { topology } = settings;
    const { reconnectWaitMs } = settings.connection;
    const { clock } = platform;
    this.#publisher = new RabbitPublisher({
      connection,
      declare: (channel, exchange) => declareExchange(channel, exchange, topology),
      reconnectWaitMs,
      clock,
    });
  }

  async publish({ topic, data, metadata }: PublishRequest, signal?: AbortSignal): Promise<void> {
    const own = lowered(metadata);
    try {
      await this.#publisher.publish(
        topic,
        own.get("routingkey") ?? "",
        Buffer.from(data),
        publishOptions(own, this.#init.settings),
        signal,
      );
    } catch (cause) {
      throw new Error(`rabbitmq: error from publish: ${errorText(cause)}`, { cause });
    }
  }

  async subscribe(
    { topic, metadata }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const { settings, connection, platform, logger } = this.#init;
    const { clock, random } = platform;
    const { topology, prefetch, autoAck, isSerial, onFailure, showsProperties } = settings;
    const queue = readQueue(topic, settings.consumerId, lowered(metadata));
    const consumer = await RabbitConsumer.start({
      connection,
      queueName: queue.name,
      declare: (channel) => declareQueue(channel, topic, queue, topology),
      prefetch,
      autoAck,
      isSerial,
      onFailure,
      reconnectWaitMs: settings.connection.reconnectWaitMs,
      clock,
      random,
      logger,
      handle: (message, ended) => handler(asReceived(topic, message, showsProperties), ended),
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
    this.#consumers.add(consumer);
    return {
      [Symbol.asyncDispose]: async () => {
        await consumer[Symbol.asyncDispose]();
        this.#consumers.delete(consumer);
      },
    };
  }

  async ping(): Promise<void> {
    await this.#init.connection.model();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("context canceled"));
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await this.#init.connection[Symbol.asyncDispose]();
  }
}

/** Names in lower case. */
const lowered = (metadata: MessageMetadata | undefined): ReadonlyMap<string, string> =>
  new Map([...(metadata ?? [])].map(([name, value]) => [name.toLowerCase(), value]));

/** @throws {Error} maxPriority is no number */
function readQueue(
  topic: string,
  consumerId: string,
  metadata: ReadonlyMap<string, string>,
): RabbitQueue {
  const type = metadata.get("queuetype") || "classic";
  if (type !== "classic" && type !== "quorum") throw new Error(`invalid queue type ${type}`);
  const priority = metadata.get("maxpriority");
  if (priority !== undefined && !/^\d{1,15}$/.test(priority)) {
    throw new Error(`invalid maxPriority ${priority}`);
  }
  return {
    name: metadata.get("queuename") || `${consumerId}-${topic}`,
    type,
    maxPriority: priority === undefined ? undefined : Math.min(Number(priority), 255),
    singleActiveConsumer: isTruthy(metadata.get("singleactiveconsumer")),
    routingKeys: (metadata.get("routingkey") ?? "").split(","),
  };
}

function publishOptions(
  metadata: ReadonlyMap<string, string>,
  { deliveryMode, defaultTtlMs }: RabbitPubSubSettings,
): Options.Publish {
  const ttlMs = ownTtlMs(metadata) ?? defaultTtlMs;
  const priority = metadata.get("priority");
  return {
    contentType: metadata.get("contenttype") ?? "text/plain",
    ...given("messageId", metadata.get("messageid")),
    ...given("correlationId", metadata.get("correlationid")),
    ...given("type", metadata.get("type")),
    ...(deliveryMode > 0 ? { deliveryMode } : {}),
    ...(ttlMs === undefined ? {} : { expiration: String(Math.floor(ttlMs)) }),
    ...(priority !== undefined && /^[+-]?\d{1,15}$/.test(priority)
      ? { priority: Math.min(Math.max(Number(priority), 0), 255) }
      : {}),
  };
}

const given = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: value };

/** What cannot be read is ignored, as for events. @see spec 03 §2.5 */
function ownTtlMs(metadata: ReadonlyMap<string, string>): number | undefined {
  const text = metadata.get("ttl") || metadata.get("ttlinseconds");
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  try {
    return Math.max(0, parseDuration(text));
  } catch {
    return undefined;
  }
}

function asReceived(
  topic: string,
  { content, properties }: ConsumeMessage,
  showsProperties: boolean,
): ReceivedMessage {
  if (!showsProperties) {
    return { topic, data: content, contentType: undefined, metadata: undefined };
  }
  const metadata = new Map<string, string>();
  const note = (name: string, value: unknown): void => {
    if (typeof value === "string" && value !== "") metadata.set(`metadata.${name}`, value);
  };
  note("messageid", properties.messageId);
  note("correlationid", properties.correlationId);
  note("type", properties.type);
  note("contenttype", properties.contentType);
  for (const [name, value] of Object.entries(properties.headers ?? {})) note(name, value);
  return { topic, data: content, contentType: undefined, metadata };
}
