/** Permits for a limited number of holders. */
import { LiveQueue } from "../../kit/lifecycle/live-queue.ts";

/** Lets a limited number of holders go on at the same time; the others wait in the order in which they came. */
export class Permits {
  #free: number;
  readonly #waiting = new LiveQueue<() => void>();

  /** @param limit at least 1 */
  constructor(limit: number) {
    this.#free = limit;
  }

  /** To be followed by one {@link release}. @throws signal.reason when aborted meanwhile */
  acquire(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.leave(place);
        reject(signal.reason);
      };
      const place = this.#waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
