/**
 * bindings.postgresql: statements.
 * @see spec 03 §9
 */
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition } from "../contract.ts";
import { PostgresPool } from "../shared/postgres.ts";
import { PostgresError } from "../shared/postgres-session.ts";
import { postgresProperties, postgresSettings } from "../shared/postgres-settings.ts";
import { Properties } from "../shared/properties.ts";
import type { Binding, BindingRequest, BindingResponse } from "./contract.ts";
import { postgresJson } from "./postgres-json.ts";
import { describeRun, readSqlRequest, sqlOperations, sqlText } from "./sql-request.ts";

export const component = {
  type: "bindings.postgresql",
  aliases: ["bindings.postgres"],
  versions: ["v1"],
  summary: "Runs statements in PostgreSQL.",
  provenAgainst: "PostgreSQL 15",
  properties: postgresProperties,
  async create({ properties: given, platform, signal }) {
    const { clock, env } = platform;
    const settings = postgresSettings(new Properties(given, postgresProperties), env);
    return new PostgresBinding(await PostgresPool.open({ settings, clock }, signal), clock);
  },
} satisfies ComponentDefinition<Binding>;

class PostgresBinding implements Binding {
  readonly operations = sqlOperations;
  readonly #pool: PostgresPool;
  readonly #clock: Clock;

  constructor(pool: PostgresPool, clock: Clock) {
    this.#pool = pool;
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
    const values = params.map(sqlText);
    const isExec = request.operation === "exec";
    return await describeRun(request, this.#clock, async () => {
      const result = await this.#pool.session(async ({ client }) => {
        try {
          return await client.query<unknown[]>({
            text: sql,
            values,
            rowMode: "array",
            types: { getTypeParser: (type: number) => (text: string) => postgresJson(type, text) },
          });
        } catch (error) {
          throw refusal(error);
        }
      }, signal);
      if (isExec) return { affected: result.rowCount ?? 0 };
      const rows = result.rows.map((row) => `[${row.map((cell) => cell ?? "null").join(",")}]`);
      return { data: Buffer.from(`[${rows.join(",")}]`) };
    });
  }
}

/** What the server said, in the reference's wording. */
function refusal(error: unknown): unknown {
  if (!(error instanceof Error) || !("severity" in error) || !("code" in error)) return error;
  return new PostgresError({
    severity: String(error.severity),
    message: error.message,
    code: String(error.code),
  });
}
