/**
 * pubsub.kafka: topics of Apache Kafka, read as a consumer group.
 * @see spec 03 §7.2
 */
import type { ComponentContext, ComponentDefinition } from "../contract.ts";
import { KafkaClient } from "../shared/kafka-client.ts";
import { KafkaConsumer } from "../shared/kafka-consumer.ts";
import type { KafkaDelivery } from "../shared/kafka-partition.ts";
import { KafkaProducer } from "../shared/kafka-producer.ts";
import { type KafkaRecord, type OutgoingRecord, recordMetadata } from "../shared/kafka-records.ts";
import { kafkaProperties, readKafkaSettings } from "../shared/kafka-settings.ts";
import { Properties } from "../shared/properties.ts";
import type {
  BrokerSubscription,
  BulkMessageHandler,
  BulkPublishEntry,
  BulkPublishFailure,
  BulkSubscribeRequest,
  MessageHandler,
  MessageMetadata,
  PublishRequest,
  PubSub,
  PubSubFeature,
  ReceivedMessage,
  SubscribeRequest,
} from "./contract.ts";

const properties = kafkaProperties("pubsub");

export const component = {
  type: "pubsub.kafka",
  versions: ["v1"],
  summary: "Publishes to topics of Apache Kafka and reads them as a consumer group.",
  provenAgainst: "Apache Kafka 3.9",
  properties,
  async create(context) {
    const settings = readKafkaSettings(new Properties(context.properties, properties));
    const { platform, signal } = context;
    const client = await KafkaClient.load(settings, platform);
    try {
      const { clock, random } = platform;
      const producer = await KafkaProducer.open({ client, clock, random }, signal);
      return new KafkaBroker(client, producer, context);
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<PubSub>;

/** Spec 03 §4.10. */
const defaultBulk = { maxMessages: 80, maxWaitMs: 10_000 };
const noMetadata: MessageMetadata = new Map();

class KafkaBroker implements PubSub {
  readonly features: readonly PubSubFeature[] = ["BULK_PUBSUB"];
  readonly #client: KafkaClient;
  readonly #producer: KafkaProducer;
  readonly #context: ComponentContext;
  readonly #consumers = new Set<KafkaConsumer>();
  readonly #closing = new AbortController();

  constructor(client: KafkaClient, producer: KafkaProducer, context: ComponentContext) {
    this.#client = client;
    this.#producer = producer;
    this.#context = context;
  }

  async publish({ topic, data, metadata }: PublishRequest, signal?: AbortSignal): Promise<void> {
    const record = await this.#client.outgoing(topic, data, metadata ?? noMetadata, signal);
    await this.#producer.publish(topic, record, signal);
  }

  async bulkPublish(
    topic: string,
    entries: readonly BulkPublishEntry[],
    metadata: MessageMetadata,
    signal?: AbortSignal,
  ): Promise<readonly BulkPublishFailure[]> {
    const failed: BulkPublishFailure[] = [];
    const ids: string[] = [];
    const records: OutgoingRecord[] = [];
    // All at once: with a registry that does not answer they wait for one deadline together.
    const outcomes = await Promise.allSettled(
      entries.map(({ data, metadata: own }) => {
        const merged = new Map([...metadata, ...(own ?? noMetadata)]);
        return this.#client.outgoing(topic, data, merged, signal);
      }),
    );
    for (const [i, { entryId }] of entries.entries()) {
      const outcome = outcomes[i] as PromiseSettledResult<OutgoingRecord>;
      if (outcome.status === "rejected") {
        failed.push({ entryId, error: outcome.reason as Error });
        continue;
      }
      records.push(outcome.value);
      ids.push(entryId);
    }
    const failures = await this.#producer.publishAll(topic, records, signal);
    for (const [i, error] of failures.entries()) {
      if (error !== undefined) failed.push({ entryId: ids[i] as string, error });
    }
    return failed;
  }

  async subscribe(
    { topic, metadata }: SubscribeRequest,
    handler: MessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const read = this.#client.reader(metadata);
    const delivery: KafkaDelivery = {
      maxRecords: 1,
      maxWaitMs: 0,
      handle: async ([record], ended) => {
        await handler(await this.#received(record as KafkaRecord, read, ended), ended);
        return undefined;
      },
    };
    return this.#consume(topic, delivery, signal);
  }

  async bulkSubscribe(
    { topic, metadata, maxMessages, maxWaitMs }: BulkSubscribeRequest,
    handler: BulkMessageHandler,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const read = this.#client.reader(metadata);
    const delivery: KafkaDelivery = {
      maxRecords: maxMessages > 0 ? maxMessages : defaultBulk.maxMessages,
      maxWaitMs: maxWaitMs > 0 ? maxWaitMs : defaultBulk.maxWaitMs,
      handle: (records, ended) => this.#handOver(records, read, handler, ended),
    };
    return this.#consume(topic, delivery, signal);
  }

  ping(signal?: AbortSignal): Promise<void> {
    return this.#producer.ping(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("context canceled"));
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await this.#producer[Symbol.asyncDispose]();
    await this.#client[Symbol.asyncDispose]();
  }

  async #consume(
    topic: string,
    delivery: KafkaDelivery,
    signal: AbortSignal,
  ): Promise<BrokerSubscription> {
    const { platform, logger } = this.#context;
    if (this.#client.settings.groupId === "") {
      throw new Error("kafka: consumerGroup or consumerID is needed to subscribe");
    }
    const consumer = await KafkaConsumer.start({
      client: this.#client,
      topics: [topic],
      delivery,
      clock: platform.clock,
      random: () => platform.random.number(),
      logger,
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
    this.#consumers.add(consumer);
    return {
      pause: async () => consumer.pause(),
      [Symbol.asyncDispose]: async () => {
        await consumer[Symbol.asyncDispose]();
        this.#consumers.delete(consumer);
      },
    };
  }

  /** What cannot be read fails alone: the app gets the others. */
  async #handOver(
    records: readonly KafkaRecord[],
    read: ReturnType<KafkaClient["reader"]>,
    handler: BulkMessageHandler,
    ended: AbortSignal,
  ): Promise<readonly (Error | undefined)[]> {
    const outcomes = await Promise.allSettled(
      records.map((record) => this.#received(record, read, ended)),
    );
    const messages = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const answers = messages.length === 0 ? [] : ((await handler(messages, ended)) ?? []);
    let next = 0;
    return outcomes.map((one) =>
      one.status === "fulfilled" ? answers[next++] : (one.reason as Error),
    );
  }

  async #received(
    record: KafkaRecord,
    read: ReturnType<KafkaClient["reader"]>,
    ended: AbortSignal,
  ): Promise<ReceivedMessage> {
    return {
      topic: record.topic,
      data: await read(record, ended),
      contentType: undefined,
      metadata: recordMetadata(record, this.#client.settings.headers),
    };
  }
}
