/**
 * The state API over gRPC.
 * @see spec 01 §2.8, §5
 */
import type {
  BulkGetItem,
  GetResponse,
  StateMetadata,
  StateValue,
  TransactionOperation,
} from "../../components/state/contract.ts";
import { parseJson } from "../../kit/json/parse.ts";
import type { StateItem, StateOptions } from "../../kit/proto/dapr/proto/common/v1/common.ts";
import {
  DeleteBulkStateRequest,
  DeleteStateRequest,
  ExecuteStateTransactionRequest,
  GetBulkStateRequest,
  GetBulkStateResponse,
  type GetBulkStateResponseInit,
  GetStateRequest,
  GetStateResponse,
  type GetStateResponseInit,
  QueryStateRequest,
  QueryStateResponse,
  type QueryStateResponseInit,
  SaveStateRequest,
} from "../../kit/proto/dapr/proto/runtime/v1/state.ts";
import { Empty } from "../../kit/proto/google/protobuf/empty.ts";
import type { UnaryCall } from "../../kit/rpc/transport.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import { daprService, type GrpcMethod, unary } from "../api/grpc-method.ts";
import * as errors from "./errors.ts";
import type { DeleteItem, MountedStore, SaveItem, StateBlock } from "./state.ts";

export function stateGrpcMethods(block: StateBlock): GrpcMethod[] {
  const rule = { group: "state", version: "v1" } as const;
  return [
    unary({
      path: `${daprService}GetState`,
      rule,
      request: GetStateRequest,
      response: GetStateResponse,
      describe: (span, request) => describe(span, "GetState", request.storeName),
      handle: (request, call) => getState(block, request, call),
    }),
    unary({
      path: `${daprService}GetBulkState`,
      rule,
      request: GetBulkStateRequest,
      response: GetBulkStateResponse,
      handle: (request, call) => getBulkState(block, request, call),
    }),
    unary({
      path: `${daprService}SaveState`,
      rule,
      request: SaveStateRequest,
      response: Empty,
      describe: (span, request) => describe(span, "SaveState", request.storeName),
      handle: (request, call) => saveState(block, request, call),
    }),
    unary({
      path: `${daprService}DeleteState`,
      rule,
      request: DeleteStateRequest,
      response: Empty,
      describe: (span, request) => describe(span, "DeleteState", request.storeName),
      handle: (request, call) => deleteState(block, request, call),
    }),
    unary({
      path: `${daprService}DeleteBulkState`,
      rule,
      request: DeleteBulkStateRequest,
      response: Empty,
      handle: (request, call) => deleteBulkState(block, request, call),
    }),
    unary({
      path: `${daprService}ExecuteStateTransaction`,
      rule,
      request: ExecuteStateTransactionRequest,
      response: Empty,
      handle: (request, call, { span }) => executeTransaction(block, request, call, span),
    }),
    unary({
      path: `${daprService}QueryStateAlpha1`,
      rule: { group: "state", version: "v1alpha1" },
      request: QueryStateRequest,
      response: QueryStateResponse,
      handle: (request, call) => queryState(block, request, call),
    }),
  ];
}

/** spec 08 §9.3 */
function describe(span: Span, method: string, store: string): void {
  span.setAttribute("rpc.service", "Dapr");
  span.setAttribute("db.system", "state");
  span.setAttribute("db.connection_string", "state");
  span.setAttribute("db.name", store);
  span.setAttribute("db.statement", daprService + method);
}

const signalFor = (store: MountedStore, call: UnaryCall): AbortSignal | undefined =>
  store.component.isCancellable ? call.signal : undefined;

/** Unknown numbers are like none. */
const concurrency = (options: StateOptions | undefined): string =>
  ["", "first-write", "last-write"][options?.concurrency ?? 0] ?? "";
const consistencies: readonly string[] = ["", "eventual", "strong"];
const consistency = (options: StateOptions | undefined): string =>
  consistencies[options?.consistency ?? 0] ?? "";

type Done = Record<never, never>;
const done: Done = {};
const finished = (pending: void | Promise<void>): Done | Promise<Done> =>
  pending instanceof Promise ? pending.then(() => done) : done;

function getState(
  block: StateBlock,
  request: GetStateRequest,
  call: UnaryCall,
): GetStateResponseInit | Promise<GetStateResponseInit> {
  const store = block.store(request.storeName);
  const { key, metadata } = request;
  const response = block.get(
    store,
    { key, consistency: consistencies[request.consistency] ?? "", metadata },
    signalFor(store, call),
  );
  return response instanceof Promise ? response.then(toResponse) : toResponse(response);
}

const toResponse = ({ data, etag, metadata }: GetResponse): GetStateResponseInit => ({
  data,
  etag,
  metadata,
});

async function getBulkState(
  block: StateBlock,
  request: GetBulkStateRequest,
  call: UnaryCall,
): Promise<GetBulkStateResponseInit> {
  const store = block.store(request.storeName);
  const requests = block.getRequests(store, request.keys, request.metadata);
  if (requests.length === 0) return {};
  // Differs: spec 01 §5.6. What the store throws is returned as it is.
  const items = await block.bulkGet(store, requests, request.parallelism, signalFor(store, call));
  return { items: items.map(toItem) };
}

const toItem = ({ key, data, etag, error, metadata }: BulkGetItem): BulkGetItem => ({
  key,
  data,
  etag,
  error,
  metadata,
});

function saveState(
  block: StateBlock,
  request: SaveStateRequest,
  call: UnaryCall,
): Done | Promise<Done> {
  const store = block.store(request.storeName);
  const requests = request.states.map((state) => {
    if (state.key === "") throw errors.emptyKey();
    return block.setRequest(store, saveItem(state, savedValue(block, store, state)));
  });
  return finished(block.save(store, requests, signalFor(store, call)));
}

const saveItem = (state: StateItem, value: StateValue): SaveItem => ({
  ...deleteItem(state),
  value,
});

const deleteItem = (
  state: Pick<StateItem, "key" | "etag" | "options" | "metadata">,
): DeleteItem => ({
  key: state.key,
  etag: state.etag?.value,
  concurrency: concurrency(state.options),
  consistency: consistency(state.options),
  metadata: state.metadata,
});

/**
 * Bytes, unless the item says that they are JSON. An encrypted store gets the bytes.
 * @throws {JsonSyntaxError} which ends up as code Unknown with the bare text
 */
function savedValue(block: StateBlock, store: MountedStore, state: StateItem): StateValue {
  const isJson = state.metadata.get("contentType") === "application/json";
  if (!isJson || store.encryption !== undefined) return { kind: "bytes", bytes: state.value };
  // An illegal key is reported before an unreadable value.
  block.checkKey(store, state.key);
  return { kind: "json", value: parseJson(state.value) };
}

function deleteState(
  block: StateBlock,
  request: DeleteStateRequest,
  call: UnaryCall,
): Done | Promise<Done> {
  const store = block.store(request.storeName);
  return finished(block.delete(store, deleteItem(request), signalFor(store, call)));
}

function deleteBulkState(
  block: StateBlock,
  request: DeleteBulkStateRequest,
  call: UnaryCall,
): Done | Promise<Done> {
  const store = block.store(request.storeName);
  const requests = request.states.map((state) => block.deleteRequest(store, deleteItem(state)));
  return finished(block.deleteBulk(store, requests, signalFor(store, call)));
}

const noItem: StateItem = {
  key: "",
  value: Buffer.alloc(0),
  etag: undefined,
  metadata: new Map(),
  options: undefined,
};

function executeTransaction(
  block: StateBlock,
  request: ExecuteStateTransactionRequest,
  call: UnaryCall,
  span: Span | undefined,
): Done | Promise<Done> {
  const store = block.store(request.storeName);
  block.assertTransactional(store);
  const operations = request.operations.map(
    ({ operationType, request: state = noItem }): TransactionOperation => {
      if (operationType === "upsert") {
        // Differs: spec 01 §5.2. Bytes are never read as JSON here.
        const item = saveItem(state, { kind: "bytes", bytes: state.value });
        return { kind: "upsert", request: block.setRequest(store, item) };
      }
      if (operationType === "delete") {
        return { kind: "delete", request: block.deleteRequest(store, deleteItem(state)) };
      }
      throw errors.operationNotSupported({ operation: operationType });
    },
  );
  const metadata: StateMetadata = request.metadata;
  return finished(block.transact(store, operations, metadata, signalFor(store, call), span));
}

async function queryState(
  block: StateBlock,
  request: QueryStateRequest,
  call: UnaryCall,
): Promise<QueryStateResponseInit> {
  const store = block.store(request.storeName, false);
  const { query, metadata } = request;
  const response = await block.query(store, query, metadata, signalFor(store, call));
  return {
    results: response.items.map(({ key, data, etag, error }) => ({ key, data, etag, error })),
    token: response.token,
    metadata: response.metadata,
  };
}
