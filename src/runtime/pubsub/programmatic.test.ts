import { describe, expect, it } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import { ListTopicSubscriptionsResponse } from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { AppChannel } from "../app/contract.ts";
import { initialRetry } from "../resiliency/built-in.ts";
import { type AskContext, askForSubscriptions, readAnswer } from "./programmatic.ts";
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

  it.each([
    [{ enabled: "true" }, "of type bool"],
    [{ enabled: true, maxMessagesCount: 3_000_000_000 }, "of type int32"],
    [{ enabled: true, maxAwaitDurationMs: "5" }, "of type int"],
    [{ enabled: false, maxMessagesCount: 1.5 }, "of type int"],
    [5, "of type pubsub.BulkSubscribeJSON"],
  ])("refuses bulk settings that are none: %j", (bulkSubscribe, text) => {
    const item = { pubsubname: "bus", topic: "a", route: "/a", bulkSubscribe };
    expect(() => read([item])).toThrow(text);
  });

  it("takes an empty body for none", () => expect(read("")).toEqual([]));

  it.each(["{}", "x", '[{"topic":5}]', '[{"topic":"a","routes":[]}]', "[1]"])(
    "refuses %s",
    (body) => expect(() => read(body)).toThrow(),
  );
});

describe("askForSubscriptions", () => {
  const ask = (status: number, body: string, errors: string[] = []) => {
    const app = {
      isHttp: true,
      invoke(_request, events) {
        const head = { message: "", details: [], trailers: [], typeUrl: "", headers: [] };
        events.onHead({ ...head, status, contentType: "application/json" });
        events.onData(Buffer.from(body));
        events.onEnd();
        return { abort() {} };
      },
    } as Partial<AppChannel> as AppChannel;
    const log = (text: string): void => void errors.push(text);
    const context: AskContext = {
      app,
      appId: "a",
      clock: new ManualClock(),
      random: { number: () => 0, bytes: () => Buffer.alloc(0), uuid: () => "" },
      logger: { error: log, warn() {}, info() {}, debug() {} } as unknown as Logger,
      retry: initialRetry,
    };
    return askForSubscriptions(context, new AbortController().signal);
  };
  const item = (rule: string) =>
    JSON.stringify([
      { pubsubname: "bus", topic: "a", route: "/a" },
      { pubsubname: "bus", topic: "b", routes: { rules: [{ match: rule, path: "/b" }] } },
    ]);

  it("takes the whole answer or nothing of it", async () => {
    expect((await ask(200, item("event.id == 'x'"))).map(({ topic }) => topic)).toEqual(["a", "b"]);
    await expect(ask(200, item("event.id =="))).rejects.toThrow("ERROR: <input>");
  });

  it.each([
    [404, []],
    [500, ["app returned http status code 500 from subscription endpoint"]],
    [204, ["app returned http status code 204 from subscription endpoint"]],
    [302, ["app returned http status code 302 from subscription endpoint"]],
  ])("takes the status %i for no subscriptions", async (status, logs) => {
    const errors: string[] = [];
    expect(await ask(status, item("true"), errors)).toEqual([]);
    expect(errors).toEqual(logs);
  });

  it("asks a gRPC app again, and takes an empty list of routes for the path of nothing", async () => {
    const clock = new ManualClock();
    const logs: string[] = [];
    const log = (text: string): void => void logs.push(text);
    const logger = { error: log, warn: log, info: log, debug() {} } as unknown as Logger;
    let calls = 0;
    let answer: () => Uint8Array = () => {
      throw new RpcError(code.unavailable, "not yet");
    };
    const app = {
      isHttp: false,
      async callback() {
        calls++;
        return Buffer.from(answer());
      },
    } as Partial<AppChannel> as AppChannel;
    const random = { number: () => 0.5, bytes: () => Buffer.alloc(0), uuid: () => "" };
    const context: AskContext = { app, appId: "a", clock, random, logger, retry: initialRetry };
    const ask = () => askForSubscriptions(context, new AbortController().signal);
    const given = ask();
    await clock.advance(600);
    expect(calls).toBe(2);
    answer = () =>
      ListTopicSubscriptionsResponse.encode({
        subscriptions: [
          { pubsubName: "bus", topic: "a" },
          { pubsubName: "bus", topic: "b", routes: { rules: [], default: "" } },
          { pubsubName: "bus", topic: "c", routes: { rules: [{ match: "true", path: "/c" }] } },
        ],
      });
    await clock.advance(1000);
    expect((await given).map(({ rules }) => rules)).toEqual([
      [{ match: "", path: "" }],
      [{ match: "", path: "" }],
      [{ match: "true", path: "/c" }],
    ]);
    expect(logs.every((text) => text.startsWith("error getting topic list from app: "))).toBe(true);
    answer = () => {
      throw new RpcError(code.unimplemented, "nothing");
    };
    expect(await ask()).toEqual([]);
    expect(logs.at(-1)).toBe(
      "pubsub subscriptions: gRPC app does not implement ListTopicSubscriptions",
    );
  });

  it("says why an answer cannot be read", async () => {
    const errors: string[] = [];
    await expect(ask(200, "{", errors)).rejects.toThrow("unexpected end of JSON input");
    expect(errors).toEqual(["error getting topics from app: unexpected end of JSON input"]);
  });
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
