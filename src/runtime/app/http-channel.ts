/**
 * Invocation of an HTTP app or endpoint.
 * @see spec 02 §3.3, §3.4, §6.3, §11
 */
import type { HttpCall, HttpClient, HttpHandler } from "../../kit/http/client.ts";
import { buildAppPath, type UrlBase } from "../../kit/http/url.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { Concurrency } from "./concurrency.ts";
import {
  type AppChannel,
  endedCall,
  type InvokeCall,
  type InvokeHandler,
  type InvokeRequest,
  verbNames,
} from "./contract.ts";
import { type HeaderNames, headersForApp, readAnswerHeaders } from "./headers.ts";
import type { HttpClientMetrics } from "./http-client-metrics.ts";

export interface HttpChannelOptions {
  readonly client: HttpClient;
  readonly base: UrlBase;
  readonly names: HeaderNames;
  readonly clock: Clock;
  /** Sent as dapr-api-token; "" for none. */
  readonly appToken: string;
  /** name0, value0, ... set after the caller's, overwriting them. */
  readonly fixedHeaders: readonly string[];
  /** Calls fail while it returns false; undefined: always healthy. */
  readonly isHealthy: (() => boolean) | undefined;
  /** undefined: unlimited. */
  readonly concurrency: Concurrency | undefined;
  /** undefined: metrics are off. */
  readonly metrics: HttpClientMetrics | undefined;
}

/** The text of failed calls while health probes fail. */
export const unhealthyError = (): RpcError =>
  new RpcError(code.internal, "app is not in a healthy state");

export class HttpChannel implements AppChannel {
  readonly isHttp = true;
  readonly #options: HttpChannelOptions;
  readonly #fixedNames: ReadonlySet<string>;

  constructor(options: HttpChannelOptions) {
    const fixedHeaders =
      options.appToken === ""
        ? options.fixedHeaders
        : [...options.fixedHeaders, "dapr-api-token", options.appToken];
    this.#options = { ...options, fixedHeaders };
    this.#fixedNames = new Set(
      fixedHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
    );
  }

  invoke(request: InvokeRequest, handler: InvokeHandler): InvokeCall {
    const options = this.#options;
    if (options.isHealthy?.() === false) return fail(handler, unhealthyError());
    const { verb } = request;
    if (verb === undefined) {
      return fail(handler, new RpcError(code.invalidArgument, "missing HTTP extension field"));
    }
    const method = verbNames[verb];
    if (method === undefined || method === "NONE" || method === "CONNECT") {
      return fail(handler, new RpcError(code.invalidArgument, "invalid HTTP verb"));
    }
    let path: string;
    try {
      path = buildAppPath(request.method, request.query, options.base);
    } catch (error) {
      return fail(handler, error as Error);
    }
    const call = new ChannelCall(
      options,
      { method, path, headers: this.#headers(request) },
      request,
      handler,
    );
    const { concurrency } = options;
    if (concurrency === undefined) call.start();
    else call.waitIn(concurrency);
    return call;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#options.client[Symbol.asyncDispose]());
  }

  #headers(request: InvokeRequest): string[] {
    const { names, fixedHeaders } = this.#options;
    let headers = headersForApp(names, request.metadata, request.trace);
    if (request.typeUrl !== "") headers.push("Content-Type", "application/x-protobuf");
    else if (request.contentType !== "") headers.push("Content-Type", request.contentType);
    if (fixedHeaders.length > 0) {
      headers = without(headers, this.#fixedNames);
      headers.push(...fixedHeaders);
    }
    return headers;
  }
}

function fail(handler: InvokeHandler, error: Error): InvokeCall {
  handler.onError(error);
  return endedCall;
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (names.has((headers[i] as string).toLowerCase())) continue;
    kept.push(headers[i] as string, headers[i + 1] as string);
  }
  return kept;
}

interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
}

/** One call: waits for its slot, then passes the client's callbacks on. */
class ChannelCall implements InvokeCall, HttpHandler {
  readonly #options: HttpChannelOptions;
  readonly #outgoing: Outgoing;
  readonly #request: InvokeRequest;
  readonly #handler: InvokeHandler;
  #call: HttpCall | undefined;
  #wait: Disposable | undefined;
  #holdsSlot = false;
  /** What was written while the call waits for its slot. */
  #held: Buffer[] = [];
  #isBodyEnded = false;
  #startedAt = 0;
  #hasHead = false;
  #isOver = false;

  constructor(
    options: HttpChannelOptions,
    outgoing: Outgoing,
    request: InvokeRequest,
    handler: InvokeHandler,
  ) {
    this.#options = options;
    this.#outgoing = outgoing;
    this.#request = request;
    this.#handler = handler;
  }

  waitIn(concurrency: Concurrency): void {
    this.#wait = concurrency.acquire(
      () => {
        this.#wait = undefined;
        this.#holdsSlot = true;
        this.start();
      },
      (error) => {
        this.#isOver = true;
        this.#handler.onError(error);
      },
    );
  }

  start(): void {
    const { client, metrics, clock } = this.#options;
    const { body, contentLength } = this.#request;
    const { method, path, headers } = this.#outgoing;
    if (metrics !== undefined) {
      this.#startedAt = clock.monotonic();
      metrics.started(method, path, contentLength ?? 0);
    }
    const call = client.send({ method, path, headers, body, contentLength }, this);
    this.#call = call;
    const held = this.#held;
    this.#held = [];
    let isWritable = true;
    for (const chunk of held) isWritable = call.write(chunk);
    if (this.#isBodyEnded) call.endBody();
    else if (held.length > 0 && isWritable) this.#handler.onDrain();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    if (this.#call !== undefined) return this.#call.write(chunk);
    this.#held.push(Buffer.from(chunk));
    return false;
  }

  endBody(): void {
    this.#isBodyEnded = true;
    this.#call?.endBody();
  }

  failBody(error: Error): void {
    if (this.#isOver) return;
    this.#call?.abort();
    if (this.#hasHead) this.onEnd();
    else this.onError(error);
  }

  resume(): void {
    this.#call?.resume();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#call?.abort();
    this.#close();
  }

  onHead(status: number, headers: readonly string[]): void {
    this.#hasHead = true;
    const { names, metrics, clock } = this.#options;
    const { metadata, contentType, contentLength } = readAnswerHeaders(names, headers);
    if (metrics !== undefined) {
      const { method, path } = this.#outgoing;
      metrics.ended(method, path, status, clock.monotonic() - this.#startedAt, contentLength);
    }
    this.#handler.onHead({
      status,
      message: "",
      details: nothing,
      headers: metadata,
      trailers: nothing,
      contentType,
      typeUrl: "",
    });
  }

  onData(chunk: Buffer): boolean {
    return this.#isOver || this.#handler.onData(chunk);
  }

  onEnd(): void {
    if (this.#isOver) return;
    this.#close();
    this.#handler.onEnd();
  }

  onError(cause: Error): void {
    if (this.#isOver) return;
    this.#close();
    const { metrics, clock, base } = this.#options;
    const { method, path } = this.#outgoing;
    metrics?.ended(method, path, 500, clock.monotonic() - this.#startedAt, undefined);
    const verb = `${method[0]}${method.slice(1).toLowerCase()}`;
    this.#handler.onError(
      new Error(`${verb} "${base.origin}${path}": ${cause.message}`, { cause }),
    );
  }

  onDrain(): void {
    if (!this.#isOver) this.#handler.onDrain();
  }

  #close(): void {
    this.#isOver = true;
    this.#held = [];
    this.#wait?.[Symbol.dispose]();
    this.#wait = undefined;
    if (this.#holdsSlot) this.#options.concurrency?.release();
    this.#holdsSlot = false;
  }
}

const nothing: readonly never[] = [];
