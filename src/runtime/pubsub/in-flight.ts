/**
 * Messages that are being delivered, and how a subscription waits for them when it ends.
 * @see spec 03 §4.14
 */
import type { Clock } from "../../kit/time/clock.ts";

/** For messages in flight when a subscription ends. */
const drainLimitMs = 30_000;
/** So that confirmations reach the broker. */
export const settleMs = 400;
export const deadLetterLimitMs = 30_000;

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

  /** @returns whether there was something to wait for */
  async idle(clock: Clock): Promise<boolean> {
    if (this.#count === 0) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    using _limit = clock.timer(drainLimitMs, resolve);
    await promise;
    return true;
  }
}

/** Whoever was to answer is gone: the message is neither confirmed nor put aside. */
export class SubscriptionClosedError extends Error {
  override readonly name = "SubscriptionClosedError";
  constructor() {
    super("stream closed");
  }
}

/** Nothing is answered any more: waits for the end of the broker's subscription. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
