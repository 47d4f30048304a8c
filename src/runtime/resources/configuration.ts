/**
 * The Configuration resource: files laid over each other, then decoded once.
 * @see spec 04 §6, spec 08 §3, §9.1, §10.2
 */
import { readFileSync } from "node:fs";
import {
  parseConfigurationYaml,
  scalarToString,
  type YamlMap,
  type YamlValue,
} from "../../kit/resources/yaml.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import type { TracingSettings } from "../../kit/tracing/settings.ts";
import { reasonOf } from "./folder.ts";

export interface ApiRule {
  readonly name: string;
  readonly version: string;
  readonly protocol: string;
}

export interface SecretScope {
  readonly storeName: string;
  readonly defaultAccess: string;
  readonly allowedSecrets: readonly string[];
  readonly deniedSecrets: readonly string[];
}

export interface MetricRule {
  /** With or without `dapr_`. */
  readonly name: string;
  readonly labels: readonly {
    readonly name: string;
    /** Replacement and the pattern that it stands for. */
    readonly patterns: ReadonlyMap<string, string>;
  }[];
}

export interface MetricsConfiguration {
  readonly isEnabled: boolean;
  readonly recordsErrorCodes: boolean;
  readonly increasedCardinality: boolean | undefined;
  readonly pathMatching: readonly string[];
  readonly excludesVerbs: boolean;
  readonly latencyBuckets: readonly number[] | undefined;
  readonly rules: readonly MetricRule[];
}

export interface AccessOperation {
  /** Pattern of a path, or of `/package.Service/Method`. */
  readonly name: string;
  readonly verbs: readonly string[];
  readonly action: string;
}

/** What one caller may do. Actions and names are as written, "" where nothing was. */
export interface AccessPolicy {
  readonly appId: string;
  readonly namespace: string;
  readonly trustDomain: string;
  readonly defaultAction: string;
  readonly operations: readonly AccessOperation[];
}

export interface AccessControlConfiguration {
  /** `allow` when it was left out; "" only when that was written. */
  readonly defaultAction: string;
  readonly trustDomain: string;
  readonly policies: readonly AccessPolicy[];
  /** `policies: []` was written, which is not the same as nothing. */
  readonly hasEmptyPolicies: boolean;
}

/** A stage of a pipeline, as written. */
export interface HandlerConfiguration {
  readonly name: string;
  readonly type: string;
  readonly version: string;
}

export interface Configuration {
  readonly tracing: TracingSettings;
  readonly metrics: MetricsConfiguration;
  readonly nameResolution: {
    readonly component: string;
    readonly version: string;
    readonly configuration: YamlValue;
  };
  readonly api: { readonly allowed: readonly ApiRule[]; readonly denied: readonly ApiRule[] };
  readonly apiLogging: {
    readonly isEnabled: boolean;
    readonly obfuscatesUrls: boolean;
    readonly omitsHealthChecks: boolean;
  };
  readonly secretScopes: readonly SecretScope[];
  readonly accessControl: AccessControlConfiguration;
  readonly deniedComponents: readonly string[];
  /** Outermost first. */
  readonly httpPipeline: readonly HandlerConfiguration[];
  readonly appHttpPipeline: readonly HandlerConfiguration[];
  /** `spec.wasm.strictSandbox`: forced upon every WebAssembly component. */
  readonly isWasmStrict: boolean;
  /** Enabled feature names, defaults included. */
  readonly features: ReadonlySet<string>;
}

/** On in the reference unless a Configuration turns them off. */
const defaultFeatures = ["HotReload", "WorkflowsRemoteActivityReminder"];

/** Ends the start with `Fatal error from runtime: error loading configuration: ...`. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  constructor(message: string) {
    super(`error loading configuration: ${message}`);
  }
}

/** @throws {ConfigurationError} */
export async function loadConfiguration(
  files: readonly string[],
  env: ReadonlyMap<string, string>,
): Promise<Configuration> {
  let merged: YamlMap = new Map();
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT")
        throw new ConfigurationError(`stat ${file}: no such file or directory`);
      if (code === "EISDIR") throw new ConfigurationError(`read ${file}: is a directory`);
      throw new ConfigurationError(`open ${file}: ${reasonOf(error)}`);
    }
    const document = await parseConfigurationYaml(expandEnvironment(text, env));
    if (document.errors.length > 0) throw new ConfigurationError(document.errors.join("\n"));
    if (document.value === null) continue;
    if (!(document.value instanceof Map)) {
      throw new ConfigurationError("yaml: unmarshal errors: cannot unmarshal into Configuration");
    }
    merged = merge(merged, document.value as YamlMap);
  }
  return decodeConfiguration(merged);
}

/**
 * Go's os.ExpandEnv over the whole text: `$NAME` and `${NAME}`; unset names vanish.
 */
export function expandEnvironment(text: string, env: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*|[0-9*#$@!?-])|\{)/g,
    (_all, braced?: string, bare?: string) => env.get(braced ?? bare ?? "") ?? "",
  );
}

/** Mappings merge member by member, everything else replaces; nothing takes away lists and mappings only. */
function merge(base: YamlMap, over: YamlMap): YamlMap {
  const merged = new Map(base);
  for (const [key, value] of over) {
    const before = merged.get(key);
    if (before instanceof Map && value instanceof Map) {
      merged.set(key, merge(before as YamlMap, value as YamlMap));
    } else if (value !== null) merged.set(key, value);
    else if (typeof before === "object") merged.delete(key);
  }
  return merged;
}

/** @throws {ConfigurationError} */
export function decodeConfiguration(document: YamlMap): Configuration {
  const spec = map(document, "spec");
  const resolution = map(spec, "nameResolution");
  const logging = map(map(spec, "logging"), "apiLogging");
  const api = map(spec, "api");
  return {
    tracing: tracing(map(spec, "tracing")),
    metrics: metrics(map(spec, "metric"), map(spec, "metrics")),
    nameResolution: {
      component: string(resolution, "component"),
      version: string(resolution, "version"),
      configuration: resolution.get("configuration") ?? null,
    },
    api: { allowed: apiRules(api, "allowed"), denied: apiRules(api, "denied") },
    apiLogging: {
      isEnabled: boolean(logging, "enabled") ?? false,
      obfuscatesUrls: boolean(logging, "obfuscateURLs") ?? false,
      omitsHealthChecks: boolean(logging, "omitHealthChecks") ?? false,
    },
    secretScopes: secretScopes(map(spec, "secrets")),
    accessControl: accessControl(spec),
    deniedComponents: strings(map(spec, "components"), "deny"),
    httpPipeline: handlers(map(spec, "httpPipeline")),
    appHttpPipeline: handlers(map(spec, "appHttpPipeline")),
    isWasmStrict: boolean(map(spec, "wasm"), "strictSandbox") ?? false,
    features: features(spec),
  };
}

function handlers(pipeline: YamlMap): HandlerConfiguration[] {
  return list(pipeline, "handlers").map((item) => {
    const handler = asMap(item, "handlers");
    return {
      name: string(handler, "name"),
      type: string(handler, "type"),
      version: string(handler, "version"),
    };
  });
}

function tracing(spec: YamlMap): TracingSettings {
  const otel = map(spec, "otel");
  const timeout = string(otel, "timeout");
  return {
    samplingRate: string(spec, "samplingRate"),
    stdout: boolean(spec, "stdout") ?? false,
    zipkinEndpoint: string(map(spec, "zipkin"), "endpointAddress"),
    otel: {
      endpointAddress: string(otel, "endpointAddress"),
      protocol: string(otel, "protocol"),
      isSecure: boolean(otel, "isSecure") ?? true,
      headers: strings(otel, "headers"),
      timeoutMs: timeout === "" ? undefined : duration(timeout),
    },
  };
}

/** `spec.metrics` wins over `spec.metric`, member by member. */
function metrics(metric: YamlMap, overriding: YamlMap): MetricsConfiguration {
  const pick = <T>(read: (spec: YamlMap) => T | undefined): T | undefined =>
    read(overriding) ?? read(metric);
  const http =
    overriding.get("http") instanceof Map ? map(overriding, "http") : map(metric, "http");
  const rules = list(overriding, "rules");
  return {
    isEnabled: pick((spec) => boolean(spec, "enabled")) ?? true,
    recordsErrorCodes: pick((spec) => boolean(spec, "recordErrorCodes")) ?? false,
    increasedCardinality: boolean(http, "increasedCardinality"),
    pathMatching: strings(http, "pathMatching"),
    excludesVerbs: boolean(http, "excludeVerbs") ?? false,
    latencyBuckets: pick(buckets),
    rules: (rules.length > 0 ? rules : list(metric, "rules")).map(metricRule),
  };
}

function buckets(spec: YamlMap): number[] | undefined {
  const value = spec.get("latencyDistributionBuckets");
  if (value === undefined || value === null) return undefined;
  return list(spec, "latencyDistributionBuckets").map((item) => {
    if (typeof item !== "bigint") throw wrongType("latencyDistributionBuckets");
    return Number(item);
  });
}

function metricRule(value: YamlValue): MetricRule {
  const rule = asMap(value, "rules");
  return {
    name: string(rule, "name"),
    labels: list(rule, "labels").map((item) => {
      const label = asMap(item, "labels");
      const patterns = new Map<string, string>();
      for (const [replacement, pattern] of map(label, "regex")) {
        patterns.set(replacement, scalarToString(pattern) ?? "");
      }
      return { name: string(label, "name"), patterns };
    }),
  };
}

function secretScopes(spec: YamlMap): SecretScope[] {
  const seen = new Set<string>();
  return list(spec, "scopes").map((item) => {
    const scope = asMap(item, "scopes");
    const storeName = string(scope, "storeName");
    if (seen.has(storeName)) {
      throw new ConfigurationError(`${storeName} storeName is repeated in secrets configuration`);
    }
    seen.add(storeName);
    const defaultAccess = string(scope, "defaultAccess");
    if (!["", "allow", "deny"].includes(defaultAccess.toLowerCase())) {
      throw new ConfigurationError(`defaultAccess ${defaultAccess} can be either allow or deny`);
    }
    return {
      storeName,
      defaultAccess: defaultAccess.toLowerCase() || "allow",
      allowedSecrets: strings(scope, "allowedSecrets"),
      deniedSecrets: strings(scope, "deniedSecrets"),
    };
  });
}

function accessControl(spec: YamlMap): AccessControlConfiguration {
  const section = map(spec, "accessControl");
  const has = (name: string): boolean => section.has(name) && section.get(name) !== null;
  const policies = list(section, "policies").map(accessPolicy);
  return {
    defaultAction: has("defaultAction") ? string(section, "defaultAction") : "allow",
    trustDomain: has("trustDomain") ? string(section, "trustDomain") : "public",
    policies,
    hasEmptyPolicies: has("policies") && policies.length === 0,
  };
}

function accessPolicy(value: YamlValue): AccessPolicy {
  const policy = asMap(value, "policies");
  return {
    appId: string(policy, "appId"),
    namespace: string(policy, "namespace"),
    trustDomain: string(policy, "trustDomain"),
    defaultAction: string(policy, "defaultAction"),
    operations: list(policy, "operations").map((item) => {
      const operation = asMap(item, "operations");
      return {
        name: string(operation, "name"),
        verbs: strings(operation, "httpVerb"),
        action: string(operation, "action"),
      };
    }),
  };
}

function features(spec: YamlMap): ReadonlySet<string> {
  const enabled = new Set<string>();
  const mentioned = new Set<string>();
  for (const item of list(spec, "features")) {
    const feature = asMap(item, "features");
    const name = string(feature, "name");
    mentioned.add(name);
    if (boolean(feature, "enabled")) enabled.add(name);
    else enabled.delete(name);
  }
  for (const name of defaultFeatures) if (!mentioned.has(name)) enabled.add(name);
  return enabled;
}

function apiRules(api: YamlMap, name: string): ApiRule[] {
  return list(api, name).map((item) => {
    const rule = asMap(item, name);
    return {
      name: string(rule, "name"),
      version: string(rule, "version"),
      protocol: string(rule, "protocol"),
    };
  });
}

const emptyMap: YamlMap = new Map();

function map(parent: YamlMap, name: string): YamlMap {
  const value = parent.get(name);
  if (value === undefined || value === null) return emptyMap;
  return asMap(value, name);
}

function asMap(value: YamlValue, name: string): YamlMap {
  if (value instanceof Map) return value as YamlMap;
  throw wrongType(name);
}

function list(parent: YamlMap, name: string): readonly YamlValue[] {
  const value = parent.get(name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(name);
  return value as readonly YamlValue[];
}

function strings(parent: YamlMap, name: string): string[] {
  return list(parent, name).map((item) => {
    const text = scalarToString(item);
    if (text === undefined) throw wrongType(name);
    return text;
  });
}

function string(parent: YamlMap, name: string): string {
  const text = scalarToString(parent.get(name));
  if (text === undefined) throw wrongType(name);
  return text;
}

/** In boolean fields the words of YAML 1.1 count too (spec 04 §6.1). */
const trueWords = new Set(["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]);
const falseWords = new Set(["n", "N", "no", "No", "NO", "off", "Off", "OFF"]);

function boolean(parent: YamlMap, name: string): boolean | undefined {
  const value = parent.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && trueWords.has(value)) return true;
  if (typeof value === "string" && falseWords.has(value)) return false;
  throw wrongType(name);
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new ConfigurationError((error as Error).message);
  }
}

function wrongType(name: string): ConfigurationError {
  return new ConfigurationError(`yaml: unmarshal errors: cannot unmarshal field ${name}`);
}
