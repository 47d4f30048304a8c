/**
 * The built-in retries of calls to other sidecars: constant 1 s, three times, only where nobody has answered.
 * @see spec 02 §8.4
 */
import { code, RpcError } from "../../kit/rpc/status.ts";

export const builtInName = "DaprBuiltInServiceRetries";

/** The waits before further attempts of one call. */
export interface Waits {
  /**
   * @param elapsedMs since the first attempt
   * @returns ms; undefined: no further attempt
   */
  next(elapsedMs: number): number | undefined;
}

const builtInWaitsMs: readonly number[] = [1000, 1000, 1000];

/** Where no resource says otherwise. */
export function builtInWaits(): Waits {
  const waits = builtInWaitsMs.values();
  return { next: () => waits.next().value };
}

/** Whether the connection failed, rather than the call. */
export function isConnectionFailure(error: Error): boolean {
  return (
    error instanceof RpcError &&
    (error.code === code.unavailable || error.code === code.unauthenticated)
  );
}

export function retriesExhausted(appId: string, retries: number, cause: Error): Error {
  return new Error(
    `failed to invoke target ${appId} after ${retries} retries. Error: ${cause.message}`,
    { cause },
  );
}
