/**
 * Metrics of gRPC calls, served and made.
 * @see spec 08 §10.4
 */
import {
  type Family,
  type HistogramSeries,
  type Metrics,
  sizeBounds,
  type ValueSeries,
} from "../../kit/metrics/metrics.ts";
import { codeName } from "../../kit/rpc/status.ts";

/** Series of one method, looked up once. */
export interface GrpcMethodMetrics {
  /** A unary call. */
  finish(status: number, latencyMs: number, receivedBytes: number, sentBytes: number): void;
  /** A stream: sizes are not recorded. */
  count(status: number, latencyMs: number): void;
}

export interface GrpcMetrics {
  method(path: string): GrpcMethodMetrics;
}

/** @param role `server` for calls that arrive, `client` for calls that this sidecar makes */
export function createGrpcMetrics(
  metrics: Metrics,
  appId: string,
  role: "server" | "client",
  latencyBounds: readonly number[],
): GrpcMetrics {
  const labels = ["app_id", `grpc_${role}_method`];
  const withStatus = [...labels, `grpc_${role}_status`];
  const prefix = `dapr_grpc_io_${role}`;
  const latencyName = role === "server" ? "server_latency" : "roundtrip_latency";
  const families = {
    completed: metrics.counter(
      `${prefix}_completed_rpcs`,
      "Count of RPCs by method and status.",
      withStatus,
    ),
    latency: metrics.histogram(
      `${prefix}_${latencyName}`,
      "Distribution of latency in milliseconds, by method.",
      withStatus,
      latencyBounds,
    ),
    received: metrics.histogram(
      `${prefix}_received_bytes_per_rpc`,
      "Distribution of received bytes per RPC, by method.",
      labels,
      sizeBounds,
    ),
    sent: metrics.histogram(
      `${prefix}_sent_bytes_per_rpc`,
      "Distribution of total sent bytes per RPC, by method.",
      labels,
      sizeBounds,
    ),
  };
  const byPath = new Map<string, GrpcMethodMetrics>();
  return {
    method(path) {
      let found = byPath.get(path);
      if (found === undefined) {
        found = methodMetrics(families, appId, path);
        byPath.set(path, found);
      }
      return found;
    },
  };
}

interface Families {
  readonly completed: Family<ValueSeries>;
  readonly latency: Family<HistogramSeries>;
  readonly received: Family<HistogramSeries>;
  readonly sent: Family<HistogramSeries>;
}

function methodMetrics(families: Families, appId: string, path: string): GrpcMethodMetrics {
  const byStatus = new Map<number, { completed: ValueSeries; latency: HistogramSeries }>();
  const received = families.received.with(appId, path);
  const sent = families.sent.with(appId, path);
  const count = (status: number, latencyMs: number): void => {
    let series = byStatus.get(status);
    if (series === undefined) {
      const values = [appId, path, statusLabel(status)];
      series = {
        completed: families.completed.with(...values),
        latency: families.latency.with(...values),
      };
      byStatus.set(status, series);
    }
    series.completed.add();
    series.latency.observe(Math.trunc(latencyMs));
  };
  return {
    count,
    finish(status, latencyMs, receivedBytes, sentBytes) {
      count(status, latencyMs);
      received.observe(receivedBytes);
      sent.observe(sentBytes);
    },
  };
}

const statusLabel = (status: number): string => codeName(status);
