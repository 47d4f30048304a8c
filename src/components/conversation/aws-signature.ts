/**
 * Signature version 4 of AWS, in the Authorization header.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from "node:crypto";

export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** "" for lasting keys. */
  readonly sessionToken: string;
}

export interface SigningInput {
  readonly method: string;
  readonly url: string;
  /** Names in lower case; all are signed. `host` is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly region: string;
  readonly service: string;
  readonly credentials: AwsCredentials;
  /** ms since 1970. */
  readonly now: number;
}

/** @returns the headers to send beside the given ones */
export function signRequest(input: SigningInput): Record<string, string> {
  const { method, body, region, service, credentials } = input;
  const url = new URL(input.url);
  const date = new Date(input.now).toISOString().replace(/[-:]|\.\d+/g, "");
  const day = date.slice(0, 8);
  const { sessionToken } = credentials;
  const added: Record<string, string> = {
    "x-amz-date": date,
    ...(sessionToken === "" ? {} : { "x-amz-security-token": sessionToken }),
  };
  const signed = Object.entries({ ...input.headers, ...added, host: url.host }).sort(byName);
  const names = signed.map(([name]) => name).join(";");
  const request = [
    method,
    canonicalPath(url.pathname),
    canonicalQuery(url.searchParams),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    names,
    hash(body),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(request)}`;
  let key: Buffer = Buffer.from(`AWS4${credentials.secretKey}`);
  for (const part of [day, region, service, "aws4_request"]) key = hmac(key, part);
  const signature = hmac(key, text).toString("hex");
  const credential = `${credentials.accessKey}/${scope}`;
  return {
    ...added,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
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

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
