/** The PostgreSQL configuration store on a real server. */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigurationStore } from "../../../src/components/configuration/contract.ts";
import { component } from "../../../src/components/configuration/postgresql.ts";
import { hasPostgres, launchPostgres, type Postgres } from "../servers/postgres.ts";
import {
  type ConfigurationFixture,
  configurationConformance,
} from "./conformance/configuration.ts";
import { createStore, RecordedLog } from "./state-context.ts";

const isAvailable = hasPostgres();

const schema = `
CREATE TABLE config (key varchar NOT NULL, value varchar NOT NULL, version varchar NOT NULL, metadata json);
CREATE UNIQUE INDEX config_key ON config (key);
CREATE FUNCTION tell() RETURNS trigger AS $$
BEGIN
  PERFORM pg_notify('config', json_build_object(
    'table', TG_TABLE_NAME, 'action', TG_OP, 'data', row_to_json(coalesce(NEW, OLD)))::text);
  RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE ON config FOR EACH ROW EXECUTE FUNCTION tell();
`;

/** A server, and the owner's connection to it, made anew after an outage. */
class Server {
  postgres: Postgres | undefined;
  #client: Client | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** One after another. */
  query(text: string, values: readonly string[] = []): Promise<Record<string, unknown>[]> {
    const rows = this.#turn.then(() => this.#query(text, values));
    this.#turn = rows.catch(() => {});
    return rows;
  }

  async #query(text: string, values: readonly string[]): Promise<Record<string, unknown>[]> {
    if (this.#client === undefined) {
      const client = new Client({ connectionString: undefined, ...this.login });
      client.on("error", () => {});
      await client.connect();
      this.#client = client;
    }
    return (await this.#client.query(text, [...values])).rows;
  }

  get login() {
    const { port, user, password } = this.postgres as Postgres;
    return { host: "127.0.0.1", port, user, password, database: "postgres", ssl: false } as const;
  }

  async launch(): Promise<void> {
    this.postgres = await launchPostgres();
    await this.query(schema);
  }

  async stop(): Promise<void> {
    await this.#client?.end();
    this.#client = undefined;
    await this.postgres?.stop("immediate");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.end();
    await this.postgres?.[Symbol.asyncDispose]();
  }
}

const server = new Server();
let fixtures = 0;

async function open(): Promise<ConfigurationFixture> {
  if (server.postgres === undefined) await server.launch();
  await server.query("TRUNCATE config");
  const name = `fixture${fixtures++}`;
  const store: ConfigurationStore = await createStore(component, {
    connectionString: `${server.postgres?.connectionString} application_name=${name}`,
    table: "config",
  });
  return {
    store,
    subscribeMetadata: new Map([["pgNotifyChannel", "config"]]),
    async set(key, value, version = "") {
      await server.query(
        `INSERT INTO config VALUES ($1, $2, $3, NULL)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version`,
        [key, value, version],
      );
    },
    async remove(key) {
      await server.query("DELETE FROM config WHERE key = $1", [key]);
    },
    async connections() {
      const text = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1";
      return (await server.query(text, [name]))[0]?.n as number;
    },
    async cut() {
      const text =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
      await server.query(text, [name]);
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

configurationConformance({
  name: "postgresql",
  isAvailable,
  open,
  removal: "last",
  unknownSubscription: "unable to find subscription with ID : x",
  oddKeys: ["a/b", "a.b_C", "__proto__", "constructor"],
  stopServer: () => server.stop(),
  startServer: async () => await server.postgres?.start(),
  close: () => server[Symbol.asyncDispose](),
});

describe.skipIf(!isAvailable)("a table of PostgreSQL", () => {
  const own = new Server();
  beforeAll(() => own.launch());
  afterAll(() => own[Symbol.asyncDispose]());
  const create = (given: Readonly<Record<string, string>>, logger = new RecordedLog()) =>
    createStore(
      component,
      { connectionString: own.postgres?.connectionString as string, table: "config", ...given },
      { logger },
    );

  it("may hold several versions of a key, and metadata", async () => {
    await own.query(`CREATE SCHEMA other; CREATE TABLE other."select/x" (key text, value text, version text, metadata json);
      INSERT INTO other."select/x" VALUES
        ('a', 'old', '9', NULL), ('a', 'new', '10', '{"unit": "ms", "n": 1}'), ('a', 'word', 'x', NULL),
        ('b', 'first', 'x', NULL), ('b', 'second', 'y', NULL), ('c', NULL, NULL, '[1]')`);
    await using store = await create({ table: "other.select/x" });
    const items = await store.get({ keys: [], metadata: new Map() });
    expect(items).toEqual(
      new Map([
        [
          "a",
          {
            value: "new",
            version: "10",
            metadata: new Map([
              ["unit", "ms"],
              ["n", "1"],
            ]),
          },
        ],
        ["b", { value: "first", version: "x", metadata: new Map() }],
        ["c", { value: "", version: "", metadata: new Map() }],
      ]),
    );
    // Column types change while the store runs.
    await own.query(`ALTER TABLE other."select/x" ALTER COLUMN value TYPE varchar(20)`);
    expect((await store.get({ keys: ["b"], metadata: new Map() })).size).toBe(1);
  });

  it("refuses keys and names that it cannot have", async () => {
    await using store = await create({});
    const request = (keys: string[], metadata = {}) => ({
      keys,
      metadata: new Map(Object.entries<string>(metadata)),
    });
    await expect(store.get(request(["a", "b'; DROP"]))).rejects.toThrow("invalid key : 'b'; DROP'");
    await expect(store.subscribe(request(["a"]), () => {})).rejects.toThrow(
      "unable to subscribe to 'config'. pgNotifyChannel attribute cannot be empty",
    );
    const evil = request(["a"], { pgnotifychannel: 'x"; DROP TABLE config; --' });
    await expect(store.subscribe(evil, () => {})).rejects.toThrow("invalid notifyChannel");
  });

  it.each<[string, Record<string, string>, string]>([
    ["no table", { table: "" }, "missing postgreSQL configuration table name"],
    ["a missing table", { table: "nope" }, "postgreSQL configuration table 'nope' does not exist"],
    ["upper case", { table: "Config" }, "invalid table name 'Config'"],
    ["a long name", { table: "x".repeat(65) }, "table name is too long"],
    ["a bad channel", { pgNotifyChannel: "A" }, "invalid notifyChannel 'A'"],
    ["no server", { port: "1" }, "error connecting to configuration store: '"],
  ])("is looked at when the store starts: %s", async (_name, given, text) => {
    await expect(create(given)).rejects.toThrow(text);
  });

  it("sends notifications; others are let be", async () => {
    const logger = new RecordedLog();
    await using store = await create({ notifyChannel: "own.channel/1" }, logger);
    const told: unknown[] = [];
    // The component's channel goes before that of the request.
    const metadata = new Map([["pgNotifyChannel", "elsewhere"]]);
    await store.subscribe({ keys: ["k"], metadata }, ({ items }) => told.push(...items));
    const notify = (payload: string) =>
      own.query("SELECT pg_notify('own.channel/1', $1)", [payload]);
    for (const payload of [
      "no json",
      "[]",
      "{}",
      '{"data":null}',
      '{"data":[1]}',
      '{"data":{"key":5}}',
      '{"data":{"value":"x"}}',
      '{"data":{"key":"other","value":"x"}}',
      '{"__proto__":{"data":{"key":"k"}}}',
      '{"data":{"KEY":"k","Value":7,"version":2,"metadata":{"a":"b","__proto__":true}}}',
    ]) {
      await notify(payload);
    }
    await expect.poll(() => told.length).toBe(1);
    const metadataTold = new Map([
      ["a", "b"],
      ["__proto__", "true"],
    ]);
    expect(told).toEqual([["k", { value: "7", version: "2", metadata: metadataTold }]]);
    expect(logger.lines.filter((line) => line.includes("unknown format"))).toHaveLength(8);
    expect(logger.lines.join()).not.toContain("no json");
  });
});
