/**
 * The two forms in which an ApiError leaves the process. Nothing else writes an error.
 * @see spec 01 §4
 */
import { quoteJson, sortedByBytes } from "../json/encode.ts";
import type { AnyInit } from "../proto/google/protobuf/any.ts";
import { BadRequest, ErrorInfo, Help, ResourceInfo } from "../proto/google/rpc/error_details.ts";
import { Status } from "../proto/google/rpc/status.ts";
import { RpcError } from "../rpc/status.ts";
import type { ApiError, ErrorDetail } from "./api-error.ts";

const typePrefix = "type.googleapis.com/google.rpc.";

/** Compact JSON without a line feed: errorCode, message and, in the detailed form, details. */
export function renderHttp(error: ApiError): { status: number; body: string } {
  let body = `{"errorCode":${quoteJson(error.errorCode)},"message":${quoteJson(error.httpMessage)}`;
  if (error.form === "detailed" && error.httpDetails.length > 0) {
    body += `,"details":[${error.httpDetails.map(detailJson).join(",")}]`;
  }
  return { status: error.httpStatus, body: `${body}}` };
}

function detailJson(detail: ErrorDetail): string {
  const type = `{"@type":"${typePrefix}${detail.type}"`;
  switch (detail.type) {
    case "ErrorInfo":
      return (
        `${type},"domain":${quoteJson(detail.domain)},"metadata":${mapJson(detail.metadata)}` +
        `,"reason":${quoteJson(detail.reason)}}`
      );
    case "ResourceInfo":
      return (
        `${type},"description":${quoteJson(detail.description ?? "")}` +
        `,"owner":${quoteJson(detail.owner ?? "")},"resource_name":${quoteJson(detail.resourceName)}` +
        `,"resource_type":${quoteJson(detail.resourceType)}}`
      );
    case "BadRequest": {
      const violations = detail.violations.map(({ field, description }) =>
        membersJson([
          ["field", field],
          ["description", description],
        ]),
      );
      return `${type},"field_violations":[${violations.join(",")}]}`;
    }
    case "Help": {
      const links = detail.links.map(({ description, url }) =>
        membersJson([
          ["description", description],
          ["url", url],
        ]),
      );
      return `${type},"links":[${links.join(",")}]}`;
    }
  }
}

/** Empty members are left out. */
function membersJson(members: readonly (readonly [string, string])[]): string {
  const shown = members.filter(([, value]) => value !== "");
  return `{${shown.map(([name, value]) => `"${name}":${quoteJson(value)}`).join(",")}}`;
}

function mapJson(map: ReadonlyMap<string, string> | undefined): string {
  if (map === undefined) return "null";
  const names = sortedByBytes([...map.keys()]);
  return `{${names.map((name) => `${quoteJson(name)}:${quoteJson(map.get(name) ?? "")}`).join(",")}}`;
}

/** Simple errors have no details; the others carry them as google.rpc.Status. */
export function toRpcError(error: ApiError): RpcError {
  if (error.form === "simple" || error.details.length === 0) {
    return new RpcError(error.grpcCode, error.message, { cause: error });
  }
  const details = Status.encode({
    code: error.grpcCode,
    message: error.message,
    details: error.details.map(detailAny),
  });
  return new RpcError(error.grpcCode, error.message, { details, cause: error });
}

function detailAny(detail: ErrorDetail): AnyInit {
  return { typeUrl: `${typePrefix}${detail.type}`, value: detailBytes(detail) };
}

function detailBytes(detail: ErrorDetail): Buffer {
  switch (detail.type) {
    case "ErrorInfo":
      return ErrorInfo.encode(detail);
    case "ResourceInfo":
      return ResourceInfo.encode(detail);
    case "BadRequest":
      return BadRequest.encode({ fieldViolations: detail.violations });
    case "Help":
      return Help.encode(detail);
  }
}
