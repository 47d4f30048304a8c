import { expect, test } from "vitest";
import { code, RpcError } from "../../kit/rpc/status.ts";
import { Concurrency } from "../app/concurrency.ts";
import { invokeFailed } from "./errors.ts";

test("a call that finds no place in the queue for the app is told to come again", () => {
  const concurrency = new Concurrency(1, 0);
  concurrency.acquire(() => {});
  let refused: Error | undefined;
  concurrency.acquire(
    () => {},
    (error) => {
      refused = error;
    },
  );
  const error = invokeFailed("app", refused as Error);
  expect([error.httpStatus, error.grpcCode, error.errorCode]).toEqual([
    503,
    code.resourceExhausted,
    "ERR_DIRECT_INVOKE",
  ]);
  expect(error.message).toMatch(/^failed to invoke, id: app, err: rpc error: .*too many calls/);
});

test.each([
  [new RpcError(code.permissionDenied, "no"), 403, code.internal],
  [new RpcError(code.resourceExhausted, "message larger than max"), 500, code.internal],
  [new Error("nobody there"), 500, code.internal],
])("%s keeps its answer", (cause, status, grpc) => {
  const error = invokeFailed("app", cause);
  expect([error.httpStatus, error.grpcCode]).toEqual([status, grpc]);
});
