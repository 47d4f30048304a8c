/** Bindings of databases on real ones: the suite, and values of each type. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Binding } from "../../../src/components/bindings/contract.ts";
import { component as mysql } from "../../../src/components/bindings/mysql.ts";
import { component as postgres } from "../../../src/components/bindings/postgresql.ts";
import { component as redis } from "../../../src/components/bindings/redis.ts";
import { hasRedis, launchRedis, type Redis } from "../launch.ts";
import { hasMariadb, launchMariadb, type Mariadb } from "../servers/mariadb.ts";
import { type Call, dataText, invoke } from "./bindings-context.ts";
import { type BindingSubject, bindingConformance } from "./conformance/bindings.ts";
import { usePostgres } from "./postgres-context.ts";
import { soon } from "./pubsub-context.ts";
import { createComponent } from "./secret-context.ts";

const postgresServer = usePostgres();
const isRedisThere = await hasRedis();
const isMariadbThere = await hasMariadb();
let redisServer: Redis;
let mariadb: Mariadb;

beforeAll(async () => {
  if (isRedisThere) redisServer = await launchRedis();
  if (isMariadbThere) mariadb = await launchMariadb();
}, 120_000);
afterAll(async () => {
  await redisServer?.[Symbol.asyncDispose]();
  await mariadb?.[Symbol.asyncDispose]();
});

const sqlCall = (operation: string, sql: string, params?: readonly unknown[]): Call => ({
  operation,
  metadata: { sql, ...(params === undefined ? {} : { params: JSON.stringify(params) }) },
});

/** Of statements, which carry text only. */
const sqlOutput = (insert: string, select: string): BindingSubject["output"] => ({
  keepsBytes: false,
  write: (name, payload) => sqlCall("exec", insert, [name, Buffer.from(payload).toString("utf8")]),
  async find(binding, name) {
    const text = dataText(await invoke(binding, sqlCall("query", select, [name]))) ?? "null";
    const [row] = (JSON.parse(text) ?? []) as (string[] | { payload: string })[];
    if (row === undefined) return undefined;
    return Buffer.from((Array.isArray(row) ? row[0] : row.payload) ?? "");
  },
  refused: [
    ["no statement", { operation: "exec" }, "required metadata not set: sql"],
    ["a statement", sqlCall("query", "SELEKT 1"), "syntax"],
    ["a table", sqlCall("query", "SELECT * FROM missing_table"), "missing_table"],
    [
      "values that are no list",
      { operation: "query", metadata: { sql: "SELECT 1", params: "{}" } },
      "failed to unserialize into an array",
    ],
  ],
});

bindingConformance({
  name: "redis",
  isAvailable: isRedisThere,
  operations: ["create", "delete", "get", "increment"],
  open: (properties = {}) =>
    createComponent<Binding>(redis, { redisHost: redisServer.address, ...properties }),
  nowhere: { redisHost: "127.0.0.1:1", redisPassword: "hidden", redisMaxRetries: "0" },
  output: {
    keepsBytes: true,
    write: (key, data) => ({ operation: "create", data, metadata: { key } }),
    async find(binding, key) {
      const found = await invoke(binding, { operation: "get", metadata: { key } });
      return found?.data?.length === 0 ? undefined : found?.data;
    },
    refused: [
      ["no key", { operation: "create" }, "redis binding: missing key in request metadata"],
      [
        "a ttl that is no number",
        { operation: "create", metadata: { key: "k", ttl: "x" } },
        "ttl value must be a valid integer: actual is 'x'",
      ],
    ],
  },
});

bindingConformance({
  name: "postgresql",
  isAvailable: postgresServer.isAvailable,
  operations: ["exec", "query", "close"],
  async open(properties = {}) {
    const { url } = await postgresServer.freshDatabase();
    const binding = await createComponent<Binding>(postgres, { url, ...properties });
    await invoke(binding, sqlCall("exec", "CREATE TABLE t (name text PRIMARY KEY, payload text)"));
    return binding;
  },
  nowhere: { url: "postgres://user:hidden@127.0.0.1:1/db" },
  output: sqlOutput("INSERT INTO t VALUES ($1, $2)", "SELECT payload FROM t WHERE name = $1"),
});

const openMysql = async (
  properties: Readonly<Record<string, string>> = {},
  parameters = "",
): Promise<Binding> => {
  const url = `${mariadb.connectionString}mysql${parameters}`;
  const admin = await createComponent<Binding>(mysql, { url });
  const database = `b${databases++}`;
  await invoke(admin, sqlCall("exec", `CREATE DATABASE ${database}`));
  await admin[Symbol.asyncDispose]();
  return await createComponent<Binding>(mysql, {
    url: `${mariadb.connectionString}${database}${parameters}`,
    ...properties,
  });
};
let databases = 0;

bindingConformance({
  name: "mysql",
  isAvailable: isMariadbThere,
  operations: ["exec", "query", "close"],
  async open(properties) {
    const binding = await openMysql(properties);
    await invoke(
      binding,
      sqlCall("exec", "CREATE TABLE t (name VARCHAR(99) PRIMARY KEY, payload LONGTEXT)"),
    );
    return binding;
  },
  nowhere: { url: "user:hidden@tcp(127.0.0.1:1)/db" },
  output: sqlOutput("INSERT INTO t VALUES (?, ?)", "SELECT payload FROM t WHERE name = ?"),
  async restart() {
    await mariadb.stop("SIGKILL");
    await mariadb.start();
  },
});

describe.skipIf(!isMariadbThere)("bindings.mysql", () => {
  const table = `CREATE TABLE v (i INT, big BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(30,5),
    s VARCHAR(20), b BLOB, day DATE, at DATETIME(3), y YEAR, t TIME, j JSON, gone INT)`;
  const insert =
    "INSERT INTO v VALUES (-7, 18446744073709551615, 1.1, 0.1, 12345678901234567890.5, 'a<b', x'00ff', '2026-01-02', '2026-01-02 03:04:05.600', 2026, '10:11:12', '{\"a\":1}', NULL)";
  const common =
    '"b":"AP8=","big":18446744073709551615,"d":0.1,"day":DAY,"f":1.1,"i":-7,"j":"{\\"a\\":1}","n":"12345678901234567890.50000","s":"a\\u003cb","t":"10:11:12","y":2026';
  const asText = common.replace("DAY", '"2026-01-02"');
  const asTimes = common.replace("DAY", '"2026-01-02T00:00:00Z"');

  it.each([
    ["", `[{"at":"2026-01-02 03:04:05.600",${asText}}]`],
    ["?parseTime=true", `[{"at":"2026-01-02T03:04:05.6Z",${asTimes}}]`],
  ])("reads each value in its kind, with %j", async (parameters, expected) => {
    await using binding = await openMysql({}, parameters);
    await invoke(binding, sqlCall("exec", table));
    const written = await invoke(binding, sqlCall("exec", insert));
    expect(written?.data).toBeUndefined();
    expect(written?.metadata?.get("rows-affected")).toBe("1");
    // Once as text, once prepared.
    const plain = await invoke(binding, sqlCall("query", "SELECT * FROM v"));
    expect(dataText(plain)).toBe(expected);
    expect(plain?.metadata?.get("sql")).toBe("SELECT * FROM v");
    expect(plain?.metadata?.has("rows-affected")).toBe(false);
    const prepared = await invoke(binding, sqlCall("query", "SELECT * FROM v WHERE i = ?", [-7]));
    expect(dataText(prepared)).toBe(expected);
    const none = await invoke(binding, sqlCall("query", "SELECT * FROM v WHERE s = ?", ["x"]));
    expect(dataText(none)).toBe("null");
  });

  it("binds numbers, truth, null and objects", async () => {
    await using binding = await openMysql();
    await invoke(binding, sqlCall("exec", "CREATE TABLE p (a DOUBLE, b BOOL, c INT, d TEXT)"));
    await invoke(
      binding,
      sqlCall("exec", "INSERT INTO p VALUES (?, ?, ?, ?)", [1.5, true, null, { x: [1] }]),
    );
    const read = await invoke(binding, sqlCall("query", "SELECT * FROM p"));
    expect(dataText(read)).toBe('[{"a":1.5,"b":1,"d":"{\\"x\\":[1]}"}]');
  });

  it("answers with the first result of a procedure", async () => {
    await using binding = await openMysql();
    await invoke(
      binding,
      sqlCall("exec", "CREATE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2; END"),
    );
    for (const params of [undefined, []]) {
      const read = await invoke(binding, sqlCall("query", "CALL two()", params));
      expect(dataText(read)).toBe('[{"a":1}]');
    }
  });

  it("does nothing more after its operation close", async () => {
    await using binding = await openMysql();
    expect(await invoke(binding, { operation: "close" })).toBeUndefined();
    await expect(invoke(binding, sqlCall("query", "SELECT 1"))).rejects.toThrow();
  });

  it("gives a statement up with its caller, or when it takes too long", async () => {
    await using binding = await openMysql({ timeout: "3s" });
    const sleep = sqlCall("query", "SELECT SLEEP(30)");
    const started = performance.now();
    const cancelled = invoke(binding, { ...sleep, signal: AbortSignal.timeout(50) });
    await expect(cancelled).rejects.toThrow();
    await expect(invoke(binding, sleep)).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(20_000);
    const read = () => invoke(binding, sqlCall("query", "SELECT 1 AS a")).then(dataText, String);
    await expect.poll(read, soon).toBe('[{"a":1}]');
  });

  it.each([
    [{ url: "" }, "missing MySql connection string"],
    [{ url: "nothing" }, "invalid DSN"],
    [{ pemPath: "/nonexistent" }, "failed to read PEM file '/nonexistent': ENOENT"],
    [{ connMaxLifetime: "x" }, "error decoding 'connMaxLifetime'"],
  ])("refuses %j", async (properties, message) => {
    const url = mariadb.connectionString;
    await expect(createComponent<Binding>(mysql, { url, ...properties })).rejects.toThrow(message);
  });
});
