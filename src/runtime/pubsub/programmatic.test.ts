import { describe, expect, it } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import { readAnswer } from "./programmatic.ts";
import { mergeSubscriptions, type Subscription } from "./subscription.ts";

const warnings: string[] = [];
const logger = { warn: (text: string) => void warnings.push(text) } as unknown as Logger;
const read = (value: unknown): Subscription[] =>
  readAnswer(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)), logger);

describe("readAnswer", () => {
  it("reads both shapes of routes, names in any case", () => {
    const found = read([
      { pubsubName: "bus", Topic: "a", ROUTE: "/a" },
      {
        pubsubname: "bus",
        topic: "b",
        route: "/ignored",
        routes: { rules: [{ match: "true", path: "/x" }], default: "/std" },
      },
      {
        pubsubname: "bus",
        topic: "c",
        route: "/c",
        routes: { rules: [{ match: "m", path: "/m" }] },
      },
    ]);
    expect(found.map(({ topic, rules }) => [topic, rules])).toEqual([
      ["a", [{ match: "", path: "/a" }]],
      [
        "b",
        [
          { match: "true", path: "/x" },
          { match: "", path: "/std" },
        ],
      ],
      [
        "c",
        [
          { match: "m", path: "/m" },
          { match: "", path: "/c" },
        ],
      ],
    ]);
  });

  it("leaves out what has no route, and says so", () => {
    expect(read([{ pubsubname: "bus", topic: "lonely" }])).toEqual([]);
    expect(warnings).toContain(
      "topic lonely has an empty routes. removing from subscriptions list",
    );
  });

  it("reads bulk settings only when they are enabled", () => {
    const bulk = { enabled: true, maxMessagesCount: 5, maxAwaitDurationMs: 20 };
    const item = { pubsubname: "bus", topic: "a", route: "/a" };
    expect(read([{ ...item, bulkSubscribe: bulk }])[0]?.bulk).toEqual({
      maxMessages: 5,
      maxWaitMs: 20,
    });
    expect(
      read([{ ...item, bulkSubscribe: { ...bulk, enabled: false } }])[0]?.bulk,
    ).toBeUndefined();
  });

  it("takes an empty body for none", () => expect(read("")).toEqual([]));

  it.each(["{}", "x", '[{"topic":5}]', '[{"topic":"a","routes":[]}]', "[1]"])(
    "refuses %s",
    (body) => expect(() => read(body)).toThrow(),
  );
});

describe("mergeSubscriptions", () => {
  const one = (topic: string, origin: Subscription["origin"], path: string): Subscription => ({
    name: "",
    pubsub: "bus",
    topic,
    metadata: new Map(),
    rules: [{ match: "", path }],
    deadLetterTopic: "",
    bulk: undefined,
    origin,
  });
  const paths = (subscriptions: readonly Subscription[]) =>
    subscriptions.map(({ rules }) => rules[0]?.path);

  it("lets the first declarative win, and a programmatic one take its place", () => {
    const declarative = [
      one("a", "DECLARATIVE", "/1"),
      one("a", "DECLARATIVE", "/2"),
      one("b", "DECLARATIVE", "/3"),
    ];
    const programmatic = [
      one("b", "PROGRAMMATIC", "/4"),
      one("c", "PROGRAMMATIC", "/5"),
      one("c", "PROGRAMMATIC", "/6"),
    ];
    expect(paths(mergeSubscriptions(declarative, programmatic))).toEqual(["/1", "/4", "/6"]);
  });
});
