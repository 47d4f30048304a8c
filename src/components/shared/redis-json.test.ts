import fc from "fast-check";
import { expect, it } from "vitest";
import type { JsonValue } from "../../kit/json/value.ts";
import { encodeRedisJson } from "./redis-json.ts";

it.each<[JsonValue, string]>([
  ["<&>\u2028", '"<&>\u2028"'],
  ['q"\\\n\b\f\u0001', '"q\\"\\\\\\n\\u0008\\u000c\\u0001"'],
  ["\\b", '"\\\\b"'],
  [Math.PI, "3.141592653589793"],
  [1.5, "1.5"],
  [-2.25, "-2.25"],
  [100, "100"],
  [1.2345678901234567e19, "12345678901234567000"],
  [83886079.5, "83886079.5"],
  [1e-7, "1e-7"],
  [0.1 + 0.2, "0.30000000000000004"],
  [-0, "-0"],
  [1e21, "1e+21"],
  [
    new Map<string, JsonValue>([
      ["b", 1],
      ["a", null],
    ]),
    '{"b":1,"a":null}',
  ],
  [[], "[]"],
])("%j", (value, text) => {
  expect(encodeRedisJson(value)).toBe(text);
});

it("loses no digit of a number", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(JSON.parse(encodeRedisJson(value))).toBe(value);
    }),
  );
});

it("writes any text so that it is read back", () => {
  // Every code point, halves of pairs too.
  const points = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0x7f })),
  );
  fc.assert(
    fc.property(points, (codes) => {
      const text = String.fromCodePoint(...codes);
      expect(JSON.parse(encodeRedisJson(text))).toBe(text.toWellFormed());
    }),
  );
});
