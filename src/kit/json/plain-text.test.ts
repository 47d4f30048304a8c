import { expect, it } from "vitest";
import { plainText } from "./plain-text.ts";
import type { JsonValue } from "./value.ts";

it.each<[JsonValue, string]>([
  ["top secret", "top secret"],
  ["", ""],
  [1000000, "1e+06"],
  [999999, "999999"],
  [1.5, "1.5"],
  [-0, "-0"],
  [0.00001, "1e-05"],
  [true, "true"],
  [null, "<nil>"],
  [["x", 2], "[x 2]"],
  [[], "[]"],
  [[[], [1, [2]]], "[[] [1 [2]]]"],
  [
    new Map<string, JsonValue>([
      ["b", new Map([["c", "d"]])],
      ["a", 1],
    ]),
    "map[a:1 b:map[c:d]]",
  ],
  [new Map(), "map[]"],
])("%j is written as %j", (value, text) => {
  expect(plainText(value)).toBe(text);
});
