import { describe, expect, it } from "vitest";
import { formatNumber, Metrics } from "./metrics.ts";

describe("Metrics", () => {
  it("shows a family after its first recording, labels sorted and empty ones present", () => {
    const metrics = new Metrics();
    const family = metrics.counter("c", "Help.", ["z", "a"]);
    const series = family.with("1", "");
    expect(metrics.render()).toBe("");
    series.add();
    series.add(2);
    expect(metrics.render()).toBe('# HELP c Help.\n# TYPE c counter\nc{a="",z="1"} 3\n');
  });

  it("counts a value equal to a bound in the next bucket", () => {
    const metrics = new Metrics();
    metrics.histogram("h", "Help.", [], [1, 2]).with().observe(1);
    expect(metrics.render()).toContain(
      'h_bucket{le="1"} 0\nh_bucket{le="2"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    );
  });

  it("drops values that cannot be shown", () => {
    const metrics = new Metrics();
    const family = metrics.counter("c", "Help.", ["a"]);
    for (const value of ["x".repeat(256), "é", "a\nb"]) family.with(value).add();
    expect(metrics.render()).toBe("");
  });

  it("escapes label values", () => {
    const metrics = new Metrics();
    metrics.gauge("g", "Help.", ["a"]).with('q"\\').set(1);
    expect(metrics.render()).toContain('g{a="q\\"\\\\"} 1');
  });

  it("folds series that rules make equal", () => {
    const metrics = new Metrics({
      relabel: (_metric, _label, value) => value.replace(/\d+/g, "{id}"),
    });
    const family = metrics.counter("c", "Help.", ["path"]);
    for (const path of ["/x", "/1", "/2"]) family.with(path).add();
    expect(metrics.render()).toContain('c{path="/x"} 1\nc{path="/{id}"} 2\n');
  });

  it("gives parts that declare the same family the same one", () => {
    const metrics = new Metrics();
    expect(metrics.counter("c", "Help.")).toBe(metrics.counter("c", "Other."));
  });
});

describe("formatNumber", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [1.5, "1.5"],
    [999999, "999999"],
    [1_000_000, "1e+06"],
    [1048576, "1.048576e+06"],
    [4294967296, "4.294967296e+09"],
    [0.00001, "1e-05"],
    [-1, "-1"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NaN, "NaN"],
  ];
  for (const [value, text] of cases) it(text, () => expect(formatNumber(value)).toBe(text));
});
