import fc from "fast-check";
import { expect, it } from "vitest";
import { compactJson } from "./compact.ts";

const compact = (text: string): string | undefined => compactJson(Buffer.from(text))?.toString();

it.each([
  ["1.50", "1.50"],
  [' { "b" : [ 1 , 2 ] , "a" : "x y" } ', '{"b":[1,2],"a":"x y"}'],
  ['"<b>&\u2028é"', '"\\u003cb\\u003e\\u0026\\u2028é"'],
  ['{"a\\" b": "\\\\ "}', '{"a\\" b":"\\\\ "}'],
  ["raw text", undefined],
  ["", undefined],
  ["[1", undefined],
  ['{"a":1}{}', undefined],
  ["\u00a01", undefined],
  ['"a\nb"', undefined],
])("%j becomes %j", (text, expected) => {
  expect(compact(text)).toBe(expected);
});

it("passes bytes that are no UTF-8 on", () => {
  const bytes = Buffer.from([0x22, 0xff, 0x22]);
  expect(compactJson(bytes)?.equals(bytes)).toBe(true);
});

it("changes the spelling only", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, spaces) => {
      const text = JSON.stringify(value, null, spaces);
      expect(JSON.parse(compact(text) as string)).toEqual(JSON.parse(text));
      expect(compact(text)).toBe(compact(compact(text) as string));
    }),
  );
});
