/**
 * Requests of bindings.http: where they go and what they carry.
 * @see spec 03 §9
 */
import { byteStringFromText } from "../../kit/http/byte-text.ts";
import { canonicalName, headerToken } from "../../kit/http/canonical-name.ts";
import type { BindingMetadata } from "./contract.ts";

export interface Target {
  /** As errors show it, without a password. */
  readonly shown: string;
  readonly origin: string;
  /** With the query; as it was written, apart from what no request line can hold. */
  readonly path: string;
}

/** One slash between the two; nothing is cleaned or moved: a query in the base stays where it is. */
export function joinPath(base: string, path: string): string {
  return path === "" ? base : `${base.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

/** @throws {Error} in the words of Go's net/url */
export function parseTarget(address: string): Target {
  const failure = (why: string): Error => new Error(`parse ${JSON.stringify(address)}: ${why}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(address)) {
    throw failure("net/url: invalid control character in URL");
  }
  const whole = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/.exec(address);
  const [, scheme = "", authority = "", rest = ""] = whole ?? [];
  if (!/^https?$/i.test(scheme)) {
    throw new Error(`unsupported protocol scheme ${JSON.stringify(scheme.toLowerCase())}`);
  }
  const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(rest.split("?", 1)[0] as string)?.[0];
  if (badEscape !== undefined) throw failure(`invalid URL escape ${JSON.stringify(badEscape)}`);
  let url: URL;
  try {
    url = new URL(`${scheme}://${authority}`);
  } catch (cause) {
    throw new Error(`parse ${JSON.stringify(address)}: invalid host`, { cause });
  }
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  return {
    shown: address.replace(/^([^/]*\/\/[^/?#@:]*):[^/?#@]*@/, "$1:***@"),
    origin: url.origin,
    path: escapeRest(path),
  };
}

/** Percent-encodes what is no visible ASCII character. */
const escapeRest = (text: string): string =>
  text.replace(/[^!-~]+/g, (part) =>
    Array.from(
      Buffer.from(part),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );

/** Where a redirect leads. @throws {TypeError} */
export const resolveLocation = (from: Target, location: string): string =>
  new URL(location, `${from.origin}${from.path}`).href;

const ownNames: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const traceNames = ["traceparent", "tracestate", "baggage"];
const jsonType = "application/json; charset=utf-8";

/**
 * Headers by lower-case name.
 * @param fixed set before the caller's own @throws {Error} in the words of Go's net/http
 */
export function requestHeaders(
  metadata: BindingMetadata,
  fixed: BindingMetadata,
  hasBody: boolean,
): Map<string, string> {
  const headers = new Map<string, string>(fixed);
  if (hasBody) headers.set("content-type", metadata.get("Content-Type") ?? jsonType);
  headers.set("accept", metadata.get("Accept") ?? jsonType);
  for (const [name, value] of metadata) {
    const lower = name.toLowerCase();
    if (!/^[A-Z]/.test(name) || ownNames.has(lower)) continue;
    if (!headerToken.test(name)) {
      throw new Error(`net/http: invalid header field name ${JSON.stringify(name)}`);
    }
    // Repeated in other spellings, or of a body that is not sent.
    if (lower === "content-type" && name !== "Content-Type") continue;
    if (lower === "accept" && name !== "Accept") continue;
    headers.set(lower, value);
  }
  for (const name of traceNames) {
    const value = metadata.get(name);
    if (value !== undefined && value !== "") headers.set(name, value);
  }
  for (const [name, value] of headers) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
      throw new Error(
        `net/http: invalid header field value for ${JSON.stringify(canonicalName(name))}`,
      );
    }
    headers.set(name, byteStringFromText(value));
  }
  return headers;
}
