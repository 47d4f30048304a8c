/**
 * A state store that runs as a process of its own.
 * @see spec 04 §9
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import {
  FeaturesRequest,
  FeaturesResponse,
  PingRequest,
  PingResponse,
} from "../../kit/proto/dapr/proto/components/v1/common.ts";
import {
  BulkDeleteRequest,
  BulkDeleteResponse,
  BulkGetRequest,
  BulkGetResponse,
  BulkSetRequest,
  BulkSetResponse,
  DeleteRequest as DeleteMessage,
  type DeleteRequestInit,
  DeleteResponse,
  type Etag,
  GetResponse as GetAnswer,
  GetRequest as GetMessage,
  type GetRequestInit,
  InitRequest,
  InitResponse,
  MultiMaxSizeRequest,
  MultiMaxSizeResponse,
  QueriableStateStoreService,
  QueryResponse as QueryAnswer,
  QueryRequest as QueryMessage,
  SetRequest as SetMessage,
  type SetRequestInit,
  SetResponse,
  Sorting_Order,
  StateOptions_StateConcurrency,
  StateOptions_StateConsistency,
  StateStoreService,
  TransactionalStateRequest,
  TransactionalStateResponse,
  TransactionalStateStoreService,
  TransactionalStoreMultiMaxSizeService,
} from "../../kit/proto/dapr/proto/components/v1/state.ts";
import type { ComponentContext } from "../contract.ts";
import type {
  BulkGetItem,
  DeleteRequest,
  GetRequest,
  GetResponse,
  QueryFilter,
  QueryRequest,
  QueryResponse,
  SetRequest,
  StateFeature,
  StateMetadata,
  StateStore,
  StateValue,
  TransactionOperation,
} from "../state/contract.ts";
import { type PluggableConnection, startPluggable } from "./connection.ts";
import { bulkDeleteError, readError, writeError } from "./errors.ts";

const { methods } = StateStoreService;
const init = { path: methods.init.path, request: InitRequest, response: InitResponse };
const features = {
  path: methods.features.path,
  request: FeaturesRequest,
  response: FeaturesResponse,
};
const ping = { path: methods.ping.path, request: PingRequest, response: PingResponse };
const get = { path: methods.get.path, request: GetMessage, response: GetAnswer };
const set = { path: methods.set.path, request: SetMessage, response: SetResponse };
const remove = { path: methods.delete.path, request: DeleteMessage, response: DeleteResponse };
const bulkGet = { path: methods.bulkGet.path, request: BulkGetRequest, response: BulkGetResponse };
const bulkSet = { path: methods.bulkSet.path, request: BulkSetRequest, response: BulkSetResponse };
const bulkDelete = {
  path: methods.bulkDelete.path,
  request: BulkDeleteRequest,
  response: BulkDeleteResponse,
};
const transact = {
  path: TransactionalStateStoreService.methods.transact.path,
  request: TransactionalStateRequest,
  response: TransactionalStateResponse,
};
const query = {
  path: QueriableStateStoreService.methods.query.path,
  request: QueryMessage,
  response: QueryAnswer,
};
const multiMaxSize = {
  path: TransactionalStoreMultiMaxSizeService.methods.multiMaxSize.path,
  request: MultiMaxSizeRequest,
  response: MultiMaxSizeResponse,
};

/** ms to say how many operations a transaction may have. */
const sizeLimitMs = 5000;

export const openStateStore = (
  socketPath: string,
  context: ComponentContext,
): Promise<PluggableStateStore> =>
  startPluggable(socketPath, context, async ({ connection, properties, signal }) => {
    await connection.call(init, { metadata: { properties } }, { signal });
    const answer = await connection.call(features, {}, { signal });
    const largest = answer.features.includes("TRANSACTIONAL")
      ? await askSize(connection)
      : undefined;
    return new PluggableStateStore(connection, answer.features as StateFeature[], largest);
  });

/** @returns undefined: there is no limit, or nobody says */
async function askSize(connection: PluggableConnection): Promise<number | undefined> {
  try {
    const { maxSize } = await connection.call(multiMaxSize, {}, { timeoutMs: sizeLimitMs });
    return maxSize > 0n ? Number(maxSize) : undefined;
  } catch {
    return undefined;
  }
}

export class PluggableStateStore implements StateStore {
  readonly isCancellable = true;
  readonly features: readonly StateFeature[];
  readonly maxTransactionOperations: number | undefined;
  readonly #connection: PluggableConnection;

  constructor(
    connection: PluggableConnection,
    names: readonly StateFeature[],
    maxTransactionOperations: number | undefined,
  ) {
    this.#connection = connection;
    this.features = names;
    this.maxTransactionOperations = maxTransactionOperations;
  }

  async get(request: GetRequest, signal?: AbortSignal): Promise<GetResponse> {
    const { data, etag, metadata } = await this.#connection
      .call(get, getMessage(request), { signal })
      .catch(rethrow(readError));
    const isAbsent = data.length === 0 && etag === undefined;
    return {
      data: isAbsent ? undefined : data,
      etag: etagText(etag),
      metadata: metadata.size === 0 ? undefined : metadata,
    };
  }

  async set(request: SetRequest, signal?: AbortSignal): Promise<void> {
    await this.#connection.call(set, setMessage(request), { signal }).catch(rethrow(writeError));
  }

  async delete(request: DeleteRequest, signal?: AbortSignal): Promise<void> {
    const message = deleteMessage(request);
    await this.#connection.call(remove, message, { signal }).catch(rethrow(writeError));
  }

  async bulkGet(
    requests: readonly GetRequest[],
    parallelism: number,
    signal?: AbortSignal,
  ): Promise<readonly BulkGetItem[]> {
    const message = {
      items: requests.map(getMessage),
      options: { parallelism: BigInt(Math.trunc(parallelism)) },
    };
    const { items } = await this.#connection
      .call(bulkGet, message, { signal })
      .catch(rethrow(readError));
    return items.map(({ key, data, etag, error, metadata }) => ({
      key,
      data: data.length === 0 && etag === undefined ? undefined : data,
      etag: etagText(etag),
      error: error === "" ? undefined : error,
      metadata: metadata.size === 0 ? undefined : metadata,
    }));
  }

  async bulkSet(requests: readonly SetRequest[], signal?: AbortSignal): Promise<void> {
    const message = { items: requests.map(setMessage), options: { parallelism: 0n } };
    await this.#connection.call(bulkSet, message, { signal }).catch(rethrow(writeError));
  }

  async bulkDelete(requests: readonly DeleteRequest[], signal?: AbortSignal): Promise<void> {
    const message = { items: requests.map(deleteMessage), options: { parallelism: 0n } };
    await this.#connection.call(bulkDelete, message, { signal }).catch(
      rethrow((error) =>
        bulkDeleteError(
          error,
          requests.map(({ key }) => key),
        ),
      ),
    );
  }

  async transact(
    operations: readonly TransactionOperation[],
    metadata: StateMetadata,
    signal?: AbortSignal,
  ): Promise<void> {
    const message = {
      operations: operations.map((operation) =>
        operation.kind === "upsert"
          ? { set: setMessage(operation.request) }
          : { delete: deleteMessage(operation.request) },
      ),
      metadata,
    };
    await this.#connection.call(transact, message, { signal }).catch(rethrow(writeError));
  }

  async query(request: QueryRequest, signal?: AbortSignal): Promise<QueryResponse> {
    const { filter, sort, limit, token, metadata } = request;
    const message = {
      query: {
        filter: filter === undefined ? new Map() : new Map([filterMember(filter)]),
        sort: sort.map(({ key, descending }) => ({
          key,
          order: descending ? Sorting_Order.DESC : Sorting_Order.ASC,
        })),
        pagination: { limit: BigInt(limit), token },
      },
      metadata,
    };
    const answer = await this.#connection
      .call(query, message, { signal })
      .catch(rethrow(readError));
    return {
      items: answer.items.map(({ key, data, etag, error }) => ({
        key,
        data,
        etag: etagText(etag),
        error: error === "" ? undefined : error,
        metadata: undefined,
      })),
      token: answer.token,
      metadata: answer.metadata.size === 0 ? undefined : answer.metadata,
    };
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#connection.call(ping, {}, { signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.close();
  }
}

const rethrow =
  (explain: (error: unknown) => unknown) =>
  (error: unknown): never => {
    throw explain(error);
  };

const etagText = (etag: Etag | undefined): string | undefined =>
  etag === undefined || etag.value === "" ? undefined : etag.value;

const getMessage = ({ key, consistency, metadata }: GetRequest): GetRequestInit => ({
  key,
  metadata,
  consistency: consistencyOf(consistency),
});

function setMessage(request: SetRequest): SetRequestInit {
  const { key, value, etag, metadata } = request;
  return {
    key,
    value: bytesOf(value),
    etag: etag === undefined || etag === "" ? undefined : { value: etag },
    metadata,
    options: optionsOf(request),
    contentType: metadata.get("contentType") ?? "",
  };
}

function deleteMessage(request: DeleteRequest): DeleteRequestInit {
  const { key, etag, metadata } = request;
  return {
    key,
    etag: etag === undefined || etag === "" ? undefined : { value: etag },
    metadata,
    options: optionsOf(request),
  };
}

const optionsOf = ({ concurrency, consistency }: SetRequest | DeleteRequest) => ({
  concurrency:
    concurrency === "first-write"
      ? StateOptions_StateConcurrency.CONCURRENCY_FIRST_WRITE
      : concurrency === "last-write"
        ? StateOptions_StateConcurrency.CONCURRENCY_LAST_WRITE
        : StateOptions_StateConcurrency.CONCURRENCY_UNSPECIFIED,
  consistency: consistencyOf(consistency),
});

const consistencyOf = (name: string) =>
  name === "strong"
    ? StateOptions_StateConsistency.CONSISTENCY_STRONG
    : name === "eventual"
      ? StateOptions_StateConsistency.CONSISTENCY_EVENTUAL
      : StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED;

/** Bytes as they are, anything else as JSON. */
function bytesOf(value: StateValue): Uint8Array {
  if (value.kind === "bytes") return value.bytes;
  if (value.value === null) {
    throw new Error("an attempt to set a nil value was received, try to use Delete instead");
  }
  return Buffer.from(encodeJson(value.value));
}

/** The filter's one member: its operator, and JSON of what it is applied to, in an Any that names no type. */
function filterMember(filter: QueryFilter): [string, { typeUrl: string; value: Buffer }] {
  const [kind, argument] = filterJson(filter);
  return [kind, { typeUrl: "", value: Buffer.from(encodeJson(argument)) }];
}

function filterJson(filter: QueryFilter): [string, JsonValue] {
  switch (filter.kind) {
    case "AND":
    case "OR":
      return [filter.kind, filter.filters.map((part) => new Map([filterJson(part)]))];
    case "IN":
      return [filter.kind, new Map([[filter.key, filter.values]])];
    default:
      return [filter.kind, new Map([[filter.key, filter.value]])];
  }
}
