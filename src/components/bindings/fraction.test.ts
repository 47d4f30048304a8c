import { expect, it } from "vitest";
import { withoutZeros } from "./fraction.ts";

it.each([
  ["12:00:00.500Z", "12:00:00.5Z"],
  ["12:00:00.000Z", "12:00:00Z"],
  ["12:00:00.050", "12:00:00.05"],
  ["12:00:00.000000", "12:00:00"],
  ["12:00:00", "12:00:00"],
  ["10:00:00Z", "10:00:00Z"],
])("writes %s as %s", (text, expected) => {
  expect(withoutZeros(text)).toBe(expected);
});
