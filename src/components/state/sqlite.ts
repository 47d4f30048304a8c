/**
 * state.sqlite
 * @see spec 01 §5.9, spec 04 §8.1
 */
import type { StatementSync } from "node:sqlite";
import { encodeJson } from "../../kit/json/encode.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { checkedIdentifier, SqliteDatabase, scheduleCleanup, sqlTime } from "../shared/sqlite.ts";
import {
  checkOptions,
  etagOf,
  expiryMetadata,
  nextToken,
  requestTtl,
  withMissing,
} from "../shared/state-requests.ts";
import {
  type BulkGetItem,
  type DeleteRequest,
  EtagMismatchError,
  type GetRequest,
  type GetResponse,
  type SetRequest,
  type StateFeature,
  type StateStore,
  type StateValue,
  type TransactionOperation,
} from "./contract.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "connectionString",
    aliases: ["url"],
    kind: "string",
    required: true,
    description: "Path or `file:` URI of the database; `:memory:` keeps nothing.",
  },
  {
    name: "timeout",
    aliases: ["timeoutInSeconds"],
    kind: "duration",
    default: "20s",
    description: "Longest time of an operation; at least 1s.",
  },
  {
    name: "busyTimeout",
    kind: "duration",
    default: "2s",
    description: "Longest wait for a lock that another process holds; 0 or less: none.",
  },
  {
    name: "disableWAL",
    kind: "bool",
    default: "false",
    description: "Whether to use a rollback journal, for databases on network file systems.",
  },
  { name: "tableName", kind: "string", default: "state", description: "Table of the state." },
  {
    name: "metadataTableName",
    kind: "string",
    default: "metadata",
    description: "Table of what the component remembers.",
  },
  {
    name: "cleanupInterval",
    aliases: ["cleanupIntervalInSeconds"],
    kind: "duration",
    default: "0",
    description: "How often expired rows are deleted; 0 or less: never.",
  },
];

export const component = {
  type: "state.sqlite",
  aliases: ["state.sqlite3"],
  versions: ["v1"],
  summary: "Keeps state in a SQLite database.",
  provenAgainst: "SQLite 3.53 and the recordings of the original",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const values = new Properties(given, properties);
    const connectionString = values.text("connectionString");
    if (connectionString === "") throw new Error("missing connection string");
    const timeoutMs = values.durationMs("timeout");
    if (timeoutMs < 1000) {
      throw new Error("invalid value for 'timeout': must be greater than 1s");
    }
    const table = checkedIdentifier(values.text("tableName"));
    const metadataTable = checkedIdentifier(values.text("metadataTableName"));
    const intervalMs = values.durationMs("cleanupInterval");
    const { clock, random } = platform;
    const database = await SqliteDatabase.open(
      {
        connectionString,
        cwd: platform.cwd,
        busyTimeoutMs: Math.min(values.durationMs("busyTimeout"), timeoutMs),
        disableWal: values.bool("disableWAL"),
        clock,
      },
      signal,
    );
    try {
      await migrate(database, table, metadataTable);
      const cleaner =
        intervalMs > 0
          ? scheduleCleanup({ database, table, metadataTable, intervalMs, clock, logger })
          : undefined;
      return new SqliteStore({ database, table, cleaner, clock, random });
    } catch (error) {
      database[Symbol.dispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<StateStore>;

/** Level 1 is the only one so far. */
async function migrate(
  database: SqliteDatabase,
  table: string,
  metadataTable: string,
): Promise<void> {
  const { raw } = database;
  const level = (): number => {
    const exists = raw
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
      .get(metadataTable);
    if (exists === undefined) return 0;
    const row = raw
      .prepare(`SELECT value FROM "${metadataTable}" WHERE key = 'migrations'`)
      .get() as { value: string } | undefined;
    return Number(row?.value ?? 0);
  };
  // Nothing is locked when there is nothing to do, as in a database that is read-only.
  if ((await database.run(level)) >= 1) return;
  await database.transact(() => {
    if (level() >= 1) return;
    raw.exec(
      `CREATE TABLE IF NOT EXISTS "${metadataTable}" (key text NOT NULL PRIMARY KEY, value text NOT NULL);
       CREATE TABLE IF NOT EXISTS "${table}" (
         key TEXT NOT NULL PRIMARY KEY,
         value TEXT NOT NULL,
         is_binary BOOLEAN NOT NULL,
         etag TEXT NOT NULL,
         expiration_time TIMESTAMP DEFAULT NULL,
         update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
       );
       INSERT OR REPLACE INTO "${metadataTable}" (key, value) VALUES ('migrations', '1');`,
    );
  }, "BEGIN EXCLUSIVE");
}

interface Row {
  readonly value: string;
  readonly is_binary: number;
  readonly etag: string;
  readonly expiration_time: string | null;
}

const none: GetResponse = { data: undefined, etag: undefined, metadata: undefined };

class SqliteStore implements StateStore {
  readonly features: readonly StateFeature[] = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];
  readonly #database: SqliteDatabase;
  readonly #cleaner: Disposable | undefined;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #get: StatementSync;
  readonly #getMany: StatementSync;
  readonly #replace: StatementSync;
  readonly #insertNew: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteMatching: StatementSync;
  readonly #keysLike: StatementSync;

  constructor(init: {
    readonly database: SqliteDatabase;
    readonly table: string;
    readonly cleaner: Disposable | undefined;
    readonly clock: Clock;
    readonly random: Random;
  }) {
    this.#database = init.database;
    this.#cleaner = init.cleaner;
    this.#clock = init.clock;
    this.#random = init.random;
    const table = `"${init.table}"`;
    const prepare = (sql: string): StatementSync => init.database.raw.prepare(sql);
    const columns = "value, is_binary, etag, expiration_time";
    const isLive = (now: string): string => `(expiration_time IS NULL OR expiration_time > ${now})`;
    const written = "(key, value, is_binary, etag, expiration_time, update_time)";
    this.#get = prepare(`SELECT ${columns} FROM ${table} WHERE key = ?1 AND ${isLive("?2")}`);
    this.#getMany = prepare(
      `SELECT key, ${columns} FROM ${table}
       WHERE key IN (SELECT value FROM json_each(?1)) AND ${isLive("?2")}`,
    );
    this.#replace = prepare(
      `INSERT OR REPLACE INTO ${table} ${written} VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
    );
    this.#insertNew = prepare(
      `INSERT INTO ${table} ${written} VALUES (?1, ?2, ?3, ?4, ?5, ?6)
       ON CONFLICT (key) DO UPDATE SET value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5,
         update_time = ?6
       WHERE NOT ${isLive("?6")}`,
    );
    this.#update = prepare(
      `UPDATE ${table} SET value = ?2, is_binary = ?3, etag = ?4, expiration_time = ?5, update_time = ?6
       WHERE key = ?1 AND etag = ?7 AND ${isLive("?6")}`,
    );
    this.#delete = prepare(`DELETE FROM ${table} WHERE key = ?`);
    this.#deleteMatching = prepare(`DELETE FROM ${table} WHERE key = ? AND etag = ?`);
    this.#keysLike = prepare(
      `SELECT rowid, key FROM ${table}
       WHERE rowid > ?1 AND key LIKE ?2 ESCAPE '\\' AND ${isLive("?3")} ORDER BY rowid LIMIT ?4`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cleaner?.[Symbol.dispose]();
    this.#database[Symbol.dispose]();
  }

  get(request: GetRequest): GetResponse | Promise<GetResponse> {
    return this.#database.run(() => {
      const row = this.#get.get(request.key, this.#now()) as Row | undefined;
      return row === undefined ? none : readRow(row);
    });
  }

  /** What was found in the order of the table, then what was not; each key once. */
  async bulkGet(requests: readonly GetRequest[]): Promise<readonly BulkGetItem[]> {
    const keys = new Set(requests.map((request) => request.key));
    const rows = (await this.#database.run(() =>
      this.#getMany.all(JSON.stringify([...keys]), this.#now()),
    )) as unknown as readonly (Row & { readonly key: string })[];
    const items = rows.map((row) => ({ key: row.key, ...readRow(row), error: undefined }));
    return withMissing<BulkGetItem>(items, keys, (key) => ({ key, ...none, error: undefined }));
  }

  set(request: SetRequest): void | Promise<void> {
    return this.#database.run(() => this.#set(request));
  }

  delete(request: DeleteRequest): void | Promise<void> {
    return this.#database.run(() => this.#remove(request));
  }

  transact(operations: readonly TransactionOperation[]): void | Promise<void> {
    return this.#database.transact(() => {
      for (const operation of operations) {
        if (operation.kind === "upsert") this.#set(operation.request);
        else this.#remove(operation.request);
      }
    });
  }

  async keysLike(request: {
    readonly pattern: string;
    readonly pageSize: number;
    readonly token: string | undefined;
  }): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }> {
    const { pattern, pageSize } = request;
    const after = Number(request.token ?? 0);
    if (!Number.isSafeInteger(after))
      throw new Error(`invalid continuation token: ${request.token}`);
    const limit = pageSize > 0 ? pageSize : -1;
    const rows = (await this.#database.run(() =>
      this.#keysLike.all(after, pattern, this.#now(), limit),
    )) as unknown as readonly { readonly rowid: number; readonly key: string }[];
    return {
      keys: rows.map((row) => row.key),
      token: nextToken(
        rows.map((row) => String(row.rowid)),
        pageSize,
      ),
    };
  }

  async ping(): Promise<void> {
    await this.#database.run(() => this.#database.raw.prepare("SELECT 1").get());
  }

  #now(): string {
    return sqlTime(this.#clock.now());
  }

  /** @throws {EtagMismatchError} without detail, as the reference's SQL stores */
  #set(request: SetRequest): void {
    checkOptions(request);
    const ttl = requestTtl(request.metadata);
    const now = this.#clock.now();
    const expires = ttl === undefined ? null : sqlTime(now + ttl * 1000);
    const { text, isBinary } = columnOf(request.value);
    const row = [request.key, text, isBinary, this.#random.uuid(), expires, sqlTime(now)] as const;
    const etag = etagOf(request);
    if (etag !== undefined) {
      if (this.#update.run(...row, etag).changes === 0) throw new EtagMismatchError();
    } else if (request.concurrency === "first-write") {
      if (this.#insertNew.run(...row).changes === 0) throw new EtagMismatchError();
    } else {
      this.#replace.run(...row);
    }
  }

  #remove(request: DeleteRequest): void {
    checkOptions(request);
    const etag = etagOf(request);
    if (etag === undefined) {
      this.#delete.run(request.key);
    } else if (this.#deleteMatching.run(request.key, etag).changes === 0) {
      throw new EtagMismatchError();
    }
  }
}

/** Bytes are kept as base64 text. */
function columnOf(value: StateValue): { text: string; isBinary: 0 | 1 } {
  if (value.kind === "json") return { text: encodeJson(value.value), isBinary: 0 };
  const { buffer, byteOffset, length } = value.bytes;
  return { text: Buffer.from(buffer, byteOffset, length).toString("base64"), isBinary: 1 };
}

function readRow(row: Row): GetResponse {
  return {
    data: Buffer.from(row.value, row.is_binary === 0 ? "utf8" : "base64"),
    etag: row.etag,
    metadata: row.expiration_time === null ? undefined : expiryOf(row.expiration_time),
  };
}

/** Other writers may have stored a time zone. */
function expiryOf(text: string): GetResponse["metadata"] {
  const iso = text.replace(" ", "T");
  const ms = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(ms) ? undefined : expiryMetadata(ms);
}
