/**
 * Health probes over HTTP and gRPC. They carry no app token and pass no middleware and no concurrency limit.
 * @see spec 02 §11.5, spec 08 §10.4
 */

import { quote } from "../../kit/errors/quote.ts";
import type { HttpCall, HttpClient } from "../../kit/http/client.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { defaultLatencyBounds, type Metrics } from "../../kit/metrics/metrics.ts";
import { codeName, RpcError } from "../../kit/rpc/status.ts";
import type { ClientTransport } from "../../kit/rpc/transport.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";

export interface ProbeResult {
  readonly isHealthy: boolean;
  /** Why not; "" for healthy. */
  readonly reason: string;
}

export type AppProbe = (timeoutMs: number, signal: AbortSignal) => Promise<ProbeResult>;

/** Counts probes that came to an end. @param status of the answer: `200`, `Unavailable` */
export type ProbeMetrics = (status: string, latencyMs: number) => void;

export function httpProbeMetrics(
  metrics: Metrics,
  appId: string,
  latencyBounds: readonly number[] = defaultLatencyBounds,
): ProbeMetrics {
  return probeMetrics(metrics, appId, "http", "status", latencyBounds);
}

export function grpcProbeMetrics(
  metrics: Metrics,
  appId: string,
  latencyBounds: readonly number[] = defaultLatencyBounds,
): ProbeMetrics {
  return probeMetrics(metrics, appId, "grpc_io", "grpc_client_status", latencyBounds);
}

function probeMetrics(
  metrics: Metrics,
  appId: string,
  protocol: "http" | "grpc_io",
  statusLabel: string,
  latencyBounds: readonly number[],
): ProbeMetrics {
  const prefix = `dapr_${protocol}_healthprobes`;
  const labels = ["app_id", statusLabel];
  const completed = metrics.counter(
    `${prefix}_completed_count`,
    "Count of completed health probes.",
    labels,
  );
  const latency = metrics.histogram(
    `${prefix}_roundtrip_latency`,
    "Time between first byte of health probes sent to last byte of response received, or terminal error.",
    labels,
    latencyBounds,
  );
  return (status, latencyMs) => {
    completed.with(appId, status).add();
    latency.with(appId, status).observe(Math.trunc(latencyMs));
  };
}

const healthy: ProbeResult = { isHealthy: true, reason: "" };

export interface HttpProbeOptions {
  readonly client: HttpClient;
  /** Scheme and authority of the app, for texts: `http://127.0.0.1:3000`. */
  readonly origin: string;
  /** With or without a leading slash. */
  readonly path: string;
  readonly clock: Clock;
  /** undefined: metrics are off. */
  readonly record: ProbeMetrics | undefined;
}

/** `GET <path>`; healthy is any 2xx. Redirects are not followed. */
export function httpProbe(options: HttpProbeOptions): AppProbe {
  const { client, origin, clock, record } = options;
  const path = options.path.startsWith("/") ? options.path : `/${options.path}`;
  const request = { method: "GET", path, headers: [], body: null };
  return (timeoutMs, signal) =>
    new Promise((resolve) => {
      const startedAt = clock.monotonic();
      let call: HttpCall | undefined;
      let isAnswered = false;
      const answer = (status: number, result: ProbeResult): void => {
        if (isAnswered) return;
        isAnswered = true;
        if (!signal.aborted) record?.(String(status), clock.monotonic() - startedAt);
        resolve(result);
      };
      const fail = (error: Error): void => {
        finish();
        const text = `Get ${quote(origin + path)}: ${error.message}`;
        answer(500, { isHealthy: false, reason: `Network error: ${text}` });
      };
      const onAbort = (): void => {
        call?.abort();
        fail(signal.reason as Error);
      };
      const timer = clock.timer(timeoutMs, () => {
        call?.abort();
        fail(new DeadlineError());
      });
      const finish = (): void => {
        timer[Symbol.dispose]();
        signal.removeEventListener("abort", onAbort);
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener("abort", onAbort, { once: true });
      call = client.send(request, {
        onHead: (status) =>
          // The timer goes on: a body that does not end gives its connection up.
          answer(
            status,
            status >= 200 && status < 300
              ? healthy
              : { isHealthy: false, reason: `Health check failed with status code: ${status}` },
          ),
        onData: () => true,
        onEnd: finish,
        onError: fail,
      });
    });
}

const healthCheckPath = "/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck";
const empty = new Uint8Array(0);

export interface GrpcProbeOptions {
  readonly client: ClientTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly record: ProbeMetrics | undefined;
}

/** AppCallbackHealthCheck/HealthCheck; any error is unhealthy, Unimplemented too. */
export function grpcProbe(options: GrpcProbeOptions): AppProbe {
  const { client, clock, logger, record } = options;
  return async (timeoutMs, signal) => {
    const startedAt = clock.monotonic();
    try {
      await client.unary(healthCheckPath, empty, { timeoutMs, signal });
      record?.("OK", clock.monotonic() - startedAt);
      return healthy;
    } catch (error) {
      const text = (error as Error).message;
      if (!signal.aborted) {
        const status = error instanceof RpcError ? codeName(error.code) : "Unknown";
        record?.(status, clock.monotonic() - startedAt);
        logger.error(`App health probe could not complete with error: ${text}`);
      }
      return { isHealthy: false, reason: `Probe error: ${text}` };
    }
  };
}
