/**
 * Fetches records for the partitions that a consumer has, from each broker by itself: one that has nothing to say does not
 * hold up the others, and a partition that has enough is left out.
 */
import type { ConnectionPool, Consumer } from "@platformatic/kafka";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { type KafkaClient, kafkaErrorText } from "./kafka-client.ts";
import { readFetched } from "./kafka-fetched.ts";
import type { KafkaPartition } from "./kafka-partition.ts";

export interface KafkaFetcherInit {
  readonly client: KafkaClient;
  readonly consumer: Consumer;
  readonly topics: readonly string[];
  /** Those that the consumer has now. */
  readonly partitions: ReadonlyMap<string, KafkaPartition>;
  /** Records of a partition that wait, above which nothing is fetched. */
  readonly limit: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  /** Told of each look at the topics. */
  readonly onTopics: (topics: ReadonlyMap<string, { readonly partitionsCount: number }>) => void;
}

type Fetched = Awaited<ReturnType<Consumer["fetch"]>>;

/** The broker answers a fetch without records after so long. */
export const fetchWaitMs = 500;
const failurePauseMs = 500;

export class KafkaFetcher {
  readonly #init: KafkaFetcherInit;
  /** A fetch that waits would hold up everything else on its connection. */
  readonly #pool: ConnectionPool;
  /** Brokers with a fetch under way. */
  readonly #fetching = new Map<number, Promise<void>>();
  #isPumping = false;
  #isWanted = false;
  #isPaused = false;

  constructor(init: KafkaFetcherInit) {
    this.#init = init;
    const { driver, settings } = init.client;
    this.#pool = new driver.ConnectionPool(settings.clientId, init.client.connection());
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** After stop. */
  async close(): Promise<void> {
    await this.#pool.close();
    await Promise.all(this.#fetching.values());
  }

  /** Fetches from each broker what there is room for. */
  pump(): void {
    this.#isWanted = true;
    if (this.#isPumping) return;
    this.#isPumping = true;
    void this.#pumpAll();
  }

  async #pumpAll(): Promise<void> {
    while (this.#isWanted && !this.#isPaused && !this.#init.stop.aborted) {
      this.#isWanted = false;
      await this.#startFetches();
    }
    // In the same turn as the last look at what is wanted.
    this.#isPumping = false;
  }

  async #startFetches(): Promise<void> {
    const { clock, logger } = this.#init;
    try {
      const metadata = await this.#init.consumer.metadata({ topics: [...this.#init.topics] });
      this.#init.onTopics(metadata.topics);
      const byBroker = new Map<number, KafkaPartition[]>();
      for (const partition of this.#init.partitions.values()) {
        if (!this.#hasRoom(partition)) continue;
        const leader = metadata.topics.get(partition.topic)?.partitions[partition.partition]
          ?.leader;
        if (leader === undefined || leader < 0) throw new Error("a partition has no leader");
        const list = byBroker.get(leader);
        if (list === undefined) byBroker.set(leader, [partition]);
        else list.push(partition);
      }
      for (const [broker, wanted] of byBroker) {
        if (this.#fetching.has(broker)) continue;
        const ids = new Map(
          wanted.map(({ topic }) => [topic, metadata.topics.get(topic)?.id ?? ""]),
        );
        const work = this.#fetch(broker, wanted, ids).finally(() => {
          this.#fetching.delete(broker);
          this.pump();
        });
        this.#fetching.set(broker, work);
      }
    } catch (error) {
      if (this.#init.stop.aborted) return;
      logger.warn(`kafka: cannot find out where to fetch from: ${kafkaErrorText(error)}`);
      this.#init.consumer.clearMetadata();
      await clock.sleep(failurePauseMs, this.#init.stop).catch(() => {});
      this.#isWanted = true;
    }
  }

  #hasRoom(partition: KafkaPartition): boolean {
    return !partition.isStopped && partition.waiting < this.#init.limit;
  }

  /** Never rejects. */
  async #fetch(
    broker: number,
    wanted: readonly KafkaPartition[],
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { client, clock, logger } = this.#init;
    const partitionMaxBytes = client.settings.consumer.fetchBytes;
    const topics = wanted.map(({ topic, partition, next }) => ({
      topicId: ids.get(topic) ?? "",
      partitions: [
        {
          partition,
          fetchOffset: next,
          partitionMaxBytes,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
        },
      ],
    }));
    try {
      const response = await this.#init.consumer.fetch({
        node: broker,
        topics,
        connectionPool: this.#pool,
      });
      this.#accept(response, wanted, ids);
    } catch (error) {
      if (this.#init.stop.aborted || (await this.#recover(error, wanted, ids))) return;
      logger.warn(`kafka: error fetching from broker ${broker}: ${kafkaErrorText(error)}`);
      this.#init.consumer.clearMetadata();
      await clock.sleep(failurePauseMs, this.#init.stop).catch(() => {});
    }
  }

  #accept(
    { responses }: Fetched,
    wanted: readonly KafkaPartition[],
    ids: ReadonlyMap<string, string>,
  ): void {
    for (const { topicId, partitions } of responses) {
      for (const { partitionIndex, records } of partitions) {
        const target = wanted.find(
          (one) => one.partition === partitionIndex && ids.get(one.topic) === topicId,
        );
        // Given away meanwhile, or of an earlier request.
        if (target === undefined || target.isStopped || !records) continue;
        const { found, next } = readFetched(records, target.topic, partitionIndex, target.next);
        target.add(found, next);
      }
    }
  }

  /** Records that are gone by their age, or a topic that was made anew. @returns whether that was it */
  async #recover(
    error: unknown,
    wanted: readonly KafkaPartition[],
    ids: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const { driver, settings } = this.#init.client;
    const failure = driver.findErrorBy(error as Error, "apiId", "OFFSET_OUT_OF_RANGE");
    if (failure === null || failure === undefined) return false;
    const outOfRange = new Set<KafkaPartition>();
    try {
      for (const one of wanted) {
        const { topic, partition } = one;
        const at = async (timestamp: bigint): Promise<bigint> => {
          const partitions = { [topic]: [partition] };
          const offsets = await this.#init.consumer.listOffsets({
            topics: [topic],
            partitions,
            timestamp,
          });
          return offsets.get(topic)?.[partition] ?? 0n;
        };
        const first = await at(driver.ListOffsetTimestamps.EARLIEST);
        const end = await at(driver.ListOffsetTimestamps.LATEST);
        if (one.next >= first && one.next <= end) continue;
        const isBehind = one.next < first || settings.consumer.startsAt === "oldest";
        this.#init.logger.warn(
          `kafka: ${topic}/${partition} has no offset ${one.next}, going on at ${isBehind ? first : end}`,
        );
        one.jump(isBehind ? first : end);
        outOfRange.add(one);
      }
    } catch {
      return false;
    }
    return outOfRange.size > 0 && ids.size > 0;
  }
}
