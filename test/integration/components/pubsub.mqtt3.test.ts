/** The MQTT broker component on Mosquitto. */
import { once } from "node:events";
import { chmodSync } from "node:fs";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { connect } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/pubsub/mqtt3.ts";
import { runToEnd, Scratch } from "../launch.ts";
import { hasMosquitto, launchMosquitto } from "../servers/mosquitto.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { Gate, numbers, publish, receive, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = await hasMosquitto();

/** What may be unconfirmed: Mosquitto's own limit, or that of the client. */
const windows = [
  { protocolVersion: "4", concurrency: 20 },
  { protocolVersion: "5", concurrency: 100 },
];

for (const { protocolVersion, concurrency } of windows) {
  let server: RestartableServer | undefined;
  pubSubConformance({
    name: `mqtt3, protocol version ${protocolVersion}`,
    isAvailable,
    traits: {
      keepsMetadata: false,
      isDurable: true,
      serial: undefined,
      concurrency,
      isShared: true,
      sharesGroups: false,
      wildcard: { pattern: "/+/x", matching: "/a/x", other: "/a/y", reports: "topic" },
      oddTopics: [" ", "ü😀", "a b/c", "//", "'; DROP", "__proto__", "x".repeat(200)],
    },
    async open(consumerID, properties) {
      server ??= await launchMosquitto();
      const url = `mqtt://${server.address}`;
      return await createStore(component, { url, consumerID, protocolVersion, ...properties });
    },
    async restart() {
      await server?.stop();
      await server?.start();
    },
    close: async () => void (await server?.[Symbol.asyncDispose]()),
  });
}

describe.skipIf(!isAvailable)("MQTT", () => {
  let server: RestartableServer;
  beforeAll(async () => {
    server = await launchMosquitto();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const open = (consumerID: string, properties: Readonly<Record<string, string>> = {}) =>
    createStore(component, { url: `tcp://${server.address}`, consumerID, ...properties });

  it("keeps what came while nobody was there, as often as nobody has confirmed it", async () => {
    const first = await open("absent");
    const gate = new Gate();
    const received = await receive(first, "absent/#", gate.handle);
    await publish(first, "absent/1", "read and not confirmed");
    await expect.poll(() => gate.entered, soon).toBe(1);
    received.abort.abort(new Error("context canceled"));
    await first[Symbol.asyncDispose]();
    await using other = await open("other");
    await publish(other, "absent/2", "queued");
    await using again = await open("absent");
    await using received2 = await receive(again, "absent/#");
    const expected = ["queued", "read and not confirmed"];
    await expect.poll(() => received2.texts.toSorted(), soon).toEqual(expected);
  });

  it("refuses what is no topic at once, and goes on with the others", async () => {
    await using sender = await open("strict");
    for (const topic of ["a/+/b", "#", "a\0b"]) {
      const refused = expect(publish(sender, topic, "x")).rejects.toThrow(
        "mqtt error from publish: invalid topic",
      );
      await Promise.all([refused, publish(sender, "good", "x")]);
    }
  });

  it("forgets with cleanSession, and leaves where it is told to", async () => {
    await using sender = await open("sender");
    const first = await open("clean", { cleanSession: "true" });
    await using _first = await receive(first, "clean");
    await first[Symbol.asyncDispose]();
    await publish(sender, "clean", "missed");
    await using kept = await open("kept");
    const left = await receive(kept, "left", undefined, { unsubscribeOnClose: "true" });
    await left[Symbol.asyncDispose]();
    await publish(sender, "left", "missed");
    await using again = await receive(kept, "left");
    await publish(sender, "left", "there");
    await expect.poll(() => again.texts, soon).toEqual(["there"]);
  });

  it("shares subscriptions between clients, and says what was retained", async () => {
    await using sender = await open("retainer", { retain: "true" });
    await publish(sender, "kept", "old");
    await publish(sender, "not kept", "old", { retain: "false" });
    await using first = await open("share-1");
    await using second = await open("share-2");
    await using one = await receive(first, "$share/group/shared/+");
    await using two = await receive(second, "$share/group/shared/+");
    for (const text of numbers(50)) await publish(sender, `shared/${text}`, text);
    const all = () => [...one.texts, ...two.texts].toSorted((a, b) => +a - +b);
    await expect.poll(all, soon).toEqual(numbers(50));
    await using late = await receive(first, "kept");
    await using nothing = await receive(first, "not kept");
    await expect.poll(() => late.texts, soon).toEqual(["old"]);
    expect(late.messages[0]?.metadata).toEqual(new Map([["retained", "true"]]));
    await publish(sender, "kept", "new");
    await expect.poll(() => late.texts, soon).toEqual(["old", "new"]);
    expect(late.messages[1]?.metadata).toEqual(new Map([["retained", "false"]]));
    expect(nothing.texts).toEqual([]);
  });

  it.each(["4", "5"])(
    "lets messages that nobody takes hold up their own topic only, with protocol version %s",
    async (protocolVersion) => {
      await using broker = await open(`stuck${protocolVersion}`, { protocolVersion });
      const stuck = `stuck${protocolVersion}`;
      await using refused = await receive(broker, stuck, () => Promise.reject(new Error("no")));
      await using received = await receive(broker, `${stuck}/other`);
      // More than any window.
      for (const text of numbers(150)) await publish(broker, stuck, text);
      const window = protocolVersion === "4" ? 20 : 100;
      await expect.poll(() => new Set(refused.texts).size, soon).toBe(window);
      await publish(broker, `${stuck}/other`, "taken");
      await expect.poll(() => received.texts, soon).toEqual(["taken"]);
      expect(new Set(refused.texts).size).toBe(window);
    },
  );

  it("takes over what a session for all topics had waiting, and comes to share it", async () => {
    const shared = await open("moving", { sessionPerTopic: "false" });
    const before = await receive(shared, "moving/a");
    await shared[Symbol.asyncDispose]();
    await before[Symbol.asyncDispose]();
    await using other = await open("moving-sender");
    await publish(other, "moving/a", "queued");
    await using broker = await open("moving");
    await using one = await receive(broker, "moving/a");
    await using two = await receive(broker, "moving/a");
    await expect.poll(() => one.texts, soon).toEqual(["queued"]);
    await publish(other, "moving/a", "new");
    await expect.poll(() => [one.texts, two.texts], soon).toEqual([["queued", "new"], ["new"]]);
    await one[Symbol.asyncDispose]();
    await publish(other, "moving/a", "newer");
    await expect.poll(() => two.texts, soon).toEqual(["new", "newer"]);
    expect(one.texts).toEqual(["queued", "new"]);
  });

  it("shares one session where the broker lets in no other", async () => {
    let isTaken = false;
    const strict = createServer((socket) => {
      socket.on("error", () => {});
      if (isTaken) {
        socket.destroy();
        return;
      }
      isTaken = true;
      const upstream = createConnection(server.port, "127.0.0.1");
      upstream.on("error", () => {}).on("close", () => socket.destroy());
      socket.on("close", () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
    await once(strict.listen(0, "127.0.0.1"), "listening");
    await using _strict = { [Symbol.asyncDispose]: async () => void strict.close() };
    const { port } = strict.address() as AddressInfo;
    const logger = new RecordedLog();
    const given = { url: `mqtt://127.0.0.1:${port}`, consumerID: "only" };
    await using broker = await createStore(component, given, { logger });
    await using one = await receive(broker, "one");
    await using two = await receive(broker, "two");
    await publish(broker, "one", "1");
    await publish(broker, "two", "2");
    await expect.poll(() => [one.texts, two.texts], soon).toEqual([["1"], ["2"]]);
    expect(logger.lines.join("\n")).toMatch(
      /one shares a session with other topics.*two shares a session with other topics/s,
    );
  });

  it.each(["0", "2"])("works with QoS %s", async (qos) => {
    await using broker = await open(`qos${qos}`, { qos });
    let failures = 0;
    await using received = await receive(broker, `qos${qos}/#`, async () => {
      if (failures++ === 0) throw new Error("no");
    });
    await publish(broker, `qos${qos}/a`, "first");
    await expect.poll(() => received.texts.length, soon).toBe(qos === "0" ? 1 : 2);
    for (const text of numbers(200)) await publish(broker, `qos${qos}/a`, text);
    await expect.poll(() => new Set(received.texts).size, soon).toBe(201);
  });

  it("publishes payload and topic as they are, without properties", async () => {
    const client = connect(`mqtt://${server.address}`, { protocolVersion: 5 });
    const packet = new Promise((resolve) => client.on("message", (_t, _p, p) => resolve(p)));
    await client.subscribeAsync("plain/ü", { qos: 1 });
    await using broker = await open("plain", { protocolVersion: "5" });
    await publish(broker, "plain/ü", "data", { some: "metadata" });
    const arrived = await packet;
    expect(arrived).toMatchObject({ topic: "plain/ü", qos: 1, retain: false });
    expect(arrived).not.toHaveProperty("properties");
    await client.endAsync();
  });

  it("reads what another sidecar published, bytes as they are", async () => {
    await using broker = await open("reader");
    await using received = await receive(broker, "foreign/+");
    const client = connect(`mqtt://${server.address}`, { protocolVersion: 4 });
    const event = Buffer.from('{"data":"ü","id":"1","specversion":"1.0"}');
    await client.publishAsync("foreign/ü", event, { qos: 1 });
    await client.publishAsync("foreign/b", Buffer.of(0, 255), { qos: 0, retain: true });
    await client.endAsync();
    await expect.poll(() => received.messages.length, soon).toBe(2);
    expect(received.messages).toEqual([
      { topic: "foreign/ü", data: event, metadata: new Map([["retained", "false"]]) },
      { topic: "foreign/b", data: Buffer.of(0, 255), metadata: new Map([["retained", "false"]]) },
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["no url", {}, "missing url"],
    ["another scheme", { url: "http://127.0.0.1:1" }, "invalid url"],
    ["another QoS", { url: "mqtt://127.0.0.1:1", qos: "3" }, "invalid qos: 3"],
    ["no number", { url: "mqtt://127.0.0.1:1", qos: "x" }, "cannot parse 'qos' as int"],
    ["nobody there", { url: "mqtt://user:hidden@127.0.0.1:1" }, "connect ECONNREFUSED 127.0.0.1:1"],
  ])("refuses %s", async (_name, given, text) => {
    const logger = new RecordedLog();
    const opened = createStore(component, { consumerID: "c", ...given }, { logger });
    await expect(opened).rejects.toThrow(text);
    await expect(opened).rejects.not.toThrow("hidden");
    expect(logger.lines.join("\n")).not.toContain("hidden");
  });
});

describe.skipIf(!isAvailable)("MQTT over TLS, with users", () => {
  const authority = new TestAuthority();
  const scratch = new Scratch();
  const client = authority.issue("spiffe://mqtt/client");
  let server: RestartableServer;
  let given: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const own = authority.issue("spiffe://mqtt/server,IP:127.0.0.1");
    // The broker is another user when root starts it.
    const file = (name: string, text: string): string => {
      const path = scratch.write(name, text);
      chmodSync(path, 0o644);
      return path;
    };
    chmodSync(scratch.path, 0o755);
    const passwords = file("passwords", "");
    const added = await runToEnd("mosquitto_passwd", ["-b", passwords, "app", "pass word"]);
    expect(added.exit?.code, added.log).toBe(0);
    chmodSync(passwords, 0o644);
    server = await launchMosquitto((port) => [
      `listener ${port} 127.0.0.1`,
      `cafile ${file("root.pem", authority.root)}`,
      `certfile ${file("own.pem", own.cert)}`,
      `keyfile ${file("own.key", own.key)}`,
      "require_certificate true",
      "allow_anonymous false",
      `password_file ${passwords}`,
    ]);
    given = {
      url: `mqtts://app:pass%20word@${server.address}`,
      consumerID: "secure",
      caCert: authority.root,
      clientCert: client.cert,
      clientKey: client.key,
    };
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    for (const disposable of [authority, scratch]) disposable[Symbol.dispose]();
  });

  it.each(["4", "5"])(
    "publishes and subscribes with protocol version %s",
    async (protocolVersion) => {
      await using broker = await createStore(component, { ...given, protocolVersion });
      await using received = await receive(broker, "secure");
      await publish(broker, "secure", "text");
      await expect.poll(() => received.texts, soon).toEqual(["text"]);
    },
  );

  it("refuses what is wrong", async () => {
    using stranger = new TestAuthority();
    const { cert, key } = stranger.issue("spiffe://mqtt/client");
    const wrong: readonly [Readonly<Record<string, string>>, RegExp][] = [
      [{ url: `mqtts://app:no@${server.address}` }, /not authori[sz]ed|bad user/i],
      [{ url: `mqtts://${server.address}` }, /not authori[sz]ed|bad user/i],
      [{ caCert: stranger.root }, /self[- ]signed|unable to/i],
      [{ caCert: "" }, /self[- ]signed|unable to/i],
      [{ clientCert: cert, clientKey: key }, /alert|closed|reset/i],
      [{ clientCert: "", clientKey: "" }, /alert|closed|reset/i],
      [{ url: `mqtts://app:pass%20word@localhost:${server.port}` }, /altnames|localhost/],
    ];
    for (const [more, why] of wrong) {
      const opening = createStore(component, { ...given, ...more });
      await expect(opening).rejects.toThrow(why);
      await expect(opening).rejects.not.toThrow(/pass word|pass%20word/);
    }
  });
});
