/**
 * Heads of HTTP/1.x responses (RFC 9112). What could be read in two ways is refused: folded lines, spaces in names, a
 * length beside a transfer encoding, codings other than one `chunked`. Error texts are those of Go's net/http.
 */
import { quote } from "../errors/quote.ts";

/** How a body ends. */
export const bodyForm = { none: 0, sized: 1, untilClose: 2, chunked: 3 } as const;

/** What a head says; one object is reused for all heads of a connection. */
export class Head {
  status = 0;
  /** name0, value0, ... as they came. */
  headers: string[] = [];
  form: number = bodyForm.none;
  /** Bytes of a sized body. */
  length = 0;
  /** The connection outlives the response. */
  isPersistent = false;
  /** `timeout` of a Keep-Alive field, -1 without one. */
  keepAliveSeconds = -1;
  /** Values of Content-Length and Transfer-Encoding. */
  lengths: string[] | undefined;
  encodings: string[] | undefined;
}

/** Offset behind the empty line that ends a head, -1 if it is not there yet. A bare line feed ends a line, as in Go. */
export function headEnd(bytes: Buffer, start: number, end: number, scanFrom: number): number {
  for (let i = scanFrom; i < end; i++) {
    if (bytes[i] !== lineFeed) continue;
    const before = i - 1;
    if (before < start || bytes[before] === lineFeed) return i + 1;
    if (bytes[before] === carriageReturn && (before === start || bytes[before - 1] === lineFeed)) {
      return i + 1;
    }
  }
  return -1;
}

/** Reads a complete head. @returns what is wrong with it */
export function parseHead(text: string, isHeadRequest: boolean, head: Head): string | undefined {
  const statusEnd = text.indexOf("\n");
  const line = text.slice(0, trimReturn(text, statusEnd));
  const isVersion11 = line.startsWith("HTTP/1.1 ");
  const status = isVersion11 ? threeDigits(line, 9) : -1;
  head.status = status;
  head.isPersistent = isVersion11;
  if (status < 100 || (line.length > 12 && line.charCodeAt(12) !== space)) {
    const problem = parseStatusLine(line, head);
    if (problem !== undefined) return problem;
  }
  return parseFields(text, statusEnd + 1, head) ?? frame(isHeadRequest, head);
}

/** Status lines that are not of the common form. */
function parseStatusLine(line: string, head: Head): string | undefined {
  const firstSpace = line.indexOf(" ");
  if (firstSpace < 0) return `malformed HTTP response ${quote(line)}`;
  const version = line.slice(0, firstSpace);
  let start = firstSpace;
  while (line.charCodeAt(start) === space) start++;
  const nextSpace = line.indexOf(" ", start);
  const statusCode = nextSpace < 0 ? line.slice(start) : line.slice(start, nextSpace);
  const status = statusCode.length === 3 ? threeDigits(statusCode, 0) : -1;
  if (status < 100) return `malformed HTTP status code ${quote(statusCode)}`;
  const minor =
    version.length === 8 && version.startsWith("HTTP/1.") ? version.charCodeAt(7) - 0x30 : -1;
  if (minor < 0 || minor > 9) return `malformed HTTP version ${quote(version)}`;
  head.status = status;
  head.isPersistent = minor > 0;
  return undefined;
}

/** @returns what is wrong with a field */
function parseFields(text: string, from: number, head: Head): string | undefined {
  const { headers } = head;
  const isVersion11 = head.isPersistent;
  headers.length = 0;
  head.keepAliveSeconds = -1;
  head.lengths = undefined;
  head.encodings = undefined;
  let saysClose = false;
  let saysKeepAlive = false;
  let position = from;
  for (;;) {
    const lineFeedAt = text.indexOf("\n", position);
    const end = trimReturn(text, lineFeedAt);
    if (end === position) break;
    const nameEnd = skipToken(text, position);
    if (text.charCodeAt(nameEnd) !== colon || nameEnd === position) {
      return badLine(text.slice(position, end), position === from);
    }
    let start = nameEnd + 1;
    let valueEnd = end;
    while (start < valueEnd && isBlank(text.charCodeAt(start))) start++;
    while (valueEnd > start && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--;
    for (let i = start; i < valueEnd; i++) {
      const c = text.charCodeAt(i);
      if ((c < space && c !== tab) || c === 0x7f) {
        return `malformed MIME header line: ${quote(text.slice(position, end))}`;
      }
    }
    const name = text.slice(position, nameEnd);
    const value = text.slice(start, valueEnd);
    headers.push(name, value);
    switch (nameEnd - position) {
      case 10:
        if (isName(name, "connection")) {
          saysClose ||= hasToken(value, "close");
          saysKeepAlive ||= hasToken(value, "keep-alive");
        } else if (isName(name, "keep-alive")) head.keepAliveSeconds = keepAliveSeconds(value);
        break;
      case 14:
        if (isName(name, "content-length")) head.lengths = appended(head.lengths, value);
        break;
      case 17:
        if (isName(name, "transfer-encoding")) head.encodings = appended(head.encodings, value);
    }
    position = lineFeedAt + 1;
  }
  head.isPersistent = !saysClose && (isVersion11 || saysKeepAlive);
  return head.encodings !== undefined && !isVersion11
    ? `unsupported transfer encoding: ${quote(head.encodings[0] as string)}`
    : undefined;
}

function badLine(line: string, isFirst: boolean): string {
  if (isFirst && isBlank(line.charCodeAt(0)))
    return `malformed MIME header initial line: ${quote(line)}`;
  if (!line.includes(":")) return `malformed MIME header: missing colon: ${quote(line)}`;
  return `malformed MIME header line: ${quote(line)}`;
}

/** Decides how the body ends. @returns what is wrong with the head */
function frame(isHeadRequest: boolean, head: Head): string | undefined {
  const { status, lengths, encodings } = head;
  let length = -1;
  if (encodings !== undefined) {
    if (encodings.length > 1) return `too many transfer encodings: [${quoteAll(encodings)}]`;
    const encoding = encodings[0] as string;
    if (!isName(encoding, "chunked")) return `unsupported transfer encoding: ${quote(encoding)}`;
    // Two readers could see two bodies: stricter than the reference, which drops the length.
    if (lengths) return "http: message cannot contain both Transfer-Encoding and Content-Length";
  } else if (lengths !== undefined) {
    const first = lengths[0] as string;
    if (lengths.some((other) => other !== first)) {
      const all = quoteAll(lengths);
      return `http: message cannot contain multiple Content-Length headers; got [${all}]`;
    }
    if (first === "") return 'invalid empty Content-Length ""';
    length = decimal(first);
    if (length < 0) return `bad Content-Length ${quote(first)}`;
  }
  head.length = 0;
  if (status === 101) head.isPersistent = false;
  if (isHeadRequest || status < 200 || status === 204 || status === 304) head.form = bodyForm.none;
  else if (encodings !== undefined) head.form = bodyForm.chunked;
  else if (length >= 0) {
    head.form = length === 0 ? bodyForm.none : bodyForm.sized;
    head.length = length;
  } else {
    head.form = bodyForm.untilClose;
    head.isPersistent = false;
  }
  return undefined;
}

function appended(values: string[] | undefined, value: string): string[] {
  if (values === undefined) return [value];
  values.push(value);
  return values;
}

const quoteAll = (values: readonly string[]): string => values.map((one) => quote(one)).join(" ");

/** Value of a non-negative decimal number, -1 for anything else. */
function decimal(text: string): number {
  if (text.length > 16) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1;
}

function keepAliveSeconds(value: string): number {
  const lower = value.toLowerCase();
  const start = lower.indexOf("timeout=");
  if (start < 0) return -1;
  let end = start + 8;
  while (end < lower.length && lower.charCodeAt(end) >= 0x30 && lower.charCodeAt(end) <= 0x39)
    end++;
  return end === start + 8 ? -1 : decimal(lower.slice(start + 8, end));
}

function threeDigits(text: string, at: number): number {
  const a = text.charCodeAt(at) - 0x30;
  const b = text.charCodeAt(at + 1) - 0x30;
  const c = text.charCodeAt(at + 2) - 0x30;
  const areDigits = a >= 0 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9;
  return areDigits ? a * 100 + b * 10 + c : -1;
}

/** End of the line whose line feed is at an offset. */
function trimReturn(text: string, lineFeedAt: number): number {
  return lineFeedAt > 0 && text.charCodeAt(lineFeedAt - 1) === carriageReturn
    ? lineFeedAt - 1
    : lineFeedAt;
}

/** Whether a field name is this one; `name` has the right length already, `lower` is lower case. */
export function isName(name: string, lower: string): boolean {
  if (name.length !== lower.length) return false;
  if (name === lower) return true;
  for (let i = 0; i < lower.length; i++) {
    const c = name.charCodeAt(i);
    const folded = c >= 0x41 && c <= 0x5a ? c | 0x20 : c;
    if (folded !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether a comma-separated list holds a token, in any case. */
function hasToken(list: string, lower: string): boolean {
  if (isName(list, lower)) return true;
  return list.includes(",") && list.split(",").some((one) => isName(one.trim(), lower));
}

/** Offset behind the token characters from an offset on. */
export function skipToken(text: string, from: number): number {
  let i = from;
  while (i < text.length && tokens[text.charCodeAt(i)] === 1) i++;
  return i;
}

const isBlank = (c: number): boolean => c === space || c === tab;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tab = 0x09;
const colon = 0x3a;

const tokens: Uint8Array = (() => {
  const table = new Uint8Array(256);
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (const c of `${letters}!#$%&'*+-.^_\`|~`) table[c.charCodeAt(0)] = 1;
  return table;
})();
