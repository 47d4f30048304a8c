/**
 * Metrics of calls to HTTP apps and endpoints.
 * @see spec 08 §10.4
 */
import { shownPath } from "../../kit/http/url.ts";
import {
  defaultLatencyBounds,
  type HistogramSeries,
  type Metrics,
  sizeBounds,
  type ValueSeries,
} from "../../kit/metrics/metrics.ts";
import { pathLabel } from "../api/http-metrics.ts";
import type { MetricsConfiguration } from "../resources/configuration.ts";

interface Answered {
  readonly completed: ValueSeries;
  readonly latency: HistogramSeries;
}

/** The series of one method and path, looked up once. */
interface PathSeries {
  readonly label: string;
  readonly sentBytes: HistogramSeries;
  readonly byStatus: Map<number, Answered>;
}

export interface HttpClientMetrics {
  /** @param bytes length of the request's body, 0 when unknown */
  started(method: string, path: string, bytes: number): void;
  /** @param receivedBytes the answer's Content-Length, -1 without one; undefined: there was no answer */
  ended(
    method: string,
    path: string,
    status: number,
    latencyMs: number,
    receivedBytes: number | undefined,
  ): void;
}

/** Paths come from callers: beyond this many, series are looked up anew each time. */
const maxKnownPaths = 2000;

export function createHttpClientMetrics(
  metrics: Metrics,
  appId: string,
  configuration: MetricsConfiguration,
): HttpClientMetrics {
  const labels = ["app_id", "method", "path", "status"];
  const completed = metrics.counter(
    "dapr_http_client_completed_count",
    "Count of completed requests.",
    labels,
  );
  const latency = metrics.histogram(
    "dapr_http_client_roundtrip_latency",
    "End-to-end latency.",
    labels,
    configuration.latencyBuckets ?? defaultLatencyBounds,
  );
  const sent = metrics.histogram(
    "dapr_http_client_sent_bytes",
    "Total bytes sent in request body (not including headers).",
    labels,
    sizeBounds,
  );
  const received = metrics
    .histogram(
      "dapr_http_client_received_bytes",
      "Total bytes received in response bodies (not including headers but including error responses with bodies).",
      ["app_id"],
      sizeBounds,
    )
    .with(appId);
  const label = pathLabel(configuration);
  const known = new Map<string, PathSeries>();
  const verb = (method: string): string => (configuration.excludesVerbs ? "" : method);
  const find = (method: string, target: string): PathSeries => {
    const mark = target.indexOf("?");
    const path = mark < 0 ? target : target.slice(0, mark);
    const key = `${method} ${path}`;
    let series = known.get(key);
    if (series === undefined) {
      const shown = label(shownPath(path));
      const sentBytes = sent.with(appId, verb(method), shown, "");
      series = { label: shown, sentBytes, byStatus: new Map() };
      if (known.size < maxKnownPaths) known.set(key, series);
    }
    return series;
  };
  return {
    started(method, path, bytes) {
      find(method, path).sentBytes.observe(bytes);
    },
    ended(method, path, status, latencyMs, receivedBytes) {
      const { byStatus, label: shown } = find(method, path);
      let series = byStatus.get(status);
      if (series === undefined) {
        const values = [appId, verb(method), shown, String(status)];
        series = { completed: completed.with(...values), latency: latency.with(...values) };
        byStatus.set(status, series);
      }
      series.completed.add();
      series.latency.observe(Math.trunc(latencyMs));
      if (receivedBytes !== undefined) received.observe(receivedBytes);
    },
  };
}
