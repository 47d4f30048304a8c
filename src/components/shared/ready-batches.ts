/** Hands messages over in batches of what is there already, without waiting for more; one batch after the other. */
import type { Clock } from "../../kit/time/clock.ts";

/** Failures by index; undefined: all went well. */
type HandleBatch<T> = (
  messages: readonly T[],
) => Promise<readonly (Error | undefined)[] | undefined>;

interface Waiting<T> {
  readonly message: T;
  resolve(): void;
  reject(error: unknown): void;
}

export class ReadyBatches<T> {
  readonly #most: number;
  readonly #clock: Clock;
  readonly #handle: HandleBatch<T>;
  #waiting: Waiting<T>[] = [];
  #isRunning = false;

  /** @param most messages of a batch. The number of those that wait is limited by the caller. */
  constructor(most: number, clock: Clock, handle: HandleBatch<T>) {
    this.#most = most;
    this.#clock = clock;
    this.#handle = handle;
  }

  /** Resolves when the message's batch was handled. @throws {Error} what became of this message */
  add(message: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // What came with the first one is on its way here.
    await this.#clock.sleep(0);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#most);
      try {
        const failures = await this.#handle(batch.map(({ message }) => message));
        for (const [index, { resolve, reject }] of batch.entries()) {
          const failure = failures?.[index];
          if (failure === undefined) resolve();
          else reject(failure);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
