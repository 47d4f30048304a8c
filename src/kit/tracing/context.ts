/**
 * Trace contexts on the wire: `traceparent`, `tracestate` and `grpc-trace-bin`. On the path of every request, so that
 * text is scanned once and nothing is allocated that is not returned.
 * @see spec 08 §9.4, https://www.w3.org/TR/trace-context/
 */
import type { SpanContext } from "./trace.ts";
import { trimSpace } from "./trim.ts";

/** By character code: the value of a hex digit, 255 for others. */
const hexValues = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  hexValues[text.charCodeAt(0)] = digit;
  hexValues[text.toUpperCase().charCodeAt(0)] = digit;
}

const hexBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

const dash = 0x2d;
const traceparentLength = 55;

/** A `tracestate` that is longer is not put into responses and gRPC metadata. Characters. */
const maxEmittedState = 512;

/**
 * @param state the `tracestate` that came along; dropped when it is malformed
 * @returns null for anything but a valid `traceparent`; digits come out in lower case
 */
export function parseTraceparent(text: string, state: string): SpanContext | null {
  if (text.length < traceparentLength) return null;
  if (
    text.charCodeAt(2) !== dash ||
    text.charCodeAt(35) !== dash ||
    text.charCodeAt(52) !== dash ||
    !isHex(text, 0, 2) ||
    !isHex(text, 53, 55) ||
    !isId(text, 3, 35) ||
    !isId(text, 36, 52)
  ) {
    return null;
  }
  const version = byteAt(text, 0);
  // Later versions may have more parts; version ff does not exist.
  if (version === 0xff) return null;
  if (text.length > traceparentLength && (version === 0 || text.charCodeAt(55) !== dash)) {
    return null;
  }
  return {
    traceId: lowerCase(text, 3, 35),
    spanId: lowerCase(text, 36, 52),
    flags: byteAt(text, 53),
    state: state === "" ? "" : checkedState(state),
  };
}

/** Version 00, for every context: the empty one is all zeros. */
export function formatTraceparent(context: SpanContext): string {
  return `00-${context.traceId}-${context.spanId}-${hexBytes[context.flags & 0xff]}`;
}

/** The `tracestate` for responses and gRPC metadata: "" when it is longer than they should carry. */
export function emittedState(context: SpanContext): string {
  return context.state.length > maxEmittedState ? "" : context.state;
}

const binaryLength = 29;

/**
 * Version 0 with its fields in order; span id and flags may be missing, as OpenCensus has it.
 * @returns null for anything else, and when an id is missing or zero
 */
export function parseTraceBinary(bytes: Uint8Array): SpanContext | null {
  if (bytes.length < 27 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[18] !== 1) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const traceId = buffer.toString("hex", 2, 18);
  const spanId = buffer.toString("hex", 19, 27);
  if (!isId(traceId, 0, 32) || !isId(spanId, 0, 16)) return null;
  const flags = bytes.length >= binaryLength && bytes[27] === 2 ? bytes[28]! : 0;
  return { traceId, spanId, flags, state: "" };
}

/** 29 bytes: 0, 0, trace id, 1, span id, 2, flags. */
export function formatTraceBinary(context: SpanContext): Buffer {
  const bytes = Buffer.allocUnsafe(binaryLength);
  bytes[0] = 0;
  bytes[1] = 0;
  bytes.write(context.traceId, 2, 16, "hex");
  bytes[18] = 1;
  bytes.write(context.spanId, 19, 8, "hex");
  bytes[27] = 2;
  bytes[28] = context.flags;
  return bytes;
}

function isHex(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff || hexValues[unit] === 255) return false;
  }
  return true;
}

/** Hex digits that are not all zero. */
function isId(text: string, start: number, end: number): boolean {
  let any = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff) return false;
    const value = hexValues[unit]!;
    if (value === 255) return false;
    any |= value;
  }
  return any !== 0;
}

const byteAt = (text: string, at: number): number =>
  hexValues[text.charCodeAt(at)]! * 16 + hexValues[text.charCodeAt(at + 1)]!;

/** Most senders write lower case: look before a second string is made. */
function lowerCase(text: string, start: number, end: number): string {
  const part = text.slice(start, end);
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x40 && unit < 0x47) return part.toLowerCase();
  }
  return part;
}

const maxStateMembers = 32;

/** The text, or "" when it is no list of at most 32 different `key=value`. Empty members are allowed. */
function checkedState(text: string): string {
  const keys: string[] = [];
  for (let start = 0; start <= text.length; ) {
    const comma = text.indexOf(",", start);
    const end = comma === -1 ? text.length : comma;
    const member = trimSpace(text.slice(start, end));
    start = end + 1;
    if (member === "") continue;
    const equals = member.indexOf("=");
    const key = member.slice(0, equals);
    if (equals < 1 || !isStateKey(key) || !isStateValue(member, equals + 1)) return "";
    if (keys.length === maxStateMembers || keys.includes(key)) return "";
    keys.push(key);
  }
  return text;
}

/** `key` or `tenant@system`: lower case letters, digits, `_-*` and `/`. */
function isStateKey(key: string): boolean {
  if (key.length > 256) return false;
  let ats = 0;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    const isLetter = unit > 0x60 && unit < 0x7b;
    const isDigit = unit > 0x2f && unit < 0x3a;
    if (unit === 0x40) {
      ats++;
      if (i === 0 || i > 241 || key.length - i - 1 > 14 || i === key.length - 1) return false;
    } else if (!isLetter && !isDigit && (i === 0 || !"_-*/".includes(key[i]!))) {
      return false;
    }
  }
  return ats <= 1;
}

/** At most 256 printable ASCII characters without `,` and `=`, not ending in a space. */
function isStateValue(member: string, start: number): boolean {
  if (member.length - start > 256 || member.length === start) return false;
  for (let at = start; at < member.length; at++) {
    const unit = member.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e || unit === 0x3d) return false;
  }
  return true;
}
