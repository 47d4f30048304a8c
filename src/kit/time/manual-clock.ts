/**
 * A clock that stands still until it is told to go on, for tests and simulation.
 */
import { CanceledError, type Clock, DeadlineError } from "./clock.ts";

interface Due {
  readonly at: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #elapsed = 0;
  readonly #timers = new Set<Due>();

  /** @param start ms since 1970 */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** The wall clock jumps; durations are not affected. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass: what becomes due is called in order, and what it causes gets its turn in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settle();
    for (;;) {
      const next = this.#next(end);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.callback();
      await settle();
    }
    this.#elapsed = end;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        timer[Symbol.dispose]();
        reject(signal?.reason ?? new CanceledError());
      };
      const timer = this.timer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  timer(ms: number, callback: () => void): Disposable {
    const due = { at: this.#elapsed + Math.max(0, ms), callback };
    this.#timers.add(due);
    return { [Symbol.dispose]: () => void this.#timers.delete(due) };
  }

  interval(ms: number, callback: () => void): Disposable {
    let timer: Disposable;
    const again = (): void => {
      timer = this.timer(ms, again);
      callback();
    };
    timer = this.timer(ms, again);
    // The first timer may have been replaced since: dispose the present one.
    return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
  }

  deadline(ms: number, parent?: AbortSignal): AbortSignal & Disposable {
    const controller = new AbortController();
    const onParent = (): void => controller.abort(parent?.reason);
    if (parent?.aborted) onParent();
    else parent?.addEventListener("abort", onParent, { once: true });
    const timer = this.timer(ms, () => controller.abort(new DeadlineError()));
    return Object.assign(controller.signal, {
      [Symbol.dispose]: () => {
        timer[Symbol.dispose]();
        parent?.removeEventListener("abort", onParent);
      },
    });
  }

  #next(end: number): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#timers) {
      if (due.at <= end && (next === undefined || due.at < next.at)) next = due;
    }
    return next;
  }
}

/** Promises and immediate callbacks that are under way get their turn. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
