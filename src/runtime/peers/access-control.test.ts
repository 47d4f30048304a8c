import { expect, test } from "vitest";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { AccessMetrics, callerOf, DefaultAccessControl } from "./access-control.ts";

const request = (identity: string | null) => ({
  identity,
  operation: "m/n",
  verb: "GET",
  isHttp: true,
});

test.each([
  ["spiffe://public/ns/default/a", { appId: "a", namespace: "default", trustDomain: "public" }],
  ["spiffe://td/ns/x/b/extra", { appId: "b", namespace: "x", trustDomain: "td" }],
  [null, { appId: "", namespace: "", trustDomain: "" }],
])("%s", (identity, caller) => {
  expect(callerOf(identity)).toEqual(caller);
});

test.each(["spiffe://public/ns/default", "spiffe://public/sa/x/y", "spiffe://public", "x", ""])(
  "%j is malformed",
  (identity) => {
    expect(callerOf(identity)).toEqual({ malformed: `malformed SPIFFE ID: ${identity}` });
    expect(new DefaultAccessControl("allow", undefined).check(request(identity))).toBe(
      `malformed SPIFFE ID: ${identity}`,
    );
  },
);

test("allow allows, deny says who wanted what", () => {
  const identity = "spiffe://public/ns/default/a";
  expect(new DefaultAccessControl("allow", undefined).check(request(identity))).toBeUndefined();
  expect(new DefaultAccessControl("deny", undefined).check(request(identity))).toBe(
    `access control policy has denied access to id: ${identity} operation: m/n verb: GET`,
  );
  expect(new DefaultAccessControl("deny", undefined).check(request(null))).toBe(
    "access control policy has denied access to id:  operation: m/n verb: GET",
  );
});

test("decisions are counted by caller", () => {
  const metrics = new Metrics();
  const control = new DefaultAccessControl("deny", new AccessMetrics(metrics));
  control.check(request("spiffe://public/ns/default/a"));
  control.check(request("spiffe://public/ns/default/a"));
  expect(metrics.render()).toContain(
    'dapr_runtime_acl_global_policy_action_blocked_total{app_id="a",namespace="default",trustDomain="public"} 2',
  );
});
