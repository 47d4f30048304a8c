/**
 * One consumer of a Redis stream: reads what is new, takes over what others left behind, and confirms what was handled.
 *
 * What was read and not handled stays with Redis as pending: nothing is lost with this process. At most two batches of
 * `queueDepth` entries are in memory.
 * @see spec 03 §6.2
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { FailurePause, pauseAfter } from "./failure-pause.ts";
import type { Permits } from "./permits.ts";
import { raced } from "./raced.ts";
import { isReplyError, type RedisConnection } from "./redis.ts";
import {
  claim,
  confirm,
  createGroup,
  existing,
  idAfter,
  listPending,
  type PendingEntry,
  readNew,
  type StreamEntry,
  type StreamGroup,
} from "./redis-stream-commands.ts";

export interface StreamSettings {
  /** Entries of one read. */
  readonly queueDepth: number;
  /** Idle time after which a pending entry is delivered again; 0: never. */
  readonly processingTimeoutMs: number;
  /** Between two looks at what is pending; 0: never. */
  readonly redeliverIntervalMs: number;
  /** How long a read waits for entries. */
  readonly blockMs: number;
  /** Confirms also what failed. */
  readonly acksFailures: boolean;
}

export interface StreamConsumerInit {
  readonly settings: StreamSettings;
  readonly group: StreamGroup;
  /** For everything but reading. */
  readonly commands: RedisConnection;
  /** Of its own, since reading blocks it; closed by the consumer. */
  readonly reading: RedisConnection;
  /** Deliveries at the same time, shared with other consumers. */
  readonly permits: Permits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Rejects when the entry could not be handled. */
  readonly handle: (entry: StreamEntry, signal: AbortSignal) => Promise<void>;
  /** Ends handling: what is under way is neither confirmed nor refused. */
  readonly signal: AbortSignal;
}

/** Longest wait of an entry that fails again and again, unless processingTimeout is longer. */
const longestRedeliveryMs = 300_000;
/** Ids of entries that were handled but could not be confirmed. */
const maxUnconfirmed = 10_000;

export class StreamConsumer implements AsyncDisposable {
  readonly #init: StreamConsumerInit;
  readonly #stop = new AbortController();
  readonly #pause: FailurePause;
  /** Read, and not yet with the handler. */
  readonly #queued = new Set<string>();
  readonly #unconfirmed = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #loops: Promise<void>[] = [];

  private constructor(init: StreamConsumerInit) {
    this.#init = init;
    this.#pause = new FailurePause(init.clock);
  }

  /** Makes the group, then begins. @throws {Error} */
  static async start(init: StreamConsumerInit): Promise<StreamConsumer> {
    await createGroup(init.reading, init.group);
    const consumer = new StreamConsumer(init);
    const { processingTimeoutMs, redeliverIntervalMs } = init.settings;
    consumer.#loops.push(consumer.#readLoop());
    if (processingTimeoutMs > 0 && redeliverIntervalMs > 0) {
      consumer.#loops.push(consumer.#reclaimLoop());
    }
    return consumer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stop.signal.aborted) {
      this.#stop.abort(new Error("context canceled"));
      // Ends the read that waits.
      await this.#init.reading[Symbol.asyncDispose]();
    }
    await Promise.all(this.#loops);
    await Promise.all(this.#underWay);
  }

  async #readLoop(): Promise<void> {
    const { reading, group, settings, logger, clock } = this.#init;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        // A cluster that is closed may leave a read without any answer.
        const read = readNew(reading, group, settings.queueDepth, settings.blockMs);
        const entries = await raced(read, signal);
        failures = 0;
        await this.#deliverAll(entries);
      } catch (error) {
        if (signal.aborted) return;
        if (isReplyError(error) && errorText(error).includes("NOGROUP")) {
          failures = (await this.#recreateGroup()) ? 0 : failures + 1;
        } else {
          failures++;
          logger.error(
            `redis streams: error reading from stream ${group.stream}: ${errorText(error)}`,
          );
        }
        await clock.sleep(pauseAfter(failures), signal).catch(() => {});
      }
    }
  }

  /** The stream was deleted, or the server has lost it. */
  async #recreateGroup(): Promise<boolean> {
    const { reading, group, logger } = this.#init;
    logger.warn(`redis streams: recreating group ${group.group} for stream ${group.stream}`);
    try {
      await createGroup(reading, group);
      return true;
    } catch (error) {
      logger.error(
        `redis streams: error recreating group ${group.group} for stream ${group.stream}: ${errorText(error)}`,
      );
      return false;
    }
  }

  async #reclaimLoop(): Promise<void> {
    const { group, settings, logger, clock } = this.#init;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#reclaim();
      } catch (error) {
        if (signal.aborted) return;
        // Without a group nothing is pending; the reader makes it anew.
        if (!errorText(error).includes("NOGROUP")) {
          logger.error(
            `redis streams: error retrieving pending messages of stream ${group.stream}: ${errorText(error)}`,
          );
        }
      }
      await clock.sleep(settings.redeliverIntervalMs, signal).catch(() => {});
    }
  }

  /** Goes once through what is pending. */
  async #reclaim(): Promise<void> {
    const { commands, group, settings } = this.#init;
    const { signal } = this.#stop;
    const count = settings.queueDepth;
    let from = "-";
    for (;;) {
      const page = await listPending(commands, group, from, count);
      const due = page.filter((entry) => this.#isDue(entry)).map(({ id }) => id);
      if (due.length > 0) await this.#deliverAll(await this.#takeOver(due));
      const last = page.at(-1);
      if (last === undefined || page.length < count || signal.aborted) return;
      from = idAfter(last.id);
    }
  }

  /** Each delivery that failed doubles the wait for the next. */
  #isDue({ idleMs, deliveries }: PendingEntry): boolean {
    const { processingTimeoutMs, acksFailures } = this.#init.settings;
    if (acksFailures) return idleMs >= processingTimeoutMs;
    const longestMs = Math.max(processingTimeoutMs, longestRedeliveryMs);
    const factor = 2 ** Math.min(Math.max(deliveries - 1, 0), 30);
    return idleMs >= Math.min(processingTimeoutMs * factor, longestMs);
  }

  /** @returns the entries that are to be delivered */
  async #takeOver(ids: readonly string[]): Promise<StreamEntry[]> {
    const { commands, group, settings } = this.#init;
    const { claimed, hasLost } = await claim(commands, group, settings.processingTimeoutMs, ids);
    if (hasLost) {
      const held = await existing(commands, group, ids);
      const lost = ids.filter((id) => !held.has(id));
      await Promise.all(lost.map((id) => confirm(commands, group, id)));
    }
    const isNew = ({ id }: StreamEntry): boolean => !this.#queued.has(id);
    return claimed.filter(isNew);
  }

  /** Resolves when the last one is with the handler. @throws when the consumer was stopped before */
  async #deliverAll(entries: readonly StreamEntry[]): Promise<void> {
    const { permits } = this.#init;
    const { signal } = this.#stop;
    for (const { id } of entries) this.#queued.add(id);
    try {
      for (const entry of entries) {
        await this.#pause.over(signal);
        await permits.acquire(signal);
        this.#queued.delete(entry.id);
        const work = this.#deliver(entry).finally(() => {
          permits.release();
          this.#underWay.delete(work);
        });
        this.#underWay.add(work);
      }
    } finally {
      for (const { id } of entries) this.#queued.delete(id);
    }
  }

  /** Never rejects. */
  async #deliver(entry: StreamEntry): Promise<void> {
    const { settings, group, logger, handle, signal, clock } = this.#init;
    if (this.#unconfirmed.has(entry.id)) {
      await this.#confirm(entry.id);
      return;
    }
    const { processingTimeoutMs } = settings;
    const startedAt = clock.monotonic();
    try {
      await handle(entry, signal);
      this.#pause.succeeded();
    } catch (error) {
      if (signal.aborted) return;
      logger.error(
        `redis streams: error processing message ${entry.id} of stream ${group.stream}: ${errorText(error)}`,
      );
      const isLate =
        processingTimeoutMs > 0 && clock.monotonic() - startedAt >= processingTimeoutMs;
      const isOver = settings.acksFailures || error instanceof UnreadableError;
      if (!isOver) this.#pause.failed();
      if (!isOver || isLate) return;
    }
    await this.#confirm(entry.id);
  }

  async #confirm(id: string): Promise<void> {
    const { commands, group, logger } = this.#init;
    try {
      await confirm(commands, group, id);
      this.#unconfirmed.delete(id);
    } catch (error) {
      // It will be taken over, and is then confirmed without another delivery.
      if (this.#unconfirmed.size < maxUnconfirmed) this.#unconfirmed.add(id);
      logger.error(
        `redis streams: error acknowledging message ${id} of stream ${group.stream}: ${errorText(error)}`,
      );
    }
  }
}
