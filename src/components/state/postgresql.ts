/**
 * state.postgresql v1: values are JSON documents that can be queried; etags are the rows' transaction ids.
 * @see spec 04 §8.1, spec 01 §5.8
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { addRowIds } from "../shared/postgres-migrations.ts";
import type { PostgresSession } from "../shared/postgres-session.ts";
import { Properties } from "../shared/properties.ts";
import {
  EtagInvalidError,
  type QueryRequest,
  type QueryResponse,
  type StateStore,
  type StateValue,
} from "./contract.ts";
import { postgresQuery } from "./postgresql-query.ts";
import {
  checkedTable,
  openStore,
  type PostgresLayout,
  PostgresStore,
  storeProperties,
} from "./postgresql-store.ts";

const properties: readonly PropertySchema[] = [
  ...storeProperties,
  { name: "tableName", kind: "string", default: "state", description: "Table of the state." },
];

export const component = {
  type: "state.postgresql",
  aliases: ["state.postgres"],
  versions: ["v1"],
  summary: "Keeps state in PostgreSQL as JSON that can be queried.",
  provenAgainst: "PostgreSQL 15, also over TLS",
  properties,
  async create(context) {
    const values = new Properties(context.properties, properties);
    const table = checkedTable(values.text("tableName") || "state");
    const metadataTable = checkedTable(values.text("metadataTableName") || "dapr_metadata");
    return await openStore(
      context,
      values,
      layoutOf(table, metadataTable),
      (pool, layout) => new QueryableStore(pool, layout),
    );
  },
} satisfies ComponentDefinition<StateStore>;

const expiry = "CURRENT_TIMESTAMP + $4::int * interval '1 second'";

/** A write without an etag: condition says which rows that exist may be replaced. */
const upsert = (table: string, condition: string): string =>
  `INSERT INTO ${table} AS t (key, value, isbinary, expiredate) VALUES ($1, $2, $3, ${expiry})
   ON CONFLICT (key) DO UPDATE SET value = excluded.value, isbinary = excluded.isbinary,
     updatedate = CURRENT_TIMESTAMP, expiredate = excluded.expiredate ${condition}`;

function layoutOf(table: string, metadataTable: string): PostgresLayout {
  return {
    features: ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE", "QUERY_API"],
    table,
    migrations: { metadataTable, key: "migrations", levels: levelsOf(table) },
    cleanupKey: "last-cleanup",
    expiryColumn: "expiredate",
    columns: "value, xmin, isbinary",
    upsert: upsert(table, ""),
    insertNew: upsert(table, "WHERE t.expiredate IS NOT NULL AND t.expiredate < CURRENT_TIMESTAMP"),
    update: `UPDATE ${table} SET value = $2, isbinary = $3, updatedate = CURRENT_TIMESTAMP, expiredate = ${expiry}
      WHERE key = $1 AND xmin = $5::text::xid AND (expiredate IS NULL OR expiredate > CURRENT_TIMESTAMP)`,
    deleteMatching: `DELETE FROM ${table} WHERE key = $1 AND xmin = $2::text::xid`,
    encode,
    decode,
    checkEtag,
  };
}

const levelsOf = (table: string) => [
  async (session: PostgresSession): Promise<void> => {
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${table} (
         key text NOT NULL PRIMARY KEY,
         value jsonb NOT NULL,
         isbinary boolean NOT NULL,
         insertdate timestamp with time zone NOT NULL DEFAULT now(),
         updatedate timestamp with time zone NULL
       )`,
    );
  },
  async (session: PostgresSession): Promise<void> => {
    await session.query(
      `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS expiredate timestamp with time zone`,
    );
  },
  (session: PostgresSession): Promise<void> => addRowIds(session, table, "insertdate"),
];

/** Bytes are a JSON string of their base64 form. */
function encode(value: StateValue): readonly string[] {
  if (value.kind === "json") return [encodeJson(value.value), "f"];
  const { buffer, byteOffset, length } = value.bytes;
  return [`"${Buffer.from(buffer, byteOffset, length).toString("base64")}"`, "t"];
}

function decode(value: string, isBinary: string | null): Buffer {
  if (isBinary !== "t") return Buffer.from(value);
  if (!/^"[A-Za-z0-9+/]*={0,2}"$/.test(value)) throw new Error("failed to decode base64 data");
  return Buffer.from(value.slice(1, -1), "base64");
}

/** A transaction id has 32 bits. */
function checkEtag(etag: string): string {
  const failure = (why: string): Error =>
    new EtagInvalidError(`strconv.ParseUint: parsing ${JSON.stringify(etag)}: ${why}`);
  const digits = /^0*(\d+)$/.exec(etag)?.[1];
  if (digits === undefined) throw failure("invalid syntax");
  if (digits.length > 10 || Number(digits) >= 2 ** 32) throw failure("value out of range");
  return etag;
}

class QueryableStore extends PostgresStore {
  async query(request: QueryRequest, signal?: AbortSignal): Promise<QueryResponse> {
    const { text, values, skipped } = postgresQuery(this.layout.table, request);
    const { rows } = await this.pool.query({ name: "", text }, values, signal);
    return {
      items: rows.map(([key, value, etag]) => ({
        key: key as string,
        data: Buffer.from(value as string),
        etag: etag as string,
        metadata: undefined,
        error: undefined,
      })),
      token: request.limit > 0 ? String(skipped + BigInt(rows.length)) : "",
      metadata: undefined,
    };
  }
}
