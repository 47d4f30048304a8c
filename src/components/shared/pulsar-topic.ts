/** Producers and consumers of a whole topic: one for each of its partitions, also for those that are added later. */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { PulsarConsumer, type PulsarConsumerInit } from "./pulsar-consumer.ts";
import type { OutgoingMessage } from "./pulsar-message.ts";
import { PulsarProducer, type PulsarProducerInit } from "./pulsar-producer.ts";

/** Between two looks at the number of partitions. */
const refreshMs = 60_000;

const partitionName = (topic: string, index: number): string => `${topic}-partition-${index}`;

export class TopicProducer implements AsyncDisposable {
  readonly #init: PulsarProducerInit;
  /** By partition; the only one of a topic without. */
  #producers: (Promise<PulsarProducer> | undefined)[] = [];
  #partitions: Promise<number> | undefined;
  /** Clock.monotonic() */
  #askedAt = 0;
  #turn = 0;
  #turnedAt = 0;
  #underWay = 0;

  /** @param init with the name of the whole topic */
  constructor(init: PulsarProducerInit) {
    this.#init = init;
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  async send(message: OutgoingMessage): Promise<void> {
    this.#underWay++;
    try {
      const count = await this.#count();
      const index = count === 0 ? -1 : this.#choose(message.key, count);
      const producer = await this.#producer(index);
      await producer.send(message);
    } finally {
      this.#underWay--;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#producers);
    for (const result of opened) {
      if (result.status === "fulfilled") await result.value?.[Symbol.asyncDispose]();
    }
  }

  async #count(): Promise<number> {
    const { client, topic, clock } = this.#init;
    const now = clock.monotonic();
    if (this.#partitions === undefined || now - this.#askedAt > refreshMs) {
      const before = this.#partitions;
      this.#askedAt = now;
      const asked = client.partitionsOf(topic);
      this.#partitions = before === undefined ? asked : asked.catch(() => before);
      asked.catch(() => {
        if (before === undefined) this.#partitions = undefined;
      });
    }
    return await this.#partitions;
  }

  /** One partition for a key; otherwise each in turn, for as long as a batch is gathered. */
  #choose(key: string, count: number): number {
    if (key !== "") return javaHash(key) % count;
    const { settings, clock } = this.#init;
    const now = clock.monotonic();
    if (!settings.isBatching || now - this.#turnedAt > settings.maxDelayMs) {
      this.#turn++;
      this.#turnedAt = now;
    }
    return this.#turn % count;
  }

  async #producer(index: number): Promise<PulsarProducer> {
    const at = Math.max(index, 0);
    const topic = index < 0 ? this.#init.topic : partitionName(this.#init.topic, index);
    const opening = this.#producers[at] ?? PulsarProducer.open({ ...this.#init, topic });
    this.#producers[at] = opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#producers[at] === opening) this.#producers[at] = undefined;
      throw error;
    }
  }
}

/** Of the bytes, never negative: what other clients put a key's messages by. */
export function javaHash(key: string): number {
  let hash = 0;
  for (const byte of Buffer.from(key)) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash & 0x7f_ff_ff_ff;
}

export class TopicConsumer implements AsyncDisposable {
  readonly #init: PulsarConsumerInit;
  readonly #clock: Clock;
  readonly #consumers: PulsarConsumer[] = [];
  #partitions = 0;
  #refreshing: Promise<void> | undefined;
  #timer: Disposable | undefined;
  #isClosed = false;

  private constructor(init: PulsarConsumerInit) {
    this.#init = init;
    this.#clock = init.clock;
  }

  /** @param init with the name of the whole topic. @throws {Error} */
  static async open(init: PulsarConsumerInit): Promise<TopicConsumer> {
    const consumer = new TopicConsumer(init);
    try {
      await consumer.#start();
      return consumer;
    } catch (error) {
      await consumer[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#refreshing;
    await Promise.all(this.#consumers.map((consumer) => consumer[Symbol.asyncDispose]()));
  }

  async #start(): Promise<void> {
    const { client, topic } = this.#init;
    this.#partitions = await client.partitionsOf(topic);
    if (this.#partitions === 0) {
      this.#consumers.push(await PulsarConsumer.open(this.#init));
      return;
    }
    await this.#add(0, this.#partitions);
    this.#timer = this.#clock.interval(refreshMs, () => {
      this.#refreshing ??= this.#refresh().finally(() => {
        this.#refreshing = undefined;
      });
    });
  }

  async #refresh(): Promise<void> {
    const { client, topic, logger } = this.#init;
    try {
      const count = await client.partitionsOf(topic);
      if (this.#isClosed || count <= this.#partitions) return;
      await this.#add(this.#partitions, count);
      this.#partitions = count;
    } catch (error) {
      logger.debug(`pulsar: error asking for the partitions of ${topic}: ${errorText(error)}`);
    }
  }

  async #add(from: number, to: number): Promise<void> {
    for (let index = this.#consumers.length; index < to; index++) {
      if (index < from) continue;
      const topic = partitionName(this.#init.topic, index);
      this.#consumers.push(await PulsarConsumer.open({ ...this.#init, topic, partition: index }));
    }
  }
}
