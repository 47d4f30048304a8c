import fc from "fast-check";
import { expect, it } from "vitest";
import { matchesLike } from "./like.ts";

it.each([
  ["abc", "abc", true],
  ["abc", "ABC", false],
  ["abc", "a%", true],
  ["abc", "%", true],
  ["", "%", true],
  ["", "_", false],
  ["abc", "a_c", true],
  ["abc", "a_", false],
  ["a%c", "a\\%c", true],
  ["abc", "a\\%c", false],
  ["a_c", "a\\_c", true],
  ["a\\", "a\\", true],
  ["a\\b", "a\\\\b", true],
  ["aXbXc", "%X%c", true],
  ["aXbXd", "%X%c", false],
  ["😀x", "_x", true],
  ["a.b", "a.b", true],
  ["axb", "a.b", false],
])("%j like %j is %s", (text, pattern, expected) => {
  expect(matchesLike(text, pattern)).toBe(expected);
});

it("finds each text that a pattern was made from", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(20), fc.nat(20), (text, start, length) => {
      const end = Math.min(text.length, start + length);
      const escaped = (part: string): string => part.replace(/[\\%_]/g, "\\$&");
      expect(
        matchesLike(text, `${escaped(text.slice(0, start))}%${escaped(text.slice(end))}`),
      ).toBe(true);
    }),
  );
});

it("does not blow up", () => {
  expect(matchesLike("a".repeat(2000), `${"%a".repeat(500)}%b`)).toBe(false);
});
