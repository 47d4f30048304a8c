/** Random trace and span ids, drawn in bulk because asking the operating system for each would cost more than the span. */
import type { Random } from "../lifecycle/platform.ts";
import { noTrace } from "./trace.ts";

const poolBytes = 1024;

export class TraceIds {
  readonly #random: Random;
  #pool = "";
  #used = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** 32 hex digits, not all zero. */
  trace(): string {
    return this.#take(32);
  }

  /** 16 hex digits, not all zero. */
  span(): string {
    return this.#take(16);
  }

  #take(digits: number): string {
    if (this.#used + digits > this.#pool.length) {
      this.#pool = this.#random.bytes(poolBytes).toString("hex");
      this.#used = 0;
    }
    const id = this.#pool.slice(this.#used, this.#used + digits);
    this.#used += digits;
    return id === noTrace.traceId || id === noTrace.spanId ? `${id.slice(1)}1` : id;
  }
}
