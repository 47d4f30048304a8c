/**
 * What a building block registers with the HTTP API server, and what a handler gets.
 * @see spec 01 §2
 */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable, Writable } from "node:stream";
import type { Span } from "../../kit/tracing/trace.ts";

export type ApiVersion = "v1" | "v1alpha1" | "v1alpha2" | "v1beta1";

export interface HttpRoute {
  /** Endpoint name of the API log with obfuscateURLs, for example `GetState`. */
  readonly name: string;
  /** What is added to that name, for example an app's id. */
  readonly nameSuffix?: (exchange: HttpExchange) => string;
  /** Group of the allow and deny lists, for example `state`. */
  readonly group: string;
  readonly version: ApiVersion;
  readonly methods: readonly string[];
  /** `:name` matches one non-empty segment, a trailing `*` everything. */
  readonly path: string;
  /** Also served on the public port. */
  readonly isPublic?: boolean;
  /** Not subject to allow and deny lists. */
  readonly isAlwaysAllowed?: boolean;
  /** Extra span attributes and name (spec 08 §9.3); called for recording spans only. */
  readonly describe?: (span: Span, exchange: HttpExchange) => void;
  /** A thrown or rejected error is rendered as ApiError.from(error). */
  readonly handle: (exchange: HttpExchange) => void | Promise<void>;
}

/** A handler that is loaded with its first request. */
export function handlerOnFirstUse(load: () => Promise<HttpRoute["handle"]>): HttpRoute["handle"] {
  let loaded: HttpRoute["handle"] | undefined;
  return (exchange) => {
    if (loaded !== undefined) return loaded(exchange);
    return load().then((handle) => {
      loaded = handle;
      return handle(exchange);
    });
  };
}

/** One request and its answer. Exactly one of the answering methods is called, once. */
export interface HttpExchange {
  readonly method: string;
  /** Cleaned, still escaped path. */
  readonly path: string;
  /** The request target as sent (path and query), before cleaning. */
  readonly target: string;
  /** Raw query without `?`; "" if none. */
  readonly query: string;
  /** Path parameters in order, query-unescaped once (spec 01 §2.3). */
  readonly params: readonly string[];
  readonly headers: IncomingHttpHeaders;
  /** name0, value0, ... as sent. */
  readonly rawHeaders: readonly string[];
  /** `address:port` of the client. */
  readonly remoteAddress: string;
  /** undefined when tracing is off or the route is not traced. */
  readonly span: Span | undefined;
  /** Aborted when the client goes away before the answer ended. Created on first use. */
  readonly signal: AbortSignal;
  /** Called once, at most, for the same reason as {@link signal}, and without the price of one. */
  onCancel(callback: () => void): void;

  /** `metadata.*` query pairs; an empty shared map if there are none. */
  metadata(): ReadonlyMap<string, string>;
  /** First value, undefined if absent. */
  queryValue(name: string): string | undefined;
  queryValues(name: string): string[];

  /**
   * The whole body.
   * @throws {BodyTooLargeError} `stream too large`, over --max-body-size
   */
  readBody(): Promise<Buffer>;
  /** undefined: unknown length (chunked). */
  readonly contentLength: number | undefined;
  /** The body as a stream, without the size limit applied. Errors when the client breaks off. */
  readonly bodyStream: Readable;
  /** The error for a body that was read as a stream and is over --max-body-size; counts it. */
  refuseBody(): BodyTooLargeError;

  /** For the answer; lower-case names. */
  setHeader(name: string, value: string | readonly string[]): void;
  /** Status without body and content type. */
  empty(status: number): void;
  /** `application/json` with a body that is JSON already. */
  json(status: number, body: string | Uint8Array): void;
  /** contentType undefined: none is sent. */
  send(status: number, contentType: string | undefined, body: string | Uint8Array): void;
  /** What the reference sends when a handler wrote nothing: 200, no body, no trace headers. */
  unwritten(contentType: string): void;
  /** Renders any error (kit/errors) and counts it. */
  fail(reason: unknown): void;
  /** Sends status and headers and returns the sink of a streamed body; each write is flushed at once. */
  stream(status: number): Writable;
  /**
   * As {@link stream}, for an answer that is passed on as it comes. The head travels with the first chunk, or alone when
   * none comes in this turn.
   * @param headers name0, value0, ... beside those set so far; names may repeat. Lower-case trace headers take the place
   *   of the span's
   * @param isTraced false: without the span's trace headers
   */
  relay(status: number, headers: readonly string[], isTraced?: boolean): BodySink;
  readonly isAnswered: boolean;
}

/** Where a relayed body goes. After the client went away everything is dropped. */
export interface BodySink {
  /** The chunk is copied. false: wait for onDrain. */
  write(chunk: Uint8Array): boolean;
  onDrain(callback: () => void): void;
  /** Also when the client went away: the request is counted here. */
  end(): void;
}

/** Reading went over --max-body-size; handlers put the text into their own error. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
  constructor() {
    super("stream too large");
  }
}
