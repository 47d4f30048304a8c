import { describe, expect, it } from "vitest";
import { grpcAccessList, isRouteAllowed } from "./access-list.ts";
import type { GrpcMethod } from "./grpc-method.ts";
import type { HttpRoute } from "./http-route.ts";

const route = (path: string, group: string, version: HttpRoute["version"] = "v1"): HttpRoute => ({
  name: "x",
  group,
  version,
  methods: ["GET"],
  path,
  handle: () => {},
});
const state = route("/v1.0/state/:store/:key", "state");
const query = route("/v1.0-alpha1/state/:store/query", "state", "v1alpha1");
const health = { ...route("/v1.0/healthz", "healthz"), isAlwaysAllowed: true };
const rule = (name: string, version: string, protocol = "http") => ({ name, version, protocol });

describe("isRouteAllowed", () => {
  const cases: [string, HttpRoute, object, boolean][] = [
    ["no rules", state, {}, true],
    ["allowed by group", state, { allowed: [rule("state", "v1")] }, true],
    ["allowed by the legacy prefix", state, { allowed: [rule("state", "v1.0")] }, true],
    ["another version", query, { allowed: [rule("state", "v1")] }, false],
    ["the legacy version of alpha", query, { allowed: [rule("state", "v1.0-alpha1")] }, true],
    ["not in the allow list", state, { allowed: [rule("secrets", "v1")] }, false],
    ["denied", state, { denied: [rule("state", "v1")] }, false],
    ["deny wins", state, { allowed: [rule("state", "v1")], denied: [rule("state", "v1")] }, false],
    ["another protocol's rule", state, { denied: [rule("state", "v1", "grpc")] }, true],
    ["HTTP in any case", state, { denied: [rule("state", "v1", "HTTP")] }, false],
    ["an empty protocol matches nothing", state, { denied: [rule("state", "v1", "")] }, true],
    ["health stays", health, { denied: [rule("healthz", "v1")], allowed: [rule("x", "v1")] }, true],
  ];
  for (const [title, subject, rules, expected] of cases) {
    it(title, () => {
      expect(isRouteAllowed(subject, { allowed: [], denied: [], ...rules })).toBe(expected);
    });
  }
});

describe("grpcAccessList", () => {
  const method = (group?: string): GrpcMethod =>
    ({
      kind: "stream",
      path: "/x",
      handle: () => {},
      ...(group ? { group, version: "v1" } : {}),
    }) as GrpcMethod;
  const list = (allowed: string[], denied: string[] = []) =>
    grpcAccessList({
      allowed: allowed.map((name) => rule(name, "v1", "grpc")),
      denied: denied.map((name) => rule(name, "v1", "grpc")),
    });

  it("is absent without gRPC rules", () => {
    expect(grpcAccessList({ allowed: [rule("state", "v1")], denied: [] })).toBeUndefined();
    expect(grpcAccessList({ allowed: [rule("state", "v1", "GRPC")], denied: [] })).toBeUndefined();
  });

  it("refuses methods in no rule when an allow list exists", () => {
    const isAllowed = list(["state"]);
    expect(isAllowed?.(method("state"))).toBe(true);
    expect(isAllowed?.(method("secrets"))).toBe(false);
    expect(isAllowed?.(method())).toBe(false);
    expect(isAllowed?.(undefined)).toBe(false);
  });

  it("lets deny win and leaves the rest alone", () => {
    const isAllowed = list([], ["state"]);
    expect(isAllowed?.(method("state"))).toBe(false);
    expect(isAllowed?.(method("secrets"))).toBe(true);
  });
});
