/**
 * Counts over the last so many milliseconds, in slices that fall out one after another.
 */
import type { Clock } from "../../kit/time/clock.ts";

interface Slice {
  startedAt: number;
  readonly counts: number[];
}

export class SlidingWindow {
  readonly #sliceMs: number;
  readonly #slices: Slice[];
  readonly #clock: Clock;

  /** @param width how many different things are counted */
  constructor(clock: Clock, intervalMs: number, sliceCount: number, width: number) {
    this.#clock = clock;
    this.#sliceMs = intervalMs / sliceCount;
    this.#slices = Array.from({ length: sliceCount }, () => ({
      startedAt: Number.NEGATIVE_INFINITY,
      counts: Array.from({ length: width }, () => 0),
    }));
  }

  add(index: number, amount = 1): void {
    const number = Math.floor(this.#clock.monotonic() / this.#sliceMs);
    const startedAt = number * this.#sliceMs;
    const slice = this.#slices[number % this.#slices.length] as Slice;
    if (slice.startedAt !== startedAt) {
      slice.startedAt = startedAt;
      slice.counts.fill(0);
    }
    slice.counts[index] = (slice.counts[index] ?? 0) + amount;
  }

  sum(index: number): number {
    const oldest = this.#oldest();
    let sum = 0;
    for (const { startedAt, counts } of this.#slices) {
      if (startedAt > oldest) sum += counts[index] ?? 0;
    }
    return sum;
  }

  /** The largest count of one slice. */
  largest(index: number): number {
    const oldest = this.#oldest();
    let largest = 0;
    for (const { startedAt, counts } of this.#slices) {
      if (startedAt > oldest) largest = Math.max(largest, counts[index] ?? 0);
    }
    return largest;
  }

  clear(): void {
    for (const slice of this.#slices) slice.startedAt = Number.NEGATIVE_INFINITY;
  }

  #oldest(): number {
    const now = Math.floor(this.#clock.monotonic() / this.#sliceMs) * this.#sliceMs;
    return now - this.#sliceMs * this.#slices.length;
  }
}
