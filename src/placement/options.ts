/**
 * Placement's flags and environment as one typed object.
 * @see spec 05 §7.1
 */
import type { ParsedFlags } from "../kit/flags/flags.ts";
import { metricsPort, ServiceError } from "../kit/lifecycle/service-program.ts";
import { formatDuration } from "../kit/time/duration.ts";

export interface PlacementOptions {
  readonly id: string;
  /** `host:port` by id, of this server too. */
  readonly cluster: ReadonlyMap<string, string>;
  /** 0: any, for tests. */
  readonly port: number;
  /** "": all interfaces. */
  readonly listenAddress: string;
  readonly healthzPort: number;
  readonly metrics: { readonly isEnabled: boolean; readonly port: number };
  /** Whether the tables are shown. */
  readonly isMetadataEnabled: boolean;
  readonly replicationFactor: number;
  readonly keepaliveMs: { readonly time: number; readonly timeout: number };
  readonly disseminateTimeoutMs: number;
  readonly coalesceWindowMs: number;
  /** undefined: plaintext. */
  readonly tls: TlsSettings | undefined;
}

export interface TlsSettings {
  readonly mode: "standalone" | "kubernetes";
  readonly trustDomain: string;
  readonly trustAnchorsFile: string;
  readonly sentryAddress: string;
  /** Of the control plane. */
  readonly namespace: string;
}

const defaultCluster = ["dapr-placement-0=127.0.0.1:8201"];

/** @throws {ServiceError} */
export function placementOptions(
  flags: ParsedFlags,
  env: ReadonlyMap<string, string>,
): PlacementOptions {
  const id = flags.string("id");
  return {
    id,
    cluster: readCluster(
      id,
      flags.isSet("initial-cluster") ? flags.strings("initial-cluster") : defaultCluster,
    ),
    port: flags.int("port"),
    listenAddress: flags.string("listen-address"),
    healthzPort: flags.int("healthz-port"),
    metrics: { isEnabled: flags.bool("enable-metrics"), port: metricsPort(flags) },
    isMetadataEnabled: flags.bool("metadata-enabled"),
    replicationFactor: flags.int("replicationFactor"),
    keepaliveMs: {
      time: readKeepalive(flags, "keepalive-time"),
      timeout: readKeepalive(flags, "keepalive-timeout"),
    },
    disseminateTimeoutMs: flags.duration("disseminate-timeout"),
    coalesceWindowMs: flags.duration("disseminate-coalesce-window"),
    tls: flags.bool("tls-enabled")
      ? {
          mode: flags.string("mode") === "kubernetes" ? "kubernetes" : "standalone",
          trustDomain: flags.string("trust-domain"),
          trustAnchorsFile: flags.string("trust-anchors-file"),
          sentryAddress: flags.string("sentry-address"),
          namespace: env.get("NAMESPACE") || "default",
        }
      : undefined,
  };
}

/** What is no `id=address` is passed over. */
function readCluster(id: string, entries: readonly string[]): ReadonlyMap<string, string> {
  const cluster = new Map<string, string>();
  for (const entry of entries) {
    const [name, address, more] = entry.split("=");
    if (name === undefined || address === undefined || more !== undefined) continue;
    if (cluster.has(name)) {
      throw new ServiceError(`found duplicate ID in configuration: ${name}`);
    }
    cluster.set(name, address);
  }
  if (!cluster.has(id)) {
    const peers = [...cluster].map(([name, address]) => `{${name} ${address}}`).join(" ");
    throw new ServiceError(`address for node ${id} not found in raft peers [${peers}]`);
  }
  return cluster;
}

function readKeepalive(flags: ParsedFlags, name: string): number {
  const ms = flags.duration(name);
  if (ms >= 1000 && ms <= 10_000) return ms;
  throw new ServiceError(
    `invalid value for ${name}: value should be between 1s and 10s, got ${formatDuration(ms)}`,
  );
}
