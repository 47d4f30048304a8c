/**
 * Messages that are being delivered, and how whoever receives them waits for them when it ends.
 * @see spec 03 §4.14, §8.2
 */
import type { Clock } from "../../kit/time/clock.ts";

/** For messages in flight at the end. */
const drainLimitMs = 30_000;
/** So that confirmations reach the broker. */
export const settleMs = 400;

/** Counts what is under way, and says when nothing is. */
export class InFlight {
  #count = 0;
  #onIdle: (() => void) | undefined;

  get count(): number {
    return this.#count;
  }

  async track<T>(work: () => Promise<T>): Promise<T> {
    this.#count++;
    try {
      return await work();
    } finally {
      this.#count--;
      if (this.#count === 0) this.#onIdle?.();
    }
  }

  /** @param onLimit told when the wait was too long @returns whether there was something to wait for */
  async idle(clock: Clock, onLimit?: () => void): Promise<boolean> {
    if (this.#count === 0) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    using _limit = clock.timer(drainLimitMs, () => {
      onLimit?.();
      resolve();
    });
    await promise;
    return true;
  }
}
