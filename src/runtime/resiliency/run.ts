/**
 * Runs something that promises under a policy.
 * @see spec 02 §15.2
 */
import { Execution, type Policy } from "./policy.ts";

export interface RunOptions {
  /** Ends waits between attempts; attempts get a signal of their own when there is a timeout. */
  readonly signal?: AbortSignal | undefined;
  /** The HTTP or gRPC status that an error carries, if it does. */
  readonly statusOf?: ((error: unknown) => number | undefined) | undefined;
  /** Errors after which nothing is tried again. */
  readonly isFinal?: ((error: unknown) => boolean) | undefined;
}

/** What became of an attempt's error. */
type Waiting = number | undefined;

/** @throws the error of the last attempt; {DeadlineError}; {BreakerError}; the signal's reason */
export async function run<T>(
  policy: Policy,
  operation: (signal: AbortSignal | undefined) => T | Promise<T>,
  options: RunOptions = {},
): Promise<T> {
  const { signal } = options;
  const execution = new Execution(policy);
  for (;;) {
    let waitMs: Waiting;
    try {
      const result = await attempt(policy, execution, operation, signal);
      execution.succeeded();
      return result;
    } catch (error) {
      if (signal?.aborted || options.isFinal?.(error)) {
        execution.abandoned();
        throw error;
      }
      waitMs = execution.failed(error, options.statusOf?.(error));
      if (waitMs === undefined) throw error;
    }
    await policy.context.clock.sleep(waitMs, signal);
  }
}

async function attempt<T>(
  { timeoutMs, context }: Policy,
  execution: Execution,
  operation: (signal: AbortSignal | undefined) => T | Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  execution.admit();
  if (timeoutMs === undefined) return await operation(signal);
  using deadline = context.clock.deadline(timeoutMs, signal);
  // What does not look at its signal goes on; its result has no taker.
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener(
      "abort",
      () => reject(signal?.aborted ? signal.reason : execution.timedOut()),
      { once: true },
    );
  });
  return await Promise.race([operation(deadline), late]);
}
