/**
 * Which app and which method an HTTP request is for.
 * @see spec 02 §3.1
 */
import { textFromBytes } from "../../kit/http/byte-text.ts";
import { cleanPath } from "../../kit/http/path-clean.ts";
import { decodePath, decodeQueryComponent } from "../../kit/http/url.ts";

export interface InvokeTarget {
  /** As given: `app`, `app.namespace` or a URL. */
  readonly id: string;
  /** Decoded and cleaned, without a leading slash; not validated yet. */
  readonly method: string;
  /** "header" removes dapr-app-id before the request is forwarded. */
  readonly form: "header" | "basic" | "path";
}

/**
 * @param rawPath the request's path without query, not decoded: a byte string
 * @param appIdHeader first value of dapr-app-id
 * @param authorization value of Authorization
 * @returns undefined when the request names no target
 */
export function parseTarget(
  rawPath: string,
  appIdHeader: string | undefined,
  authorization: string | undefined,
): InvokeTarget | undefined {
  const path = decodePath(rawPath);
  if (path === undefined) return undefined;
  if (appIdHeader) return { id: appIdHeader, method: relativePath(path), form: "header" };
  const basicId = authorization === undefined ? undefined : idOfBasicAuth(authorization);
  if (basicId !== undefined) return { id: basicId, method: relativePath(path), form: "basic" };
  return targetOfPath(path);
}

/** `/v1.0/invoke/<id>/method/<method>`, on the decoded path. */
function targetOfPath(path: string): InvokeTarget | undefined {
  const afterVersion = skipSegment(path, 0, "v1.0");
  const start = afterVersion < 0 ? -1 : skipSegment(path, afterVersion, "invoke");
  if (start < 0) return undefined;
  const idStart = skipSlashes(path, start);
  const cut = path.indexOf("/method/", idStart);
  if (cut <= idStart) return undefined;
  // The id is decoded once more, so that a URL may be given escaped twice (spec 02 §3.1).
  const id = decodeQueryComponent(path.slice(idStart, cut));
  if (!id) return undefined;
  return { id, method: relativePath(path.slice(cut + "/method/".length)), form: "path" };
}

/** Offset behind slashes and a segment that a slash follows, -1 if it is another one. */
function skipSegment(path: string, from: number, segment: string): number {
  const start = skipSlashes(path, from);
  const end = start + segment.length;
  return start > from && path.startsWith(segment, start) && path.charCodeAt(end) === slash
    ? end
    : -1;
}

function skipSlashes(path: string, from: number): number {
  let i = from;
  while (path.charCodeAt(i) === slash) i++;
  return i;
}

/** Cleaned, without a leading slash; "" for the root. */
function relativePath(path: string): string {
  if (path === "") return "";
  const clean = cleanPath(path);
  if (clean === ".") return "";
  return clean.charCodeAt(0) === slash ? clean.slice(1) : clean;
}

const user = "dapr-app-id";

/** The password of a user `dapr-app-id`, if it is not empty. */
function idOfBasicAuth(authorization: string): string | undefined {
  if (!authorization.startsWith("Basic ")) return undefined;
  const credentials = decodeBase64(authorization.slice("Basic ".length));
  if (credentials === undefined) return undefined;
  const colon = credentials.indexOf(":");
  if (colon !== user.length || credentials.indexOf(":", colon + 1) >= 0) return undefined;
  if (credentials.slice(0, colon).toLowerCase() !== user) return undefined;
  return credentials.slice(colon + 1) || undefined;
}

/** Standard alphabet with padding; undefined for anything else, which Buffer would read somehow. */
function decodeBase64(text: string): string | undefined {
  if (text.length % 4 !== 0) return undefined;
  let end = text.length;
  if (text.endsWith("==")) end -= 2;
  else if (text.endsWith("=")) end -= 1;
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i);
    const isLetter = (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
    if (!isLetter && !(c >= 0x30 && c <= 0x39) && c !== 0x2b && c !== slash) return undefined;
  }
  return textFromBytes(Buffer.from(text, "base64"));
}

const slash = 0x2f;
