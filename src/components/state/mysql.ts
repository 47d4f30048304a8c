/**
 * state.mysql, over MySQL and MariaDB.
 * @see spec 04 §8.1
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { MysqlPool, type MysqlResult, type MysqlValue } from "../shared/mysql.ts";
import { parseMysqlDsn } from "../shared/mysql-dsn.ts";
import { ensureSchema, ensureTables } from "../shared/mysql-tables.ts";
import { mysqlAuthority } from "../shared/mysql-tls.ts";
import { Properties } from "../shared/properties.ts";
import { scheduleSweeps } from "../shared/sql-cleaner.ts";
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
import { cleanupIntervalOf, cleanupProperty } from "./sql-properties.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "connectionString",
    kind: "secret",
    required: true,
    description:
      "As Go's driver reads it: `user:password@tcp(host:3306)/?tls=...`, without a database.",
  },
  {
    name: "schemaName",
    kind: "string",
    default: "dapr_state_store",
    description: "Database, created if it is not there.",
  },
  { name: "tableName", kind: "string", default: "state", description: "Table of the state." },
  {
    name: "metadataTableName",
    kind: "string",
    default: "dapr_metadata",
    description: "Table of what the component remembers.",
  },
  {
    name: "timeoutInSeconds",
    kind: "int",
    default: "20",
    description: "Longest time of an operation, in seconds.",
  },
  {
    name: "pemPath",
    kind: "string",
    description:
      "File with the certificates that the server's must be signed by, for `tls=custom`.",
  },
  cleanupProperty,
];

export const component = {
  type: "state.mysql",
  versions: ["v1"],
  summary: "Keeps state in MySQL or MariaDB.",
  provenAgainst: "MariaDB 10.11, also over TLS; no MySQL of Oracle's",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const values = new Properties(given, properties);
    const table = checkedName("table", values.text("tableName"));
    const metadataTable = checkedName("metadata table", values.text("metadataTableName"));
    const schema = checkedName("schema", values.text("schemaName"));
    const connectionString = values.text("connectionString");
    if (connectionString === "") throw new Error("missing connection string");
    const intervalMs = cleanupIntervalOf(values);
    const seconds = values.integer("timeoutInSeconds");
    const timeoutMs = (seconds > 0 ? seconds : 20) * 1000;
    const first = parseMysqlDsn(connectionString);
    const ca = mysqlAuthority(first, values.text("pemPath"));
    // Quirk: a database in the connection string becomes a part of the schema's name.
    const slash = connectionString.lastIndexOf("/") + 1;
    const dsn = parseMysqlDsn(
      `${connectionString.slice(0, slash)}${schema}${connectionString.slice(slash)}`,
    );
    const { clock, random } = platform;
    await using initial = new MysqlPool({ dsn: first, ca, timeoutMs, clock });
    await initial.session((session) => ensureSchema(session, schema, logger), signal);
    const pool = new MysqlPool({ dsn, ca, timeoutMs, clock });
    try {
      await pool.session(
        (session) => ensureTables(session, { schema: dsn.database, table, metadataTable, logger }),
        signal,
      );
      const store = new MysqlStore(pool, table, random);
      if (intervalMs > 0) store.startCleaning({ intervalMs, metadataTable, clock, logger });
      return store;
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<StateStore>;

function checkedName(what: string, name: string): string {
  if (!/^[A-Za-z0-9_]+$/.test(name)) throw new Error(`${what} name '${name}' is not valid`);
  return name;
}

type Row = MysqlResult["rows"][number];

/** Something to send, and what it means when it changes nothing. */
interface Write {
  readonly sql: string;
  readonly values: readonly MysqlValue[];
  readonly unchanged: (() => Error) | undefined;
}

/** Keys of one statement: the server takes 65,535 values, and packets of a limited size. */
const maxPlaces = 4096;

const none: GetResponse = { data: undefined, etag: undefined, metadata: undefined };
const isLive = "(expiredate IS NULL OR expiredate > CURRENT_TIMESTAMP)";
const isExpired = "(expiredate IS NOT NULL AND expiredate <= CURRENT_TIMESTAMP)";
/** NULL seconds make a NULL. */
const expiry = "CURRENT_TIMESTAMP + INTERVAL ? SECOND";
const columns = "value, isbinary, eTag, CAST(UNIX_TIMESTAMP(expiredate) AS CHAR)";

class MysqlStore implements StateStore {
  readonly features: readonly StateFeature[] = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];
  readonly isCancellable = true;
  readonly #pool: MysqlPool;
  readonly #table: string;
  readonly #random: Random;
  #cleaner: Disposable | undefined;

  constructor(pool: MysqlPool, table: string, random: Random) {
    this.#pool = pool;
    this.#table = table;
    this.#random = random;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cleaner?.[Symbol.dispose]();
    await this.#pool[Symbol.asyncDispose]();
  }

  startCleaning(init: {
    readonly intervalMs: number;
    readonly metadataTable: string;
    readonly clock: Clock;
    readonly logger: Logger;
  }): void {
    const { intervalMs, metadataTable, clock, logger } = init;
    this.#cleaner = scheduleSweeps({
      intervalMs,
      clock,
      logger,
      sweep: async (minAgeMs) => {
        const { affected } = await this.#pool.execute(
          `INSERT INTO ${metadataTable} (id, value) VALUES ('last-cleanup', CURRENT_TIMESTAMP)
           ON DUPLICATE KEY UPDATE value = IF(
             CURRENT_TIMESTAMP > DATE_ADD(value, INTERVAL ${Math.floor(minAgeMs * 1000)} MICROSECOND),
             CURRENT_TIMESTAMP, value)`,
          [],
        );
        if (affected === 0) return undefined;
        const sweep = `DELETE FROM ${this.#table} WHERE ${isExpired}`;
        return (await this.#pool.execute(sweep, [])).affected;
      },
    });
  }

  async get(request: GetRequest, signal?: AbortSignal): Promise<GetResponse> {
    if (request.key === "") throw new Error("missing key in get operation");
    const sql = `SELECT ${columns} FROM ${this.#table} WHERE id = ? AND ${isLive}`;
    const { rows } = await this.#pool.execute(sql, [request.key], signal);
    const [row] = rows;
    return row === undefined ? none : readRow(row);
  }

  /** What was found in the order of the table, then what was not; each key once. */
  async bulkGet(
    requests: readonly GetRequest[],
    _parallelism: number,
    signal?: AbortSignal,
  ): Promise<readonly BulkGetItem[]> {
    const keys = new Set(requests.map((request) => request.key));
    const all = [...keys];
    const items: BulkGetItem[] = [];
    for (let i = 0; i < all.length; i += maxPlaces) {
      items.push(...(await this.#getMany(all.slice(i, i + maxPlaces), signal)));
    }
    return withMissing(items, keys, (key) => ({ key, ...none, error: undefined }));
  }

  async #getMany(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly BulkGetItem[]> {
    // Few different statements: the number of places is a power of two.
    const wanted = 2 ** Math.ceil(Math.log2(keys.length));
    const places = Array.from({ length: wanted }, (_, i) => keys[i] ?? (keys[0] as string));
    const list = places.map(() => "?").join(",");
    const sql = `SELECT ${columns}, id FROM ${this.#table} WHERE id IN (${list}) AND ${isLive}`;
    const { rows } = await this.#pool.execute(sql, places, signal);
    return rows.map((row): BulkGetItem => {
      const key = row[4] as string;
      try {
        return { key, ...readRow(row), error: undefined };
      } catch (error) {
        return { key, ...none, error: (error as Error).message };
      }
    });
  }

  async set(request: SetRequest, signal?: AbortSignal): Promise<void> {
    await this.#write(this.#setting(request), signal);
  }

  async delete(request: DeleteRequest, signal?: AbortSignal): Promise<void> {
    await this.#write(this.#deleting(request), signal);
  }

  async transact(
    operations: readonly TransactionOperation[],
    _metadata: ReadonlyMap<string, string>,
    signal?: AbortSignal,
  ): Promise<void> {
    const writes = operations.map(({ kind, request }) =>
      kind === "upsert" ? this.#setting(request as SetRequest) : this.#deleting(request),
    );
    const [only] = writes;
    if (only === undefined) return;
    if (writes.length === 1) {
      await this.#write(only, signal);
      return;
    }
    await this.#pool.transact(async (session) => {
      for (const { sql, values, unchanged } of writes) {
        const { affected } = await session.execute(sql, values);
        if (affected === 0 && unchanged !== undefined) throw unchanged();
      }
    }, signal);
  }

  async keysLike(
    request: {
      readonly pattern: string;
      readonly pageSize: number;
      readonly token: string | undefined;
    },
    signal?: AbortSignal,
  ): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }> {
    const { pattern, pageSize, token = "0" } = request;
    if (!/^\d{1,19}$/.test(token)) throw new Error(`invalid continuation token: ${token}`);
    const limit = pageSize > 0 ? ` LIMIT ${Math.floor(pageSize)}` : "";
    const sql = `SELECT CAST(row_id AS CHAR), id FROM ${this.#table}
      WHERE row_id > CAST(? AS UNSIGNED) AND id LIKE ? AND ${isLive} ORDER BY row_id${limit}`;
    const { rows } = await this.#pool.execute(sql, [token, pattern], signal);
    const column = (index: number): string[] => rows.map((row) => row[index] as string);
    return { keys: column(1), token: nextToken(column(0), pageSize) };
  }

  ping(signal?: AbortSignal): Promise<void> {
    return this.#pool.ping(signal);
  }

  async #write(write: Write, signal: AbortSignal | undefined): Promise<void> {
    const { affected } = await this.#pool.execute(write.sql, write.values, signal);
    if (affected === 0 && write.unchanged !== undefined) throw write.unchanged();
  }

  #setting(request: SetRequest): Write {
    const { key } = request;
    checkOptions(request);
    if (key === "") throw new Error("missing key in set operation");
    const seconds = requestTtl(request.metadata) ?? null;
    const table = this.#table;
    const { text, isBinary } = columnOf(request.value);
    const values: MysqlValue[] = [text, isBinary, this.#random.uuid(), seconds];
    const etag = etagOf(request);
    if (etag !== undefined) {
      const sql = `UPDATE ${table} SET value = ?, isbinary = ?, eTag = ?, expiredate = ${expiry}
        WHERE id = ? AND eTag = ? AND ${isLive}`;
      return { sql, values: [...values, key, etag], unchanged: noMatch };
    }
    const row = `INTO ${table} (value, isbinary, eTag, expiredate, id) VALUES (?, ?, ?, ${expiry}, ?)`;
    values.push(key);
    if (request.concurrency !== "first-write") {
      return { sql: `REPLACE ${row}`, values, unchanged: undefined };
    }
    // The expiry comes last: the others are decided by what it was.
    const replaced = ["value", "isbinary", "eTag", "expiredate"].map(
      (name) => `${name} = IF(${isExpired}, VALUES(${name}), ${name})`,
    );
    const insertDate = `insertDate = IF(${isExpired}, CURRENT_TIMESTAMP, insertDate)`;
    const sql = `INSERT ${row} ON DUPLICATE KEY UPDATE ${insertDate}, ${replaced.join(", ")}`;
    return { sql, values, unchanged: noMatch };
  }

  #deleting(request: DeleteRequest): Write {
    checkOptions(request);
    if (request.key === "") throw new Error("missing key in delete operation");
    const etag = etagOf(request);
    const sql = `DELETE FROM ${this.#table} WHERE id = ?`;
    if (etag === undefined) return { sql, values: [request.key], unchanged: undefined };
    const unchanged = (): Error => new EtagMismatchError();
    return { sql: `${sql} AND eTag = ?`, values: [request.key, etag], unchanged };
  }
}

const noMatch = (): Error =>
  new EtagMismatchError("rows affected error: no rows match given key and eTag");

/** Bytes are a JSON string of their base64 form. */
function columnOf(value: StateValue): { readonly text: string; readonly isBinary: 0 | 1 } {
  if (value.kind === "json") return { text: encodeJson(value.value), isBinary: 0 };
  const { buffer, byteOffset, length } = value.bytes;
  const text = Buffer.from(buffer, byteOffset, length).toString("base64");
  return { text: `"${text}"`, isBinary: 1 };
}

function readRow(row: Row): GetResponse {
  const [value, isBinary, etag, expiresAt] = row as readonly [
    string,
    number,
    string,
    string | null,
  ];
  return {
    data: isBinary === 0 ? Buffer.from(value) : decodeBinary(value),
    etag,
    metadata: expiresAt === null ? undefined : expiryMetadata(Math.floor(Number(expiresAt)) * 1000),
  };
}

function decodeBinary(value: string): Buffer {
  if (!/^"[A-Za-z0-9+/]*={0,2}"$/.test(value)) throw new Error("failed to decode binary data");
  return Buffer.from(value.slice(1, -1), "base64");
}
