/**
 * The errors of the secrets API.
 * @see spec 01 §6
 */
import { type ApiError, errorText, simple } from "../../kit/errors/api-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "secret";

export const storesNotConfigured = (): ApiError =>
  simple("secret store is not configured", {
    httpStatus: 500,
    grpcCode: code.failedPrecondition,
    errorCode: "ERR_SECRET_STORES_NOT_CONFIGURED",
    category,
  });

export const storeNotFound = (store: string): ApiError =>
  simple(`failed finding secret store with key ${store}`, {
    httpStatus: 401,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_SECRET_STORE_NOT_FOUND",
    category,
  });

export const permissionDenied = (secret: string, store: string): ApiError =>
  simple(`access denied by policy to get "${secret}" from "${store}"`, {
    httpStatus: 403,
    grpcCode: code.permissionDenied,
    errorCode: "ERR_PERMISSION_DENIED",
    category,
  });

const failed = (message: string, cause: unknown): ApiError =>
  simple(message, {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_SECRET_GET",
    category,
    cause,
  });

export const getFailed = (secret: string, store: string, cause: unknown): ApiError =>
  failed(
    `failed getting secret with key ${secret} from secret store ${store}: ${errorText(cause)}`,
    cause,
  );

export const bulkGetFailed = (store: string, cause: unknown): ApiError =>
  failed(`failed getting secrets from secret store ${store}: ${errorText(cause)}`, cause);
