/** The RabbitMQ component on a real broker: the suite, and what it leaves there. */
import { chmodSync } from "node:fs";
import { type ChannelModel, connect } from "amqplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/pubsub/rabbitmq.ts";
import { freePort, Scratch } from "../launch.ts";
import { hasRabbitMq, launchRabbitMq } from "../servers/rabbitmq.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { numbers, publish, receive, settle, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = await hasRabbitMq();
const authority = new TestAuthority();
const scratch = new Scratch();
const client = authority.issue("spiffe://rabbit/client");
/** What the broker makes of the certificates here: their subject. */
const clientUser = "O=tricorne test";
let server: RestartableServer;
let securePort: number;

/** Listens with TLS too, where a certificate names the user. */
async function launchSecure(): Promise<RestartableServer> {
  securePort = await freePort();
  // The broker is another user when root starts it.
  chmodSync(scratch.path, 0o755);
  const file = (name: string, text: string): string => {
    const path = scratch.write(name, text);
    chmodSync(path, 0o644);
    return path;
  };
  const own = authority.issue("spiffe://rabbit/server,IP:127.0.0.1");
  const all = { vhost: "/", configure: ".*", write: ".*", read: ".*" };
  const definitions = {
    vhosts: [{ name: "/" }],
    users: ["guest", clientUser].map((name) => ({ name, password: "guest", tags: "" })),
    permissions: ["guest", clientUser].map((user) => ({ user, ...all })),
  };
  return await launchRabbitMq({
    plugins: ["rabbitmq_auth_mechanism_ssl"],
    lines: [
      `listeners.ssl.1 = 127.0.0.1:${securePort}`,
      `ssl_options.cacertfile = ${file("root.pem", authority.root)}`,
      `ssl_options.certfile = ${file("own.pem", own.cert)}`,
      `ssl_options.keyfile = ${file("own.key", own.key)}`,
      "ssl_options.verify = verify_peer",
      "ssl_options.fail_if_no_peer_cert = true",
      "auth_mechanisms.1 = PLAIN",
      "auth_mechanisms.2 = EXTERNAL",
      "ssl_cert_login_from = distinguished_name",
      `load_definitions = ${file("definitions.json", JSON.stringify(definitions))}`,
    ],
  });
}

beforeAll(async () => {
  if (isAvailable) server = await launchSecure();
}, 120_000);
afterAll(async () => {
  if (isAvailable) await server[Symbol.asyncDispose]();
  for (const disposable of [authority, scratch]) disposable[Symbol.dispose]();
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

  it("refuses names that the broker refuses, and goes on with the others", async () => {
    await using broker = await open("strict");
    const longName = "x".repeat(256);
    await publish(broker, "good", "x");
    for (const [topic, reason] of [
      [longName, "the name of the exchange is longer than 255 bytes"],
      ["amq.reserved", "ACCESS_REFUSED"],
    ] as const) {
      const refused = expect(publish(broker, topic, "x")).rejects.toThrow(reason);
      await Promise.all([refused, publish(broker, "good", "x"), publish(broker, "better", "x")]);
      await publish(broker, `new after ${topic.slice(0, 9)}`, "x");
    }
    const metadata = { routingKey: longName };
    await expect(publish(broker, "good", "x", metadata)).rejects.toThrow("routing key");
  });

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

describe.skipIf(!isAvailable)("RabbitMQ over TLS", () => {
  const secure = (properties: Readonly<Record<string, string>> = {}) =>
    open("secure", {
      connectionString: `amqps://127.0.0.1:${securePort}`,
      caCert: authority.root,
      clientCert: client.cert,
      clientKey: client.key,
      ...properties,
    });

  it.each([
    ["a password", {}],
    ["the certificate alone", { saslExternal: "true" }],
  ])("publishes and subscribes with %s", async (_with, properties) => {
    await using broker = await secure(properties);
    await using received = await receive(broker, "secure");
    await publish(broker, "secure", "text");
    await expect.poll(() => received.texts, soon).toEqual(["text"]);
  });

  it("refuses what is wrong", async () => {
    using stranger = new TestAuthority();
    const { cert, key } = stranger.issue("spiffe://rabbit/client");
    const place = `127.0.0.1:${securePort}`;
    const wrong: readonly [Readonly<Record<string, string>>, RegExp][] = [
      [{ connectionString: `amqps://guest:hidden@${place}` }, /ACCESS_REFUSED|access refused|403/i],
      [{ caCert: stranger.root }, /self[- ]signed|unable to/i],
      [{ clientCert: cert, clientKey: key }, /alert|closed|reset|ended/i],
      [{ clientCert: "", clientKey: "" }, /alert|closed|reset|ended/i],
      [{ connectionString: `amqps://localhost:${securePort}` }, /altnames|localhost/],
    ];
    for (const [more, why] of wrong) {
      const opening = secure(more);
      await expect(opening).rejects.toThrow(why);
      await expect(opening).rejects.not.toThrow(/hidden/);
    }
  });
});
