/**
 * Errors of the invocation APIs.
 * @see spec 02 §3.1, §3.6, §4
 */
import { type ApiError, simple } from "../../kit/errors/api-error.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";

const directInvoke = (message: string, httpStatus: number, cause?: unknown): ApiError =>
  simple(message, {
    errorCode: "ERR_DIRECT_INVOKE",
    category: "service-invocation",
    httpStatus,
    grpcCode: code.internal,
    cause,
  });

export const noAppId = (): ApiError =>
  directInvoke("failed getting app id either from the URL path or the header dapr-app-id", 404);

/** Any failure of Dapr itself. Only over HTTP a denied call is told apart: 403. */
export const invokeFailed = (targetId: string, cause: Error): ApiError => {
  const isDenied = cause instanceof RpcError && cause.code === code.permissionDenied;
  const message = `failed to invoke, id: ${targetId}, err: ${cause.message}`;
  return directInvoke(message, isDenied ? 403 : 500, cause);
};

/** For counting only: an HTTP app's answer beyond 399 is passed on as it is. */
export const appAnswered = (targetId: string, status: number): ApiError =>
  directInvoke(`app ${targetId} answered ${status}`, status);

/** A gRPC app's error details that have no JSON form. */
export const malformedResponse = (cause: Error): ApiError =>
  simple(cause.message, {
    errorCode: "ERR_MALFORMED_RESPONSE",
    category: "common",
    httpStatus: 500,
    grpcCode: code.internal,
    cause,
  });
