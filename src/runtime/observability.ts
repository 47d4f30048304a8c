/**
 * Metrics and tracing of one sidecar, from its Configuration.
 * @see spec 08 §9, §10
 */
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logging } from "../kit/logging/logger.ts";
import { defaultLatencyBounds, Metrics, type Relabel } from "../kit/metrics/metrics.ts";
import type { Configuration, MetricRule } from "./resources/configuration.ts";

export interface SidecarMetrics {
  /** Where parts declare their families; with metrics off nobody ever sees it. */
  readonly registry: Metrics;
  readonly isEnabled: boolean;
  /** ms */
  readonly latencyBounds: readonly number[];
}

export async function createMetrics(
  configuration: Configuration,
  logging: Logging,
): Promise<SidecarMetrics> {
  const logger = logging.logger("dapr.runtime");
  const { metrics } = configuration;
  const { latencyBuckets } = metrics;
  logger.info(`metric spec: ${metricSpec(configuration)}`);
  const latencyBounds = latencyBuckets ?? defaultLatencyBounds;
  logger.info(
    `Using ${latencyBuckets === undefined ? "default" : "custom"} latency distribution buckets: [${latencyBounds.join(" ")}]`,
  );
  if (metrics.increasedCardinality === undefined) {
    logger.warn(
      "The default value for 'spec.metric.http.increasedCardinality' will change to 'false' in Dapr 1.15 or later",
    );
  }
  const relabel = await loadRules(metrics.rules, (message) => logger.error(message));
  return { registry: new Metrics({ relabel }), isEnabled: metrics.isEnabled, latencyBounds };
}

async function loadRules(
  rules: readonly MetricRule[],
  onError: (message: string) => void,
): Promise<Relabel | undefined> {
  if (rules.length === 0) return undefined;
  const { metricsRules } = await import("./metrics-rules.ts");
  return metricsRules(rules, onError);
}

function metricSpec({ metrics }: Configuration): string {
  const { increasedCardinality, pathMatching, excludesVerbs } = metrics;
  const http = {
    ...(increasedCardinality === undefined ? {} : { increasedCardinality }),
    ...(pathMatching.length > 0 ? { pathMatching } : {}),
    ...(excludesVerbs ? { excludeVerbs: true } : {}),
  };
  return JSON.stringify({
    enabled: metrics.isEnabled,
    ...(metrics.recordsErrorCodes ? { recordErrorCodes: true } : {}),
    ...(Object.keys(http).length > 0 ? { http } : {}),
    ...(metrics.latencyBuckets ? { latencyDistributionBuckets: metrics.latencyBuckets } : {}),
  });
}

/** What configuration files and environment secret stores may refer to. */
export function publishEnvironment(
  env: Platform["env"],
  values: Readonly<Record<string, string | number>>,
): void {
  for (const [name, value] of Object.entries(values)) env.set(name, String(value));
}
