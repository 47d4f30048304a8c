/**
 * The SQLite store's file: tables as the reference leaves them, locks, cleaning.
 * @see spec 04 §8.1
 */
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { component } from "../../../src/components/state/sqlite.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { Scratch } from "../launch.ts";
import { createStore, getRequest, RecordedLog, read, setRequest, ttl } from "./state-context.ts";

const scratch = new Scratch();
afterAll(() => scratch[Symbol.dispose]());
let count = 0;
const path = (): string => `${scratch.path}/file-${count++}.db`;

describe("the file", () => {
  it("has the reference's tables", async () => {
    const file = path();
    await using store = await createStore(component, { connectionString: file });
    await store.set(setRequest("a||json", { json: "<x>" }));
    await store.set(setRequest("a||bytes", "raw", ttl(3600)));
    using database = new DatabaseSync(file);
    const columns = (table: string): unknown =>
      database.prepare(`SELECT name, type, "notnull", pk FROM pragma_table_info('${table}')`).all();
    expect(columns("state")).toEqual([
      { name: "key", type: "TEXT", notnull: 1, pk: 1 },
      { name: "value", type: "TEXT", notnull: 1, pk: 0 },
      { name: "is_binary", type: "BOOLEAN", notnull: 1, pk: 0 },
      { name: "etag", type: "TEXT", notnull: 1, pk: 0 },
      { name: "expiration_time", type: "TIMESTAMP", notnull: 0, pk: 0 },
      { name: "update_time", type: "TIMESTAMP", notnull: 1, pk: 0 },
    ]);
    expect(database.prepare("SELECT * FROM metadata").all()).toEqual([
      { key: "migrations", value: "1" },
    ]);
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    const rows = database
      .prepare("SELECT key, value, is_binary, expiration_time, update_time FROM state ORDER BY key")
      .all();
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(rows).toEqual([
      { key: "a||bytes", value: "cmF3", is_binary: 1, expiration_time: time, update_time: time },
      {
        key: "a||json",
        value: '"\\u003cx\\u003e"',
        is_binary: 0,
        expiration_time: null,
        update_time: time,
      },
    ]);
  });

  it("is read when another wrote it", async () => {
    const file = path();
    {
      await using store = await createStore(component, { connectionString: file });
      await store.set(setRequest("k", "v"));
    }
    const database = new DatabaseSync(file);
    database.exec(
      `INSERT INTO state (key, value, is_binary, etag) VALUES ('foreign', '{"a": 1}', 0, 'e');
       INSERT INTO state (key, value, is_binary, etag, expiration_time) VALUES ('old', '1', 0, 'e', '2001-01-01 00:00:00');
       INSERT INTO state (key, value, is_binary, etag, expiration_time) VALUES ('zone', '1', 0, 'e', '2999-01-01 00:00:00+00:00')`,
    );
    database.close();
    await using store = await createStore(component, { url: `file:${file}`, disableWAL: "true" });
    expect(await read(store, "k")).toBe("v");
    expect(await read(store, "foreign")).toBe('{"a": 1}');
    expect(await read(store, "old")).toBeUndefined();
    expect((await store.get(getRequest("zone"))).metadata?.get("ttlExpireTime")).toBe(
      "2999-01-01T00:00:00Z",
    );
    // A row that has expired is as good as none to a first write.
    await store.set(setRequest("old", "new", { concurrency: "first-write" }));
    expect(await read(store, "old")).toBe("new");
  });

  it("can be opened read-only", async () => {
    const file = path();
    {
      await using store = await createStore(component, { connectionString: file, disableWAL: "1" });
      await store.set(setRequest("k", "v"));
    }
    await using store = await createStore(component, { connectionString: `${file}?mode=ro` });
    expect(await read(store, "k")).toBe("v");
    expect(() => store.set(setRequest("k", "w"))).toThrow(/readonly/);
  });
});

describe("a lock of another process", () => {
  it("is waited for without blocking", async () => {
    const file = path();
    await using store = await createStore(component, { connectionString: file });
    using other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const written = store.set(setRequest("k", "v"));
    expect(written).toBeInstanceOf(Promise);
    setTimeout(() => other.exec("COMMIT"), 60);
    await written;
    expect(await read(store, "k")).toBe("v");
  });

  it("is given up on after busyTimeout", async () => {
    const file = path();
    await using store = await createStore(component, {
      connectionString: file,
      busyTimeout: "80ms",
    });
    using other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    await expect((async () => store.set(setRequest("k", "v")))()).rejects.toThrow(
      "database is locked",
    );
    await using none = await createStore(component, { connectionString: file, busyTimeout: "0" });
    expect(() => none.set(setRequest("k", "v"))).toThrow("database is locked");
  });
});

it("cleans expired rows once per interval, however many share the database", async () => {
  const file = path();
  const clock = new ManualClock();
  const logger = new RecordedLog();
  const properties = { connectionString: file, cleanupInterval: "10s" };
  await using one = await createStore(component, properties, { clock, logger });
  await using two = await createStore(component, properties, { clock, logger });
  await one.set(setRequest("short", "v", ttl(1)));
  await one.set(setRequest("long", "v", ttl(1000)));
  await clock.advance(10_000);
  using database = new DatabaseSync(file);
  expect(database.prepare("SELECT key FROM state").all()).toEqual([{ key: "long" }]);
  expect(logger.lines).toEqual([
    "Schedule expired data clean up every 10s",
    "Schedule expired data clean up every 10s",
    "Removed 1 expired rows",
  ]);
  await clock.advance(10_000);
  expect(logger.lines.filter((line) => line.startsWith("Removed"))).toHaveLength(2);
  expect(await read(two, "long")).toBe("v");
});

it.each<[Record<string, string>, string]>([
  [{}, "missing connection string"],
  [
    { connectionString: ":memory:", timeout: "10ms" },
    "invalid value for 'timeout': must be greater than 1s",
  ],
  [{ connectionString: ":memory:", tableName: "a b" }, "invalid identifier: a b"],
  [{ connectionString: ":memory:", metadataTableName: 'a"' }, 'invalid identifier: a"'],
  [
    { connectionString: "x?_pragma=busy_timeout(1)" },
    "found forbidden option '_pragma=busy_timeout(1)' in the connection string",
  ],
  [{ connectionString: "/nowhere/at/all.db" }, "unable to open database file"],
  [{ connectionString: ":memory:", busyTimeout: "x" }, "error decoding 'busyTimeout'"],
])("%j fails to start", async (properties, message) => {
  await expect(createStore(component, properties)).rejects.toThrow(message);
});
