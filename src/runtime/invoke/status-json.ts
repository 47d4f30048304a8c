/**
 * A gRPC app's error in proto3 JSON, for HTTP callers.
 * @see spec 02 §3.6
 */
import { quoteJson } from "../../kit/json/encode.ts";
import type { Codec } from "../../kit/proto/codec.ts";
import { Any } from "../../kit/proto/google/protobuf/any.ts";
import {
  BadRequest,
  DebugInfo,
  ErrorInfo,
  Help,
  LocalizedMessage,
  PreconditionFailure,
  QuotaFailure,
  RequestInfo,
  ResourceInfo,
  RetryInfo,
} from "../../kit/proto/google/rpc/error_details.ts";

/** What an app may put into its details and a caller can be shown. */
const codecs: ReadonlyMap<string, Codec<object, never>> = new Map(
  [
    BadRequest,
    DebugInfo,
    ErrorInfo,
    Help,
    LocalizedMessage,
    PreconditionFailure,
    QuotaFailure,
    RequestInfo,
    ResourceInfo,
    RetryInfo,
  ].map((codec) => [codec.typeName, codec as Codec<object, never>]),
);

/**
 * `{"code":5,"message":"...","details":[...]}`, empty members left out.
 * @param details serialised google.protobuf.Any messages
 * @throws {Error} when a detail is of an unknown type or broken
 */
export function statusJson(
  grpcCode: number,
  message: string,
  details: readonly Uint8Array[],
): string {
  const members: string[] = [];
  if (grpcCode !== 0) members.push(`"code":${grpcCode}`);
  if (message !== "") members.push(`"message":${quoteJson(message)}`);
  if (details.length > 0) members.push(`"details":[${details.map(detailJson).join(",")}]`);
  return `{${members.join(",")}}`;
}

function detailJson(bytes: Uint8Array): string {
  const { typeUrl, value } = Any.decode(bytes);
  const codec = codecs.get(typeUrl.slice(typeUrl.lastIndexOf("/") + 1));
  if (codec === undefined) {
    throw new Error(
      `proto: google.protobuf.Any: unable to resolve ${JSON.stringify(typeUrl)}: not found`,
    );
  }
  const members = membersOf(codec.decode(value));
  return `{${[`"@type":${quoteJson(typeUrl)}`, ...members].join(",")}}`;
}

function membersOf(message: object): string[] {
  const members: string[] = [];
  for (const [name, value] of Object.entries(message)) {
    const text = valueJson(value);
    if (text !== undefined) members.push(`${quoteJson(name)}:${text}`);
  }
  return members;
}

/** undefined: the value is a default and is left out. */
function valueJson(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value === "" ? undefined : quoteJson(value);
    case "number":
      return value === 0 ? undefined : String(value);
    case "bigint":
      return value === 0n ? undefined : `"${value}"`;
    case "boolean":
      return value ? "true" : undefined;
    case "object":
      return value === null ? undefined : objectJson(value);
    default:
      return undefined;
  }
}

function objectJson(value: object): string | undefined {
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined;
    return `[${value.map((one) => valueJson(one) ?? (typeof one === "string" ? '""' : "{}")).join(",")}]`;
  }
  if (value instanceof Map) {
    if (value.size === 0) return undefined;
    const entries = [...value].map(([key, one]) => `${quoteJson(key)}:${quoteJson(String(one))}`);
    return `{${entries.join(",")}}`;
  }
  if ("seconds" in value && "nanos" in value) return durationJson(value as Duration);
  return `{${membersOf(value).join(",")}}`;
}

interface Duration {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** Whole seconds, or as many groups of three decimals as needed. */
function durationJson({ seconds, nanos }: Duration): string {
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  const whole = seconds < 0n ? -seconds : seconds;
  let fraction = String(Math.abs(nanos)).padStart(9, "0");
  while (fraction.endsWith("000")) fraction = fraction.slice(0, -3);
  return `"${sign}${whole}${fraction === "" ? "" : `.${fraction}`}s"`;
}
