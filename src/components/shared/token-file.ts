/**
 * A token that others renew in a file, as agents and kubelets do.
 */
import { readFile } from "node:fs/promises";
import type { Clock } from "../../kit/time/clock.ts";

export class TokenFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  #token: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, clock: Clock, maxAgeMs: number) {
    this.#path = path;
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Without white space around it. A file that cannot be read any more leaves the last token. @throws {Error} */
  async read(): Promise<string> {
    const now = this.#clock.monotonic();
    if (this.#token !== undefined && now - this.#readAt < this.#maxAgeMs) return this.#token;
    try {
      const token = (await readFile(this.#path, "utf8")).trim();
      if (token !== "" || this.#token === undefined) this.#token = token;
    } catch (error) {
      if (this.#token === undefined) throw error;
    }
    this.#readAt = now;
    return this.#token;
  }

  /** The token was refused: the file is read again before the next use. */
  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }
}
