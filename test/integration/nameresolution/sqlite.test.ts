import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { component as nameformat } from "../../../src/components/nameresolution/nameformat.ts";
import { component } from "../../../src/components/nameresolution/sqlite.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { RecordedLog } from "../components/state-context.ts";
import { Scratch } from "../launch.ts";
import { createResolver, lookUp, type ResolverOptions } from "./resolvers.ts";

let scratch: Scratch;
let file: string;
let clock: ManualClock;

beforeEach(() => {
  scratch = new Scratch();
  file = join(scratch.path, "nr.db");
  clock = new ManualClock();
});

afterEach(() => scratch[Symbol.dispose]());

const open = (options: ResolverOptions = {}, more = "") =>
  createResolver(component, `connectionString: ${JSON.stringify(file)}\n${more}`, {
    clock,
    ...options,
  });

/** Looks at the file as another program does. */
function rows(sql: string): unknown[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

function change(sql: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

const seconds = (): number => Math.floor(clock.now() / 1000);

test("registers with the layout that sidecars share, and takes its row away", async () => {
  const resolver = await open({ appId: "shop", internalPort: 50_007 });
  expect(rows("SELECT * FROM hosts")).toEqual([
    {
      registration_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      address: "10.0.0.7:50007",
      app_id: "shop",
      namespace: "",
      last_update: seconds(),
    },
  ]);
  expect(rows("SELECT value FROM metadata WHERE key = 'nr-migrations'")).toEqual([{ value: "1" }]);
  expect(
    rows(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'hosts%' ORDER BY name",
    ),
  ).toEqual([{ name: "hosts_address_idx" }, { name: "hosts_last_update_idx" }]);
  expect(await lookUp(resolver, "shop")).toEqual(["10.0.0.7:50007"]);
  await resolver[Symbol.asyncDispose]();
  expect(rows("SELECT * FROM hosts")).toEqual([]);
});

test("finds rows of other sidecars while they are fresh", async () => {
  await using resolver = await open();
  const insert = (id: string, age: number): void =>
    change(`INSERT INTO hosts VALUES ('${id}', '10.1.1.1:${id}', 'other', '', ${seconds() - age})`);
  await expect(lookUp(resolver, "other")).rejects.toThrow("no host found with the given ID");
  insert("1", 6);
  await expect(lookUp(resolver, "other")).rejects.toThrow("no host found with the given ID");
  insert("2", 4);
  expect(await lookUp(resolver, "other")).toEqual(["10.1.1.1:2"]);
});

test("renews its row, and an address has one owner", async () => {
  await using first = await open({ appId: "first" });
  const before = seconds();
  await clock.advance(4000);
  await expect
    .poll(() => rows("SELECT last_update FROM hosts"), { timeout: 10_000 })
    .toEqual([{ last_update: before + 4 }]);
  await using _second = await open({ appId: "second" });
  expect(rows("SELECT app_id FROM hosts")).toEqual([{ app_id: "second" }]);
  await expect(lookUp(first, "first")).rejects.toThrow("no host found");
});

test("a lost row ends the sidecar", async () => {
  const fatal: string[] = [];
  const log = new RecordedLog();
  await using _resolver = await open({ log, onFatal: (text) => fatal.push(text) });
  change("DELETE FROM hosts");
  await clock.advance(4000);
  await expect.poll(() => fatal, { timeout: 10_000 }).toEqual(["Host registration lost"]);
  expect(log.lines).toContain("Failed to update host registration: host registration lost");
  await clock.advance(8000);
  expect(fatal).toHaveLength(1);
});

test("rows of dead sidecars are removed by the one whose turn it is", async () => {
  await using _resolver = await open({}, "cleanupInterval: 10s");
  change("INSERT INTO hosts VALUES ('dead', '10.1.1.1:1', 'dead', '', 5)");
  await clock.advance(10_000);
  await expect
    .poll(() => rows("SELECT app_id FROM hosts"), { timeout: 10_000 })
    .toEqual([{ app_id: "app" }]);
  expect(rows("SELECT key FROM metadata ORDER BY key")).toEqual([
    { key: "nr-last-cleanup" },
    { key: "nr-migrations" },
  ]);
});

test.each([
  ["tableName: a-b", "invalid identifier: a-b"],
  ["timeout: 500ms", "invalid value for 'timeout': must be greater than 1s"],
  ["updateInterval: 1500ms", "update interval must be a multiple of seconds"],
  ["updateInterval: 1s", "update interval must be at least 1s greater than timeout"],
])("%s is refused", async (more, text) => {
  await expect(open({}, more)).rejects.toThrow(text);
});

test("without a connection string it does not start", async () => {
  await expect(createResolver(component, "{}")).rejects.toThrow("missing connection string");
});

test("nameformat puts the id into its form", async () => {
  await using resolver = await createResolver(nameformat, 'format: "{appid}.x.{appid}:80"');
  expect(await lookUp(resolver, "a$&")).toEqual(["a$&.x.a$&:80"]);
  await expect(createResolver(nameformat, "{}")).rejects.toThrow("format is required in metadata");
  await expect(createResolver(nameformat, "format: x:1")).rejects.toThrow(
    "format must contain {appid} placeholder",
  );
});
