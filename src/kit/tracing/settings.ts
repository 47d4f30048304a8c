/**
 * What the tracing part of a Configuration says, and what the environment adds to it.
 * @see spec 08 §9.1, §9.2
 */
import { trimSpace } from "./trim.ts";

export interface OtlpSettings {
  /** `host:port`; "": no exporter. */
  readonly endpointAddress: string;
  /** `grpc` or `http`; "": no exporter. */
  readonly protocol: string;
  readonly isSecure: boolean;
  /** `key=value`; entries without `=` are ignored. */
  readonly headers: readonly string[];
  /** For one request; undefined: 10000. */
  readonly timeoutMs: number | undefined;
}

export interface TracingSettings {
  /** As written; "" when there is none. */
  readonly samplingRate: string;
  readonly stdout: boolean;
  /** A URL, used as it is; "": no exporter. */
  readonly zipkinEndpoint: string;
  readonly otel: OtlpSettings;
}

type Environment = ReadonlyMap<string, string>;

/**
 * Puts the `OTEL_EXPORTER_OTLP_*` variables in. They describe a whole exporter when none is configured; for a configured
 * one without headers only the header variables count.
 * @throws {Error} `error setting tracing spec from env: ...`
 */
export function otlpEnvironment(settings: TracingSettings, env: Environment): TracingSettings {
  const { otel } = settings;
  if (otel.endpointAddress !== "") {
    if (otel.headers.length > 0) return settings;
    return { ...settings, otel: { ...otel, headers: lenientHeaders(variable(env, "HEADERS")) } };
  }
  const endpoint = variable(env, "ENDPOINT");
  if (endpoint === "") return settings;
  try {
    return {
      ...settings,
      samplingRate: settings.samplingRate === "" ? "1" : settings.samplingRate,
      otel: {
        endpointAddress: endpoint.replace(/^https?:\/\//, ""),
        protocol: variable(env, "PROTOCOL").startsWith("http") ? "http" : "grpc",
        isSecure: env.get("OTEL_EXPORTER_OTLP_INSECURE") === "true" ? false : otel.isSecure,
        headers: strictHeaders(variable(env, "HEADERS")) ?? otel.headers,
        timeoutMs: timeout(variable(env, "TIMEOUT")) ?? otel.timeoutMs,
      },
    };
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`error setting tracing spec from env: ${message}`, { cause });
  }
}

/** The variable for traces, else the one for all signals, else "". */
const variable = (env: Environment, name: string): string =>
  env.get(`OTEL_EXPORTER_OTLP_TRACES_${name}`) || env.get(`OTEL_EXPORTER_OTLP_${name}`) || "";

/** undefined when there are none. */
function strictHeaders(text: string): string[] | undefined {
  if (text === "") return undefined;
  return text.split(",").map((entry) => {
    const header = readPair(entry);
    if (header === undefined) throw new Error(`invalid header format: ${entry}`);
    return header.join("=");
  });
}

const lenientHeaders = (text: string): string[] => readPairs(text).map((pair) => pair.join("="));

/** The pairs of `k=v,k2=v2`, percent-decoded; anything else in the list is ignored. */
export function readPairs(text: string): [key: string, value: string][] {
  return text
    .split(",")
    .map(readPair)
    .filter((pair) => pair !== undefined);
}

function readPair(entry: string): [key: string, value: string] | undefined {
  const equals = entry.indexOf("=");
  const key = trimSpace(entry.slice(0, Math.max(0, equals)));
  if (key === "") return undefined;
  try {
    return [key, decodeURIComponent(trimSpace(entry.slice(equals + 1)))];
  } catch {
    return undefined;
  }
}

function timeout(text: string): number | undefined {
  if (text === "") return undefined;
  if (!/^[+-]?\d{1,18}$/.test(text)) throw new Error(`invalid timeout: ${text}`);
  return Number(text);
}
