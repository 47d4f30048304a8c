/**
 * The retries that exist without a resource.
 * @see spec 02 §15.4
 */
import { type RetryPolicy, retryDefaults } from "./back-off.ts";
import { parseStatusMatch } from "./status-match.ts";

export type BuiltInName =
  | "DaprBuiltInServiceRetries"
  | "DaprBuiltInActorRetries"
  | "DaprBuiltInActorReminderRetries"
  | "DaprBuiltInInitializationRetries"
  | "DaprBuiltInActorNotFoundRetries";

const anyStatus = parseStatusMatch({ http: "", grpc: "" });

export const constant = (initialMs: number, maxRetries: number): RetryPolicy => ({
  kind: "constant",
  initialMs,
  maxIntervalMs: initialMs,
  maxRetries,
  maxElapsedMs: Number.POSITIVE_INFINITY,
  statuses: anyStatus,
});

export const exponential = (
  maxIntervalMs: number,
  maxRetries: number,
  maxElapsedMs: number,
): RetryPolicy => ({
  kind: "exponential",
  initialMs: retryDefaults.exponentialMs,
  maxIntervalMs,
  maxRetries,
  maxElapsedMs,
  statuses: anyStatus,
});

/** Of calls that prepare something, such as asking the app what it subscribes to. */
export const initialRetry = exponential(1000, 3, 10_000);

export const builtInRetries: ReadonlyMap<BuiltInName, RetryPolicy> = new Map([
  ["DaprBuiltInServiceRetries", constant(1000, 3)],
  ["DaprBuiltInActorRetries", constant(1000, 3)],
  [
    "DaprBuiltInActorReminderRetries",
    exponential(retryDefaults.maxIntervalMs, Number.POSITIVE_INFINITY, retryDefaults.maxElapsedMs),
  ],
  ["DaprBuiltInInitializationRetries", initialRetry],
  ["DaprBuiltInActorNotFoundRetries", constant(1000, 5)],
]);
