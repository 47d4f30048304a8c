/**
 * Metrics of policies.
 * @see spec 02 §15.5, spec 08 §10.4
 */
import type { Family, Metrics, ValueSeries } from "../../kit/metrics/metrics.ts";
import type { BreakerState } from "./circuit-breaker.ts";

export type FlowDirection = "inbound" | "outbound";
export type PolicyKind = "timeout" | "retry" | "circuitbreaker";

const labels = ["app_id", "flow_direction", "name", "namespace", "policy", "status", "target"];
const shownStates = ["closed", "half-open", "open", "unknown"] as const;

export class PolicyMetrics {
  readonly #appId: string;
  readonly #count: Family<ValueSeries>;
  readonly #activations: Family<ValueSeries>;
  readonly #breakerState: Family<ValueSeries>;
  readonly #loaded: Family<ValueSeries>;
  /** The resource that was loaded last stands for all. */
  #resource = { name: "", namespace: "" };

  constructor(metrics: Metrics, appId: string) {
    this.#appId = appId;
    this.#loaded = metrics.counter(
      "dapr_resiliency_loaded",
      "Number of resiliency policies loaded.",
      ["app_id", "name", "namespace"],
    );
    this.#count = metrics.counter(
      "dapr_resiliency_count",
      "Number of times a resiliency policy has been applied to a building block.",
      labels,
    );
    this.#activations = metrics.counter(
      "dapr_resiliency_activations_total",
      "Number of times a resiliency policy has been activated in a building block after a failure or after a state change.",
      labels,
    );
    this.#breakerState = metrics.gauge(
      "dapr_resiliency_cb_state",
      "A resiliency policy's current CircuitBreakerState state. 0 is closed, 1 is half-open, 2 is open, and -1 is unknown.",
      labels,
    );
  }

  named(resource: { readonly name: string; readonly namespace: string }): void {
    this.#resource = resource;
  }

  loaded({ name, namespace }: { readonly name: string; readonly namespace: string }): void {
    this.#loaded.with(this.#appId, name, namespace).add();
  }

  /** @param target such as `app_orders` */
  of(target: string, direction: FlowDirection): TargetMetrics {
    const { name, namespace } = this.#resource;
    const series = (
      family: Family<ValueSeries>,
      policy: PolicyKind,
      status: BreakerState | "unknown" | "",
    ) => family.with(this.#appId, direction, name, namespace, policy, status, target);
    return {
      applied: (policy) => series(this.#count, policy, "").add(),
      activated: (policy) => series(this.#activations, policy, "").add(),
      breakerApplied: (state) => {
        series(this.#count, "circuitbreaker", state).add();
        for (const shown of shownStates) {
          series(this.#breakerState, "circuitbreaker", shown).set(shown === state ? 1 : 0);
        }
      },
      breakerChanged: (state) => series(this.#activations, "circuitbreaker", state).add(),
    };
  }
}

/** The metrics of one target and direction. */
export interface TargetMetrics {
  /** A request runs under a timeout or retries. */
  applied(policy: "timeout" | "retry"): void;
  /** Once per request. */
  activated(policy: "timeout" | "retry"): void;
  breakerApplied(state: BreakerState): void;
  breakerChanged(state: BreakerState): void;
}
