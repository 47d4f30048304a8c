/**
 * HTTP bodies of the state API, read loosely.
 * @see spec 01 §2.5, §5.4 - §5.7
 */
import type { StateMetadata } from "../../components/state/contract.ts";
import {
  asArray,
  asFinite,
  asInteger,
  asObject,
  asString,
  asStringMap,
  members,
} from "../../kit/json/decode.ts";
import { parseFirstJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue, jsonKind } from "../../kit/json/value.ts";
import type { SaveItem } from "./state.ts";

const noMembers: JsonObject = new Map();

const itemNames = ["key", "value", "etag", "metadata", "options"];
const operationNames = [...itemNames, "contenttype"];
const optionNames = ["concurrency", "consistency"];

/** An item of a transaction. */
export interface OperationItem extends SaveItem {
  /** What an event about it is to say of its value. */
  readonly contentType: string | undefined;
}

/** @throws {Error} with the parser's text */
export function readSaveItems(body: Buffer, query: StateMetadata): readonly SaveItem[] {
  const root = parseFirstJson(body);
  return asArray(root, "", "[]state.SetRequest").map((value) => {
    const object = asObject(value, "", "state.SetRequest") ?? noMembers;
    const [key, item, etag, metadata, options] = members(object, itemNames);
    const settings = asObject(options ?? null, "SetRequest.options", "state.SetStateOption");
    const [concurrency, consistency] = members(settings ?? noMembers, optionNames);
    return {
      key: asString(key, "SetRequest.key"),
      value: { kind: "json", value: asFinite(item ?? null, "SetRequest.value") },
      etag: etag === undefined ? undefined : asString(etag, "SetRequest.etag"),
      concurrency: asString(concurrency, "SetStateOption.options.Concurrency"),
      consistency: asString(consistency, "SetStateOption.options.Consistency"),
      metadata: merged(asStringMap(metadata, "SetRequest.metadata"), query),
    };
  });
}

export interface BulkGetBody {
  readonly keys: readonly string[];
  readonly parallelism: number;
  readonly metadata: StateMetadata;
}

/** @throws {Error} with the parser's text */
export function readBulkGet(body: Buffer, query: StateMetadata): BulkGetBody {
  const root = asObject(parseFirstJson(body), "", "http.BulkGetRequest") ?? noMembers;
  const [keys, parallelism, metadata] = members(root, ["keys", "parallelism", "metadata"]);
  return {
    keys: asArray(keys, "BulkGetRequest.keys", "[]string").map((key) =>
      asString(key, "BulkGetRequest.keys"),
    ),
    parallelism: asInteger(parallelism, "BulkGetRequest.parallelism"),
    metadata: merged(asStringMap(metadata, "BulkGetRequest.metadata"), query),
  };
}

export interface TransactionBody {
  readonly operations: readonly { readonly operation: string; readonly request: JsonValue }[];
  /** For the store; not merged with that of the query. */
  readonly metadata: StateMetadata;
}

/** Requests of operations are left to {@link readOperation}. @throws {Error} with the parser's text */
export function readTransaction(body: Buffer): TransactionBody {
  const type = "stateTransactionRequestBody";
  const root = asObject(parseFirstJson(body), "", `http.${type}`) ?? noMembers;
  const [operations, metadata] = members(root, ["operations", "metadata"]);
  return {
    operations: asArray(operations, `${type}.operations`, `[]http.${type}Operation`).map(
      (value) => {
        const object = asObject(value, `${type}.operations`, `http.${type}Operation`) ?? noMembers;
        const [operation, request] = members(object, ["operation", "request"]);
        return {
          operation: asString(operation, `${type}Operation.operations.operation`),
          request: asFinite(request ?? null, `${type}Operation.operations.request`),
        };
      },
    ),
    metadata: asStringMap(metadata, `${type}.metadata`),
  };
}

/** The request of an operation, with the metadata of the query. @throws {Error} naming the member that is wrong */
export function readOperation(request: JsonValue, query: StateMetadata): OperationItem {
  if (request !== null && !isJsonObject(request)) {
    throw new Error(`'' expected a map, got '${goKind(request)}'`);
  }
  const [key, value, etag, metadata, options, contentType] = members(
    request ?? noMembers,
    operationNames,
  );
  const settings = mapMember(options, "Options");
  const [concurrency, consistency] = members(settings ?? noMembers, optionNames);
  const item = new Map<string, string>();
  for (const [name, text] of mapMember(metadata, "Metadata") ?? noMembers) {
    item.set(name, stringMember(text, `Metadata[${name}]`));
  }
  return {
    key: stringMember(key, "Key"),
    value: { kind: "json", value: value ?? null },
    etag: etag === undefined ? undefined : stringMember(etag, "ETag"),
    concurrency: stringMember(concurrency, "Options.Concurrency"),
    consistency: stringMember(consistency, "Options.Consistency"),
    metadata: merged(item, query),
    contentType: contentType === undefined ? undefined : stringMember(contentType, "ContentType"),
  };
}

function stringMember(value: JsonValue | undefined, name: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new Error(
    `1 error(s) decoding:\n\n* '${name}' expected type 'string', got unconvertible type '${goKind(value)}', value: '${shown(value)}'`,
  );
}

function mapMember(value: JsonValue | undefined, name: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw new Error(`1 error(s) decoding:\n\n* '${name}' expected a map, got '${goKind(value)}'`);
}

const shown = (value: JsonValue): string => (typeof value === "object" ? "" : String(value));

function goKind(value: JsonValue): string {
  const kind = jsonKind(value);
  if (kind === "number") return "float64";
  return kind === "array" ? "slice" : kind;
}

/** The query's metadata wins. */
function merged(own: StateMetadata, query: StateMetadata): StateMetadata {
  if (query.size === 0) return own;
  return own.size === 0 ? query : new Map([...own, ...query]);
}
