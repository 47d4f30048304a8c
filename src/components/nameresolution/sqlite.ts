/**
 * Name resolution by a SQLite database that the sidecars of one machine share, the reference's among them.
 * @see spec 02 §10.4, spec 04 §8.8
 */
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { scheduleSweeps } from "../shared/sql-cleaner.ts";
import { checkedIdentifier, SqliteDatabase, sqlTime } from "../shared/sqlite.ts";
import type { NameResolver, ResolverContext, ResolverDefinition } from "./contract.ts";
import { Settings } from "./settings.ts";

const text = (name: string, kind: PropertySchema["kind"], fallback?: string): PropertySchema => ({
  name,
  kind,
  ...(fallback !== undefined && { default: fallback }),
  description: "",
});

const settings: readonly PropertySchema[] = [
  { ...text("connectionString", "string"), aliases: ["url"] },
  { ...text("timeout", "duration", "1s"), aliases: ["timeoutInSeconds"] },
  text("busyTimeout", "duration", "800ms"),
  text("disableWAL", "bool", "false"),
  text("tableName", "string", "hosts"),
  text("metadataTableName", "string", "metadata"),
  text("updateInterval", "duration", "5s"),
  text("cleanupInterval", "duration", "1h"),
];

/** How long a start may wait for the database. ms */
const openLimitMs = 20_000;

export const component = {
  type: "sqlite",
  versions: ["v1"],
  summary: "Finds sidecars in a SQLite database that they share.",
  provenAgainst: "SQLite 3.53 and the recordings of the original",
  async create(context) {
    const options = readSettings(context.configuration);
    const { clock } = context.platform;
    using deadline = clock.deadline(openLimitMs);
    const database = await SqliteDatabase.open({ ...options, clock }, deadline);
    const resolver = new SqliteResolver(context, options, database);
    try {
      await resolver.start();
    } catch (error) {
      await resolver[Symbol.asyncDispose]();
      throw error;
    }
    return resolver;
  },
} satisfies ResolverDefinition;

interface SqliteSettings {
  readonly connectionString: string;
  readonly timeoutMs: number;
  readonly busyTimeoutMs: number;
  readonly disableWal: boolean;
  readonly table: string;
  readonly metadataTable: string;
  readonly updateIntervalMs: number;
  readonly cleanupIntervalMs: number;
}

/** @throws {Error} */
function readSettings(configuration: unknown): SqliteSettings {
  const values = new Properties(new Settings(configuration).scalars(), settings);
  const connectionString = values.text("connectionString");
  if (connectionString === "") throw new Error("missing connection string");
  const timeoutMs = values.durationMs("timeout");
  if (timeoutMs < 1000) throw new Error("invalid value for 'timeout': must be greater than 1s");
  const updateIntervalMs = values.durationMs("updateInterval");
  if (updateIntervalMs % 1000 !== 0) {
    throw new Error("update interval must be a multiple of seconds");
  }
  if (updateIntervalMs < timeoutMs + 1000) {
    throw new Error("update interval must be at least 1s greater than timeout");
  }
  return {
    connectionString,
    timeoutMs,
    busyTimeoutMs: Math.min(values.durationMs("busyTimeout"), timeoutMs),
    disableWal: values.bool("disableWAL"),
    table: checkedIdentifier(values.text("tableName")),
    metadataTable: checkedIdentifier(values.text("metadataTableName")),
    updateIntervalMs,
    cleanupIntervalMs: values.durationMs("cleanupInterval"),
  };
}

class SqliteResolver implements NameResolver {
  readonly isMultiAddress = false;
  readonly #database: SqliteDatabase;
  readonly #settings: SqliteSettings;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onFatal: (text: string) => void;
  readonly #registration: { readonly id: string; readonly address: string; readonly appId: string };
  readonly #running = new DisposableStack();
  #isRegistered = false;

  constructor(
    { platform, logger, instance, onFatal }: ResolverContext,
    settings: SqliteSettings,
    database: SqliteDatabase,
  ) {
    const { appId, hostAddress, internalPort } = instance;
    this.#database = database;
    this.#settings = settings;
    this.#clock = platform.clock;
    this.#logger = logger;
    this.#onFatal = onFatal;
    const host =
      hostAddress.includes(":") && !hostAddress.startsWith("[") ? `[${hostAddress}]` : hostAddress;
    this.#registration = { id: platform.random.uuid(), address: `${host}:${internalPort}`, appId };
  }

  async start(): Promise<void> {
    const { updateIntervalMs, timeoutMs, cleanupIntervalMs } = this.#settings;
    await this.#migrate();
    await this.#register();
    this.#isRegistered = true;
    this.#running.use(this.#clock.interval(updateIntervalMs - timeoutMs, () => void this.#renew()));
    if (cleanupIntervalMs <= 0) return;
    this.#running.use(
      scheduleSweeps({
        intervalMs: cleanupIntervalMs,
        clock: this.#clock,
        logger: this.#logger,
        sweep: (minAgeMs) => this.#sweep(minAgeMs),
      }),
    );
  }

  /** @throws {Error} `no host found with the given ID` */
  async resolve({ appId }: { readonly appId: string }): Promise<readonly string[]> {
    const oldest = this.#seconds() - this.#settings.updateIntervalMs / 1000;
    const row = (await this.#database.run(() =>
      this.#database.raw
        .prepare(
          `SELECT address FROM "${this.#settings.table}" WHERE app_id = ? AND last_update > ?
           ORDER BY random() LIMIT 1`,
        )
        .get(appId, oldest),
    )) as { address: string } | undefined;
    if (row === undefined) throw new Error("no host found with the given ID");
    return [row.address];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.dispose();
    if (this.#isRegistered) {
      this.#isRegistered = false;
      try {
        await this.#database.run(() =>
          this.#database.raw
            .prepare(`DELETE FROM "${this.#settings.table}" WHERE registration_id = ?`)
            .run(this.#registration.id),
        );
      } catch (error) {
        this.#logger.error(`Failed to unregister host: ${(error as Error).message}`);
      }
    }
    this.#database[Symbol.dispose]();
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  /** Level 1 is the only one so far. */
  async #migrate(): Promise<void> {
    const { raw } = this.#database;
    const { table, metadataTable } = this.#settings;
    await this.#database.transact(() => {
      raw.exec(
        `CREATE TABLE IF NOT EXISTS "${metadataTable}" (key text NOT NULL PRIMARY KEY, value text NOT NULL)`,
      );
      const row = raw
        .prepare(`SELECT value FROM "${metadataTable}" WHERE key = 'nr-migrations'`)
        .get() as { value: string } | undefined;
      if (Number(row?.value ?? 0) >= 1) return;
      raw.exec(
        `CREATE TABLE "${table}" (
           registration_id TEXT NOT NULL PRIMARY KEY,
           address TEXT NOT NULL,
           app_id TEXT NOT NULL,
           namespace TEXT NOT NULL,
           last_update INTEGER NOT NULL
         );
         CREATE UNIQUE INDEX "${table}_address_idx" ON "${table}" (address);
         CREATE INDEX "${table}_last_update_idx" ON "${table}" (last_update);
         INSERT OR REPLACE INTO "${metadataTable}" (key, value) VALUES ('nr-migrations', '1');`,
      );
    }, "BEGIN EXCLUSIVE");
  }

  /** Whoever had the address before is gone. */
  async #register(): Promise<void> {
    const { id, address, appId } = this.#registration;
    await this.#database.run(() =>
      this.#database.raw
        .prepare(
          `INSERT OR REPLACE INTO "${this.#settings.table}"
             (registration_id, address, app_id, namespace, last_update) VALUES (?, ?, ?, '', ?)`,
        )
        .run(id, address, appId, this.#seconds()),
    );
  }

  async #renew(): Promise<void> {
    const { id, address } = this.#registration;
    try {
      const { changes } = await this.#database.run(() =>
        this.#database.raw
          .prepare(
            `UPDATE "${this.#settings.table}" SET last_update = ? WHERE registration_id = ? AND address = ?`,
          )
          .run(this.#seconds(), id, address),
      );
      if (changes !== 0 || !this.#isRegistered) return;
      this.#isRegistered = false;
      this.#logger.error("Failed to update host registration: host registration lost");
      this.#onFatal("Host registration lost");
    } catch (error) {
      if (this.#isRegistered) {
        this.#logger.error(`Failed to update host registration: ${(error as Error).message}`);
      }
    }
  }

  #sweep(minAgeMs: number): number | undefined | Promise<number | undefined> {
    const { raw } = this.#database;
    const { table, metadataTable, updateIntervalMs } = this.#settings;
    return this.#database.transact(() => {
      const touched = raw
        .prepare(
          `INSERT INTO "${metadataTable}" (key, value) VALUES ('nr-last-cleanup', ?1)
           ON CONFLICT (key) DO UPDATE SET value = ?1
           WHERE (julianday(?1) - julianday(value)) * 86400000 > ?2`,
        )
        .run(sqlTime(this.#clock.now()), minAgeMs);
      if (touched.changes === 0) return undefined;
      const removed = raw
        .prepare(`DELETE FROM "${table}" WHERE last_update < ?`)
        .run(this.#seconds() - updateIntervalMs / 1000);
      return Number(removed.changes);
    });
  }
}
