/**
 * Health of the app: probes, what they count for, and the loop that runs them.
 * @see spec 02 §11.5, spec 08 §6.4
 */
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { AppProbe, ProbeResult } from "./health-probe.ts";

/** An app is unhealthy until a probe says otherwise. */
export class AppHealthState {
  readonly #threshold: number;
  #failures: number;

  /** @param threshold 1 or more */
  constructor(threshold: number) {
    this.#threshold = threshold;
    this.#failures = threshold;
  }

  get isHealthy(): boolean {
    return this.#failures < this.#threshold;
  }

  /** Counts a probe. @returns whether the app's health changed */
  report(isHealthy: boolean): boolean {
    const before = this.isHealthy;
    if (!isHealthy) this.#failures = Math.min(this.#failures + 1, this.#threshold);
    // Quirk: spec 02 §11.5. While healthy a success forgives no earlier failure.
    else if (!before) this.#failures = 0;
    return this.isHealthy !== before;
  }
}

export interface AppHealthOptions {
  readonly probe: AppProbe;
  readonly intervalMs: number;
  /** A probe that takes longer has failed; not longer than the interval. */
  readonly timeoutMs: number;
  /** So many failures make the app unhealthy; 1 or more. */
  readonly threshold: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called for every change, in order. Must not throw. */
  readonly onChange: (isHealthy: boolean) => void;
}

export class AppHealth {
  readonly #options: AppHealthOptions;
  readonly #state: AppHealthState;

  constructor(options: AppHealthOptions) {
    this.#options = options;
    this.#state = new AppHealthState(options.threshold);
  }

  get isHealthy(): boolean {
    return this.#state.isHealthy;
  }

  /** Probes at once and then every interval, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs, logger } = this.#options;
    logger.info("App health probes starting");
    let next = clock.monotonic();
    while (!signal.aborted) {
      const result = await this.#probe(signal);
      if (signal.aborted) return;
      this.#report(result);
      // Probes keep their rhythm; those that were missed while the process stood still are left out.
      const now = clock.monotonic();
      while (next <= now) next += intervalMs;
      try {
        await clock.sleep(next - now, signal);
      } catch {
        return;
      }
    }
  }

  async #probe(signal: AbortSignal): Promise<ProbeResult> {
    const { probe, timeoutMs } = this.#options;
    try {
      return await probe(timeoutMs, signal);
    } catch (error) {
      return { isHealthy: false, reason: `Probe error: ${(error as Error).message}` };
    }
  }

  #report(result: ProbeResult): void {
    if (!this.#state.report(result.isHealthy)) return;
    const { logger, onChange } = this.#options;
    if (this.#state.isHealthy) logger.info("App entered healthy status");
    else logger.warn(`App entered un-healthy status: ${result.reason}`);
    onChange(this.#state.isHealthy);
  }
}
