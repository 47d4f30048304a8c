/**
 * Sentry's flags and environment as one typed object.
 * @see spec 07 §2.1
 */
import { dirname, isAbsolute, join } from "node:path";
import type { ParsedFlags } from "../kit/flags/flags.ts";
import { metricsPort, ServiceError } from "../kit/lifecycle/service-program.ts";
import { checkTrustDomain } from "../kit/security/spiffe.ts";

/** Why sentry ends by itself. */
export class SentryError extends ServiceError {
  override readonly name = "SentryError";
}

export interface SentryOptions {
  readonly mode: "standalone" | "kubernetes";
  /** 0: any, for tests. */
  readonly port: number;
  /** "": all interfaces. */
  readonly listenAddress: string;
  /** Path of the configuration file. */
  readonly config: string;
  readonly trustDomain: string;
  /** Namespace of the control plane. */
  readonly namespace: string;
  readonly credentials: {
    readonly directory: string;
    readonly caFile: string;
    readonly certificateFile: string;
    readonly keyFile: string;
    readonly jwtKeyFile: string;
    readonly jwksFile: string;
  };
  readonly jwt: {
    readonly isEnabled: boolean;
    /** "": no `iss` claim. */
    readonly issuer: string;
    readonly signingAlgorithm: string;
    /** "": the key's thumbprint. */
    readonly keyId: string;
    readonly ttlMs: number;
  };
  readonly oidc: OidcOptions;
  readonly healthzPort: number;
  readonly metrics: { readonly isEnabled: boolean; readonly port: number };
}

export interface OidcOptions {
  readonly isEnabled: boolean;
  readonly listenAddress: string;
  readonly port: number;
  /** undefined: plain HTTP. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  /** "": derived from the issuer. */
  readonly jwksUri: string;
  /** Without trailing slash; "": none. */
  readonly pathPrefix: string;
  readonly allowedHosts: readonly string[];
}

/** @throws {SentryError} `Invalid options: ...` */
export function sentryOptions(flags: ParsedFlags, env: ReadonlyMap<string, string>): SentryOptions {
  const mode = flags.string("mode");
  if (mode !== "standalone" && mode !== "kubernetes") throw invalid(`invalid mode: ${mode}`);
  const trustDomain = flags.string("trust-domain");
  try {
    checkTrustDomain(trustDomain);
  } catch (error) {
    throw invalid(`invalid trust domain: ${(error as Error).message}`);
  }
  const namespace = env.get("NAMESPACE");
  if (mode === "kubernetes" && !namespace) {
    throw new SentryError(
      `'NAMESPACE' environment variable ${namespace === undefined ? "not set" : "is empty"}`,
    );
  }
  return {
    mode,
    port: flags.int("port"),
    listenAddress: flags.string("listen-address"),
    config: flags.string("config"),
    trustDomain,
    namespace: namespace ?? "default",
    credentials: credentialFiles(flags),
    jwt: jwtOptions(flags),
    oidc: oidcOptions(flags),
    healthzPort: flags.int("healthz-port"),
    metrics: { isEnabled: flags.bool("enable-metrics"), port: metricsPort(flags) },
  };
}

/** Directories whose changes make sentry reload. */
export function watchedDirectories({ credentials, oidc }: SentryOptions): string[] {
  const files = [credentials.caFile, credentials.certificateFile, credentials.keyFile];
  if (oidc.tls !== undefined) files.push(oidc.tls.certificateFile, oidc.tls.keyFile);
  return [...new Set([credentials.directory, ...files.map((file) => dirname(file))])];
}

const invalid = (reason: string): SentryError => new SentryError(`Invalid options: ${reason}`);

function credentialFiles(flags: ParsedFlags): SentryOptions["credentials"] {
  // `.` and trailing slashes go, so that one directory has one name.
  const directory = join(flags.string("issuer-credentials"), ".");
  const inside = (file: string): string => (isAbsolute(file) ? file : join(directory, file));
  // Quirk: spec 07 §2.1, relative names of the JWT files are ignored.
  const absolute = (flag: string, otherwise: string): string => {
    const file = flags.string(flag);
    return isAbsolute(file) ? file : join(directory, otherwise);
  };
  return {
    directory,
    caFile: inside(flags.string("issuer-ca-filename")),
    certificateFile: inside(flags.string("issuer-certificate-filename")),
    keyFile: inside(flags.string("issuer-key-filename")),
    jwtKeyFile: absolute("jwt-key-filename", "jwt.key"),
    jwksFile: absolute("jwks-filename", "jwks.json"),
  };
}

function jwtOptions(flags: ParsedFlags): SentryOptions["jwt"] {
  const isEnabled = flags.bool("jwt-enabled");
  const issuer = flags.string("jwt-issuer");
  if (issuer !== "" && !isEnabled) {
    throw invalid("jwt-issuer cannot be set when jwt-enabled is false");
  }
  return {
    isEnabled,
    issuer,
    signingAlgorithm: flags.string("jwt-signing-algorithm"),
    keyId: flags.string("jwt-key-id"),
    ttlMs: flags.duration("jwt-ttl"),
  };
}

function oidcOptions(flags: ParsedFlags): OidcOptions {
  const certificateFile = flags.string("oidc-server-tls-cert-file");
  const keyFile = flags.string("oidc-server-tls-key-file");
  const isEnabled = flags.bool("oidc-enabled");
  if (isEnabled && flags.bool("oidc-server-tls-enabled")) {
    for (const [file, flag] of [
      [certificateFile, "oidc-server-tls-cert-file"],
      [keyFile, "oidc-server-tls-key-file"],
    ]) {
      if (file !== "") continue;
      throw invalid(
        `${flag} is required when OIDC HTTP server is enabled (unless oidc-server-tls-enabled is false)`,
      );
    }
  }
  if ((certificateFile === "") !== (keyFile === "")) {
    throw invalid("both OIDC TLS certificate and key must be provided if one is specified");
  }
  return {
    isEnabled,
    listenAddress: flags.string("oidc-server-listen-address"),
    port: flags.int("oidc-server-listen-port"),
    tls: certificateFile === "" ? undefined : { certificateFile, keyFile },
    jwksUri: flags.string("oidc-jwks-uri"),
    pathPrefix: pathPrefix(flags.string("oidc-path-prefix")),
    allowedHosts: flags.strings("oidc-allowed-hosts"),
  };
}

function pathPrefix(text: string): string {
  const path = text.replace(/\/+$/, "");
  return path === "" || path.startsWith("/") ? path : `/${path}`;
}
