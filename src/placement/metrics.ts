/**
 * What placement counts.
 * @see spec 05 §7.6
 */
import type { Metrics, ValueSeries } from "../kit/metrics/metrics.ts";

export interface PlacementMetrics {
  /** Open streams. */
  runtimes(namespace: string): ValueSeries;
  /** Streams whose first message named actor types. */
  actorRuntimes(namespace: string): ValueSeries;
  leads(isLeader: boolean): void;
}

export function placementMetrics(metrics: Metrics): PlacementMetrics {
  const runtimes = metrics.gauge(
    "dapr_placement_runtimes_total",
    "The number of sidecars that are connected.",
    ["host_namespace"],
  );
  const actorRuntimes = metrics.gauge(
    "dapr_placement_actor_runtimes_total",
    "The number of connected sidecars that came with actor types.",
    ["host_namespace"],
  );
  const leader = metrics.gauge("dapr_placement_leader_status", "1 while this server leads.").with();
  const raftLeader = metrics
    .gauge("dapr_placement_raft_leader_status", "1 while this server leads the election.")
    .with();
  const leads = (isLeader: boolean): void => {
    leader.set(Number(isLeader));
    raftLeader.set(Number(isLeader));
  };
  leads(false);
  return {
    runtimes: (namespace) => runtimes.with(namespace),
    actorRuntimes: (namespace) => actorRuntimes.with(namespace),
    leads,
  };
}
