/**
 * Counts and latencies of publishing and delivery.
 * @see spec 03 §4.15, spec 08 §10.4
 */
import {
  defaultLatencyBounds,
  type Family,
  type HistogramSeries,
  type Metrics,
  type ValueSeries,
} from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";

interface Pair {
  readonly count: Family<ValueSeries>;
  readonly latency: Family<HistogramSeries>;
}

interface Outcome {
  readonly count: ValueSeries;
  readonly latency: HistogramSeries;
}

export interface PubSubMetricsOptions {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly appId: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  /** ms; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
}

/** How a message was dealt with: `process_status` and `status`. */
export type Processed = "success" | "retry" | "drop";

/** Topics whose series are kept at hand; names of topics may come from outside. */
const topicLimit = 1000;

export class PubSubMetrics {
  readonly #options: PubSubMetricsOptions;
  readonly #egress: Pair;
  readonly #egressBulk: Pair;
  readonly #ingress: Pair;
  readonly #ingressBulk: Pair;
  readonly #ingressBulkEvents: Family<ValueSeries>;
  readonly #published = new Map<string, Outcome>();
  readonly #delivered = new Map<string, Outcome>();

  constructor(options: PubSubMetricsOptions) {
    this.#options = options;
    const egress = ["app_id", "component", "namespace", "success", "topic"];
    const ingress = ["app_id", "component", "namespace", "process_status", "status", "topic"];
    const bulk = ["app_id", "component", "namespace", "process_status", "topic"];
    this.#egress = this.#pair("egress", "published to", egress);
    this.#egressBulk = this.#pair("egress_bulk", "published in bulk to", egress);
    this.#ingress = this.#pair("ingress", "received from", ingress);
    this.#ingressBulk = this.#pair("ingress_bulk", "received in bulk from", bulk);
    this.#ingressBulkEvents = options.metrics.counter(
      "dapr_component_pubsub_ingress_bulk_event_count",
      "Total number of incoming messages from the pub/sub component in bulk.",
      bulk,
    );
  }

  #pair(direction: string, what: string, labels: readonly string[]): Pair {
    const { metrics, latencyBounds } = this.#options;
    return {
      count: metrics.counter(
        `dapr_component_pubsub_${direction}_count`,
        `The number of messages ${what} the pub/sub component.`,
        labels,
      ),
      latency: metrics.histogram(
        `dapr_component_pubsub_${direction}_latencies`,
        `The latency of messages ${what} the pub/sub component.`,
        labels,
        latencyBounds ?? defaultLatencyBounds,
      ),
    };
  }

  /** @returns the start, for the other calls */
  begin(): number {
    return this.#options.clock.monotonic();
  }

  published(component: string, topic: string, startedAt: number, isSuccess: boolean): void {
    const key = `${isSuccess ? 1 : 0}${component}\n${topic}`;
    this.#record(
      outcome(this.#published, key, () =>
        this.#bind(this.#egress, [component, isSuccess ? "true" : "false", topic]),
      ),
      startedAt,
    );
  }

  publishedBulk(component: string, topic: string, startedAt: number, isSuccess: boolean): void {
    const labels = [component, isSuccess ? "true" : "false", topic];
    this.#record(this.#bind(this.#egressBulk, labels), startedAt);
  }

  /**
   * @param startedAt undefined: it went to no app, which takes no time
   * @param status differs from how it was processed for messages that an app drops (spec 03 §4.15)
   */
  received(
    component: string,
    topic: string,
    startedAt: number | undefined,
    processed: Processed,
    status: Processed = processed,
  ): void {
    const key = `${processed}${status}${component}\n${topic}`;
    this.#record(
      outcome(this.#delivered, key, () =>
        this.#bind(this.#ingress, [component, processed, status, topic]),
      ),
      startedAt,
    );
  }

  /** @param statuses how many entries ended in which way; what is not above 0 is left out */
  receivedBulk(topic: string, startedAt: number, statuses: ReadonlyMap<Processed, number>): void {
    const { appId, namespaceEnv } = this.#options;
    // Quirk: spec 03 §4.15. The component's label is a literal, and batches have no status.
    const component = "pubsubName";
    this.#record(this.#bind(this.#ingressBulk, [component, "", topic]), startedAt);
    for (const [status, count] of statuses) {
      if (count <= 0) continue;
      this.#ingressBulkEvents
        .with(appId, component, namespaceEnv, status.toUpperCase(), topic)
        .add();
    }
  }

  #bind(pair: Pair, labels: readonly string[]): Outcome {
    const [component = "", ...rest] = labels;
    const { appId, namespaceEnv } = this.#options;
    return {
      count: pair.count.with(appId, component, namespaceEnv, ...rest),
      latency: pair.latency.with(appId, component, namespaceEnv, ...rest),
    };
  }

  #record(series: Outcome, startedAt: number | undefined): void {
    series.count.add();
    if (startedAt === undefined) return;
    const elapsedMs = this.#options.clock.monotonic() - startedAt;
    // Quirk: spec 08 §10.1. Exactly 0 is not recorded.
    if (elapsedMs > 0) series.latency.observe(elapsedMs);
  }
}

function outcome(known: Map<string, Outcome>, key: string, create: () => Outcome): Outcome {
  const found = known.get(key);
  if (found !== undefined) return found;
  const created = create();
  if (known.size < topicLimit) known.set(key, created);
  return created;
}
