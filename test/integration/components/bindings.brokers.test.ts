/** Bindings of message brokers on real ones: the suite, and what they leave there. */
import { connect as connectRabbit } from "amqplib";
import { connect as connectMqtt, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Binding } from "../../../src/components/bindings/contract.ts";
import { component as mqtt } from "../../../src/components/bindings/mqtt3.ts";
import { component as rabbit } from "../../../src/components/bindings/rabbitmq.ts";
import { hasMosquitto, launchMosquitto } from "../servers/mosquitto.ts";
import { hasRabbitMq, launchRabbitMq } from "../servers/rabbitmq.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { invoke, Reading } from "./bindings-context.ts";
import { bindingConformance } from "./conformance/bindings.ts";
import { soon } from "./pubsub-context.ts";
import { createComponent } from "./secret-context.ts";

const hasRabbit = await hasRabbitMq();
const hasMqtt = await hasMosquitto();
let rabbitServer: RestartableServer;
let mqttServer: RestartableServer;

beforeAll(async () => {
  if (hasRabbit) rabbitServer = await launchRabbitMq();
  if (hasMqtt) mqttServer = await launchMosquitto();
}, 120_000);
afterAll(async () => {
  await watcher?.endAsync(true);
  await rabbitServer?.[Symbol.asyncDispose]();
  await mqttServer?.[Symbol.asyncDispose]();
});

const restart = async (server: RestartableServer): Promise<void> => {
  await server.stop();
  await server.start();
};

const openRabbit = (properties: Readonly<Record<string, string>> = {}): Promise<Binding> =>
  createComponent<Binding>(rabbit, {
    host: `amqp://guest:guest@${rabbitServer.address}`,
    queueName: "plain",
    durable: "true",
    reconnectWaitInSeconds: "1",
    ...properties,
  });

const openMqtt = (properties: Readonly<Record<string, string>> = {}): Promise<Binding> =>
  createComponent<Binding>(mqtt, {
    url: `mqtt://${mqttServer.address}`,
    topic: "plain",
    consumerID: `c${consumers++}`,
    ...properties,
  });
let consumers = 0;

/** What is seen at the MQTT broker, by topic. */
const seen = new Map<string, Buffer>();
let watcher: MqttClient | undefined;

async function watchAll(): Promise<MqttClient> {
  const client = connectMqtt(`mqtt://${mqttServer.address}`);
  client.on("message", (topic, payload) => seen.set(topic, payload));
  await client.subscribeAsync("#");
  return client;
}

/** What arrived in the queue `plain`, by the name that stands in its headers. */
const arrived = new Map<string, Buffer>();

bindingConformance({
  name: "rabbitmq",
  isAvailable: hasRabbit,
  operations: ["create"],
  open: openRabbit,
  nowhere: { host: "amqp://user:hidden@127.0.0.1:1" },
  output: {
    keepsBytes: true,
    write: (name, data) => ({ operation: "create", data, metadata: { name } }),
    async find(_binding, name) {
      if (arrived.has(name)) return arrived.get(name);
      const model = await connectRabbit(`amqp://${rabbitServer.address}`);
      const channel = await model.createChannel();
      for (;;) {
        const message = await channel.get("plain", { noAck: true });
        if (message === false) break;
        arrived.set(String(message.properties.headers?.name), message.content);
      }
      await model.close();
      return arrived.get(name);
    },
    refused: [
      ["a ttl that is no number", { operation: "create", metadata: { ttl: "x" } }, "ttl value"],
      ["no ttl at all", { operation: "create", metadata: { ttl: "0" } }, "higher than zero"],
      ["a priority", { operation: "create", metadata: { priority: "high" } }, "priority must be"],
    ],
  },
  input: { properties: (queueName) => ({ queueName }) },
  restart: () => restart(rabbitServer),
});

bindingConformance({
  name: "mqtt3",
  isAvailable: hasMqtt,
  operations: ["create"],
  open: openMqtt,
  output: {
    keepsBytes: true,
    // Retained, so that it can be looked at later.
    write: (topic, data) => ({ operation: "create", data, metadata: { topic, retain: "true" } }),
    async find(_binding, topic) {
      watcher ??= await watchAll();
      return seen.get(topic);
    },
    refused: [
      ["a topic with a wildcard", { operation: "create", metadata: { topic: "a/#" } }, "topic"],
    ],
  },
  input: { properties: (topic) => ({ topic, consumerID: topic }) },
  restart: () => restart(mqttServer),
});

describe.skipIf(!hasRabbit)("bindings.rabbitmq", () => {
  it("declares its queue, and sets properties of messages", async () => {
    await using binding = await openRabbit({
      queueName: "declared",
      ttlInSeconds: "60",
      maxPriority: "9",
      contentType: "application/json",
    });
    const metadata = { ttlInSeconds: "30", priority: "5", own: "ü" };
    await invoke(binding, { operation: "create", data: "{}", metadata });
    const model = await connectRabbit(`amqp://${rabbitServer.address}`);
    const channel = await model.createChannel();
    await channel.assertQueue("declared", {
      durable: true,
      arguments: { "x-message-ttl": 60_000, "x-max-priority": 9 },
    });
    const message = await channel.get("declared", { noAck: true });
    await model.close();
    expect(message === false ? undefined : message.properties).toMatchObject({
      deliveryMode: 2,
      contentType: "application/json",
      expiration: "30000",
      priority: 5,
      headers: metadata,
    });
  });

  it("shows headers that are text, by names as in a query", async () => {
    await using binding = await openRabbit({ queueName: "headers" });
    using reading = await Reading.start(binding);
    const metadata = { plain: "a b", "odd name/ü": "<&>" };
    await invoke(binding, { operation: "create", data: "x", metadata });
    await expect.poll(() => reading.events.length, soon).toBe(1);
    expect([...(reading.events[0]?.metadata ?? [])]).toEqual([
      ["plain", "a b"],
      ["odd+name%2F%C3%BC", "<&>"],
    ]);
  });

  it("reads one message after the other, in order", async () => {
    await using binding = await openRabbit({ queueName: "ordered" });
    let atOnce = 0;
    let most = 0;
    using reading = await Reading.start(binding, async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
    });
    const texts = Array.from({ length: 50 }, (_, i) => `${i}`);
    for (const data of texts) await invoke(binding, { operation: "create", data });
    await expect.poll(() => reading.texts.length, soon).toBe(50);
    expect(reading.texts).toEqual(texts);
    expect(most).toBe(1);
  });

  it("refuses a queue that is there with other properties", async () => {
    await using _binding = await openRabbit({ queueName: "fixed" });
    const other = openRabbit({ queueName: "fixed", ttlInSeconds: "5" });
    await expect(other).rejects.toThrow("PRECONDITION_FAILED");
  });

  it.each([
    [{ queueName: "" }, "missing queueName"],
    [{ host: "" }, "missing host"],
    [{ host: "http://x" }, "invalid RabbitMQ protocol"],
    [{ ttlInSeconds: "x" }, "cannot parse 'ttlInSeconds' as int"],
  ])("refuses %j", async (properties, message) => {
    await expect(openRabbit(properties)).rejects.toThrow(message);
  });
});

describe.skipIf(!hasMqtt)("bindings.mqtt3", () => {
  it("names the topic that a pattern matched", async () => {
    await using binding = await openMqtt({ topic: "many/+/end", consumerID: "patterns" });
    using reading = await Reading.start(binding);
    await invoke(binding, { operation: "create", data: "x", metadata: { topic: "many/ü/end" } });
    await expect.poll(() => reading.events.length, soon).toBe(1);
    expect([...(reading.events[0]?.metadata ?? [])]).toEqual([["topic", "many/ü/end"]]);
  });

  it("says that there is no broker, but no password", async () => {
    await using binding = await openMqtt({ url: "mqtt://user:hidden@127.0.0.1:1" });
    const attempt = invoke(binding, { operation: "create", data: "x" });
    await expect(attempt).rejects.toThrow("ECONNREFUSED");
    await expect(attempt).rejects.not.toThrow("hidden");
    await expect(Reading.start(binding)).rejects.toThrow("ECONNREFUSED");
  });

  it.each([
    [{ url: "" }, "missing url"],
    [{ url: "http://x" }, "invalid url"],
    [{ topic: "" }, "missing topic"],
    [{ consumerID: "" }, "missing consumerID"],
  ])("refuses %j", async (properties, message) => {
    await expect(openMqtt(properties)).rejects.toThrow(message);
  });
});
