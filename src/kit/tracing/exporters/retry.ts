/** When a collector asks for patience. */
import type { Clock } from "../../time/clock.ts";

/** A failure that may pass. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  /** What the collector asked for; undefined: nothing. */
  readonly delayMs: number | undefined;

  constructor(message: string, delayMs?: number) {
    super(message);
    this.delayMs = delayMs;
  }
}

const maxAttempts = 4;
const firstDelayMs = 5000;
const maxDelayMs = 30_000;

/**
 * Tries up to four times, with growing pauses, until the signal is aborted.
 * @throws {Error} the last failure
 */
export async function withRetries(
  clock: Clock,
  signal: AbortSignal,
  send: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await send();
      return;
    } catch (error) {
      if (!(error instanceof RetryableError) || attempt === maxAttempts) throw error;
      const backoffMs = firstDelayMs * 1.5 ** (attempt - 1);
      try {
        await clock.sleep(Math.min(maxDelayMs, error.delayMs ?? backoffMs), signal);
      } catch {
        throw error;
      }
    }
  }
}
