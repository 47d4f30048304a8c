/** The Kafka component on a real broker: the suite, what it leaves there, groups and outages. */
import { Admin, Consumer, MessagesStreamModes, Producer } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component as binding } from "../../../src/components/bindings/kafka.ts";
import type { BulkMessageHandler, PubSub } from "../../../src/components/pubsub/contract.ts";
import { component } from "../../../src/components/pubsub/kafka.ts";
import { bufferMiB } from "../heap.ts";
import { hasKafka, type KafkaServer, launchKafka } from "../servers/kafka.ts";
import { SchemaRegistryStandIn } from "../servers/schema-registry-stand-in.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { Gate, numbers, publish, receive, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = await hasKafka();
let server: KafkaServer;

beforeAll(async () => {
  if (isAvailable) server = await launchKafka();
}, 120_000);
afterAll(async () => {
  if (isAvailable) await server[Symbol.asyncDispose]();
});

const open = (consumerID: string, properties: Readonly<Record<string, string>> = {}) =>
  createStore(component, {
    brokers: server.address,
    authType: "none",
    consumerID,
    consumeRetryEnabled: "false",
    heartbeatInterval: "300ms",
    ...properties,
  });

pubSubConformance({
  name: "kafka",
  isAvailable,
  traits: {
    // Beside what was given there is what Kafka knows of a record.
    keepsMetadata: false,
    isDurable: true,
    serial: {},
    concurrency: 1,
    isShared: true,
    sharesGroups: true,
    oddTopics: ["._-", "x".repeat(200)],
  },
  open,
  async restart() {
    await server.stop();
    await server.start();
  },
});

describe.skipIf(!isAvailable)("Kafka", () => {
  let admin: Admin;
  beforeAll(() => {
    admin = new Admin({ clientId: "test", bootstrapBrokers: [server.address], retries: 5 });
  });
  afterAll(() => admin.close());

  it("gives each subscription of a group its own topic, also those that are not there yet", async () => {
    const topics = numbers(6).map((n) => `several-${n}`);
    await using first = await open("several");
    await using second = await open("several");
    await using subscriptions = new AsyncDisposableStack();
    const all = await Promise.all(
      topics.map(async (topic, i) =>
        subscriptions.use(await receive(i % 2 === 0 ? first : second, topic)),
      ),
    );
    const arrived = topics.map(() => false);
    await expect
      .poll(async () => {
        for (const [i, topic] of topics.entries()) {
          if (!arrived[i]) await publish(first, topic, topic);
          arrived[i] = all[i]?.texts.includes(topic) ?? false;
        }
        return arrived;
      }, soon)
      .toEqual(topics.map(() => true));
  });

  const createTopic = (topic: string, partitions: number) =>
    admin.createTopics({ topics: [topic], partitions, replicas: 1 });

  /** Records as another client sees them. */
  async function records(topic: string, count: number) {
    const consumer = new Consumer({
      groupId: `raw-${topic}`,
      clientId: "raw",
      bootstrapBrokers: [server.address],
    });
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
    const found: { partition: number; key: Buffer; value: Buffer; headers: [string, string][] }[] =
      [];
    for await (const { partition, key, value, headers } of stream) {
      const texts = [...headers].map(([name, text]): [string, string] => [`${name}`, `${text}`]);
      found.push({ partition, key, value, headers: texts });
      if (found.length === count) break;
    }
    await consumer.close(true);
    return found;
  }

  it("writes key, headers and value as they were given, and shows what Kafka knows", async () => {
    await createTopic("layout", 3);
    await using broker = await open("layout", { excludeHeaderMetaRegex: "^hid" });
    await using received = await receive(broker, "layout");
    const metadata = {
      partitionKey: "a key",
      rawPayload: "true",
      "content-type": "application/octet-stream",
      hidden: "x",
      odd: "ü <&> %",
    };
    await publish(broker, "layout", Uint8Array.of(0, 255, 10), metadata);
    await publish(broker, "layout", "null", { partitionNumber: "2" });
    await expect.poll(() => received.messages.length, soon).toBe(2);
    const raw = await records("layout", 2);
    const keyed = raw.find(({ key }) => key !== undefined);
    expect(keyed?.key.toString()).toBe("a key");
    expect([...(keyed?.value ?? [])]).toEqual([0, 255, 10]);
    const { hidden: _hidden, ...shown } = metadata;
    expect(Object.fromEntries(keyed?.headers ?? [])).toEqual(shown);
    const plain = raw.find(({ key }) => key === undefined);
    expect(plain).toMatchObject({ partition: 2, value: undefined });
    const message = received.messages.find((one) => one.metadata?.has("__key"));
    const { __timestamp, ...known } = Object.fromEntries(message?.metadata ?? []);
    expect(known).toEqual({
      ...shown,
      __key: "a key",
      __offset: "0",
      __topic: "layout",
      __partition: `${keyed?.partition}`,
    });
    expect(Math.abs(Number(__timestamp) - Date.now())).toBeLessThan(60_000);
    expect(received.texts).toContain("null");
    await using escaping = await open("escaping", {
      escapeHeaders: "true",
      initialOffset: "oldest",
    });
    await using escaped = await receive(escaping, "layout");
    await expect.poll(() => escaped.messages.length, soon).toBe(2);
    const one = escaped.messages.find(({ metadata }) => metadata?.has("__key"));
    expect(one?.metadata?.get("__key")).toBe("a+key");
    expect(one?.metadata?.get("odd")).toBe("%C3%BC+%3C%26%3E+%25");
  });

  it("reads what another sidecar wrote", async () => {
    await createTopic("foreign", 2);
    const producer = new Producer({ clientId: "raw", bootstrapBrokers: [server.address] });
    const event = Buffer.from('{"data":"ü","id":"1","specversion":"1.0"}');
    const own = new Map([
      ["partitionKey", "k"],
      ["ttlInSeconds", "60"],
    ]);
    const headers = new Map([...own].map(([name, text]) => [Buffer.from(name), Buffer.from(text)]));
    const to = { topic: "foreign", partition: 1 };
    await producer.send({ messages: [{ ...to, key: Buffer.from("k"), value: event, headers }] });
    await producer.send({ messages: [{ ...to, value: Buffer.of(0, 255) }] });
    await producer.close();
    await using broker = await open("foreign", { initialOffset: "oldest" });
    await using received = await receive(broker, "foreign");
    await expect.poll(() => received.messages.length, soon).toBe(2);
    expect(received.messages.map(({ data }) => [...data])).toEqual([[...event], [0, 255]]);
    const [first, second] = received.messages.map(({ metadata }) => {
      const { __timestamp: _, ...shown } = Object.fromEntries(metadata ?? []);
      return shown;
    });
    const known = { __topic: "foreign", __partition: "1" };
    expect(first).toEqual({ ...Object.fromEntries(own), ...known, __key: "k", __offset: "0" });
    expect(second).toEqual({ ...known, __offset: "1" });
  });

  it("refuses partitions and schemas that are not there", async () => {
    await using broker = await open("refusing", { maxMessageBytes: "1000" });
    const send = (metadata: Record<string, string>, data = "x") =>
      publish(broker, "refusing", data, metadata);
    await expect(send({ partitionNumber: "-1" })).rejects.toThrow("invalid partitionNumber");
    await expect(send({ partitionNumber: "7" })).rejects.toThrow(
      "partition number 7 is out of range, topic has 1 partitions",
    );
    await expect(send({ valueSchemaType: "avro" })).rejects.toThrow("schema registry");
    await expect(send({}, "x".repeat(1001))).rejects.toThrow("maxMessageBytes is 1000");
    await expect(publish(broker, "no topic", "x")).rejects.toThrow("topic");
  });

  it.each(["gzip", "snappy", "lz4", "zstd"])("compresses with %s", async (compression) => {
    await using broker = await open(`c-${compression}`, { compression });
    await using received = await receive(broker, `c-${compression}`);
    await publish(broker, `c-${compression}`, "z".repeat(10_000));
    await expect.poll(() => received.texts, soon).toEqual(["z".repeat(10_000)]);
  });

  it("publishes many at once, and says which ones failed", async () => {
    await createTopic("bulk", 2);
    await using broker: PubSub = await open("bulk", { initialOffset: "oldest" });
    const entry = (entryId: string, metadata: Record<string, string> = {}) => ({
      entryId,
      data: Buffer.from(entryId),
      contentType: "text/plain",
      metadata: new Map(Object.entries(metadata)),
    });
    const entries = [
      ...numbers(300).map((id) => entry(id, { partitionKey: `${+id % 7}` })),
      entry("bad", { partitionNumber: "9" }),
    ];
    const failed = await broker.bulkPublish?.("bulk", entries, new Map([["common", "1"]]));
    expect(failed?.map(({ entryId }) => entryId)).toEqual(["bad"]);
    await using received = await receive(broker, "bulk");
    await expect.poll(() => received.texts.length, soon).toBe(300);
    expect(received.messages.every(({ metadata }) => metadata?.get("common") === "1")).toBe(true);
    for (const key of numbers(7)) {
      const ofKey = received.texts.filter((id) => `${+id % 7}` === key);
      expect(ofKey).toEqual(ofKey.toSorted((a, b) => +a - +b));
    }
  });

  it("sends and reads Avro with the schemas of a registry", async () => {
    await using registry = await SchemaRegistryStandIn.start();
    const amount = { name: "amount", type: "long" };
    registry.register("avro-value", 258, { type: "record", name: "Order", fields: [amount] });
    const avro = { valueSchemaType: "Avro" };
    const url = { schemaRegistryURL: registry.url };
    await using broker: PubSub = await open("avro", { ...url, initialOffset: "oldest" });
    await publish(broker, "avro", '{"amount":27}', avro);
    await expect(publish(broker, "avro", '{"amount":"x"}', avro)).rejects.toThrow("integer");
    await expect(publish(broker, "else", "{}", avro)).rejects.toThrow("'else-value' not found");
    await expect(publish(broker, "avro", "{}", { valueSchemaType: "JSON" })).rejects.toThrow(
      "error parsing schema type. 'JSON' is not a supported value",
    );
    await publish(broker, "avro", "no prefix", { valueSchemaType: "None" });
    await publish(broker, "avro", "null", avro);
    const entry = (entryId: string, amount: unknown) => ({
      entryId,
      data: Buffer.from(JSON.stringify({ amount })),
      contentType: "application/json",
      metadata: undefined,
    });
    const common = new Map(Object.entries(avro));
    const entries = [entry("good", 64), entry("bad", null), entry("better", 65)];
    const failed = await broker.bulkPublish?.("avro", entries, common);
    expect(failed?.map(({ entryId }) => entryId)).toEqual(["bad"]);
    const given = { brokers: server.address, authType: "none", publishTopic: "avro", ...url };
    await using output = await createStore(binding, given);
    const data = Buffer.from('{"amount":1}');
    await output.invoke({ operation: "create", data, metadata: common });

    const [first] = await records("avro", 1);
    expect(first?.value.toString("hex")).toBe("0000000102" + "36");
    const expected = ['{"amount":27}', "null", ...[64, 65, 1].map((n) => `{"amount":${n}}`)];
    await using received = await receive(broker, "avro", undefined, avro);
    await expect.poll(() => received.texts, soon).toEqual(expected);
    await received[Symbol.asyncDispose]();
    // In a batch what cannot be read fails alone.
    await using batches: PubSub = await open("avro-bulk", { ...url, initialOffset: "oldest" });
    const texts: string[] = [];
    const request = { topic: "avro", metadata: common, maxMessages: 10, maxWaitMs: 50 };
    const handler: BulkMessageHandler = async (messages) => {
      texts.push(...messages.map((message) => Buffer.from(message.data).toString()));
      return [];
    };
    await batches.bulkSubscribe?.(request, handler, new AbortController().signal);
    await expect.poll(() => texts, soon).toEqual(expected);
  });

  it("takes batches, and repeats from the first entry that failed", async () => {
    const topic = "batches";
    await using broker: PubSub = await open(topic);
    const batches: string[][] = [];
    let failures = 0;
    const handler: BulkMessageHandler = async (messages) => {
      const texts = messages.map(({ data }) => Buffer.from(data).toString());
      batches.push(texts);
      return texts.map((text) => (text === "2" && failures++ < 1 ? new Error("no") : undefined));
    };
    const request = { topic, metadata: new Map<string, string>(), maxMessages: 4, maxWaitMs: 200 };
    const subscription = await broker.bulkSubscribe?.(
      request,
      handler,
      new AbortController().signal,
    );
    for (const text of numbers(6)) await publish(broker, topic, text);
    await expect.poll(() => batches.flat().toSorted(), soon).toEqual([..."0122345"]);
    expect(batches.every((batch) => batch.length <= 4)).toBe(true);
    await subscription?.[Symbol.asyncDispose]();
    const committed = await admin.listConsumerGroupOffsets({ groups: [topic] });
    expect(committed[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(6n);
  });

  it("confirms nothing before the app has answered, and loses nothing with the process", async () => {
    const topic = "crash";
    const broker = await open(topic);
    const held = Promise.withResolvers<void>();
    const received = await receive(broker, topic, (message) =>
      Buffer.from(message.data).toString() === "1" ? held.promise : Promise.resolve(),
    );
    for (const text of numbers(3)) await publish(broker, topic, text);
    await expect.poll(() => received.texts, soon).toEqual(["0", "1"]);
    const committed = async () => {
      const [group] = await admin.listConsumerGroupOffsets({ groups: [topic] });
      return group?.topics[0]?.partitions[0]?.committedOffset;
    };
    await expect.poll(committed, soon).toBe(1n);
    received.abort.abort(new Error("context canceled"));
    held.reject(new Error("gone"));
    await broker[Symbol.asyncDispose]();
    expect(await committed()).toBe(1n);
    await using again = await open(topic);
    await using rest = await receive(again, topic);
    await expect.poll(() => rest.texts, soon).toEqual(["1", "2"]);
  });

  it("does not let a partition that waits hold the others", async () => {
    await createTopic("apart", 2);
    await using broker = await open("apart", { channelBufferSize: "5" });
    let fails = true;
    await using received = await receive(broker, "apart", async ({ metadata }) => {
      if (fails && metadata?.get("__partition") === "0") throw new Error("no");
    });
    const text = (partition: number) => (i: string) => `${partition}-${i}`;
    for (const partition of [0, 1]) {
      for (const one of numbers(50).map(text(partition))) {
        await publish(broker, "apart", one, { partitionNumber: `${partition}` });
      }
    }
    const of = (partition: string) => received.texts.filter((one) => one.startsWith(partition));
    await expect.poll(() => of("1-"), soon).toEqual(numbers(50).map(text(1)));
    expect(new Set(of("0-"))).toEqual(new Set(["0-0"]));
    fails = false;
    await expect.poll(() => [...new Set(of("0-"))], soon).toEqual(numbers(50).map(text(0)));
  });

  it("keeps its place in the group, and holds little, while the app is slow", async () => {
    const topic = "slow";
    const count = 400;
    const sessionMs = 5_000;
    await createTopic(topic, 1);
    await using broker = await open(topic, {
      channelBufferSize: "8",
      sessionTimeout: `${sessionMs}ms`,
    });
    const gate = new Gate();
    const seen: string[] = [];
    await using _subscription = await broker.subscribe(
      { topic, metadata: new Map() },
      async (message, signal) => {
        seen.push(Buffer.from(message.data.subarray(0, 3)).toString());
        await gate.handle(message, signal);
      },
      new AbortController().signal,
    );
    const members = async () => {
      const group = (await admin.describeGroups({ groups: [topic] })).get(topic);
      return [group?.state, ...(group?.members.keys() ?? [])];
    };
    await publish(broker, topic, "000");
    await expect.poll(() => gate.entered, soon).toBe(1);
    const startedAt = performance.now();
    const before = { members: await members(), memory: bufferMiB() };
    expect(before.members).toHaveLength(2);
    const body = Buffer.alloc(100_000, ".");
    for (let i = 1; i < count; i++) {
      body.write(String(i).padStart(3, "0"));
      await publish(broker, topic, body);
    }
    // Whoever gives no sign of life for so long is given up by the broker.
    await expect
      .poll(() => performance.now() - startedAt, { timeout: 20_000, interval: 100 })
      .toBeGreaterThan(1.5 * sessionMs);
    expect(await members()).toEqual(before.members);
    // All records are 40 MB; the window is 8 of them, and one fetch of 1 MiB.
    expect(bufferMiB() - before.memory).toBeLessThan(20);
    expect(seen).toEqual(["000"]);
    gate.open();
    await expect.poll(() => seen.length, soon).toBeGreaterThanOrEqual(count);
    // Had the member been given up meanwhile, records would have come twice.
    expect(seen).toEqual(Array.from({ length: count }, (_, i) => String(i).padStart(3, "0")));
    expect(await members()).toEqual(before.members);
  });

  it.each(["range", "roundrobin", "sticky"])("shares partitions by %s", async (strategy) => {
    const topic = `shared-${strategy}`;
    await createTopic(topic, 4);
    const given = { consumerGroupRebalanceStrategy: strategy };
    await using first = await open(topic, given);
    await using receivedFirst = await receive(first, topic);
    const second = await open(topic, given);
    const receivedSecond = await receive(second, topic);
    const send = async (name: string) => {
      for (const i of numbers(40)) {
        await publish(first, topic, `${name}${i}`, { partitionNumber: `${+i % 4}` });
      }
    };
    const all = () => new Set([...receivedFirst.texts, ...receivedSecond.texts]).size;
    await send("a");
    await expect.poll(all, soon).toBe(40);
    const seen = (messages: typeof receivedFirst.messages) =>
      new Set(messages.map(({ metadata }) => metadata?.get("__partition")));
    expect([seen(receivedFirst.messages).size, seen(receivedSecond.messages).size]).toEqual([2, 2]);
    await second[Symbol.asyncDispose]();
    await send("b");
    await expect.poll(all, soon).toBe(80);
  });

  it("finds partitions that are added", async () => {
    await createTopic("growing", 1);
    await using broker = await open("growing", {
      clientConnectionTopicMetadataRefreshInterval: "200ms",
    });
    await using received = await receive(broker, "growing");
    await admin.createPartitions({ topics: [{ name: "growing", count: 2, assignments: null }] });
    const send = () =>
      publish(broker, "growing", "late", { partitionNumber: "1" }).then(
        () => "sent",
        (error: Error) => error.message,
      );
    await expect.poll(send, soon).toBe("sent");
    await expect.poll(() => received.texts, soon).toContain("late");
  });

  it("survives a broker that goes away in the middle", { timeout: 60_000 }, async () => {
    const topic = "outage";
    const logger = new RecordedLog();
    await using broker = await open(topic, { producerRetryMax: "1" });
    await using received = await receive(broker, topic);
    for (const text of numbers(20)) await publish(broker, topic, text);
    await server.stop();
    await expect(publish(broker, topic, "lost")).rejects.toThrow(/ECONNREFUSED|closed|broker/);
    await expect(broker.ping?.()).rejects.toThrow("run out of available brokers");
    await expect(
      createStore(component, { brokers: server.address, authType: "none" }, { logger }),
    ).rejects.toThrow("run out of available brokers to talk to");
    await server.start();
    for (const text of numbers(20)) {
      const send = () =>
        publish(broker, topic, `after ${text}`).then(
          () => "sent",
          (error: Error) => error.message,
        );
      await expect.poll(send, soon).toBe("sent");
    }
    await expect.poll(() => new Set(received.texts).size, soon).toBe(40);
  });
});
