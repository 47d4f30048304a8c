/**
 * What the bare drivers of databases cost: the statements that our stores send, prepared, over as many connections and
 * with as many in flight, without anything of ours around them.
 *
 *     node test/bench/drivers.ts (postgresql|mysql) (get|set) URL SECONDS
 *
 * Prints `{ cpuMicros, perSecond }` as JSON.
 */
import mysql from "mysql2";
import pg from "pg";
import { key, value } from "./state-fixture.ts";

export type Database = "postgresql" | "mysql";
export type StateCall = "get" | "set";

export interface DriverCost {
  /** User and system time per statement. */
  readonly cpuMicros: number;
  readonly perSecond: number;
}

const inFlight = 32;
const warmUpSeconds = 2;
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

interface Driver extends AsyncDisposable {
  send(): Promise<unknown>;
}

function driver(database: Database, call: StateCall, url: string): Driver {
  if (database === "postgresql") {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    const statement = { ...postgresStatements[call], rowMode: "array" as const };
    return {
      send: () => pool.query(statement),
      [Symbol.asyncDispose]: () => pool.end(),
    };
  }
  const pool = mysql.createPool({ uri: url, connectionLimit: 16, rowsAsArray: true }).promise();
  const { sql, values } = mysqlStatements[call];
  return {
    send: () => pool.execute(sql, values),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function load(send: () => Promise<unknown>, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      await send();
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}

if (import.meta.main) {
  const [database, call, url = "", seconds = "5"] = process.argv.slice(2);
  await using bare = driver(database as Database, call as StateCall, url);
  const send = (): Promise<unknown> => bare.send();
  await load(send, warmUpSeconds);
  const before = process.cpuUsage();
  const count = await load(send, Number(seconds));
  const { user, system } = process.cpuUsage(before);
  const cost: DriverCost = {
    cpuMicros: (user + system) / count,
    perSecond: count / Number(seconds),
  };
  console.log(JSON.stringify(cost));
}
