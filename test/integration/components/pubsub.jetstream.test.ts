/** The JetStream component on a real NATS server: the suite, what it leaves there, and outages. */
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection, nkeys } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/pubsub/jetstream.ts";
import { UnreadableError } from "../../../src/kit/errors/unreadable-error.ts";
import { freePort, Scratch } from "../launch.ts";
import { hasNats, launchNats } from "../servers/nats.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { pubSubConformance } from "./conformance/pubsub.ts";
import { Gate, numbers, publish, receive, settle, soon } from "./pubsub-context.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = await hasNats();
let server: RestartableServer;
let raw: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  if (!isAvailable) return;
  server = await launchNats();
  raw = await connect({
    servers: server.address,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
  });
  manager = await jetstreamManager(raw);
  await manager.streams.add({ name: "suite", subjects: ["*"] });
});
afterAll(async () => {
  if (!isAvailable) return;
  await raw.close();
  await server[Symbol.asyncDispose]();
});

const open = (properties: Readonly<Record<string, string>> = {}, logger = new RecordedLog()) =>
  createStore(component, { natsURL: `nats://${server.address}`, ...properties }, { logger });

pubSubConformance({
  name: "jetstream",
  isAvailable,
  traits: {
    keepsMetadata: false,
    isDurable: true,
    serial: {},
    concurrency: 1,
    isShared: true,
    sharesGroups: true,
    oddTopics: ["ü😀", "a/b", "';DROP", "__proto__", "%2F", "x".repeat(150)],
  },
  open: (consumerId, properties) =>
    open({
      ackWait: "3s",
      // One consumer is for one topic: the first instance of the suite, which has many, has none that lasts.
      ...(consumerId === "group" ? {} : { durableName: consumerId, queueGroupName: "members" }),
      ...properties,
    }),
  async restart() {
    await server.stop();
    await server.start();
  },
});

describe.skipIf(!isAvailable)("JetStream", () => {
  let streams = 0;
  const addStream = async (): Promise<string> => {
    const name = `s${streams++}`;
    await manager.streams.add({ name, subjects: [`${name}.>`] });
    return name;
  };

  it("configures its consumer as the original, with what is set and nothing else", async () => {
    const stream = await addStream();
    await using broker = await open({
      streamName: stream,
      durableName: "lasting",
      startTime: "1700000000",
      deliverPolicy: "time",
      ackWait: "7",
      maxDeliver: "9",
      maxAckPending: "11",
      replicas: "1",
      memoryStorage: "yes",
      rateLimit: "1000000",
      heartbeat: "20s",
      flowControl: "true",
      ackPolicy: "all",
    });
    await using _received = await receive(broker, `${stream}.a.*`);
    const { config } = await manager.consumers.info(stream, "lasting");
    expect(config).toMatchObject({
      durable_name: "lasting",
      deliver_policy: "by_start_time",
      opt_start_time: "2023-11-14T22:13:20Z",
      ack_policy: "all",
      ack_wait: 7e9,
      max_deliver: 9,
      max_ack_pending: 11,
      num_replicas: 1,
      mem_storage: true,
      rate_limit_bps: 1_000_000,
      idle_heartbeat: 20e9,
      flow_control: true,
      filter_subject: `${stream}.a.*`,
      replay_policy: "instant",
    });
    expect(config.deliver_subject).toMatch(/^_INBOX\./);
    await using plain = await open({ durableName: "plain" });
    await using _plain = await receive(plain, `${stream}.b`);
    const { config: rest } = await manager.consumers.info(stream, "plain");
    expect(rest).toMatchObject({ deliver_policy: "all", ack_policy: "explicit" });
    expect(rest.deliver_group).toBeUndefined();
  });

  it("joins a lasting consumer that somebody else has made, and refuses another one", async () => {
    const stream = await addStream();
    const made = await manager.consumers.add(stream, {
      durable_name: "made",
      deliver_subject: "_INBOX.made",
      deliver_group: "members",
      ack_policy: "explicit",
      filter_subject: `${stream}.a`,
    });
    await using broker = await open({ durableName: "made", queueGroupName: "members" });
    await using received = await receive(broker, `${stream}.a`);
    await publish(broker, `${stream}.a`, "1");
    await expect.poll(() => received.texts, soon).toEqual(["1"]);
    const now = await manager.consumers.info(stream, "made");
    expect(now.config).toEqual(made.config);
    await expect(receive(broker, `${stream}.b`)).rejects.toThrow(
      `nats: consumer name already in use: creating consumer "made" on stream "${stream}"`,
    );
    await using alone = await open({ durableName: "alone" });
    await using _first = await receive(alone, `${stream}.c`);
    await using second = await open({ durableName: "alone" });
    await expect(receive(second, `${stream}.c`)).rejects.toThrow("already bound");
    await expect(receive(second, "nothing.here")).rejects.toThrow(
      "nats: no stream matches subject",
    );
  });

  it("tells the server the id of an event, by which it knows a message again", async () => {
    const stream = await addStream();
    await using broker = await open();
    await using received = await receive(broker, `${stream}.>`);
    const event = JSON.stringify({ data: { id: "inner" }, id: "e1", specversion: "1.0" });
    await publish(broker, `${stream}.a`, event);
    await publish(broker, `${stream}.a`, event);
    await publish(broker, `${stream}.b`, "no event");
    await publish(broker, `${stream}.b`, '{"id":7}');
    await publish(broker, `${stream}.b`, '{"id":"line\\nbreak"}');
    await expect.poll(() => received.texts.length, soon).toBe(4);
    expect(received.messages.map(({ topic, metadata }) => [topic, metadata?.get("Topic")])).toEqual(
      ["a", "b", "b", "b"].map((last) => [`${stream}.>`, `${stream}.${last}`]),
    );
    const stored = await Promise.all(
      [1, 2].map((seq) => manager.streams.getMessage(stream, { seq })),
    );
    expect(stored.map((message) => message?.header.get("Nats-Msg-Id"))).toEqual(["e1", ""]);
    expect(stored[1]?.header.keys()).toEqual([]);
    const nobody = publish(broker, "nobody.listens", "x");
    await expect(nobody).rejects.toThrow("nats: no response from stream");
    await expect(publish(broker, "a b", "x")).rejects.toThrow("nats: illegal subject: 'a b'");
  });

  it("reads what another sidecar published, and leaves bytes as they are", async () => {
    const stream = await addStream();
    const other = jetstream(raw);
    const event = Buffer.from('{"data":"ü","id":"1","specversion":"1.0"}');
    await other.publish(`${stream}.a`, event, { msgID: "1" });
    await other.publish(`${stream}.a`, Buffer.of(0, 255));
    await using broker = await open({ durableName: "reader" });
    await using received = await receive(broker, `${stream}.a`);
    await publish(broker, `${stream}.a`, Uint8Array.of(255, 0));
    await expect.poll(() => received.messages.length, soon).toBe(3);
    const bytes = received.messages.map(({ data }) => [...data]);
    expect(bytes).toEqual([[...event], [0, 255], [255, 0]]);
    expect(received.messages[0]?.metadata).toEqual(new Map([["Topic", `${stream}.a`]]));
    const written = await manager.streams.getMessage(stream, { seq: 3 });
    expect([...(written?.data ?? [])]).toEqual([255, 0]);
    // Confirmed: nothing waits for an answer.
    const pending = async () => (await manager.consumers.info(stream, "reader")).num_ack_pending;
    await expect.poll(pending, soon).toBe(0);
  });

  it("starts where the delivery policy says", async () => {
    const stream = await addStream();
    await using broker = await open({ deliverPolicy: "sequence", startSequence: "3" });
    await using last = await open({ deliverPolicy: "last" });
    await using fresh = await open({ deliverPolicy: "new" });
    for (const text of numbers(5)) await publish(broker, `${stream}.a`, text);
    await using fromThird = await receive(broker, `${stream}.a`);
    await using fromLast = await receive(last, `${stream}.a`);
    await using fromNow = await receive(fresh, `${stream}.a`);
    await publish(broker, `${stream}.a`, "new");
    await expect.poll(() => fromThird.texts, soon).toEqual(["2", "3", "4", "new"]);
    await expect.poll(() => fromLast.texts, soon).toEqual(["4", "new"]);
    await expect.poll(() => fromNow.texts, soon).toEqual(["new"]);
  });

  it("sends what the app refuses again, and nothing when that counts as done", async () => {
    const stream = await addStream();
    const fail = () => Promise.reject(new Error("no"));
    const logger = new RecordedLog();
    await using broker = await open({ durableName: "again" }, logger);
    await using again = await receive(broker, `${stream}.a`, fail);
    await publish(broker, `${stream}.a`, "x");
    await expect.poll(() => again.texts.length, soon).toBeGreaterThan(2);
    expect(logger.lines.join()).toContain(`Error processing JetStream message ${stream}.a/1: no`);
    const { num_ack_pending: pending } = await manager.consumers.info(stream, "again");
    expect(pending).toBe(1);
    await using done = await open({ durableName: "done", ackOnFailure: "true" });
    await using once = await receive(done, `${stream}.a`, fail);
    const left = async () => (await manager.consumers.info(stream, "done")).num_ack_pending;
    await expect.poll(() => once.texts, soon).toEqual(["x"]);
    await expect.poll(left, soon).toBe(0);
    expect(once.texts).toEqual(["x"]);
  });

  it("gives up what nobody can read", async () => {
    const stream = await addStream();
    await using broker = await open({ durableName: "unreadable" });
    await using received = await receive(broker, `${stream}.a`, () =>
      Promise.reject(new UnreadableError("no event")),
    );
    await publish(broker, `${stream}.a`, "x");
    const left = async () => {
      const info = await manager.consumers.info(stream, "unreadable");
      return info.num_ack_pending + info.num_pending + (1 - info.delivered.stream_seq);
    };
    await expect.poll(left, soon).toBe(0);
    expect(received.texts).toEqual(["x"]);
  });

  it("tells the server that it works on what waits and what is being handled", async () => {
    const stream = await addStream();
    const gate = new Gate();
    const told = new Map<string, number>();
    raw.subscribe(`$JS.ACK.${stream}.slow.>`, {
      callback: (_error, message) => {
        const sequence = message.subject.split(".")[5] ?? "";
        if (message.string() === "+WPI") told.set(sequence, (told.get(sequence) ?? 0) + 1);
      },
    });
    await using broker = await open({ durableName: "slow", ackWait: "1s" });
    await using received = await receive(broker, `${stream}.a`, gate.handle);
    for (const text of numbers(3)) await publish(broker, `${stream}.a`, text);
    await expect.poll(() => gate.entered, soon).toBe(1);
    const isTold = () => ["1", "2", "3"].every((sequence) => (told.get(sequence) ?? 0) >= 4);
    await expect.poll(isTold, soon).toBe(true);
    gate.open();
    await expect.poll(() => new Set(received.texts).size, soon).toBe(3);
  });

  it("delivers side by side when told to, within maxAckPending", async () => {
    const stream = await addStream();
    const gate = new Gate();
    const properties = { concurrencyMode: "parallel", maxAckPending: "7" };
    await using broker = await open(properties);
    await using received = await receive(broker, `${stream}.a`, gate.handle);
    for (const text of numbers(20)) await publish(broker, `${stream}.a`, text);
    await expect.poll(() => gate.entered, soon).toBe(7);
    await settle();
    expect(gate.entered).toBe(7);
    gate.open();
    await expect.poll(() => received.texts.length, soon).toBe(20);
  });

  it("works without confirmations, and with flow control and heartbeats", async () => {
    const stream = await addStream();
    await using none = await open({ ackPolicy: "none" });
    await using unconfirmed = await receive(none, `${stream}.a`);
    await using flowing = await open({ flowControl: "true", heartbeat: "200ms" });
    await using flow = await receive(flowing, `${stream}.a`);
    const big = "x".repeat(20_000);
    for (const text of numbers(1000)) await none.publish(event(`${stream}.a`, text + big));
    const leading = (texts: readonly string[]) => texts.map((text) => text.replace(big, ""));
    await expect.poll(() => unconfirmed.texts.length, soon).toBe(1000);
    await expect.poll(() => flow.texts.length, soon).toBe(1000);
    expect(leading(unconfirmed.texts)).toEqual(numbers(1000));
    expect(leading(flow.texts)).toEqual(numbers(1000));
  });

  it("makes a consumer that is gone again, and loses nothing", async () => {
    const stream = await addStream();
    await using broker = await open();
    await using received = await receive(broker, `${stream}.a`);
    for (const text of numbers(10)) await publish(broker, `${stream}.a`, text);
    await expect.poll(() => received.texts.length, soon).toBe(10);
    const [consumer] = await manager.consumers.list(stream).next();
    await manager.consumers.delete(stream, consumer?.name ?? "");
    await publish(broker, `${stream}.a`, "meanwhile");
    await server.stop();
    await server.start();
    await expect.poll(() => received.texts, soon).toContain("meanwhile");
    expect(received.texts).toEqual([...numbers(10), "meanwhile"]);
  });

  it("gives back what it holds when it ends", async () => {
    const stream = await addStream();
    const gate = new Gate();
    const properties = { durableName: "back", queueGroupName: "members" };
    await using first = await open(properties);
    const received = await receive(first, `${stream}.a`, gate.handle);
    for (const text of numbers(10)) await publish(first, `${stream}.a`, text);
    await expect.poll(() => gate.entered, soon).toBe(1);
    const ended = received[Symbol.asyncDispose]();
    gate.open();
    await ended;
    await using second = await open(properties);
    await using rest = await receive(second, `${stream}.a`);
    // Long before the 30 s after which the server would send them again.
    await expect.poll(() => rest.texts.toSorted(), soon).toEqual(numbers(10).slice(1));
  });

  it.each<[string, Record<string, string>, string]>([
    ["no URL", { natsURL: "" }, "missing nats URL"],
    ["another scheme", { natsURL: "http://u:hidden@x" }, "invalid nats URL"],
    ["a jwt without key", { jwt: "x" }, "missing seed key"],
    ["a key without jwt", { seedKey: "hidden" }, "missing jwt"],
    ["a certificate without key", { tls_client_cert: "x" }, "missing tls client key"],
    ["a key without certificate", { tls_client_key: "x" }, "missing tls client cert"],
    [
      "a delivery policy",
      { deliverPolicy: "x" },
      "deliver policy x is not one of: all, last, new, sequence, time",
    ],
    ["a concurrency mode", { concurrencyMode: "x" }, "invalid concurrencyMode x"],
    ["no number", { maxDeliver: "x" }, "cannot parse 'maxDeliver' as int"],
    ["less than nothing", { startSequence: "-1" }, "invalid startSequence: -1"],
    ["no duration", { ackWait: "soon" }, "error decoding 'ackWait'"],
    ["nobody there", { natsURL: "nats://u:hidden@127.0.0.1:1" }, "127.0.0.1:1"],
  ])("refuses %s", async (_name, given, text) => {
    const logger = new RecordedLog();
    const opened = open(given, logger);
    await expect(opened).rejects.toThrow(text);
    await expect(opened).rejects.not.toThrow("hidden");
    expect(logger.lines.join("\n")).not.toContain("hidden");
  });
});

describe.skipIf(!isAvailable)("NATS with credentials", () => {
  it("takes a token and a user of the URL, and says when they are wrong", async () => {
    await using guarded = await launchNats([`authorization { token: "t0ken" }`]);
    const properties = { natsURL: guarded.address };
    await using withToken = await open({ ...properties, token: "t0ken" });
    await withToken.ping?.();
    await expect(open({ ...properties, token: "wr0ng" })).rejects.toThrow(/authorization/i);
    await expect(open({ ...properties, token: "wr0ng" })).rejects.not.toThrow("wr0ng");
    await using users = await launchNats([`authorization { user: "me", password: "p@ss" }`]);
    const url = `nats://127.0.0.1:${await freePort()},nats://me:p%40ss@${users.address}`;
    await using withUser = await open({ natsURL: url });
    await withUser.ping?.();
  });

  it("signs with the seed of a jwt", async () => {
    const [operator, account, system] = [
      nkeys.createOperator(),
      nkeys.createAccount(),
      nkeys.createAccount(),
    ];
    const [user, other] = [nkeys.createUser(), nkeys.createUser()];
    const limits = { subs: -1, data: -1, payload: -1 };
    const accountLimits = {
      ...limits,
      imports: -1,
      exports: -1,
      wildcards: true,
      conn: -1,
      leaf: -1,
    };
    const resolved = [account, system].map((pair) => {
      const key = pair.getPublicKey();
      return `${key}: ${signed(operator, key, { limits: accountLimits, type: "account" })}`;
    });
    await using guarded = await launchNats([
      `operator: ${signed(operator, operator.getPublicKey(), { type: "operator" })}`,
      `system_account: ${system.getPublicKey()}`,
      "resolver: MEMORY",
      `resolver_preload: { ${resolved.join(", ")} }`,
    ]);
    const jwt = signed(account, user.getPublicKey(), { ...limits, type: "user" });
    const seed = (pair: typeof user) => Buffer.from(pair.getSeed()).toString();
    const properties = { natsURL: guarded.address, jwt };
    await using broker = await open({ ...properties, seedKey: seed(user) });
    await broker.ping?.();
    const wrong = open({ ...properties, seedKey: seed(other) });
    await expect(wrong).rejects.toThrow(/authorization/i);
  });

  it("shows a certificate", async () => {
    using authority = new TestAuthority();
    using scratch = new Scratch();
    const leaf = authority.issue("spiffe://nats,IP:127.0.0.1");
    const file = (name: string, text: string) => scratch.write(name, text);
    const [cert, key] = [file("cert.pem", leaf.cert), file("key.pem", leaf.key)];
    const root = file("root.pem", authority.root);
    await using secure = await launchNats([
      `tls { cert_file: "${cert}", key_file: "${key}", ca_file: "${root}", verify: true }`,
    ]);
    const properties = { tls_client_cert: cert, tls_client_key: key };
    const natsURL = `tls://${secure.address}`;
    await expect(open({ natsURL, ...properties })).rejects.toThrow(/certificate/);
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, authority.root]);
    try {
      await using broker = await open({ natsURL, ...properties });
      await broker.ping?.();
      await using unverified = await launchNats([
        `tls { cert_file: "${cert}", key_file: "${key}" }`,
      ]);
      await using upgraded = await open({ natsURL: unverified.address });
      await upgraded.ping?.();
      const another = authority.issue("spiffe://nats,IP:127.0.0.2");
      const [otherCert, otherKey] = [file("2.pem", another.cert), file("2.key", another.key)];
      await using wrong = await launchNats([
        `tls { cert_file: "${otherCert}", key_file: "${otherKey}" }`,
      ]);
      await expect(open({ natsURL: wrong.address })).rejects.toThrow("altnames");
    } finally {
      setDefaultCACertificates(before);
    }
    const missing = { ...properties, tls_client_key: `${key}.missing` };
    await expect(open({ natsURL, ...missing })).rejects.toThrow("ENOENT");
  });
});

/** A token as NATS wants it, of what `issuer` says about `subject`. */
function signed(
  issuer: ReturnType<typeof nkeys.createUser>,
  subject: string,
  claims: Readonly<Record<string, unknown>>,
): string {
  const encode = (bytes: string | Uint8Array) => Buffer.from(bytes).toString("base64url");
  const header = encode('{"typ":"JWT","alg":"ed25519-nkey"}');
  const iat = Math.floor(Date.now() / 1000) - 60;
  const body = { jti: "x", iat, iss: issuer.getPublicKey(), name: "test", sub: subject };
  const text = `${header}.${encode(JSON.stringify({ ...body, nats: { ...claims, version: 2 } }))}`;
  return `${text}.${encode(issuer.sign(Buffer.from(text)))}`;
}

const event = (topic: string, text: string) => ({
  topic,
  data: Buffer.from(text),
  contentType: undefined,
  metadata: undefined,
});
