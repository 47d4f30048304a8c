import { describe, expect, it } from "vitest";
import { pubsubCategory } from "./category.ts";
import type { PubSubBlock } from "./pubsub.ts";

const category = pubsubCategory({
  options: { appId: "app", namespace: "default" },
} as Partial<PubSubBlock> as PubSubBlock);

describe("the consumerID of a broker", () => {
  it.each([
    [{}, { consumerID: "app" }],
    [{ consumerID: " \t" }, { consumerID: "app" }],
    [{ consumerID: " own " }, { consumerID: "own" }],
    [{ consumerid: "own" }, { consumerid: "own" }],
    [{ ConsumerId: "" }, { ConsumerId: "app" }],
    [
      { consumerid: "other", consumerID: "own" },
      { consumerid: "other", consumerID: "own" },
    ],
  ])("is the app id where there is none: %j", (given, complete) => {
    const completed = category.complete?.(new Map(Object.entries(given)));
    expect(Object.fromEntries(completed ?? [])).toEqual(complete);
  });
});
