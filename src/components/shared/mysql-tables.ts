/**
 * The tables of state.mysql, made or brought up to date; several sidecars may do it at the same time.
 * @see spec 04 §8.1
 */
import type { Logger } from "../../kit/logging/logger.ts";
import { MysqlError, type MysqlSession } from "./mysql.ts";

/** Another sidecar was faster: the database, column or index is there already. */
const madeMeanwhile: ReadonlySet<number> = new Set([1007, 1050, 1060, 1061]);

async function make(session: MysqlSession, sql: string): Promise<void> {
  try {
    await session.query(sql);
  } catch (error) {
    if (!(error instanceof MysqlError) || !madeMeanwhile.has(error.errno)) throw error;
  }
}

const finds = async (session: MysqlSession, sql: string, names: string[]): Promise<boolean> =>
  (await session.execute(sql, names)).rows.length > 0;

export async function ensureSchema(
  session: MysqlSession,
  schema: string,
  logger: Logger,
): Promise<void> {
  const known = "SELECT 1 FROM information_schema.schemata WHERE schema_name = ?";
  if (await finds(session, known, [schema])) return;
  logger.info(`Creating MySql schema '${schema}'`);
  await make(session, `CREATE DATABASE ${schema}`);
}

export async function ensureTables(
  session: MysqlSession,
  init: {
    readonly schema: string;
    readonly table: string;
    readonly metadataTable: string;
    readonly logger: Logger;
  },
): Promise<void> {
  const { schema, table, metadataTable, logger } = init;
  const hasTable = (name: string): Promise<boolean> => {
    const sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?";
    return finds(session, sql, [schema, name]);
  };
  const hasColumn = (name: string): Promise<boolean> => {
    const sql =
      "SELECT 1 FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_name = ?";
    return finds(session, sql, [schema, table, name]);
  };
  if (!(await hasTable(table))) {
    logger.info(`Creating MySql state table '${table}'`);
    await make(
      session,
      `CREATE TABLE IF NOT EXISTS ${table} (
         id VARCHAR(255) NOT NULL PRIMARY KEY,
         value JSON NOT NULL,
         isbinary BOOLEAN NOT NULL,
         insertDate TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
         updateDate TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
         eTag VARCHAR(36) NOT NULL,
         expiredate TIMESTAMP NULL,
         row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
         INDEX expiredate_idx (expiredate),
         UNIQUE KEY row_id_uidx (row_id)
       )`,
    );
  }
  if (!(await hasColumn("expiredate"))) {
    logger.info(`Adding expiredate column to MySql state table '${table}'`);
    await make(session, `ALTER TABLE ${table} ADD COLUMN expiredate TIMESTAMP NULL`);
    await make(session, `CREATE INDEX expiredate_idx ON ${table} (expiredate)`);
  }
  if (!(await hasColumn("row_id"))) {
    logger.info(`Adding row_id column to MySql state table '${table}'`);
    await make(
      session,
      `ALTER TABLE ${table} ADD COLUMN row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
         ADD UNIQUE KEY row_id_uidx (row_id)`,
    );
  }
  if (!(await hasTable(metadataTable))) {
    logger.info("Creating MySQL metadata table");
    await make(
      session,
      `CREATE TABLE IF NOT EXISTS ${metadataTable} (id VARCHAR(255) NOT NULL PRIMARY KEY, value TEXT NOT NULL)`,
    );
  }
}
