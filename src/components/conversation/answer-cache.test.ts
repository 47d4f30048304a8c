import { expect, it } from "vitest";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { AnswerCache } from "./answer-cache.ts";
import type { ConversationAnswer } from "./contract.ts";

const answer = (text: string): ConversationAnswer => ({
  outputs: [{ choices: [{ finishReason: "stop", index: 0, text, toolCalls: [] }] }],
  model: "m",
  usage: undefined,
});

it("gives answers back until their time is over", async () => {
  const clock = new ManualClock();
  const cache = new AnswerCache(1000, clock);
  const first = answer("a");
  cache.set("k", first, 10);
  expect(cache.get("k")).toBe(first);
  await clock.advance(999);
  expect(cache.get("k")).toBe(first);
  await clock.advance(1);
  expect(cache.get("k")).toBeUndefined();
  expect(cache.count).toBe(0);
});

it("holds at most 1000 answers, and lets the oldest go", () => {
  const cache = new AnswerCache(1000, new ManualClock());
  for (let i = 0; i < 1500; i++) cache.set(`k${i}`, answer("a"), 1);
  expect(cache.count).toBe(1000);
  expect(cache.get("k499")).toBeUndefined();
  expect(cache.get("k500")).toBeDefined();
});

it("is bounded in size", () => {
  const cache = new AnswerCache(1000, new ManualClock());
  cache.set("huge", answer("x".repeat(2 ** 25)), 1);
  expect(cache.count).toBe(0);
  for (let i = 0; i < 10; i++) cache.set(`k${i}`, answer("x".repeat(2 ** 23)), 1);
  expect(cache.count).toBe(3);
  expect(cache.get("k9")).toBeDefined();
});
