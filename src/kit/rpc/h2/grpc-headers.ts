/**
 * Header values of gRPC: timeouts, status messages, what metadata may hold. Source: gRPC over HTTP/2.
 */

import type { Metadata } from "../metadata.ts";
import { code, type GrpcCode } from "../status.ts";
import { h2Code } from "./frames.ts";
import { isName } from "./header-field.ts";

const unitMs = new Map<string, number>([
  ["H", 3_600_000],
  ["M", 60_000],
  ["S", 1000],
  ["m", 1],
  ["u", 1e-3],
  ["n", 1e-6],
]);

/** Milliseconds, or NaN when malformed: at most eight digits and a unit. */
export function parseTimeout(value: string): number {
  const digits = value.length - 1;
  if (digits < 1 || digits > 8) return Number.NaN;
  let amount = 0;
  for (let i = 0; i < digits; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    amount = amount * 10 + digit;
  }
  const unit = unitMs.get(value.charAt(digits));
  return unit === undefined ? Number.NaN : amount * unit;
}

const longestDigits = 99_999_999;

/** The most precise form that has at most eight digits; rounds up. */
export function formatTimeout(ms: number): string {
  if (ms <= 0) return "0n";
  if (ms < 100) return `${Math.ceil(ms * 1000)}u`;
  if (ms <= longestDigits) return `${Math.ceil(ms)}m`;
  if (ms <= longestDigits * 1000) return `${Math.ceil(ms / 1000)}S`;
  return `${Math.min(longestDigits, Math.ceil(ms / 60_000))}M`;
}

/** grpc-message: printable ASCII stays, all other bytes of the UTF-8 form become %XX. */
export function encodeMessage(message: string): string {
  let isPlain = true;
  for (let i = 0; i < message.length && isPlain; i++) {
    const character = message.charCodeAt(i);
    isPlain = character >= 0x20 && character <= 0x7e && character !== 0x25;
  }
  if (isPlain) return message;
  let encoded = "";
  for (const byte of Buffer.from(message, "utf8")) {
    if (byte >= 0x20 && byte <= 0x7e && byte !== 0x25) encoded += String.fromCharCode(byte);
    else encoded += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

function hexDigit(character: number): number {
  if (character >= 48 && character <= 57) return character - 48;
  if (character >= 65 && character <= 70) return character - 55;
  if (character >= 97 && character <= 102) return character - 87;
  return -1;
}

/** The reverse; malformed escapes stay as they are. The input's characters are bytes. */
export function decodeMessage(value: string): string {
  const bytes = Buffer.allocUnsafe(value.length);
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    let byte = value.charCodeAt(i);
    if (byte === 0x25 && i + 2 < value.length) {
      const high = hexDigit(value.charCodeAt(i + 1));
      const low = hexDigit(value.charCodeAt(i + 2));
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        i += 2;
      }
    }
    bytes[length++] = byte;
  }
  return bytes.toString("utf8", 0, length);
}

/** Base64 without padding, as `-bin` values are sent. */
export function encodeBinary(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x3d) end--;
  return text.slice(0, end);
}

const reserved = new Set([
  "te",
  "content-type",
  "content-length",
  "user-agent",
  "grpc-accept-encoding",
  "grpc-encoding",
  "grpc-message",
  "grpc-message-type",
  "grpc-status",
  "grpc-timeout",
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Metadata that the transport owns is not sent for the application. */
export function isReserved(name: string): boolean {
  return name === "" || name.charCodeAt(0) === 0x3a || reserved.has(name);
}

/**
 * Why metadata cannot be sent, as Go says it, or null. Bytes above 0x7e in values pass, as a proxy must let them.
 */
export function metadataFault(metadata: Metadata): string | null {
  const { entries } = metadata;
  for (let i = 0; i < entries.length; i += 2) {
    const name = entries[i] as string;
    if (isReserved(name)) continue;
    if (!isName(name)) {
      return `header key ${JSON.stringify(name)} contains illegal characters not in [0-9a-z-_.]`;
    }
    const value = entries[i + 1] as string;
    for (let j = 0; j < value.length; j++) {
      const character = value.charCodeAt(j);
      if (character > 0xff || character === 0x7f || (character < 0x20 && character !== 9)) {
        return `header key "${name}" contains value with non-printable ASCII characters`;
      }
    }
  }
  return null;
}

/** Is this a content type of gRPC? `application/grpc`, `application/grpc+proto`, `application/grpc;...` */
export function isGrpcContentType(value: string): boolean {
  if (value === "application/grpc") return true;
  const lower = value.toLowerCase();
  if (!lower.startsWith("application/grpc")) return false;
  const next = lower.charAt(16);
  return next === "" || next === "+" || next === ";";
}

/** Code of a call that ended with RST_STREAM. */
export function codeOfReset(reset: number): GrpcCode {
  switch (reset) {
    case h2Code.flowControlError:
    case h2Code.enhanceYourCalm:
      return code.resourceExhausted;
    case h2Code.refusedStream:
      return code.unavailable;
    case h2Code.cancel:
      return code.canceled;
    case h2Code.inadequateSecurity:
      return code.permissionDenied;
    default:
      return code.internal;
  }
}
