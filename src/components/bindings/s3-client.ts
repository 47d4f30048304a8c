/**
 * Requests to S3 and services like it.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
import { isIP } from "node:net";
import type { Clock } from "../../kit/time/clock.ts";
import type { AwsSettings } from "../shared/aws-settings.ts";
import { escapeText, presignUrl, signRequest } from "../shared/aws-signature.ts";
import { type HttpAnswer, HttpCalls } from "../shared/http-calls.ts";
import { parseXml } from "./s3-xml.ts";

export interface S3Settings extends AwsSettings {
  readonly bucket: string;
  /** With http or https; undefined: AWS's own for the region. */
  readonly endpoint: URL | undefined;
  readonly isPathStyle: boolean;
  readonly skipsVerification: boolean;
  /** Larger objects are not read. */
  readonly maxObjectBytes: number;
}

export interface S3Request {
  readonly method: "GET" | "PUT" | "DELETE" | "POST";
  /** "": the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** What the service refused. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  /** `NoSuchKey`; the status where there is none. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

const timeoutMs = 60_000;
const attempts = 3;
const firstPauseMs = 100;

export class S3Client implements AsyncDisposable {
  readonly #settings: S3Settings;
  readonly #clock: Clock;
  readonly #calls: HttpCalls;
  /** Of the bucket, without a slash at the end. */
  readonly #base: string;

  constructor(settings: S3Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#base = bucketUrl(settings);
    this.#calls = new HttpCalls({
      tls: { skipVerify: settings.skipsVerification },
      timeoutMs,
      maxAnswerBytes: settings.maxObjectBytes,
      connections: 32,
      clock,
    });
  }

  /** Longer answers are not read. */
  get maxObjectBytes(): number {
    return this.#settings.maxObjectBytes;
  }

  /** As it is told to callers. @throws {Error} for names that would lead elsewhere in an address */
  url(key: string): string {
    if (/(^|\/)\.{1,2}(\/|$)/.test(key)) {
      throw new Error("the key has a part . or .., which no address can hold");
    }
    return `${this.#base}/${key.split("/").map(escapeText).join("/")}`;
  }

  /** Address for reading an object. */
  presign(key: string, lifetimeMs: number): string {
    const { region, credentials } = this.#settings;
    return presignUrl({
      method: "GET",
      url: this.url(key),
      lifetimeSeconds: Math.ceil(lifetimeMs / 1000),
      region,
      service: "s3",
      credentials,
      now: this.#clock.now(),
    });
  }

  /** Again, after a pause, what the service could not do just now. @throws {S3Error} {Error} */
  async send(request: S3Request, signal?: AbortSignal): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#sendOnce(request, signal);
      if (answer.status >= 200 && answer.status < 300) return answer;
      if (answer.status < 500 || attempt === attempts) throw refusal(answer);
      await this.#clock.sleep(firstPauseMs * 2 ** attempt, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }

  #sendOnce(request: S3Request, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const { method, key, query = {}, headers: given = {}, body } = request;
    const { region, credentials } = this.#settings;
    const search = Object.entries(query)
      .map(([name, value]) => `${escapeText(name)}=${escapeText(value)}`)
      .join("&");
    const url = search === "" ? this.url(key) : `${this.url(key)}?${search}`;
    const signed = signRequest({
      method,
      url,
      headers: given,
      body: body ?? "",
      region,
      service: "s3",
      credentials,
      now: this.#clock.now(),
    });
    const headers = { ...given, ...signed };
    return this.#calls.call({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
    });
  }
}

function refusal({ status, body }: HttpAnswer): S3Error {
  try {
    const error = parseXml(body.toString("utf8"));
    return new S3Error(error.textOf("Code") || String(status), error.textOf("Message") ?? "");
  } catch {
    return new S3Error(String(status), "the service refused the request");
  }
}

/** Names that may stand before a host. */
const hostable = /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/;

function bucketUrl({ bucket, endpoint, isPathStyle, region }: S3Settings): string {
  const suffix = region.startsWith("cn-") ? ".cn" : "";
  const { protocol, host, hostname, pathname } =
    endpoint ?? new URL(`https://s3.${region}.amazonaws.com${suffix}`);
  const isInPath =
    isPathStyle || !hostable.test(bucket) || isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
  const path = pathname.replace(/\/+$/, "");
  return isInPath
    ? `${protocol}//${host}${path}/${escapeText(bucket)}`
    : `${protocol}//${bucket}.${host}${path}`;
}
