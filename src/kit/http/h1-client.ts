/**
 * HTTP/1.1 client of the app channel: a keep-alive pool over plain sockets. A call costs one write, one read and two
 * small objects; there are no streams, promises or emitters per call.
 * @see spec 02 §3.6, §11.1
 */
import type {
  HttpCall,
  HttpClient,
  HttpClientOptions,
  HttpHandler,
  HttpRequest,
} from "./client.ts";
import { H1Connection, joinedBodyBytes } from "./h1-connection.ts";
import { requestHead } from "./h1-request.ts";
import { joinHostPort } from "./network-error.ts";

const defaultMaxIdleMs = 90_000;
/** How often unused connections are looked through. */
const sweepMs = 1000;

export class H1Client implements HttpClient {
  readonly options: HttpClientOptions;
  readonly #common: string;
  readonly #maxIdleMs: number;
  /** The most recently used is last, and taken first. */
  readonly #idle: H1Connection[] = [];
  readonly #open = new Set<H1Connection>();
  #sweep: Disposable | undefined;
  #isClosed = false;

  constructor(options: HttpClientOptions) {
    this.options = options;
    this.#common = ` HTTP/1.1\r\nHost: ${joinHostPort(options.host, options.port)}\r\n`;
    this.#maxIdleMs = options.maxIdleMs ?? defaultMaxIdleMs;
  }

  send(request: HttpRequest, handler: HttpHandler): HttpCall {
    const call = new H1Call(request, handler, this);
    const head = this.#isClosed ? closedError() : requestHead(request, this.#common);
    if (typeof head !== "string") {
      queueMicrotask(() => call.fail(head));
      return call;
    }
    call.head = head;
    (this.#takeIdle() ?? this.#dial()).start(call);
    return call;
  }

  /** Sends a call again that a connection lost which the app had closed meanwhile. */
  resend(call: H1Call): void {
    if (this.#isClosed) call.fail(closedError());
    else this.#dial().start(call);
  }

  /** A connection is free again. @param keepAliveSeconds what the app said, -1 for nothing */
  release(connection: H1Connection, keepAliveSeconds: number): void {
    if (this.#isClosed) {
      connection.destroy();
      return;
    }
    let idleMs = this.#maxIdleMs;
    if (keepAliveSeconds >= 0) {
      // Leave before the app does: a request that meets its close is lost.
      const hintMs = keepAliveSeconds * 1000;
      idleMs = Math.min(idleMs, Math.max(hintMs - 1000, hintMs / 2));
    }
    connection.expiresAt = this.options.clock.monotonic() + idleMs;
    this.#idle.push(connection);
    this.#sweep ??= this.options.clock.interval(sweepMs, () => this.#closeExpired());
  }

  /** A connection is gone. */
  forget(connection: H1Connection): void {
    this.#open.delete(connection);
    const index = this.#idle.lastIndexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  /** Connections that wait for a request. */
  get idleCount(): number {
    return this.#idle.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#sweep?.[Symbol.dispose]();
    this.#sweep = undefined;
    for (const connection of [...this.#open]) connection.close(closedError());
  }

  #takeIdle(): H1Connection | undefined {
    let connection = this.#idle.pop();
    if (connection === undefined) return undefined;
    const now = this.options.clock.monotonic();
    while (connection !== undefined && (connection.expiresAt <= now || !connection.isUsable)) {
      connection.destroy();
      connection = this.#idle.pop();
    }
    return connection;
  }

  #dial(): H1Connection {
    const connection = new H1Connection(this);
    this.#open.add(connection);
    connection.dial();
    return connection;
  }

  #closeExpired(): void {
    const now = this.options.clock.monotonic();
    for (const connection of this.#idle.filter((one) => one.expiresAt <= now)) connection.destroy();
    if (this.#idle.length > 0) return;
    this.#sweep?.[Symbol.dispose]();
    this.#sweep = undefined;
  }
}

const closedError = (): Error => new Error("net/http: client is closed");

/** One request and its answer; a resent one gets another connection. */
export class H1Call implements HttpCall {
  readonly request: HttpRequest;
  readonly handler: HttpHandler;
  readonly #client: H1Client;
  head = "";
  /** undefined before the start and after the end. */
  connection: H1Connection | undefined;
  /** A streamed body that was not ended yet. */
  isBodyOpen: boolean;
  /** Bytes written of a streamed body. */
  bodyBytes = 0;
  isResent = false;
  #isOver = false;

  constructor(request: HttpRequest, handler: HttpHandler, client: H1Client) {
    this.request = request;
    this.handler = handler;
    this.#client = client;
    this.isBodyOpen = request.body === "stream";
  }

  write(chunk: Uint8Array): boolean {
    if (this.connection === undefined || !this.isBodyOpen || chunk.length === 0) return true;
    this.bodyBytes += chunk.length;
    const { contentLength } = this.request;
    if (contentLength === undefined) return this.connection.writeChunk(chunk);
    if (this.bodyBytes > contentLength) {
      this.connection.close(this.#lengthError());
      return true;
    }
    return this.connection.writeCopy(chunk);
  }

  endBody(): void {
    const { connection } = this;
    if (connection === undefined || !this.isBodyOpen) return;
    const { contentLength } = this.request;
    if (contentLength !== undefined && this.bodyBytes < contentLength) {
      connection.close(this.#lengthError());
      return;
    }
    this.isBodyOpen = false;
    if (contentLength === undefined) connection.writeLastChunk();
  }

  resume(): void {
    this.connection?.resume();
  }

  abort(): void {
    this.#isOver = true;
    const { connection } = this;
    this.connection = undefined;
    connection?.drop();
  }

  /** The connection broke before the head. */
  fail(error: Error): void {
    this.connection = undefined;
    if (this.#isOver) return;
    this.#isOver = true;
    this.handler.onError(error);
  }

  /**
   * The connection broke before a byte of the answer came: one more try where that is safe.
   * @param isUnsent writing had failed, so that a request of one write never left
   */
  retryOr(error: Error, isUnsent: boolean): void {
    this.connection = undefined;
    if (this.#isOver) return;
    const { body } = this.request;
    const neverLeft = isUnsent && body !== "stream" && (body?.length ?? 0) <= joinedBodyBytes;
    if (this.isResent || !(neverLeft || this.#isReplayable)) {
      this.fail(error);
      return;
    }
    this.isResent = true;
    this.#client.resend(this);
  }

  end(isComplete: boolean): void {
    this.connection = undefined;
    if (this.#isOver) return;
    this.#isOver = true;
    this.handler.onEnd(isComplete);
  }

  /** As in Go: nothing streamed, and a verb or a key that says that twice is as good as once. */
  get #isReplayable(): boolean {
    const { method, body, headers } = this.request;
    if (body === "stream") return false;
    if (method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "TRACE") {
      return true;
    }
    for (let i = 0; i < headers.length; i += 2) {
      const name = (headers[i] as string).toLowerCase();
      if (name === "idempotency-key" || name === "x-idempotency-key") return true;
    }
    return false;
  }

  #lengthError(): Error {
    const { contentLength = 0 } = this.request;
    return new Error(
      `net/http: HTTP/1.x transport connection broken: http: ContentLength=${contentLength} with Body length ${this.bodyBytes}`,
    );
  }
}
