/**
 * Header fields of gRPC over HTTP/2 as node:http2 gives and takes them. Source: gRPC core, "gRPC over HTTP2".
 */
import type { OutgoingHttpHeaders } from "node:http2";
import { Metadata } from "../metadata.ts";
import { code, type GrpcCode, type RpcStatus } from "../status.ts";
import type { Finish } from "../transport.ts";

/** Fields that the transport writes itself, or that HTTP/2 forbids. */
const reserved = new Set([
  "content-type",
  "te",
  "user-agent",
  "grpc-timeout",
  "grpc-encoding",
  "grpc-accept-encoding",
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "host",
]);

/** Fields of a request that are the transport's business alone. */
const ownedByRequest = new Set(["content-type", "te", "grpc-timeout", "grpc-encoding"]);

/** Fields of a response that are the transport's business alone. */
const ownedByResponse = new Set([
  "content-type",
  "grpc-encoding",
  "grpc-accept-encoding",
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
]);

/** RFC 9113 §8.2.1 forbids the rest; node:http2 would throw in the middle of a call. */
const legalKey = /^[0-9a-z_.-]+$/;
const illegalValue = /[^\x20-\x7e]/;

/** Adds metadata to a header object; what cannot be sent is left out. */
export function addMetadata(headers: OutgoingHttpHeaders, metadata: Metadata | undefined): void {
  if (metadata === undefined) return;
  for (const [key, value] of metadata) {
    if (reserved.has(key) || !legalKey.test(key) || illegalValue.test(value)) continue;
    const present = headers[key];
    if (present === undefined) headers[key] = value;
    else if (Array.isArray(present)) present.push(value);
    else headers[key] = [String(present), value];
  }
}

function metadataOf(raw: readonly string[], owned: ReadonlySet<string>): Metadata {
  const entries: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const key = raw[i] as string;
    if (key.startsWith(":") || owned.has(key)) continue;
    entries.push(key, raw[i + 1] as string);
  }
  return new Metadata(entries);
}

export function requestMetadata(raw: readonly string[]): Metadata {
  return metadataOf(raw, ownedByRequest);
}

export function responseMetadata(raw: readonly string[]): Metadata {
  return metadataOf(raw, ownedByResponse);
}

/** The value of the first field of that name. */
export function field(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) if (raw[i] === name) return raw[i + 1];
  return undefined;
}

/** Percent-encodes what is not printable ASCII, and the percent sign. */
export function encodeMessage(text: string): string {
  let out = "";
  for (const byte of Buffer.from(text)) {
    out +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** The inverse; broken escapes are kept as they are. */
export function decodeMessage(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  const source = Buffer.from(text);
  for (let i = 0; i < source.length; i++) {
    const hex = source.toString("latin1", i + 1, i + 3);
    if (source[i] === 0x25 && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else {
      bytes.push(source[i] as number);
    }
  }
  return Buffer.from(bytes).toString();
}

/** The fields that end a call. */
export function statusFields(status: Finish): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = Object.create(null);
  headers["grpc-status"] = String(status.code ?? code.ok);
  if (status.message !== undefined && status.message !== "") {
    headers["grpc-message"] = encodeMessage(status.message);
  }
  if (status.details !== undefined) {
    headers["grpc-status-details-bin"] = Buffer.from(status.details)
      .toString("base64")
      .replace(/=+$/, "");
  }
  addMetadata(headers, status.trailers);
  return headers;
}

/** @returns undefined without a usable grpc-status */
export function statusOf(raw: readonly string[]): RpcStatus | undefined {
  const text = field(raw, "grpc-status");
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined;
  const details = field(raw, "grpc-status-details-bin");
  return {
    code: Number(text),
    message: decodeMessage(field(raw, "grpc-message") ?? ""),
    details: details === undefined ? undefined : Buffer.from(details, "base64"),
    trailers: responseMetadata(raw),
  };
}

const resets: ReadonlyMap<number, readonly [GrpcCode, string]> = new Map([
  [0, [code.internal, "NO_ERROR"]],
  [1, [code.internal, "PROTOCOL_ERROR"]],
  [2, [code.internal, "INTERNAL_ERROR"]],
  [3, [code.resourceExhausted, "FLOW_CONTROL_ERROR"]],
  [4, [code.internal, "SETTINGS_TIMEOUT"]],
  [5, [code.internal, "STREAM_CLOSED"]],
  [6, [code.internal, "FRAME_SIZE_ERROR"]],
  [7, [code.unavailable, "REFUSED_STREAM"]],
  [8, [code.canceled, "CANCEL"]],
  [9, [code.internal, "COMPRESSION_ERROR"]],
  [10, [code.internal, "CONNECT_ERROR"]],
  [11, [code.resourceExhausted, "ENHANCE_YOUR_CALM"]],
  [12, [code.permissionDenied, "INADEQUATE_SECURITY"]],
  [13, [code.internal, "HTTP_1_1_REQUIRED"]],
]);

/** What a reset stream means. Source: gRPC over HTTP2, "HTTP2 error codes". */
export function statusOfReset(errorCode: number): RpcStatus {
  const [grpcCode, name] = resets.get(errorCode) ?? [code.unknown, `${errorCode}`];
  return {
    code: grpcCode,
    message: `stream terminated by RST_STREAM with error code: ${name}`,
    trailers: new Metadata(),
  };
}

/** Milliseconds per unit of grpc-timeout. */
const timeoutUnits: ReadonlyMap<string, number> = new Map([
  ["H", 3_600_000],
  ["M", 60_000],
  ["S", 1000],
  ["m", 1],
  ["u", 1e-3],
  ["n", 1e-6],
]);

/** @returns milliseconds, or undefined when it is malformed */
export function parseTimeout(text: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (timeoutUnits.get(match[2] as string) as number);
}

/** The finest unit that fits into eight digits, rounded up. */
export function formatTimeout(ms: number): string {
  const left = Math.max(ms, 0);
  for (const unit of ["u", "m", "S", "M", "H"]) {
    const count = Math.ceil(left / (timeoutUnits.get(unit) as number));
    if (count < 1e8) return `${count}${unit}`;
  }
  return "99999999H";
}
