/**
 * Allow and deny lists of the APIs (`spec.api`), resolved once at start.
 * @see spec 01 §2.8
 */
import type { ApiRule } from "../resources/configuration.ts";
import type { GrpcMethod } from "./grpc-method.ts";
import type { HttpRoute } from "./http-route.ts";

export interface ApiRules {
  readonly allowed: readonly ApiRule[];
  readonly denied: readonly ApiRule[];
}

/** A removed route does not exist. */
export function isRouteAllowed(route: HttpRoute, rules: ApiRules): boolean {
  if (route.isAlwaysAllowed) return true;
  const isHttp = (rule: ApiRule): boolean => rule.protocol.toLowerCase() === "http";
  const isMatch = (rule: ApiRule): boolean => matchesRoute(rule, route);
  if (rules.denied.filter(isHttp).some(isMatch)) return false;
  const allowed = rules.allowed.filter(isHttp);
  return allowed.length === 0 || allowed.some(isMatch);
}

/** By group, or by the legacy form: a prefix of the path without its leading slash. */
function matchesRoute({ name, version }: ApiRule, route: HttpRoute): boolean {
  const wanted = `${version}/${name}`;
  if (wanted === `${route.version}/${route.group}`) return true;
  return route.path.slice(1).startsWith(wanted);
}

/** undefined: every method is allowed. */
export function grpcAccessList(
  rules: ApiRules,
): ((method: GrpcMethod | undefined) => boolean) | undefined {
  const isGrpc = (rule: ApiRule): boolean => rule.protocol === "grpc";
  const allowed = groups(rules.allowed.filter(isGrpc));
  const denied = groups(rules.denied.filter(isGrpc));
  if (allowed.size === 0 && denied.size === 0) return undefined;
  return (method) => {
    const group = `${method?.group ?? ""}.${method?.version ?? ""}`;
    if (denied.has(group)) return false;
    return allowed.size === 0 || allowed.has(group);
  };
}

const groups = (rules: readonly ApiRule[]): ReadonlySet<string> =>
  new Set(rules.map((rule) => `${rule.name}.${rule.version}`));
