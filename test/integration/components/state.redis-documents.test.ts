/**
 * The Redis store on a server with RedisJSON, which fakeredis plays, and on one without it.
 * @see spec 03 §6.3
 */
import { Redis as Client } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StateStore, TransactionOperation } from "../../../src/components/state/contract.ts";
import { component } from "../../../src/components/state/redis.ts";
import { hasRedis, launchRedis } from "../launch.ts";
import {
  hasRedisDocuments,
  launchRedisDocuments,
  type RedisDocuments,
} from "../servers/redis-documents.ts";
import { createStore, deleteRequest, getRequest, setRequest } from "./state-context.ts";

const json = new Map([["contentType", "application/json"]]);
const none = new Map<string, string>();
const value = (number: number) => ({ json: new Map([["n", number]]) });

describe.skipIf(!hasRedisDocuments())("documents of RedisJSON", () => {
  let server: RedisDocuments;
  let raw: Client;
  let store: StateStore;
  beforeAll(async () => {
    server = await launchRedisDocuments();
    raw = new Client(server.port, "127.0.0.1");
    store = await createStore<StateStore>(component, { redisHost: `127.0.0.1:${server.port}` });
  }, 90_000);
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
    raw?.disconnect();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await raw.flushall();
  });

  const document = async (key: string): Promise<unknown> => {
    const text = (await raw.call("JSON.GET", key, "$")) as string | null;
    return text === null ? undefined : JSON.parse(text)[0];
  };
  const set = (key: string, n: number, rest: Parameters<typeof setRequest>[2] = {}) =>
    store.set(setRequest(key, value(n), { metadata: json, ...rest }));
  const get = async (key: string) => {
    const { data, etag } = await store.get({ ...getRequest(key), metadata: json });
    return [data && Buffer.from(data).toString(), etag];
  };

  it("are what a store on such a server says it can query", () => {
    expect(store.features).toEqual(["ETAG", "TRANSACTIONAL", "TTL", "QUERY_API", "KEYS_LIKE"]);
  });

  it("hold data and version, and are read with the content type", async () => {
    await set("a", 1.5);
    expect(await document("a")).toEqual({ data: { n: 1.5 }, version: 1 });
    await set("a", 2);
    expect(await get("a")).toEqual(['{"n":2}', "2"]);
    expect(await get("absent")).toEqual([undefined, undefined]);
    const bytes = setRequest("b", '{"z":1, "a":"<é>"}', { metadata: json });
    await store.set(bytes);
    expect(await get("b")).toEqual(['{"z":1,"a":"<é>"}', "1"]);
    await expect(
      store.set({ ...bytes, key: "c", value: { kind: "bytes", bytes: Buffer.from("{") } }),
    ).rejects.toThrow();
    expect(await document("c")).toBeUndefined();
  });

  it("obey versions and guards as hashes do", async () => {
    await set("a", 1, { etag: "5" });
    expect(await document("a")).toEqual({ data: { n: 1 }, version: 6 });
    await expect(set("a", 2, { etag: "5" })).rejects.toThrow("possible etag mismatch");
    await set("a", 2, { etag: "6" });
    await set("a", 3);
    expect(await get("a")).toEqual(['{"n":3}', "8"]);
    await set("a", 4, { concurrency: "first-write" });
    expect(await document("a")).toEqual({ data: { n: 4 }, version: 9, "first-write": 0 });
    await expect(set("a", 5)).rejects.toThrow("failed to set key a");
    await set("a", 5, { etag: "9" });
    const remove = (etag?: string) => store.delete({ ...deleteRequest("a", etag), metadata: json });
    await expect(remove("9")).rejects.toThrow("possible etag mismatch");
    await remove("10");
    expect(await raw.exists("a")).toBe(0);
    await remove("3");
  });

  it("expire, and take the place of what is of another kind", async () => {
    await set("a", 1, { metadata: new Map([...json, ["ttlInSeconds", "100"]]) });
    expect(await raw.ttl("a")).toBeGreaterThan(90);
    await store.set(setRequest("h", value(1)));
    expect(await raw.type("h")).toBe("hash");
    await set("h", 2);
    expect(await document("h")).toEqual({ data: { n: 2 }, version: 1 });
    await raw.call("JSON.SET", "odd", "$", '{"data":1}');
    await expect(get("odd")).rejects.toThrow("'data' or 'version' was not found");
    await set("odd", 3);
    expect(await get("odd")).toEqual(['{"n":3}', "1"]);
  });

  it("are written in a transaction where it, or one operation, says so", async () => {
    const upsert = (key: string, metadata: ReadonlyMap<string, string>): TransactionOperation => ({
      kind: "upsert",
      request: setRequest(key, value(1), { metadata, concurrency: "first-write" }),
    });
    await store.transact?.([upsert("a", json), upsert("b", none)], none);
    expect(await document("a")).toEqual({ data: { n: 1 }, version: 1 });
    expect(await raw.type("b")).toBe("hash");
    const remove = {
      kind: "delete",
      request: { ...deleteRequest("a", "1"), metadata: none },
    } as const;
    await store.transact?.([remove, upsert("c", none)], json);
    expect(await document("a")).toBeUndefined();
    expect(await document("c")).toEqual({ data: { n: 1 }, version: 1 });
  });
});

describe.skipIf(!(await hasRedis()))("a server without RedisJSON", () => {
  it("keeps in hashes what is JSON, but for an operation that says so by itself", async () => {
    await using redis = await launchRedis();
    await using store = await createStore<StateStore>(component, { redisHost: redis.address });
    expect(store.features).toEqual(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"]);
    await store.set(setRequest("a", value(1), { metadata: json }));
    const upsert = (key: string, metadata: ReadonlyMap<string, string>): TransactionOperation => ({
      kind: "upsert",
      request: setRequest(key, value(2), { metadata }),
    });
    await store.transact?.([upsert("a", none)], json);
    const attempt = store.transact?.([upsert("a", json), upsert("b", none)], none);
    await expect(attempt).rejects.toThrow("ERR Unknown Redis command called from script");
    const fields = async (key: string) => {
      const { data, etag } = await store.get({ ...getRequest(key), metadata: json });
      return [data && Buffer.from(data).toString(), etag];
    };
    expect(await fields("a")).toEqual(['{"n":2}', "2"]);
    expect(await fields("b")).toEqual(['{"n":2}', "1"]);
    const indexes = '[{"name":"n","indexes":[{"key":"a","type":"TEXT"}]}]';
    await expect(
      createStore(component, { redisHost: redis.address, queryIndexes: indexes }),
    ).rejects.toThrow("redis store: error registering query schemas: ERR unknown command");
  });
});
