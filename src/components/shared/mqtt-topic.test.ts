import { expect, it } from "vitest";
import { checkTopicName, matchesFilter } from "./mqtt-topic.ts";

it.each([
  ["a/b", "a/b", true],
  ["a/b", "a", false],
  ["a", "a/b", false],
  ["a/+", "a/b", true],
  ["a/+", "a/", true],
  ["a/+", "a", false],
  ["a/+/c", "a/b/c", true],
  ["+", "a", true],
  ["+/+", "/a", true],
  ["a/#", "a", true],
  ["a/#", "a/b/c", true],
  ["a/#", "ab", false],
  ["#", "a/b", true],
  ["#", "$SYS/load", false],
  ["+/load", "$SYS/load", false],
  ["$SYS/#", "$SYS/load", true],
  ["$share/group/a/+", "a/b", true],
  ["$share/group/a/+", "$share/group/a/b", false],
  ["a.b", "axb", false],
])("%s and %s: %s", (filter, topic, expected) => {
  expect(matchesFilter(filter, topic)).toBe(expected);
});

it.each(["", "a/+", "#", "a#b", "a\0b", "ü".repeat(40_000)])("%j names no topic", (topic) => {
  expect(() => checkTopicName(topic)).toThrow(/^invalid topic "/);
});

it.each(["a", "/", " ", "$SYS/x", "a//b", "ü😀", "x".repeat(65_535)])(
  "%j names a topic",
  (topic) => {
    expect(() => checkTopicName(topic)).not.toThrow();
  },
);
