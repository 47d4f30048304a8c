/**
 * Paths on the wire: percent-decoding of request paths, and the URL of a call to an HTTP app, with the escaping rules of
 * the reference's URL parser.
 * @see spec 02 §3.3
 */
import { quote } from "../errors/quote.ts";
import { byteStringFromText, textFromByteString, textFromBytes } from "./byte-text.ts";

/**
 * Decodes `%XX` of a path; `+` stays.
 * @param raw a byte string, as node:http gives it
 * @returns undefined when a `%` is not followed by two hexadecimal digits
 */
export function decodePath(raw: string): string | undefined {
  return decode(raw, false);
}

/**
 * A path as the log, metrics and spans show it: with its escapes read, where they can be.
 * @param path cleaned and still escaped
 * @see spec 08 §8.2, §9.3, §10.3
 */
export function shownPath(path: string): string {
  return decodePath(path) ?? path;
}

/** As {@link decodePath}, with `+` for a space. @param raw text */
export function decodeQueryComponent(raw: string): string | undefined {
  return decode(byteStringFromText(raw), true);
}

function decode(raw: string, plusIsSpace: boolean): string | undefined {
  let isPlain = true;
  for (let i = 0; i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    if (c === percent || c > 0x7f || (plusIsSpace && c === plus)) {
      isPlain = false;
      break;
    }
  }
  if (isPlain) return raw;
  const bytes = Buffer.allocUnsafe(raw.length);
  let length = 0;
  for (let i = 0; i < raw.length; i++) {
    let c = raw.charCodeAt(i);
    if (c === percent) {
      const value = hexPair(raw, i + 1);
      if (value < 0) return undefined;
      c = value;
      i += 2;
    } else if (c === plus && plusIsSpace) c = space;
    bytes[length++] = c;
  }
  return textFromBytes(bytes.subarray(0, length));
}

/** Where an app's URLs begin. */
export interface UrlBase {
  /** Scheme and authority: `http://127.0.0.1:3000`. */
  readonly origin: string;
  /** `` or `/prefix`, without a trailing slash. */
  readonly path: string;
}

/**
 * The request target of a call: `<base path>/<method>[?<query>]`, as a byte string for {@link HttpRequest.path}.
 * @param method text; empty is the root
 * @param query byte string, copied as it is; empty for none
 * @throws {Error} `parse "<url>": invalid URL escape "%zz"`
 */
export function buildAppPath(method: string, query: string, base: UrlBase): string {
  let path = base.path;
  if (method !== "") path += method.charCodeAt(0) === slash ? method : `/${method}`;
  if (!isOrdinaryPath(path)) return buildUnusualPath(path, query, base.origin);
  if (query === "") return path === "" ? "/" : path;
  if (!isOrdinaryQuery(query)) return buildUnusualPath(path, query, base.origin);
  return path === "" ? `/?${query}` : `${path}?${query}`;
}

/** The text is Go's. */
class UrlError extends Error {
  override readonly name = "UrlError";
  constructor(url: string, reason: string) {
    super(`parse ${quote(url)}: ${reason}`);
  }
}

/** Everything the fast path leaves: escapes, characters to be escaped, `?` and `#` inside the method. */
function buildUnusualPath(path: string, query: string, origin: string): string {
  let target = byteStringFromText(path);
  if (query !== "") target += `?${hasWide(query) ? byteStringFromText(query) : query}`;
  const fail = (reason: string): UrlError =>
    new UrlError(origin + textFromByteString(target), reason);
  for (let i = 0; i < target.length; i++) {
    const c = target.charCodeAt(i);
    if (c < 0x20 || c === 0x7f) throw fail("net/url: invalid control character in URL");
  }
  const hash = target.indexOf("#");
  const withoutFragment = hash < 0 ? target : target.slice(0, hash);
  const mark = withoutFragment.indexOf("?");
  const rawPath = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark);
  const rawQuery = mark < 0 ? "" : withoutFragment.slice(mark);
  const badEscape =
    findBadEscape(rawPath) ?? (hash < 0 ? undefined : findBadEscape(target.slice(hash + 1)));
  if (badEscape !== undefined) throw fail(`invalid URL escape ${quote(badEscape)}`);
  const escaped = isValidEncoded(rawPath) ? rawPath : escapePath(rawPath);
  return `${escaped === "" ? "/" : escaped}${rawQuery}`;
}

function hasWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}

/** The first `%` without two hexadecimal digits, with what follows it, three characters at most. */
function findBadEscape(bytes: string): string | undefined {
  for (let i = bytes.indexOf("%"); i >= 0; i = bytes.indexOf("%", i + 3)) {
    if (hexPair(bytes, i + 1) < 0) return textFromByteString(bytes.slice(i, i + 3));
  }
  return undefined;
}

/** Decodes a path and escapes all but unreserved characters and `$&+,/:;=@`. */
function escapePath(bytes: string): string {
  let escaped = "";
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes.charCodeAt(i);
    if (byte === percent) {
      byte = hexPair(bytes, i + 1);
      i += 2;
    }
    escaped +=
      (characters[byte] as number) === keep
        ? String.fromCharCode(byte)
        : `%${byte < 16 ? "0" : ""}${byte.toString(16).toUpperCase()}`;
  }
  return escaped;
}

function isValidEncoded(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c > 0x7f || ((characters[c] as number) === never && c !== percent)) return false;
  }
  return true;
}

function isOrdinaryPath(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c > 0x7f || (characters[c] as number) === never) return false;
  }
  return true;
}

function isOrdinaryQuery(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const c = query.charCodeAt(i);
    if (c < 0x20 || c === 0x7f || c === 0x23 || c > 0xff) return false;
  }
  return true;
}

/** Value of two hexadecimal digits, -1 if they are not. */
function hexPair(text: string, offset: number): number {
  const high = hexDigit(text.charCodeAt(offset));
  const low = hexDigit(text.charCodeAt(offset + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const slash = 0x2f;
const percent = 0x25;
const plus = 0x2b;
const space = 0x20;

/** `never`: not bare in a path. `allow`: may stay where the app's path needs no escape at all. `keep`: always stays. */
const never = 0;
const allow = 1;
const keep = 2;

const characters: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (const c of "!'()*[]") table[c.charCodeAt(0)] = allow;
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (const c of `${letters}-_.~$&+,/:;=@`) table[c.charCodeAt(0)] = keep;
  return table;
})();
