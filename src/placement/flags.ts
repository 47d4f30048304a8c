/**
 * Placement's command line flags.
 * @see spec 05 §7.1, spec 08 §2.2, §2.4
 */
import {
  boolFlag as bool,
  durationFlag as duration,
  intFlag as int,
  stringFlag as string,
} from "../kit/flags/define.ts";
import { type FlagDefinition, isTruthy } from "../kit/flags/flags.ts";

const noEffect = { hidden: true, deprecated: "this flag will be removed in future releases" };

/** @param env NAMESPACE and DAPR_PLACEMENT_METADATA_ENABLED are part of defaults */
export const placementFlags = (env: ReadonlyMap<string, string>): readonly FlagDefinition[] => [
  duration("disseminate-coalesce-window", "0s", "How long changes after a round wait for others"),
  duration("disseminate-timeout", "8s", "Time of a round; who has not confirmed then is cut off"),
  bool("enable-metrics", true, "Serve metrics"),
  string("healthz-listen-address", "", "Accepted; health is served on all interfaces"),
  int("healthz-port", 8080, "Port of the health server"),
  string("id", "dapr-placement-0", "Name of this server among those of --initial-cluster"),
  {
    name: "initial-cluster",
    type: "strings",
    default: "",
    help: "All servers as id=host:port; dapr-placement-0=127.0.0.1:8201 when empty",
  },
  bool("inmem-store-enabled", true, "Accepted; nothing is kept on disk"),
  duration("keepalive-time", "2s", "Silence after which a sidecar is pinged"),
  duration("keepalive-timeout", "3s", "Time of a sidecar to answer a ping"),
  string(
    "listen-address",
    "",
    "Address of the gRPC and metrics servers; all interfaces when empty",
  ),
  bool("log-as-json", false, "Write log lines as JSON"),
  string("log-file", "", "Write the log to a file"),
  string("log-level", "info", "debug, info, warn, error or fatal"),
  { ...int("max-api-level", 10, "Accepted, without effect"), ...noEffect },
  bool(
    "metadata-enabled",
    isTruthy(env.get("DAPR_PLACEMENT_METADATA_ENABLED")),
    "Show the tables at /placement/state of the health server",
  ),
  string("metrics-listen-address", "0.0.0.0", "Accepted; --listen-address counts"),
  string("metrics-port", "9090", "Port of the metrics server"),
  { ...int("min-api-level", 0, "Accepted, without effect"), ...noEffect },
  string("mode", "standalone", "standalone or kubernetes"),
  int("port", 50_005, "Port of the gRPC server"),
  string("raft-logstore-path", "", "Accepted; nothing is kept on disk"),
  int("replicationFactor", 100, "Points of each host on the ring of an actor type"),
  string(
    "sentry-address",
    `dapr-sentry.${env.get("NAMESPACE") || "default"}.svc:443`,
    "Address of sentry",
  ),
  bool("tls-enabled", false, "Encrypt and authenticate all connections"),
  string(
    "trust-anchors-file",
    "/var/run/secrets/dapr.io/tls/ca.crt",
    "File with the trust anchors",
  ),
  string("trust-domain", "localhost", "Trust domain of the control plane"),
];
