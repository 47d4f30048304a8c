/** Hands a message over again and again, for brokers that send it once per connection. */
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { Clock } from "../../kit/time/clock.ts";

const firstPauseMs = 500;
const longestPauseMs = 30_000;

export interface Redelivery {
  /** One attempt. */
  readonly handle: () => Promise<void>;
  readonly clock: Clock;
  /** Told of each failure. @returns whether there is to be another attempt */
  readonly onFailure: (error: unknown) => boolean;
  /** Ends handling: what is under way is neither confirmed nor refused. */
  readonly signal: AbortSignal;
  /** No further attempts. */
  readonly stop: AbortSignal;
}

/**
 * Never rejects.
 * @returns `handled`; `refused`: it failed for good; `unreadable`: nobody else need try; `left`: the subscription ended before
 */
export async function handleUntilDone(
  redelivery: Redelivery,
): Promise<"handled" | "refused" | "unreadable" | "left"> {
  const { handle, clock, onFailure, signal, stop } = redelivery;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await handle();
      return "handled";
    } catch (error) {
      if (signal.aborted) return "left";
      const isAgain = onFailure(error);
      if (error instanceof UnreadableError) return "unreadable";
      if (!isAgain) return "refused";
    }
    try {
      await clock.sleep(pauseMs, stop);
    } catch {
      return "left";
    }
  }
}
