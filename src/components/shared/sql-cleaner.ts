/**
 * Deletes expired rows now and then. Sidecars that share a database take turns.
 * @see spec 04 §8.1
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { formatDuration } from "../../kit/time/duration.ts";

/** Clocks and timers of different sidecars are this far apart at most. */
const toleranceMs = 100;

export interface SweepInit {
  readonly intervalMs: number;
  /**
   * Notes the time in the database, but only if what is noted there is older than minAgeMs; then deletes.
   * @returns how many rows; undefined: another sidecar has cleaned meanwhile
   */
  sweep(minAgeMs: number): number | undefined | Promise<number | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Dispose ends it; a sweep in flight may still fail, quietly. */
export function scheduleSweeps(init: SweepInit): Disposable {
  const { intervalMs, sweep, clock, logger } = init;
  logger.info(`Schedule expired data clean up every ${formatDuration(intervalMs)}`);
  let isRunning = false;
  let isOver = false;
  const clean = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      const removed = await sweep(intervalMs - toleranceMs);
      if (removed !== undefined) logger.info(`Removed ${removed} expired rows`);
    } catch (error) {
      if (!isOver) logger.error(`Error removing expired data: ${errorText(error)}`);
    } finally {
      isRunning = false;
    }
  };
  const timer = clock.interval(intervalMs, () => void clean());
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
}
