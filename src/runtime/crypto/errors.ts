/**
 * The errors of the cryptography API.
 * @see spec 01 §9
 */
import { type ApiError, errorText, simple } from "../../kit/errors/api-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "crypto";

export const providersNotConfigured = (): ApiError =>
  simple("crypto providers not configured", {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED",
    category,
  });

export const providerNotFound = (name: string): ApiError =>
  simple(`crypto provider ${name} not found`, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_CRYPTO_PROVIDER_NOT_FOUND",
    category,
  });

export const badRequest = (why: string): ApiError =>
  simple(`invalid request: ${why}`, {
    httpStatus: 400,
    grpcCode: code.invalidArgument,
    errorCode: "ERR_BAD_REQUEST",
    category: "common",
  });

export const operationFailed = (cause: unknown): ApiError =>
  simple(`failed to perform operation: ${errorText(cause)}`, {
    httpStatus: 500,
    grpcCode: code.internal,
    errorCode: "ERR_CRYPTO",
    category,
    cause,
  });

export const notImplemented = (): ApiError =>
  simple("this API is currently not implemented", {
    httpStatus: 501,
    grpcCode: code.unimplemented,
    errorCode: "ERR_API_UNIMPLEMENTED",
    category: "common",
  });
