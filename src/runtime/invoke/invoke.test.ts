import { expect, test } from "vitest";
import { splitTargetId } from "./invoke.ts";

test.each([
  ["a", "a", "own"],
  ["a.b", "a", "b"],
  ["a.", "a", ""],
  [".b", "", "b"],
  ["http://h.example:1/x", "http://h.example:1/x", "own"],
  ["https://a.b.c", "https://a.b.c", "own"],
])("%s is %s in %s", (target, id, namespace) => {
  expect(splitTargetId(target, "own")).toEqual({ id, namespace });
});

test.each([
  ["", "app id is empty"],
  ["a.b.c", "invalid app id a.b.c"],
  ["...", "invalid app id ..."],
])("%j is refused", (target, error) => {
  expect(() => splitTargetId(target, "own")).toThrow(error);
});
