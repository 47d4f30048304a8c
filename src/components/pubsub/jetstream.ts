/**
 * pubsub.jetstream: streams of a NATS server.
 * @see spec 03 §7.4
 */
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition } from "../contract.ts";
import { NatsClient } from "../shared/nats.ts";
import { NatsConsumer } from "../shared/nats-consumer.ts";
import {
  type JetStreamSettings,
  natsProperties,
  readJetStreamSettings,
} from "../shared/nats-settings.ts";
import { Properties } from "../shared/properties.ts";
import type {
  BrokerSubscription,
  MessageHandler,
  PublishRequest,
  PubSub,
  PubSubFeature,
  SubscribeRequest,
} from "./contract.ts";

export const component = {
  type: "pubsub.jetstream",
  versions: ["v1"],
  summary: "Publishes to streams of NATS JetStream and consumes them.",
  provenAgainst: "nats-server 2.9",
  properties: natsProperties,
  async create({ properties: given, platform, logger, signal }) {
    const settings = readJetStreamSettings(new Properties(given, natsProperties));
    const { clock } = platform;
    const client = await NatsClient.open({ settings: settings.connection, clock, logger }, signal);
    return new JetStreamBroker({ settings, client, platform, logger });
  },
} satisfies ComponentDefinition<PubSub>;

interface JetStreamBrokerInit {
  readonly settings: JetStreamSettings;
  readonly client: NatsClient;
  readonly platform: Platform;
  readonly logger: Logger;
}

class JetStreamBroker implements PubSub {
  readonly features: readonly PubSubFeature[] = [];
  readonly #init: JetStreamBrokerInit;
  readonly #consumers = new Set<NatsConsumer>();

  constructor(init: JetStreamBrokerInit) {
    this.#init = init;
  }

  async publish({ topic, data }: PublishRequest): Promise<void> {
    const id = eventId(data);
    if (id === "") {
      this.#init.logger.debug("empty message ID, Jetstream deduplication will not be possible");
    }
    await this.#init.client.publish(topic, data, id);
  }

  async subscribe(
    { topic }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const { settings, client, platform, logger } = this.#init;
    await client.untilUp();
    const consumer = await NatsConsumer.start({
      client,
      settings,
      stream: settings.streamName || (await client.findStream(topic)),
      subject: topic,
      clock: platform.clock,
      logger,
      signal,
      handle: ({ subject, data }) => {
        const metadata = new Map([["Topic", subject]]);
        return handler({ topic, data, contentType: undefined, metadata }, signal);
      },
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
    await this.#init.client.untilUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await this.#init.client[Symbol.asyncDispose]();
  }
}

/** By it the server knows a message that it has already; "": the data are no event, or its id is no header. */
function eventId(data: Uint8Array): string {
  if (data[0] !== openingBrace) return "";
  try {
    const event: { readonly id?: unknown } = JSON.parse(Buffer.from(data).toString());
    const { id } = event;
    return typeof id === "string" && /^[\x20-\x7e]*$/.test(id.trim()) ? id.trim() : "";
  } catch {
    return "";
  }
}

const openingBrace = 0x7b;
