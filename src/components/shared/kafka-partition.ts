/**
 * One partition that a consumer has: its records wait here, go to the app one after the other or in batches, and move the
 * position that is confirmed only when they are done with. A record that failed holds the ones behind it.
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { KafkaBackOff } from "./kafka-back-off.ts";
import type { KafkaRecord } from "./kafka-records.ts";

/** How records reach the app. */
export interface KafkaDelivery {
  /** Of one batch. */
  readonly maxRecords: number;
  /** ms that a batch waits for more, from its first record on. */
  readonly maxWaitMs: number;
  /** @returns failures by record; undefined: there are none. Rejects when all failed. */
  readonly handle: (
    records: readonly KafkaRecord[],
    signal: AbortSignal,
  ) => Promise<readonly (Error | undefined)[] | undefined>;
}

export interface KafkaPartitionInit {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the first record that is not done with. */
  readonly start: bigint;
  readonly delivery: KafkaDelivery;
  readonly backOff: KafkaBackOff;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Ends handling: what is under way is neither confirmed nor refused. */
  readonly signal: AbortSignal;
  /** The position has moved. */
  readonly onProgress: () => void;
  /** With fewer records that wait there is room again. */
  readonly drainsBelow: number;
  readonly onDrain: () => void;
}

export class KafkaPartition {
  readonly topic: string;
  readonly partition: number;
  /** Offset to fetch next. */
  next: bigint;
  /** Offset of the first record that is not done with. */
  position: bigint;
  /** What the broker was told. */
  committed: bigint;
  leaderEpoch = -1;
  readonly #init: KafkaPartitionInit;
  readonly #stop = new AbortController();
  readonly #queue: KafkaRecord[] = [];
  #wake: (() => void) | undefined;
  #isHeld = false;
  #current: Promise<void> | undefined;
  readonly #loop: Promise<void>;

  constructor(init: KafkaPartitionInit) {
    this.#init = init;
    this.topic = init.topic;
    this.partition = init.partition;
    this.next = init.start;
    this.position = init.start;
    this.committed = init.start;
    this.#loop = this.#run();
  }

  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Records that wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves when nothing is with the app. */
  get idle(): Promise<void> {
    return this.#current ?? Promise.resolve();
  }

  add(records: readonly KafkaRecord[], next: bigint): void {
    for (const record of records) {
      if (record.offset >= this.next) this.#queue.push(record);
    }
    if (next > this.next) this.next = next;
    this.#wakeUp();
  }

  /** The broker does not have the record at `next`. */
  jump(offset: bigint): void {
    this.next = offset;
    if (this.#queue.length === 0 && this.#current === undefined) this.position = offset;
  }

  /** While the group finds out who has what, nothing new goes to the app. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#wakeUp();
  }

  /** Takes nothing more; resolves when the app has answered what it was given. */
  async end(): Promise<void> {
    this.#stop.abort(new Error("context canceled"));
    this.#queue.length = 0;
    this.#wakeUp();
    await this.#loop;
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Until something happens, or the time is over. */
  async #wait(ms?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    using _limit = ms === undefined ? undefined : this.#init.clock.timer(ms, resolve);
    await promise;
  }

  async #run(): Promise<void> {
    while (!this.isStopped) {
      if (this.#queue.length === 0 || this.#isHeld) {
        await this.#wait();
        continue;
      }
      const batch = await this.#gather();
      if (batch.length === 0) continue;
      const done = Promise.withResolvers<void>();
      this.#current = done.promise;
      await this.#deliver(batch);
      this.#current = undefined;
      done.resolve();
    }
  }

  async #gather(): Promise<readonly KafkaRecord[]> {
    const { delivery, clock, drainsBelow, onDrain } = this.#init;
    const { maxRecords, maxWaitMs } = delivery;
    const until = clock.monotonic() + maxWaitMs;
    while (this.#queue.length < maxRecords && !this.isStopped) {
      const leftMs = until - clock.monotonic();
      if (leftMs <= 0) break;
      await this.#wait(leftMs);
    }
    if (this.isStopped || this.#isHeld) return [];
    const before = this.#queue.length;
    const batch = this.#queue.splice(0, maxRecords);
    if (before >= drainsBelow && this.#queue.length < drainsBelow) onDrain();
    return batch;
  }

  /** Never rejects. */
  async #deliver(batch: readonly KafkaRecord[]): Promise<void> {
    const { clock, backOff, random, signal, delivery } = this.#init;
    let left = batch;
    for (let attempt = 1; ; attempt++) {
      let failures: readonly (Error | undefined)[];
      try {
        failures = (await delivery.handle(left, signal)) ?? [];
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(errorText(error));
        failures = left.map(() => failure);
      }
      if (signal.aborted && failures.some((one) => one !== undefined)) return;
      left = left.filter((record, i) => this.#isToRepeat(record, failures[i], attempt));
      this.#moveTo(left[0], batch);
      if (left.length === 0) return;
      try {
        await clock.sleep(backOff.pauseMs(attempt, random), this.#stop.signal);
      } catch {
        return;
      }
    }
  }

  #isToRepeat(record: KafkaRecord, failure: Error | undefined, attempt: number): boolean {
    if (failure === undefined) return false;
    const { backOff, logger } = this.#init;
    const { topic, partition, offset } = record;
    const place = `${topic}/${partition}/${offset}`;
    const isOver = failure instanceof UnreadableError || attempt > backOff.maxRetries;
    const outcome = isOver ? "giving it up" : "it is tried again";
    logger.error(`Error processing Kafka message: ${place}: ${errorText(failure)}, ${outcome}`);
    return !isOver;
  }

  /** Up to the first record that failed. */
  #moveTo(failed: KafkaRecord | undefined, batch: readonly KafkaRecord[]): void {
    const last = batch.at(-1) as KafkaRecord;
    const position = failed?.offset ?? last.offset + 1n;
    if (position <= this.position) return;
    this.position = position;
    this.leaderEpoch = last.leaderEpoch;
    this.#init.onProgress();
  }
}
