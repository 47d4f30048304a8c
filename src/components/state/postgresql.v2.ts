/**
 * state.postgresql v2: values are bytes, etags random.
 * @see spec 04 §8.1
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { addRowIds } from "../shared/postgres-migrations.ts";
import type { PostgresSession } from "../shared/postgres-session.ts";
import { Properties } from "../shared/properties.ts";
import { EtagMismatchError, type StateStore, type StateValue } from "./contract.ts";
import {
  checkedTable,
  openStore,
  type PostgresLayout,
  PostgresStore,
  storeProperties,
} from "./postgresql-store.ts";

/** Databases that speak PostgreSQL's language share it. */
export const propertiesV2: readonly PropertySchema[] = [
  ...storeProperties,
  {
    name: "tablePrefix",
    kind: "string",
    default: "",
    description: "Put before the table's name, `state`; `schema.` is allowed.",
  },
];

export async function createV2(context: ComponentContext): Promise<StateStore> {
  const values = new Properties(context.properties, propertiesV2);
  const prefix = values.text("tablePrefix");
  const table = checkedTable(`${prefix}state`);
  const metadataTable = checkedTable(values.text("metadataTableName") || "dapr_metadata");
  return await openStore(
    context,
    values,
    layoutOf(table, prefix, metadataTable),
    (pool, layout) => new PostgresStore(pool, layout),
  );
}

export const component = {
  type: "state.postgresql",
  aliases: ["state.postgres"],
  versions: ["v2"],
  summary: "Keeps state in PostgreSQL as bytes; faster than v1, without queries.",
  provenAgainst: "PostgreSQL 15, also over TLS",
  properties: propertiesV2,
  create: createV2,
} satisfies ComponentDefinition<StateStore>;

const expiry = "now() + $3::int * interval '1 second'";

/** A write without an etag: condition says which rows that exist may be replaced. */
const upsert = (table: string, condition: string): string =>
  `INSERT INTO ${table} AS t (key, value, etag, expires_at) VALUES ($1, $2, gen_random_uuid(), ${expiry})
   ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now(), etag = excluded.etag,
     expires_at = excluded.expires_at ${condition}`;

function layoutOf(table: string, prefix: string, metadataTable: string): PostgresLayout {
  return {
    features: ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"],
    table,
    migrations: { metadataTable, key: `migrations-state-v2-${prefix}`, levels: levelsOf(table) },
    cleanupKey: `last-cleanup-state-v2-${prefix}`,
    expiryColumn: "expires_at",
    columns: "encode(value, 'hex'), etag, ''",
    upsert: upsert(table, ""),
    insertNew: upsert(table, "WHERE t.expires_at IS NOT NULL AND t.expires_at < now()"),
    update: `UPDATE ${table} SET value = $2, updated_at = now(), etag = gen_random_uuid(), expires_at = ${expiry}
      WHERE key = $1 AND etag = $4::uuid AND (expires_at IS NULL OR expires_at >= now())`,
    deleteMatching: `DELETE FROM ${table} WHERE key = $1 AND etag = $2::uuid`,
    encode,
    decode: (value) => Buffer.from(value, "hex"),
    checkEtag,
  };
}

const levelsOf = (table: string) => [
  async (session: PostgresSession): Promise<void> => {
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${table} (
         key text NOT NULL PRIMARY KEY,
         value bytea NOT NULL,
         etag uuid NOT NULL DEFAULT gen_random_uuid(),
         created_at timestamp with time zone NOT NULL DEFAULT now(),
         updated_at timestamp with time zone,
         expires_at timestamp with time zone
       )`,
    );
    await session.query(`CREATE INDEX ON ${table} (expires_at)`);
  },
  (session: PostgresSession): Promise<void> => addRowIds(session, table, "created_at"),
];

function encode(value: StateValue): readonly Buffer[] {
  if (value.kind === "json") return [Buffer.from(encodeJson(value.value))];
  const { buffer, byteOffset, length } = value.bytes;
  return [Buffer.from(buffer, byteOffset, length)];
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID, also as `urn:uuid:`, in braces or without hyphens. */
function checkEtag(etag: string): string {
  const bare = etag.replace(/^urn:uuid:/i, "").replace(/^\{(.{36})\}$/, "$1");
  if (uuid.test(bare) || /^[0-9a-f]{32}$/i.test(bare)) return bare;
  const { length } = Buffer.from(etag);
  throw new EtagMismatchError(
    [32, 36, 38, 45].includes(length) ? "invalid UUID format" : `invalid UUID length: ${length}`,
  );
}
