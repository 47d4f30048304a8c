/**
 * Queries and key patterns as MongoDB's filters. Names and values from outside are data: `$eq` and the like keep them from
 * being read as operators.
 * @see spec 01 §5.8
 */
import type { Filter, Sort } from "mongodb";
import type { StateDocument } from "../shared/mongo.ts";
import type { QueryFilter, QueryRequest } from "./contract.ts";
import { nativeValue, valueName } from "./mongodb-values.ts";

const operators = {
  EQ: "$eq",
  NEQ: "$ne",
  GT: "$gt",
  GTE: "$gte",
  LT: "$lt",
  LTE: "$lte",
} as const;

/** @throws {Error} for `IN` without values */
export function toMongoFilter(filter: QueryFilter): Filter<StateDocument> {
  switch (filter.kind) {
    case "AND":
      return { $and: filter.filters.map(toMongoFilter) };
    case "OR":
      return { $or: filter.filters.map(toMongoFilter) };
    case "IN": {
      if (filter.values.length === 0) {
        throw new Error(`empty IN operator for key ${JSON.stringify(filter.key)}`);
      }
      const values = filter.values.map((value) => nativeValue(value, 0));
      return { [pathOf(filter.key)]: { $in: values } };
    }
    default:
      return { [pathOf(filter.key)]: { [operators[filter.kind]]: nativeValue(filter.value, 0) } };
  }
}

const pathOf = (key: string): string => `${valueName}.${key}`;

/** Equal ones by key, so that pages do not overlap. */
export function toMongoSort(sort: QueryRequest["sort"]): Sort {
  const order = new Map<string, 1 | -1>();
  for (const { key, descending } of sort) order.set(pathOf(key), descending ? -1 : 1);
  if (order.size > 0) order.set("_id", 1);
  return order;
}

/** What has not expired; missing and null: never. */
export const liveAt = (now: Date): Filter<StateDocument> => ({
  $or: [{ _ttl: null }, { _ttl: { $gte: now } }],
});

/** A regular expression for SQL's LIKE, for the option `s`. `\z`, since `$` would let a line feed follow. */
export function likeExpression(pattern: string): string {
  let expression = "^";
  const characters = [...pattern.toWellFormed()];
  for (let i = 0; i < characters.length; i++) {
    let character = characters[i] as string;
    if (character === "%") expression += ".*";
    else if (character === "_") expression += ".";
    else {
      if (character === "\\" && i + 1 < characters.length) character = characters[++i] as string;
      expression += literal(character);
    }
  }
  return `${expression}\\z`;
}

function literal(character: string): string {
  const code = character.charCodeAt(0);
  if (/[A-Za-z0-9]/.test(character) || code > 0x7f) return character;
  // A pattern must not hold a NUL.
  return code < 0x20 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\${character}`;
}
