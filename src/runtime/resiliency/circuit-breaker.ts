/**
 * A breaker: counts how calls end, refuses them for a while when too many fail, then tries a few.
 * @see spec 02 §15.1
 */
import type { Clock } from "../../kit/time/clock.ts";

export type BreakerState = "closed" | "half-open" | "open";

export interface BreakerCounts {
  readonly requests: number;
  readonly totalSuccesses: number;
  readonly totalFailures: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
}

export interface BreakerPolicy {
  /** Calls that a half-open breaker lets through, and successes that close it; at least 1. */
  readonly maxRequests: number;
  /** ms after which a closed breaker forgets; 0: never. */
  readonly intervalMs: number;
  /** ms that it stays open. */
  readonly timeoutMs: number;
  /** Asked after each failure in the closed state. */
  readonly trips: (counts: BreakerCounts) => boolean;
}

export const defaultOpenMs = 60_000;
export const defaultTrips = ({ consecutiveFailures }: BreakerCounts): boolean =>
  consecutiveFailures > 5;

/** The breaker refuses a call; another attempt makes no sense. */
export class BreakerError extends Error {
  override readonly name = "BreakerError";
}

/** What a call that was let through hands back when it ends. */
export type BreakerTicket = number;

const noCounts: BreakerCounts = {
  requests: 0,
  totalSuccesses: 0,
  totalFailures: 0,
  consecutiveSuccesses: 0,
  consecutiveFailures: 0,
};

export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  readonly #clock: Clock;
  readonly #onChange: (from: BreakerState, to: BreakerState) => void;
  #state: BreakerState = "closed";
  #counts = noCounts;
  /** Calls of an earlier period do not count in a later one. */
  #period = 0;
  /** When the period ends; Infinity: not by time. */
  #endsAt: number;

  constructor(
    policy: BreakerPolicy,
    clock: Clock,
    onChange: (from: BreakerState, to: BreakerState) => void,
  ) {
    this.#policy = policy;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#endsAt = this.#end("closed");
  }

  get state(): BreakerState {
    if (this.#clock.monotonic() >= this.#endsAt) {
      if (this.#state === "open") this.#change("half-open");
      else this.#startPeriod("closed");
    }
    return this.#state;
  }

  /** @throws {BreakerError} `circuit breaker is open`, `too many requests` */
  enter(): BreakerTicket {
    const { state } = this;
    if (state === "open") throw new BreakerError("circuit breaker is open");
    if (state === "half-open" && this.#counts.requests >= this.#policy.maxRequests) {
      throw new BreakerError("too many requests");
    }
    this.#counts = { ...this.#counts, requests: this.#counts.requests + 1 };
    return this.#period;
  }

  leave(ticket: BreakerTicket, isSuccess: boolean): void {
    const { state } = this;
    if (ticket !== this.#period) return;
    if (isSuccess) this.#succeed(state);
    else this.#fail(state);
  }

  #succeed(state: BreakerState): void {
    const counts = this.#counts;
    this.#counts = {
      ...counts,
      totalSuccesses: counts.totalSuccesses + 1,
      consecutiveSuccesses: counts.consecutiveSuccesses + 1,
      consecutiveFailures: 0,
    };
    if (state !== "half-open") return;
    if (this.#counts.consecutiveSuccesses >= this.#policy.maxRequests) this.#change("closed");
  }

  #fail(state: BreakerState): void {
    const counts = this.#counts;
    this.#counts = {
      ...counts,
      totalFailures: counts.totalFailures + 1,
      consecutiveFailures: counts.consecutiveFailures + 1,
      consecutiveSuccesses: 0,
    };
    if (state === "half-open" || this.#policy.trips(this.#counts)) this.#change("open");
  }

  #change(to: BreakerState): void {
    const from = this.#state;
    this.#startPeriod(to);
    this.#onChange(from, to);
  }

  #startPeriod(state: BreakerState): void {
    this.#state = state;
    this.#counts = noCounts;
    this.#period++;
    this.#endsAt = this.#end(state);
  }

  #end(state: BreakerState): number {
    const { intervalMs, timeoutMs } = this.#policy;
    const lasts =
      state === "open"
        ? timeoutMs
        : state === "closed" && intervalMs > 0
          ? intervalMs
          : Number.POSITIVE_INFINITY;
    return this.#clock.monotonic() + lasts;
  }
}
