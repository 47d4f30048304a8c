import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson, quoteJson, sortedByBytes } from "./encode.ts";
import { parseJson } from "./parse.ts";
import type { JsonValue } from "./value.ts";

describe("JSON as the reference writes it", () => {
  it.each<[JsonValue, string]>([
    ['<a href="x">&amp;</a>', '"\\u003ca href=\\"x\\"\\u003e\\u0026amp;\\u003c/a\\u003e"'],
    [
      "tab\tnl\ncr\rbs\bff\fnul\0esc\x1bdel\x7f",
      '"tab\\tnl\\ncr\\rbs\\bff\\fnul\\u0000esc\\u001bdel\x7f"',
    ],
    ["\u2028|\u2029", '"\\u2028|\\u2029"'],
    ["a/b\\c", '"a/b\\\\c"'],
    ["😀 lone \ud83d end", '"😀 lone \ufffd end"'],
    [1e21, "1e+21"],
    [1e20, "100000000000000000000"],
    [0.0000001, "1e-7"],
    [0.000001, "0.000001"],
    [-0, "-0"],
    [5e-324, "5e-324"],
    [2 ** 53, "9007199254740992"],
    [[1, "two", null, new Map([["three", 3]])], '[1,"two",null,{"three":3}]'],
    [
      new Map<string, JsonValue>([
        ["b", 1],
        [
          "a",
          new Map<string, JsonValue>([
            ["z", []],
            ["y", new Map()],
          ]),
        ],
      ]),
      '{"a":{"y":{},"z":[]},"b":1}',
    ],
    [[], "[]"],
    [null, "null"],
    [false, "false"],
  ])("%j", (value, text) => {
    expect(encodeJson(value)).toBe(text);
  });

  it("sorts names by their UTF-8 bytes, not by UTF-16", () => {
    const names = ["\u{1f600}", "\uffee", "b", "B", "a", "", "é"];
    const byBytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(sortedByBytes([...names])).toEqual(byBytes);
    expect(byBytes.indexOf("\uffee")).toBeLessThan(byBytes.indexOf("\u{1f600}"));
  });

  it("is read back as the same value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parseJson(Buffer.from(quoteJson(text)))).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });
});
