/**
 * Calls of components to HTTP services: kept connections, a deadline for each call, answers of bounded size.
 */
import { Agent, type Dispatcher } from "undici";
import { dialError, dialTimeout, handshakeError, readError } from "../../kit/http/network-error.ts";
import type { Clock } from "../../kit/time/clock.ts";

export interface ClientTls {
  /** PEM; undefined: the authorities that Node.js knows. */
  readonly ca?: string | readonly string[] | undefined;
  /** PEM, of the client. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Asked for and compared with the certificate, instead of the host of the address. */
  readonly serverName?: string | undefined;
  readonly skipVerify?: boolean | undefined;
}

export interface HttpCallsOptions {
  readonly tls?: ClientTls;
  /** ms, for one call with its answer and redirects. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  /** Default 0: a redirect is an answer. Never followed from https to http; not for calls with a body. */
  readonly maxRedirects?: number;
  /** Of one origin; further calls wait. */
  readonly connections: number;
  readonly clock: Clock;
}

export interface HttpCall {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const connectTimeoutMs = 10_000;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class HttpCalls implements AsyncDisposable {
  readonly #agent: Agent;
  readonly #options: HttpCallsOptions;

  constructor(options: HttpCallsOptions) {
    const { tls = {}, timeoutMs, connections } = options;
    this.#options = options;
    this.#agent = new Agent({
      connections,
      pipelining: 1,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: {
        timeout: Math.min(timeoutMs, connectTimeoutMs),
        ...(tls.ca === undefined ? {} : { ca: typeof tls.ca === "string" ? tls.ca : [...tls.ca] }),
        ...(tls.cert === undefined ? {} : { cert: tls.cert }),
        ...(tls.key === undefined ? {} : { key: tls.key }),
        ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
        rejectUnauthorized: tls.skipVerify !== true,
      },
    });
  }

  /** @throws {Error} `Get "URL": reason` when there is no complete answer, with the words of Go's client */
  async call(call: HttpCall): Promise<HttpAnswer> {
    using deadline = this.#options.clock.deadline(this.#options.timeoutMs, call.signal);
    const left = call.body === undefined ? (this.#options.maxRedirects ?? 0) : 0;
    let { url } = call;
    for (let hops = 0; ; hops++) {
      const answer = await this.#send({ ...call, url }, deadline);
      const next = hops < left ? redirectTarget(answer, url) : undefined;
      if (next === undefined) return answer;
      url = next;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
    const { origin, pathname, search } = new URL(call.url);
    const request: Dispatcher.RequestOptions = {
      origin,
      path: pathname + search,
      method: call.method as Dispatcher.HttpMethod,
      headers: { ...call.headers },
      body: call.body ?? null,
      signal,
    };
    for (let attempt = 0; ; attempt++) {
      try {
        const { statusCode, headers, body } = await this.#agent.request(request);
        return { status: statusCode, headers, body: await this.#readBody(body) };
      } catch (error) {
        // The server may have closed a kept connection just as it was taken.
        const isSafe = call.body === undefined && !signal.aborted;
        if (attempt === 0 && isSafe && wasClosed(error)) continue;
        throw callFailure(call, signal.aborted ? (signal.reason as Error) : (error as Error));
      }
    }
  }

  async #readBody(body: Dispatcher.ResponseData["body"]): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > this.#options.maxAnswerBytes) {
        body.destroy();
        throw new Error(`the answer is larger than ${this.#options.maxAnswerBytes} bytes`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  }
}

function redirectTarget({ status, headers }: HttpAnswer, from: string): string | undefined {
  const { location } = headers;
  if (!redirects.has(status) || typeof location !== "string") return undefined;
  const target = URL.parse(location, from);
  if (target === null || !/^https?:$/.test(target.protocol)) return undefined;
  const isDowngrade = from.startsWith("https:") && target.protocol === "http:";
  return isDowngrade ? undefined : target.href;
}

const closedCodes: ReadonlySet<unknown> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/** A kept connection was closed by the server. */
export const wasClosed = (error: unknown): boolean =>
  closedCodes.has((error as { code?: unknown } | null)?.code);

/** `Get "URL": reason`, in the words of Go's client. */
export function callFailure(
  { method, url }: Pick<HttpCall, "method" | "url">,
  cause: Error,
): Error {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const reason = reasonOf(cause, host, Number(port) || (protocol === "https:" ? 443 : 80));
  const verb = method.slice(0, 1) + method.slice(1).toLowerCase();
  return new Error(`${verb} ${JSON.stringify(url)}: ${reason}`, { cause });
}

function reasonOf(error: Error, host: string, port: number): string {
  const first = error instanceof AggregateError ? ((error.errors[0] as Error) ?? error) : error;
  const { code, syscall } = first as NodeJS.ErrnoException;
  if (code === "UND_ERR_CONNECT_TIMEOUT") return dialTimeout(host, port).message;
  if (code === "UND_ERR_SOCKET") return "EOF";
  if (syscall === "connect" || syscall === "getaddrinfo") {
    return dialError(error, host, port).message;
  }
  if (syscall === "read") return readError(first, `${host}:${port}`).message;
  return handshakeError(first).message;
}
