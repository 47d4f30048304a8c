/**
 * What a server without us costs: node:http that sends the statement of our stores through the bare driver for each
 * request, prepared, over as many connections, and answers with what came. It gets the same load as the sidecar.
 *
 *     node test/bench/drivers.ts (postgresql|mysql) (get|set) URL PORT
 */
import { createServer } from "node:http";
import mysql from "mysql2";
import pg from "pg";
import { key, value } from "./state-fixture.ts";

export type Database = "postgresql" | "mysql";
export type StateCall = "get" | "set";

const id = `bench||${key}`;

const postgresStatements = {
  get: {
    name: "get",
    text: `SELECT value, xmin, isbinary, floor(extract(epoch FROM expiredate))::bigint FROM state
           WHERE key = $1 AND (expiredate IS NULL OR expiredate >= now())`,
    values: [id],
  },
  set: {
    name: "set",
    text: `INSERT INTO state AS t (key, value, isbinary, expiredate)
           VALUES ($1, $2, $3, CURRENT_TIMESTAMP + $4::int * interval '1 second')
           ON CONFLICT (key) DO UPDATE SET value = excluded.value, isbinary = excluded.isbinary,
             updatedate = CURRENT_TIMESTAMP, expiredate = excluded.expiredate`,
    values: [id, value, "f", null],
  },
};

const mysqlStatements = {
  get: {
    sql: `SELECT value, isbinary, eTag, CAST(UNIX_TIMESTAMP(expiredate) AS CHAR) FROM state
          WHERE id = ? AND (expiredate IS NULL OR expiredate > CURRENT_TIMESTAMP)`,
    values: [id],
  },
  set: {
    sql: `REPLACE INTO state (value, isbinary, eTag, expiredate, id)
          VALUES (?, ?, ?, CURRENT_TIMESTAMP + INTERVAL ? SECOND, ?)`,
    values: [value, 0, "7a0f3d0c-3c2e-4f0e-9c5b-0d1f5a6b7c8d", null, id],
  },
};

interface Driver {
  /** @returns the rows, if it reads any */
  send(): Promise<unknown>;
}

/** Columns as the server sends them. */
const asText = { getTypeParser: () => (value: string) => value };

function driver(database: Database, call: StateCall, url: string): Driver {
  if (database === "postgresql") {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    const statement = { ...postgresStatements[call], rowMode: "array" as const, types: asText };
    return { send: async () => (await pool.query(statement)).rows };
  }
  const pool = mysql
    .createPool({ uri: url, connectionLimit: 16, rowsAsArray: true, jsonStrings: true })
    .promise();
  const { sql, values } = mysqlStatements[call];
  return { send: async () => (await pool.execute(sql, values))[0] };
}

/** The first column of the first row; nothing for a write. */
const firstValue = (rows: unknown): string | undefined => {
  const value = Array.isArray(rows) ? (rows as readonly (readonly unknown[])[])[0]?.[0] : undefined;
  return typeof value === "string" ? value : undefined;
};

if (import.meta.main) {
  const [database, call, url = "", port = "0"] = process.argv.slice(2);
  const bare = driver(database as Database, call as StateCall, url);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      bare.send().then(
        (rows) => {
          const text = call === "get" ? firstValue(rows) : undefined;
          if (text === undefined) response.writeHead(call === "get" ? 500 : 204).end();
          else {
            response.writeHead(200, {
              "content-type": "application/json",
              "content-length": Buffer.byteLength(text),
            });
            response.end(text);
          }
        },
        (error: Error) => response.writeHead(500).end(error.message),
      );
    });
  });
  server.listen({ port: Number(port), host: "127.0.0.1" }, () => console.log("listening"));
}
