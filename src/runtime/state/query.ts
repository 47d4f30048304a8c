/**
 * The query language of the state API.
 * @see spec 01 §5.8
 */
import type { QueryFilter, QueryRequest, StateMetadata } from "../../components/state/contract.ts";
import {
  asArray,
  asFinite,
  asInteger,
  asObject,
  asString,
  members,
} from "../../kit/json/decode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { JsonObject, JsonValue } from "../../kit/json/value.ts";

/** Filters within filters; deeper ones are refused. */
const maxFilterDepth = 100;

/** @throws {Error} when the text is no query */
export function parseQuery(text: string, metadata: StateMetadata): QueryRequest {
  const root = asObject(parseJson(Buffer.from(text)), "Query", "query.Query") ?? new Map();
  const [filter, sort, page] = members(root, ["filter", "sort", "page"]);
  const paging = page === undefined ? undefined : asObject(page, "Query.page", "query.Pagination");
  const [limit, token] = paging === undefined ? [] : members(paging, ["limit", "token"]);
  return {
    filter: filter === undefined ? undefined : readFilter(filter, 0),
    sort: asArray(sort, "Query.sort", "[]query.Sorting").map(readSorting),
    limit: asInteger(limit, "Pagination.page.limit"),
    token: asString(token, "Pagination.page.token"),
    metadata,
  };
}

function readSorting(value: JsonValue): { key: string; descending: boolean } {
  const object = asObject(value, "Query.sort", "query.Sorting") ?? new Map();
  const [key, order] = members(object, ["key", "order"]);
  const direction = asString(order, "Sorting.sort.order");
  if (!["", "ASC", "DESC"].includes(direction)) throw new Error(`invalid sort order: ${direction}`);
  return { key: asString(key, "Sorting.sort.key"), descending: direction === "DESC" };
}

function readFilter(value: JsonValue, depth: number): QueryFilter | undefined {
  if (depth > maxFilterDepth) throw new Error("exceeded max depth");
  const object = asObject(value, "Query.filter", "map[string]interface {}");
  if (object === undefined || object.size === 0) return undefined;
  if (object.size !== 1) throw new Error(`filter can have only one operator, found ${object.size}`);
  const [kind, operand] = only(object);
  switch (kind) {
    case "EQ":
    case "NEQ":
    case "GT":
    case "GTE":
    case "LT":
    case "LTE": {
      const [key, compared] = readPair(kind, operand);
      return { kind, key, value: asFinite(compared, "Query.filter") };
    }
    case "IN": {
      const [key, values] = readPair(kind, operand);
      if (!Array.isArray(values)) throw new Error("IN filter value must be an array");
      return { kind, key, values: values as readonly JsonValue[] };
    }
    case "AND":
    case "OR": {
      if (!Array.isArray(operand)) throw new Error(`${kind} filter must be an array`);
      if (operand.length < 2)
        throw new Error(`${kind} filter must contain at least two conditions`);
      const filters = operand.map((item: JsonValue) => readFilter(item, depth + 1));
      return { kind, filters: filters.filter((filter) => filter !== undefined) };
    }
    default:
      throw new Error(`unsupported filter: ${kind}`);
  }
}

function readPair(kind: string, operand: JsonValue): [key: string, value: JsonValue] {
  const object = asObject(operand, "Query.filter", "map[string]interface {}");
  if (object?.size !== 1) throw new Error(`${kind} filter must have exactly one key`);
  return only(object);
}

const only = (object: JsonObject): [string, JsonValue] => [...object][0] as [string, JsonValue];
