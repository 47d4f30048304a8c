/**
 * Resiliency resources: from YAML to typed documents. What the policies say is looked at later.
 * @see spec 02 §15.1, spec 04 §3.6
 */
import type { YamlMap, YamlValue } from "../../kit/resources/yaml.ts";
import { field, object, string, wrongType } from "../resources/documents.ts";

export interface RetryDocument {
  readonly policy: string;
  readonly duration: string;
  readonly maxInterval: string;
  /** undefined: not given. */
  readonly maxRetries: number | undefined;
  readonly httpStatusCodes: string;
  readonly grpcStatusCodes: string;
}

export interface BreakerDocument {
  readonly maxRequests: number;
  readonly interval: string;
  readonly timeout: string;
  readonly trip: string;
}

/** Names of policies; "" is none. */
export interface PolicyNames {
  readonly timeout: string;
  readonly retry: string;
  readonly circuitBreaker: string;
}

export interface AppTarget extends PolicyNames {
  /** 0: the default. */
  readonly circuitBreakerCacheSize: number;
}

export interface ActorTarget extends AppTarget {
  /** "", "type", "id" or "both"; anything else is an error of the policies. */
  readonly circuitBreakerScope: string;
}

export interface ComponentTarget {
  readonly inbound: PolicyNames;
  readonly outbound: PolicyNames;
}

export interface ResiliencyDocument {
  readonly name: string;
  readonly namespace: string;
  readonly scopes: readonly string[];
  readonly timeouts: ReadonlyMap<string, string>;
  readonly retries: ReadonlyMap<string, RetryDocument>;
  readonly circuitBreakers: ReadonlyMap<string, BreakerDocument>;
  readonly apps: ReadonlyMap<string, AppTarget>;
  readonly actors: ReadonlyMap<string, ActorTarget>;
  readonly components: ReadonlyMap<string, ComponentTarget>;
}

/** @throws {DocumentError} a value is of the wrong type */
export function decodeResiliency(document: YamlMap): ResiliencyDocument {
  const metadata = object(document, "metadata");
  const spec = object(document, "spec");
  const policies = object(spec, "policies");
  const targets = object(spec, "targets");
  return {
    name: string(metadata, "name"),
    namespace: string(metadata, "namespace"),
    scopes: scopesOf(document),
    timeouts: new Map(
      [...object(policies, "timeouts").keys()].map((name) => [
        name,
        string(object(policies, "timeouts"), name),
      ]),
    ),
    retries: mapOf(policies, "retries", retryOf),
    circuitBreakers: mapOf(policies, "circuitBreakers", breakerOf),
    apps: mapOf(targets, "apps", appOf),
    actors: mapOf(targets, "actors", (target) => ({
      ...appOf(target),
      circuitBreakerScope: string(target, "circuitBreakerScope"),
    })),
    components: mapOf(targets, "components", (target) => ({
      inbound: namesOf(object(target, "inbound")),
      outbound: namesOf(object(target, "outbound")),
    })),
  };
}

function mapOf<T>(map: YamlMap, name: string, decode: (value: YamlMap) => T): Map<string, T> {
  const decoded = new Map<string, T>();
  for (const [key, value] of object(map, name)) {
    if (value !== null && !(value instanceof Map))
      throw wrongType(`${name}.${key}`, value, "object");
    decoded.set(key, decode((value as YamlMap | null) ?? new Map()));
  }
  return decoded;
}

const retryOf = (map: YamlMap): RetryDocument => {
  const matching = object(map, "matching");
  return {
    policy: string(map, "policy"),
    duration: string(map, "duration"),
    maxInterval: string(map, "maxInterval"),
    maxRetries: integer(map, "maxRetries"),
    httpStatusCodes: string(matching, "httpStatusCodes"),
    grpcStatusCodes: string(matching, "gRPCStatusCodes"),
  };
};

const breakerOf = (map: YamlMap): BreakerDocument => ({
  maxRequests: integer(map, "maxRequests") ?? 0,
  interval: string(map, "interval"),
  timeout: string(map, "timeout"),
  trip: string(map, "trip"),
});

const namesOf = (map: YamlMap): PolicyNames => ({
  timeout: string(map, "timeout"),
  retry: string(map, "retry"),
  circuitBreaker: string(map, "circuitBreaker"),
});

const appOf = (map: YamlMap): AppTarget => ({
  ...namesOf(map),
  circuitBreakerCacheSize: integer(map, "circuitBreakerCacheSize") ?? 0,
});

/** Texts of digits are none: a quoted number makes the document invalid. */
function integer(map: YamlMap, name: string): number | undefined {
  const value = field(map, name);
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw wrongType(name, value, "int");
}

function scopesOf(document: YamlMap): readonly string[] {
  const value = field(document, "scopes");
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType("scopes", value, "[]string");
  return value.map((item: YamlValue) => string(new Map([["scopes", item]]), "scopes"));
}
