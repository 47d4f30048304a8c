/**
 * The errors of the state API.
 * @see spec 01 §5
 */
import {
  BulkStoreError,
  EtagInvalidError,
  EtagMismatchError,
} from "../../components/state/contract.ts";
import { ApiError, type ErrorDetail } from "../../kit/errors/api-error.ts";
import { defineError, type ErrorFactory, info } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "state";

const storeInfo: ErrorDetail = {
  type: "ResourceInfo",
  resourceType: "state",
  resourceName: "{store}",
};

export const noStore = defineError({
  code: "ERR_STATE_STORE_NOT_CONFIGURED",
  category,
  form: "detailed",
  http: 500,
  grpc: code.failedPrecondition,
  message: "state store {store} is not configured",
  details: [info("DAPR_STATE_NOT_CONFIGURED")],
  when: "No state store is loaded. Over HTTP the detail names the app in `appID`.",
  remedy: "Add a state store component.",
});

export const unknownStore = defineError({
  code: "ERR_STATE_STORE_NOT_FOUND",
  category,
  form: "detailed",
  http: 400,
  grpc: code.invalidArgument,
  message: "state store {store} is not found",
  details: [info("DAPR_STATE_NOT_FOUND")],
  when: "No state store has this name. Over HTTP the detail names the app in `appID`.",
  remedy:
    "Correct the name, or add the component; names of loaded ones are in `GET /v1.0/metadata`.",
});

/** Over HTTP the detail names the app, over gRPC and in queries it does not. */
const lookupFailed =
  (define: ErrorFactory<"store">) =>
  (store: string, appId: string | undefined): ApiError =>
    define({ store }, undefined, {
      httpMetadata: appId === undefined ? undefined : new Map([["appID", appId]]),
    });

/** No state store at all. */
export const storeNotConfigured = lookupFailed(noStore);
/** None of this name. */
export const storeNotFound = lookupFailed(unknownStore);

const keyRefused = "input key/keyPrefix '{key}' can't contain '||'";
const keyRefusedOverHttp = `api error: code = InvalidArgument desc = ${keyRefused}` as const;
const keyDetails = (field: string, description: string): ErrorDetail[] => [
  { type: "BadRequest", violations: [{ field, description }] },
  storeInfo,
  info("DAPR_STATE_ILLEGAL_KEY"),
];
const keyWith = {
  code: "ERR_MALFORMED_REQUEST",
  category,
  form: "detailed",
  http: 400,
  grpc: code.invalidArgument,
  message: keyRefused,
  httpMessage: keyRefusedOverHttp,
  details: keyDetails("{key}", keyRefused),
  more: ["store"],
  remedy: "Use another key: `||` separates the app's name from the key in the store.",
} as const;

/** Quirk: spec 01 §5.1. Over HTTP message and violation show the embedded form of the error. */
export const separatorInKey = defineError({
  ...keyWith,
  httpDetails: keyDetails("{key}", keyRefusedOverHttp),
  when: "The key, or the store's `keyPrefix`, contains `||`.",
});

/** Over HTTP the violation then names no field. */
export const separatorInTransaction = defineError({
  ...keyWith,
  httpDetails: keyDetails("", keyRefusedOverHttp),
  when: "A key of a transaction contains `||`.",
});

export const illegalKey = (key: string, store: string, isTransaction = false): ApiError =>
  (isTransaction ? separatorInTransaction : separatorInKey)({ key, store });

const malformed = {
  code: "ERR_MALFORMED_REQUEST",
  category: "common",
  form: "simple",
  http: 400,
  grpc: code.invalidArgument,
  remedy: "Correct the body; the text names what is wrong.",
} as const;

/** A body or a parameter that is wrong; HTTP only. */
export const malformedRequest = defineError({
  ...malformed,
  message: "{cause}",
  when: "What is to be saved is no list of objects with a key; HTTP only.",
});

export const badBody = defineError({
  ...malformed,
  message: "failed deserializing HTTP body: {cause}",
  when: "The body of a bulk get or a transaction is no JSON of the right shape; HTTP only.",
});

export const emptyKey = defineError({
  code: "ERR_STATE_SAVE",
  category,
  form: "basic",
  http: 400,
  grpc: code.invalidArgument,
  message: "state key cannot be empty",
  when: "An item to save has no key; gRPC only.",
  remedy: "Send a key.",
});

const seeCause = "See the cause; the store may be out of reach.";
const failed = {
  category,
  form: "basic",
  http: 500,
  grpc: code.internal,
  remedy: seeCause,
} as const;

export const readFailed = defineError({
  ...failed,
  code: "ERR_STATE_GET",
  message: "fail to get {key} from state store {store}: {cause}",
  when: "The store could not read the key, or the value could not be decrypted.",
});

export const getFailed = (key: string, store: string, cause: unknown): ApiError =>
  readFailed({ key, store }, cause, { httpStatus: componentStatus(cause) });

/** The bare text; gRPC returns the cause itself. */
export const bulkReadFailed = defineError({
  ...failed,
  form: "simple",
  code: "ERR_STATE_BULK_GET",
  message: "{cause}",
  when: "The store could not read the keys; HTTP only.",
});

export const bulkGetFailed = (cause: unknown): ApiError =>
  bulkReadFailed({}, cause, { httpStatus: componentStatus(cause) });

/** The three ways in which writing fails: the store, an etag of another value, an etag of no valid form. */
const writeErrors = <const Code extends string, const Text extends string>(
  errorCode: Code,
  prefix: Text,
) => {
  const init = { ...failed, code: errorCode, message: `${prefix}{cause}` as const };
  return {
    failed: defineError({ ...init, when: "The store could not write." }),
    mismatch: defineError({
      ...init,
      http: 409,
      grpc: code.aborted,
      when: "The etag is not that of the stored value; or a first write found a value.",
      remedy: "Read the value again, and decide anew.",
    }),
    invalid: defineError({
      ...init,
      http: 400,
      grpc: code.invalidArgument,
      when: "The etag has a form that the store does not know.",
      remedy: "Send the etag as it was read.",
    }),
  };
};

export const saving = writeErrors(
  "ERR_STATE_SAVE",
  "failed saving state in state store {subject}: ",
);
export const deleting = writeErrors(
  "ERR_STATE_DELETE",
  "failed deleting state with key {subject}: ",
);
export const bulkDeleting = writeErrors(
  "ERR_STATE_BULK_DELETE",
  "failed deleting state in state store {subject}: ",
);

export const saveFailed = (store: string, cause: unknown): ApiError =>
  writeFailed(saving, store, cause);
export const deleteFailed = (key: string, cause: unknown): ApiError =>
  writeFailed(deleting, key, cause);
export const bulkDeleteFailed = (store: string, cause: unknown): ApiError =>
  writeFailed(bulkDeleting, store, cause);

/** An etag error decides status and code; among several failures it also decides the text over HTTP. */
function writeFailed(
  errors: Readonly<Record<"failed" | "mismatch" | "invalid", ErrorFactory<"subject">>>,
  subject: string,
  cause: unknown,
): ApiError {
  const etag = etagError(cause);
  if (etag === undefined) {
    return errors.failed({ subject }, cause, { httpStatus: componentStatus(cause) });
  }
  const define = etag instanceof EtagMismatchError ? errors.mismatch : errors.invalid;
  return define({ subject }, cause, { httpMessage: define({ subject }, etag).message });
}

/** The first etag error of a failure, looked for among the failures of a bulk call too. */
function etagError(cause: unknown): EtagMismatchError | EtagInvalidError | undefined {
  if (cause instanceof EtagMismatchError || cause instanceof EtagInvalidError) return cause;
  if (!(cause instanceof BulkStoreError)) return undefined;
  for (const { error } of cause.failures) {
    const found = etagError(error);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A component may choose its HTTP status. */
const componentStatus = (cause: unknown): number =>
  cause instanceof ApiError ? cause.httpStatus : 500;

export const transactionsNotSupported = defineError({
  code: "ERR_STATE_STORE_NOT_SUPPORTED",
  category,
  form: "detailed",
  http: 500,
  grpc: code.unimplemented,
  message: "state store {store} doesn't support transactions",
  details: [
    {
      type: "Help",
      links: [
        {
          url: "https://docs.dapr.io/reference/components-reference/supported-state-stores/",
          description: "Check the list of state stores and the features they support",
        },
      ],
    },
    storeInfo,
    info("DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED"),
  ],
  when: "The store has no transactions.",
  remedy: "Use a store with the capability TRANSACTIONAL.",
});

export const operationNotSupported = defineError({
  code: "ERR_NOT_SUPPORTED_STATE_OPERATION",
  category,
  form: "basic",
  http: 400,
  grpc: code.unimplemented,
  message: "operation type {operation} not supported",
  when: "An operation of a transaction is neither `upsert` nor `delete`.",
  remedy: "Use one of them.",
});

export const transactionTooLong = defineError({
  code: "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS",
  category,
  form: "detailed",
  http: 400,
  grpc: code.invalidArgument,
  message:
    "the transaction contains {count} operations, which is more than what the state store supports: {limit}",
  more: ["store"],
  details: [
    storeInfo,
    info(
      "DAPR_STATE_TOO_MANY_TRANSACTIONS",
      new Map([
        ["currentOpsTransaction", "{count}"],
        ["maxOpsPerTransaction", "{limit}"],
      ]),
    ),
  ],
  when: "The store limits how many operations a transaction has.",
  remedy: "Use fewer.",
});

export const tooManyOperations = (store: string, count: number, limit: number): ApiError =>
  transactionTooLong({ store, count: String(count), limit: String(limit) });

export const transactionFailed = defineError({
  ...failed,
  code: "ERR_STATE_TRANSACTION",
  message: "error while executing state transaction: {cause}",
  when: "The store did not apply the transaction; an etag mismatch is told like this too.",
});

export const queryNotSupported = defineError({
  code: "ERR_STATE_STORE_NOT_SUPPORTED",
  category,
  form: "detailed",
  http: 500,
  grpc: code.internal,
  message: "state store does not support querying",
  more: ["store"],
  details: [storeInfo, info("DAPR_STATE_QUERYING_NOT_SUPPORTED")],
  when: "The store has no queries.",
  remedy: "Use a store with the capability QUERY_API.",
});

export const queryRefused = defineError({
  code: "ERR_STATE_QUERY",
  category,
  form: "detailed",
  http: 500,
  grpc: code.internal,
  message: "state store {store} query failed: {detail}",
  details: [storeInfo, info("DAPR_STATE_QUERY_FAILED")],
  when: "The query is malformed, the store is encrypted, or the store failed.",
  remedy: "See the text.",
});

export const queryFailed = (store: string, detail: string, cause?: unknown): ApiError =>
  queryRefused({ store, detail }, cause);
