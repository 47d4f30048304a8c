/** What becomes of messages: a broker and an app that do as they are told, and a subscription between them. */
import { describe, expect, it } from "vitest";
import type { MessageHandler, PubSub, ReceivedMessage } from "../../components/pubsub/contract.ts";
import type { Logger, Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { BulkDelivery, BulkOutcome } from "./bulk-delivery.ts";
import type { ConsumerContext } from "./consumer-context.ts";
import { type Delivery, RetriableError, type Verdict } from "./delivery.ts";
import { PubSubBlock } from "./pubsub.ts";
import { readScopes } from "./scopes.ts";
import { subscribe } from "./subscribe.ts";
import type { Subscription } from "./subscription.ts";

interface Options extends Partial<Subscription> {
  /** The app's answer to a single event. */
  readonly answer?: (delivery: Delivery) => Verdict;
  /** How many entries end in which way; what is not named succeeds. */
  readonly answerBulk?: (delivery: BulkDelivery) => Partial<BulkOutcome>;
  readonly scopes?: Readonly<Record<string, string>>;
  /** The broker gathers batches itself. */
  readonly isNative?: boolean;
  readonly attempts?: number;
}

async function start(options: Options = {}) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const metrics = new Metrics();
  const logs: string[] = [];
  const log = (line: string): void => void logs.push(line);
  const logger = { info: log, warn: log, error: log, debug() {} } as unknown as Logger;
  let ids = 0;
  const random = { number: () => 0, bytes: () => Buffer.alloc(0), uuid: () => `id-${++ids}` };
  const logging = undefined as unknown as Logging;
  const block = new PubSubBlock({
    appId: "a",
    namespace: "default",
    namespaceEnv: "",
    metrics,
    clock,
    random,
    logging,
  });
  /** `topic data metadata` of what was published. */
  const published: string[] = [];
  const handlers: MessageHandler[] = [];
  let handleBulk: ((messages: readonly ReceivedMessage[]) => Promise<unknown>) | undefined;
  const running = { [Symbol.asyncDispose]: () => Promise.resolve() };
  const component: PubSub = {
    features: [],
    publish({ topic, data, metadata }) {
      const shown = metadata && JSON.stringify(Object.fromEntries(metadata));
      published.push(`${topic} ${Buffer.from(data)} ${shown}`);
    },
    async subscribe(_request, handler) {
      handlers.push(handler);
      return running;
    },
    ...(options.isNative && {
      async bulkSubscribe(_request, handler, signal) {
        handleBulk = (messages) => handler(messages, signal);
        return running;
      },
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const deliveries: Delivery[] = [];
  const batches: BulkDelivery[] = [];
  const context: ConsumerContext = {
    block,
    logger,
    clock,
    async policy(_pubsub, run, signal) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await run(signal);
        } catch (error) {
          if (attempt >= (options.attempts ?? 1)) throw error;
        }
      }
    },
    async deliver(delivery, count) {
      deliveries.push(delivery);
      const verdict = options.answer?.(delivery) ?? "success";
      count(verdict);
      return verdict;
    },
    async deliverBulk(delivery) {
      batches.push(delivery);
      return {
        failed: new Map(),
        dropped: new Set(),
        counts: new Map(),
        ...options.answerBulk?.(delivery),
      };
    },
  };
  const { answer: _1, answerBulk: _2, scopes, isNative: _3, attempts: _4, ...given } = options;
  const subscription: Subscription = {
    name: "s",
    pubsub: "bus",
    topic: "t",
    metadata: new Map(),
    rules: [{ match: "", path: "/t" }],
    deadLetterTopic: "",
    bulk: undefined,
    origin: "DECLARATIVE",
    ...given,
  };
  const broker = {
    name: "bus",
    component,
    scopes: readScopes((name) => scopes?.[name] ?? "", "a"),
    topicPrefix: "",
    expiresMessages: false,
  };
  await subscribe(subscription, broker, context);
  const message = (data: string, more: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
    topic: "t",
    data: Buffer.from(data),
    contentType: undefined,
    metadata: undefined,
    ...more,
  });
  const { signal } = new AbortController();
  return {
    published,
    logs,
    deliveries,
    batches,
    /** Rejects when the broker is to send it again. */
    send: async (data: string, more?: Partial<ReceivedMessage>) =>
      await handlers[0]?.(message(data, more), signal),
    sendBulk: (...data: string[]) => handleBulk?.(data.map((text) => message(text))),
    /** `name process_status/status` of the series there are. */
    counted: () =>
      [...metrics.render().matchAll(/^dapr_component_pubsub_(\w+)\{(.*)\} (\S+)$/gm)]
        .filter(([, name]) => !/_(bucket|sum)$/.test(name ?? ""))
        .map(([, name, labels = "", value]) => {
          const statuses = [...labels.matchAll(/(?:process_)?status="(\w*)"/g)];
          return `${name} ${statuses.map(([, status]) => status).join("/")} ${value}`;
        }),
  };
}

const expired = '{"id":"1","expiration":"2025-12-31T23:59:59Z"}';
const failing = [{ match: "event.nothing == 1", path: "/t" }];
const raw = (value: string) => new Map([["rawPayload", value]]);

describe("a message that no app is asked about", () => {
  it.each([
    ["no JSON", "no", {}, "error deserializing cloud event in pubsub bus and topic t: "],
    ["an unknown rawPayload", "{}", { metadata: raw("maybe") }, "error deserializing pubsub met"],
    [
      "a failing rule",
      '{"id":"7"}',
      { rules: failing },
      "error finding matching route for event 7",
    ],
  ])("comes again without a dead letter topic: %s", async (_name, data, options, log) => {
    const { send, logs, published, counted } = await start(options);
    await expect(send(data)).rejects.toThrow();
    expect(logs[0]).toContain(log);
    expect(published).toEqual([]);
    expect(counted()).toEqual(["ingress_count retry/retry 1"]);
  });

  it.each([
    ["no JSON", "no", {}, "drop/drop"],
    ["an unknown rawPayload", "{}", { metadata: raw("maybe") }, "drop/drop"],
    ["a failing rule", "{}", { rules: failing }, "drop/drop"],
    ["expired", expired, {}, "drop/drop"],
    ["no rule", "{}", { rules: [] }, "drop/success"],
  ])("goes to the dead letter topic as it is: %s", async (_name, data, options, status) => {
    const { send, published, deliveries, counted } = await start({
      ...options,
      deadLetterTopic: "dead",
    });
    await send(data, { metadata: new Map([["k", "v"]]) });
    expect(published).toEqual([`dead ${data} {"k":"v","pubsubName":"bus"}`]);
    expect(deliveries).toEqual([]);
    // Nothing that took time: no latency.
    expect(counted()).toEqual([`ingress_count ${status} 1`]);
  });
});

describe("a message that the app refuses", () => {
  const answer = (): Verdict => {
    throw new RetriableError("not now");
  };

  it("is dead after the last attempt", async () => {
    const { send, published, deliveries, logs } = await start({
      answer,
      attempts: 3,
      deadLetterTopic: "dead",
    });
    await send('{"id":"1"}');
    expect(deliveries.length).toBe(3);
    expect(published).toEqual(['dead {"id":"1"} {"pubsubName":"bus"}']);
    expect(logs).toEqual(
      new Array(3).fill(
        "encountered a retriable error while publishing a subscribed message to topic t, err: not now",
      ),
    );
  });

  it("comes again when the dead letter topic is not for this app", async () => {
    const { send, published, logs } = await start({
      answer,
      deadLetterTopic: "dead",
      scopes: { publishingscopes: "a=other" },
    });
    await expect(send('{"id":"1"}')).rejects.toThrow("not now");
    expect(published).toEqual([]);
    expect(logs.at(-1)).toContain(
      "error sending message to dead letter, origin topic: t dead letter topic dead err: ",
    );
    expect(logs.at(-1)).toContain("topic dead is not allowed for app id a");
  });
});

describe("a batch", () => {
  const bulk = { maxMessages: 1, maxWaitMs: 10 };
  const native = { bulk: { maxMessages: 10, maxWaitMs: 10 }, isNative: true };

  it("numbers the messages of brokers that gather batches, and those of others are unique", async () => {
    const gathered = await start(native);
    await gathered.sendBulk('{"id":"a"}', '{"id":"b"}');
    expect(gathered.batches[0]?.entries.map(({ entryId }) => entryId)).toEqual(["0", "1"]);
    const single = await start({ bulk });
    await single.send('{"id":"a"}');
    expect(single.batches[0]?.entries.map(({ entryId }) => entryId)).toEqual(["id-1"]);
  });

  it("shows raw messages to rules as text, and keeps the broker's content type", async () => {
    const { send, batches } = await start({
      bulk,
      metadata: raw("true"),
      rules: [{ match: 'event == "hällo"', path: "/x" }],
    });
    await send("hällo", { contentType: "text/plain" });
    expect(batches[0]?.path).toBe("/x");
    expect(batches[0]?.entries[0]?.contentType).toBe("text/plain");
  });

  it.each([
    [
      "no JSON",
      "no",
      {},
      "error deserializing one of the messages in bulk cloud event in pubsub bus",
    ],
    ["an unknown rawPayload", "{}", { metadata: raw("maybe") }, "error deserializing pubsub met"],
    ["a failing rule", "{}", { rules: failing }, "error finding matching route for event "],
  ])("puts aside what cannot be read: %s", async (_name, data, options, log) => {
    const alone = await start({ ...options, bulk });
    await expect(alone.send(data)).rejects.toThrow();
    expect(alone.logs[0]).toContain(log);
    const aside = await start({ ...options, bulk, deadLetterTopic: "dead" });
    await aside.send(data, { metadata: new Map([["k", "v"]]) });
    expect(aside.published).toEqual([`dead ${data} {"k":"v"}`]);
    expect(aside.batches).toEqual([]);
    expect(aside.counted()).toEqual(["ingress_bulk_count  1", "ingress_bulk_event_count DROP 1"]);
  });

  it("ends entry by entry; what fails is tried again, then dead", async () => {
    const { sendBulk, published, batches, counted } = await start({
      ...native,
      attempts: 2,
      deadLetterTopic: "dead",
      answerBulk: ({ entries }) => ({
        failed: new Map(
          entries
            .filter(({ event }) => event?.get("id") === "r")
            .map((e) => [e.entryId, new Error("r")]),
        ),
        dropped: new Set(
          entries.filter(({ event }) => event?.get("id") === "d").map(({ entryId }) => entryId),
        ),
        counts: new Map(
          entries.length > 1
            ? [
                ["success", 1],
                ["retry", 1],
              ]
            : [["retry", 1]],
        ),
      }),
    });
    const errors = await sendBulk('{"id":"s"}', '{"id":"r"}', '{"id":"d"}', "no");
    expect(errors).toEqual([undefined, undefined, undefined, undefined]);
    expect(batches.map(({ entries }) => entries.length)).toEqual([3, 1]);
    expect(batches[0]?.id).toBe(batches[1]?.id);
    expect(published).toEqual([
      'dead {"id":"d"} undefined',
      'dead {"id":"r"} undefined',
      "dead no undefined",
    ]);
    // One line for the batch; attempts that ended in the dead letter topic are drops.
    expect(counted()).toEqual([
      "ingress_bulk_count  1",
      "ingress_bulk_event_count SUCCESS 1",
      "ingress_bulk_event_count DROP 1",
    ]);
  });

  it("fails entry by entry without a dead letter topic, and where it is not for this app", async () => {
    const answerBulk: Options["answerBulk"] = ({ entries }) => ({
      failed: new Map([[entries[1]?.entryId ?? "", new Error("again")]]),
    });
    for (const more of [{}, { deadLetterTopic: "dead", scopes: { allowedtopics: "t" } }]) {
      const { sendBulk, published } = await start({ ...native, ...more, answerBulk });
      expect(await sendBulk('{"id":"1"}', '{"id":"2"}')).toEqual([undefined, new Error("again")]);
      expect(published).toEqual([]);
    }
  });

  it("delivers what matches no rule to the path of nothing, and puts it aside", async () => {
    const { send, batches, published, logs, counted } = await start({
      bulk,
      rules: [{ match: "event.id == 'x'", path: "/x" }],
      deadLetterTopic: "dead",
    });
    await send('{"id":"y"}');
    expect(batches.map(({ path }) => path)).toEqual([""]);
    expect(published).toEqual(['dead {"id":"y"} undefined']);
    expect(logs).toEqual(["No matching route for event in pubsub bus and topic t; skipping"]);
    expect(counted()).toContain("ingress_bulk_event_count DROP 1");
  });

  it("drops what has expired", async () => {
    const { send, batches, published, counted } = await start({ bulk, deadLetterTopic: "dead" });
    await send(expired);
    expect(batches).toEqual([]);
    expect(published).toEqual([`dead ${expired} undefined`]);
    expect(counted()).toEqual(["ingress_bulk_count  1", "ingress_bulk_event_count DROP 1"]);
  });
});
