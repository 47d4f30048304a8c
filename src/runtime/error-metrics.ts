/**
 * `dapr_error_code_total`, when `spec.metrics.recordErrorCodes` asks for it.
 * @see spec 01 §4
 */
import type { ApiError } from "../kit/errors/api-error.ts";
import type { Metrics } from "../kit/metrics/metrics.ts";

export function errorCounter(
  metrics: Metrics,
  appId: string,
  isEnabled: boolean,
): (error: ApiError) => void {
  if (!isEnabled) return () => {};
  const family = metrics.counter(
    "dapr_error_code_total",
    "Number of times an error with a specific errorcode was encountered.",
    ["app_id", "category", "error_code"],
  );
  return (error) => {
    if (error.coded) family.with(appId, error.category, error.errorCode).add();
  };
}
