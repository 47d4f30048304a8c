import { describe, expect, it } from "vitest";
import { queryMetadata, queryPairs, queryUnescape } from "./query.ts";

describe("queryUnescape", () => {
  const cases: [string, string][] = [
    ["plain", "plain"],
    ["a+b", "a b"],
    ["a%2Bb", "a+b"],
    ["%C3%A9", "é"],
    ["%2F", "/"],
    ["é+é", "é é"],
  ];
  for (const [text, expected] of cases) {
    it(text, () => expect(queryUnescape(text)).toBe(expected));
  }
  for (const bad of ["%", "%2", "%zz", "a%g0"]) {
    it(`refuses ${bad}`, () => expect(() => queryUnescape(bad)).toThrow("invalid URL escape"));
  }
});

describe("queryPairs", () => {
  it("drops malformed pairs only", () => {
    expect([...queryPairs("a=1&b=%zz&c;d=1&&e&f=a=b")]).toEqual([
      ["a", "1"],
      ["e", ""],
      ["f", "a=b"],
    ]);
  });
});

describe("queryMetadata", () => {
  it("takes the first value and keeps foreign names apart from properties", () => {
    const metadata = queryMetadata("metadata.a=1&metadata.a=2&Metadata.b=3&metadata.__proto__=x");
    expect([...metadata]).toEqual([
      ["a", "1"],
      ["__proto__", "x"],
    ]);
  });
});
