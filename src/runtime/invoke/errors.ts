/**
 * Errors of the invocation APIs.
 * @see spec 02 §3.1, §3.6, §4
 */
import type { ApiError } from "../../kit/errors/api-error.ts";
import { defineError } from "../../kit/errors/define-error.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import { isAppBusy } from "../app/concurrency.ts";

const directInvoke = {
  code: "ERR_DIRECT_INVOKE",
  category: "service-invocation",
  form: "simple",
  http: 500,
  grpc: code.internal,
} as const;

export const noAppId = defineError({
  ...directInvoke,
  http: 404,
  message: "failed getting app id either from the URL path or the header dapr-app-id",
  when: "The path is none of the API's and no app is named; also for methods that a path does not take.",
  remedy: "Correct the path or its method, or send the header `dapr-app-id`.",
});

const invokeMessage = "failed to invoke, id: {app}, err: {error}";

export const callFailed = defineError({
  ...directInvoke,
  message: invokeMessage,
  when: "The app was not found or did not answer.",
  remedy: "See the cause; the app id, its sidecar and its port are the usual ones.",
});

export const callDenied = defineError({
  ...directInvoke,
  http: 403,
  message: invokeMessage,
  when: "The access control of the called app denies the call.",
  remedy: "Allow it in `spec.accessControl` of the called app's Configuration.",
});

export const appBusy = defineError({
  ...directInvoke,
  http: 503,
  grpc: code.resourceExhausted,
  message: invokeMessage,
  when: "More than 10,000 calls wait for the app because of `--app-max-concurrency`.",
  remedy: "Call again later, or let the app take more.",
});

/** Any failure of Dapr itself. Only over HTTP a denied call is told apart: 403. */
export function invokeFailed(targetId: string, cause: Error): ApiError {
  const isDenied = cause instanceof RpcError && cause.code === code.permissionDenied;
  const failed = isDenied ? callDenied : isAppBusy(cause) ? appBusy : callFailed;
  return failed({ app: targetId, error: cause.message }, cause);
}

/** For counting only: an HTTP app's answer beyond 399 is passed on as it is. */
export const appAnswered = defineError({
  ...directInvoke,
  message: "app {app} answered {status}",
  when: "The app answered with a status beyond 399: counted only, the answer is the app's.",
  remedy: "See the app.",
});

/** A gRPC app's error details that have no JSON form. */
export const malformedResponse = defineError({
  code: "ERR_MALFORMED_RESPONSE",
  category: "common",
  form: "simple",
  http: 500,
  grpc: code.internal,
  message: "{error}",
  when: "The details of a gRPC app's error have no JSON form.",
  remedy: "Use details of google.rpc, or call the app over gRPC.",
});
