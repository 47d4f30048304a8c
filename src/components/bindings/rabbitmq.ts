/**
 * bindings.rabbitmq: one queue of RabbitMQ, to write to and to read from.
 * @see spec 03 §9
 */
import type { Channel, ConsumeMessage, Options } from "amqplib";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { escapeText } from "../shared/aws-signature.ts";
import { readTls, tlsProperties } from "../shared/broker-properties.ts";
import { FailurePause } from "../shared/failure-pause.ts";
import { Properties } from "../shared/properties.ts";
import { RabbitConnection } from "../shared/rabbit.ts";
import { RabbitConsumer } from "../shared/rabbit-consumer.ts";
import { RabbitPublisher } from "../shared/rabbit-publisher.ts";
import { parseRabbitUrl, prefetchOf } from "../shared/rabbit-settings.ts";
import type { Binding, BindingEvent, BindingHandler, BindingRequest } from "./contract.ts";
import { positiveTimeToLive } from "./time-to-live.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "host",
    kind: "secret",
    required: true,
    description: "amqp://user:password@host:port/vhost; amqps is over TLS.",
  },
  { name: "queueName", kind: "string", required: true, description: "The queue." },
  {
    name: "durable",
    kind: "bool",
    default: "false",
    description: "Whether the queue outlives the broker.",
  },
  {
    name: "deleteWhenUnused",
    kind: "bool",
    default: "false",
    description: "Whether the queue goes when its last consumer goes.",
  },
  {
    name: "exclusive",
    kind: "bool",
    default: "false",
    description: "Whether the queue is for this sidecar's connection alone, and goes with it.",
  },
  {
    name: "prefetchCount",
    kind: "int",
    default: "0",
    description: "Unconfirmed messages that the broker sends; 0: 100.",
  },
  {
    name: "maxPriority",
    kind: "int",
    description: "Highest priority that the queue knows, up to 255; without it, none.",
  },
  {
    name: "ttlInSeconds",
    aliases: ["ttl"],
    kind: "int",
    description: "Expiry of messages in the queue.",
  },
  {
    name: "contentType",
    kind: "string",
    default: "text/plain",
    description: "Content type of messages; requests may say otherwise.",
  },
  {
    name: "reconnectWaitInSeconds",
    kind: "int",
    default: "5",
    description: "Pause between attempts to connect.",
  },
  {
    name: "externalSasl",
    aliases: ["saslExternal"],
    kind: "bool",
    default: "false",
    description: "Whether the certificate says who the client is.",
  },
  ...tlsProperties,
];

interface QueueSettings {
  readonly name: string;
  readonly options: Options.AssertQueue;
  readonly prefetch: number;
  readonly contentType: string;
  readonly reconnectWaitMs: number;
}

export const component = {
  type: "bindings.rabbitmq",
  versions: ["v1"],
  summary: "Writes to a queue of RabbitMQ, and calls the app with what arrives there.",
  provenAgainst: "RabbitMQ 3.10",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const values = new Properties(given, properties);
    const settings = readSettings(values);
    const url = parseRabbitUrl(values.text("host"));
    const connection = await RabbitConnection.open(
      {
        settings: {
          url,
          clientName: "",
          heartbeatSeconds: 10,
          reconnectWaitMs: settings.reconnectWaitMs,
          saslExternal: values.bool("externalSasl"),
          ...readTls(values),
        },
        clock: platform.clock,
        logger,
      },
      signal,
    );
    try {
      const model = await connection.model();
      const channel = await model.createChannel();
      // What is refused rejects the declaration too.
      channel.on("error", () => undefined);
      await declare(channel, settings);
      await channel.close();
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
    return new RabbitBinding({ connection, settings, platform, logger });
  },
} satisfies ComponentDefinition<Binding>;

/** @throws {Error} */
function readSettings(values: Properties): QueueSettings {
  const name = values.text("queueName");
  if (name === "") throw new Error("missing queueName");
  if (values.text("host") === "") throw new Error("missing host");
  const ttlSeconds = values.integer("ttlInSeconds");
  const maxPriority = Math.min(values.integer("maxPriority"), 255);
  if (maxPriority < 0) throw new Error(`invalid maxPriority ${maxPriority}`);
  return {
    name,
    options: {
      durable: values.bool("durable"),
      autoDelete: values.bool("deleteWhenUnused"),
      exclusive: values.bool("exclusive"),
      arguments: {
        ...(ttlSeconds > 0 ? { "x-message-ttl": ttlSeconds * 1000 } : {}),
        ...(maxPriority > 0 ? { "x-max-priority": maxPriority } : {}),
      },
    },
    prefetch: prefetchOf(values),
    contentType: values.text("contentType"),
    reconnectWaitMs: Math.max(0, values.integer("reconnectWaitInSeconds")) * 1000,
  };
}

async function declare(channel: Channel, { name, options }: QueueSettings): Promise<void> {
  await channel.assertQueue(name, options);
}

interface RabbitBindingInit {
  readonly connection: RabbitConnection;
  readonly settings: QueueSettings;
  readonly platform: Platform;
  readonly logger: Logger;
}

class RabbitBinding implements Binding {
  readonly operations = ["create"];
  readonly #init: RabbitBindingInit;
  readonly #publisher: RabbitPublisher;
  readonly #closing = new AbortController();
  readonly #consumers = new Set<RabbitConsumer>();

  constructor(init: RabbitBindingInit) {
    this.#init = init;
    const { connection, settings, platform } = init;
    this.#publisher = new RabbitPublisher({
      connection,
      declare: (channel) => declare(channel, settings),
      reconnectWaitMs: settings.reconnectWaitMs,
      clock: platform.clock,
    });
  }

  async invoke({ data, metadata }: BindingRequest, signal?: AbortSignal): Promise<undefined> {
    const { name, contentType } = this.#init.settings;
    const ttlMs = positiveTimeToLive(metadata);
    const priority = metadata.get("priority") ?? "";
    if (priority !== "" && !/^\d{1,9}$/.test(priority)) {
      throw new Error(`priority must be a valid integer: actual is '${priority}'`);
    }
    const options: Options.Publish = {
      deliveryMode: 2,
      contentType: metadata.get("contentType") || contentType,
      headers: Object.fromEntries(metadata),
      ...(ttlMs === undefined ? {} : { expiration: String(ttlMs) }),
      ...(priority === "" ? {} : { priority: Math.min(Number(priority), 255) }),
    };
    try {
      await this.#publisher.publish("", name, Buffer.from(data), options, signal);
    } catch (cause) {
      throw new Error(`failed to publish message: ${errorText(cause)}`, { cause });
    }
  }

  async read(handler: BindingHandler, signal: AbortSignal): Promise<void> {
    const { settings, connection, platform, logger } = this.#init;
    const { clock, random } = platform;
    const pause = new FailurePause(clock);
    const consumer = await RabbitConsumer.start({
      connection,
      queueName: settings.name,
      declare: (channel) => declare(channel, settings),
      prefetch: settings.prefetch,
      autoAck: false,
      isSerial: true,
      onFailure: "requeue",
      reconnectWaitMs: settings.reconnectWaitMs,
      clock,
      random,
      logger,
      handle: async (message) => {
        await pause.over(signal);
        try {
          await handler(asEvent(message));
          pause.succeeded();
        } catch (error) {
          pause.failed();
          throw error;
        }
      },
      signal: this.#closing.signal,
    });
    this.#consumers.add(consumer);
    const end = (): void => {
      void consumer[Symbol.asyncDispose]().finally(() => this.#consumers.delete(consumer));
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("context canceled"));
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await this.#init.connection[Symbol.asyncDispose]();
  }
}

/** Headers that are text; their names as in a query. */
function asEvent({ content, properties: { headers } }: ConsumeMessage): BindingEvent {
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === "string") metadata.set(escapeText(name).replaceAll("%20", "+"), value);
  }
  return { data: content, metadata };
}
