/**
 * gRPC codes and HTTP statuses, both ways.
 * @see spec 02 §7
 */
import { STATUS_CODES } from "node:http";
import { errorDomain } from "../../kit/errors/api-error.ts";
import { ErrorInfo } from "../../kit/proto/google/rpc/error_details.ts";
import { Status } from "../../kit/proto/google/rpc/status.ts";
import { RpcError } from "../../kit/rpc/status.ts";

/** By gRPC code. */
const httpStatuses: readonly number[] = [
  200, 408, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

const grpcCodes: ReadonlyMap<number, number> = new Map([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 5],
  [408, 1],
  [409, 6],
  [429, 8],
  [500, 2],
  [501, 12],
  [503, 14],
  [504, 4],
]);

const unknown = 2;

/** For an HTTP caller of a gRPC app. */
export function httpStatusOf(grpcCode: number): number {
  return httpStatuses[grpcCode] ?? 500;
}

/** For a gRPC caller of an HTTP app. */
export function grpcCodeOf(httpStatus: number): number {
  if (httpStatus >= 200 && httpStatus <= 299) return 0;
  return grpcCodes.get(httpStatus) ?? unknown;
}

/** Longer bodies are cut in the error's metadata. */
const maxErrorBytes = 63;

/** What a gRPC caller gets for an HTTP app's answer that is not 2xx. */
export function errorOfHttpStatus(httpStatus: number, body: Buffer): RpcError {
  const grpcCode = grpcCodeOf(httpStatus);
  const reason = STATUS_CODES[httpStatus] ?? "";
  const text = body.subarray(0, maxErrorBytes).toString("utf8");
  const info = ErrorInfo.encode({
    reason,
    domain: errorDomain,
    metadata: new Map([
      ["http.code", String(httpStatus)],
      ["http.error_message", text],
    ]),
  });
  const details = Status.encode({
    code: grpcCode,
    message: reason,
    details: [{ typeUrl: "type.googleapis.com/google.rpc.ErrorInfo", value: info }],
  });
  return new RpcError(grpcCode, reason, { details });
}
