/**
 * How many calls may be in the app at once (`--app-max-concurrency`). Calls beyond that wait in the order of their arrival.
 * @see spec 02 §11.4
 */
import { code, RpcError } from "../../kit/rpc/status.ts";

const defaultMaxWaiting = 10_000;

/** How the text of an {@link RpcError} about too many waiting calls begins, in this sidecar and in others. */
const busyText = "too many calls are waiting for the app";

/** Whether a call failed because too many wait for the app; also when another sidecar says so. */
export const isAppBusy = (error: unknown): error is RpcError =>
  error instanceof RpcError &&
  error.code === code.resourceExhausted &&
  error.desc.includes(busyText);

interface Waiter {
  readonly start: () => void;
}

export class Concurrency {
  readonly #limit: number;
  readonly #maxWaiting: number;
  readonly #onFull: () => void;
  /** In the order of arrival. */
  readonly #waiting = new Set<Waiter>();
  #running = 0;
  #isHandingOut = false;

  /** @param limit 1 or more; without a limit there is no Concurrency */
  /** @param onFull called for every call that finds no place */
  constructor(limit: number, maxWaiting = defaultMaxWaiting, onFull: () => void = () => {}) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
    this.#onFull = onFull;
  }

  /**
   * Asks for a slot.
   * @param start called when the slot is there, at once if one is free; whoever is called owes one {@link release}
   * @param refuse called instead, at once, when too many wait already
   * @returns gives the place in the queue up; undefined when nobody waits. Without effect once start was called.
   * @throws {RpcError} ResourceExhausted when too many wait and there is no `refuse`
   */
  acquire(start: () => void, refuse?: (error: RpcError) => void): Disposable | undefined {
    if (this.#running < this.#limit && this.#waiting.size === 0) {
      this.#running++;
      start();
      return undefined;
    }
    if (this.#waiting.size >= this.#maxWaiting) {
      this.#onFull();
      const error = new RpcError(
        code.resourceExhausted,
        `${busyText}: more than ${this.#maxWaiting}`,
      );
      if (refuse === undefined) throw error;
      refuse(error);
      return undefined;
    }
    const waiter = { start };
    this.#waiting.add(waiter);
    return { [Symbol.dispose]: () => void this.#waiting.delete(waiter) };
  }

  /** Gives a slot back, exactly once for each start. */
  release(): void {
    if (this.#running > 0) this.#running--;
    // A start that fails at once releases from inside: handing out in a loop keeps the stack flat.
    if (this.#isHandingOut) return;
    this.#isHandingOut = true;
    try {
      for (const waiter of this.#waiting) {
        if (this.#running >= this.#limit) break;
        this.#waiting.delete(waiter);
        this.#running++;
        waiter.start();
      }
    } finally {
      this.#isHandingOut = false;
    }
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }
}

/** @param limit the flag's value; 0 and less are unlimited, which is undefined */
export function createConcurrency(limit: number, onFull?: () => void): Concurrency | undefined {
  return limit > 0 ? new Concurrency(limit, defaultMaxWaiting, onFull) : undefined;
}
