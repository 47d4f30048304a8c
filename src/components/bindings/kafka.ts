/**
 * bindings.kafka: sends to a topic of Apache Kafka, and hands over what others send.
 * @see spec 03 §9
 */
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { KafkaClient } from "../shared/kafka-client.ts";
import { KafkaConsumer } from "../shared/kafka-consumer.ts";
import { KafkaProducer } from "../shared/kafka-producer.ts";
import { type KafkaRecord, recordData, recordMetadata } from "../shared/kafka-records.ts";
import { kafkaProperties, readKafkaSettings } from "../shared/kafka-settings.ts";
import { Properties } from "../shared/properties.ts";
import type { Binding, BindingHandler, BindingRequest } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  { name: "topics", kind: "list", description: "Input: topics with commas." },
  { name: "publishTopic", kind: "string", description: "Output: the topic that is written to." },
  ...kafkaProperties("bindings"),
];

export const component = {
  type: "bindings.kafka",
  versions: ["v1"],
  summary: "Writes to a topic of Apache Kafka, and hands over the records of others.",
  provenAgainst: "Apache Kafka 3.9",
  properties,
  async create(context) {
    const values = new Properties(context.properties, properties);
    const settings = readKafkaSettings(values);
    const topics = values
      .list("topics")
      .map((topic) => topic.trim())
      .filter((topic) => topic !== "");
    const { platform, signal } = context;
    const client = await KafkaClient.load(settings, platform);
    try {
      const { clock, random } = platform;
      const producer = await KafkaProducer.open({ client, clock, random }, signal);
      const publishTopic = values.text("publishTopic");
      return new KafkaBinding({ client, producer, topics, publishTopic, context });
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<Binding>;

interface KafkaBindingInit {
  readonly client: KafkaClient;
  readonly producer: KafkaProducer;
  readonly topics: readonly string[];
  readonly publishTopic: string;
  readonly context: ComponentContext;
}

class KafkaBinding implements Binding {
  readonly operations = ["create"];
  readonly #init: KafkaBindingInit;
  readonly #closing = new AbortController();
  readonly #consumers = new Set<KafkaConsumer>();

  constructor(init: KafkaBindingInit) {
    this.#init = init;
  }

  async invoke({ data, metadata }: BindingRequest, signal?: AbortSignal): Promise<undefined> {
    const { client, producer, publishTopic } = this.#init;
    if (publishTopic === "") throw new Error("kafka binding: publishTopic is not set");
    const record = await client.outgoing(publishTopic, data, metadata, signal);
    await producer.publish(publishTopic, record, signal);
    return undefined;
  }

  async read(handler: BindingHandler, signal: AbortSignal): Promise<void> {
    const { client, topics, context } = this.#init;
    const { platform, logger } = context;
    if (topics.length === 0) {
      logger.warn("kafka binding: no topic defined, input bindings will not be started");
      return;
    }
    if (client.settings.groupId === "") {
      throw new Error("kafka binding: consumerGroup is needed to read");
    }
    const consumer = await KafkaConsumer.start({
      client,
      topics: [...new Set(topics)],
      delivery: {
        maxRecords: 1,
        maxWaitMs: 0,
        handle: async ([first]) => {
          const record = first as KafkaRecord;
          const metadata = recordMetadata(record, client.settings.headers);
          await handler({ data: recordData(record), metadata });
          return undefined;
        },
      },
      clock: platform.clock,
      random: () => platform.random.number(),
      logger,
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
    this.#consumers.add(consumer);
    const end = (): void => {
      const ended = consumer[Symbol.asyncDispose]();
      void ended.finally(() => this.#consumers.delete(consumer));
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("context canceled"));
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await this.#init.producer[Symbol.asyncDispose]();
    await this.#init.client[Symbol.asyncDispose]();
  }
}
