/**
 * How long to wait before each further attempt.
 * @see spec 02 §15.1
 */
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { StatusMatch } from "./status-match.ts";

export interface RetryPolicy {
  readonly kind: "constant" | "exponential";
  /** ms before the first retry; constant: before every one. */
  readonly initialMs: number;
  /** Exponential: what the wait grows to, before jitter. */
  readonly maxIntervalMs: number;
  /** Infinity: no limit. */
  readonly maxRetries: number;
  /** Exponential: no retry begins later than this after the first attempt. Infinity: no limit. */
  readonly maxElapsedMs: number;
  readonly statuses: StatusMatch;
}

/** What is not configured. */
export const retryDefaults = {
  constantMs: 5000,
  exponentialMs: 500,
  maxIntervalMs: 60_000,
  maxElapsedMs: 15 * 60_000,
} as const;

const growth = 1.5;
/** Share of a wait that is left to chance, upwards and downwards. */
const jitter = 0.5;

/** The waits of one operation. */
export class BackOff {
  readonly #policy: RetryPolicy;
  readonly #random: Pick<Random, "number">;
  #intervalMs: number;
  #retries = 0;

  constructor(policy: RetryPolicy, random: Pick<Random, "number">) {
    this.#policy = policy;
    this.#random = random;
    this.#intervalMs = policy.initialMs;
  }

  get retries(): number {
    return this.#retries;
  }

  /**
   * @param elapsedMs since the first attempt began
   * @returns ms; undefined: no further attempt
   */
  next(elapsedMs: number): number | undefined {
    const { kind, maxRetries, maxElapsedMs } = this.#policy;
    if (this.#retries >= maxRetries) return undefined;
    const wait = kind === "constant" ? this.#intervalMs : this.#grow();
    if (elapsedMs + wait > maxElapsedMs) return undefined;
    this.#retries++;
    return wait;
  }

  #grow(): number {
    const interval = this.#intervalMs;
    this.#intervalMs = Math.min(interval * growth, this.#policy.maxIntervalMs);
    return interval * (1 - jitter + 2 * jitter * this.#random.number());
  }
}
