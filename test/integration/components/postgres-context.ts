/** A PostgreSQL server for the tests of one file, with databases of their own. */
import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import { hasPostgres, launchPostgres, type Postgres } from "../servers/postgres.ts";

export interface PostgresContext {
  readonly isAvailable: boolean;
  readonly server: Postgres;
  /** Signed in as the administrator. */
  readonly sql: Client;
  /** A database that nothing has touched. */
  freshDatabase(): Promise<{ readonly name: string; readonly url: string }>;
}

/** Call it at the top of a file. */
export function usePostgres(): PostgresContext {
  const isAvailable = hasPostgres();
  let server: Postgres | undefined;
  let sql: Client | undefined;
  let databases = 0;
  const urlOf = (database: string): string =>
    `postgres://postgres:${encodeURIComponent(context.server.password)}@127.0.0.1:${context.server.port}/${database}?sslmode=disable`;
  const context: PostgresContext = {
    isAvailable,
    get server() {
      return server as Postgres;
    },
    get sql() {
      return sql as Client;
    },
    async freshDatabase() {
      const name = `test_${databases++}`;
      await context.sql.query(`CREATE DATABASE ${name}`);
      return { name, url: urlOf(name) };
    },
  };
  beforeAll(async () => {
    if (!isAvailable) return;
    server = await launchPostgres();
    sql = new Client({ connectionString: urlOf("postgres") });
    await sql.connect();
  }, 60_000);
  afterAll(async () => {
    await sql?.end();
    await server?.[Symbol.asyncDispose]();
  });
  return context;
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const rowsOf = (url: string, text: string): Promise<readonly unknown[]> =>
  withClient(url, async (client) => (await client.query({ text, rowMode: "array" })).rows);
