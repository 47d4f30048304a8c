/** What SQL servers limit or read in their own way: many keys, NUL, backslashes, numbers without end. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateStore } from "../../../src/components/state/contract.ts";
import { component as mysql } from "../../../src/components/state/mysql.ts";
import { component as v1 } from "../../../src/components/state/postgresql.ts";
import { component as v2 } from "../../../src/components/state/postgresql.v2.ts";
import { hasMariadb, launchMariadb, type Mariadb } from "../servers/mariadb.ts";
import { usePostgres } from "./postgres-context.ts";
import { createStore, getRequest, read, setRequest, ttl } from "./state-context.ts";

async function readsManyKeys(store: StateStore): Promise<void> {
  await store.set(setRequest("many-39999", "last"));
  const keys = Array.from({ length: 40_000 }, (_, i) => `many-${i}`);
  const items = (await store.bulkGet?.(keys.map(getRequest), 0)) ?? [];
  expect(new Set(items.map(({ key }) => key)).size).toBe(40_000);
  const found = items.filter(({ data }) => data !== undefined);
  expect(found.map(({ key, data }) => [key, String(data)])).toEqual([["many-39999", "last"]]);
}

const withMariadb = await hasMariadb();

describe.skipIf(!withMariadb)("state.mysql", () => {
  let server: Mariadb;
  let store: StateStore;
  beforeAll(async () => {
    server = await launchMariadb();
    store = await createStore(mysql, { connectionString: server.connectionString });
  }, 60_000);
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it("reads more keys than a statement takes values", () => readsManyKeys(store));

  it("refuses an expiry that a timestamp does not reach, and goes on", async () => {
    await expect(store.set(setRequest("late", "v", ttl(2 ** 31 - 1)))).rejects.toThrow(
      /^Error \d+ \(22\d{3}\)/,
    );
    expect(await read(store, "late")).toBeUndefined();
  });
});

const context = usePostgres();
const modes = ["cache_statement", "exec", "simple_protocol"];

describe.skipIf(!context.isAvailable)("state.postgresql", () => {
  it("reads more keys than a statement takes values", async () => {
    const { url } = await context.freshDatabase();
    await using store = await createStore(v2, { connectionString: url });
    await readsManyKeys(store);
  });

  it.each(modes)("refuses a NUL and keeps its connection, %s", async (mode) => {
    const { url, name } = await context.freshDatabase();
    await using store = await createStore(v2, {
      connectionString: url,
      queryExecMode: mode,
      maxConns: "1",
      timeout: "3s",
    });
    const pids = `SELECT pid FROM pg_stat_activity WHERE datname = '${name}'`;
    const before = (await context.sql.query(pids)).rows;
    for (let i = 0; i < 3; i++) {
      const calls = [
        store.set(setRequest("a\0b", "v")),
        store.get(getRequest("a\0b")),
        store.set(setRequest("k", "a\0b")),
      ];
      const [set, get, fine] = await Promise.allSettled(calls);
      expect([set?.status, get?.status, fine?.status]).toEqual([
        "rejected",
        "rejected",
        "fulfilled",
      ]);
    }
    expect(await read(store, "k")).toBe("a\0b");
    expect((await context.sql.query(pids)).rows).toEqual(expect.arrayContaining(before));
  });

  it("takes backslashes as they are, or refuses a server that does not", async () => {
    const { url } = await context.freshDatabase();
    const odd = `${url}&standard_conforming_strings=off`;
    const key = "a\\' OR key LIKE '%";
    for (const mode of modes.slice(0, 2)) {
      await using store = await createStore(v1, { connectionString: odd, queryExecMode: mode });
      await store.set(setRequest(key, { json: ["\\'"] }));
      await store.set(setRequest("other", "v"));
      expect(await read(store, key)).toBe(`["\\\\'"]`);
      await store.delete({ ...getRequest(key), etag: undefined, concurrency: "" });
      expect(await read(store, "other")).toBe("v");
    }
    await expect(
      createStore(v1, { connectionString: odd, queryExecMode: "simple_protocol" }),
    ).rejects.toThrow(/standard_conforming_strings=on$/);
  });

  it("refuses numbers without end at once", async () => {
    const { url } = await context.freshDatabase();
    await using store = await createStore(v1, { connectionString: url });
    const digits = "9".repeat(4_000_000);
    const startedAt = performance.now();
    await expect(store.set(setRequest("k", "v", { etag: digits }))).rejects.toThrow(
      /value out of range$/,
    );
    await expect(store.set(setRequest("k", "v", ttl(digits)))).rejects.toThrow(
      /value out of range$/,
    );
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
