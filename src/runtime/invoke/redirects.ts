/**
 * An HTTP client that follows redirects, for HTTPEndpoint resources.
 * @see spec 02 §12
 */
import type { HttpCall, HttpClient, HttpHandler, HttpRequest } from "../../kit/http/client.ts";

const maxRedirects = 10;

/** The others ask for the body to be sent again, which is gone. */
const followed = new Set([301, 302, 303]);

/** Not told to another host. */
const sensitive = new Set(["authorization", "www-authenticate", "cookie", "cookie2"]);

export interface RedirectingClientOptions {
  readonly client: HttpClient;
  /** `https://host:port` of the client. */
  readonly origin: string;
  /** Lower-case names of headers that are meant for this origin only. */
  readonly ownHeaders: ReadonlySet<string>;
  /** The client for another origin. @throws {Error} when it cannot be made */
  readonly clientFor: (origin: URL) => HttpClient;
}

export class RedirectingClient implements HttpClient {
  readonly #options: RedirectingClientOptions;

  constructor(options: RedirectingClientOptions) {
    this.#options = options;
  }

  send(request: HttpRequest, handler: HttpHandler): HttpCall {
    const call = new FollowingCall(this.#options, request, handler);
    call.start();
    return call;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#options.client[Symbol.asyncDispose]());
  }
}

class FollowingCall implements HttpCall, HttpHandler {
  readonly #options: RedirectingClientOptions;
  readonly #handler: HttpHandler;
  #request: HttpRequest;
  #client: HttpClient;
  #url: URL;
  #call: HttpCall | undefined;
  #redirects = 0;

  constructor(options: RedirectingClientOptions, request: HttpRequest, handler: HttpHandler) {
    this.#options = options;
    this.#client = options.client;
    this.#request = request;
    this.#handler = handler;
    this.#url = new URL(options.origin);
  }

  start(): void {
    this.#call = this.#client.send(this.#request, this);
  }

  onHead(status: number, headers: readonly string[]): void {
    const location = followed.has(status) ? locationOf(headers) : undefined;
    if (location === undefined) {
      this.#handler.onHead(status, headers);
      return;
    }
    this.#call?.abort();
    try {
      this.#follow(location);
    } catch (error) {
      this.#handler.onError(error as Error);
    }
  }

  /** @throws {Error} when there is nowhere to go */
  #follow(location: string): void {
    if (++this.#redirects > maxRedirects)
      throw new Error(`stopped after ${maxRedirects} redirects`);
    const from = new URL(this.#request.path, this.#url.origin);
    const to = URL.parse(location, from);
    if (to === null || (to.protocol !== "http:" && to.protocol !== "https:")) {
      throw new Error(`failed to parse Location header ${JSON.stringify(location)}`);
    }
    const isSameOrigin = to.origin === this.#url.origin;
    const { method, headers } = this.#request;
    this.#request = {
      method: method === "HEAD" ? "HEAD" : "GET",
      path: `${to.pathname}${to.search}`,
      headers: isSameOrigin ? withoutBodyHeaders(headers) : this.#forOthers(headers),
      body: null,
    };
    if (!isSameOrigin) {
      this.#client = this.#options.clientFor(to);
      this.#url = to;
    }
    this.start();
  }

  #forOthers(headers: readonly string[]): string[] {
    const { ownHeaders } = this.#options;
    return keep(
      withoutBodyHeaders(headers),
      (name) => !sensitive.has(name) && !ownHeaders.has(name),
    );
  }

  onData(chunk: Buffer): boolean {
    return this.#handler.onData(chunk);
  }

  onEnd(isComplete: boolean): void {
    this.#handler.onEnd(isComplete);
  }

  onError(error: Error): void {
    this.#handler.onError(error);
  }

  onDrain(): void {
    this.#handler.onDrain?.();
  }

  write(chunk: Uint8Array): boolean {
    // A body that still comes when the redirect is there has no reader any more.
    return this.#redirects > 0 || (this.#call?.write(chunk) ?? true);
  }

  endBody(): void {
    if (this.#redirects === 0) this.#call?.endBody();
  }

  resume(): void {
    this.#call?.resume();
  }

  abort(): void {
    this.#call?.abort();
  }
}

function locationOf(headers: readonly string[]): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === "location") return headers[i + 1] || undefined;
  }
  return undefined;
}

const withoutBodyHeaders = (headers: readonly string[]): string[] =>
  keep(headers, (name) => name !== "content-type" && name !== "content-encoding");

function keep(headers: readonly string[], isKept: (lower: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (isKept(name.toLowerCase())) kept.push(name, headers[i + 1] as string);
  }
  return kept;
}
