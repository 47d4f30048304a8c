/**
 * Queries over stored JSON as SQL. Comparisons are those of the members' texts, as in the reference.
 * @see spec 01 §5.8
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import { parseDecimal } from "../shared/state-requests.ts";
import type { QueryFilter, QueryRequest } from "./contract.ts";

interface PostgresQuery {
  readonly text: string;
  readonly values: readonly string[];
  /** Rows before this page. */
  readonly skipped: bigint;
}

const operators = { EQ: "=", NEQ: "!=", GT: ">", GTE: ">=", LT: "<", LTE: "<=" } as const;

/** @throws {Error} for filters and tokens that cannot be */
export function postgresQuery(table: string, request: QueryRequest): PostgresQuery {
  const { filter, sort, limit, token } = request;
  const values: string[] = [];
  let text = `SELECT key, value, xmin FROM ${table}`;
  if (filter !== undefined) text += ` WHERE ${condition(filter, values)}`;
  if (sort.length > 0) {
    const terms = sort.map(({ key, descending }) => `${member(key)}${descending ? " DESC" : ""}`);
    text += ` ORDER BY ${terms.join(", ")}`;
  }
  if (limit > 0) text += ` LIMIT ${Math.floor(limit)}`;
  let skipped = 0n;
  if (token !== "") {
    parseDecimal(token, "ParseInt");
    skipped = BigInt(token.startsWith("+") ? token.slice(1) : token);
    text += ` OFFSET ${skipped}`;
  }
  return { text, values, skipped };
}

function condition(filter: QueryFilter, values: string[]): string {
  const compare = (key: string, operator: string, value: JsonValue): string => {
    values.push(textOf(value));
    return `${member(key)} ${operator} $${values.length}`;
  };
  switch (filter.kind) {
    case "AND":
    case "OR":
      return `(${filter.filters.map((part) => condition(part, values)).join(` ${filter.kind} `)})`;
    case "IN":
      if (filter.values.length === 0) {
        throw new Error(`empty IN operator for key ${JSON.stringify(filter.key)}`);
      }
      return `(${filter.values.map((value) => compare(filter.key, "=", value)).join(" OR ")})`;
    default:
      if (typeof filter.value === "string" && filter.kind !== "EQ" && filter.kind !== "NEQ") {
        throw new Error(`unsupported type of value ${filter.value}; string type not permitted`);
      }
      return compare(filter.key, operators[filter.kind], filter.value);
  }
}

/** `person.org` is the text of a member of a member. Names are data: quotes in them end nothing. */
function member(path: string): string {
  const names = path.split(".").map((name) => `E'${name.replace(/['\\]/g, "\\$&")}'`);
  const last = names.pop() as string;
  return `value${names.map((name) => `->${name}`).join("")}->>${last}`;
}

const textOf = (value: JsonValue): string =>
  typeof value === "string" ? value : encodeJson(value);
