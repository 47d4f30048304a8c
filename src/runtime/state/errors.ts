/**
 * The errors of the state API.
 * @see spec 01 §5
 */
import {
  BulkStoreError,
  EtagInvalidError,
  EtagMismatchError,
} from "../../components/state/contract.ts";
import {
  ApiError,
  basic,
  detailed,
  type ErrorDetail,
  errorDomain,
  errorText,
  simple,
} from "../../kit/errors/api-error.ts";
import { code, type GrpcCode } from "../../kit/rpc/status.ts";

const category = "state";

const info = (reason: string, metadata?: ReadonlyMap<string, string>): ErrorDetail => ({
  type: "ErrorInfo",
  reason,
  domain: errorDomain,
  metadata,
});

const storeInfo = (store: string): ErrorDetail => ({
  type: "ResourceInfo",
  resourceType: "state",
  resourceName: store,
});

/** No state store at all. Over HTTP the detail names the app, over gRPC and in queries it does not. */
export const storeNotConfigured = (store: string, appId: string | undefined): ApiError =>
  lookupFailed(`state store ${store} is not configured`, appId, {
    httpStatus: 500,
    grpcCode: code.failedPrecondition,
    errorCode: "ERR_STATE_STORE_NOT_CONFIGURED",
    reason: "DAPR_STATE_NOT_CONFIGURED",
  });

/** None of this name. */
export const storeNotFound = (store: string, appId: string | undefined): ApiError =>
  lookupFailed(`state store ${store} is not found`, appId, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_STATE_STORE_NOT_FOUND",
    reason: "DAPR_STATE_NOT_FOUND",
  });

function lookupFailed(
  message: string,
  appId: string | undefined,
  init: { httpStatus: number; grpcCode: GrpcCode; errorCode: string; reason: string },
): ApiError {
  const { reason, ...rest } = init;
  return detailed(message, {
    ...rest,
    category,
    details: [info(reason)],
    httpDetails: [info(reason, appId === undefined ? undefined : new Map([["appID", appId]]))],
  });
}

/**
 * Quirk: spec 01 §5.1. Over HTTP message and violation show the embedded form of the error.
 * @param isTransaction over HTTP the violation then names no field
 */
export function illegalKey(key: string, store: string, isTransaction = false): ApiError {
  const message = `input key/keyPrefix '${key}' can't contain '||'`;
  const httpMessage = `api error: code = InvalidArgument desc = ${message}`;
  const details = (field: string, description: string): ErrorDetail[] => [
    { type: "BadRequest", violations: [{ field, description }] },
    storeInfo(store),
    info("DAPR_STATE_ILLEGAL_KEY"),
  ];
  return detailed(message, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_MALFORMED_REQUEST",
    category,
    details: details(key, message),
    httpMessage,
    httpDetails: details(isTransaction ? "" : key, httpMessage),
  });
}

/** A body or a parameter that is wrong; HTTP only. */
export const malformedRequest = (message: string, cause?: unknown): ApiError =>
  simple(message, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_MALFORMED_REQUEST",
    category: "common",
    cause,
  });

export const badBody = (cause: unknown): ApiError =>
  malformedRequest(`failed deserializing HTTP body: ${errorText(cause)}`, cause);

export const emptyKey = (): ApiError =>
  basic("state key cannot be empty", {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_STATE_SAVE",
    category,
  });

export const getFailed = (key: string, store: string, cause: unknown): ApiError =>
  basic(`fail to get ${key} from state store ${store}: ${errorText(cause)}`, {
    httpStatus: componentStatus(cause),
    grpcCode: code.internal,
    errorCode: "ERR_STATE_GET",
    category,
    cause,
  });

/** The bare text; gRPC returns the cause itself. */
export const bulkGetFailed = (cause: unknown): ApiError =>
  simple(errorText(cause), {
    httpStatus: componentStatus(cause),
    grpcCode: code.internal,
    errorCode: "ERR_STATE_BULK_GET",
    category,
    cause,
  });

export const saveFailed = (store: string, cause: unknown): ApiError =>
  writeFailed(`failed saving state in state store ${store}: `, "ERR_STATE_SAVE", cause);

export const deleteFailed = (key: string, cause: unknown): ApiError =>
  writeFailed(`failed deleting state with key ${key}: `, "ERR_STATE_DELETE", cause);

export const bulkDeleteFailed = (store: string, cause: unknown): ApiError =>
  writeFailed(`failed deleting state in state store ${store}: `, "ERR_STATE_BULK_DELETE", cause);

/** An etag error decides status and code; among several failures it also decides the text over HTTP. */
function writeFailed(prefix: string, errorCode: string, cause: unknown): ApiError {
  const etag = etagError(cause);
  const init = { errorCode, category, cause } as const;
  if (etag === undefined) {
    return basic(prefix + errorText(cause), {
      ...init,
      httpStatus: componentStatus(cause),
      grpcCode: code.internal,
    });
  }
  const isMismatch = etag instanceof EtagMismatchError;
  return basic(prefix + errorText(cause), {
    ...init,
    httpStatus: isMismatch ? 409 : 400,
    grpcCode: isMismatch ? code.aborted : code.invalidArgument,
    httpMessage: prefix + etag.message,
  });
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

export const transactionsNotSupported = (store: string): ApiError =>
  detailed(`state store ${store} doesn't support transactions`, {
    httpStatus: 500,
    grpcCode: code.unimplemented,
    errorCode: "ERR_STATE_STORE_NOT_SUPPORTED",
    category,
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
      storeInfo(store),
      info("DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED"),
    ],
  });

export const operationNotSupported = (operation: string): ApiError =>
  basic(`operation type ${operation} not supported`, {
    httpStatus: 400,
    grpcCode: code.unimplemented,
    errorCode: "ERR_NOT_SUPPORTED_STATE_OPERATION",
    category,
  });

export const tooManyOperations = (store: string, count: number, limit: number): ApiError =>
  detailed(
    `the transaction contains ${count} operations, which is more than what the state store supports: ${limit}`,
    {
      httpStatus: 400,
      grpcCode: code.invalidArgument,
      errorCode: "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS",
      category,
      details: [
        storeInfo(store),
        info(
          "DAPR_STATE_TOO_MANY_TRANSACTIONS",
          new Map([
            ["currentOpsTransaction", String(count)],
            ["maxOpsPerTransaction", String(limit)],
          ]),
        ),
      ],
    },
  );

export const transactionFailed = (cause: unknown): ApiError =>
  basic(`error while executing state transaction: ${errorText(cause)}`, {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_STATE_TRANSACTION",
    category,
    cause,
  });

export const queryNotSupported = (store: string): ApiError =>
  detailed("state store does not support querying", {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_STATE_STORE_NOT_SUPPORTED",
    category,
    details: [storeInfo(store), info("DAPR_STATE_QUERYING_NOT_SUPPORTED")],
  });

export const queryFailed = (store: string, detail: string, cause?: unknown): ApiError =>
  detailed(`state store ${store} query failed: ${detail}`, {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_STATE_QUERY",
    category,
    details: [storeInfo(store), info("DAPR_STATE_QUERY_FAILED")],
    cause,
  });
