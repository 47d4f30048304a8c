/**
 * Reads what changed: at once while few reads run, else one after another and each key once. A read that failed is
 * repeated until it succeeds, so that the last value is always told.
 */
import type { Clock } from "../../kit/time/clock.ts";

export interface ChangedKeysInit {
  /** Reads one key and tells its value. */
  readonly read: (key: string) => Promise<void>;
  /** A read failed; it will be repeated. Called once until one succeeds again. */
  readonly onFailure: (error: unknown) => void;
  readonly clock: Clock;
}

/** Reads at the same time. */
const maxRunning = 100;
/** Keys that wait; the oldest is forgotten for one more. */
export const maxWaiting = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 1_000;

export class ChangedKeys implements Disposable {
  readonly #init: ChangedKeysInit;
  readonly #waiting = new Set<string>();
  #running = 0;
  #failures = 0;
  #pause: Disposable | undefined;
  #isDisposed = false;

  constructor(init: ChangedKeysInit) {
    this.#init = init;
  }

  add(key: string): void {
    if (this.#isDisposed) return;
    if (this.#running < maxRunning && this.#pause === undefined) {
      void this.#read(key);
      return;
    }
    this.#wait(key);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#waiting.clear();
    this.#pause?.[Symbol.dispose]();
    this.#pause = undefined;
  }

  #wait(key: string): void {
    if (this.#waiting.size >= maxWaiting) {
      const [oldest] = this.#waiting;
      this.#waiting.delete(oldest as string);
    }
    this.#waiting.add(key);
  }

  async #read(key: string): Promise<void> {
    this.#running++;
    try {
      await this.#init.read(key);
      this.#failures = 0;
    } catch (error) {
      if (this.#isDisposed) return;
      if (this.#failures++ === 0) this.#init.onFailure(error);
      this.#wait(key);
      const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(this.#failures, 10), longestPauseMs);
      this.#pause ??= this.#init.clock.timer(pauseMs, () => {
        this.#pause = undefined;
        this.#next();
      });
    } finally {
      this.#running--;
    }
    this.#next();
  }

  #next(): void {
    while (this.#running < maxRunning && this.#pause === undefined && !this.#isDisposed) {
      const [key] = this.#waiting;
      if (key === undefined) return;
      this.#waiting.delete(key);
      void this.#read(key);
    }
  }
}
