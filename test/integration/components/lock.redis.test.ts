/** The Redis lock store on real servers: keys, servers it refuses, and one that comes and goes. */
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/lock/redis.ts";
import { hasRedis, launchRedis, type Redis } from "../launch.ts";
import { lockConformance } from "./conformance/lock.ts";
import { createStore } from "./state-context.ts";

const isAvailable = await hasRedis();

let shared: Redis | undefined;
lockConformance({
  name: "redis",
  isAvailable,
  async open() {
    shared ??= await launchRedis();
    return await createStore(component, { redisHost: shared.address });
  },
  close: async () => void (await shared?.[Symbol.asyncDispose]()),
});

describe.skipIf(!isAvailable)("locks in Redis", () => {
  let redis: Redis;
  let raw: Client;
  beforeAll(async () => {
    redis = await launchRedis();
    raw = new Client(redis.port, "127.0.0.1", { retryStrategy: () => 20 });
    raw.on("error", () => {});
  });
  afterAll(async () => {
    raw.disconnect();
    await redis[Symbol.asyncDispose]();
  });

  it("are keys that hold the owner and expire", async () => {
    await using store = await createStore(component, { redisHost: redis.address });
    await store.tryLock({ resource: "lock||app||r", owner: "me", expirySeconds: 60 });
    expect(await raw.get("lock||app||r")).toBe("me");
    expect(await raw.ttl("lock||app||r")).toBeGreaterThan(55);
    await raw.expire("lock||app||r", 10);
    await store.tryLock({ resource: "lock||app||r", owner: "me", expirySeconds: 60 });
    expect(await raw.ttl("lock||app||r")).toBeLessThanOrEqual(10);
    await raw.set("lock||app||foreign", "you");
    expect(await store.unlock({ resource: "lock||app||foreign", owner: "you" })).toBe("unlocked");
    expect(await raw.exists("lock||app||foreign")).toBe(0);
  });

  it("show what Redis says of other keys", async () => {
    await using store = await createStore(component, { redisHost: redis.address });
    await raw.rpush("lock||list", "x");
    expect(await store.tryLock({ resource: "lock||list", owner: "o", expirySeconds: 1 })).toBe(
      false,
    );
    await expect(store.unlock({ resource: "lock||list", owner: "o" })).rejects.toThrow("WRONGTYPE");
  });

  it.each<[string, Record<string, string>, string]>([
    ["no host", {}, "metadata property redisHost is empty"],
    ["an empty host", { redisHost: "" }, "metadata property redisHost is empty"],
    [
      "a cluster",
      { redisHost: "127.0.0.1:1", redisType: "cluster" },
      "this component does not support connecting to Redis Cluster",
    ],
    [
      "nobody there",
      { redisHost: "127.0.0.1:1", redisMaxRetries: "-1" },
      "error connecting to Redis: dial tcp 127.0.0.1:1: connect: connection refused",
    ],
    [
      "bad numbers",
      { redisHost: "127.0.0.1:1", redisDB: "x" },
      "redis client configuration error: ",
    ],
  ])("refuse %s", async (_name, given, text) => {
    await expect(createStore(component, given)).rejects.toThrow(text);
  });

  it("refuse a master with replicas, which may forget them", async () => {
    await using master = await launchRedis();
    await using _replica = await launchRedis({
      flags: ["--replicaof", "127.0.0.1", `${master.port}`],
    });
    const info = new Client(master.port, "127.0.0.1");
    const replicas = async (): Promise<string> => await info.info("replication");
    await expect.poll(replicas, { timeout: 10_000 }).toContain("connected_slaves:1");
    await expect(createStore(component, { redisHost: master.address })).rejects.toThrow(
      "replication is not supported",
    );
    const clients = async () => String(await info.client("LIST")).match(/flags=N/g);
    await expect.poll(clients, { timeout: 5_000 }).toHaveLength(1);
    info.disconnect();
  });

  it("fail while Redis is away and work when it is back", async () => {
    let server = await launchRedis();
    const { address, port } = server;
    await using store = await createStore(component, { redisHost: address });
    const lock = () => store.tryLock({ resource: "r", owner: "o", expirySeconds: 60 });
    expect(await lock()).toBe(true);
    await server.process.stop();
    const startedAt = performance.now();
    await expect(lock()).rejects.toThrow(/connection refused|was lost/);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    server = await launchRedis({ port });
    const backAt = performance.now();
    // It comes back empty: the lock is free.
    await expect
      .poll(() => lock().catch(() => "failed"), { timeout: 5_000, interval: 10 })
      .toBe(true);
    expect(performance.now() - backAt).toBeLessThan(2_000);
    await server[Symbol.asyncDispose]();
  });

  it("leave no connection behind when theirs is killed", async () => {
    const store = await createStore(component, { redisHost: redis.address });
    const others = async (): Promise<number> =>
      String(await raw.client("LIST"))
        .trim()
        .split("\n").length - 1;
    expect(await others()).toBe(1);
    for (let i = 0; i < 50; i++) {
      const own = await raw.client("ID");
      await raw.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      const lock = () =>
        store.tryLock({ resource: `${own} ${i}`, owner: "o", expirySeconds: 9 }).catch(() => false);
      await expect.poll(lock, { timeout: 5_000, interval: 5 }).toBe(true);
    }
    expect(await others()).toBe(1);
    await store[Symbol.asyncDispose]();
    await expect.poll(others, { timeout: 5_000 }).toBe(0);
  });
});
