/**
 * Metrics of the HTTP API and the rules for their path label.
 * @see spec 08 §10.3, §10.4
 */
import {
  defaultLatencyBounds,
  type HistogramSeries,
  type Metrics,
  sizeBounds,
  type ValueSeries,
} from "../../kit/metrics/metrics.ts";
import type { MetricsConfiguration } from "../resources/configuration.ts";
import { createPathPatterns } from "./path-patterns.ts";

interface Series {
  readonly requests: ValueSeries;
  readonly responses: ValueSeries | undefined;
  readonly latency: HistogramSeries;
}

export interface HttpMetrics {
  /** @param path as it came, without query */
  record(call: {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly latencyMs: number;
    readonly requestBytes: number;
    readonly responseBytes: number;
  }): void;
}

const knownMethods = new Set([
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "CONNECT",
]);

export function createHttpMetrics(
  metrics: Metrics,
  appId: string,
  configuration: MetricsConfiguration,
): HttpMetrics {
  const labels = ["app_id", "method", "path", "status"];
  const bounds = configuration.latencyBuckets ?? defaultLatencyBounds;
  const isHigh = configuration.increasedCardinality ?? true;
  const requests = metrics.counter(
    "dapr_http_server_request_count",
    "Count of HTTP requests processed by the server.",
    labels,
  );
  const responses = isHigh
    ? metrics.counter("dapr_http_server_response_count", "The number of HTTP responses.", labels)
    : undefined;
  const latency = metrics.histogram(
    "dapr_http_server_latency",
    "The end-to-end latency of requests to the HTTP server.",
    labels,
    bounds,
  );
  const requestBytes = metrics
    .histogram("dapr_http_server_request_bytes", "HTTP request body size.", ["app_id"], sizeBounds)
    .with(appId);
  const responseBytes = metrics
    .histogram(
      "dapr_http_server_response_bytes",
      "HTTP response body size.",
      ["app_id"],
      sizeBounds,
    )
    .with(appId);
  const label = pathLabel(configuration);
  const byPath = new Map<string, Map<string, Series>>();
  const find = (path: string, method: string, status: number): Series => {
    let byAnswer = byPath.get(path);
    if (byAnswer === undefined) {
      byAnswer = new Map();
      byPath.set(path, byAnswer);
    }
    const key = method + status;
    let series = byAnswer.get(key);
    if (series === undefined) {
      const verb = configuration.excludesVerbs ? "" : knownMethods.has(method) ? method : "UNKNOWN";
      const values = [appId, verb, path, String(status)];
      series = {
        requests: requests.with(...values),
        responses: responses?.with(...values),
        latency: latency.with(...values),
      };
      byAnswer.set(key, series);
    }
    return series;
  };
  return {
    record(call) {
      const series = find(label(call.path), call.method, call.status);
      series.requests.add();
      series.responses?.add();
      series.latency.observe(Math.trunc(call.latencyMs));
      requestBytes.observe(call.requestBytes);
      responseBytes.observe(call.responseBytes);
    },
  };
}

/** Kept in both modes. */
const keptPaths = new Set(["/dapr/config", "/dapr/metrics", "/dapr/subscribe", "/healthz"]);

/** The function that makes a path's label, for servers and clients. */
export function pathLabel(configuration: MetricsConfiguration): (path: string) => string {
  const isHigh = configuration.increasedCardinality ?? true;
  const matching = configuration.pathMatching;
  const fallback = (path: string): string =>
    isHigh ? highLabel(path) : keptPaths.has(path) ? path : "";
  if (matching.length === 0) return (path) => fallback(normalise(path));
  const match = createPathPatterns(matching);
  // A path that is its own pattern looks in high mode as one that matched none.
  const find = (path: string): string | undefined => {
    const found = match(path);
    return isHigh && found === path ? undefined : found;
  };
  return (raw) => {
    const path = normalise(raw);
    const high = highLabel(path);
    return find(path) ?? (high === "/" ? undefined : find(high)) ?? fallback(path);
  };
}

function normalise(path: string): string {
  const collapsed = path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
  return collapsed.startsWith("/") ? collapsed : `/${collapsed}`;
}

/** Keys and ids are dropped where the API has them; everything else stays. */
export function highLabel(path: string): string {
  const parts = splitPath(path);
  if (parts.length < 3) return path;
  const [first, second, third] = parts as [string, string, string];
  if (first === "actors") return actorLabel(parts);
  if (second === "state" || second === "secrets") return `/${first}/${second}/${third}`;
  if (second === "actors" && parts.length >= 5) {
    return `/${first}/actors/${third}/{id}/${parts[4]}`;
  }
  if (second === "workflows" && parts.length >= 4) return workflowLabel(parts);
  return path;
}

/** Six parts at most; the last one holds the rest. */
function splitPath(path: string): string[] {
  const parts: string[] = [];
  let start = 1;
  while (parts.length < 5) {
    const slash = path.indexOf("/", start);
    if (slash < 0) break;
    parts.push(path.slice(start, slash));
    start = slash + 1;
  }
  parts.push(path.slice(start));
  return parts;
}

function actorLabel(parts: readonly string[]): string {
  return ["actors", parts[1], "{id}", ...parts.slice(3)].join("/");
}

function workflowLabel(parts: readonly string[]): string {
  const [first, , component, name, verb, event] = parts;
  const base = `/${first}/workflows/${component}`;
  if (parts.length === 4) return `${base}/{instanceId}`;
  if (event === undefined && verb?.startsWith("start")) return `${base}/${name}/start`;
  if (event !== undefined && verb === "raiseEvent") {
    return `${base}/{instanceId}/raiseEvent/{eventName}`;
  }
  return `${base}/{instanceId}/${verb}`;
}
