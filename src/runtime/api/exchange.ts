/**
 * One HTTP request and its answer over node:http or node:http2's compatible classes.
 */
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Readable, Writable } from "node:stream";
import { ApiError } from "../../kit/errors/api-error.ts";
import { renderHttp } from "../../kit/errors/render.ts";
import { CanceledError } from "../../kit/time/clock.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import {
  type BodySink,
  BodyTooLargeError,
  type HttpExchange,
  type HttpRoute,
} from "./http-route.ts";
import type { IdleBodies, WaitingBody } from "./idle-bodies.ts";
import { queryMetadata, queryPairs, queryUnescape } from "./query.ts";

export type RawRequest = IncomingMessage | Http2ServerRequest;
export type RawResponse = ServerResponse | Http2ServerResponse;

/** What an exchange tells its server. */
export interface ExchangeOwner {
  /** Bytes; 0: no limit. */
  readonly maxBodyBytes: number;
  /** Watches over bodies that are read whole. */
  readonly idleBodies?: IdleBodies;
  /** Told when a body is over its size or its time. */
  readonly onLimit?: ((limit: "body" | "body-idle") => void) | undefined;
  onError(error: ApiError): void;
  /** Called once, when the answer's head and body were handed over. */
  onFinish(exchange: NodeExchange, status: number, responseBytes: number): void;
}

const noParams: readonly string[] = [];
const noBytes = Buffer.alloc(0);

/** Bytes; beyond it copying costs more than a second buffer in the write. */
const maxJoinedBytes = 16_384;

export class NodeExchange implements HttpExchange {
  readonly request: RawRequest;
  readonly response: RawResponse;
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly startedAt: number;
  readonly #owner: ExchangeOwner;
  route: HttpRoute | undefined;
  params: readonly string[] = noParams;
  span: Span | undefined;
  isLogged = false;
  isAnswered = false;
  #headers: string[] | undefined;
  #rawHeaders: string[] | undefined;
  #traceparent = "";
  #tracestate = "";
  #abort: AbortController | undefined;

  constructor(
    owner: ExchangeOwner,
    request: RawRequest,
    response: RawResponse,
    init: { target: string; path: string; query: string; startedAt: number },
  ) {
    this.#owner = owner;
    this.request = request;
    this.response = response;
    this.method = request.method ?? "GET";
    this.target = init.target;
    this.path = init.path;
    this.query = init.query;
    this.startedAt = init.startedAt;
  }

  /** @throws {Error} `failed to unescape request parameter "x". Error: ...` */
  bind(route: HttpRoute, raw: readonly string[]): void {
    this.route = route;
    if (raw.length === 0) return;
    this.params = raw.map((segment, i) => {
      try {
        return queryUnescape(segment);
      } catch (error) {
        const name = route.path
          .split("/")
          .filter((part) => part.startsWith(":"))
          [i]?.slice(1);
        throw new Error(
          `failed to unescape request parameter ${JSON.stringify(name ?? "*")}. Error: ${(error as Error).message}`,
        );
      }
    });
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get rawHeaders(): readonly string[] {
    return this.#rawHeaders ?? this.request.rawHeaders;
  }

  /** Takes a header out of sight of everything behind the layers. */
  hideRawHeader(name: string): void {
    const kept: string[] = [];
    const raw = this.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) {
      if (raw[i]?.toLowerCase() !== name) kept.push(raw[i] as string, raw[i + 1] as string);
    }
    this.#rawHeaders = kept;
  }

  reasonPhrase(status: number): string {
    return STATUS_CODES[status] ?? "";
  }

  /** Sent unless the handler sets trace headers of its own. */
  setTraceHeaders(traceparent: string, tracestate: string): void {
    this.#traceparent = traceparent;
    this.#tracestate = tracestate;
  }

  get remoteAddress(): string {
    const { remoteAddress = "", remotePort = 0 } = this.request.socket;
    return remoteAddress.includes(":") && !remoteAddress.startsWith("::ffff:")
      ? `[${remoteAddress}]:${remotePort}`
      : `${remoteAddress.replace("::ffff:", "")}:${remotePort}`;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const controller = new AbortController();
      this.#abort = controller;
      this.response.once("close", () => {
        if (!this.response.writableEnded) controller.abort(new CanceledError());
      });
    }
    return this.#abort.signal;
  }

  onCancel(callback: () => void): void {
    this.response.once("close", () => {
      if (!this.response.writableEnded) callback();
    });
  }

  metadata(): ReadonlyMap<string, string> {
    return queryMetadata(this.query);
  }

  queryValue(name: string): string | undefined {
    for (const [key, value] of queryPairs(this.query)) if (key === name) return value;
    return undefined;
  }

  queryValues(name: string): string[] {
    const values: string[] = [];
    for (const [key, value] of queryPairs(this.query)) if (key === name) values.push(value);
    return values;
  }

  get contentLength(): number | undefined {
    const { headers } = this.request;
    const text = headers["content-length"];
    if (text !== undefined) return Number(text);
    if ("stream" in this.request) return this.request.stream.endAfterHeaders ? 0 : undefined;
    return headers["transfer-encoding"] === undefined ? 0 : undefined;
  }

  get bodyStream(): Readable {
    return this.request;
  }

  refuseBody(): BodyTooLargeError {
    this.#owner.onLimit?.("body");
    return new BodyTooLargeError();
  }

  readBody(): Promise<Buffer> {
    const { request } = this;
    const { maxBodyBytes: limit, idleBodies, onLimit } = this.#owner;
    const declared = this.contentLength;
    if (declared === 0) return Promise.resolve(noBytes);
    return new Promise((resolve, reject) => {
      let first: Buffer | undefined;
      let more: Buffer[] | undefined;
      let length = 0;
      const waiting: WaitingBody = {
        quietLooks: 0,
        onTimeout: () => {
          onLimit?.("body-idle");
          this.#stopReading();
          this.send(408, "text/plain; charset=utf-8", "408 Request Timeout");
          fail(new Error("request body timed out"));
        },
      };
      const fail = (error: Error): void => {
        idleBodies?.delete(waiting);
        request.removeListener("data", onData);
        reject(error);
      };
      const finish = (): void => {
        idleBodies?.delete(waiting);
        if (more !== undefined) resolve(Buffer.concat(more, length));
        else resolve(first ?? noBytes);
      };
      const onData = (chunk: Buffer): void => {
        waiting.quietLooks = 0;
        length += chunk.length;
        if (limit > 0 && length > limit) {
          this.#stopReading();
          fail(this.refuseBody());
          return;
        }
        if (first === undefined) first = chunk;
        else if (more === undefined) more = [first, chunk];
        else more.push(chunk);
        // Most bodies come in one piece: no need to wait for the end to be announced.
        if (length === declared) finish();
      };
      idleBodies?.add(waiting);
      request.on("data", onData);
      request.on("error", fail);
      if (declared === undefined) request.on("end", finish);
      if ("stream" in request) request.on("aborted", () => fail(new Error("unexpected EOF")));
    });
  }

  /** The rest of the body is thrown away and the connection not used again. */
  #stopReading(): void {
    this.request.resume();
    if (!("stream" in this.request)) this.setHeader("connection", "close");
  }

  setHeader(name: string, value: string | readonly string[]): void {
    this.#headers ??= [];
    if (typeof value === "string") this.#headers.push(name, value);
    else for (const one of value) this.#headers.push(name, one);
  }

  /** Headers that the layers have set so far, flat. */
  get pendingHeaders(): readonly string[] {
    return this.#headers ?? noParams;
  }

  empty(status: number): void {
    this.#finish(status, undefined, undefined);
  }

  json(status: number, body: string | Uint8Array): void {
    this.#finish(status, "application/json", body);
  }

  send(status: number, contentType: string | undefined, body: string | Uint8Array): void {
    this.#finish(status, contentType, body);
  }

  unwritten(contentType: string): void {
    this.#traceparent = "";
    this.#finish(200, contentType, "");
  }

  /** Counts an error that is about to be rendered. */
  count(reason: unknown): ApiError {
    const error = ApiError.from(reason);
    this.#owner.onError(error);
    return error;
  }

  fail(reason: unknown): void {
    const error = this.count(reason);
    if (this.isAnswered) {
      // Too late to report: the body ends where it is (spec 02 §3.6).
      this.response.end();
      return;
    }
    const { status, body } = renderHttp(error);
    this.#finish(status, "application/json", body);
  }

  stream(status: number): Writable {
    this.#head(status, undefined, undefined);
    if ("flushHeaders" in this.response) this.response.flushHeaders();
    let written = 0;
    const { response } = this;
    const write = response.write.bind(response) as (chunk: Uint8Array, ...rest: never[]) => boolean;
    response.write = ((chunk: Uint8Array, ...rest: never[]) => {
      written += chunk.length;
      return write(chunk, ...rest);
    }) as typeof response.write;
    response.once("close", () => this.#owner.onFinish(this, status, written));
    return response as Writable;
  }

  relay(status: number, headers: readonly string[], isTraced = true): BodySink {
    this.#headers ??= [];
    for (const text of headers) this.#headers.push(text);
    if (!isTraced) this.#traceparent = "";
    this.#head(status, undefined, undefined);
    return new RelaySink(this.response, (bytes) => this.#owner.onFinish(this, status, bytes));
  }

  #finish(
    status: number,
    contentType: string | undefined,
    body: string | Uint8Array | undefined,
  ): void {
    if (this.isAnswered) return;
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const carriesBody = status !== 204 && status !== 304;
    this.#head(status, contentType, carriesBody ? length : undefined);
    if (body === undefined || length === 0 || !carriesBody) this.response.end();
    else if (typeof body === "string" || length > maxJoinedBytes) this.response.end(body);
    else this.#endJoined(body);
    this.#owner.onFinish(this, status, length);
  }

  /** node:http puts head and body into one write only where the body is a string. */
  #endJoined(body: Uint8Array): void {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
    if ("stream" in this.response) this.response.end(bytes);
    else this.response.end(bytes.toString("latin1"), "latin1");
  }

  #head(status: number, contentType: string | undefined, length: number | undefined): void {
    this.isAnswered = true;
    const headers = this.#headers ?? [];
    if (this.#traceparent !== "" && !headers.includes("traceparent")) {
      headers.push("traceparent", this.#traceparent);
      if (this.#tracestate !== "") {
        headers.push("tracestate", this.#tracestate);
      }
    }
    if (contentType !== undefined) headers.push("content-type", contentType);
    if (length !== undefined) headers.push("content-length", String(length));
    if ("stream" in this.response)
      writeHead2(this.response as Http2ServerResponse, status, headers);
    else (this.response as ServerResponse).writeHead(status, headers);
  }
}

class RelaySink implements BodySink {
  readonly #response: ServerResponse;
  readonly #onFinish: (bytes: number) => void;
  #bytes = 0;
  #isEnded = false;
  #drained: (() => void) | undefined;

  constructor(response: RawResponse, onFinish: (bytes: number) => void) {
    // Both classes have what is used here.
    this.#response = response as ServerResponse;
    this.#onFinish = onFinish;
    queueMicrotask(() => {
      if (this.#bytes === 0 && !this.#isEnded) this.#response.flushHeaders();
    });
  }

  write(chunk: Uint8Array): boolean {
    // Writing after the client left would be an error event.
    if (this.#response.destroyed) return true;
    this.#bytes += chunk.length;
    const isWritable = this.#response.write(Buffer.from(chunk));
    if (!isWritable && this.#drained !== undefined) {
      this.#response.on("drain", this.#drained);
      this.#drained = undefined;
    }
    return isWritable;
  }

  /** Most answers are too short to wait for anything. */
  onDrain(callback: () => void): void {
    this.#drained = callback;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (!this.#response.destroyed) this.#response.end();
    this.#onFinish(this.#bytes);
  }
}

const connectionHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/** HTTP/2 knows no connection headers, and repeated names come as arrays. */
function writeHead2(
  response: Http2ServerResponse,
  status: number,
  headers: readonly string[],
): void {
  response.statusCode = status;
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase();
    if (connectionHeaders.has(name)) continue;
    const before = response.getHeader(name);
    const value = headers[i + 1] as string;
    response.setHeader(
      name,
      before === undefined ? value : [before as string | string[], value].flat(),
    );
  }
}
