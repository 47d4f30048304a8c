/**
 * What the SQL bindings have in common: the request's metadata, and what is told about a statement.
 * @see spec 03 §9
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { formatDuration } from "../../kit/time/duration.ts";
import type { BindingMetadata, BindingRequest, BindingResponse } from "./contract.ts";
import { withoutZeros } from "./fraction.ts";

export const sqlOperations = ["exec", "query", "close"];

export interface SqlRequest {
  readonly sql: string;
  readonly params: readonly JsonValue[];
}

/** @throws {Error} */
export function readSqlRequest(metadata: BindingMetadata): SqlRequest {
  const sql = metadata.get("sql") ?? "";
  if (sql === "") throw new Error("required metadata not set: sql");
  const text = metadata.get("params") ?? "";
  if (text === "") return { sql, params: [] };
  let params: JsonValue;
  try {
    params = parseJson(Buffer.from(text));
  } catch (cause) {
    throw new Error(
      `invalid metadata property params: failed to unserialize into an array: ${errorText(cause)}`,
      {
        cause,
      },
    );
  }
  if (params === null) return { sql, params: [] };
  if (!Array.isArray(params)) {
    throw new Error("invalid metadata property params: failed to unserialize into an array");
  }
  return { sql, params: params as readonly JsonValue[] };
}

/** As a column takes it; objects and lists are JSON. */
export function sqlText(value: JsonValue): string | null {
  if (value === null) return null;
  return typeof value === "object" ? encodeJson(value) : String(value);
}

/** Runs a statement and tells when, how long and with what effect. */
export async function describeRun(
  { operation, metadata }: BindingRequest,
  clock: Clock,
  work: () => Promise<{ readonly data?: Buffer; readonly affected?: number }>,
): Promise<BindingResponse> {
  const startMs = clock.now();
  const startedAt = clock.monotonic();
  const { data, affected } = await work();
  const duration = clock.monotonic() - startedAt;
  const told = new Map([
    ["operation", operation],
    ["sql", metadata.get("sql") ?? ""],
    ["start-time", rfc3339(startMs)],
    ["end-time", rfc3339(startMs + duration)],
    ["duration", formatDuration(duration)],
  ]);
  if (affected !== undefined) told.set("rows-affected", String(affected));
  return { ...(data === undefined ? {} : { data }), metadata: told };
}

const rfc3339 = (ms: number): string => withoutZeros(new Date(ms).toISOString());
