/**
 * A member of a consumer group. The driver keeps the membership; what to fetch, when to hand it over and what to confirm is
 * decided here: a partition that waits for the app does not hold the others, and nothing is confirmed before its answer.
 * @see spec 03 §7.2
 */
import type { Consumer, GroupAssignment } from "@platformatic/kafka";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { pauseAfter } from "./failure-pause.ts";
import { type KafkaClient, kafkaErrorText } from "./kafka-client.ts";
import { fetchWaitMs, KafkaFetcher } from "./kafka-fetcher.ts";
import { type KafkaDelivery, KafkaPartition } from "./kafka-partition.ts";
import { assigners, writeStickyData } from "./kafka-partitions.ts";
import { raced } from "./raced.ts";

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

/** Attempts of the driver at one request. */
const retries = 3;
const rebalanceMs = 60_000;
/** Between two confirmations, so that many records share one. */
const commitGapMs = 50;
const commitRetryMs = 1_000;
const closeLimitMs = 2_000;
/** For each step of the first join. */
const startLimitMs = 120_000;

const keyOf = (topic: string, partition: number): string => `${partition} ${topic}`;

export class KafkaConsumer implements AsyncDisposable {
  readonly #init: KafkaConsumerInit;
  readonly #consumer: Consumer;
  readonly #stop = new AbortController();
  readonly #partitions = new Map<string, KafkaPartition>();
  /** Ends of partitions that somebody else has now. */
  readonly #leaving = new Set<Promise<void>>();
  /** Partitions of each topic when some were taken over. */
  readonly #counts = new Map<string, number>();
  /** Partitions of each topic for which the group was joined again. */
  readonly #joinedFor = new Map<string, number>();
  readonly #fetcher: KafkaFetcher;
  /** Records of a partition that wait, above which nothing is fetched. */
  readonly #limit: number;
  readonly #watchdog: Disposable;
  #isRejoining = false;
  #isCommitting = false;
  #isReviving = false;
  /** Looks in a row at which the group was not there. */
  #inactive = 0;
  #hasCommitTimer = false;
  #committing: Promise<void> = Promise.resolve();
  /** Which assignment is being taken over. */
  #round = 0;
  #settling: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  private constructor(init: KafkaConsumerInit) {
    this.#init = init;
    const { client, clock, delivery } = init;
    const { driver, settings } = client;
    this.#limit = Math.max(settings.consumer.bufferSize, delivery.maxRecords);
    const { strategy, heartbeatMs, sessionMs, fetchMinBytes, fetchBytes } = settings.consumer;
    this.#consumer = new driver.Consumer({
      ...client.options(retries),
      groupId: settings.groupId,
      sessionTimeout: sessionMs,
      rebalanceTimeout: Math.max(rebalanceMs, sessionMs),
      heartbeatInterval: heartbeatMs,
      protocols: [{ name: strategy, version: 0 }],
      protocolsMetadata: () => this.#beforeJoin(),
      partitionAssigner: (_self, members, _topics, metadata) => {
        // Of all members: the leader's own topics may be others.
        const counts = new Map(
          [...metadata.topics].map(([topic, { partitionsCount }]) => [topic, partitionsCount]),
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
    this.#fetcher = new KafkaFetcher({
      client,
      consumer: this.#consumer,
      topics: init.topics,
      partitions: this.#partitions,
      limit: this.#limit,
      clock,
      logger: init.logger,
      stop: this.#stop.signal,
      onTopics: (topics) => this.#noteGrowth(topics),
    });
    this.#consumer.on("consumer:group:join", () => this.#settle());
    this.#consumer.on("error", (error: Error) => this.#rejoin(error));
    this.#watchdog = clock.interval(settings.consumer.sessionMs, () => this.#watch());
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
    this.#fetcher.pause();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #start(): Promise<void> {
    const { topics, signal } = this.#init;
    const consumer = this.#consumer;
    for (const topic of topics) consumer.topics.track(topic);
    const steps = [
      () => consumer.metadata({ topics: [...topics] }),
      () => consumer.joinGroup({}),
      () => this.#settling,
    ];
    for (const step of steps) {
      using limit = this.#init.clock.deadline(startLimitMs, signal);
      await raced<unknown>(step(), limit);
    }
  }

  async #end(): Promise<void> {
    this.#stop.abort(new Error("context canceled"));
    this.#watchdog[Symbol.dispose]();
    await Promise.all([...this.#partitions.values()].map((partition) => partition.end()));
    await Promise.all(this.#leaving);
    await this.#within(this.#commit(), closeLimitMs).catch(() => {});
    const over = Promise.allSettled([
      // Leaves the group, so that the others need not wait for the session's end.
      this.#consumer.close(true).catch(() => this.#consumer.close(true)),
      this.#fetcher.close(),
    ]);
    await this.#within(over, closeLimitMs).catch(() => {});
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
    if (this.#isRejoining || this.#isCommitting || this.#partitions.size === 0) return data();
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
        this.#fetcher.pump();
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
      const over = partition.end().then(() => void this.#leaving.delete(over));
      this.#leaving.add(over);
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
      drainsBelow: Math.ceil(this.#limit / 2),
      onDrain: () => this.#fetcher.pump(),
    });
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

  #commitSoon(ms = commitGapMs): void {
    if (this.#hasCommitTimer || this.#stop.signal.aborted) return;
    this.#hasCommitTimer = true;
    this.#init.clock.timer(ms, () => {
      this.#hasCommitTimer = false;
      if (!this.#stop.signal.aborted && !this.#isRejoining) void this.#commit();
    });
  }

  /** Never rejects; one at a time. */
  #commit(): Promise<void> {
    this.#committing = this.#committing.then(async () => {
      const moved = [...this.#partitions.values()].filter((one) => one.position > one.committed);
      if (moved.length === 0) return;
      this.#isCommitting = true;
      try {
        await this.#commitOffsets(moved);
      } catch (error) {
        if (this.#consumer.closed) return;
        this.#init.logger.error(`kafka: error confirming offsets: ${kafkaErrorText(error)}`);
        this.#commitSoon(commitRetryMs);
      } finally {
        this.#isCommitting = false;
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

  /** Whatever made the driver stop trying: a member that is out for two sessions joins again. */
  #watch(): void {
    this.#inactive = this.#consumer.isActive() || this.#round === 0 ? 0 : this.#inactive + 1;
    if (this.#inactive < 2) return;
    this.#inactive = 0;
    this.#rejoin(new Error("no signs of life"));
  }

  /** The driver has given up its membership. */
  #rejoin(cause: Error): void {
    if (this.#isReviving || this.#stop.signal.aborted) return;
    this.#init.logger.warn(`kafka: lost the consumer group: ${kafkaErrorText(cause)}`);
    this.#isReviving = true;
    void this.#revive().finally(() => {
      this.#isReviving = false;
    });
  }

  /** Never rejects. */
  async #revive(): Promise<void> {
    const { logger, clock, client } = this.#init;
    const { signal } = this.#stop;
    for (let failures = 1; !signal.aborted; failures++) {
      const pauseMs = Math.max(pauseAfter(failures), client.settings.consumer.rejoinMs);
      try {
        await clock.sleep(pauseMs, signal);
        await this.#consumer.joinGroup({});
        return;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn(`kafka: cannot join the consumer group: ${kafkaErrorText(error)}`);
      }
    }
  }

  /** @throws {Error} the time is over */
  async #within<T>(work: Promise<T>, ms: number): Promise<T> {
    using limit = this.#init.clock.deadline(ms);
    return await raced(work, limit);
  }
}
