/**
 * Who the spans are from.
 * @see spec 08 §9.1
 */
import type { Resource } from "./finished-span.ts";
import { readPairs } from "./settings.ts";

/** `OTEL_RESOURCE_ATTRIBUTES`, and the app id as `service.name` unless `OTEL_SERVICE_NAME` says otherwise. */
export function describeResource(appId: string, env: ReadonlyMap<string, string>): Resource {
  const attributes = new Map(readPairs(env.get("OTEL_RESOURCE_ATTRIBUTES") ?? ""));
  attributes.set("service.name", env.get("OTEL_SERVICE_NAME") || appId);
  return new Map([...attributes].sort(([a], [b]) => (a < b ? -1 : 1)));
}
