/**
 * The errors of the lock API.
 * @see spec 01 §8
 */
import { type ApiError, errorText, simple } from "../../kit/errors/api-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "lock";

export const storesNotConfigured = (): ApiError =>
  simple("lock store is not configured", {
    httpStatus: 500,
    grpcCode: code.failedPrecondition,
    errorCode: "ERR_LOCK_STORE_NOT_CONFIGURED",
    category,
  });

export const storeNotFound = (store: string): ApiError =>
  simple(`lock store ${store} not found`, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_LOCK_STORE_NOT_FOUND",
    category,
  });

const malformed = (message: string): ApiError =>
  simple(message, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_MALFORMED_REQUEST",
    category: "common",
  });

export const expiryNotPositive = (store: string): ApiError =>
  malformed(`ExpiryInSeconds is not positive in lock store ${store}`);

export const resourceEmpty = (store: string): ApiError =>
  malformed(`ResourceId is empty in lock store ${store}`);

export const ownerEmpty = (store: string): ApiError =>
  malformed(`LockOwner is empty in lock store ${store}`);

const failed = (errorCode: string, message: string, cause: unknown): ApiError =>
  simple(`${message}: ${errorText(cause)}`, {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode,
    category,
    cause,
  });

export const tryLockFailed = (cause: unknown): ApiError =>
  failed("ERR_TRY_LOCK", "failed to try acquiring lock", cause);

export const unlockFailed = (cause: unknown): ApiError =>
  failed("ERR_UNLOCK", "failed to release lock", cause);
