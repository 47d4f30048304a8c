/**
 * One operation under its policies: retry around breaker around timeout. Knows neither promises nor callbacks; run() and
 * the invocation drive it.
 * @see spec 02 §15.2
 */
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";
import { formatDuration } from "../../kit/time/duration.ts";
import { BackOff, type RetryPolicy } from "./back-off.ts";
import { BreakerError, type BreakerState, type CircuitBreaker } from "./circuit-breaker.ts";
import type { TargetMetrics } from "./policy-metrics.ts";
import { isRetried } from "./status-match.ts";

export interface PolicyContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** What applies to one target; at least one of timeout, retry and breaker is there. */
export interface Policy {
  readonly context: PolicyContext;
  /** In log lines: `component[store] output`. */
  readonly operation: string;
  /** ms, for each attempt. */
  readonly timeoutMs: number | undefined;
  readonly retry: RetryPolicy | undefined;
  readonly breaker: CircuitBreaker | undefined;
  /** undefined: the policies are not counted. */
  readonly metrics: TargetMetrics | undefined;
}

/** An operation with all its attempts. */
export class Execution {
  readonly #policy: Policy;
  readonly #backOff: BackOff | undefined;
  readonly #startedAt: number;
  #attempts = 0;
  #isTimeoutCounted = false;
  #stateBefore: BreakerState = "closed";
  /** Of the attempt under way. */
  #ticket: number | undefined;

  /** @param options.canRetry false: what is sent cannot be sent again */
  constructor(policy: Policy, options: { readonly canRetry?: boolean } = {}) {
    this.#policy = policy;
    const { retry, timeoutMs, breaker, metrics, context } = policy;
    this.#startedAt = context.clock.monotonic();
    this.#backOff =
      retry === undefined || options.canRetry === false
        ? undefined
        : new BackOff(retry, context.random);
    if (timeoutMs !== undefined) metrics?.applied("timeout");
    if (retry !== undefined) metrics?.applied("retry");
    if (breaker !== undefined) metrics?.breakerApplied(breaker.state);
  }

  get canRetry(): boolean {
    return this.#backOff !== undefined;
  }

  /** Begins an attempt. @throws {BreakerError} the operation is over */
  admit(): void {
    const { breaker } = this.#policy;
    if (breaker !== undefined) {
      this.#stateBefore = breaker.state;
      this.#ticket = breaker.enter();
    }
    this.#attempts++;
  }

  /** The attempt took too long. @returns what it failed with, for {@link failed} */
  timedOut(): DeadlineError {
    if (!this.#isTimeoutCounted) {
      this.#isTimeoutCounted = true;
      this.#policy.metrics?.activated("timeout");
    }
    return new DeadlineError();
  }

  succeeded(): void {
    this.#leave(true);
    if (this.#attempts === 1) return;
    const { context, operation } = this.#policy;
    context.logger.info(
      `Recovered processing operation ${operation} after ${this.#attempts} attempts`,
    );
  }

  /**
   * @param error of an attempt or of {@link admit}
   * @param status that the error carries, HTTP or gRPC
   * @returns ms until the next attempt; undefined: there is none, the error is the operation's
   */
  failed(error: unknown, status?: number): number | undefined {
    this.#leave(false);
    const { retry, context, operation, metrics } = this.#policy;
    if (retry === undefined || this.#backOff === undefined) return undefined;
    if (error instanceof BreakerError || !isRetried(retry.statuses, status)) return undefined;
    const waitMs = this.#backOff.next(context.clock.monotonic() - this.#startedAt);
    if (waitMs === undefined || this.#backOff.retries > 1) return waitMs;
    metrics?.activated("retry");
    context.logger.warn(
      `Error processing operation ${operation}. Retrying in ${formatDuration(waitMs)}…`,
    );
    return waitMs;
  }

  /** An attempt that failed for good, or that nobody waits for any more. */
  abandoned(): void {
    this.#leave(false);
  }

  #leave(isSuccess: boolean): void {
    const { breaker, metrics } = this.#policy;
    if (breaker === undefined || this.#ticket === undefined) return;
    breaker.leave(this.#ticket, isSuccess);
    this.#ticket = undefined;
    const { state } = breaker;
    if (state !== this.#stateBefore) metrics?.breakerChanged(state);
  }
}
