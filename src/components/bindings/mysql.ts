/**
 * bindings.mysql: statements, in MySQL and MariaDB.
 * @see spec 03 §9
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { MysqlPool, type MysqlResult, type MysqlValue } from "../shared/mysql.ts";
import { parseMysqlDsn } from "../shared/mysql-dsn.ts";
import { mysqlAuthority } from "../shared/mysql-tls.ts";
import { Properties } from "../shared/properties.ts";
import type { Binding, BindingRequest, BindingResponse } from "./contract.ts";
import { mysqlJson } from "./mysql-json.ts";
import { describeRun, readSqlRequest, sqlOperations } from "./sql-request.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "url",
    kind: "secret",
    required: true,
    description: "As Go's driver reads it: `user:password@tcp(host:3306)/database?tls=...`.",
  },
  {
    name: "pemPath",
    kind: "string",
    description:
      "File with the certificates that the server's must be signed by, for `tls=custom`.",
  },
  {
    name: "maxOpenConns",
    kind: "int",
    default: "16",
    description: "Connections at the same time.",
  },
  {
    name: "maxIdleConns",
    kind: "int",
    description: "Accepted; idle connections end by connMaxIdleTime.",
  },
  {
    name: "connMaxLifetime",
    kind: "duration",
    default: "1h",
    description: "Age at which a connection is replaced.",
  },
  {
    name: "connMaxIdleTime",
    kind: "duration",
    default: "5m",
    description: "Time after which a connection that nobody uses is closed.",
  },
  {
    name: "timeout",
    kind: "duration",
    default: "60s",
    description: "Longest time of a statement; an addition of this runtime.",
  },
];

export const component = {
  type: "bindings.mysql",
  versions: ["v1"],
  summary: "Runs statements in MySQL or MariaDB.",
  provenAgainst: "MariaDB 10.11; no MySQL of Oracle's",
  properties,
  async create({ properties: given, platform: { clock }, signal }) {
    const values = new Properties(given, properties);
    const url = values.text("url");
    if (url === "") throw new Error("missing MySql connection string");
    const dsn = parseMysqlDsn(url);
    const positive = (name: string, value: number): Record<string, number> =>
      value > 0 ? { [name]: value } : {};
    const pool = new MysqlPool({
      dsn,
      ca: mysqlAuthority(dsn, values.text("pemPath")),
      timeoutMs: values.durationMs("timeout") || 60_000,
      clock,
      limits: {
        ...positive("maxConnections", values.integer("maxOpenConns")),
        ...positive("maxLifetimeMs", values.durationMs("connMaxLifetime")),
        ...positive("maxIdleMs", values.durationMs("connMaxIdleTime")),
      },
      keepsText: true,
    });
    try {
      await pool.ping(signal);
    } catch (cause) {
      await pool[Symbol.asyncDispose]();
      throw new Error(`unable to ping the DB: ${errorText(cause)}`, { cause });
    }
    return new MysqlBinding(pool, dsn.parsesTimes, clock);
  },
} satisfies ComponentDefinition<Binding>;

class MysqlBinding implements Binding {
  readonly operations = sqlOperations;
  readonly #pool: MysqlPool;
  readonly #parsesTimes: boolean;
  readonly #clock: Clock;

  constructor(pool: MysqlPool, parsesTimes: boolean, clock: Clock) {
    this.#pool = pool;
    this.#parsesTimes = parsesTimes;
    this.#clock = clock;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }

  async invoke(
    request: BindingRequest,
    signal?: AbortSignal,
  ): Promise<BindingResponse | undefined> {
    if (request.operation === "close") {
      await this.#pool[Symbol.asyncDispose]();
      return undefined;
    }
    const { sql, params } = readSqlRequest(request.metadata);
    return await describeRun(request, this.#clock, async () => {
      const result = await this.#run(sql, params.map(mysqlValue), signal);
      if (request.operation === "exec") return { affected: result.affected };
      return { data: Buffer.from(mysqlJson(result, this.#parsesTimes)) };
    });
  }

  /** Only statements with values are prepared: not all of them can be. */
  async #run(
    sql: string,
    values: readonly MysqlValue[],
    signal: AbortSignal | undefined,
  ): Promise<MysqlResult> {
    try {
      return await this.#pool.session(
        (session) => (values.length === 0 ? session.query(sql) : session.execute(sql, values)),
        signal,
      );
    } catch (cause) {
      throw new Error(`error executing query: ${errorText(cause)}`, { cause });
    }
  }
}

function mysqlValue(value: JsonValue): MysqlValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "object" && value !== null ? encodeJson(value) : value;
}
