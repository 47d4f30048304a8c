/**
 * Status codes and the error that carries one. Source: gRPC core, "Status codes and their use".
 */
import { Metadata } from "./metadata.ts";

export const code = {
  ok: 0,
  canceled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** 0..16; a proxied backend may use others, which are passed on. */
export type GrpcCode = number;

const codeNames = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
] as const;

/** The name as it appears in texts such as `rpc error: code = NotFound desc = ...`; `Code(99)` for unknown numbers. */
export function codeName(value: GrpcCode): string {
  return codeNames[value] ?? `Code(${value})`;
}

/** What an answer that is not gRPC means. Source: gRPC core, "HTTP to gRPC Status Code Mapping". */
export function codeOfHttpStatus(status: number): GrpcCode {
  switch (status) {
    case 400:
      return code.internal;
    case 401:
      return code.unauthenticated;
    case 403:
      return code.permissionDenied;
    case 404:
      return code.unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return code.unavailable;
    default:
      return code.unknown;
  }
}

/** How a call ended. */
export interface RpcStatus {
  readonly code: GrpcCode;
  /** UTF-8 text, not percent-encoded. */
  readonly message: string;
  /** Serialised google.rpc.Status (`grpc-status-details-bin`), if any. */
  readonly details?: Uint8Array | undefined;
  /** Trailing metadata without grpc-status, grpc-message and grpc-status-details-bin. */
  readonly trailers: Metadata;
}

/** A call that did not end with OK. Thrown by clients, and by handlers to end a call with that status. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: GrpcCode;
  /** The status message alone; `message` is Go's rendering and ends up inside other messages. */
  readonly desc: string;
  readonly details: Uint8Array | undefined;
  readonly trailers: Metadata;

  constructor(
    grpcCode: GrpcCode,
    desc: string,
    extra: { details?: Uint8Array | undefined; trailers?: Metadata; cause?: unknown } = {},
  ) {
    super(`rpc error: code = ${codeName(grpcCode)} desc = ${desc}`, { cause: extra.cause });
    this.code = grpcCode;
    this.desc = desc;
    this.details = extra.details;
    this.trailers = extra.trailers ?? new Metadata();
  }
}
