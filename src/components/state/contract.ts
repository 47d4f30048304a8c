/**
 * State stores. Keys come with their prefix already on.
 * @see spec 01 §5, spec 04 §8.1
 */
import type { JsonValue } from "../../kit/json/value.ts";
import type { RunningComponent } from "../contract.ts";

export type StateFeature =
  | "ETAG"
  | "TRANSACTIONAL"
  | "QUERY_API"
  | "TTL"
  | "DELETE_WITH_PREFIX"
  | "KEYS_LIKE";

/**
 * A value is bytes (gRPC), or JSON that was parsed (HTTP). The store decides how JSON is written: in-memory escapes as
 * Go does, Redis limits decimals.
 */
export type StateValue =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "json"; readonly value: JsonValue };

export type StateMetadata = ReadonlyMap<string, string>;

export interface GetRequest {
  readonly key: string;
  /** "", "strong" or "eventual"; anything else is passed on unchecked. */
  readonly consistency: string;
  readonly metadata: StateMetadata;
}

export interface GetResponse {
  /** undefined: no such key. */
  readonly data: Uint8Array | undefined;
  readonly etag: string | undefined;
  /** `ttlExpireTime` and the like; undefined if none. */
  readonly metadata: StateMetadata | undefined;
}

export interface SetRequest {
  readonly key: string;
  readonly value: StateValue;
  /** undefined and "" are none. */
  readonly etag: string | undefined;
  /** "", "first-write" or "last-write". */
  readonly concurrency: string;
  readonly consistency: string;
  readonly metadata: StateMetadata;
}

export interface DeleteRequest {
  readonly key: string;
  readonly etag: string | undefined;
  readonly concurrency: string;
  readonly consistency: string;
  readonly metadata: StateMetadata;
}

export interface BulkGetItem extends GetResponse {
  readonly key: string;
  /** Failure of this key alone. */
  readonly error: string | undefined;
}

export type TransactionOperation =
  | { readonly kind: "upsert"; readonly request: SetRequest }
  | { readonly kind: "delete"; readonly request: DeleteRequest };

/** One operator of a query over one member of the stored JSON, or a combination. Keys are paths such as `person.org`. */
export type QueryFilter =
  | {
      readonly kind: "EQ" | "NEQ" | "GT" | "GTE" | "LT" | "LTE";
      readonly key: string;
      readonly value: JsonValue;
    }
  | { readonly kind: "IN"; readonly key: string; readonly values: readonly JsonValue[] }
  | { readonly kind: "AND" | "OR"; readonly filters: readonly QueryFilter[] };

export interface QueryRequest {
  /** undefined: everything. */
  readonly filter: QueryFilter | undefined;
  readonly sort: readonly { readonly key: string; readonly descending: boolean }[];
  /** 0: the store's own limit. */
  readonly limit: number;
  readonly token: string;
  readonly metadata: StateMetadata;
}

export interface QueryResponse {
  /** Keys as stored. */
  readonly items: readonly BulkGetItem[];
  readonly token: string;
  readonly metadata: StateMetadata | undefined;
}

/**
 * One call may answer directly or with a promise: in-memory stores need no promise on the hot path.
 * `signal` is aborted when the caller goes away or a timeout policy fires; undefined: never.
 */
export interface StateStore extends RunningComponent {
  /** In the reference's order; shown in metadata. */
  readonly features: readonly StateFeature[];
  /** Calls end early when their signal is aborted; other stores are not given one. */
  readonly isCancellable?: boolean | undefined;
  /** Largest transaction; undefined: no limit. */
  readonly maxTransactionOperations?: number | undefined;
  get(request: GetRequest, signal?: AbortSignal): GetResponse | Promise<GetResponse>;
  /** @throws {EtagMismatchError} {@link EtagInvalidError} */
  set(request: SetRequest, signal?: AbortSignal): void | Promise<void>;
  delete(request: DeleteRequest, signal?: AbortSignal): void | Promise<void>;
  /** Without it the block reads key by key (`parallelism` at a time, <= 0: all at once). */
  bulkGet?(
    requests: readonly GetRequest[],
    parallelism: number,
    signal?: AbortSignal,
  ): Promise<readonly BulkGetItem[]>;
  /** Without it the block writes key by key, side by side. @throws {BulkStoreError} */
  bulkSet?(requests: readonly SetRequest[], signal?: AbortSignal): Promise<void>;
  bulkDelete?(requests: readonly DeleteRequest[], signal?: AbortSignal): Promise<void>;
  /** Only with the TRANSACTIONAL feature. */
  transact?(
    operations: readonly TransactionOperation[],
    metadata: StateMetadata,
    signal?: AbortSignal,
  ): void | Promise<void>;
  /** Only with QUERY_API. No key prefix is applied. */
  query?(request: QueryRequest, signal?: AbortSignal): Promise<QueryResponse>;
  /** Only with DELETE_WITH_PREFIX. @returns how many were deleted */
  deleteWithPrefix?(prefix: string, signal?: AbortSignal): number | Promise<number>;
  /** Only with KEYS_LIKE: SQL LIKE with `\` as escape. */
  keysLike?(
    request: {
      readonly pattern: string;
      readonly pageSize: number;
      readonly token: string | undefined;
    },
    signal?: AbortSignal,
  ): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }>;
  /** Answers whether the backend is reachable. */
  ping?(signal?: AbortSignal): Promise<void>;
}

/** Texts are those of the reference: `possible etag mismatch. error from state store: «detail»`. */
export class EtagMismatchError extends Error {
  override readonly name = "EtagMismatchError";
  constructor(detail?: string) {
    super(`possible etag mismatch. error from state store${detail ? `: ${detail}` : ""}`);
  }
}

export class EtagInvalidError extends Error {
  override readonly name = "EtagInvalidError";
  constructor(detail?: string) {
    super(`invalid etag value${detail ? `: ${detail}` : ""}`);
  }
}

/** Some items of a bulk call failed; `failures` names them by key. */
export class BulkStoreError extends Error {
  override readonly name = "BulkStoreError";
  readonly failures: readonly { readonly key: string; readonly error: Error }[];
  constructor(failures: readonly { readonly key: string; readonly error: Error }[]) {
    super(failures.map((failure) => failure.error.message).join("\n"));
    this.failures = failures;
  }
}
