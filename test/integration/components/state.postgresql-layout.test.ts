/**
 * The tables of state.postgresql, byte for byte as the reference's; migrations and cleaning.
 * @see spec 04 §8.1
 */
import { describe, expect, it } from "vitest";
import { component as v1 } from "../../../src/components/state/postgresql.ts";
import { component as v2 } from "../../../src/components/state/postgresql.v2.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { rowsOf, usePostgres, withClient } from "./postgres-context.ts";
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

const context = usePostgres();
const { isAvailable } = context;

const kinds = [
  { name: "postgresql v1", component: v1 },
  { name: "postgresql v2", component: v2 },
] as const;

const columnsOf = (url: string, table: string): Promise<readonly unknown[]> =>
  rowsOf(
    url,
    `SELECT column_name, data_type, is_nullable, column_default, is_identity
     FROM information_schema.columns WHERE table_name = '${table}' ORDER BY ordinal_position`,
  );

const stamp = "timestamp with time zone";

describe.skipIf(!isAvailable)("the layout", () => {
  it("of v1 is the reference's", async () => {
    const { url } = await context.freshDatabase();
    await using store = await createStore(v1, { connectionString: url });
    await store.set(setRequest("a||json", { json: new Map([["b", "<x>"]]) }));
    await store.set(setRequest("a||bytes", "raw", ttl(3600)));
    await store.set(setRequest("a||json", { json: "second" }));
    expect(store.features).toEqual(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE", "QUERY_API"]);
    expect(await columnsOf(url, "state")).toEqual([
      ["key", "text", "NO", null, "NO"],
      ["value", "jsonb", "NO", null, "NO"],
      ["isbinary", "boolean", "NO", null, "NO"],
      ["insertdate", stamp, "NO", "now()", "NO"],
      ["updatedate", stamp, "YES", null, "NO"],
      ["expiredate", stamp, "YES", null, "NO"],
      ["row_id", "bigint", "NO", null, "YES"],
    ]);
    expect(await rowsOf(url, "SELECT key, value FROM dapr_metadata ORDER BY key")).toEqual([
      ["lock", "lock"],
      ["migrations", "3"],
    ]);
    expect(
      await rowsOf(url, "SELECT indexname FROM pg_indexes WHERE tablename = 'state' ORDER BY 1"),
    ).toEqual([["state_pkey"], ["state_row_id_uidx"]]);
    const rows = await rowsOf(
      url,
      `SELECT key, value::text, isbinary, updatedate IS NOT NULL,
         round(extract(epoch FROM expiredate - insertdate))::int FROM state ORDER BY key`,
    );
    expect(rows).toEqual([
      ["a||bytes", '"cmF3"', true, false, 3600],
      ["a||json", '"second"', false, true, null],
    ]);
    const [[xmin]] = (await rowsOf(url, "SELECT xmin::text FROM state WHERE key = 'a||json'")) as [
      [string],
    ];
    expect(await etagOf(store, "a||json")).toBe(xmin);
  });

  it("of v2 is the reference's", async () => {
    const { url } = await context.freshDatabase();
    await using store = await createStore(v2, { connectionString: url, tablePrefix: "p_" });
    await store.set(setRequest("json", { json: "<x>" }));
    await store.set({
      ...setRequest("bytes", ""),
      value: { kind: "bytes", bytes: Buffer.from([0, 255]) },
    });
    expect(store.features).toEqual(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"]);
    expect(await columnsOf(url, "p_state")).toEqual([
      ["key", "text", "NO", null, "NO"],
      ["value", "bytea", "NO", null, "NO"],
      ["etag", "uuid", "NO", "gen_random_uuid()", "NO"],
      ["created_at", stamp, "NO", "now()", "NO"],
      ["updated_at", stamp, "YES", null, "NO"],
      ["expires_at", stamp, "YES", null, "NO"],
      ["row_id", "bigint", "NO", null, "YES"],
    ]);
    expect(await rowsOf(url, "SELECT key, value FROM dapr_metadata ORDER BY key")).toEqual([
      ["lock", "lock"],
      ["migrations-state-v2-p_", "2"],
    ]);
    expect(await rowsOf(url, "SELECT key, encode(value, 'hex') FROM p_state ORDER BY key")).toEqual(
      [
        ["bytes", "00ff"],
        ["json", Buffer.from('"\\u003cx\\u003e"').toString("hex")],
      ],
    );
    expect(
      await rowsOf(url, "SELECT indexdef FROM pg_indexes WHERE tablename = 'p_state' ORDER BY 1"),
    ).toEqual([
      [expect.stringContaining("p_state_expires_at_idx")],
      [expect.stringContaining("p_state_pkey")],
      [expect.stringContaining("p_state_row_id_uidx")],
    ]);
  });

  it("may be in schemas of other names", async () => {
    const { url } = await context.freshDatabase();
    await withClient(url, (client) => client.query("CREATE SCHEMA other"));
    await using one = await createStore(v1, {
      connectionString: url,
      metadataTableName: "other.Meta",
      tableName: "other.things",
    });
    await using two = await createStore(v2, {
      connectionString: url,
      metadataTableName: "other.meta",
      tablePrefix: "other.x_",
    });
    await one.set(setRequest("k", "1"));
    await two.set(setRequest("k", "2"));
    expect(await rowsOf(url, "SELECT count(*)::int FROM other.things")).toEqual([[1]]);
    expect(await rowsOf(url, "SELECT count(*)::int FROM other.x_state")).toEqual([[1]]);
  });

  it("is read when another wrote it", async () => {
    const { url } = await context.freshDatabase();
    await using store = await createStore(v1, { connectionString: url });
    await withClient(url, (client) =>
      client.query(`INSERT INTO state (key, value, isbinary, expiredate) VALUES
        ('foreign', '{"a": 1234567890123456789012345678901234567890.5}', false, null),
        ('old', '1', false, now() - interval '1 second'),
        ('broken', '{}', true, null),
        ('later', '1', false, '2999-01-01 02:00:00+02')`),
    );
    expect(await read(store, "foreign")).toBe('{"a": 1234567890123456789012345678901234567890.5}');
    expect(await read(store, "old")).toBeUndefined();
    expect((await store.get(getRequest("later"))).metadata?.get("ttlExpireTime")).toBe(
      "2999-01-01T00:00:00Z",
    );
    const items = await store.bulkGet?.(["none", "broken", "later"].map(getRequest), 0);
    expect(items?.find(({ key }) => key === "broken")?.error).toBe("failed to decode base64 data");
    expect(items?.at(-1)?.key).toBe("none");
  });

  it("refuses what JSON columns and etags cannot hold, and goes on", async () => {
    const { url } = await context.freshDatabase();
    await using store = await createStore(v1, { connectionString: url });
    await expect(store.set(setRequest("k", { json: "a\0b" }))).rejects.toThrow(
      /^ERROR: unsupported Unicode escape sequence \(SQLSTATE 22P05\)$/,
    );
    for (const etag of ["4294967296", "-1", "1.5"]) {
      await expect(store.delete(deleteRequest("k", etag))).rejects.toThrow(/^invalid etag value/);
    }
    await store.set(setRequest("k", "v"));
    expect(await read(store, "k")).toBe("v");
  });
});

const oldTables = {
  v1: [
    "CREATE TABLE dapr_metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL)",
    `CREATE TABLE state (key text NOT NULL PRIMARY KEY, value jsonb NOT NULL, isbinary boolean NOT NULL,
       insertdate timestamptz NOT NULL DEFAULT now(), updatedate timestamptz)`,
    "ALTER TABLE state ADD expiredate timestamptz",
  ],
  v2: [
    "CREATE TABLE dapr_metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL)",
    `CREATE TABLE state (key text NOT NULL PRIMARY KEY, value bytea NOT NULL, etag uuid NOT NULL DEFAULT gen_random_uuid(),
       created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, expires_at timestamptz)`,
  ],
};

describe.skipIf(!isAvailable)("migrations", () => {
  it.each([
    ["v1", v1, "migrations", 0],
    ["v1", v1, "migrations", 1],
    ["v1", v1, "migrations", 2],
    ["v2", v2, "migrations-state-v2-", 0],
    ["v2", v2, "migrations-state-v2-", 1],
  ] as const)("lead from an older level: %s, %s at %i", async (version, component, key, level) => {
    const { url } = await context.freshDatabase();
    const isV1 = version === "v1";
    await withClient(url, async (client) => {
      for (const text of oldTables[version].slice(0, level + 1)) await client.query(text);
      if (level === 0) return;
      await client.query(`INSERT INTO dapr_metadata VALUES ('${key}', '${level}')`);
      const insert = isV1
        ? "INSERT INTO state (key, value, isbinary, insertdate) VALUES ($1, '1', false, $2)"
        : "INSERT INTO state (key, value, created_at) VALUES ($1, '1', $2)";
      await client.query(insert, ["b", "2020-01-02"]);
      await client.query(insert, ["z", "2020-01-01"]);
      await client.query(insert, ["a", "2020-01-02"]);
    });
    await using store = await createStore(component, { connectionString: url });
    await store.set(setRequest("new", { json: 1 }));
    const listed = await store.keysLike?.({ pattern: "%", pageSize: 0, token: undefined });
    expect(listed?.keys).toEqual(level === 0 ? ["new"] : ["z", "a", "b", "new"]);
    if (level > 0) {
      expect(await rowsOf(url, "SELECT row_id::int FROM state ORDER BY row_id")).toEqual([
        [1],
        [2],
        [3],
        [4],
      ]);
    }
    expect(await rowsOf(url, `SELECT value FROM dapr_metadata WHERE key = '${key}'`)).toEqual([
      [isV1 ? "3" : "2"],
    ]);
  });

  it.each(kinds)("of many sidecars that start together: $name", async ({ component }) => {
    const { url } = await context.freshDatabase();
    const stores = await Promise.all(
      Array.from({ length: 8 }, () => createStore(component, { connectionString: url })),
    );
    await Promise.all(stores.map((store, i) => store.set(setRequest(`k${i}`, "1"))));
    expect(await rowsOf(url, "SELECT count(DISTINCT row_id)::int FROM state")).toEqual([[8]]);
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));
  });

  it("wait for the reference's lock, and are not needed by users that may only read", async () => {
    const { url, name } = await context.freshDatabase();
    await withClient(url, async (client) => {
      await client.query(oldTables.v1[0] as string);
      await client.query("INSERT INTO dapr_metadata VALUES ('lock', 'lock')");
      await client.query("BEGIN");
      await client.query("SELECT value FROM dapr_metadata WHERE key = 'lock' FOR UPDATE");
      let isOpen = false;
      const opening = createStore(v1, { connectionString: url, timeout: "1s" }).then((store) => {
        isOpen = true;
        return store;
      });
      const waiting =
        "SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'";
      await expect.poll(async () => (await context.sql.query(waiting, [name])).rowCount).toBe(1);
      expect(isOpen).toBe(false);
      await client.query("ROLLBACK");
      await using store = await opening;
      await store.set(setRequest("k", "v"));
      await client.query(
        "CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT SELECT ON state, dapr_metadata TO reader",
      );
    });
    await using reader = await createStore(v1, {
      url,
      user: "reader",
      password: "r",
      cleanupInterval: "0",
    });
    expect(await read(reader, "k")).toBe("v");
    await expect(reader.set(setRequest("k", "w"))).rejects.toThrow(/permission denied .*42501/);
  });
});

describe.skipIf(!isAvailable)("the cleaner", () => {
  it.each([
    ["v1", v1, "last-cleanup"],
    ["v2", v2, "last-cleanup-state-v2-"],
  ] as const)(
    "cleans once per interval, however many share the database: %s",
    async (_name, component, key) => {
      const { url } = await context.freshDatabase();
      const clock = new ManualClock();
      const logger = new RecordedLog();
      const properties = { connectionString: url, cleanupInterval: "10s" };
      await using one = await createStore(component, properties, { clock, logger });
      await using two = await createStore(component, properties, { clock, logger });
      await one.set(setRequest("short", "v", ttl(1)));
      await one.set(setRequest("long", "v", ttl(1000)));
      const column = component === v1 ? "expiredate" : "expires_at";
      await withClient(url, (client) =>
        client.query(`UPDATE state SET ${column} = now() - interval '1s' WHERE key = 'short'`),
      );
      await clock.advance(10_000);
      const removed = (): number =>
        logger.lines.filter((line) => line === "Removed 1 expired rows").length;
      await expect.poll(removed).toBe(1);
      expect(await rowsOf(url, "SELECT key FROM state")).toEqual([["long"]]);
      expect(
        await rowsOf(
          url,
          `SELECT value::timestamptz > now() - interval '1 minute' FROM dapr_metadata WHERE key = '${key}'`,
        ),
      ).toEqual([[true]]);
      // What is noted there is as the reference notes it: an old time makes the next sweep due.
      await withClient(url, (client) =>
        client.query(
          `UPDATE dapr_metadata SET value = (now() - interval '11 s')::text WHERE key = '${key}'`,
        ),
      );
      await clock.advance(10_000);
      await expect
        .poll(() => logger.lines.filter((line) => line === "Removed 0 expired rows").length)
        .toBe(1);
      expect(await read(two, "long")).toBe("v");
    },
  );
});
