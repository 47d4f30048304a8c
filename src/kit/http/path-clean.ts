/**
 * Invocation methods in the one form that the access list, the tracer and the app see.
 * @see spec 02 §3.2
 */
import { quote } from "../errors/quote.ts";
import { code, RpcError } from "../rpc/status.ts";
import { bytesFromText } from "./byte-text.ts";

/**
 * Lexical cleaning as Go's path.Clean does it: one slash between segments, `.` and `..` resolved, no trailing slash,
 * never above `/`. Nothing left is `.`. A path that is clean already is returned as the same string.
 */
export function cleanPath(path: string): string {
  if (isClean(path)) return path;
  const isRooted = path.charCodeAt(0) === slash;
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.length > 0 && kept[kept.length - 1] !== "..") kept.pop();
    else if (!isRooted) kept.push(segment);
  }
  const joined = kept.join("/");
  if (isRooted) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** Only says no where there may be something to do. */
function isClean(path: string): boolean {
  const { length } = path;
  if (length === 0) return false;
  let isSegmentStart = true;
  for (let i = 0; i < length; i++) {
    const c = path.charCodeAt(i);
    if (c === slash) {
      if (isSegmentStart && i > 0) return false;
      isSegmentStart = true;
    } else {
      if (c === dot && isSegmentStart) return false;
      isSegmentStart = false;
    }
  }
  return !isSegmentStart || length === 1;
}

/**
 * Normalises the method of an HTTP call.
 * @param method percent-decoded
 * @throws {RpcError} InvalidArgument `invalid method: ...`
 */
export function normalizeHttpMethod(method: string): string {
  const clean = cleanPath(method);
  // What cleaning removed cannot be an error, so it comes first (spec 02 §3.2).
  validateMethod(clean);
  return stripParents(clean);
}

/**
 * Normalises the method of a gRPC call: not percent-decoded, and validated as it came.
 * @throws {RpcError} InvalidArgument `invalid method: ...`
 */
export function normalizeGrpcMethod(method: string): string {
  validateMethod(method);
  return stripParents(cleanPath(method));
}

/** @throws {RpcError} */
function validateMethod(method: string): void {
  let control = -1;
  for (let i = 0; i < method.length; i++) {
    const c = method.charCodeAt(i);
    if (c === 0 || c === 0x23 || c === 0x3f) {
      throw invalidMethod(`method contains forbidden character: ${quote(method)}`);
    }
    if (control < 0 && (c < 0x20 || c === 0x7f)) control = i;
  }
  if (control < 0) return;
  const position = bytesFromText(method.slice(0, control)).length;
  throw invalidMethod(
    `method contains control character at position ${position}: ${quote(method)}`,
  );
}

const invalidMethod = (reason: string): RpcError =>
  new RpcError(code.invalidArgument, `invalid method: ${reason}`);

function stripParents(clean: string): string {
  if (clean.charCodeAt(0) !== dot) return clean;
  if (clean === "." || clean === "..") return "";
  let start = 0;
  while (clean.startsWith("../", start)) start += 3;
  const rest = clean.slice(start);
  return rest === ".." ? "" : rest;
}

const slash = 0x2f;
const dot = 0x2e;
