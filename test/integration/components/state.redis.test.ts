/**
 * The Redis store's keys as raw commands see them, data of others, and a Redis that comes and goes.
 * @see the recorded Redis layout §1, §2
 */
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateStore } from "../../../src/components/state/contract.ts";
import { component } from "../../../src/components/state/redis.ts";
import { heapMiB } from "../heap.ts";
import { hasRedis, launchRedis, type Redis } from "../launch.ts";
import {
  createStore,
  deleteRequest,
  etagOf,
  getRequest,
  RecordedLog,
  read,
  setRequest,
  ttl,
} from "./state-context.ts";

const withRedis = await hasRedis();

describe.skipIf(!withRedis)("keys", () => {
  let redis: Redis;
  let raw: Client;
  let store: StateStore;
  const logger = new RecordedLog();
  beforeAll(async () => {
    redis = await launchRedis();
    raw = new Client(redis.port, "127.0.0.1");
    store = await createStore(component, { redisHost: redis.address }, { logger });
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    raw.disconnect();
    await redis[Symbol.asyncDispose]();
  });
  const refused = async (call: () => unknown): Promise<string> => {
    try {
      await call();
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  it.each<[string, Parameters<typeof setRequest>[1], string]>([
    ["object", { json: new Map([["b", 1]]) }, '{"b":1}'],
    ["text", { json: "text" }, '"text"'],
    ["number", { json: 12 }, "12"],
    ["null", { json: null }, "null"],
    ["empty", { json: "" }, '""'],
    ["html", { json: "<&>\u2028" }, '"<&>\u2028"'],
    ["decimals", { json: new Map([["pi", Math.PI]]) }, '{"pi":3.141592653589793}'],
    ["raw", "raw, not json", "raw, not json"],
  ])("hold %s as data and version", async (key, value, data) => {
    await store.set(setRequest(key, value));
    expect(await raw.hgetall(key)).toEqual({ data, version: "1" });
    await store.set(setRequest(key, value));
    expect(await raw.hget(key, "version")).toBe("2");
  });

  it("remember a first write", async () => {
    await store.set(setRequest("fw", { json: 1 }, { concurrency: "first-write" }));
    expect(await raw.hgetall("fw")).toEqual({ data: "1", "first-write": "0", version: "1" });
    expect(await refused(() => store.set(setRequest("fw", "2")))).toMatch(
      /^failed to set key fw: .*failed to set key fw/,
    );
    expect(await refused(() => store.set(setRequest("fw", "2", { etag: "9" })))).toMatch(
      /^possible etag mismatch\. error from state store: .*failed to set key fw/,
    );
    const lastWrite = { etag: "1", concurrency: "last-write" };
    expect(await refused(() => store.set(setRequest("fw", "2", lastWrite)))).toMatch(
      /etag mismatch/,
    );
    expect(await refused(() => store.set(setRequest("fw", "2", { etag: "x" })))).toBe(
      'invalid etag value: strconv.Atoi: parsing "x": invalid syntax',
    );
    await store.set(setRequest("fw", "2", { etag: "1" }));
    expect(await raw.hget("fw", "version")).toBe("2");
  });

  it("are deleted by version", async () => {
    for (const key of ["d1", "d2"]) await store.set(setRequest(key, "v"));
    expect(await refused(() => store.delete(deleteRequest("d1", "9")))).toMatch(
      /^possible etag mismatch\. .*failed to delete d1/,
    );
    expect(await refused(() => store.delete(deleteRequest("d1", "x")))).toMatch(/etag mismatch/);
    await store.delete(deleteRequest("d1", "1"));
    await store.delete(deleteRequest("d2", "0"));
    await store.delete(deleteRequest("gone", "4"));
    expect(await raw.exists("d1", "d2")).toBe(0);
  });

  it("expire, and keep their expiry when nothing is said", async () => {
    await store.set(setRequest("t", "1", ttl(100)));
    await store.set(setRequest("t", "2"));
    expect(await raw.ttl("t")).toBeGreaterThan(95);
    await store.set(setRequest("t", "3", ttl(0)));
    expect(await raw.ttl("t")).toBe(-1);
    await using other = await createStore(component, {
      redisHost: redis.address,
      ttlInSeconds: "60",
    });
    await other.set(setRequest("u", "1"));
    expect(await raw.ttl("u")).toBeGreaterThan(55);
    await other.set(setRequest("u", "1", ttl(-1)));
    expect(await raw.ttl("u")).toBe(-1);
  });

  it("of others are read, replaced or refused", async () => {
    await raw.set("plain", "just a string");
    await raw.rpush("list", "a");
    await raw.hset("ext", { data: '{"from":"outside"}', version: "41", more: "x" });
    await raw.hset("part", { data: "x" });
    await raw.hset("bad", { data: "1", version: "abc" });
    expect(await store.get(getRequest("plain"))).toMatchObject({
      data: Buffer.from("just a string"),
      etag: undefined,
    });
    expect(await refused(() => store.get(getRequest("list")))).toMatch(/^WRONGTYPE/);
    expect(await refused(() => store.get(getRequest("part")))).toBe(
      "required hash field 'data' or 'version' was not found",
    );
    expect(await etagOf(store, "bad")).toBe("abc");
    expect(await refused(() => store.set(setRequest("bad", "2")))).toMatch(/not an integer/);
    await store.set(setRequest("plain", "now a hash"));
    await store.set(setRequest("list", "1", { etag: "7", concurrency: "first-write" }));
    await store.set(setRequest("ext", "2", { etag: "41" }));
    await store.set(setRequest("part", "3"));
    expect(await raw.hgetall("plain")).toEqual({ data: "now a hash", version: "1" });
    expect(await raw.hgetall("list")).toEqual({ data: "1", "first-write": "0", version: "1" });
    expect(await raw.hgetall("ext")).toEqual({ data: "2", version: "42", more: "x" });
    expect(await raw.hgetall("part")).toEqual({ data: "3", version: "1" });
  });

  it("of a transaction are written even beside a refused one, with a warning once", async () => {
    await store.set(setRequest("tx-a", "1"));
    const operations = [
      { kind: "upsert", request: setRequest("tx-x", "1", ttl(300)) },
      { kind: "upsert", request: setRequest("tx-a", "9", { etag: "77" }) },
      { kind: "upsert", request: setRequest("tx-f", "1", { concurrency: "first-write" }) },
    ] as const;
    expect(await refused(() => store.transact?.(operations, new Map()))).toMatch(
      /failed to set key tx-a/,
    );
    expect(await refused(() => store.transact?.(operations, new Map()))).not.toBe("");
    expect(await raw.ttl("tx-x")).toBeGreaterThan(295);
    expect(await raw.hgetall("tx-a")).toEqual({ data: "1", version: "1" });
    expect(await raw.hexists("tx-f", "first-write")).toBe(0);
    expect(
      logger.lines.filter((line) => /does not support transaction rollbacks/.test(line)),
    ).toHaveLength(1);
  });

  it("of several items of one save fail apart", async () => {
    await store.set(setRequest("b1", "1", { concurrency: "first-write" }));
    const items = [setRequest("b1", "2"), setRequest("b2", "2")];
    expect(await refused(() => store.bulkSet?.(items))).toMatch(/^failed to set key b1/);
    expect(await read(store, "b2")).toBe("2");
  });
});

describe.skipIf(!withRedis)("a Redis that is stopped and started again", () => {
  it("gives clear errors, and is used at most 2 s after its return", async () => {
    const first = await launchRedis();
    await using store = await createStore(component, { redisHost: first.address });
    await store.set(setRequest("k", "v"));
    await first[Symbol.asyncDispose]();
    const began = performance.now();
    const calls = Array.from({ length: 50 }, async () => store.get(getRequest("k")));
    const results = await Promise.allSettled(calls);
    expect(performance.now() - began).toBeLessThan(3000);
    for (const result of results) {
      expect(result.status).toBe("rejected");
      expect(String((result as PromiseRejectedResult).reason)).toMatch(
        /connection refused|was lost|connection reset/,
      );
    }
    await using again = await launchRedis({ port: first.port });
    const back = performance.now();
    await expect
      .poll(() => store.set(setRequest("k", "w")), { timeout: 5000, interval: 20 })
      .toBeUndefined();
    expect(performance.now() - back).toBeLessThan(2000);
    expect(await read(store, "k")).toBe("w");
    expect(again.port).toBe(first.port);
  });

  it("that loses its connections leaves nothing behind", async () => {
    await using redis = await launchRedis();
    const raw = new Client(redis.port, "127.0.0.1");
    const store = await createStore(component, { redisHost: redis.address });
    const others = async (): Promise<number> =>
      String(await raw.client("LIST"))
        .trim()
        .split("\n").length - 1;
    const cycle = async (i: number): Promise<void> => {
      const busy = Promise.allSettled(
        Array.from({ length: 8 }, (_, j) => store.set(setRequest(`${i}-${j}`, "v"))),
      );
      await raw.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      await busy;
      const write = async () => store.set(setRequest(`${i}`, "v"));
      const isBack = () =>
        write().then(
          () => true,
          () => false,
        );
      await expect.poll(isBack, { timeout: 5000, interval: 5 }).toBe(true);
    };
    for (let i = 0; i < 10; i++) await cycle(i);
    const before = { heap: heapMiB(), handles: process.getActiveResourcesInfo().length };
    for (let i = 0; i < 50; i++) await cycle(i);
    expect(await others()).toBe(1);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.handles + 4);
    expect(heapMiB() - before.heap).toBeLessThan(4);
    await store[Symbol.asyncDispose]();
    await expect.poll(others).toBe(0);
    raw.disconnect();
  });

  it("that does not answer is given up on after readTimeout", async () => {
    await using redis = await launchRedis();
    await using store = await createStore(component, {
      redisHost: redis.address,
      readTimeout: "300ms",
    });
    process.kill(redis.process.pid, "SIGSTOP");
    try {
      await expect(store.get(getRequest("k"))).rejects.toThrow(/i\/o timeout/);
    } finally {
      process.kill(redis.process.pid, "SIGCONT");
    }
    await expect
      .poll(
        () =>
          read(store, "k").then(
            () => "back",
            () => "away",
          ),
        { timeout: 3000 },
      )
      .toBe("back");
  });
});

describe.skipIf(!withRedis)("starting", () => {
  it("needs the password", async () => {
    await using redis = await launchRedis({ flags: ["--requirepass", "secret"] });
    await using store = await createStore(component, {
      redisHost: redis.address,
      redisPassword: "secret",
    });
    await store.set(setRequest("k", "v"));
    const wrong = createStore(component, { redisHost: redis.address, redisPassword: "no" });
    await expect(wrong).rejects.toThrow(
      `redis store: error connecting to redis at ${redis.address}: WRONGPASS`,
    );
    await expect(createStore(component, { redisHost: redis.address })).rejects.toThrow(/NOAUTH/);
  });

  it("uses the database it is told", async () => {
    await using redis = await launchRedis();
    await using store = await createStore(component, { redisHost: redis.address, redisDB: "3" });
    await store.set(setRequest("k", "v"));
    const raw = new Client(redis.port, "127.0.0.1", { db: 3 });
    expect(await raw.exists("k")).toBe(1);
    raw.disconnect();
  });
});

it("fails with the cause when nobody listens", async () => {
  const began = performance.now();
  await expect(
    createStore(component, {
      redisHost: "127.0.0.1:1",
      redisMaxRetries: "-1",
      dialTimeout: "500ms",
    }),
  ).rejects.toThrow(
    "redis store: error connecting to redis at 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused",
  );
  expect(performance.now() - began).toBeLessThan(3000);
});
