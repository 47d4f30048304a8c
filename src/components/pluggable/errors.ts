/**
 * What a pluggable state store says beside a status.
 * @see spec 04 §9
 */
import { ApiError } from "../../kit/errors/api-error.ts";
import { BadRequest, ErrorInfo } from "../../kit/proto/google/rpc/error_details.ts";
import { Status } from "../../kit/proto/google/rpc/status.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import { BulkStoreError, EtagInvalidError, EtagMismatchError } from "../state/contract.ts";

/** The details of one type; a message that cannot be read counts as none. */
function details<T>(
  error: RpcError,
  codec: { typeName: string; decode(bytes: Uint8Array): T },
): T[] {
  if (error.details === undefined) return [];
  try {
    return Status.decode(error.details)
      .details.filter(({ typeUrl }) => typeUrl.endsWith(`/${codec.typeName}`))
      .map(({ value }) => codec.decode(value));
  } catch {
    return [];
  }
}

/** An error that the component gave its own code and status to; undefined: it did not. */
function ownError(error: RpcError): ApiError | undefined {
  const [info, ...others] = details(error, ErrorInfo);
  if (info === undefined || others.length > 0 || info.metadata.get("kit_error") !== "true") {
    return undefined;
  }
  const status = Number(info.metadata.get("http_code"));
  const metadata = new Map(info.metadata);
  for (const name of ["kit_error", "http_code", "tag"]) metadata.delete(name);
  return new ApiError({
    form: "detailed",
    message: error.desc,
    httpStatus: Number.isInteger(status) && status >= 400 && status < 600 ? status : 500,
    grpcCode: error.code,
    errorCode: info.metadata.get("tag") || info.reason,
    category: "pluggable-component",
    details: [{ type: "ErrorInfo", reason: info.reason, domain: info.domain, metadata }],
    cause: error,
  });
}

/** What a read failed with. */
export function readError(error: unknown): unknown {
  return error instanceof RpcError ? (ownError(error) ?? error) : error;
}

/** What a write failed with: an etag, where exactly one violation of the field `etag` says so. */
export function writeError(error: unknown): unknown {
  if (!(error instanceof RpcError)) return error;
  const own = ownError(error);
  if (own !== undefined) return own;
  const [request, ...others] = details(error, BadRequest);
  const [violation, ...more] = request?.fieldViolations ?? [];
  if (others.length > 0 || more.length > 0 || violation?.field !== "etag") return error;
  if (error.code === code.invalidArgument) return new EtagInvalidError(violation.description);
  if (error.code === code.failedPrecondition) return new EtagMismatchError(violation.description);
  return error;
}

/** As {@link writeError}; a bulk delete may also say that fewer rows than asked for were there. */
export function bulkDeleteError(error: unknown, keys: readonly string[]): unknown {
  const known = writeError(error);
  if (known !== error || !(error instanceof RpcError) || error.code !== code.internal) return known;
  const [info] = details(error, ErrorInfo);
  const expected = info?.metadata.get("expected");
  const affected = info?.metadata.get("affected");
  if (expected === undefined || affected === undefined) return error;
  const text = `delete affected only ${affected} rows, expected ${expected}`;
  return new BulkStoreError([{ key: keys[0] ?? "", error: new Error(text, { cause: error }) }]);
}
