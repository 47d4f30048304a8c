/**
 * Holds a subscription back while one message after the other fails: an app that is away is not offered the whole backlog.
 */
import type { Clock } from "../../kit/time/clock.ts";

const firstMs = 50;
const longestMs = 5_000;

/** ms to wait after so many failures in a row: 50, 100, 200 ... 5,000. */
export const pauseAfter = (failures: number): number =>
  failures === 0 ? 0 : Math.min(firstMs * 2 ** Math.min(failures - 1, 20), longestMs);

export class FailurePause {
  readonly #clock: Clock;
  #failures = 0;
  /** Clock.monotonic() */
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = 0;
  }

  failed(): void {
    this.#failures++;
    this.#until = this.#clock.monotonic() + pauseAfter(this.#failures);
  }

  /** @throws signal.reason */
  async over(signal: AbortSignal): Promise<void> {
    // Others may fail, or succeed, meanwhile: short steps.
    for (;;) {
      const leftMs = this.#until - this.#clock.monotonic();
      if (leftMs <= 0) return;
      await this.#clock.sleep(Math.min(leftMs, 250), signal);
    }
  }
}
