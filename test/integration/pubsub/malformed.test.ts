/** Messages that are no events, put straight into the broker: nothing crashes, and the next good one arrives. */
import { Redis as Client } from "ioredis";
import { afterAll, describe, expect, it } from "vitest";
import { call } from "../api/calls.ts";
import { hasRedis, launchDaprd, launchRedis, statusOf } from "../launch.ts";
import { brokers, launchForgetfulRedis } from "./brokers.ts";
import {
  component,
  EventStream,
  publish,
  publishRaw,
  startGrpcApp,
  startHttpApp,
  subscription,
} from "./surroundings.ts";

const soon = { timeout: 40_000, interval: 20 };

const event = (more: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    id: "1",
    source: "elsewhere",
    type: "t",
    specversion: "1.0",
    datacontenttype: "text/plain",
    ...more,
  });

const deep = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

const malformed: readonly (string | Buffer)[] = [
  "",
  "null",
  "[]",
  "{}",
  "1",
  '"text"',
  "{",
  "no JSON at all",
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')]),
  '{"id":"\\ud800","data":"\\udfff"}',
  event({ specversion: 7 }),
  event({ specversion: "9.9" }),
  event({ id: null, source: {}, type: [] }),
  event({ id: { a: 1 }, data: "x" }),
  event({ data_base64: "§§§ not base64" }),
  event({ data_base64: "abc" }),
  event({ data_base64: { a: 1 } }),
  event({ data: { a: 1 } }),
  event({ datacontenttype: "application/xml", data: 1 }),
  event({ datacontenttype: 5, data: [1] }),
  event({ traceid: 1, traceparent: { a: 1 }, tracestate: [] }),
  event({ traceparent: "00-no-trace-at-all", tracestate: "\r\n,,,==" }),
  event({ expiration: 5 }),
  event({ expiration: "tomorrow" }),
  event({ huge: "x".repeat(1_000_000) }),
  event({ ["n".repeat(100_000)]: 1 }),
  '{"n":1e400}',
  `{"__proto__":{"a":1},"constructor":1,"id":"p"}`,
  deep("[", "]", 5_000),
  `{"data":${deep('{"a":', "}", 5_000)},"datacontenttype":"application/json"}`,
  `[${event({})},${event({})}]`,
];

interface AppKind {
  readonly protocol: "http" | "grpc";
  readonly start: typeof startHttpApp;
}

const apps: readonly AppKind[] = [
  { protocol: "http", start: startHttpApp },
  { protocol: "grpc", start: startGrpcApp },
];

/** Fails on events whose data is no text. */
const rulesOf = (path: string) => ({
  rules: [{ match: 'event.data.startsWith("never")', path: "/never" }],
  default: path,
});

const subscriptions = [
  subscription("single"),
  subscription("batched", { bulkSubscribe: { enabled: true, maxAwaitDurationMs: 20 } }),
  subscription("ruled", { routes: rulesOf("/ruled") }),
  subscription("ruled-batched", {
    routes: rulesOf("/ruled-batched"),
    bulkSubscribe: { enabled: true, maxAwaitDurationMs: 20 },
  }),
  subscription("aside", { deadLetterTopic: "dead" }),
  subscription("aside-batched", {
    deadLetterTopic: "dead",
    bulkSubscribe: { enabled: true, maxAwaitDurationMs: 20 },
  }),
  subscription("dead", { metadata: { rawPayload: "true" } }),
];
const topics = [
  "single",
  "batched",
  "ruled",
  "ruled-batched",
  "aside",
  "aside-batched",
  "streamed",
];

interface Launched extends AsyncDisposable {
  readonly properties: Readonly<Record<string, string>>;
}
const launched = new Map<string, Launched>();
afterAll(async () => {
  for (const broker of launched.values()) await broker[Symbol.asyncDispose]();
});

/** How a broker gives up does not depend on the app: only the first two are run with both kinds. */
const cases = [
  { type: "pubsub.in-memory", isAvailable: true, launch: undefined },
  ...brokers.map((one) =>
    one.type === "pubsub.redis" ? { ...one, launch: launchForgetfulRedis } : one,
  ),
].flatMap((broker, i) =>
  apps.filter((_app, j) => i < 2 || i % 2 === j).map((app) => ({ ...broker, ...app })),
);

describe.each(cases)("$type with an app over $protocol", (test) => {
  const { type, isAvailable, launch, protocol, start } = test;
  it.skipIf(!isAvailable)("goes on after what is no event", async () => {
    const running = launched.get(type) ?? (await launch?.());
    if (running !== undefined) launched.set(type, running);
    const seen = new Map<string, string[]>();
    const onEvent = (topic: string, text: string): void => {
      seen.set(topic, [...(seen.get(topic) ?? []), text]);
    };
    await using app = await start(onEvent);
    await using sidecar = await launchDaprd({
      appId: `malformed-${protocol}`,
      appPort: app.port,
      appProtocol: protocol,
      resources: [component("bus", type, { ...running?.properties }), ...subscriptions],
      flags: ["--log-level", "fatal"],
    });
    using stream = new EventStream(sidecar.grpcPort, "streamed", onEvent);
    await stream.opened();
    const { httpPort } = sidecar;
    const arrives = (topic: string, text: string): Promise<void> =>
      expect
        .poll(() => seen.get(topic)?.some((one) => one.includes(text)) ?? false, soon)
        .toBe(true);
    // A queue exists from the moment of the subscription on.
    for (const topic of topics) {
      await expect
        .poll(async () => {
          expect((await publish(httpPort, topic, "first")).status).toBe(204);
          return seen.has(topic);
        }, soon)
        .toBe(true);
    }
    const spoil = async (topic: string): Promise<void> => {
      for (const body of malformed) {
        const sent = await publishRaw(httpPort, topic, Buffer.from(body));
        expect([sent.status, sent.text]).toEqual([204, ""]);
      }
      expect((await publish(httpPort, topic, "good")).status).toBe(204);
    };
    await Promise.all(topics.map(spoil));
    for (const topic of topics) await arrives(topic, "good");
    // What could not be read was put aside as it came.
    await arrives(
      "dead",
      protocol === "http" ? Buffer.from("no JSON").toString("base64").slice(0, 8) : "no JSON",
    );
    expect([await statusOf(httpPort, "/v1.0/healthz"), stream.status]).toEqual([204, undefined]);
    expect(sidecar.process.exit).toBeUndefined();
  });
});

describe.skipIf(!(await hasRedis()))("entries of a Redis stream that others wrote", () => {
  it.each(apps)("keep nothing back (app over $protocol)", async ({ protocol, start }) => {
    await using redis = await launchRedis();
    const seen: string[] = [];
    await using app = await start((_topic, text) => void seen.push(text));
    await using sidecar = await launchDaprd({
      appId: "entries",
      appPort: app.port,
      appProtocol: protocol,
      resources: [component("bus", "pubsub.redis", { redisHost: redis.address }), ...subscriptions],
      flags: ["--log-level", "fatal"],
    });
    const client = new Client(redis.port, "127.0.0.1");
    const good = event({ data: "good" });
    const metadata = [
      "",
      "null",
      "[]",
      "no JSON",
      '{"a":1,"b":null,"c":{}}',
      JSON.stringify({ "a b": "x", "": "y", ü: "ü", "x-\r\ny": "1", value: "a\r\nx-forged: 1" }),
      JSON.stringify({
        "content-type": "no type",
        "content-length": "7",
        "transfer-encoding": "x",
      }),
      JSON.stringify({ "content-type": "application/octet-stream", ce_id: "\u0000", ce_: "1" }),
      JSON.stringify({
        traceparent: "\r\n",
        traceid: "ü",
        tracestate: "\u0000",
        "grpc-status": "x",
      }),
      JSON.stringify({ "grpc-trace-bin": "§", "x-bin": "§", ":path": "/y", te: "x", host: "h" }),
      JSON.stringify({ huge: "x".repeat(500_000) }),
      JSON.stringify({ __proto__: "a", constructor: "b", rawPayload: "perhaps" }),
    ];
    try {
      for (const topic of ["single", "batched"]) {
        await client.xadd(topic, "*", "nothing", "at all");
        for (const text of metadata) await client.xadd(topic, "*", "metadata", text, "data", good);
        await client.xadd(topic, "*", "data", good.replace("good", `last-${topic}`));
      }
      for (const topic of ["single", "batched"]) {
        await expect
          .poll(() => seen.some((text) => text.includes(`last-${topic}`)), soon)
          .toBe(true);
      }
      // Whatever can be sent to an app has arrived there; nothing was forged.
      expect(seen.filter((text) => text.includes("good")).length).toBeGreaterThan(12);
      const answer = await call({ port: sidecar.httpPort, path: "/v1.0/metadata" });
      expect(answer.status).toBe(200);
    } finally {
      client.disconnect();
    }
  });
});
