/** The Redis configuration store on a real server. */
import { Redis as Client, Cluster } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigurationStore } from "../../../src/components/configuration/contract.ts";
import { component } from "../../../src/components/configuration/redis.ts";
import { freeClusterPort, hasRedis, launchRedis, type Redis, runToEnd } from "../launch.ts";
import {
  type ConfigurationFixture,
  configurationConformance,
} from "./conformance/configuration.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = await hasRedis();

/** The server of the suite; it returns empty. */
class Server {
  redis: Redis | undefined;

  async start(): Promise<void> {
    this.redis = await launchRedis(this.redis === undefined ? {} : { port: this.redis.port });
  }

  client(): Client {
    const client = new Client(this.redis?.port as number, "127.0.0.1", {
      lazyConnect: true,
      retryStrategy: () => 20,
    });
    client.on("error", () => {});
    return client;
  }
}

const server = new Server();

async function open(): Promise<ConfigurationFixture> {
  if (server.redis === undefined) await server.start();
  const raw = server.client();
  await raw.flushall();
  const store: ConfigurationStore = await createStore(component, {
    redisHost: server.redis?.address as string,
  });
  const clients = async (): Promise<string[]> => {
    const own = await raw.client("ID");
    const lines = String(await raw.client("LIST"))
      .trim()
      .split("\n");
    return lines.filter((line) => !line.startsWith(`id=${own} `));
  };
  return {
    store,
    subscribeMetadata: new Map(),
    set: async (key, value, version) => {
      await raw.set(key, version === undefined ? value : `${value}||${version}`);
    },
    remove: async (key) => {
      await raw.del(key);
    },
    connections: async () => (await clients()).length,
    async cut() {
      for (const line of await clients()) {
        const id = /^id=(\d+)/.exec(line)?.[1] as string;
        await raw.client("KILL", "ID", id);
      }
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      raw.disconnect();
    },
  };
}

configurationConformance({
  name: "redis",
  isAvailable,
  open,
  removal: "empty",
  unknownSubscription: "subscription with id x does not exist",
  oddKeys: ["a b", "a*", "[x]", "a?b\\", "ü:😀", "__proto__", "golden||a", "a\nb"],
  stopServer: async () => void (await server.redis?.process.stop()),
  startServer: () => server.start(),
  close: async () => void (await server.redis?.[Symbol.asyncDispose]()),
});

describe.skipIf(!isAvailable)("keys of Redis", () => {
  let redis: Redis;
  let raw: Client;
  beforeAll(async () => {
    redis = await launchRedis();
    raw = new Client(redis.port, "127.0.0.1", { db: 3 });
  });
  afterAll(async () => {
    raw.disconnect();
    await redis[Symbol.asyncDispose]();
  });
  const open3 = () => createStore(component, { redisHost: redis.address, redisDB: "3" });

  it("hold a value and a version", async () => {
    await using store = await open3();
    const written = { plain: "1", both: "two||v2", three: "x||y||z", empty: "", only: "||7" };
    await raw.mset(written);
    await raw.hset("hash", "k", "v");
    await raw.rpush("list", "x");
    const expected = { plain: ["1", ""], both: ["two", "v2"], three: ["x", "y"] };
    for (const keys of [[], [...Object.keys(written), "hash", "list", "gone"]]) {
      const items = await store.get({ keys, metadata: new Map() });
      const shown = [...items].map(([key, { value, version }]) => [key, [value, version]]);
      expect(Object.fromEntries(shown)).toEqual(expected);
    }
  });

  it("tell what happens to them in their database", async () => {
    await using store = await open3();
    const told: string[] = [];
    await store.subscribe({ keys: ["e"], metadata: new Map() }, ({ items }) => {
      for (const [key, { value, version }] of items) told.push(`${key} ${value} ${version}`);
    });
    expect((await raw.config("GET", "notify-keyspace-events")) as string[]).toContain("g$xeK");
    const steps: readonly [() => Promise<unknown>, string][] = [
      [() => raw.set("e", "1||a"), "e 1 a"],
      [() => raw.append("e", "b"), "e 1 ab"],
      [() => raw.pexpire("e", 60_000), "e 1 ab"],
      [() => raw.rename("e", "f"), "e  "],
      [() => raw.set("e", "||3"), "e  "],
      [() => raw.psetex("e", 1, "x"), "e  "],
    ];
    for (const [i, [step, expected]] of steps.entries()) {
      told.length = 0;
      await step();
      await expect.poll(() => told.at(-1), { timeout: 5_000, message: `step ${i}` }).toBe(expected);
    }
    const other = new Client(redis.port, "127.0.0.1");
    told.length = 0;
    await other.set("e", "of another database");
    await raw.set("e", "last");
    await expect.poll(() => told.at(-1)).toBe("e last ");
    expect(told).toEqual(["e last "]);
    other.disconnect();
  });

  it("are read where the server does not let itself be set up", async () => {
    await raw.call("ACL", "SETUSER", "reader", "on", ">pw", "~*", "&*", "+@all", "-config");
    await raw.config("SET", "notify-keyspace-events", "KA");
    const login = { redisUsername: "reader", redisPassword: "pw", redisDB: "3" };
    await using store = await createStore(component, { redisHost: redis.address, ...login });
    const told: string[] = [];
    await store.subscribe({ keys: [], metadata: new Map() }, ({ items }) => {
      told.push(...items.keys());
    });
    await raw.set("acl", "1");
    await expect.poll(() => told).toEqual(["acl"]);
  });

  it("fail as they are when channels are forbidden, and leave nothing behind", async () => {
    await raw.call("ACL", "SETUSER", "deaf", "on", ">pw", "~*", "resetchannels", "+@all");
    const login = { redisUsername: "deaf", redisPassword: "pw" };
    const logger = new RecordedLog();
    const properties = { redisHost: redis.address, ...login };
    await using store = await createStore(component, properties, { logger });
    const request = { keys: ["a", "b"], metadata: new Map<string, string>() };
    await expect(store.subscribe(request, () => {})).rejects.toThrow(/NOPERM/);
    // The server takes a moment to notice that one is gone.
    await expect
      .poll(async () => String(await raw.client("LIST")).match(/user=deaf/g)?.length, {
        timeout: 20_000,
      })
      .toBe(1);
    expect((await store.get(request)).size).toBe(0);
  });

  it("need a server at the start", async () => {
    const given = { redisHost: "127.0.0.1:1", redisMaxRetries: "0" };
    await expect(createStore(component, given)).rejects.toThrow(
      "redis store: error connecting to redis at 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused",
    );
  });
});

describe.skipIf(!isAvailable)("a cluster of Redis", () => {
  it("tells changes of keys on every master", async () => {
    const flags = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"];
    await using first = await launchRedis({ port: await freeClusterPort(), flags });
    await using second = await launchRedis({ port: await freeClusterPort(), flags });
    await using third = await launchRedis({ port: await freeClusterPort(), flags });
    const hosts = [first, second, third].map(({ address }) => address);
    const create = ["--cluster", "create", ...hosts, "--cluster-yes"];
    const created = await runToEnd("redis-cli", create, { limitMs: 60_000 });
    expect(created.exit?.code, created.log).toBe(0);
    const raw = new Cluster([{ host: "127.0.0.1", port: first.port }]);
    await using store = await createStore(component, {
      redisHost: hosts.join(","),
      redisType: "cluster",
    });
    const told: string[] = [];
    await store.subscribe({ keys: [], metadata: new Map() }, ({ items }) => {
      for (const [key, { value }] of items) told.push(`${key}=${value}`);
    });
    const keys = Array.from({ length: 30 }, (_, i) => `k${i}`);
    for (const key of keys) await raw.set(key, key);
    const all = keys.map((key) => `${key}=${key}`).sort();
    await expect.poll(() => told.toSorted(), { timeout: 5_000 }).toEqual(all);
    expect((await store.get({ keys: [], metadata: new Map() })).size).toBe(keys.length);
    raw.disconnect();
  });
});
