/**
 * Queries over documents, with the indexes of RediSearch.
 * @see spec 03 §6.3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { asArray, asObject, asString, members } from "../../kit/json/decode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { RedisConnection } from "../shared/redis.ts";
import type { BulkGetItem, QueryFilter, QueryRequest, QueryResponse } from "./contract.ts";
import { command } from "./redis-documents.ts";

/** Variable and type of each member that is indexed, by its path. */
type Fields = ReadonlyMap<string, { readonly variable: string; readonly type: string }>;
export type QueryIndexes = ReadonlyMap<string, Fields>;

/** @param text `[{"name":...,"indexes":[{"key":...,"type":...}]}]` @throws {Error} */
export function readIndexes(text: string): QueryIndexes {
  const indexes = new Map<string, Fields>();
  if (text === "") return indexes;
  try {
    for (const entry of asArray(parseJson(Buffer.from(text)), "", "[]QuerySchema")) {
      const object = asObject(entry, "", "QuerySchema") ?? new Map();
      const [name, keys] = members(object, ["name", "indexes"]);
      const fields = new Map<string, { readonly variable: string; readonly type: string }>();
      for (const item of asArray(keys, "QuerySchema.indexes", "[]IndexSchema")) {
        const field = asObject(item, "QuerySchema.indexes", "IndexSchema") ?? new Map();
        const [key, type] = members(field, ["key", "type"]);
        const path = asString(key, "IndexSchema.key");
        const typeText = asString(type, "IndexSchema.type").toUpperCase();
        if (path === "" || typeText === "") throw new Error("an index needs a key and a type");
        fields.set(path, { variable: `var${fields.size}`, type: typeText });
      }
      const nameText = asString(name, "QuerySchema.name");
      if (nameText === "" || fields.size === 0) throw new Error("an index needs a name and keys");
      indexes.set(nameText, fields);
    }
  } catch (cause) {
    throw new Error(`redis store: error parsing query indexes: ${errorText(cause)}`, { cause });
  }
  return indexes;
}

/** Makes the indexes, anew where one of that name is there already. @throws {Error} */
export async function createIndexes(
  connection: RedisConnection,
  indexes: QueryIndexes,
): Promise<void> {
  for (const [name, fields] of indexes) {
    const schema = [...fields].flatMap(([path, { variable, type }]) => [
      `$.data.${path}`,
      "AS",
      variable,
      type,
      "SORTABLE",
    ]);
    const create = (): Promise<unknown> =>
      connection.run((client) =>
        command(client, "FT.CREATE", name, "ON", "JSON", "SCHEMA", ...schema),
      );
    try {
      await create().catch(async (error) => {
        if (!/index already exists/i.test(errorText(error))) throw error;
        await connection.run((client) => command(client, "FT.DROPINDEX", name));
        await create();
      });
    } catch (cause) {
      throw new Error(`redis store: error registering query schemas: ${errorText(cause)}`, {
        cause,
      });
    }
  }
}

/** @throws {Error} */
export async function search(
  connection: RedisConnection,
  indexes: QueryIndexes,
  request: QueryRequest,
): Promise<QueryResponse> {
  const { args, offset } = searchArguments(indexes, request);
  const reply = await connection.run((client) => command(client, "FT.SEARCH", ...args));
  const items = readReply(reply);
  const token = request.limit > 0 ? String(offset + items.length) : "";
  return { items, token, metadata: undefined };
}

/** What FT.SEARCH is called with. @throws {Error} */
export function searchArguments(
  indexes: QueryIndexes,
  { filter, sort, limit, token, metadata }: QueryRequest,
): { readonly args: (string | number)[]; readonly offset: number } {
  const name = metadata.get("queryIndexName") ?? "";
  if (name === "") throw new Error("query index not found");
  const fields = indexes.get(name);
  if (fields === undefined) throw new Error(`query index schema ${JSON.stringify(name)} not found`);
  const args: (string | number)[] = [
    name,
    filter === undefined ? "*" : expressionOf(filter, fields),
  ];
  if (sort.length > 1) throw new Error("multiple SORTBY steps are not allowed");
  const [order] = sort;
  if (order !== undefined) {
    args.push("SORTBY", fieldOf(order.key, fields).variable);
    if (order.descending) args.push("DESC");
  }
  if (token !== "" && !/^\d{1,15}$/.test(token)) throw new Error(`invalid token ${token}`);
  const offset = token === "" ? 0 : Number(token);
  if (limit > 0) args.push("LIMIT", offset, limit);
  args.push("RETURN", 2, "$.data", "$.version");
  return { args, offset };
}

function fieldOf(key: string, fields: Fields) {
  const field = fields.get(key);
  if (field === undefined) throw new Error(`query index for key ${JSON.stringify(key)} not found`);
  return field;
}

function expressionOf(filter: QueryFilter, fields: Fields): string {
  switch (filter.kind) {
    case "AND":
    case "OR": {
      const parts = filter.filters.map((one) => `(${expressionOf(one, fields)})`);
      return parts.join(filter.kind === "AND" ? " " : "|");
    }
    case "IN": {
      const { variable } = fieldOf(filter.key, fields);
      if (filter.values.length === 0) {
        throw new Error(`empty IN operator for key ${JSON.stringify(filter.key)}`);
      }
      if (filter.values.every((value) => typeof value === "string")) {
        return `@${variable}:(${filter.values.map(wordsOf).join("|")})`;
      }
      return filter.values.map((value) => `(${equals(variable, value)})`).join("|");
    }
    case "EQ":
      return equals(fieldOf(filter.key, fields).variable, filter.value);
    case "NEQ":
      return `-(${equals(fieldOf(filter.key, fields).variable, filter.value)})`;
    default:
      return range(filter.kind, fieldOf(filter.key, fields).variable, filter.value);
  }
}

function equals(variable: string, value: unknown): string {
  if (typeof value === "string") return `@${variable}:(${wordsOf(value)})`;
  const number = numberOf(value);
  return `@${variable}:[${number} ${number}]`;
}

function range(kind: "GT" | "GTE" | "LT" | "LTE", variable: string, value: unknown): string {
  const number = numberOf(value);
  const bounds = {
    GT: `(${number} +inf`,
    GTE: `${number} +inf`,
    LT: `-inf (${number}`,
    LTE: `-inf ${number}`,
  };
  return `@${variable}:[${bounds[kind]}]`;
}

function numberOf(value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Error(`unsupported type of value ${JSON.stringify(value)}`);
  }
  return String(value);
}

/** The words of a text: its punctuation would be read as operators, and separates words in an index as well. */
const wordsOf = (text: string): string => {
  const words = text.split(/[\s!-/:-@[-^`{-~]+/).filter((word) => word !== "");
  if (words.length === 0) throw new Error(`no words in ${JSON.stringify(text)}`);
  return words.join(" ");
};

/** `[total, key, [name, value, ...], ...]` */
function readReply(reply: unknown): BulkGetItem[] {
  if (!Array.isArray(reply)) throw new Error("unexpected answer of FT.SEARCH");
  const items: BulkGetItem[] = [];
  for (let i = 1; i + 1 < reply.length; i += 2) {
    const pairs = Array.isArray(reply[i + 1]) ? (reply[i + 1] as unknown[]) : [];
    const value = (name: string): string | undefined => {
      const at = pairs.indexOf(name);
      return at < 0 ? undefined : String(pairs[at + 1]);
    };
    const data = value("$.data");
    items.push({
      key: String(reply[i]),
      data: data === undefined ? undefined : Buffer.from(data),
      etag: value("$.version"),
      metadata: undefined,
      error: data === undefined ? "it holds no data" : undefined,
    });
  }
  return items;
}
