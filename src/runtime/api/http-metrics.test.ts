import { describe, expect, it } from "vitest";
import { decodeConfiguration } from "../resources/configuration.ts";
import { highLabel, pathLabel } from "./http-metrics.ts";

const base = decodeConfiguration(new Map()).metrics;

describe("highLabel", () => {
  const cases: [string, string][] = [
    ["/v1.0/state/store/key", "/v1.0/state/store"],
    ["/v1.0/state/store", "/v1.0/state/store"],
    ["/v1.0/secrets/s/k", "/v1.0/secrets/s"],
    ["/v1.0/healthz", "/v1.0/healthz"],
    ["/v1.0/invoke/app/method/a/b", "/v1.0/invoke/app/method/a/b"],
    ["/v1.0/actors/T/7/method/m", "/v1.0/actors/T/{id}/method"],
    ["/v1.0/workflows/dapr/i1", "/v1.0/workflows/dapr/{instanceId}"],
    ["/v1.0/workflows/dapr/Order/start", "/v1.0/workflows/dapr/Order/start"],
    [
      "/v1.0/workflows/dapr/i1/raiseEvent/e",
      "/v1.0/workflows/dapr/{instanceId}/raiseEvent/{eventName}",
    ],
    ["/v1.0/workflows/dapr/i1/pause", "/v1.0/workflows/dapr/{instanceId}/pause"],
    ["/v1.0/workflows/dapr/i1/pause/now", "/v1.0/workflows/dapr/{instanceId}/pause"],
    ["/v1.0/workflows/dapr/Order/start/a/b", "/v1.0/workflows/dapr/{instanceId}/start"],
    ["/v1.0/workflows/dapr", "/v1.0/workflows/dapr"],
    ["/actors/T/7/method/m", "actors/T/{id}/method/m"],
    ["/", "/"],
  ];
  for (const [path, expected] of cases) {
    it(path, () => expect(highLabel(path)).toBe(expected));
  }
});

describe("pathLabel", () => {
  const low = { ...base, increasedCardinality: false };

  it("is empty in low mode but for four paths", () => {
    expect(pathLabel(low)("/v1.0/state/s/k")).toBe("");
    expect(pathLabel(low)("/healthz")).toBe("/healthz");
  });

  const matching = {
    ...low,
    pathMatching: ["/orders/{id}", "/orders/new", "/files/{rest...}", "/x/"],
  };
  const cases: [string, string][] = [
    ["/v1.0/invoke/shop/method/orders/7", "/v1.0/invoke/{app_id}/method/orders/{id}"],
    ["/orders/new", "/orders/new"],
    ["/orders/9", "/orders/{id}"],
    ["/files/a/b", "/files/{rest...}"],
    ["/x/y/z", "/x/"],
    ["/orders/9/more", ""],
  ];
  for (const [path, expected] of cases) {
    it(`matches ${path}`, () => expect(pathLabel(matching)(path)).toBe(expected));
  }

  it("has in high mode no use for a pattern that is the path itself", () => {
    const patterns = ["/orders/new", "/orders/{id}", "/v1.0/state/s/k", "/v1.0/secrets/{store}"];
    const label = pathLabel({ ...base, pathMatching: patterns });
    expect(label("/orders/new")).toBe("/orders/new");
    expect(label("/v1.0/state/s/k")).toBe("/v1.0/state/s");
    expect(label("/v1.0/secrets/s/k")).toBe("/v1.0/secrets/{store}");
    expect(label("/orders//9")).toBe("/orders/{id}");
  });
});
