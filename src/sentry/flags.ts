/**
 * Sentry's command line flags.
 * @see spec 07 §2.1, spec 08 §2.2, §2.4
 */
import {
  boolFlag as bool,
  durationFlag as duration,
  intFlag as int,
  stringFlag as string,
} from "../kit/flags/define.ts";
import type { FlagDefinition } from "../kit/flags/flags.ts";

/** @param home the user's home directory, for the default of `--kubeconfig` */
export const sentryFlags = (home: string): readonly FlagDefinition[] => [
  string("config", "daprsystem", "Path of the configuration file; in Kubernetes a resource name"),
  bool("enable-metrics", true, "Serve metrics"),
  string("healthz-listen-address", "", "Accepted; health is served on all interfaces"),
  int("healthz-port", 8080, "Port of the health server"),
  string("issuer-ca-filename", "ca.crt", "File with the trust anchors"),
  string("issuer-certificate-filename", "issuer.crt", "File with the issuer certificate"),
  string(
    "issuer-credentials",
    "/var/run/secrets/dapr.io/credentials",
    "Directory of the credentials",
  ),
  string("issuer-key-filename", "issuer.key", "File with the issuer's private key"),
  string("jwks-filename", "jwks.json", "File with the JSON Web Key Set; absolute paths only"),
  bool("jwt-enabled", false, "Issue JWTs beside certificates"),
  string("jwt-issuer", "", "Issuer claim of JWTs; none when empty"),
  string("jwt-key-filename", "jwt.key", "File with the JWT signing key; absolute paths only"),
  string("jwt-key-id", "", "Key id of JWTs; the key's thumbprint when empty"),
  string("jwt-signing-algorithm", "RS256", "Algorithm that signs JWTs"),
  duration("jwt-ttl", "24h0m0s", "Life of JWTs"),
  string(
    "kubeconfig",
    home === "" ? "" : `${home}/.kube/config`,
    "Kubernetes configuration outside a cluster",
  ),
  string("listen-address", "", "Address of the gRPC server; all interfaces when empty"),
  bool("log-as-json", false, "Write log lines as JSON"),
  string("log-file", "", "Write the log to a file"),
  string("log-level", "info", "debug, info, warn, error or fatal"),
  string("metrics-listen-address", "0.0.0.0", "Accepted; metrics are served on all interfaces"),
  string("metrics-port", "9090", "Port of the metrics server"),
  string("mode", "standalone", "standalone or kubernetes"),
  {
    name: "oidc-allowed-hosts",
    type: "strings",
    default: "",
    help: "Hosts that OIDC requests may name; all when empty",
  },
  bool("oidc-enabled", false, "Serve OpenID discovery over HTTP"),
  string("oidc-jwks-uri", "", "Address of the key set in the discovery document"),
  string("oidc-path-prefix", "", "Path in front of the OIDC endpoints"),
  string("oidc-server-listen-address", "localhost", "Address of the OIDC server"),
  int("oidc-server-listen-port", 9080, "Port of the OIDC server"),
  string("oidc-server-tls-cert-file", "", "Certificate of the OIDC server"),
  bool("oidc-server-tls-enabled", true, "Serve OIDC over TLS"),
  string("oidc-server-tls-key-file", "", "Private key of the OIDC server"),
  int("port", 50_001, "Port of the gRPC server"),
  string("trust-domain", "localhost", "Trust domain of the control plane"),
];
