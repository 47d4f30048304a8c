/**
 * Metrics of invocation, of both sides.
 * @see spec 02 §16, spec 08 §10.4
 */
import type { HistogramSeries, Metrics, ValueSeries } from "../../kit/metrics/metrics.ts";

/** Series are kept per foreign app; more apps than this are looked up anew each time. */
const maxKnownApps = 1000;

/** A series by two values, without building a key per call. */
class Series<T> {
  readonly #byFirst = new Map<string, Map<number, T>>();
  readonly #create: (first: string, second: number) => T;

  constructor(create: (first: string, second: number) => T) {
    this.#create = create;
  }

  get(first: string, second: number): T {
    let bySecond = this.#byFirst.get(first);
    if (bySecond === undefined) {
      bySecond = new Map();
      if (this.#byFirst.size < maxKnownApps) this.#byFirst.set(first, bySecond);
    }
    let series = bySecond.get(second);
    if (series === undefined) {
      series = this.#create(first, second);
      bySecond.set(second, series);
    }
    return series;
  }
}

export type InvokeType = "unary" | "streaming";

export class InvokeMetrics {
  readonly #sent: Series<ValueSeries>;
  readonly #answers: Series<{ count: ValueSeries; latency: HistogramSeries }>;
  readonly #received: Series<ValueSeries>;
  readonly #answered: Series<ValueSeries>;

  constructor(metrics: Metrics, appId: string, latencyBounds: readonly number[]) {
    const prefix = "dapr_runtime_service_invocation";
    const sent = metrics.counter(
      `${prefix}_req_sent_total`,
      "The number of requests sent via service invocation.",
      ["app_id", "dst_app_id", "type"],
    );
    const count = metrics.counter(
      `${prefix}_res_recv_total`,
      "The number of responses received via service invocation.",
      ["app_id", "src_app_id", "status", "type"],
    );
    const latency = metrics.histogram(
      `${prefix}_res_recv_latency_ms`,
      "The latency of service invocation response.",
      ["app_id", "src_app_id", "status"],
      latencyBounds,
    );
    const received = metrics.counter(
      `${prefix}_req_recv_total`,
      "The number of requests received via service invocation.",
      ["app_id", "src_app_id"],
    );
    const answered = metrics.counter(
      `${prefix}_res_sent_total`,
      "The number of responses sent via service invocation.",
      ["app_id", "dst_app_id", "status"],
    );
    this.#sent = new Series((app, isStreaming) =>
      sent.with(appId, app, isStreaming ? "streaming" : "unary"),
    );
    this.#answers = new Series((app, status) => ({
      count: count.with(appId, app, String(status), "unary"),
      latency: latency.with(appId, app, String(status)),
    }));
    this.#received = new Series((app) => received.with(appId, app));
    this.#answered = new Series((app, status) => answered.with(appId, app, String(status)));
  }

  /** One attempt towards another app or an endpoint. */
  requestSent(app: string, type: InvokeType): void {
    this.#sent.get(app, type === "streaming" ? 1 : 0).add();
  }

  /** @param status HTTP status of an HTTP app, else the gRPC code */
  responseReceived(app: string, status: number, latencyMs: number): void {
    const series = this.#answers.get(app, status);
    series.count.add();
    series.latency.observe(latencyMs);
  }

  /** @param app the caller, or `unknown` */
  requestReceived(app: string): void {
    this.#received.get(app, 0).add();
  }

  responseSent(app: string, status: number): void {
    this.#answered.get(app, status).add();
  }
}
