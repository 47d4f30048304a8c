/**
 * The state API over HTTP.
 * @see spec 01 §2.4, §5
 */

import type {
  BulkGetItem,
  GetResponse,
  QueryResponse,
  StateMetadata,
} from "../../components/state/contract.ts";
import { bodyUnreadable } from "../../kit/errors/body-errors.ts";
import { shownPath } from "../../kit/http/url.ts";
import { compactJson } from "../../kit/json/compact.ts";
import { quoteJson, sortedByBytes } from "../../kit/json/encode.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import { readBulkGet, readOperation, readSaveItems, readTransaction } from "./bodies.ts";
import * as errors from "./errors.ts";
import type { OutboxOperation } from "./outbox.ts";
import type { MountedStore, StateBlock } from "./state.ts";

export function stateHttpRoutes(block: StateBlock): HttpRoute[] {
  const state = { group: "state", version: "v1", describe } as const;
  const write = ["POST", "PUT"];
  const one = "/v1.0/state/:storeName/:key";
  const all = "/v1.0/state/:storeName";
  return [
    {
      ...state,
      name: "GetState",
      methods: ["GET"],
      path: one,
      handle: (exchange) => getState(block, exchange),
    },
    {
      ...state,
      name: "DeleteState",
      methods: ["DELETE"],
      path: one,
      handle: (exchange) => deleteState(block, exchange),
    },
    {
      ...state,
      name: "SaveState",
      methods: write,
      path: all,
      handle: (exchange) => saveState(block, exchange),
    },
    {
      ...state,
      name: "GetBulkState",
      methods: write,
      path: `${all}/bulk`,
      handle: (exchange) => getBulkState(block, exchange),
    },
    {
      ...state,
      name: "ExecuteStateTransaction",
      methods: write,
      path: `${all}/transaction`,
      handle: (exchange) => executeTransaction(block, exchange),
    },
    {
      ...state,
      name: "QueryStateAlpha1",
      version: "v1alpha1",
      methods: write,
      path: "/v1.0-alpha1/state/:storeName/query",
      handle: (exchange) => queryState(block, exchange),
    },
  ];
}

/** spec 08 §9.3 */
function describe(span: Span, exchange: HttpExchange): void {
  span.setAttribute("db.system", "state");
  span.setAttribute("db.connection_string", "state");
  span.setAttribute("db.statement", `${exchange.method} ${shownPath(exchange.path)}`);
  span.setAttribute("db.name", exchange.params[0] ?? "");
}

/** @throws {ApiError} when there is no such store; looked up before the body is read */
function storeOf(block: StateBlock, exchange: HttpExchange): MountedStore {
  return block.store(exchange.params[0] as string);
}

const signalFor = (store: MountedStore, exchange: HttpExchange): AbortSignal | undefined =>
  store.component.isCancellable ? exchange.signal : undefined;

function getState(block: StateBlock, exchange: HttpExchange): void | Promise<void> {
  const store = storeOf(block, exchange);
  const response = block.get(
    store,
    {
      key: exchange.params[1] as string,
      consistency: exchange.queryValue("consistency") ?? "",
      metadata: exchange.metadata(),
    },
    signalFor(store, exchange),
  );
  if (response instanceof Promise) return response.then((value) => sendState(exchange, value));
  return sendState(exchange, response);
}

function sendState(exchange: HttpExchange, response: GetResponse): void {
  const { data, etag, metadata } = response;
  if (data === undefined) {
    exchange.empty(204);
    return;
  }
  if (etag !== undefined) exchange.setHeader("etag", headerText(etag));
  if (metadata !== undefined) setMetadataHeaders(exchange, metadata);
  exchange.json(200, data);
}

function setMetadataHeaders(exchange: HttpExchange, metadata: StateMetadata): void {
  for (const [name, value] of metadata) {
    if (!headerName.test(name)) continue;
    exchange.setHeader(`metadata.${name.toLowerCase()}`, headerText(value));
  }
}

const headerName = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;
const unsendable = /[^\t\x20-\x7e\x80-\xff]/g;

/** Stores are written to by others too: what no header can hold becomes a space. */
const headerText = (value: string): string => value.replace(unsendable, " ");

async function saveState(block: StateBlock, exchange: HttpExchange): Promise<void> {
  const store = storeOf(block, exchange);
  let items: ReturnType<typeof readSaveItems>;
  try {
    items = readSaveItems(await exchange.readBody(), exchange.metadata());
  } catch (cause) {
    throw errors.malformedRequest({}, cause);
  }
  const requests = items.map((item) => {
    if (item.key === "") throw errors.malformedRequest({}, '"key" is a required field');
    return block.setRequest(store, item);
  });
  const saved = block.save(store, requests, signalFor(store, exchange));
  if (saved instanceof Promise) await saved;
  exchange.empty(204);
}

function deleteState(block: StateBlock, exchange: HttpExchange): void | Promise<void> {
  const store = storeOf(block, exchange);
  const etag = exchange.headers["if-match"];
  const deleted = block.delete(
    store,
    {
      key: exchange.params[1] as string,
      etag: etag === "" ? undefined : etag,
      concurrency: exchange.queryValue("concurrency") ?? "",
      consistency: exchange.queryValue("consistency") ?? "",
      metadata: exchange.metadata(),
    },
    signalFor(store, exchange),
  );
  if (deleted instanceof Promise) return deleted.then(() => exchange.empty(204));
  return exchange.empty(204);
}

async function getBulkState(block: StateBlock, exchange: HttpExchange): Promise<void> {
  const store = storeOf(block, exchange);
  let body: ReturnType<typeof readBulkGet>;
  try {
    body = readBulkGet(await exchange.readBody(), exchange.metadata());
  } catch (cause) {
    throw errors.badBody({}, cause);
  }
  const requests = block.getRequests(store, body.keys, body.metadata);
  let items: readonly BulkGetItem[] = [];
  try {
    if (requests.length > 0) {
      const signal = signalFor(store, exchange);
      items = await block.bulkGet(store, requests, body.parallelism, signal);
    }
  } catch (cause) {
    throw errors.bulkGetFailed(cause);
  }
  sendEncoded(exchange, encodeItems(items, true));
}

/** Quirk: spec 01 §5.2. A value that is no JSON makes the whole answer empty. */
function sendEncoded(exchange: HttpExchange, parts: readonly Uint8Array[] | undefined): void {
  if (parts === undefined) exchange.unwritten("application/json");
  else exchange.json(200, Buffer.concat(parts));
}

/** An array of results. @returns undefined when some value is no JSON */
function encodeItems(items: readonly BulkGetItem[], ends: boolean): Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  let text = "[";
  for (const { key, data, etag, metadata, error } of items) {
    if (text !== "[") text += ",";
    text += `{"key":${quoteJson(key)}`;
    if (data !== undefined && data.length > 0) {
      const value = compactJson(data);
      if (value === undefined) return undefined;
      parts.push(Buffer.from(`${text},"data":`), value);
      text = "";
    }
    if (etag !== undefined) text += `,"etag":${quoteJson(etag)}`;
    if (metadata !== undefined && metadata.size > 0) text += `,"metadata":${mapJson(metadata)}`;
    if (error !== undefined && error !== "") text += `,"error":${quoteJson(error)}`;
    text += "}";
  }
  parts.push(Buffer.from(`${text}]${ends ? "\n" : ""}`));
  return parts;
}

function mapJson(map: ReadonlyMap<string, string>): string {
  const names = sortedByBytes([...map.keys()]);
  return `{${names.map((name) => `${quoteJson(name)}:${quoteJson(map.get(name) ?? "")}`).join(",")}}`;
}

async function executeTransaction(block: StateBlock, exchange: HttpExchange): Promise<void> {
  const store = storeOf(block, exchange);
  block.assertTransactional(store);
  let body: ReturnType<typeof readTransaction>;
  try {
    body = readTransaction(await exchange.readBody());
  } catch (cause) {
    throw errors.badBody({}, cause);
  }
  const query = exchange.metadata();
  const operations = body.operations.map(({ operation, request }): OutboxOperation => {
    if (operation !== "upsert" && operation !== "delete") {
      throw errors.operationNotSupported({ operation });
    }
    let item: ReturnType<typeof readOperation>;
    try {
      item = readOperation(request, query);
    } catch (cause) {
      throw errors.badBody({}, cause);
    }
    // Differs: spec 01 §5.1. Over HTTP an illegal key is not named in the detail.
    if (operation === "delete") {
      return { kind: "delete", request: block.deleteRequest(store, item, true) };
    }
    const { contentType } = item;
    return { kind: "upsert", request: block.setRequest(store, item, true), contentType };
  });
  const signal = signalFor(store, exchange);
  const done = block.transact(store, operations, body.metadata, signal, exchange.span);
  if (done instanceof Promise) await done;
  exchange.empty(204);
}

async function queryState(block: StateBlock, exchange: HttpExchange): Promise<void> {
  // Differs: spec 01 §5.1. The detail does not name the app.
  const store = block.store(exchange.params[0] as string, false);
  let text: string;
  try {
    text = (await exchange.readBody()).toString("utf8");
  } catch (cause) {
    throw bodyUnreadable({}, cause);
  }
  const signal = signalFor(store, exchange);
  const response = await block.query(store, text, exchange.metadata(), signal);
  if (response.items.length === 0) exchange.empty(204);
  else sendEncoded(exchange, encodeQuery(response));
}

function encodeQuery(response: QueryResponse): readonly Uint8Array[] | undefined {
  const items = encodeItems(response.items, false);
  if (items === undefined) return undefined;
  let end = "";
  if (response.token !== "") end += `,"token":${quoteJson(response.token)}`;
  const { metadata } = response;
  if (metadata !== undefined && metadata.size > 0) end += `,"metadata":${mapJson(metadata)}`;
  return [Buffer.from('{"results":'), ...items, Buffer.from(`${end}}\n`)];
}
