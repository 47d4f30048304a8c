/**
 * A member of a consumer group. The driver keeps the membership; what to fetch, when to hand it over and what to confirm is
 * decided here: a partition that waits for the app does not hold the others, and nothing is confirmed before its answer.
 * @see spec 03 §7.2
 */
import type { ConnectionPool, Consumer, GroupAssignment } from "@platformatic/kafka";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { pauseAfter } from "./failure-pause.ts";
import { type KafkaClient, kafkaErrorText } from "./kafka-client.ts";
import { readFetched } from "./kafka-fetched.ts";
import { type KafkaDelivery, KafkaPartition } from "./kafka-partition.ts";
import { assigners, writeStickyData } from "./kafka-partitions.ts";

export interface KafkaConsumerInit {
  readonly client: KafkaClient;
  readonly topics: readonly string[];
  readonly delivery: KafkaDelivery;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Ends handling: what is under way is neither confirmed nor refused. */
  readonly signal: AbortSignal;
}

/** The broker answers a fetch without records after so long. */
const fetchWaitMs = 500;
/** Attempts of the driver at one request. */
const retries = 3;
const rebalanceMs = 60_000;
/** Between two confirmations, so that many records share one. */
const commitGapMs = 50;
const closeLimitMs = 2_000;

type Fetched = Awaited<ReturnType<Consumer["fetch"]>>;

const keyOf = (topic: string, partition: number): string => `${partition} ${topic}`;

export class KafkaConsumer implements AsyncDisposable {
  readonly #init: KafkaConsumerInit;
  readonly #consumer: Consumer;
  readonly #pool: ConnectionPool;
  readonly #stop = new AbortController();
  readonly #partitions = new Map<string, KafkaPartition>();
  /** Partitions of each topic when some were taken over. */
  readonly #counts = new Map<string, number>();
  /** Partitions of each topic for which the group was joined again. */
  readonly #joinedFor = new Map<string, number>();
  /** Brokers with a fetch under way. */
  readonly #fetching = new Map<number, Promise<void>>();
  #isPumping = false;
  #isPaused = false;
  #isRejoining = false;
  #hasCommitTimer = false;
  #committing: Promise<void> = Promise.resolve();
  /** Which assignment is being taken over. */
  #round = 0;
  #settling: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  private constructor(init: KafkaConsumerInit) {
    this.#init = init;
    const { client } = init;
    const { driver, settings } = client;
    const { strategy, heartbeatMs, sessionMs, fetchMinBytes, fetchBytes } = settings.consumer;
    this.#consumer = new driver.Consumer({
      ...client.options(retries),
      groupId: settings.groupId,
      sessionTimeout: sessionMs,
      rebalanceTimeout: Math.max(rebalanceMs, sessionMs),
      heartbeatInterval: heartbeatMs,
      protocols: [{ name: strategy, version: 0 }],
      protocolsMetadata: () => this.#beforeJoin(),
      partitionAssigner: (_self, members, topics, metadata) => {
        const counts = new Map(
          [...topics].map((topic) => [topic, metadata.topics.get(topic)?.partitionsCount ?? 0]),
        );
        const plan = assigners[strategy]([...members.values()], counts);
        return [...plan].map(([memberId, assigned]) => ({
          memberId,
          assignments: new Map(
            [...assigned].map(([topic, partitions]) => [topic, { topic, partitions }]),
          ),
        }));
      },
      minBytes: fetchMinBytes,
      maxBytes: Math.max(fetchBytes * 50, 52_428_800),
      maxWaitTime: fetchWaitMs,
      isolationLevel: driver.FetchIsolationLevels.READ_UNCOMMITTED,
    });
    // A fetch that waits would hold up everything else on its connection.
    this.#pool = new driver.ConnectionPool(settings.clientId, client.connection());
    this.#consumer.on("consumer:group:join", () => this.#settle());
    this.#consumer.on("error", (error: Error) => this.#rejoin(error));
  }

  /** Joins the group. @throws {Error} */
  static async start(init: KafkaConsumerInit): Promise<KafkaConsumer> {
    const consumer = new KafkaConsumer(init);
    try {
      await consumer.#start();
    } catch (cause) {
      await consumer[Symbol.asyncDispose]();
      throw new Error(kafkaErrorText(cause), { cause });
    }
    return consumer;
  }

  /** Fetches nothing more; what is here still goes to the app. */
  pause(): void {
    this.#isPaused = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #start(): Promise<void> {
    const { topics, signal } = this.#init;
    const consumer = this.#consumer;
    for (const topic of topics) consumer.topics.track(topic);
    await this.#within(consumer.metadata({ topics: [...topics] }), 30_000);
    signal.throwIfAborted();
    await this.#within(consumer.joinGroup({}), rebalanceMs * 2);
    signal.throwIfAborted();
    await this.#settling;
  }

  async #end(): Promise<void> {
    this.#stop.abort(new Error("context canceled"));
    await Promise.all([...this.#partitions.values()].map((partition) => partition.end()));
    await this.#within(this.#commit(), closeLimitMs).catch(() => {});
    const over = Promise.allSettled([
      // Leaves the group, so that the others need not wait for the session's end.
      this.#consumer.close(true),
      this.#pool.close(),
    ]);
    await this.#within(over, closeLimitMs).catch(() => {});
    await Promise.all(this.#fetching.values());
  }

  /** What the driver asks for before it joins: the group waits so long for the app's answers. */
  async #beforeJoin(): Promise<Buffer> {
    const { sessionMs, strategy } = this.#init.client.settings.consumer;
    const consumer = this.#consumer;
    const data = (): Buffer =>
      strategy === "sticky"
        ? writeStickyData(consumer.assignments ?? [], consumer.generationId)
        : Buffer.alloc(0);
    // A confirmation that is refused makes the driver join again.
    if (this.#isRejoining || this.#partitions.size === 0) return data();
    this.#isRejoining = true;
    const held = [...this.#partitions.values()];
    for (const partition of held) partition.hold(true);
    try {
      const answered = Promise.all(held.map(({ idle }) => idle));
      await this.#within(answered, sessionMs / 2);
      await this.#within(this.#commit(), closeLimitMs);
    } catch {
      // What is not confirmed comes again.
    } finally {
      this.#isRejoining = false;
    }
    return data();
  }

  /** Takes over what the group gave to this member. */
  #settle(): void {
    const round = ++this.#round;
    this.#settling = this.#settling.then(() => this.#takeOver(round));
  }

  /** Never rejects. */
  async #takeOver(round: number): Promise<void> {
    const { clock, logger } = this.#init;
    for (let failures = 0; round === this.#round && !this.#stop.signal.aborted; failures++) {
      try {
        const assignments = this.#consumer.assignments ?? [];
        await this.#drop(assignments);
        await this.#begin(assignments);
        for (const partition of this.#partitions.values()) partition.hold(false);
        this.#pump();
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        logger.error(`kafka: cannot take partitions over: ${kafkaErrorText(error)}`);
        await clock.sleep(pauseAfter(failures + 1), this.#stop.signal).catch(() => {});
      }
    }
  }

  async #drop(assignments: readonly GroupAssignment[]): Promise<void> {
    const mine = new Set(
      assignments.flatMap(({ topic, partitions }) => partitions.map((one) => keyOf(topic, one))),
    );
    for (const [key, partition] of this.#partitions) {
      if (mine.has(key)) continue;
      this.#partitions.delete(key);
      // It is somebody else's now: what the app answers late is not confirmed.
      void partition.end();
    }
  }

  async #begin(assignments: readonly GroupAssignment[]): Promise<void> {
    const added = assignments
      .map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.filter((one) => !this.#partitions.has(keyOf(topic, one))),
      }))
      .filter(({ partitions }) => partitions.length > 0);
    if (added.length === 0) return;
    const committed = await this.#consumer.listCommittedOffsets({ topics: added });
    const fresh: KafkaPartition[] = [];
    for (const { topic, partitions } of added) {
      for (const partition of partitions) {
        const known = committed.get(topic)?.[partition] ?? -1n;
        const start = known >= 0n ? known : await this.#firstOffset(topic, partition);
        const one = this.#partition(topic, partition, start);
        this.#partitions.set(keyOf(topic, partition), one);
        if (known < 0n) fresh.push(one);
      }
    }
    const { topics } = await this.#consumer.metadata({ topics: added.map(({ topic }) => topic) });
    for (const [topic, { partitionsCount }] of topics) this.#counts.set(topic, partitionsCount);
    // From now on the group has a position: nothing that comes while nobody is there is skipped.
    if (fresh.length > 0) await this.#commitOffsets(fresh);
  }

  async #firstOffset(topic: string, partition: number): Promise<bigint> {
    const { startsAt } = this.#init.client.settings.consumer;
    const { ListOffsetTimestamps } = this.#init.client.driver;
    // A partition that was added while the group was there is read from its beginning.
    const isAdded = partition >= (this.#counts.get(topic) ?? Number.POSITIVE_INFINITY);
    const timestamp =
      startsAt === "oldest" || isAdded
        ? ListOffsetTimestamps.EARLIEST
        : ListOffsetTimestamps.LATEST;
    const offsets = await this.#consumer.listOffsets({
      topics: [topic],
      partitions: { [topic]: [partition] },
      timestamp,
    });
    const offset = offsets.get(topic)?.[partition];
    if (offset === undefined) throw new Error(`no offset of ${topic}/${partition}`);
    return offset;
  }

  #partition(topic: string, partition: number, start: bigint): KafkaPartition {
    const { delivery, clock, random, logger, signal, client } = this.#init;
    return new KafkaPartition({
      topic,
      partition,
      start,
      delivery,
      backOff: client.settings.consumer.backOff,
      clock,
      random,
      logger,
      signal,
      onProgress: () => this.#commitSoon(),
      onDrain: () => this.#pump(),
    });
  }

  /** Fetches from each broker what there is room for. */
  #pump(): void {
    if (this.#isPumping || this.#isPaused || this.#stop.signal.aborted) return;
    this.#isPumping = true;
    void this.#startFetches().finally(() => {
      this.#isPumping = false;
    });
  }

  async #startFetches(): Promise<void> {
    const { clock, logger } = this.#init;
    try {
      const metadata = await this.#consumer.metadata({ topics: [...this.#init.topics] });
      this.#noteGrowth(metadata.topics);
      const byBroker = new Map<number, KafkaPartition[]>();
      for (const partition of this.#partitions.values()) {
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
          this.#pump();
        });
        this.#fetching.set(broker, work);
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      logger.warn(`kafka: cannot find out where to fetch from: ${kafkaErrorText(error)}`);
      this.#consumer.clearMetadata();
      await clock.sleep(500, this.#stop.signal).catch(() => {});
      setImmediate(() => this.#pump());
    }
  }

  #hasRoom(partition: KafkaPartition): boolean {
    const { client, delivery } = this.#init;
    const limit = Math.max(client.settings.consumer.bufferSize, delivery.maxRecords);
    return !partition.isStopped && partition.waiting < limit;
  }

  /** Partitions that were added meanwhile: whoever leads the group gives them away when it joins again. */
  #noteGrowth(topics: ReadonlyMap<string, { readonly partitionsCount: number }>): void {
    for (const [topic, { partitionsCount }] of topics) {
      const known = Math.max(this.#counts.get(topic) ?? 0, this.#joinedFor.get(topic) ?? 0);
      if (known === 0 || partitionsCount <= known) continue;
      this.#joinedFor.set(topic, partitionsCount);
      this.#consumer.joinGroup({}).catch((error: Error) => this.#rejoin(error));
    }
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
      const response = await this.#consumer.fetch({
        node: broker,
        topics,
        connectionPool: this.#pool,
      });
      this.#accept(response, wanted, ids);
    } catch (error) {
      if (this.#stop.signal.aborted || (await this.#recover(error, wanted, ids))) return;
      logger.warn(`kafka: error fetching from broker ${broker}: ${kafkaErrorText(error)}`);
      this.#consumer.clearMetadata();
      await clock.sleep(500, this.#stop.signal).catch(() => {});
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
          const offsets = await this.#consumer.listOffsets({
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

  #commitSoon(): void {
    if (this.#hasCommitTimer || this.#stop.signal.aborted) return;
    this.#hasCommitTimer = true;
    this.#init.clock.timer(commitGapMs, () => {
      this.#hasCommitTimer = false;
      if (!this.#stop.signal.aborted && !this.#isRejoining) void this.#commit();
    });
  }

  /** Never rejects; one at a time. */
  #commit(): Promise<void> {
    this.#committing = this.#committing.then(async () => {
      const moved = [...this.#partitions.values()].filter((one) => one.position > one.committed);
      if (moved.length === 0) return;
      try {
        await this.#commitOffsets(moved);
      } catch (error) {
        if (this.#consumer.closed) return;
        this.#init.logger.error(`kafka: error confirming offsets: ${kafkaErrorText(error)}`);
        this.#commitSoon();
      }
    });
    return this.#committing;
  }

  async #commitOffsets(moved: readonly KafkaPartition[]): Promise<void> {
    const offsets = moved.map(({ topic, partition, position, leaderEpoch }) => ({
      topic,
      partition,
      offset: position,
      leaderEpoch,
    }));
    await this.#consumer.commit({ offsets });
    for (const [i, one] of moved.entries()) one.committed = offsets[i]?.offset ?? one.committed;
  }

  /** The driver has given up its membership. */
  #rejoin(cause: Error): void {
    const { logger, clock, client } = this.#init;
    const { signal } = this.#stop;
    if (signal.aborted) return;
    logger.warn(`kafka: lost the consumer group: ${kafkaErrorText(cause)}`);
    void (async () => {
      for (let failures = 1; !signal.aborted; failures++) {
        const pauseMs = Math.max(pauseAfter(failures), client.settings.consumer.rejoinMs);
        await clock.sleep(pauseMs, signal).catch(() => {});
        if (signal.aborted) return;
        try {
          await this.#consumer.joinGroup({});
          return;
        } catch (error) {
          logger.warn(`kafka: cannot join the consumer group: ${errorText(error)}`);
        }
      }
    })();
  }

  /** @throws {Error} the time is over, or the consumer's signal was aborted */
  async #within<T>(work: Promise<T>, ms: number): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    using _limit = this.#init.clock.timer(ms, () => reject(new Error("kafka: request timed out")));
    work.catch(() => {});
    return await Promise.race([work, promise]);
  }
}
