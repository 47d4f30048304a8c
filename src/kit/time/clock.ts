/**
 * Time as a thing that is handed in, so that everything that depends on it is tested without waiting.
 */
import { hrtime } from "node:process";

export interface Clock {
  /** Milliseconds since 1970 UTC; may jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  monotonic(): number;
  /** @throws signal.reason when aborted before the time is over */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after ms; dispose cancels. Does not keep the process alive. */
  timer(ms: number, callback: () => void): Disposable;
  /** Calls back every ms until disposed. Does not keep the process alive. */
  interval(ms: number, callback: () => void): Disposable;
  /** Aborted with a DeadlineError after ms, or with parent's reason when that is aborted first. */
  deadline(ms: number, parent?: AbortSignal): AbortSignal & Disposable;
}

/** Go's text for it is part of API answers. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  constructor() {
    super("context deadline exceeded");
  }
}

/** The reason of signals that stand for a caller that went away. */
export class CanceledError extends Error {
  override readonly name = "CanceledError";
  constructor() {
    super("context canceled");
  }
}

/** setTimeout takes no more than this. */
const longestTimerMs = 2 ** 31 - 1;

class Timer implements Disposable {
  #handle: NodeJS.Timeout | undefined;

  constructor(ms: number, callback: () => void) {
    this.#arm(Math.max(0, ms), callback);
  }

  #arm(ms: number, callback: () => void): void {
    const step = Math.min(ms, longestTimerMs);
    this.#handle = setTimeout(() => {
      if (ms > step) this.#arm(ms - step, callback);
      else callback();
    }, step);
    this.#handle.unref();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#handle);
  }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic() {
    const [seconds, nanoseconds] = hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },

  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        timer[Symbol.dispose]();
        reject(signal?.reason);
      };
      const timer = new Timer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },

  timer: (ms, callback) => new Timer(ms, callback),

  interval(ms, callback) {
    const handle = setInterval(callback, ms);
    handle.unref();
    return { [Symbol.dispose]: () => clearInterval(handle) };
  },

  deadline(ms, parent) {
    const controller = new AbortController();
    const onParent = (): void => controller.abort(parent?.reason);
    if (parent?.aborted) onParent();
    else parent?.addEventListener("abort", onParent, { once: true });
    const timer = new Timer(ms, () => controller.abort(new DeadlineError()));
    return Object.assign(controller.signal, {
      [Symbol.dispose]: () => {
        timer[Symbol.dispose]();
        parent?.removeEventListener("abort", onParent);
      },
    });
  },
};
