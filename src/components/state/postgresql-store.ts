/**
 * What both versions of state.postgresql have in common: one table, a row per key; they differ in columns and etags.
 * @see spec 04 §8.1
 */
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentContext, PropertySchema } from "../contract.ts";
import { PostgresPool } from "../shared/postgres.ts";
import { migratePostgres, type PostgresMigrations } from "../shared/postgres-migrations.ts";
import {
  named,
  type PostgresRow,
  type PostgresValue,
  type Statement,
  type Step,
  type StepResult,
} from "../shared/postgres-session.ts";
import { postgresProperties, postgresSettings } from "../shared/postgres-settings.ts";
import type { Properties } from "../shared/properties.ts";
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

/** Those of both versions. */
export const storeProperties: readonly PropertySchema[] = [
  ...postgresProperties,
  {
    name: "metadataTableName",
    kind: "string",
    default: "dapr_metadata",
    description: "Table of what the component remembers; `schema.table` is allowed.",
  },
  cleanupProperty,
];

const tableName = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?$/;

/** Names stand in statements without quotes, as in the reference. @throws {Error} */
export function checkedTable(name: string): string {
  if (!tableName.test(name)) throw new Error(`invalid identifier: ${name}`);
  return name;
}

/** How a version keeps its rows. */
export interface PostgresLayout {
  readonly features: readonly StateFeature[];
  readonly table: string;
  readonly migrations: PostgresMigrations;
  /** Key of the metadata table with the time of the last sweep. */
  readonly cleanupKey: string;
  readonly expiryColumn: string;
  /** Columns of a read: value, etag, whether it is binary ("" if that makes no difference). */
  readonly columns: string;
  /** Statements that take key, the values of {@link encode} and seconds to live; `update` the etag in addition. */
  readonly upsert: string;
  readonly insertNew: string;
  readonly update: string;
  readonly deleteMatching: string;
  encode(value: StateValue): readonly PostgresValue[];
  decode(value: string, isBinary: string | null): Buffer;
  /** @throws {EtagMismatchError} {EtagInvalidError} when no row can have it */
  checkEtag(etag: string): string;
}

interface Statements {
  readonly get: Statement;
  readonly getMany: Statement;
  readonly upsert: Statement;
  readonly insertNew: Statement;
  readonly update: Statement;
  readonly delete: Statement;
  readonly deleteMatching: Statement;
  readonly keysLike: Statement;
}

/** A statement with what it means when it changes nothing. */
interface Write extends Step {
  readonly unchanged: (() => Error) | undefined;
}

const none: GetResponse = { data: undefined, etag: undefined, metadata: undefined };

/** Opens the pool, brings the tables up to date and starts to clean. */
export async function openStore<T extends PostgresStore>(
  context: ComponentContext,
  values: Properties,
  layout: PostgresLayout,
  create: (pool: PostgresPool, layout: PostgresLayout) => T,
): Promise<T> {
  const { platform, logger, signal } = context;
  const { clock } = platform;
  const settings = postgresSettings(values, platform.env);
  const intervalMs = cleanupIntervalOf(values);
  const pool = await PostgresPool.open({ settings, clock }, signal);
  try {
    await migratePostgres(pool, layout.migrations, clock, signal);
    const store = create(pool, layout);
    if (intervalMs > 0) store.startCleaning(intervalMs, clock, logger);
    return store;
  } catch (error) {
    await pool[Symbol.asyncDispose]();
    throw error;
  }
}

export class PostgresStore implements StateStore {
  readonly features: readonly StateFeature[];
  readonly isCancellable = true;
  protected readonly pool: PostgresPool;
  protected readonly layout: PostgresLayout;
  readonly #statements: Statements;
  #cleaner: Disposable | undefined;

  constructor(pool: PostgresPool, layout: PostgresLayout) {
    this.pool = pool;
    this.layout = layout;
    this.features = layout.features;
    const { table, expiryColumn, columns } = layout;
    const isLive = `(${expiryColumn} IS NULL OR ${expiryColumn} >= now())`;
    const read = `${columns}, floor(extract(epoch FROM ${expiryColumn}))::bigint`;
    this.#statements = {
      get: named(`SELECT ${read} FROM ${table} WHERE key = $1 AND ${isLive}`),
      getMany: named(`SELECT ${read}, key FROM ${table} WHERE key = ANY($1::text[]) AND ${isLive}`),
      upsert: named(layout.upsert),
      insertNew: named(layout.insertNew),
      update: named(layout.update),
      delete: named(`DELETE FROM ${table} WHERE key = $1`),
      deleteMatching: named(layout.deleteMatching),
      keysLike: named(
        `SELECT row_id, key FROM ${table}
         WHERE row_id > $1::bigint AND key LIKE $2 ESCAPE '\\' AND ${isLive} ORDER BY row_id LIMIT $3::bigint`,
      ),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cleaner?.[Symbol.dispose]();
    await this.pool[Symbol.asyncDispose]();
  }

  startCleaning(intervalMs: number, clock: Clock, logger: Logger): void {
    const { table, expiryColumn, cleanupKey, migrations } = this.layout;
    const metadata = migrations.metadataTable;
    const touch = named(
      `INSERT INTO ${metadata} AS m (key, value) VALUES ('${cleanupKey}', now()::text)
       ON CONFLICT (key) DO UPDATE SET value = now()::text
       WHERE (extract(epoch FROM now() - m.value::timestamp with time zone) * 1000)::bigint > $1::bigint`,
    );
    const sweep = named(
      `DELETE FROM ${table} WHERE ${expiryColumn} IS NOT NULL AND ${expiryColumn} < now()`,
    );
    this.#cleaner = scheduleSweeps({
      intervalMs,
      clock,
      logger,
      sweep: async (minAgeMs) => {
        const { affected } = await this.pool.query(touch, [String(Math.floor(minAgeMs))]);
        return affected === 0 ? undefined : (await this.pool.query(sweep, [])).affected;
      },
    });
  }

  async get(request: GetRequest, signal?: AbortSignal): Promise<GetResponse> {
    if (request.key === "") throw new Error("missing key in get operation");
    const { rows } = await this.pool.query(this.#statements.get, [request.key], signal);
    const [row] = rows;
    return row === undefined ? none : this.#read(row);
  }

  /** What was found in the order of the table, then what was not; each key once. */
  async bulkGet(
    requests: readonly GetRequest[],
    _parallelism: number,
    signal?: AbortSignal,
  ): Promise<readonly BulkGetItem[]> {
    const keys = new Set(requests.map((request) => request.key));
    const { rows } = await this.pool.query(this.#statements.getMany, [arrayOf(keys)], signal);
    const items = rows.map((row): BulkGetItem => {
      const key = row[4] as string;
      try {
        return { key, ...this.#read(row), error: undefined };
      } catch (error) {
        return { key, ...none, error: (error as Error).message };
      }
    });
    return withMissing(items, keys, (key) => ({ key, ...none, error: undefined }));
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
    if (writes.length === 1) await this.#write(only, signal);
    // Without conditions the server alone decides: one exchange instead of two.
    else if (writes.every(({ unchanged }) => unchanged === undefined)) {
      await this.pool.run(writes, signal);
    } else {
      await this.pool.transact(writes, (results) => checkWrites(writes, results), signal);
    }
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
    if (!/^\d{1,18}$/.test(token)) throw new Error(`invalid continuation token: ${token}`);
    const limit = pageSize > 0 ? String(pageSize) : null;
    const { rows } = await this.pool.query(
      this.#statements.keysLike,
      [token, pattern, limit],
      signal,
    );
    const column = (index: number): string[] => rows.map((row) => row[index] as string);
    return { keys: column(1), token: nextToken(column(0), pageSize) };
  }

  ping(signal?: AbortSignal): Promise<void> {
    return this.pool.ping(signal);
  }

  #read(row: PostgresRow): GetResponse {
    const [value = null, etag = null, isBinary = null, expiresAt = null] = row;
    return {
      data: this.layout.decode(value as string, isBinary),
      etag: etag as string,
      metadata: expiresAt === null ? undefined : expiryMetadata(Number(expiresAt) * 1000),
    };
  }

  async #write(write: Write, signal: AbortSignal | undefined): Promise<void> {
    const { affected } = await this.pool.query(write.statement, write.values, signal);
    if (affected !== 1 && write.unchanged !== undefined) throw write.unchanged();
  }

  #setting(request: SetRequest): Write {
    if (request.key === "") throw new Error("missing key in set operation");
    checkOptions(request);
    const { upsert, insertNew, update } = this.#statements;
    const seconds = requestTtl(request.metadata);
    const ttl = seconds === undefined ? null : String(seconds);
    const values = [request.key, ...this.layout.encode(request.value), ttl];
    const etag = etagOf(request);
    if (etag !== undefined) {
      values.push(this.layout.checkEtag(etag));
      return { statement: update, values, unchanged: mismatch };
    }
    return request.concurrency === "first-write"
      ? { statement: insertNew, values, unchanged: notInserted }
      : { statement: upsert, values, unchanged: undefined };
  }

  #deleting(request: DeleteRequest): Write {
    if (request.key === "") throw new Error("missing key in delete operation");
    checkOptions(request);
    const statements = this.#statements;
    const etag = etagOf(request);
    if (etag === undefined) {
      return { statement: statements.delete, values: [request.key], unchanged: undefined };
    }
    const values = [request.key, this.layout.checkEtag(etag)];
    return { statement: statements.deleteMatching, values, unchanged: mismatch };
  }
}

const mismatch = (): Error => new EtagMismatchError();
/** Quirk of the reference: no etag error. */
const notInserted = (): Error => new Error("no item was updated");

function checkWrites(writes: readonly Write[], results: readonly StepResult[]): void {
  for (const [index, { unchanged }] of writes.entries()) {
    if (unchanged !== undefined && results[index]?.affected !== 1) throw unchanged();
  }
}

/** An array of texts as PostgreSQL writes it. */
const arrayOf = (texts: Iterable<string>): string =>
  `{${Array.from(texts, (text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
