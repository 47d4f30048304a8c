import { expect, test } from "vitest";
import { callerOf, deniedMessage } from "./access-control.ts";

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
  },
);

test("a denial without an identity leaves a gap", () => {
  expect(deniedMessage({ identity: null, operation: "m/n", verb: "GET", isHttp: true })).toBe(
    "access control policy has denied access to id:  operation: m/n verb: GET",
  );
});
