/** state.postgresql when time is over, connections break or the server goes; and how it is told where to connect. */
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { StateStore } from "../../../src/components/state/contract.ts";
import { component as v1 } from "../../../src/components/state/postgresql.ts";
import { component as v2 } from "../../../src/components/state/postgresql.v2.ts";
import { component as yugabytedb } from "../../../src/components/state/yugabytedb.ts";
import { heapMiB } from "../heap.ts";
import { launchPostgres } from "../servers/postgres.ts";
import { rowsOf, usePostgres, withClient } from "./postgres-context.ts";
import { createStore, etagOf, getRequest, read, setRequest } from "./state-context.ts";

const context = usePostgres();
const { isAvailable } = context;

const kinds = [
  { name: "postgresql v1", component: v1 },
  { name: "postgresql v2", component: v2 },
] as const;

describe.skipIf(!isAvailable)("time and signals", () => {
  it.each(kinds)(
    "end a write that a lock holds up, and the connection with it: $name",
    async ({ component }) => {
      const { url, name } = await context.freshDatabase();
      await using store = await createStore(component, {
        connectionString: url,
        timeout: "1s",
        cleanupInterval: "0",
      });
      await store.set(setRequest("k", "1"));
      await withClient(url, async (client) => {
        await client.query("BEGIN");
        await client.query("SELECT * FROM state FOR UPDATE");
        const startedAt = performance.now();
        await expect(store.set(setRequest("k", "2"))).rejects.toThrow(/context deadline exceeded/);
        const took = performance.now() - startedAt;
        expect(took).toBeGreaterThan(950);
        expect(took).toBeLessThan(1500);
        const caller = new AbortController();
        const cancelled = store.set(setRequest("k", "3"), caller.signal);
        const reason = new Error("context canceled");
        caller.abort(reason);
        await expect(cancelled).rejects.toBe(reason);
        await expect(store.get(getRequest("k"), caller.signal)).rejects.toBe(reason);
        const transaction = store.transact?.(
          [
            { kind: "upsert", request: setRequest("new", "1") },
            { kind: "upsert", request: setRequest("k", "4", { etag: await etagOf(store, "k") }) },
          ],
          new Map(),
        );
        await expect(transaction).rejects.toThrow(/context deadline exceeded/);
        // Another connection serves, and the server was told to give up what waited.
        expect(await read(store, "k")).toBe("1");
        const waiting =
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'";
        await expect.poll(async () => (await context.sql.query(waiting, [name])).rows[0].n).toBe(0);
        await client.query("COMMIT");
      });
      expect(await read(store, "k")).toBe("1");
      expect(await read(store, "new")).toBeUndefined();
    },
  );

  it("bound the start when nobody answers", async () => {
    await using silent = createServer((socket) => void socket.resume()).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as { port: number };
    await expect(
      createStore(v1, {
        host: "127.0.0.1",
        port: `${port}`,
        user: "u",
        password: "secret",
        timeout: "1s",
      }),
    ).rejects.toThrow(/^failed to ping the database: .*context deadline exceeded/);
  });

  it("leave room: calls beyond the connections wait their turn", async () => {
    const { url } = await context.freshDatabase();
    await using store = await createStore(v2, { connectionString: url, maxConns: "2" });
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => store.set(setRequest(`k${i}`, `${i}`))),
    );
    const counts = await rowsOf(url, "SELECT count(*)::int FROM state");
    expect(counts).toEqual([[200]]);
  });
});

describe.skipIf(!isAvailable)("outages", () => {
  it.each(kinds)(
    "of connections leave nothing behind: $name",
    { timeout: 60_000 },
    async ({ component }) => {
      const { url, name } = await context.freshDatabase();
      await using store = await createStore(component, {
        connectionString: url,
        maxConns: "4",
        cleanupInterval: "0",
      });
      const cycle = async (): Promise<void> => {
        const busy = Array.from({ length: 8 }, (_, i) =>
          (async () => store.set(setRequest(`k${i}`, "v")))().catch(
            (error: Error) => error.message,
          ),
        );
        await context.sql.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
          [name],
        );
        for (const outcome of await Promise.all(busy)) {
          if (outcome !== undefined)
            expect(outcome).toMatch(/terminating connection|was lost|57P01|EOF|reset/);
        }
        await expect.poll(() => read(store, "k").catch(() => "failed")).not.toBe("failed");
        await store.set(setRequest("k", "v"));
        expect(await read(store, "k")).toBe("v");
      };
      for (let i = 0; i < 10; i++) await cycle();
      await settled(store, name);
      const before = { heap: heapMiB(), handles: process.getActiveResourcesInfo().length };
      for (let i = 0; i < 50; i++) await cycle();
      await settled(store, name);
      expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.handles + 4);
      expect(heapMiB() - before.heap).toBeLessThan(4);
    },
  );

  it("of the server end with its return", { timeout: 60_000 }, async () => {
    await using own = await launchPostgres();
    await using store = await createStore(v2, {
      connectionString: own.connectionString,
      timeout: "2s",
    });
    for (const how of ["fast", "immediate", "fast"] as const) {
      await store.set(setRequest("k", how));
      const during = read(store, "k").catch((error: Error) => error.message);
      await own.stop(how);
      await during;
      const startedAt = performance.now();
      await expect(read(store, "k")).rejects.toThrow(
        /failed to connect to .*connection refused|was lost/,
      );
      expect(performance.now() - startedAt).toBeLessThan(2500);
      await own.start();
      expect(await read(store, "k")).toBe(how);
    }
  });
});

/** Nothing is left of connections that were ended. */
async function settled(store: StateStore, database: string): Promise<void> {
  await store.ping?.();
  const open = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1";
  await expect
    .poll(async () => (await context.sql.query(open, [database])).rows[0].n)
    .toBeLessThanOrEqual(4);
}

describe.skipIf(!isAvailable)("the connection", () => {
  it("is described by strings, URLs and fields", async () => {
    const { url, name } = await context.freshDatabase();
    const { port, password, connectionString } = context.server;
    const fields = {
      host: "127.0.0.1",
      port: `${port}`,
      user: "postgres",
      password,
      database: name,
    };
    for (const properties of [
      { url },
      { connectionString, database: name },
      { ...fields },
      { connectionString: "host=nowhere port=1 dbname=none", ...fields },
      {
        connectionString: `host=127.0.0.1,127.0.0.1 port=1,${port} user=postgres dbname=${name}`,
        password,
      },
      { ...fields, host: "db.example", hostaddr: "127.0.0.1" },
      {
        connectionString: `${connectionString} search_path='public, pg_catalog' target_session_attrs=read-write`,
        database: name,
      },
    ]) {
      await using store = await createStore(v2, properties as Record<string, string>);
      await store.set(setRequest("k", "v"));
      expect(await read(store, "k")).toBe("v");
    }
  });

  it.each<[Record<string, string>, RegExp]>([
    [{}, /^failed to build connection string$/],
    [
      { connectionString: "host=x password='secret" },
      /^failed to parse connection string: (?!.*secret)/,
    ],
    [{ connectionString: "postgres://u:%zz@h/d" }, /^failed to parse connection string: (?!.*%zz)/],
    [{ host: "x", timeout: "10ms" }, /^invalid value for 'timeout': must be greater than 1s$/],
    [{ host: "x", queryExecMode: "fast" }, /^invalid queryExecMode metadata value: fast$/],
    [{ host: "x", useAzureAD: "true" }, /^useAzureAD is not supported/],
    [{ host: "x", useAWSIAM: "true" }, /^useAWSIAM is not supported/],
    [{ host: "x", metadataTableName: "a b" }, /^invalid identifier: a b$/],
    [{ host: "x", tableName: 'a"', tablePrefix: 'a"' }, /^invalid identifier: a"/],
    [{ connectionString: "host=x sslmode=maybe" }, /invalid sslmode$/],
    [
      { connectionString: "host=x sslmode=require", sslRootCert: "/nowhere.pem" },
      /^failed to read sslrootcert file '\/nowhere.pem': ENOENT$/,
    ],
  ])("%j fails to start", async (properties, message) => {
    for (const component of [v1, v2, yugabytedb]) {
      await expect(createStore(component, properties)).rejects.toThrow(message);
    }
  });

  it("tells what is wrong, but no password", async () => {
    const wrong = { connectionString: context.server.connectionString, password: "wrong-secret" };
    await expect(createStore(v1, wrong)).rejects.toThrow(
      /^failed to ping the database: failed to connect to `user=postgres database=postgres`: .*password authentication failed.*28P01\)$/,
    );
    await expect(createStore(v1, wrong)).rejects.not.toThrow(/secret/);
    const none = { connectionString: context.server.connectionString, database: "none" };
    await expect(createStore(v1, none)).rejects.toThrow(/database "none" does not exist/);
  });

  it("ends when the store does", async () => {
    const { url, name } = await context.freshDatabase();
    const store = await createStore(v1, { connectionString: url });
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.set(setRequest(`k${i}`, "v"))));
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    const open = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1";
    await expect.poll(async () => (await context.sql.query(open, [name])).rows[0].n).toBe(0);
    await expect(read(store, "k1")).rejects.toThrow("closed pool");
  });
});
