/**
 * Signature version 4 of AWS, in the Authorization header or in the query of an address that is passed on.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from "node:crypto";

export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** "" for lasting keys. */
  readonly sessionToken: string;
}

interface Signer {
  readonly region: string;
  readonly service: string;
  readonly credentials: AwsCredentials;
  /** ms since 1970. */
  readonly now: number;
}

export interface SigningInput extends Signer {
  readonly method: string;
  readonly url: string;
  /** Names in lower case; all are signed. `host` is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface PresigningInput extends Signer {
  readonly method: string;
  readonly url: string;
  /** From now on. */
  readonly lifetimeSeconds: number;
}

/** @returns the headers to send beside the given ones */
export function signRequest(input: SigningInput): Record<string, string> {
  const { body, service, credentials } = input;
  const url = new URL(input.url);
  const { date, scope } = scopeOf(input);
  const { sessionToken } = credentials;
  const bodyHash = hash(body);
  const added: Record<string, string> = {
    "x-amz-date": date,
    ...(service === "s3" ? { "x-amz-content-sha256": bodyHash } : {}),
    ...(sessionToken === "" ? {} : { "x-amz-security-token": sessionToken }),
  };
  const headers = { ...input.headers, ...added, host: url.host };
  const { names, signature } = sign(input, url, headers, bodyHash);
  const credential = `${credentials.accessKey}/${scope}`;
  return {
    ...added,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** @returns the address with which anybody may send the request, with any body */
export function presignUrl(input: PresigningInput): string {
  const { credentials, lifetimeSeconds } = input;
  const url = new URL(input.url);
  const { date, scope } = scopeOf(input);
  for (const [name, value] of [
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `${credentials.accessKey}/${scope}`],
    ["X-Amz-Date", date],
    ["X-Amz-Expires", String(lifetimeSeconds)],
    ...(credentials.sessionToken === ""
      ? []
      : [["X-Amz-Security-Token", credentials.sessionToken] as const]),
    ["X-Amz-SignedHeaders", "host"],
  ] as const) {
    url.searchParams.set(name, value);
  }
  const { signature } = sign(input, url, { host: url.host }, "UNSIGNED-PAYLOAD");
  const query = canonicalQuery(url.searchParams);
  return `${url.origin}${url.pathname}?${query}&X-Amz-Signature=${signature}`;
}

function scopeOf({ now, region, service }: Signer): {
  readonly date: string;
  readonly day: string;
  readonly scope: string;
} {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const day = date.slice(0, 8);
  return { date, day, scope: `${day}/${region}/${service}/aws4_request` };
}

function sign(
  signer: Signer & { readonly method: string },
  url: URL,
  headers: Readonly<Record<string, string>>,
  bodyHash: string,
): { readonly names: string; readonly signature: string } {
  const { method, region, service, credentials } = signer;
  const { date, day, scope } = scopeOf(signer);
  const signed = Object.entries(headers).sort(byName);
  const names = signed.map(([name]) => name).join(";");
  const request = [
    method,
    service === "s3" ? url.pathname : canonicalPath(url.pathname),
    canonicalQuery(url.searchParams),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    names,
    bodyHash,
  ].join("\n");
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(request)}`;
  let key: Buffer = Buffer.from(`AWS4${credentials.secretKey}`);
  for (const part of [day, region, service, "aws4_request"]) key = hmac(key, part);
  return { names, signature: hmac(key, text).toString("hex") };
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** Escaped once more than it is sent, as all services but S3 want it. */
const canonicalPath = (path: string): string => path.split("/").map(escapeText).join("/") || "/";

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]): [string, string] => [escapeText(name), escapeText(value)])
    .sort(([a, x], [b, y]) => byName([a, ""], [b, ""]) || byName([x, ""], [y, ""]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** All but letters, digits and `-._~`. */
export const escapeText = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const hash = (bytes: string | Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");
const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
