/**
 * A SQLite database as components use it: connection string, journal, locks of other processes, expired rows.
 *
 * Statements run synchronously, which is fast; only waiting for a lock that another process holds is asynchronous, so that
 * it does not hold up everything else.
 * @see spec 04 §8.1
 */
import { DatabaseSync } from "node:sqlite";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { scheduleSweeps } from "./sql-cleaner.ts";

export interface SqliteOptions {
  /** A path, a `file:` URI, or `:memory:`. */
  readonly connectionString: string;
  /** Where relative paths begin. Default: where the process was started. */
  readonly cwd?: string;
  /** How long to wait for a lock; <= 0: not at all. */
  readonly busyTimeoutMs: number;
  readonly disableWal: boolean;
  readonly clock: Clock;
}

interface Connection {
  readonly uri: string;
  readonly begin: "BEGIN" | "BEGIN IMMEDIATE" | "BEGIN EXCLUSIVE";
  /** undefined: as it is, in a database that cannot be written to. */
  readonly journal: "WAL" | "MEMORY" | "DELETE" | undefined;
  /** `PRAGMA` arguments given in the connection string. */
  readonly pragmas: readonly string[];
}

const ownPragmas = ["busy_timeout", "journal_mode", "foreign_keys"];
const lockings: Readonly<Record<string, Connection["begin"]>> = {
  deferred: "BEGIN",
  immediate: "BEGIN IMMEDIATE",
  exclusive: "BEGIN EXCLUSIVE",
};

/** @throws {Error} for options that the component sets itself, or that cannot be understood */
export function parseConnectionString(text: string, disableWal: boolean): Connection {
  const uri = text.startsWith("file:") ? text : `file:${text}`;
  const cut = uri.indexOf("?");
  const path = cut < 0 ? uri : uri.slice(0, cut);
  const kept: string[] = [];
  const pragmas: string[] = [];
  let begin: Connection["begin"] = "BEGIN IMMEDIATE";
  let isReadOnly = false;
  let isMemory = path === "file::memory:";
  for (const [name, value] of new URLSearchParams(cut < 0 ? "" : uri.slice(cut + 1))) {
    if (name === "_pragma") {
      pragmas.push(checkedPragma(value));
    } else if (name === "_txlock") {
      const found = Object.hasOwn(lockings, value) ? lockings[value] : undefined;
      if (found === undefined) throw new Error(`unknown _txlock "${value}"`);
      begin = found;
    } else if (!name.startsWith("_")) {
      kept.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      if (name === "mode" && value === "ro") isReadOnly = true;
      if (name === "immutable" && value === "1") isReadOnly = true;
      if (name === "mode" && value === "memory") isMemory = true;
    }
  }
  return {
    uri: kept.length > 0 ? `${path}?${kept.join("&")}` : path,
    begin,
    journal: isReadOnly ? undefined : isMemory ? "MEMORY" : disableWal ? "DELETE" : "WAL",
    pragmas,
  };
}

/** Several sidecars of one process may have been started in different folders. */
function locatedUri({ uri, journal }: Connection, cwd: string | undefined): string {
  const path = uri.slice("file:".length);
  const isRelative = path !== "" && !path.startsWith("/") && journal !== "MEMORY";
  if (cwd === undefined || !isRelative) return uri;
  return `file:${encodeURI(cwd).replaceAll("?", "%3F").replaceAll("#", "%23")}/${path}`;
}

function checkedPragma(value: string): string {
  if (ownPragmas.some((name) => value.toLowerCase().startsWith(name))) {
    throw new Error(`found forbidden option '_pragma=${value}' in the connection string`);
  }
  if (!/^[a-z_]+(?:\([\w.-]*\)|=[\w.-]*)?$/i.test(value)) {
    throw new Error(`invalid option '_pragma=${value}' in the connection string`);
  }
  return value;
}

/** Between two tries to get a lock. */
const firstWaitMs = 2;
const longestWaitMs = 50;

export class SqliteDatabase implements Disposable {
  readonly raw: DatabaseSync;
  readonly #begin: string;
  readonly #clock: Clock;
  readonly #busyTimeoutMs: number;
  /** Aborted when the database is closed. */
  readonly #closing = new AbortController();

  private constructor(raw: DatabaseSync, begin: string, options: SqliteOptions) {
    this.raw = raw;
    this.#begin = begin;
    this.#clock = options.clock;
    this.#busyTimeoutMs = options.busyTimeoutMs;
  }

  /** @throws {Error} `missing connection string`, or SQLite's own */
  static async open(options: SqliteOptions, signal: AbortSignal): Promise<SqliteDatabase> {
    if (options.connectionString === "") throw new Error("missing connection string");
    const connection = parseConnectionString(options.connectionString, options.disableWal);
    const database = new SqliteDatabase(
      new DatabaseSync(locatedUri(connection, options.cwd)),
      connection.begin,
      options,
    );
    try {
      await database.run(() => {
        signal.throwIfAborted();
        database.raw.exec("PRAGMA foreign_keys = 1");
        if (connection.journal !== undefined) {
          database.raw.exec(`PRAGMA journal_mode = ${connection.journal}`);
        }
        for (const pragma of connection.pragmas) database.raw.exec(`PRAGMA ${pragma}`);
      });
    } catch (error) {
      database[Symbol.dispose]();
      throw error;
    }
    return database;
  }

  /** Runs statements at once; only when another process holds a lock does the answer come later. */
  run<T>(work: () => T): T | Promise<T> {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || this.#busyTimeoutMs <= 0) throw error;
      return this.#retry(work);
    }
  }

  /** As {@link run}, in one transaction that is rolled back when work throws. */
  transact<T>(work: () => T, begin = this.#begin): T | Promise<T> {
    return this.run(() => {
      this.raw.exec(begin);
      try {
        const result = work();
        this.raw.exec("COMMIT");
        return result;
      } catch (error) {
        // A failed commit may have ended the transaction already.
        if (this.raw.isTransaction) this.raw.exec("ROLLBACK");
        throw error;
      }
    });
  }

  async #retry<T>(work: () => T): Promise<T> {
    const deadline = this.#clock.monotonic() + this.#busyTimeoutMs;
    let waitMs = firstWaitMs;
    for (;;) {
      await this.#clock.sleep(waitMs, this.#closing.signal);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || this.#clock.monotonic() >= deadline) throw error;
      }
    }
  }

  /** Idempotent. Calls that wait for a lock fail. */
  [Symbol.dispose](): void {
    if (!this.raw.isOpen) return;
    this.#closing.abort(new Error("sql: database is closed"));
    this.raw.close();
  }
}

/** SQLITE_BUSY and its extended codes. */
export const isBusy = (error: unknown): boolean =>
  ((error as { errcode?: number }).errcode ?? 0) % 256 === 5;

/** `YYYY-MM-DD HH:MM:SS`, UTC, as the reference stores times. */
export const sqlTime = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 19).replace("T", " ");

const identifier = /^[A-Za-z0-9_]+$/;

/** @throws {Error} `invalid identifier: x` */
export function checkedIdentifier(name: string): string {
  if (!identifier.test(name)) throw new Error(`invalid identifier: ${name}`);
  return name;
}

/**
 * Deletes expired rows now and then. Sidecars that share a database take turns: a sweep is due only when the time of the
 * last one, kept in the metadata table, is old enough.
 */
export function scheduleCleanup(init: {
  readonly database: SqliteDatabase;
  readonly table: string;
  readonly metadataTable: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}): Disposable {
  const { database, table, metadataTable, intervalMs, clock, logger } = init;
  const touch = database.raw.prepare(
    `INSERT INTO "${metadataTable}" (key, value) VALUES ('last-cleanup', ?1)
     ON CONFLICT (key) DO UPDATE SET value = ?1
     WHERE (julianday(?1) - julianday(value)) * 86400000 > ?2`,
  );
  const sweep = database.raw.prepare(
    `DELETE FROM "${table}" WHERE expiration_time IS NOT NULL AND expiration_time < ?`,
  );
  return scheduleSweeps({
    intervalMs,
    clock,
    logger,
    sweep: (minAgeMs) =>
      database.transact(() => {
        const now = sqlTime(clock.now());
        if (touch.run(now, minAgeMs).changes === 0) return undefined;
        return Number(sweep.run(now).changes);
      }),
  });
}
