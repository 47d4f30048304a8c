/** The Pulsar component on a stand-in: the suite, what it sends, and outages. */
import { createServer, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/pubsub/pulsar.ts";
import { UnreadableError } from "../../../src/kit/errors/unreadable-error.ts";
import type { Fields } from "../servers/protobuf-fields.ts";
import { movedMark, PulsarStandIn } from "../servers/pulsar-stand-in.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { Gate, numbers, publish, receive, settle, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

let server: PulsarStandIn;

beforeAll(async () => {
  server = await PulsarStandIn.launch();
});
afterAll(() => server[Symbol.asyncDispose]());

const open = (properties: Readonly<Record<string, string>> = {}, logger = new RecordedLog()) =>
  createStore(
    component,
    { host: server.address, consumerID: "app", redeliveryDelay: "200ms", ...properties },
    { logger },
  );

pubSubConformance({
  name: "pulsar",
  isAvailable: true,
  traits: {
    keepsMetadata: false,
    isDurable: true,
    serial: { processMode: "sync", disableBatching: "true" },
    concurrency: 100,
    isShared: true,
    sharesGroups: true,
    oddTopics: [" ", "ü😀", "a b", "'; DROP", "__proto__", "%2F", "x".repeat(150)],
  },
  open: (consumerID, properties) =>
    open({ consumerID, batchingMaxPublishDelay: "1ms", ...properties }),
  async restart() {
    await server.stop();
    await server.start();
  },
});

let count = 0;
const fresh = (): string => `own${count++}`;

describe("Pulsar", () => {
  it("gathers messages of one key into batches, and confirms each by itself", async () => {
    const topic = fresh();
    await using broker = await open({ batchingMaxPublishDelay: "50ms" });
    await using received = await receive(broker, topic, async ({ data }) => {
      const isFirst = received.texts.filter((text) => text === Buffer.from(data).toString());
      if (Buffer.from(data).toString() === "3" && isFirst.length === 1) throw new Error("no");
    });
    const key = { partitionKey: "k", plain: "text", empty: "", "Odd Name": "ü <&>" };
    await Promise.all([
      ...numbers(10).map((text) => publish(broker, topic, text)),
      publish(broker, topic, "with key", key),
      publish(broker, topic, "another", { partitionKey: "other" }),
    ]);
    await expect.poll(() => received.texts.length, soon).toBe(13);
    expect(received.texts.filter((text) => text === "3")).toHaveLength(2);
    const { entries, subscriptions } = server.topic(topic);
    expect(entries.map(({ size, key: of }) => [size, of])).toEqual([
      [10, ""],
      [1, "k"],
      [1, "other"],
    ]);
    const withKey = received.messages[received.texts.indexOf("with key")];
    expect(Object.fromEntries(withKey?.metadata ?? [])).toEqual({
      plain: "text",
      "Odd Name": "ü <&>",
    });
    expect(received.messages[0]?.metadata).toBeUndefined();
    await expect.poll(() => subscriptions.get("app")?.unconfirmed, soon).toBe(0);
  });

  it("gives up what nobody can read", async () => {
    const topic = fresh();
    await using broker = await open();
    await using received = await receive(broker, topic, () =>
      Promise.reject(new UnreadableError("no event")),
    );
    await publish(broker, topic, "x");
    const subscription = server.topic(topic).subscriptions.get("app");
    await expect.poll(() => subscription?.unconfirmed, soon).toBe(0);
    expect(received.texts).toEqual(["x"]);
  });

  it("gives up entries that are broken, and counts them as the broker does", async () => {
    const topic = fresh();
    const logger = new RecordedLog();
    const small = { batchingMaxPublishDelay: "50ms", receiverQueueSize: "20" };
    await using broker = await open(small, logger);
    await using received = await receive(broker, topic);
    await Promise.all(numbers(10).map((text) => publish(broker, topic, text)));
    await expect.poll(() => received.texts.length, soon).toBe(10);
    const stored = server.topic(topic);
    const { rest } = stored.entries[0] ?? { rest: Buffer.alloc(0) };
    const metadata = rest.subarray(10, 10 + rest.readUInt32BE(6));
    const broken = Buffer.from(rest);
    broken[broken.length - 1]! ^= 1;
    for (let i = 0; i < 50; i++)
      stored.add(broken, metadata, broken.subarray(10 + metadata.length));
    await publish(broker, topic, "good");
    await expect.poll(() => received.texts.at(-1), soon).toBe("good");
    await expect.poll(() => stored.subscriptions.get("app")?.unconfirmed, soon).toBe(0);
    expect(received.texts).toHaveLength(11);
    const lines = logger.lines.filter((line) => line.includes("cannot read message"));
    expect([lines.length, lines[0]?.includes("wrong checksum")]).toEqual([50, true]);
  });

  it("handles no message of a batch twice where the broker knows whole batches only", async () => {
    const topic = fresh();
    await using broker = await open({ batchingMaxPublishDelay: "50ms" });
    let failures = 0;
    await using received = await receive(broker, topic, async ({ data }) => {
      if (Buffer.from(data).toString() === "70" && failures++ < 2) throw new Error("no");
    });
    const subscription = server.topic(topic).subscriptions.get("app");
    if (subscription !== undefined) subscription.takesParts = false;
    await Promise.all(numbers(130).map((text) => publish(broker, topic, text)));
    await expect.poll(() => subscription?.unconfirmed, soon).toBe(0);
    const expected = [...numbers(130), "70", "70"].toSorted();
    expect(received.texts.toSorted()).toEqual(expected);
  });

  it.each(["lz4", "zlib", "zstd"])("compresses with %s", async (compressionType) => {
    const topic = fresh();
    await using broker = await open({ compressionType, compressionLevel: "better" });
    await using received = await receive(broker, topic);
    const noise = Buffer.from(numbers(20_000).map((n) => (Number(n) * 7919) % 251)).toString("hex");
    const texts = ["", "x", "abc".repeat(20_000), noise, ...numbers(50)];
    for (const text of texts) await publish(broker, topic, text);
    await Promise.all(numbers(30).map((text) => publish(broker, topic, `same ${text}`)));
    await expect.poll(() => received.texts.length, soon).toBe(texts.length + 30);
    expect(new Set(received.texts)).toEqual(
      new Set([...texts, ...numbers(30).map((text) => `same ${text}`)]),
    );
    const [, , repeated] = server.topic(topic).entries;
    expect(repeated?.payload.length).toBeLessThan(2_000);
    expect(repeated?.metadata.number(9)).toBe(60_000);
  });

  it("finds the broker of a topic, and follows it when it is unloaded", async () => {
    const topic = `${movedMark}-${fresh()}`;
    await using broker = await open();
    await using received = await receive(broker, topic);
    await publish(broker, topic, "1");
    await expect.poll(() => received.texts, soon).toEqual(["1"]);
    expect(server.connections[1]).toBe(1);
    const subscription = server.topic(topic).subscriptions.get("app");
    await expect.poll(() => subscription?.unconfirmed, soon).toBe(0);
    server.unload(topic);
    await publish(broker, topic, "2");
    await expect.poll(() => received.texts, soon).toEqual(["1", "2"]);
  });

  it("loses nothing when the connection is cut while messages are on their way", async () => {
    const topic = fresh();
    await using broker = await open();
    await using received = await receive(broker, topic);
    const sent = numbers(500).map(async (text) => {
      await settle(Number(text) % 50);
      await publish(broker, topic, text);
    });
    await expect.poll(() => received.texts.length, soon).toBeGreaterThan(0);
    server.cut();
    await Promise.all(sent);
    await expect.poll(() => new Set(received.texts).size, soon).toBe(500);
  });

  it("hands over batches of what is there, and offers again what failed of them", async () => {
    const topic = fresh();
    const logger = new RecordedLog();
    await using broker = await open({}, logger);
    const batches: string[][] = [];
    const request = { topic, metadata: new Map(), maxMessages: 7, maxWaitMs: 60_000 };
    const { signal } = new AbortController();
    await using _subscription = await broker.bulkSubscribe?.(
      request,
      async (messages) => {
        const texts = messages.map(({ data }) => Buffer.from(data).toString());
        const isFirst = !batches.flat().includes("3");
        batches.push(texts);
        return texts.map((text) => (text === "3" && isFirst ? new Error("no") : undefined));
      },
      signal,
    );
    await Promise.all(numbers(20).map((text) => publish(broker, topic, text)));
    await expect.poll(() => batches.flat(), soon).toHaveLength(21);
    expect(new Set(batches.flat())).toEqual(new Set(numbers(20)));
    expect(batches.flat().filter((text) => text === "3")).toHaveLength(2);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(7);
    expect(logger.lines.join()).toContain("maxAwaitDurationMs");
    const subscription = server.topic(topic).subscriptions.get("app");
    await expect.poll(() => subscription?.unconfirmed, soon).toBe(0);
  });

  it("uses all partitions, one for each key", async () => {
    const topic = fresh();
    const full = `persistent://public/default/${topic}`;
    server.partitions.set(full, 3);
    await using broker = await open({ disableBatching: "true" });
    await using received = await receive(broker, topic);
    for (const text of numbers(30)) await publish(broker, topic, text);
    for (const text of numbers(10)) await publish(broker, topic, text, { partitionKey: "one" });
    await expect.poll(() => received.texts.length, soon).toBe(40);
    const partitions = [0, 1, 2].map((i) => server.topic(`${full}-partition-${i}`).entries);
    expect(partitions.every((entries) => entries.length >= 10)).toBe(true);
    const withKey = partitions.map((entries) => entries.filter(({ key }) => key === "one").length);
    expect(withKey.toSorted((a, b) => a - b)).toEqual([0, 0, 10]);
    expect(received.messages.every((message) => message.topic === topic)).toBe(true);
  });

  it("delivers later with deliverAt and deliverAfter, and refuses other times", async () => {
    const topic = fresh();
    await using broker = await open();
    const cameAt = new Map<string, number>();
    await using received = await receive(broker, topic, async ({ data }) => {
      cameAt.set(Buffer.from(data).toString(), Date.now());
    });
    const before = Date.now();
    const at = new Date(before + 600).toISOString();
    await publish(broker, topic, "at", { deliverAt: at });
    await publish(broker, topic, "after", { deliverAfter: "300ms" });
    await publish(broker, topic, "now");
    await expect.poll(() => received.texts, soon).toHaveLength(3);
    const [first, second, third] = server.topic(topic).entries;
    expect(first?.deliverAt).toBe(before + 600);
    expect(second?.deliverAt).toBeGreaterThanOrEqual(before + 300);
    expect(third?.deliverAt).toBe(0);
    // Timers may be early by a millisecond.
    expect(cameAt.get("at")).toBeGreaterThanOrEqual(before + 595);
    expect(cameAt.get("after")).toBeGreaterThanOrEqual(before + 295);
    await expect(publish(broker, topic, "x", { deliverAt: "noon" })).rejects.toThrow("noon");
    await expect(publish(broker, topic, "x", { deliverAfter: "x" })).rejects.toThrow("x");
  });

  it("subscribes as it is told: type, position, name", async () => {
    const topic = fresh();
    await using broker = await open();
    await publish(broker, topic, "old");
    await using late = await open({ subscribeInitialPosition: "earliest", consumerID: "early" });
    await using early = await receive(late, topic, undefined, { subscribeType: "exclusive" });
    await expect.poll(() => early.texts, soon).toEqual(["old"]);
    expect(server.topic(topic).subscriptions.get("early")?.kind).toBe(0);
    await using other = await open({ consumerID: "early", subscribeType: "exclusive" });
    await expect(receive(other, topic)).rejects.toThrow("ConsumerBusy");
    const invalid = receive(other, topic, undefined, { subscribeType: "x" });
    await expect(invalid).rejects.toThrow("invalid subscription type");
    await using elsewhere = await open({ tenant: "t", namespace: "n", persistent: "false" });
    await publish(elsewhere, topic, "there");
    expect(server.topics.get(`non-persistent://t/n/${topic}`)?.entries).toHaveLength(1);
  });

  it("keeps the order of an exclusive subscription while a message fails", async () => {
    const topic = fresh();
    await using broker = await open({ subscribeType: "failover", processMode: "sync" });
    let failures = 0;
    await using received = await receive(broker, topic, async ({ data }) => {
      if (Buffer.from(data).toString() === "1" && failures++ < 2) throw new Error("no");
    });
    for (const text of numbers(4)) await publish(broker, topic, text);
    await expect.poll(() => received.texts, soon).toEqual(["0", "1", "1", "1", "2", "3"]);
  });

  it("gives all messages of a key to one consumer with key_shared", async () => {
    const topic = fresh();
    const properties = { subscribeType: "key_shared" };
    await using first = await open(properties);
    await using second = await open(properties);
    await using one = await receive(first, topic);
    await using two = await receive(second, topic);
    await Promise.all(
      numbers(40).map((text) =>
        publish(first, topic, `${Number(text) % 4}`, { partitionKey: `key${Number(text) % 4}` }),
      ),
    );
    await expect.poll(() => one.texts.length + two.texts.length, soon).toBe(40);
    const [keysOfOne, keysOfTwo] = [new Set(one.texts), new Set(two.texts)];
    expect([...keysOfOne].filter((key) => keysOfTwo.has(key))).toEqual([]);
    expect(keysOfOne.size + keysOfTwo.size).toBe(4);
  });

  it("takes no more than the receiver's queue, and refuses what is too long", async () => {
    const topic = fresh();
    await using small = await PulsarStandIn.launch({ maxMessageBytes: 1000 });
    await using broker = await open({ host: small.address, receiverQueueSize: "5" });
    const gate = new Gate();
    await using received = await receive(broker, topic, gate.handle);
    for (const text of numbers(20)) await publish(broker, topic, text);
    await expect.poll(() => gate.entered, soon).toBe(5);
    await settle();
    expect(gate.entered).toBe(5);
    gate.open();
    await expect.poll(() => received.texts.length, soon).toBe(20);
    await expect(publish(broker, topic, "x".repeat(1001))).rejects.toThrow("exceeds");
    await publish(broker, topic, "x".repeat(1000));
    await expect.poll(() => received.texts.length, soon).toBe(21);
  });
});

const inner = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "int" },
    { name: "tags", type: { type: "array", items: "string" }, default: [] },
    { name: "note", type: ["null", "string"], default: null },
  ],
};

describe("schemas of Pulsar", () => {
  const event = (data: unknown) =>
    JSON.stringify({ data, id: "1", source: "app", specversion: "1.0", type: "t", other: "x" });

  it("registers the envelope of an event around the user's schema", async () => {
    const [avro, json] = [fresh(), fresh()];
    const text = JSON.stringify(inner);
    await using broker = await open({ [`${avro}.avroschema`]: text, [`${json}.jsonschema`]: text });
    await using received = await receive(broker, avro);
    await using plain = await receive(broker, json);
    await publish(broker, avro, event({ id: 7, tags: ["a", "ü"] }));
    await publish(broker, avro, event('{"id":-8,"note":"n"}'));
    await publish(broker, json, event({ id: 1 }));
    await expect.poll(() => received.texts, soon).toHaveLength(2);
    expect(received.texts.map((one) => JSON.parse(one))).toEqual([
      { ...known, data: { id: 7, tags: ["a", "ü"], note: null } },
      { ...known, data: { id: -8, tags: [], note: "n" } },
    ]);
    await expect.poll(() => plain.texts, soon).toEqual([event({ id: 1 })]);
    const { schema, entries } = server.topic(avro);
    expect(schema?.type).toBe(4);
    const registered = JSON.parse(schema?.text ?? "");
    expect(registered).toMatchObject({ name: "CloudEvent", namespace: "io.cloudevents" });
    const data = registered.fields.find((field: { name: string }) => field.name === "data");
    expect(data).toEqual({ name: "data", type: ["null", inner], default: null });
    // The strings of the event, lengths as zigzag numbers before them.
    expect(entries[0]?.payload.subarray(0, 7).toString("latin1")).toBe("\x021\x06app\x06");
    expect(versionOf(entries[0]?.metadata)).toBe("0000000000000001");
    expect(server.topic(json).schema?.type).toBe(2);
    await expect(publish(broker, avro, event({ id: "x" }))).rejects.toThrow("expected integer");
    await expect(publish(broker, avro, "no json")).rejects.toThrow();
  });

  it("registers the user's schema as it is with rawschema, and others' are refused", async () => {
    const [raw, proto] = [fresh(), fresh()];
    const text = JSON.stringify(inner);
    await using broker = await open({
      [`${raw}.avroschema`]: text,
      [`${raw}.rawschema`]: "true",
      [`${proto}.protoschema`]: text,
    });
    await using received = await receive(broker, raw);
    await publish(broker, raw, '{"id":3}');
    await publish(broker, proto, "bytes");
    await expect.poll(() => received.messages.length, soon).toBe(1);
    expect(Buffer.from(received.messages[0]?.data ?? []).toString("hex")).toBe("060000");
    expect(server.topic(raw).schema).toEqual({ type: 4, text });
    expect(server.topic(proto).schema).toEqual({ type: 3, text });
    expect(server.topic(proto).entries[0]?.payload.toString()).toBe("bytes");
    await using other = await open({ [`${raw}.jsonschema`]: text });
    await expect(publish(other, raw, event({ id: 1 }))).rejects.toThrow("IncompatibleSchema");
    await expect(open({ "a.avroschema": '{"type":"x"}' })).rejects.toThrow("a.avroschema");
  });
});

const known = { id: "1", source: "app", specversion: "1.0", type: "t" };
const versionOf = (metadata: Fields | undefined): string | undefined =>
  metadata?.bytes(16).toString("hex");

describe("credentials for Pulsar", () => {
  it("shows a token, and says when it is wrong", async () => {
    await using guarded = await PulsarStandIn.launch({ token: () => "s3cret" });
    await using broker = await open({ host: guarded.address, token: "s3cret" });
    await broker.ping?.();
    const wrong = open({ host: guarded.address, token: "wr0ng" });
    await expect(wrong).rejects.toThrow("AuthenticationError");
    await expect(wrong).rejects.not.toThrow("wr0ng");
  });

  it("speaks TLS, and verifies certificates with enableTLS", async () => {
    using authority = new TestAuthority();
    await using secure = await PulsarStandIn.launch({ tls: authority.issue("spiffe://stand-in") });
    const logger = new RecordedLog();
    await using broker = await open({ host: `pulsar+ssl://${secure.address}` }, logger);
    await using received = await receive(broker, `${movedMark} by TLS`);
    await publish(broker, `${movedMark} by TLS`, "x");
    await expect.poll(() => received.texts, soon).toEqual(["x"]);
    expect(logger.lines.join()).toContain("without enableTLS the broker's certificate is not");
    for (const host of [secure.address, `pulsar+ssl://${secure.address}`]) {
      await expect(open({ host, enableTLS: "true" })).rejects.toThrow(/certificate/);
    }
    const plain = open({ host: server.address, enableTLS: "true" });
    await expect(plain).rejects.toThrow("error connecting to Pulsar");
  });

  it("fetches a token with the credentials of a client", async () => {
    const asked: string[] = [];
    const issuer = createServer((request: IncomingMessage, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        asked.push(`${request.headers.authorization} ${body}`);
        const isRight = body.includes("client_secret=hush");
        response.writeHead(isRight ? 200 : 401, { "content-type": "application/json" });
        response.end(isRight ? '{"access_token":"fetched","expires_in":60}' : "{}");
      });
    });
    await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
    const { port } = issuer.address() as { readonly port: number };
    try {
      await using guarded = await PulsarStandIn.launch({ token: () => "fetched" });
      await using broker = await open({
        host: guarded.address,
        oauth2TokenURL: `http://127.0.0.1:${port}/token`,
        oauth2ClientID: "me",
        oauth2ClientSecret: "hush",
        oauth2Scopes: "a,b",
        oauth2Audiences: "urn:x",
      });
      await publish(broker, "guarded", "x");
      expect(asked).toHaveLength(2);
      expect(asked[0]).toContain(`Basic ${Buffer.from("me:hush").toString("base64")}`);
      expect(asked[1]).toContain("scope=a+b&audience=urn%3Ax");
    } finally {
      await new Promise((resolve) => issuer.close(resolve));
    }
  });

  it.each<[string, Record<string, string>, string]>([
    ["no host", { host: "" }, "pulsar error: missing pulsar host"],
    ["the HTTP port", { host: "http://u:hidden@x:8080" }, "its port instead of the HTTP one"],
    ["another scheme", { host: "amqp://u:hidden@x" }, "invalid pulsar host"],
    ["a type", { subscribeType: "x" }, "invalid subscription type."],
    ["a position", { subscribeInitialPosition: "x" }, "invalid subscription initial position."],
    ["a mode", { subscribeMode: "x" }, "invalid subscription mode"],
    ["a compression", { compressionType: "snappy" }, "invalid compression type."],
    ["a level", { compressionLevel: "x" }, "invalid compression level."],
    ["encryption", { publicKey: "hidden" }, "end-to-end encryption (publicKey) is not supported"],
    ["no number", { receiverQueueSize: "x" }, "cannot parse 'receiverQueueSize' as int"],
    ["no duration", { redeliveryDelay: "x" }, "error decoding 'redeliveryDelay'"],
    ["nobody there", { host: "127.0.0.1:1" }, "ECONNREFUSED"],
  ])("refuses %s", async (_name, given, text) => {
    const logger = new RecordedLog();
    const opened = open(given, logger);
    await expect(opened).rejects.toThrow(text);
    await expect(opened).rejects.not.toThrow("hidden");
    expect(logger.lines.join("\n")).not.toContain("hidden");
  });
});
