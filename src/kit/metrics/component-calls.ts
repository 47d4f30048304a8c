/**
 * Counts and latencies of component calls, one pre-bound pair of series per component, operation and outcome.
 * @see spec 08 §10.4
 */
import type { Clock } from "../time/clock.ts";
import {
  defaultLatencyBounds,
  type Family,
  type HistogramSeries,
  type Metrics,
  type ValueSeries,
} from "./metrics.ts";

interface Outcome {
  readonly count: ValueSeries;
  readonly latency: HistogramSeries;
}

/** The series of one component and operation. */
export class CallMetrics {
  readonly #clock: Clock;
  readonly #succeeded: Outcome;
  readonly #failed: Outcome;

  constructor(clock: Clock, succeeded: Outcome, failed: Outcome) {
    this.#clock = clock;
    this.#succeeded = succeeded;
    this.#failed = failed;
  }

  /** Runs a call and records how it ended. @throws what the call throws */
  async measure<T>(call: () => Promise<T>): Promise<T> {
    const startedAt = this.begin();
    let isSuccess = false;
    try {
      const result = await call();
      isSuccess = true;
      return result;
    } finally {
      this.end(startedAt, isSuccess);
    }
  }

  /** @returns the start, for {@link end} */
  begin(): number {
    return this.#clock.monotonic();
  }

  end(startedAt: number, isSuccess: boolean): void {
    const outcome = isSuccess ? this.#succeeded : this.#failed;
    const elapsedMs = this.#clock.monotonic() - startedAt;
    outcome.count.add();
    // Quirk: spec 08 §10.1. Exactly 0 is not recorded.
    if (elapsedMs > 0) outcome.latency.observe(elapsedMs);
  }
}

/** `dapr_component_«kind»_count` and `_latencies` of one kind of component. */
export class ComponentCalls {
  readonly #clock: Clock;
  readonly #labels: readonly [appId: string, namespace: string];
  readonly #count: Family<ValueSeries>;
  readonly #latency: Family<HistogramSeries>;

  constructor(init: {
    readonly metrics: Metrics;
    readonly clock: Clock;
    /** As in the names: `state`. */
    readonly kind: string;
    readonly appId: string;
    /** Raw NAMESPACE, or "". */
    readonly namespaceEnv: string;
    /** false: calls are of one sort, and there is no label for it. Default true. */
    readonly hasOperations?: boolean;
    /** ms; undefined: the default. */
    readonly latencyBounds?: readonly number[] | undefined;
  }) {
    const { metrics, kind } = init;
    const operation = init.hasOperations === false ? [] : ["operation"];
    const labels = ["app_id", "component", "namespace", ...operation, "success"];
    this.#clock = init.clock;
    this.#labels = [init.appId, init.namespaceEnv];
    this.#count = metrics.counter(
      `dapr_component_${kind}_count`,
      `The number of operations performed on the ${kind} component.`,
      labels,
    );
    this.#latency = metrics.histogram(
      `dapr_component_${kind}_latencies`,
      `The latency of the response from the ${kind} component.`,
      labels,
      init.latencyBounds ?? defaultLatencyBounds,
    );
  }

  /** @param operation undefined when there is no label for it */
  operation(component: string, operation?: string): CallMetrics {
    const [appId, namespace] = this.#labels;
    const middle = operation === undefined ? [] : [operation];
    const outcome = (success: string): Outcome => ({
      count: this.#count.with(appId, component, namespace, ...middle, success),
      latency: this.#latency.with(appId, component, namespace, ...middle, success),
    });
    return new CallMetrics(this.#clock, outcome("true"), outcome("false"));
  }
}
