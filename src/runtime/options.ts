/**
 * daprd's flags and environment as one typed object.
 * @see spec 08 §2.3, §2.5
 */
import { quote } from "../kit/errors/quote.ts";
import { isTruthy, type ParsedFlags } from "../kit/flags/flags.ts";
import { parseWholeQuantity } from "../kit/flags/quantity.ts";
import { type Level, levels } from "../kit/logging/logger.ts";
import { formatDuration } from "../kit/time/duration.ts";

export type AppProtocol = "http" | "https" | "h2c" | "grpc" | "grpcs";

export interface AppHealthOptions {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly threshold: number;
}

export interface SidecarOptions {
  readonly appId: string;
  readonly mode: "standalone" | "kubernetes";
  /** Kubernetes mode only. */
  readonly hasBuiltinSecretStore: boolean;
  /** NAMESPACE as it is; "" when unset. */
  readonly namespaceEnv: string;
  /** NAMESPACE, or `default` when it is not set at all. */
  readonly namespace: string;
  readonly app: {
    /** 0: no app channel. */
    readonly port: number;
    readonly protocol: AppProtocol;
    readonly address: string;
    /** 0: unlimited. */
    readonly maxConcurrency: number;
    readonly health: AppHealthOptions | undefined;
    readonly token: string;
    readonly disabledInitEndpoints: ReadonlySet<string>;
    readonly bindingOptionsTimeoutMs: number;
  };
  readonly api: {
    readonly httpPort: number;
    readonly grpcPort: number;
    /** undefined: chosen at start. */
    readonly internalPort: number | undefined;
    readonly internalListenAddress: string;
    readonly listenAddresses: readonly string[];
    readonly publicPort: number | undefined;
    readonly publicListenAddress: string;
    readonly profilePort: number;
    readonly isProfilingEnabled: boolean;
    readonly socketFolder: string;
    readonly allowedOrigins: string;
    /** Bytes; 0: no limit over HTTP. */
    readonly maxBodyBytes: number;
    /** Bytes. */
    readonly readBufferBytes: number;
    readonly token: string;
    /** undefined: the Configuration decides. */
    readonly isApiLoggingEnabled: boolean | undefined;
    readonly isH2cDisabled: boolean;
  };
  readonly metrics: {
    readonly isEnabled: boolean;
    readonly port: number;
    readonly listenAddress: string;
  };
  readonly resourcesPaths: readonly string[];
  readonly configs: readonly string[];
  readonly hotReloadIntervalMs: number;
  readonly security: {
    readonly isMtlsEnabled: boolean;
    readonly sentryAddress: string;
    readonly trustAnchors: string;
    readonly controlPlaneNamespace: string;
    readonly controlPlaneTrustDomain: string;
    readonly jwtAudiences: readonly string[];
  };
  readonly placementAddresses: readonly string[];
  readonly schedulerAddresses: readonly string[];
  readonly shutdown: {
    /** Infinity: no limit. */
    readonly gracefulMs: number;
    /** undefined: no block phase. */
    readonly blockMs: number | undefined;
  };
}

export interface LogOptions {
  readonly level: Level;
  readonly json: boolean;
  readonly file: string;
}

/** @throws {Error} `invalid value for --log-level: x` */
export function logOptions(flags: ParsedFlags): LogOptions {
  const level = flags.string("log-level").toLowerCase();
  if (!Object.hasOwn(levels, level)) {
    throw new Error(`invalid value for --log-level: ${flags.string("log-level")}`);
  }
  return { level: level as Level, json: flags.bool("log-as-json"), file: flags.string("log-file") };
}

/** A flag's value cannot be understood; `Failed to parse flags: ` goes in front. */
export class FlagValueError extends Error {
  override readonly name = "FlagValueError";
}

/**
 * @param warn takes what is worth a warning in the log
 * @throws {FlagValueError} for sizes and times; {Error} for the rest, as a failure of the runtime
 */
export function sidecarOptions(
  flags: ParsedFlags,
  env: ReadonlyMap<string, string>,
  warn: (message: string) => void,
): SidecarOptions {
  const maxBodyBytes = size(flags, "max-body-size", "dapr-http-max-request-size", 2 ** 20);
  const readBufferBytes = size(flags, "read-buffer-size", "dapr-http-read-buffer-size", 2 ** 10);
  checkDisseminateTimeout(flags);
  const mode = flags.string("mode");
  if (mode !== "standalone" && mode !== "kubernetes") throw new Error(`invalid mode: ${mode}`);
  const appId = flags.string("app-id");
  if (appId === "") throw new Error("parameter app-id cannot be empty");
  if (appId.includes(".")) throw new Error("parameter app-id cannot contain dots");
  const environment = (name: string): string => env.get(name) ?? "";
  const appPort = optionalPort(flags, "app-port");
  const httpPort = port(flags, "dapr-http-port", "error parsing dapr-http-port flag");
  const grpcPort = port(flags, "dapr-grpc-port", "error parsing dapr-grpc-port flag");
  for (const [name, value] of [
    ["dapr-http-port", httpPort],
    ["dapr-grpc-port", grpcPort],
  ] as const) {
    if (value === appPort) {
      throw new Error(`the '${name}' argument value ${value} conflicts with 'app-port'`);
    }
  }
  return {
    appId,
    mode,
    hasBuiltinSecretStore: !flags.bool("disable-builtin-k8s-secret-store"),
    namespaceEnv: environment("NAMESPACE"),
    namespace: env.get("NAMESPACE") ?? "default",
    app: appOptions(flags, env, appPort, warn),
    api: {
      httpPort,
      grpcPort,
      internalPort: optionalPort(flags, "dapr-internal-grpc-port") || undefined,
      internalListenAddress: flags.string("dapr-internal-grpc-listen-address"),
      listenAddresses: flags.string("dapr-listen-addresses").split(",").filter(Boolean),
      publicPort: optionalPort(flags, "dapr-public-port") || undefined,
      publicListenAddress: flags.string("dapr-public-listen-address"),
      profilePort: port(flags, "profile-port", "error parsing profile-port flag"),
      isProfilingEnabled: flags.bool("enable-profiling"),
      socketFolder: flags.string("unix-domain-socket"),
      allowedOrigins: flags.string("allowed-origins"),
      maxBodyBytes,
      readBufferBytes,
      token: environment("DAPR_API_TOKEN"),
      isApiLoggingEnabled: flags.isSet("enable-api-logging")
        ? flags.bool("enable-api-logging")
        : undefined,
      isH2cDisabled: isTruthy(env.get("DAPR_HTTP_DISABLE_H2C")),
    },
    metrics: {
      isEnabled: flags.bool("enable-metrics"),
      port: port(flags, "metrics-port", "failed to parse metrics port"),
      listenAddress: flags.string("metrics-listen-address"),
    },
    resourcesPaths: resourcesPaths(flags),
    configs: flags.strings("config"),
    hotReloadIntervalMs: hotReloadInterval(flags),
    security: securityOptions(flags, env),
    placementAddresses: flags.string("placement-host-address").split(",").filter(Boolean),
    schedulerAddresses: schedulerAddresses(flags, env),
    shutdown: shutdownOptions(flags),
  };
}

function checkDisseminateTimeout(flags: ParsedFlags): void {
  const timeout = flags.duration("actors-disseminate-timeout");
  if (timeout > 0) return;
  throw new FlagValueError(
    `invalid value for 'actors-disseminate-timeout' option: must be positive, got ${formatDuration(timeout)}`,
  );
}

function appOptions(
  flags: ParsedFlags,
  env: ReadonlyMap<string, string>,
  port: number,
  warn: (message: string) => void,
): SidecarOptions["app"] {
  const disabled = flags.strings("disable-init-endpoints");
  for (const name of disabled) {
    if (name !== "config" && name !== "subscribe") {
      throw new Error(`invalid value for 'disable-init-endpoints': ${name}`);
    }
  }
  const bindingTimeout = flags.duration("app-binding-options-timeout");
  return {
    port,
    protocol: appProtocol(flags, warn),
    address: flags.string("app-channel-address"),
    maxConcurrency: Math.max(0, flags.int("app-max-concurrency")),
    health: appHealth(flags, port),
    token: env.get("APP_API_TOKEN") ?? "",
    disabledInitEndpoints: new Set(disabled),
    bindingOptionsTimeoutMs: bindingTimeout <= 0 ? 3000 : bindingTimeout,
  };
}

function appProtocol(flags: ParsedFlags, warn: (message: string) => void): AppProtocol {
  const value = flags.string("app-protocol").trim().toLowerCase() || "http";
  if (!["http", "https", "h2c", "grpc", "grpcs"].includes(value)) {
    throw new Error(`invalid value for 'app-protocol': ${flags.string("app-protocol")}`);
  }
  if (flags.bool("app-ssl") && (value === "http" || value === "grpc")) {
    warn(`The 'app-ssl' flag is deprecated; use 'app-protocol=${value}s' instead`);
    return `${value}s`;
  }
  return value as AppProtocol;
}

function appHealth(flags: ParsedFlags, port: number): AppHealthOptions | undefined {
  const positive = (name: string, otherwise: number): number => {
    const value = flags.int(name);
    return value > 0 ? value : otherwise;
  };
  const intervalMs = positive("app-health-probe-interval", 5) * 1000;
  const timeoutMs = positive("app-health-probe-timeout", 500);
  if (timeoutMs > intervalMs) {
    throw new Error(
      "value for 'health-probe-timeout' must be smaller than 'health-probe-interval'",
    );
  }
  if (!flags.bool("enable-app-health-check") || port === 0) return undefined;
  const path = flags.string("app-health-check-path");
  return {
    path: path.startsWith("/") ? path : `/${path}`,
    intervalMs,
    timeoutMs,
    threshold: Math.max(1, positive("app-health-threshold", 3)),
  };
}

function securityOptions(
  flags: ParsedFlags,
  env: ReadonlyMap<string, string>,
): SidecarOptions["security"] {
  const withFallback = (flag: string, variable: string): string =>
    flags.isSet(flag) ? flags.string(flag) : (env.get(variable) ?? flags.string(flag));
  return {
    isMtlsEnabled: flags.bool("enable-mtls"),
    sentryAddress: flags.string("sentry-address"),
    trustAnchors: env.get("DAPR_TRUST_ANCHORS") ?? "",
    controlPlaneNamespace: withFallback("control-plane-namespace", "DAPR_CONTROLPLANE_NAMESPACE"),
    controlPlaneTrustDomain: withFallback(
      "control-plane-trust-domain",
      "DAPR_CONTROLPLANE_TRUST_DOMAIN",
    ),
    jwtAudiences: flags.strings("sentry-request-jwt-audiences"),
  };
}

function shutdownOptions(flags: ParsedFlags): SidecarOptions["shutdown"] {
  const seconds = flags.int("dapr-graceful-shutdown-seconds");
  return {
    gracefulMs: seconds === 0 ? Number.POSITIVE_INFINITY : seconds < 0 ? 5000 : seconds * 1000,
    blockMs: flags.isSet("dapr-block-shutdown-duration")
      ? flags.duration("dapr-block-shutdown-duration")
      : undefined,
  };
}

/** Nothing, or nothing sensible: the default. Timers take 24 days at most. */
function hotReloadInterval(flags: ParsedFlags): number {
  const value = flags.duration("hot-reload-reconcile-interval");
  return value > 0 ? Math.min(value, 2 ** 31 - 1) : 60_000;
}

function resourcesPaths(flags: ParsedFlags): string[] {
  if (flags.isSet("resources-path")) return flags.strings("resources-path");
  const alias = flags.string("components-path");
  return alias === "" ? [] : [alias];
}

function schedulerAddresses(flags: ParsedFlags, env: ReadonlyMap<string, string>): string[] {
  if (flags.isSet("scheduler-host-address")) return flags.strings("scheduler-host-address");
  return (env.get("DAPR_SCHEDULER_HOST_ADDRESS_DNS_A") ?? "").split(",").filter(Boolean);
}

function port(flags: ParsedFlags, name: string, complaint: string): number {
  const text = flags.string(name);
  const fail = (reason: string): Error =>
    new Error(`${complaint}: strconv.Atoi: parsing ${quote(text)}: ${reason}`);
  if (!/^[+-]?\d+$/.test(text)) throw fail("invalid syntax");
  const number = BigInt(text.replace("+", ""));
  if (BigInt.asIntN(64, number) !== number) throw fail("value out of range");
  return Number(number);
}

function optionalPort(flags: ParsedFlags, name: string): number {
  return flags.string(name) === "" ? 0 : port(flags, name, `error parsing ${name}`);
}

/** A quantity; -1 is the default. The deprecated flag counts in its own unit and loses. */
function size(flags: ParsedFlags, name: string, deprecated: string, unit: number): number {
  const fallback = name === "max-body-size" ? 4 * 2 ** 20 : 4 * 2 ** 10;
  if (!flags.isSet(name) && flags.isSet(deprecated)) {
    const value = flags.int(deprecated);
    return value === -1 ? fallback : Math.max(0, value * unit);
  }
  let value: number;
  try {
    value = parseWholeQuantity(flags.string(name));
  } catch (error) {
    throw new FlagValueError(`invalid value for '${name}' option: ${(error as Error).message}`);
  }
  if (value === -1) return fallback;
  return Math.max(0, value);
}

/** Set by the sidecar in its own environment (spec 08 §2.5). */
export function environmentOf(options: SidecarOptions): Record<string, string | number> {
  const { api, app, metrics, appId } = options;
  return {
    APP_ID: appId,
    APP_PORT: app.port,
    DAPR_GRPC_PORT: api.grpcPort,
    DAPR_HTTP_PORT: api.httpPort,
    DAPR_METRICS_PORT: metrics.port,
    DAPR_PROFILE_PORT: api.profilePort,
  };
}
