/**
 * HTTP/2 client in clear text, by prior knowledge, over node:http2: for apps that speak h2c. Calls share one connection.
 * @see spec 02 §11.1
 */
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from "node:http2";
import { http2Module } from "./builtin.ts";
import { byteStringFromText } from "./byte-text.ts";
import type {
  HttpCall,
  HttpClient,
  HttpClientOptions,
  HttpHandler,
  HttpRequest,
} from "./client.ts";
import { requestHead } from "./h1-request.ts";
import { dialError, dialTimeout, joinHostPort } from "./network-error.ts";

const defaultConnectTimeoutMs = 5000;
const defaultMaxIdleMs = 90_000;
const maxHeaderPairs = 1000;

const noError = 0;
const refusedStream = 7;
const cancelled = 8;

/** Fields that belong to one HTTP/1 connection; HTTP/2 forbids them. */
const connectionFields = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

export class H2cClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #authority: string;
  #connection: Connection | undefined;
  readonly #open = new Set<Connection>();
  #isClosed = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#authority = joinHostPort(options.host, options.port);
  }

  send(request: HttpRequest, handler: HttpHandler): HttpCall {
    const call = new H2cCall(request, handler);
    // The rules for what may go on the wire are the same.
    const head = requestHead(request, " HTTP/1.1\r\n");
    if (this.#isClosed || typeof head !== "string") {
      const error = typeof head === "string" ? new Error("net/http: client is closed") : head;
      queueMicrotask(() => call.fail(error));
      return call;
    }
    this.#start(call);
    return call;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const connection of [...this.#open]) connection.destroy();
  }

  #start(call: H2cCall): void {
    let connection = this.#connection;
    if (connection === undefined || !connection.isUsable) {
      connection = new Connection(this.#options, this.#authority, (gone) =>
        this.#open.delete(gone),
      );
      this.#connection = connection;
      this.#open.add(connection);
    }
    connection.start(call, () => {
      if (this.#isClosed) call.fail(new Error("net/http: client is closed"));
      else this.#start(call);
    });
  }
}

class Connection {
  readonly #options: HttpClientOptions;
  readonly #authority: string;
  readonly #session: ClientHttp2Session;
  #dialTimer: Disposable;
  #idleTimer: Disposable | undefined;
  #isConnected = false;
  #hasSettings = false;
  #calls = 0;
  /** Why the session ended. */
  #error: Error | undefined;

  constructor(options: HttpClientOptions, authority: string, onGone: (gone: Connection) => void) {
    const { host, port, clock } = options;
    this.#options = options;
    this.#authority = authority;
    const session = http2Module().connect(`http://${authority}`, {
      settings: { enablePush: false },
      maxHeaderListPairs: maxHeaderPairs,
    });
    this.#session = session;
    this.#dialTimer = clock.timer(options.connectTimeoutMs ?? defaultConnectTimeoutMs, () =>
      session.destroy(dialTimeout(host, port)),
    );
    session.once("connect", () => {
      this.#isConnected = true;
      this.#dialTimer[Symbol.dispose]();
    });
    session.once("remoteSettings", () => {
      this.#hasSettings = true;
    });
    session.on("error", (error: Error) => {
      this.#error ??= this.#shown(error);
    });
    session.once("close", () => {
      this.#dialTimer[Symbol.dispose]();
      this.#idleTimer?.[Symbol.dispose]();
      onGone(this);
    });
  }

  get isUsable(): boolean {
    return !this.#session.closed && !this.#session.destroyed && this.#error === undefined;
  }

  destroy(): void {
    this.#session.destroy();
  }

  /** @param restart sends the call on another connection */
  start(call: H2cCall, restart: () => void): void {
    this.#calls++;
    this.#idleTimer?.[Symbol.dispose]();
    this.#idleTimer = undefined;
    const { request } = call;
    const isStreamed = request.body === "stream";
    const body = isStreamed || request.body === null ? undefined : (request.body as Uint8Array);
    const hasBody = isStreamed || (body !== undefined && body.length > 0);
    const stream = this.#session.request(this.#headers(request), { endStream: !hasBody });
    let cause: Error | undefined;
    stream.on("error", (error: Error) => {
      cause = error;
    });
    call.run(stream, this.#options.maxHeaderBytes);
    stream.once("close", () => {
      this.#release();
      call.closed(stream, () => this.#failure(stream, cause), restart);
    });
    if (body !== undefined && hasBody) stream.end(body);
  }

  #release(): void {
    if (--this.#calls > 0 || !this.isUsable) return;
    const { clock, maxIdleMs = defaultMaxIdleMs } = this.#options;
    this.#idleTimer = clock.timer(maxIdleMs, () => this.#session.close());
  }

  #headers(request: HttpRequest): OutgoingHttpHeaders {
    // No prototype: names come from callers.
    const headers: OutgoingHttpHeaders = Object.create(null);
    headers[":method"] = request.method;
    headers[":path"] = request.path;
    headers[":scheme"] = "http";
    headers[":authority"] = this.#authority;
    for (let i = 0; i + 1 < request.headers.length; i += 2) {
      const name = (request.headers[i] as string).toLowerCase();
      if (connectionFields.has(name) || name.startsWith(":")) continue;
      const value = request.headers[i + 1] as string;
      const bytes = isWide(value) ? byteStringFromText(value) : value;
      const known = headers[name];
      if (known === undefined) headers[name] = bytes;
      else if (Array.isArray(known)) known.push(bytes);
      else headers[name] = [String(known), bytes];
    }
    const { body, contentLength } = request;
    if (body === "stream") {
      if (contentLength !== undefined) headers["content-length"] = String(contentLength);
    } else if (body !== null && body.length > 0) headers["content-length"] = String(body.length);
    return headers;
  }

  /** Why a stream ended before its answer began. */
  #failure(stream: ClientHttp2Stream, streamError: Error | undefined): Error {
    // The session's error comes after those of its streams, which name it as their cause.
    const cause = streamError?.cause instanceof Error ? streamError.cause : streamError;
    if (this.#error !== undefined) return this.#error;
    if (cause !== undefined && !isStreamError(cause)) return this.#shown(cause);
    const code = stream.rstCode ?? 0;
    if (code === noError || code === cancelled) {
      return new Error(this.#isConnected ? "unexpected EOF" : "EOF");
    }
    const name = errorNames[code] ?? `unknown error code 0x${code.toString(16)}`;
    return new Error(`stream error: stream ID ${stream.id ?? 0}; ${name}; received from peer`);
  }

  #shown(error: Error): Error {
    const { host, port } = this.#options;
    if (!this.#isConnected)
      return error.message.startsWith("dial ") ? error : dialError(error, host, port);
    if (!this.#hasSettings && (error as NodeJS.ErrnoException).code?.startsWith("ERR_HTTP2")) {
      return new Error(
        "http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header",
        { cause: error },
      );
    }
    if ((error as NodeJS.ErrnoException).code === "ECONNRESET")
      return new Error("unexpected EOF", { cause: error });
    return new Error(`http2: ${error.message}`, { cause: error });
  }
}

/** Errors that concern one stream only. */
function isStreamError(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ERR_HTTP2_STREAM_ERROR" || code === "ERR_HTTP2_STREAM_CANCEL";
}

/** Go's names, by code. */
const errorNames: readonly string[] = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

class H2cCall implements HttpCall {
  readonly request: HttpRequest;
  readonly #handler: HttpHandler;
  #stream: ClientHttp2Stream | undefined;
  #hasHead = false;
  #isOver = false;
  #isRestarted = false;
  #bodyBytes = 0;
  #error: Error | undefined;

  constructor(request: HttpRequest, handler: HttpHandler) {
    this.request = request;
    this.#handler = handler;
  }

  run(stream: ClientHttp2Stream, maxHeaderBytes: number): void {
    this.#stream = stream;
    stream.on("response", (headers) => this.#head(headers, maxHeaderBytes));
    stream.on("data", (chunk: Buffer) => {
      if (!this.#isOver && !this.#handler.onData(chunk)) stream.pause();
    });
    stream.on("end", () => {
      // A stream that is over on both sides closes at once, and says then whether it was reset.
      if (this.#isOver || !this.#hasHead || stream.writableEnded) return;
      this.#isOver = true;
      stream.close(noError);
      this.#handler.onEnd(true);
    });
    stream.on("drain", () => {
      if (!this.#isOver) this.#handler.onDrain?.();
    });
    if (this.#isOver) stream.close(cancelled);
  }

  /** The stream is gone; says so to a handler that has no end yet. */
  closed(stream: ClientHttp2Stream, failure: () => Error, restart: () => void): void {
    if (this.#isOver || stream !== this.#stream) return;
    if (this.#hasHead) {
      this.#isOver = true;
      this.#handler.onEnd(stream.rstCode === noError && stream.readableEnded);
      return;
    }
    const isRefused = stream.rstCode === refusedStream;
    if (isRefused && !this.#isRestarted && this.request.body !== "stream") {
      // The app promises that it did nothing.
      this.#isRestarted = true;
      restart();
    } else {
      this.fail(this.#error ?? failure());
    }
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#handler.onError(error);
  }

  write(chunk: Uint8Array): boolean {
    const stream = this.#stream;
    if (this.#isOver || stream === undefined || !stream.writable || chunk.length === 0) return true;
    this.#bodyBytes += chunk.length;
    const { contentLength } = this.request;
    if (contentLength !== undefined && this.#bodyBytes > contentLength) {
      this.#breakOff(contentLength);
      return true;
    }
    return stream.write(Buffer.from(chunk));
  }

  endBody(): void {
    const stream = this.#stream;
    if (this.#isOver || stream === undefined || !stream.writable) return;
    const { contentLength } = this.request;
    if (contentLength !== undefined && this.#bodyBytes < contentLength)
      this.#breakOff(contentLength);
    else stream.end();
  }

  resume(): void {
    this.#stream?.resume();
  }

  abort(): void {
    this.#isOver = true;
    this.#stream?.close(cancelled);
  }

  #breakOff(contentLength: number): void {
    this.#error = new Error(
      `http: ContentLength=${contentLength} with Body length ${this.#bodyBytes}`,
    );
    this.#stream?.close(cancelled);
  }

  #head(
    headers: IncomingHttpHeaders & { ":status"?: number | undefined },
    maxHeaderBytes: number,
  ): void {
    if (this.#isOver) return;
    const pairs: string[] = [];
    let bytes = 0;
    for (const [name, value] of Object.entries(headers)) {
      if (name.startsWith(":") || value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [String(value)]) {
        pairs.push(name, one);
        bytes += name.length + one.length + 32;
      }
    }
    if (bytes > maxHeaderBytes) {
      this.#error = new Error("http2: response header list larger than advertised limit");
      this.#stream?.close(cancelled);
      return;
    }
    this.#hasHead = true;
    this.#handler.onHead(headers[":status"] ?? 0, pairs);
  }
}

function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}
