/**
 * Trace contexts on the wire: `traceparent`, `tracestate` and `grpc-trace-bin`. On the path of every request, so that
 * text is scanned once and nothing is allocated that is not returned.
 * @see spec 08 §9.4, https://www.w3.org/TR/trace-context/
 */
import { noTrace, type SpanContext } from "./trace.ts";
import { trimSpace } from "./trim.ts";

/** Marks in the table below, beside the digit's value in the low four bits. */
const upperCase = 0x10;
const notHex = 0x80;

/** By character code. The marks and values of a whole id are ORed together, which takes one pass without branches. */
const hexTable = new Uint8Array(256).fill(notHex);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  hexTable[text.toUpperCase().charCodeAt(0)] = digit | upperCase;
  hexTable[text.charCodeAt(0)] = digit;
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
  if (text.charCodeAt(2) !== dash || text.charCodeAt(35) !== dash || text.charCodeAt(52) !== dash) {
    return null;
  }
  const trace = scan(text, 3, 35);
  const span = scan(text, 36, 52);
  const others = scan(text, 0, 2) | scan(text, 53, 55);
  if (((trace | span | others) & notHex) !== 0 || !isNonZero(trace) || !isNonZero(span))
    return null;
  const version = byteAt(text, 0);
  // Later versions may have more parts; version ff does not exist.
  if (version === 0xff) return null;
  if (text.length > traceparentLength && (version === 0 || text.charCodeAt(55) !== dash)) {
    return null;
  }
  return {
    traceId: (trace & upperCase) === 0 ? text.slice(3, 35) : text.slice(3, 35).toLowerCase(),
    spanId: (span & upperCase) === 0 ? text.slice(36, 52) : text.slice(36, 52).toLowerCase(),
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
  if (traceId === noTrace.traceId || spanId === noTrace.spanId) return null;
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

/** The marks and digits of a part of the text, ORed together. */
function scan(text: string, start: number, end: number): number {
  let seen = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    seen |= unit < 256 ? hexTable[unit]! : notHex;
  }
  return seen;
}

const isNonZero = (seen: number): boolean => (seen & 0x0f) !== 0;

/** Two hex digits that were scanned before. */
const byteAt = (text: string, at: number): number =>
  ((hexTable[text.charCodeAt(at)]! & 0x0f) << 4) | (hexTable[text.charCodeAt(at + 1)]! & 0x0f);

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
