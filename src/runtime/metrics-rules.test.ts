import { expect, it } from "vitest";
import { metricsRules } from "./metrics-rules.ts";

const complaints: string[] = [];
const rule = (name: string, label: string, patterns: readonly [string, string][]) => ({
  name,
  labels: [{ name: label, patterns: new Map(patterns) }],
});
const relabel = (...rules: ReturnType<typeof rule>[]) => {
  complaints.length = 0;
  return metricsRules(rules, (text) => complaints.push(text));
};

it.each<[replacement: string, pattern: string, value: string, expected: string]>([
  ["/orders/{any}", "/orders/.+", "/orders/7", "/orders/{any}"],
  ["x", "[0-9]+", "/1/22/a", "/x/x/a"],
  ["/$2/$1", "/(\\w+)/(\\w+)", "/a/b", "/b/a"],
  ["$$1-${1}1-$1x-$9", "/(a)", "/a", "$1-a1--"],
  ["${id}", "/(?P<id>[[:digit:]]+)/.*", "/42/x", "42"],
  ["low", "(?i)^HIGH\\z", "high", "low"],
  ["empty", "^$", "", ""],
])("puts %j for /%s/ of %j", (replacement, pattern, value, expected) => {
  const rewrite = relabel(rule("dapr_http_server_latency", "path", [[replacement, pattern]]));
  expect(rewrite?.("dapr_http_server_latency", "path", value)).toBe(expected);
});

it("knows metrics with and without their prefix, and leaves others and other labels alone", () => {
  const rewrite = relabel(rule("component_state_count", "component", [["all", ".+"]]));
  expect(rewrite?.("dapr_component_state_count", "component", "store")).toBe("all");
  expect(rewrite?.("dapr_component_state_latencies", "component", "store")).toBe("store");
  expect(rewrite?.("dapr_component_state_count", "operation", "get")).toBe("get");
});

it("says which pattern it cannot read, and then has no rules", () => {
  const good = rule("dapr_x", "a", [["y", "z"]]);
  const bad = rule("dapr_http_server_latency", "path", [["bad", "("]]);
  expect(relabel(good, bad)).toBeUndefined();
  expect(complaints).toEqual([
    expect.stringMatching(
      /^\[INIT_FAILURE\]: initialization error occurred for metrics: failed to compile regex for rule http\/server\/latencypath\/bad: error parsing regexp: /,
    ),
  ]);
});
