/** The RabbitMQ component on a real broker: the suite, and what it leaves there. */
import { type ChannelModel, connect } from "amqplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/pubsub/rabbitmq.ts";
import { hasRabbitMq, launchRabbitMq } from "../servers/rabbitmq.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { numbers, publish, receive, settle, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = await hasRabbitMq();
let server: RestartableServer;

beforeAll(async () => {
  if (isAvailable) server = await launchRabbitMq();
}, 120_000);
afterAll(async () => {
  if (isAvailable) await server[Symbol.asyncDispose]();
});

const open = (consumerID: string, properties: Readonly<Record<string, string>> = {}) =>
  createStore(component, {
    connectionString: `amqp://guest:guest@${server.address}`,
    consumerID,
    reconnectWaitSeconds: "1",
    ...properties,
  });

pubSubConformance({
  name: "rabbitmq",
  isAvailable,
  traits: {
    keepsMetadata: false,
    isDurable: true,
    serial: { concurrencyMode: "single" },
    concurrency: 100,
    isShared: true,
    sharesGroups: true,
    oddTopics: [" ", "ü😀", "a b/c", "'; DROP", "__proto__", "x".repeat(150)],
  },
  open: (consumerId, properties) =>
    open(consumerId, { deletedWhenUnused: "false", deliveryMode: "2", ...properties }),
  async restart() {
    await server.stop();
    await server.start();
  },
});

describe.skipIf(!isAvailable)("RabbitMQ", () => {
  let raw: ChannelModel;
  beforeAll(async () => {
    raw = await connect(`amqp://guest:guest@${server.address}`);
    raw.on("error", () => {});
  });
  afterAll(() => raw.close().catch(() => {}));

  /** What the broker says to a declaration: nothing, when it is as there. */
  const declare = async (
    run: (channel: Awaited<ReturnType<ChannelModel["createChannel"]>>) => Promise<unknown>,
  ): Promise<string> => {
    const channel = await raw.createChannel();
    channel.on("error", () => {});
    try {
      await run(channel);
      await channel.close();
      return "as there";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("names and configures exchanges and queues as the original", async () => {
    await using broker = await open("app", { enableDeadLetter: "true", maxLen: "10" });
    await using _received = await receive(broker, "orders", undefined, {
      maxPriority: "300",
      singleActiveConsumer: "true",
    });
    const queue = "app-orders";
    const args = {
      "x-queue-type": "classic",
      "x-max-length": 10,
      "x-max-priority": 255,
      "x-single-active-consumer": true,
      "x-dead-letter-exchange": `dlx-${queue}`,
    };
    const flags = { durable: true, autoDelete: true };
    expect(await declare((c) => c.assertExchange("orders", "fanout", flags))).toBe("as there");
    expect(await declare((c) => c.assertQueue(queue, { ...flags, arguments: args }))).toBe(
      "as there",
    );
    expect(
      await declare((c) =>
        c.assertQueue(queue, { ...flags, arguments: { ...args, "x-max-length": 11 } }),
      ),
    ).toContain("PRECONDITION_FAILED");
    expect(
      await declare((c) => c.assertExchange(`dlx-${queue}`, "fanout", { durable: true })),
    ).toBe("as there");
    const lazy = { durable: true, arguments: { "x-queue-mode": "lazy" } };
    expect(await declare((c) => c.assertQueue(`dlq-${queue}`, lazy))).toBe("as there");
  });

  it("sets properties of messages, and shows them when asked to", async () => {
    await using broker = await open("props", { publishMessagePropertiesToMetadata: "true" });
    await using received = await receive(broker, "props");
    const channel = await raw.createChannel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    await channel.bindQueue(queue, "props", "");
    await publish(broker, "props", "a", {
      messageID: "m1",
      correlationId: "c1",
      TYPE: "t1",
      priority: "999",
      ttlInSeconds: "60",
      contentType: "application/json",
      other: "ignored",
    });
    await publish(broker, "props", "b");
    await expect.poll(() => received.texts, soon).toEqual(["a", "b"]);
    expect(Object.fromEntries(received.messages[0]?.metadata ?? [])).toEqual({
      "metadata.messageid": "m1",
      "metadata.correlationid": "c1",
      "metadata.type": "t1",
      "metadata.contenttype": "application/json",
    });
    expect(Object.fromEntries(received.messages[1]?.metadata ?? [])).toEqual({
      "metadata.contenttype": "text/plain",
    });
    const first = await channel.get(queue, { noAck: true });
    const properties = first === false ? undefined : first.properties;
    expect(properties).toMatchObject({
      messageId: "m1",
      correlationId: "c1",
      type: "t1",
      priority: 255,
      expiration: "60000",
      contentType: "application/json",
      headers: {},
    });
    expect(properties?.deliveryMode).toBeUndefined();
    await channel.close();
  });

  it("reads what another sidecar left in the queue of the group, as it is in the exchange", async () => {
    const channel = await raw.createChannel();
    const flags = { durable: true, autoDelete: true };
    await channel.assertExchange("left", "fanout", flags);
    await channel.assertQueue("heirs-left", { ...flags, arguments: { "x-queue-type": "classic" } });
    await channel.bindQueue("heirs-left", "left", "");
    const event = Buffer.from('{"data":"ü","id":"1","specversion":"1.0"}');
    channel.publish("left", "", event, { contentType: "text/plain", deliveryMode: 2 });
    channel.publish("left", "any key", Buffer.of(0, 255), { contentType: "text/plain" });
    await using broker = await open("heirs");
    await using received = await receive(broker, "left");
    await expect.poll(() => received.messages.length, soon).toBe(2);
    const bytes = received.messages.map(({ data }) => [...data]);
    expect(bytes).toEqual([[...event], [0, 255]]);
    expect(received.messages.map(({ topic }) => topic)).toEqual(["left", "left"]);
    // Confirmed, so that nobody gets it again.
    await expect
      .poll(async () => (await channel.checkQueue("heirs-left")).messageCount, soon)
      .toBe(0);
    await channel.close();
  });

  it("routes by keys", async () => {
    await using broker = await open("keys", { exchangeKind: "topic" });
    await using received = await receive(broker, "keyed", undefined, { routingKey: "a.*,b" });
    await publish(broker, "keyed", "1", { routingKey: "a.x" });
    await publish(broker, "keyed", "2", { routingKey: "c" });
    await publish(broker, "keyed", "3", { routingKey: "b" });
    await publish(broker, "keyed", "4");
    await expect.poll(() => received.texts, soon).toEqual(["1", "3"]);
  });

  it("puts failures where it is told to", async () => {
    const fail = async (): Promise<void> => {
      throw new Error("no");
    };
    await using broker = await open("dead", { enableDeadLetter: "true" });
    await using received = await receive(broker, "failing", fail);
    await publish(broker, "failing", "x");
    const channel = await raw.createChannel();
    const dead = async (): Promise<string> => {
      const message = await channel.get("dlq-dead-failing", { noAck: true });
      return message === false ? "nothing" : message.content.toString();
    };
    await expect.poll(dead, soon).toBe("x");
    expect(received.texts).toEqual(["x"]);
    await using requeueing = await open("again", { requeueInFailure: "true" });
    await using again = await receive(requeueing, "requeued", fail);
    await publish(requeueing, "requeued", "y");
    await expect.poll(() => again.texts.length, soon).toBeGreaterThan(3);
    await using dropping = await open("never", { requeueInFailure: "false" });
    await using never = await receive(dropping, "dropped", fail);
    await publish(dropping, "dropped", "z");
    await expect.poll(() => never.texts, soon).toEqual(["z"]);
    await settle();
    expect(never.texts).toEqual(["z"]);
    await channel.close();
  });

  it("works with quorum queues and after an exchange was deleted", async () => {
    await using broker = await open("quorum", { deletedWhenUnused: "false" });
    await using received = await receive(broker, "quorum", undefined, { queueType: "quorum" });
    for (const text of numbers(50)) await publish(broker, "quorum", text);
    await expect.poll(() => new Set(received.texts).size, soon).toBe(50);
    await publish(broker, "alone", "1");
    const channel = await raw.createChannel();
    await channel.deleteExchange("alone");
    await publish(broker, "alone", "2");
    await channel.checkExchange("alone");
    await channel.deleteQueue("quorum-quorum");
    await publish(broker, "quorum", "unheard");
    await expect
      .poll(async () => {
        await publish(broker, "quorum", "heard");
        return received.texts.includes("heard");
      }, soon)
      .toBe(true);
    await channel.close();
  });

  it.each<[string, Record<string, string>, string]>([
    ["another scheme", { connectionString: "http://x" }, "invalid RabbitMQ protocol"],
    ["no URL", { connectionString: "amqp//:hidden@x" }, "invalid RabbitMQ connection string"],
    ["a delivery mode", { deliveryMode: "3" }, "invalid RabbitMQ delivery mode"],
    ["an exchange kind", { exchangeKind: "x" }, "invalid RabbitMQ exchange kind x"],
    ["a concurrency mode", { concurrencyMode: "x" }, "invalid RabbitMQ concurrency mode x"],
    ["nobody there", { connectionString: "amqp://u:hidden@127.0.0.1:1" }, "ECONNREFUSED"],
  ])("refuses %s", async (_name, given, text) => {
    const logger = new RecordedLog();
    const opened = createStore(component, { consumerID: "c", ...given }, { logger });
    await expect(opened).rejects.toThrow(text);
    await expect(opened).rejects.not.toThrow("hidden");
    expect(logger.lines.join("\n")).not.toContain("hidden");
  });
});
