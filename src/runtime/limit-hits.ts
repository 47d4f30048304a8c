/**
 * `tricorne_limit_hits_total{limit}`: how often a limit turned work away, with one log line a minute and limit at most.
 * The family appears with the first hit.
 */
import type { Logger } from "../kit/logging/logger.ts";
import type { Family, Metrics, ValueSeries } from "../kit/metrics/metrics.ts";
import type { RpcLimit } from "../kit/rpc/transport.ts";
import type { Clock } from "../kit/time/clock.ts";

/** Limits of the HTTP API and its sockets, by their labels. */
export type HttpLimit = "body" | "body-idle" | "headers" | "connections" | "in-flight";
/** Limits by their label. */
export type Limit = HttpLimit | RpcLimit | "app-waiting" | "json-depth" | "outbox-held";
export type OnLimit = (limit: Limit) => void;

const logIntervalMs = 60_000;

export function createLimitHits(init: {
  readonly registry: Metrics;
  readonly clock: Clock;
  readonly logger: Logger;
}): OnLimit {
  const { registry, clock, logger } = init;
  let family: Family<ValueSeries> | undefined;
  const hits = new Map<Limit, { untold: number; toldAt: number }>();
  return (limit) => {
    family ??= registry.counter(
      "tricorne_limit_hits_total",
      "Number of times that a limit turned work away.",
      ["limit"],
    );
    family.with(limit).add();
    const now = clock.monotonic();
    const known = hits.get(limit);
    if (known !== undefined && now - known.toldAt < logIntervalMs) {
      known.untold++;
      return;
    }
    const before = known?.untold ?? 0;
    hits.set(limit, { untold: 0, toldAt: now });
    const more = before > 0 ? `, and ${before} times since the last such line` : "";
    logger.warn(`The limit '${limit}' was reached${more}`);
  };
}
