/**
 * The errors of the configuration API.
 * @see spec 01 §7
 */
import { ApiError, basic, errorText } from "../../kit/errors/api-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "configuration";

export const storesNotConfigured = (): ApiError =>
  basic("configuration stores not configured", {
    httpStatus: 500,
    grpcCode: code.failedPrecondition,
    errorCode: "ERR_CONFIGURATION_STORE_NOT_CONFIGURED",
    category,
  });

export const storeNotFound = (store: string): ApiError =>
  basic(`configuration store ${store} not found`, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_CONFIGURATION_STORE_NOT_FOUND",
    category,
  });

const failure = (what: string, keys: readonly string[], store: string, cause: unknown): string =>
  `failed to ${what} [${keys.join(" ")}] from Configuration store ${store}: ${errorText(cause)}`;

export const getFailed = (keys: readonly string[], store: string, cause: unknown): ApiError =>
  basic(failure("get", keys, store, cause), {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_CONFIGURATION_GET",
    category,
    cause,
  });

export const subscribeFailed = (keys: readonly string[], store: string, cause: unknown): ApiError =>
  basic(failure("subscribe", keys, store, cause), {
    httpStatus: 500,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_CONFIGURATION_SUBSCRIBE",
    category,
    cause,
  });

/** Only its text leaves over HTTP and gRPC, and its code only as a metric. */
export const unsubscribeFailed = (id: string, cause: unknown): ApiError =>
  basic(`failed to unsubscribe to configuration request ${id}: ${errorText(cause)}`, {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_CONFIGURATION_UNSUBSCRIBE",
    category,
    cause,
  });

/** Not counted by error code (spec 01 §4). */
export const noAppChannel = (): ApiError =>
  new ApiError({
    form: "simple",
    message: "app channel is not initialized. cannot subscribe to configuration updates",
    httpStatus: 500,
    grpcCode: code.ok,
    errorCode: "ERR_APP_CHANNEL_NIL",
    category: "common",
    coded: false,
  });
