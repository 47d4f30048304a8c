/**
 * pubsub.pulsar: topics of Apache Pulsar.
 * @see spec 03 §7.5
 */
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import type { ComponentDefinition } from "../contract.ts";
import { FailurePause } from "../shared/failure-pause.ts";
import { Permits } from "../shared/permits.ts";
import { Properties } from "../shared/properties.ts";
import { PulsarClient } from "../shared/pulsar-client.ts";
import { givenToken, OAuth2Credentials } from "../shared/pulsar-credentials.ts";
import type { OutgoingMessage } from "../shared/pulsar-message.ts";
import { readTopicSchemas, type TopicSchema } from "../shared/pulsar-schema.ts";
import {
  isSerial,
  type PulsarSettings,
  pulsarProperties,
  readPulsarSettings,
  readSubscriptionType,
} from "../shared/pulsar-settings.ts";
import { TopicConsumer, TopicProducer } from "../shared/pulsar-topic.ts";
import { ReadyBatches } from "../shared/ready-batches.ts";
import type {
  BrokerSubscription,
  BulkMessageHandler,
  BulkSubscribeRequest,
  MessageHandler,
  PublishRequest,
  PubSub,
  PubSubFeature,
  ReceivedMessage,
  SubscribeRequest,
} from "./contract.ts";

export const component = {
  type: "pubsub.pulsar",
  versions: ["v1"],
  summary: "Publishes to topics of Apache Pulsar and subscribes to them.",
  provenAgainst: "a stand-in written from the description of Pulsar's binary protocol",
  properties: pulsarProperties,
  // `<topic>.jsonschema` and the like.
  takesAnyProperty: true,
  async create({ properties: given, platform, logger, signal }) {
    const settings = readPulsarSettings(new Properties(given, pulsarProperties));
    const schemas = readTopicSchemas(given);
    const { clock } = platform;
    const { service, token, oauth2 } = settings;
    const credentials =
      token !== ""
        ? givenToken(token)
        : oauth2 === undefined
          ? undefined
          : new OAuth2Credentials(oauth2, clock);
    if (service.isTls && !service.verifiesCertificate) {
      logger.warn("pulsar: without enableTLS the broker's certificate is not verified");
    }
    const client = new PulsarClient({ service, credentials, clock });
    const onAbort = (): void => void client[Symbol.asyncDispose]();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await client.anyConnection();
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    return new PulsarBroker({ settings, schemas, client, platform, logger });
  },
} satisfies ComponentDefinition<PubSub>;

interface PulsarBrokerInit {
  readonly settings: PulsarSettings;
  readonly schemas: ReadonlyMap<string, TopicSchema>;
  readonly client: PulsarClient;
  readonly platform: Platform;
  readonly logger: Logger;
}

interface Consuming extends SubscribeRequest {
  /** Messages with the app at the same time. */
  readonly atOnce: number;
  readonly handle: (message: ReceivedMessage) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Of a batch, where nothing is said. */
const defaultBulkMessages = 100;
/** Producers are kept; of more topics than that, those that were used longest ago are closed. */
const mostProducers = 100;

class PulsarBroker implements PubSub {
  readonly features: readonly PubSubFeature[] = [];
  readonly #init: PulsarBrokerInit;
  /** By topic, the one that was used last at the end. */
  readonly #producers = new Map<string, TopicProducer>();
  readonly #consumers = new Set<TopicConsumer>();

  constructor(init: PulsarBrokerInit) {
    this.#init = init;
  }

  async publish({ topic, data, metadata }: PublishRequest, signal?: AbortSignal): Promise<void> {
    const { schemas, platform } = this.#init;
    const payload = schemas.get(topic)?.encode(data) ?? data;
    const message = asMessage(payload, metadata ?? new Map(), platform.clock.now());
    const sent = this.#producer(topic).send(message);
    if (signal === undefined) {
      await sent;
      return;
    }
    const { promise, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([sent, promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  subscribe(
    { topic, metadata }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const { isSerial: isSerialByDefault, maxHandlers } = this.#init.settings;
    const mode = metadata.get("processMode");
    const serial = mode === undefined ? isSerialByDefault : isSerial(mode);
    return this.#consume({
      topic,
      metadata,
      atOnce: serial ? 1 : maxHandlers,
      handle: (message) => handler(message, signal),
      signal,
    });
  }

  /** In batches of what has come already. @see spec 03 §4.10 */
  bulkSubscribe(
    { topic, metadata, maxMessages, maxWaitMs }: BulkSubscribeRequest,
    handler: BulkMessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const { settings, platform, logger } = this.#init;
    if (maxWaitMs > 0) {
      logger.warn(`pulsar: maxAwaitDurationMs of topic ${topic} is ignored: batches do not wait`);
    }
    const most = maxMessages > 0 ? maxMessages : defaultBulkMessages;
    const batches = new ReadyBatches<ReceivedMessage>(most, platform.clock, (messages) =>
      handler(messages, signal),
    );
    return this.#consume({
      topic,
      metadata,
      atOnce: Math.max(settings.maxHandlers, most),
      handle: (message) => batches.add(message),
      signal,
    });
  }

  async #consume({
    topic,
    metadata,
    atOnce,
    handle,
    signal,
  }: Consuming): Promise<BrokerSubscription> {
    const { settings, schemas, client, platform, logger } = this.#init;
    const { clock, random } = platform;
    const type = metadata.get("subscribeType");
    const schema = schemas.get(topic);
    const consumer = await TopicConsumer.open({
      client,
      topic: settings.prefix + topic,
      partition: -1,
      schema: schema?.definition,
      settings:
        type === undefined
          ? settings.consumer
          : { ...settings.consumer, type: readSubscriptionType(type) },
      permits: new Permits(atOnce),
      pause: new FailurePause(clock),
      clock,
      random,
      logger,
      handle: ({ payload, properties }) =>
        handle({
          topic,
          data: schema?.decode(payload) ?? payload,
          contentType: undefined,
          metadata: properties.size === 0 ? undefined : properties,
        }),
      signal,
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
    await this.#init.client.anyConnection();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await Promise.all([...this.#producers.values()].map((one) => one[Symbol.asyncDispose]()));
    await this.#init.client[Symbol.asyncDispose]();
  }

  #producer(topic: string): TopicProducer {
    const { settings, schemas, client, platform, logger } = this.#init;
    const known = this.#producers.get(topic);
    const producer =
      known ??
      new TopicProducer({
        client,
        topic: settings.prefix + topic,
        schema: schemas.get(topic)?.definition,
        settings: settings.producer,
        clock: platform.clock,
        random: platform.random,
        logger,
      });
    this.#producers.delete(topic);
    if (this.#producers.size >= mostProducers) this.#closeOldest();
    this.#producers.set(topic, producer);
    return producer;
  }

  #closeOldest(): void {
    for (const [topic, producer] of this.#producers) {
      if (!producer.isIdle) continue;
      this.#producers.delete(topic);
      void producer[Symbol.asyncDispose]();
      return;
    }
  }
}

/** @param now Unix ms. @throws {Error} */
function asMessage(
  payload: Uint8Array,
  metadata: ReadonlyMap<string, string>,
  now: number,
): OutgoingMessage {
  const properties: (readonly [string, string])[] = [];
  let key = "";
  let deliverAt: number | undefined;
  for (const [name, value] of metadata) {
    if (value === "") continue;
    if (name === "partitionKey") key = value;
    else if (name === "deliverAt") deliverAt = readTime(value);
    else if (name === "deliverAfter") deliverAt ??= now + parseDuration(value);
    else properties.push([name, value]);
  }
  return { payload, key, properties, deliverAt };
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function readTime(text: string): number {
  const time = rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`parsing time ${JSON.stringify(text)}: not RFC 3339`);
  return time;
}
