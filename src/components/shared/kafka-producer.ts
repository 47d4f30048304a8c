/**
 * Publishes records. A record's partition is decided here, so that a failure is told of exactly the records it hit.
 * @see spec 03 §7.2
 */
import type { MessageToProduce, Producer } from "@platformatic/kafka";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { type KafkaClient, kafkaErrorText } from "./kafka-client.ts";
import { partitionOfKey } from "./kafka-partitions.ts";
import type { OutgoingRecord } from "./kafka-records.ts";
import { raced } from "./raced.ts";

export interface KafkaProducerInit {
  readonly client: KafkaClient;
  readonly clock: Clock;
  readonly random: Random;
}

/** Records that wait for the broker; more are refused. */
const maxUnderWay = 10_000;
/** For one record with all attempts. */
const publishLimitMs = 30_000;
const closeLimitMs = 2_000;
const movePauseMs = 100;
/** What a record needs besides its key, value and headers, at most. */
const recordOverhead = 36;
const batchOverhead = 100;

interface Placed {
  readonly index: number;
  readonly message: MessageToProduce;
  readonly bytes: number;
}

export class KafkaProducer implements AsyncDisposable {
  readonly #init: KafkaProducerInit;
  readonly #producer: Producer;
  #underWay = 0;
  #isClosed = false;

  private constructor(init: KafkaProducerInit, producer: Producer) {
    this.#init = init;
    this.#producer = producer;
  }

  /** Connects. @throws {Error} no broker can be reached */
  static async open(init: KafkaProducerInit, signal: AbortSignal): Promise<KafkaProducer> {
    const { client } = init;
    const { retries } = client.settings.producer;
    const producer = new KafkaProducer(init, new client.driver.Producer(client.options(retries)));
    try {
      await producer.ping(signal);
    } catch (error) {
      await producer[Symbol.asyncDispose]();
      throw error;
    }
    return producer;
  }

  /** @throws {Error} no broker can be reached */
  async ping(signal?: AbortSignal): Promise<void> {
    try {
      await this.#within(
        this.#producer.metadata({ topics: [], forceUpdate: true, retries: 0 }),
        signal,
      );
    } catch (cause) {
      throw new Error(
        `kafka: client has run out of available brokers to talk to: ${kafkaErrorText(cause)}`,
        { cause },
      );
    }
  }

  /** Resolves when the broker has it. @throws {Error} */
  async publish(topic: string, record: OutgoingRecord, signal?: AbortSignal): Promise<void> {
    const [failure] = await this.publishAll(topic, [record], signal);
    if (failure !== undefined) throw failure;
  }

  /** @returns what went wrong, by record */
  async publishAll(
    topic: string,
    records: readonly OutgoingRecord[],
    signal?: AbortSignal,
  ): Promise<(Error | undefined)[]> {
    if (this.#isClosed) return records.map(() => new Error("component is closed"));
    if (this.#underWay + records.length > maxUnderWay) {
      return records.map(() => new Error("kafka: too many messages wait for the broker"));
    }
    this.#underWay += records.length;
    try {
      return await this.#place(topic, records, signal);
    } finally {
      this.#underWay -= records.length;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    using limit = this.#init.clock.deadline(closeLimitMs);
    await raced(this.#producer.close(), limit).catch(() => {});
  }

  async #place(
    topic: string,
    records: readonly OutgoingRecord[],
    signal: AbortSignal | undefined,
  ): Promise<(Error | undefined)[]> {
    const failures = new Array<Error | undefined>(records.length).fill(undefined);
    let partitions: { readonly leader: number }[];
    try {
      const known = this.#producer.metadata({ topics: [topic], autocreateTopics: true });
      const metadata = await this.#within(known, signal);
      partitions = metadata.topics.get(topic)?.partitions ?? [];
      if (partitions.length === 0) throw new Error(`topic ${topic} has no partitions`);
    } catch (cause) {
      return failures.fill(asError(cause));
    }
    const groups = new Map<number, Placed[]>();
    for (const [index, record] of records.entries()) {
      try {
        const placed = this.#placed(topic, index, record, partitions);
        const partition = placed.message.partition as number;
        const group = groups.get(partition);
        if (group === undefined) groups.set(partition, [placed]);
        else group.push(placed);
      } catch (error) {
        failures[index] = error as Error;
      }
    }
    await Promise.all([...groups.values()].map((group) => this.#send(group, failures, signal)));
    return failures;
  }

  /** @throws {Error} it is too long, or its partition is not there */
  #placed(
    topic: string,
    index: number,
    { key, value, headers, partition: wanted }: OutgoingRecord,
    partitions: readonly { readonly leader: number }[],
  ): Placed {
    const count = partitions.length;
    if (wanted !== undefined && wanted >= count) {
      throw new Error(`partition number ${wanted} is out of range, topic has ${count} partitions`);
    }
    let bytes = recordOverhead + (key?.length ?? 0) + (value?.length ?? 0);
    for (const [name, text] of headers) bytes += name.length + text.length + 10;
    const { maxMessageBytes } = this.#init.client.settings.producer;
    if (bytes > maxMessageBytes) {
      throw new Error(
        `kafka: attempt to produce a message of ${bytes} bytes; maxMessageBytes is ${maxMessageBytes}`,
      );
    }
    const partition =
      wanted ?? (key === undefined ? this.#anyPartition(partitions) : partitionOfKey(key, count));
    const message: MessageToProduce = {
      topic,
      partition,
      headers,
      ...(key === undefined ? {} : { key }),
      ...(value === undefined ? {} : { value }),
    };
    return { index, message, bytes };
  }

  /** One that can be written to. */
  #anyPartition(partitions: readonly { readonly leader: number }[]): number {
    const able = [...partitions.keys()].filter((i) => (partitions[i]?.leader ?? -1) >= 0);
    const from = able.length > 0 ? able : [...partitions.keys()];
    return from[Math.floor(this.#init.random.number() * from.length)] as number;
  }

  /** In order, in batches that the broker takes. */
  async #send(
    group: readonly Placed[],
    failures: (Error | undefined)[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { acks, compression, maxMessageBytes } = this.#init.client.settings.producer;
    for (const batch of batches(group, maxMessageBytes)) {
      const messages = batch.map(({ message }) => message);
      try {
        await this.#within(this.#attempt({ messages, acks, compression }), signal);
      } catch (cause) {
        for (const { index } of batch) failures[index] = asError(cause);
      }
    }
  }

  /** Partitions move from broker to broker: then it looks for them again. */
  async #attempt(options: Parameters<Producer["send"]>[0]): Promise<void> {
    const { client, clock } = this.#init;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#producer.send({ ...options, repeatOnStaleMetadata: true });
        return;
      } catch (error) {
        const isStale = client.driver.findErrorBy(error as Error, "hasStaleMetadata", true);
        if (!isStale || attempt >= client.settings.producer.retries || this.#isClosed) throw error;
        this.#producer.clearMetadata();
        await clock.sleep(movePauseMs * (attempt + 1));
      }
    }
  }

  async #within<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    using limit = this.#init.clock.deadline(publishLimitMs, signal);
    return await raced(work, limit);
  }
}

function* batches(group: readonly Placed[], limit: number): Generator<readonly Placed[]> {
  let batch: Placed[] = [];
  let bytes = batchOverhead;
  for (const placed of group) {
    if (batch.length > 0 && bytes + placed.bytes > limit) {
      yield batch;
      batch = [];
      bytes = batchOverhead;
    }
    batch.push(placed);
    bytes += placed.bytes;
  }
  if (batch.length > 0) yield batch;
}

const asError = (cause: unknown): Error => new Error(kafkaErrorText(cause), { cause });
