/**
 * state.mysql over a real MariaDB: the suite of all stores, the tables, outages.
 * @see spec 04 §8.1
 */
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/state/mysql.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { heapMiB } from "../heap.ts";
import { hasMariadb, launchMariadb, type Mariadb } from "../servers/mariadb.ts";
import { stateStoreConformance } from "./conformance/state.ts";
import { createStore, getRequest, RecordedLog, read, setRequest, ttl } from "./state-context.ts";

const isAvailable = await hasMariadb();
let server: Mariadb;
let sql: Connection;
let schemas = 0;

beforeAll(async () => {
  if (!isAvailable) return;
  server = await launchMariadb();
  const { port, user, password } = server;
  sql = await createConnection({ host: "127.0.0.1", port, user, password });
}, 60_000);
afterAll(async () => {
  await sql?.end();
  await server?.[Symbol.asyncDispose]();
});

const freshSchema = (): Record<"connectionString" | "schemaName", string> => ({
  connectionString: server.connectionString,
  schemaName: `test_${schemas++}`,
});

const rowsOf = async (text: string): Promise<unknown> =>
  (await sql.query({ sql: text, rowsAsArray: true }))[0];

stateStoreConformance({
  name: "mysql",
  isAvailable,
  traits: { keysKeepCase: false, longestKey: 255, keepsJsonText: true },
  open: () => createStore(component, freshSchema()),
});

describe.skipIf(!isAvailable)("the tables", () => {
  it("are the reference's", async () => {
    const properties = freshSchema();
    await using store = await createStore(component, properties);
    await store.set(setRequest("a||json", { json: "<x>" }));
    await store.set(setRequest("a||bytes", "raw", ttl(3600)));
    expect(store.features).toEqual(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"]);
    const { schemaName } = properties;
    const columns = await rowsOf(
      `SELECT column_name, column_type, is_nullable, extra FROM information_schema.columns
       WHERE table_schema = '${schemaName}' AND table_name = 'state' ORDER BY ordinal_position`,
    );
    expect(columns).toEqual([
      ["id", "varchar(255)", "NO", ""],
      ["value", "longtext", "NO", ""],
      ["isbinary", "tinyint(1)", "NO", ""],
      ["insertDate", "timestamp", "NO", ""],
      ["updateDate", "timestamp", "NO", "on update current_timestamp()"],
      ["eTag", "varchar(36)", "NO", ""],
      ["expiredate", "timestamp", "YES", ""],
      ["row_id", "bigint(20) unsigned", "NO", "auto_increment"],
    ]);
    const indexes = await rowsOf(
      `SELECT index_name, column_name, non_unique FROM information_schema.statistics
       WHERE table_schema = '${schemaName}' AND table_name = 'state' ORDER BY index_name`,
    );
    expect(indexes).toEqual([
      ["expiredate_idx", "expiredate", 1],
      ["PRIMARY", "id", 0],
      ["row_id_uidx", "row_id", 0],
    ]);
    const rows = await rowsOf(
      `SELECT id, CAST(value AS CHAR), isbinary, LENGTH(eTag), TIMESTAMPDIFF(SECOND, insertDate, expiredate)
       FROM ${schemaName}.state ORDER BY id`,
    );
    expect(rows).toEqual([
      ["a||bytes", '"cmF3"', 1, 36, 3600],
      ["a||json", '"\\u003cx\\u003e"', 0, 36, null],
    ]);
    expect(await rowsOf(`SELECT * FROM ${schemaName}.dapr_metadata`)).toEqual([]);
  });

  it("are brought up to date from before 1.11, by many sidecars at once", async () => {
    const properties = freshSchema();
    const { schemaName } = properties;
    await sql.query(`CREATE DATABASE ${schemaName}`);
    await sql.query(
      `CREATE TABLE ${schemaName}.state (id VARCHAR(255) NOT NULL PRIMARY KEY, value JSON NOT NULL, isbinary BOOLEAN NOT NULL,
        insertDate TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updateDate TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, eTag VARCHAR(36) NOT NULL)`,
    );
    await sql.query(
      `INSERT INTO ${schemaName}.state (id, value, isbinary, eTag) VALUES ('b', '{"a": 1}', 0, 'e'), ('a', '{}', 1, 'e')`,
    );
    const stores = await Promise.all(
      Array.from({ length: 6 }, () => createStore(component, properties)),
    );
    const [store] = stores;
    if (store === undefined) throw new Error("no store");
    expect(await read(store, "b")).toBe('{"a": 1}');
    expect((await store.get(getRequest("b"))).etag).toBe("e");
    await expect(store.get(getRequest("a"))).rejects.toThrow("failed to decode binary data");
    const listed = await store.keysLike?.({ pattern: "%", pageSize: 0, token: undefined });
    expect(listed?.keys.toSorted()).toEqual(["a", "b"]);
    await Promise.all(stores.map((each) => each[Symbol.asyncDispose]()));
  });
});

it.skipIf(!isAvailable)("cleans once per interval, however many share the tables", async () => {
  const properties = { ...freshSchema(), cleanupInterval: "10s" };
  const { schemaName } = properties;
  const clock = new ManualClock();
  const logger = new RecordedLog();
  await using one = await createStore(component, properties, { clock, logger });
  await using two = await createStore(component, properties, { clock, logger });
  await one.set(setRequest("short", "v", ttl(1)));
  await two.set(setRequest("long", "v", ttl(1000)));
  await sql.query(
    `UPDATE ${schemaName}.state SET expiredate = NOW() - INTERVAL 1 SECOND WHERE id = 'short'`,
  );
  await clock.advance(10_000);
  const lines = (text: string): number => logger.lines.filter((line) => line === text).length;
  await expect.poll(() => lines("Removed 1 expired rows")).toBe(1);
  expect(await rowsOf(`SELECT id FROM ${schemaName}.state`)).toEqual([["long"]]);
  expect(await rowsOf(`SELECT id FROM ${schemaName}.dapr_metadata`)).toEqual([["last-cleanup"]]);
  await sql.query(
    `UPDATE ${schemaName}.dapr_metadata SET value = NOW() - INTERVAL 11 SECOND WHERE id = 'last-cleanup'`,
  );
  await clock.advance(10_000);
  await expect.poll(() => lines("Removed 0 expired rows")).toBe(1);
});

describe.skipIf(!isAvailable)("time and outages", () => {
  it("end a write that a lock holds up, here and in the server", async () => {
    const properties = { ...freshSchema(), timeoutInSeconds: "1", cleanupInterval: "0" };
    const { schemaName } = properties;
    await using store = await createStore(component, properties);
    await store.set(setRequest("k", "1"));
    await sql.query("START TRANSACTION");
    await sql.query(`SELECT * FROM ${schemaName}.state FOR UPDATE`);
    const startedAt = performance.now();
    await expect(store.set(setRequest("k", "2"))).rejects.toThrow(/context deadline exceeded/);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    const caller = new AbortController();
    const cancelled = store.set(setRequest("k", "3"), caller.signal);
    const reason = new Error("context canceled");
    caller.abort(reason);
    await expect(cancelled).rejects.toBe(reason);
    expect(await read(store, "k")).toBe("1");
    const waiting = `SELECT COUNT(*) FROM information_schema.processlist WHERE db = '${schemaName}' AND info LIKE 'REPLACE%'`;
    await expect.poll(() => rowsOf(waiting)).toEqual([[0]]);
    await sql.query("COMMIT");
    expect(await read(store, "k")).toBe("1");
  });

  it("of connections leave nothing behind", { timeout: 60_000 }, async () => {
    const properties = { ...freshSchema(), cleanupInterval: "0" };
    const { schemaName } = properties;
    await using store = await createStore(component, properties);
    const threads = `SELECT id FROM information_schema.processlist WHERE db = '${schemaName}'`;
    const cycle = async (): Promise<void> => {
      const busy = Array.from({ length: 8 }, async (_, i) => store.set(setRequest(`k${i}`, "v")));
      const outcomes = Promise.allSettled(busy);
      for (const [id] of (await rowsOf(threads)) as [number][]) {
        await sql.query(`KILL CONNECTION ${id}`).catch(() => {});
      }
      for (const outcome of await outcomes) {
        if (outcome.status === "rejected") {
          expect(outcome.reason.message).toMatch(/was lost|Error \d+/);
        }
      }
      await expect.poll(() => read(store, "k").catch(() => "failed")).not.toBe("failed");
      await store.set(setRequest("k", "v"));
      expect(await read(store, "k")).toBe("v");
    };
    for (let i = 0; i < 10; i++) await cycle();
    const before = { heap: heapMiB(), handles: process.getActiveResourcesInfo().length };
    for (let i = 0; i < 50; i++) await cycle();
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before.handles + 16);
    expect(heapMiB() - before.heap).toBeLessThan(4);
    expect(((await rowsOf(threads)) as unknown[]).length).toBeLessThanOrEqual(16);
    await store[Symbol.asyncDispose]();
    await expect.poll(async () => ((await rowsOf(threads)) as unknown[]).length).toBe(0);
  });

  it("of the server end with its return", { timeout: 60_000 }, async () => {
    await using own = await launchMariadb();
    await using store = await createStore(component, { connectionString: own.connectionString });
    for (const value of ["first", "second"]) {
      await store.set(setRequest("k", value));
      const during = read(store, "k").catch((error: Error) => error.message);
      await own.stop();
      await during;
      await expect(read(store, "k")).rejects.toThrow(/^dial tcp .*connection refused$|was lost/);
      await own.start();
      expect(await read(store, "k")).toBe(value);
    }
  });
});

describe.skipIf(!isAvailable)("the start", () => {
  it.each<[Record<string, string>, RegExp]>([
    [{}, /^missing connection string$/],
    [{ tableName: "a b" }, /^table name 'a b' is not valid$/],
    [{ metadataTableName: 'a"' }, /^metadata table name 'a"' is not valid$/],
    [{ schemaName: "a`" }, /^schema name 'a`' is not valid$/],
    [{ connectionString: "u:secret@tcp(h" }, /^invalid DSN: (?!.*secret)/],
    [{ connectionString: "u:secret@tcp(h:1)/?tls=maybe" }, /^invalid value .* for tls$/],
    [{ connectionString: "u@tcp(h:1)/?tls=custom" }, /unknown config name: custom$/],
    [{ connectionString: "u@tcp(h:1)/", pemPath: "/nowhere.pem" }, /ENOENT$/],
    [
      { connectionString: "u:p@tcp(127.0.0.1:1)/" },
      /^dial tcp 127.0.0.1:1: connect: connection refused$/,
    ],
  ])("%j fails", async (properties, message) => {
    await expect(createStore(component, properties)).rejects.toThrow(message);
  });

  it("tells what is wrong, but no password", async () => {
    const connectionString = `tester:secret@tcp(127.0.0.1:${server.port})/`;
    await expect(createStore(component, { connectionString })).rejects.toThrow(
      /^Error 1045 \(28000\): Access denied (?!.*secret)/,
    );
  });

  it("sets variables of the session and takes a driver's parameters", async () => {
    const { connectionString, schemaName } = freshSchema();
    await using store = await createStore(component, {
      connectionString: `${connectionString}?allowNativePasswords=true&timeout=5s&time_zone=%27%2B05%3A00%27`,
      schemaName,
    });
    const before = Date.now();
    await store.set(setRequest("k", "v", ttl(100)));
    const shown = (await store.get(getRequest("k"))).metadata?.get("ttlExpireTime") ?? "";
    expect(Math.abs(Date.parse(shown) - before - 100_000)).toBeLessThan(5_000);
  });
});
