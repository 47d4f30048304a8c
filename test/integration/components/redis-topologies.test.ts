/** All Redis components over TLS with users, behind sentinels, and on a cluster: real servers. */
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component as configuration } from "../../../src/components/configuration/redis.ts";
import type { RunningComponent } from "../../../src/components/contract.ts";
import { component as lock } from "../../../src/components/lock/redis.ts";
import { component as pubsub } from "../../../src/components/pubsub/redis.ts";
import { component as state } from "../../../src/components/state/redis.ts";
import {
  freeClusterPort,
  freePort,
  hasRedis,
  Launched,
  launchRedis,
  type Redis,
  runToEnd,
  Scratch,
} from "../launch.ts";
import { TestAuthority } from "../transport/certificates.ts";
import { numbers, publish, receive, soon } from "./pubsub-context.ts";
import { createStore, read, setRequest } from "./state-context.ts";

const isAvailable = await hasRedis();
const soonEnough = { timeout: 40_000, interval: 20 };

type Given = Readonly<Record<string, string>>;

const openers: readonly [string, (given: Given) => Promise<RunningComponent>][] = [
  ["state", (given) => createStore(state, given)],
  ["lock", (given) => createStore(lock, given)],
  ["configuration", (given) => createStore(configuration, given)],
  ["pubsub", (given) => createStore(pubsub, { consumerID: "app", ...given })],
];

/** Each component does what it is for. @param given of all of them */
async function useAll(given: Given): Promise<void> {
  await using store = await createStore(state, given);
  await store.set(setRequest("k", "v"));
  expect(await read(store, "k")).toBe("v");
  await using settings = await createStore(configuration, given);
  const request = { keys: ["setting"], metadata: new Map<string, string>() };
  expect((await settings.get(request)).size).toBe(0);
  await using bus = await createStore(pubsub, { consumerID: "app", ...given });
  await using received = await receive(bus, "topic");
  await publish(bus, "topic", "event");
  await expect.poll(() => received.texts.at(-1), soon).toBe("event");
}

async function lockOnce(given: Given): Promise<void> {
  await using locks = await createStore(lock, given);
  const wanted = { resource: "r", owner: "o", expirySeconds: 60 };
  expect(await locks.tryLock(wanted)).toBe(true);
  expect(await locks.tryLock({ ...wanted, owner: "other" })).toBe(false);
  await locks.unlock(wanted);
}

describe.skipIf(!isAvailable)("Redis over TLS, with users", { timeout: 60_000 }, () => {
  const authority = new TestAuthority();
  const scratch = new Scratch();
  const own = authority.issue("spiffe://test/redis,IP:127.0.0.1");
  const client = authority.issue("spiffe://test/client");
  const before = getCACertificates("default");
  let server: Redis;
  let given: Given;
  beforeAll(async () => {
    const port = await freePort();
    const file = (name: string, text: string): string => scratch.write(name, text);
    const tls = ["--port", "0", "--tls-port", `${port}`, "--tls-auth-clients", "yes"];
    const certificates = [
      ["--tls-cert-file", file("own.crt", own.cert)],
      ["--tls-key-file", file("own.key", own.key)],
      ["--tls-ca-cert-file", file("root.crt", authority.root)],
    ].flat();
    const users = [
      "--user",
      "default",
      "off",
      "--user",
      "app",
      "on",
      ">pass word",
      "~*",
      "&*",
      "+@all",
    ];
    server = await launchRedis({ port, flags: [...tls, ...certificates, ...users] });
    given = {
      redisHost: server.address,
      enableTLS: "true",
      clientCert: client.cert,
      clientKey: client.key,
      redisUsername: "app",
      redisPassword: "pass word",
      redisMaxRetries: "0",
    };
    // As the variable for further authorities, or the system's own list, has it.
    setDefaultCACertificates([...before, authority.root]);
  }, 60_000);
  afterAll(async () => {
    setDefaultCACertificates(before);
    await server[Symbol.asyncDispose]();
    for (const disposable of [authority, scratch]) disposable[Symbol.dispose]();
  });

  it("serves every component", async () => {
    await useAll(given);
    await lockOnce(given);
  });

  it.each(openers)("refuses what is wrong, for %s", async (_kind, open) => {
    const wrong: readonly [Given, RegExp][] = [
      [{ redisPassword: "wrong" }, /WRONGPASS/],
      [{ redisUsername: "nobody" }, /WRONGPASS/],
      [{ enableTLS: "false" }, /error connecting to redis|lost|EOF|reset/i],
      [{ clientCert: "", clientKey: "" }, /certificate required|alert|closed|lost|reset/i],
      [{ redisHost: `localhost:${server.port}` }, /localhost|altnames/],
    ];
    for (const [more, why] of wrong) {
      const opening = open({ ...given, ...more });
      await expect(opening).rejects.toThrow(why);
      await expect(opening).rejects.not.toThrow(/pass word/);
    }
  });

  it("takes a server's certificate of nobody's only where it is told to", async () => {
    setDefaultCACertificates(before);
    try {
      await expect(createStore(state, given)).rejects.toThrow(
        /self[- ]signed|unable to|authority/i,
      );
      await useAll({ ...given, insecureSkipTLSVerify: "true" });
    } finally {
      setDefaultCACertificates([...before, authority.root]);
    }
  });
});

describe.skipIf(!isAvailable)("Redis behind sentinels", { timeout: 90_000 }, () => {
  const scratch = new Scratch();
  const servers: Redis[] = [];
  let sentinel: Launched;
  let given: Given;
  beforeAll(async () => {
    const secret = ["--requirepass", "data", "--masterauth", "data"];
    const master = await launchRedis({ flags: secret });
    const replicaOf = ["--replicaof", "127.0.0.1", `${master.port}`];
    const replica = await launchRedis({ flags: [...secret, ...replicaOf] });
    servers.push(master, replica);
    const port = await freePort();
    const file = scratch.write(
      "sentinel.conf",
      [
        `port ${port}`,
        "bind 127.0.0.1",
        `dir ${scratch.path}`,
        "requirepass watch",
        `sentinel monitor main 127.0.0.1 ${master.port} 1`,
        "sentinel auth-pass main data",
        "sentinel down-after-milliseconds main 1000",
        "sentinel failover-timeout main 3000",
        "",
      ].join("\n"),
    );
    sentinel = new Launched("redis-server", [file, "--sentinel"]);
    await sentinel.waitForLog("+slave slave", 30_000);
    given = {
      redisHost: `127.0.0.1:${port}`,
      failover: "true",
      sentinelMasterName: "main",
      sentinelPassword: "watch",
      redisPassword: "data",
    };
  }, 60_000);
  afterAll(async () => {
    await sentinel.stop();
    for (const server of servers) await server[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  it("serves every component, also after the master has changed", async () => {
    await useAll(given);
    await lockOnce(given);
    await using store = await createStore(state, given);
    await store.set(setRequest("kept", "before"));
    await using bus = await createStore(pubsub, { consumerID: "late", ...given });
    await using received = await receive(bus, "moving");
    await publish(bus, "moving", "before");
    await expect.poll(() => received.texts, soon).toEqual(["before"]);
    const [master] = servers;
    // The replica has everything before the master goes.
    await expect.poll(() => offsets(servers), soonEnough).toHaveLength(1);
    master?.process.signal("SIGKILL");
    const eventually = async (run: () => Promise<unknown>): Promise<void> => {
      await expect
        .poll(() => Promise.resolve(run()).then(() => "done", String), soonEnough)
        .toBe("done");
    };
    await eventually(() => Promise.resolve(store.set(setRequest("k", "after"))));
    expect(await read(store, "kept")).toBe("before");
    await eventually(() => publish(bus, "moving", "after"));
    await expect.poll(() => received.texts.at(-1), soonEnough).toBe("after");
  });

  it.each(openers)("says what is wrong, for %s", async (_kind, open) => {
    const more = { redisMaxRetries: "0" };
    const wrong = open({ ...given, ...more, sentinelPassword: "wrong" });
    await expect(wrong).rejects.toThrow();
    await expect(wrong).rejects.not.toThrow(/wrong$/);
    await expect(open({ ...given, ...more, sentinelMasterName: "other" })).rejects.toThrow();
  });
});

/** The different places in the stream of replication. */
async function offsets(servers: readonly Redis[]): Promise<string[]> {
  const all = servers.map(async ({ port }) => {
    const args = ["-p", `${port}`, "-a", "data", "--no-auth-warning", "info", "replication"];
    const { stdout } = await runToEnd("redis-cli", args);
    return /(?:slave_repl_offset|master_repl_offset):(\d+)/.exec(stdout)?.[1] ?? "none";
  });
  return [...new Set(await Promise.all(all))];
}

describe.skipIf(!isAvailable)("a cluster of Redis", { timeout: 90_000 }, () => {
  const servers: Redis[] = [];
  let given: Given;
  beforeAll(async () => {
    const flags = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"];
    for (let i = 0; i < 3; i++) {
      servers.push(await launchRedis({ port: await freeClusterPort(), flags }));
    }
    const hosts = servers.map(({ address }) => address);
    const create = ["--cluster", "create", ...hosts, "--cluster-yes"];
    const created = await runToEnd("redis-cli", create, { limitMs: 60_000 });
    expect(created.exit?.code, created.log).toBe(0);
    given = { redisHost: hosts.join(","), redisType: "cluster" };
    for (const { process } of servers)
      await process.waitForLog("Cluster state changed: ok", 30_000);
  }, 90_000);
  afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  it("does not wait for ever for one that is not ready", async () => {
    const flags = ["--cluster-enabled", "yes"];
    await using lonely = await launchRedis({ port: await freeClusterPort(), flags });
    const more = { redisHost: lonely.address, redisMaxRetries: "0" };
    await expect(createStore(state, { ...given, ...more })).rejects.toThrow(
      /the cluster is not ready/,
    );
  });

  it("keeps state and delivers events on every master", async () => {
    await useAll(given);
    await using store = await createStore(state, given);
    const keys = numbers(30);
    for (const key of keys) await store.set(setRequest(key, `value ${key}`));
    for (const key of keys) expect(await read(store, key)).toBe(`value ${key}`);
    await using bus = await createStore(pubsub, { consumerID: "spread", ...given });
    // Names that are served by different masters.
    for (const text of numbers(6)) {
      await using received = await receive(bus, `topic${text}`);
      await publish(bus, `topic${text}`, text);
      await expect.poll(() => received.texts, soon).toEqual([text]);
    }
    const sizes = servers.map(async ({ port }) => {
      const { stdout } = await runToEnd("redis-cli", ["-p", `${port}`, "dbsize"]);
      return Number(/\d+/.exec(stdout)?.[0]);
    });
    for (const size of await Promise.all(sizes)) expect(size).toBeGreaterThan(0);
  });
});
