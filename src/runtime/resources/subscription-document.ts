/**
 * Subscription documents, in both of their versions.
 * @see spec 03 §4.1, spec 04 §3.3
 */
import { scalarToString, type YamlMap, type YamlValue } from "../../kit/resources/yaml.ts";
import { boolean, field, head, object, type ResourceHead, string, wrongType } from "./documents.ts";

export interface SubscriptionResource extends ResourceHead {
  readonly kind: "Subscription";
  readonly pubsub: string;
  readonly topic: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** The default route comes last, with an empty match. */
  readonly rules: readonly { readonly match: string; readonly path: string }[];
  readonly deadLetterTopic: string;
  readonly bulk: { readonly maxMessages: number; readonly maxWaitMs: number } | undefined;
}

/** @throws {DocumentError} */
export function decodeSubscription(
  document: YamlMap,
  version: "v1alpha1" | "v2alpha1",
): SubscriptionResource {
  const spec = object(document, "spec");
  const bulk = object(spec, "bulkSubscribe");
  return {
    kind: "Subscription",
    ...head(document, "Subscription"),
    pubsub: string(spec, "pubsubname"),
    topic: string(spec, "topic"),
    metadata: stringMap(spec, "metadata"),
    rules: version === "v1alpha1" ? defaultRule(string(spec, "route")) : routes(spec),
    deadLetterTopic: string(spec, "deadLetterTopic"),
    bulk: boolean(bulk, "enabled")
      ? {
          maxMessages: integer(bulk, "maxMessagesCount"),
          maxWaitMs: integer(bulk, "maxAwaitDurationMs"),
        }
      : undefined,
  };
}

const defaultRule = (path: string): SubscriptionResource["rules"] =>
  path === "" ? [] : [{ match: "", path }];

function routes(spec: YamlMap): SubscriptionResource["rules"] {
  const map = object(spec, "routes");
  const value = field(map, "rules");
  if (value !== undefined && value !== null && !Array.isArray(value)) {
    throw wrongType("rules", value, "[]Rule");
  }
  const rules = ((value ?? []) as readonly YamlValue[]).map((item) => {
    if (!(item instanceof Map)) throw wrongType("rules", item, "Rule");
    const rule = item as YamlMap;
    return { match: string(rule, "match"), path: string(rule, "path") };
  });
  return [...rules, ...defaultRule(string(map, "default"))];
}

function stringMap(map: YamlMap, name: string): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const [key, value] of object(map, name)) {
    const text = scalarToString(value);
    if (text === undefined) throw wrongType(name, value, "string");
    result.set(String(key), text);
  }
  return result;
}

function integer(map: YamlMap, name: string): number {
  const value = field(map, name);
  if (value === undefined || value === null) return 0;
  if (typeof value !== "bigint" && !Number.isInteger(value)) throw wrongType(name, value, "int32");
  return Number(value);
}
