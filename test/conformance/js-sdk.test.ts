/** The official JavaScript SDK (npm @dapr/dapr) against our sidecars, over HTTP and over gRPC. */
import {
  CommunicationProtocolEnum,
  DaprClient,
  DaprServer,
  HttpMethod,
  LogLevel,
  StateConcurrencyEnum,
  StateConsistencyEnum,
} from "@dapr/dapr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, Scratch, type Sidecar } from "../integration/launch.ts";
import {
  callerResources,
  launchQuietly,
  redisAddress,
  secret,
  stores,
  uniqueId,
} from "./environment.ts";

const scratch = new Scratch();
const callerId = uniqueId("js-caller");
let caller: Sidecar;

beforeAll(async () => {
  const secretsFile = scratch.write(
    "secrets.json",
    JSON.stringify({ [secret.name]: secret.value }),
  );
  caller = await launchQuietly({
    appId: callerId,
    resources: callerResources(scratch.path, secretsFile),
  });
});

afterAll(async () => {
  await caller?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const logger = { level: LogLevel.Error };

interface Protocol {
  readonly name: "http" | "grpc";
  readonly protocol: CommunicationProtocolEnum;
  port(sidecar: Sidecar): number;
}

const protocols: readonly Protocol[] = [
  { name: "http", protocol: CommunicationProtocolEnum.HTTP, port: (s) => s.httpPort },
  { name: "grpc", protocol: CommunicationProtocolEnum.GRPC, port: (s) => s.grpcPort },
];

const clientOptions = ({ protocol, port }: Protocol, sidecar: Sidecar) => ({
  daprHost: "127.0.0.1",
  daprPort: `${port(sidecar)}`,
  communicationProtocol: protocol,
  logger,
});

if (!redisAddress) it.skip("state.redis: no Redis (set TRICORNE_TEST_REDIS)", () => {});

describe.each(protocols)("over $name", (protocol) => {
  let client: DaprClient;
  beforeAll(async () => {
    client = new DaprClient(clientOptions(protocol, caller));
    await client.start();
  });
  afterAll(() => client?.stop());

  describe.each(stores)("state in %s", (store) => {
    const key = (name: string): string => `${protocol.name}-${name}`;

    it("saves, reads and deletes", async () => {
      const value = { name: "Ann", tags: ["a", "b"], age: 42 };
      expect((await client.state.save(store, [{ key: key("one"), value }])).error).toBeUndefined();
      expect(await client.state.get(store, key("one"))).toEqual(value);
      await client.state.delete(store, key("one"));
      expect(await client.state.get(store, key("one"))).toBe("");
    });

    it("saves several keys and reads them at once", async () => {
      const items = [1, 2, 3].map((n) => ({ key: key(`bulk-${n}`), value: { n } }));
      await client.state.save(store, items);
      const read = await client.state.getBulk(store, [...items.map((i) => i.key), key("missing")]);
      const found = Object.fromEntries(read.map((item) => [item.key, item.data]));
      for (const item of items) expect(found[item.key]).toEqual(item.value);
      expect(found[key("missing")] ?? "").toBe("");
    });

    it("keeps strings and unicode", async () => {
      await client.state.save(store, [{ key: key("text"), value: { text: "Grüße, 世界 🙂" } }]);
      expect(await client.state.get(store, key("text"))).toEqual({ text: "Grüße, 世界 🙂" });
    });

    it("refuses an outdated etag", async () => {
      const name = key("etag");
      await client.state.save(store, [{ key: name, value: { n: 1 } }]);
      const [before] = await client.state.getBulk(store, [name]);
      const etag = String(before?.etag);
      const options = {
        concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE,
        consistency: StateConsistencyEnum.CONSISTENCY_STRONG,
      };
      await client.state.save(store, [{ key: name, value: { n: 2 }, etag, options }]);
      const late = client.state.save(store, [{ key: name, value: { n: 3 }, etag, options }]);
      const outcome = await late.catch((error: Error) => ({ error }));
      expect(outcome.error).toBeInstanceOf(Error);
      expect(await client.state.get(store, name)).toEqual({ n: 2 });
    });

    it("runs a transaction", async () => {
      await client.state.save(store, [{ key: key("gone"), value: { old: true } }]);
      await client.state.transaction(store, [
        { operation: "upsert", request: { key: key("tx"), value: "committed" } },
        { operation: "delete", request: { key: key("gone") } },
      ]);
      expect(await client.state.get(store, key("tx"))).toBe("committed");
      expect(await client.state.get(store, key("gone"))).toBe("");
    });
  });

  it("reports an unknown state store", async () => {
    await expect(client.state.get("no-such-store", "a")).rejects.toThrow(/no-such-store/);
  });

  it("reads metadata and sets an attribute", async () => {
    const before = await client.metadata.get();
    expect(before.id).toBe(callerId);
    expect(before.components.map((c) => c.name)).toEqual(
      expect.arrayContaining([...stores, "secrets"]),
    );
    const memory = before.components.find((c) => c.name === "memory");
    expect(memory?.type).toBe("state.in-memory");
    expect(memory?.capabilities).toEqual(expect.arrayContaining(["ETAG", "TRANSACTIONAL"]));
    expect(await client.metadata.set(`color-${protocol.name}`, "blue")).toBe(true);
    const after = await client.metadata.get();
    // The gRPC client hands out the generated message, in which the map has another name.
    const extended =
      after.extended ?? (after as unknown as { extendedMetadata: object }).extendedMetadata;
    expect(extended).toMatchObject({ [`color-${protocol.name}`]: "blue" });
  });

  it("is healthy", async () => {
    expect(await client.health.isHealthy()).toBe(true);
  });

  it("reads secrets", async () => {
    expect(await client.secret.get("secrets", secret.name)).toEqual({
      [secret.name]: secret.value,
    });
    expect(JSON.stringify(await client.secret.getBulk("secrets"))).toContain(secret.value);
  });

  it("reports an app that does not exist", async () => {
    const call = client.invoker.invoke(uniqueId("nobody"), "hello", HttpMethod.GET);
    await expect(call).rejects.toThrow();
  }, 30_000);

  describe("with a service of the SDK", () => {
    const calleeId = uniqueId(`js-callee-${protocol.name}`);
    let server: DaprServer;
    let callee: Sidecar;

    beforeAll(async () => {
      const appPort = await freePort();
      // As documented: app and sidecar start side by side and wait for each other.
      callee = await launchQuietly({
        appId: calleeId,
        appPort,
        appProtocol: protocol.name,
        readyStatus: 0,
      });
      server = new DaprServer({
        serverHost: "127.0.0.1",
        serverPort: `${appPort}`,
        communicationProtocol: protocol.protocol,
        clientOptions: clientOptions(protocol, callee),
        logger,
      });
      await server.invoker.listen(
        "greet",
        async (data) => ({ greeting: "hello", got: data.body }),
        { method: HttpMethod.POST },
      );
      await server.invoker.listen("ping", async () => ({ pong: true }), { method: HttpMethod.GET });
      await server.start();
    });

    afterAll(async () => {
      await server?.stop();
      await callee?.[Symbol.asyncDispose]();
    });

    it("invokes with a body", async () => {
      const answer = await client.invoker.invoke(calleeId, "greet", HttpMethod.POST, {
        who: "Ann",
      });
      expect(answer).toMatchObject({ greeting: "hello" });
      expect(JSON.stringify(answer)).toContain("Ann");
    });

    it("invokes without a body", async () => {
      expect(await client.invoker.invoke(calleeId, "ping", HttpMethod.GET)).toEqual({ pong: true });
    });

    it("invokes many times at once", async () => {
      const calls = Array.from({ length: 50 }, (_, n) =>
        client.invoker.invoke(calleeId, "greet", HttpMethod.POST, { n }),
      );
      const answers = await Promise.all(calls);
      for (const [n, answer] of answers.entries())
        expect(JSON.stringify(answer)).toMatch(new RegExp(`\\b${n}\\b`));
    });

    it("stops the sidecar", async () => {
      const stopping = new DaprClient(clientOptions(protocol, callee));
      await stopping.sidecar.shutdown();
      expect((await callee.process.exited).code).toBe(0);
      await stopping.stop();
    });
  });
});
