/**
 * Ends buffered bodies that bring no byte for too long. One look for all of them: a body costs an entry in a list, and
 * nothing ticks while there is none.
 */
import { LiveList } from "../../kit/lifecycle/live-list.ts";
import type { Clock } from "../../kit/time/clock.ts";

export interface WaitingBody {
  /** Looks since the last byte; whoever reads sets it to 0. */
  quietLooks: number;
  readonly onTimeout: () => void;
}

const idleLimitMs = 30_000;
const looks = 6;

export class IdleBodies {
  readonly #clock: Clock;
  readonly #waiting = new LiveList<WaitingBody>();
  #ticking: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(body: WaitingBody): void {
    this.#waiting.add(body);
    this.#ticking ??= this.#clock.interval(idleLimitMs / looks, () => this.#look());
  }

  delete(body: WaitingBody): void {
    this.#waiting.delete(body);
  }

  #look(): void {
    if (this.#waiting.size === 0) {
      this.#ticking?.[Symbol.dispose]();
      this.#ticking = undefined;
      return;
    }
    for (const body of this.#waiting.all()) {
      // The first look may come right after the last byte.
      if (++body.quietLooks <= looks) continue;
      this.#waiting.delete(body);
      body.onTimeout();
    }
  }
}
