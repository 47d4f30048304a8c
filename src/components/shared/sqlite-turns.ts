/**
 * Writes of one turn of the event loop in one transaction: a commit costs more than what it holds.
 */
import { isBusy, type SqliteDatabase } from "./sqlite.ts";

interface Write {
  run(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Writes that may wait for their turn; more fail at once. */
const maxWaiting = 10_000;
/** Of one transaction: each takes some microseconds, and the loop must not stand still. */
const maxWrites = 200;

export class SqliteTurns {
  readonly #database: SqliteDatabase;
  #waiting: Write[] = [];
  #isScheduled = false;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Resolves when it is committed. Writes run in the order in which they came. @throws {Error} SQLite's own */
  write<T>(run: () => T): Promise<T> {
    if (this.#waiting.length >= maxWaiting) {
      return Promise.reject(new Error("too many writes wait for the database"));
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      void this.#flush().finally(() => {
        this.#isScheduled = false;
        if (this.#waiting.length > 0) this.#schedule();
      });
    });
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    const writes = this.#waiting.splice(0, maxWrites);
    try {
      const results = await this.#database.transact(() => writes.map((write) => write.run()));
      for (const [i, write] of writes.entries()) write.resolve(results[i]);
    } catch (error) {
      // A lock that stays is nobody's fault, and was waited for.
      if (writes.length === 1 || isBusy(error)) for (const write of writes) write.reject(error);
      // One of them is at fault: the others are not to suffer from it.
      else for (const write of writes) await this.#alone(write);
    }
  }

  async #alone(write: Write): Promise<void> {
    try {
      write.resolve(await this.#database.transact(() => write.run()));
    } catch (error) {
      write.reject(error);
    }
  }
}
