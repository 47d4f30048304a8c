/**
 * The HTTP API: the layers of a request in their order, around the routes of the building blocks.
 * @see spec 01 §2.2
 */

import type { ApiError } from "../../kit/errors/api-error.ts";
import { firstHeader } from "../../kit/http/first-header.ts";
import { cleanPath } from "../../kit/http/path-clean.ts";
import { shownPath } from "../../kit/http/url.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { baggageOf, parseBaggage } from "../../kit/tracing/baggage.ts";
import { emittedState, formatTraceparent, parseTraceparent } from "../../kit/tracing/context.ts";
import type { Span, SpanContext, Tracer } from "../../kit/tracing/trace.ts";
import type { HttpApiLog } from "./api-log.ts";
import type { Cors } from "./cors.ts";
import { type ExchangeOwner, NodeExchange, type RawRequest, type RawResponse } from "./exchange.ts";
import type { HttpMetrics } from "./http-metrics.ts";
import type { HttpExchange, HttpRoute } from "./http-route.ts";
import { IdleBodies } from "./idle-bodies.ts";
import { type Match, Router } from "./router.ts";
import type { CheckToken } from "./token.ts";

/** What stands between the layers and the routes: the stages of `spec.httpPipeline`. */
export interface RequestPipeline {
  /** Calls next with what the routes shall see, unless a stage answers. */
  run(exchange: NodeExchange, next: (exchange: HttpExchange) => void): void;
}

export interface HttpApiOptions {
  readonly routes: readonly HttpRoute[];
  /** Unknown paths and methods; without it they are 404 and 405. */
  readonly fallback: HttpRoute | undefined;
  /** Bytes; 0: no limit. */
  readonly maxBodyBytes: number;
  readonly clock: Clock;
  readonly tracer: Tracer;
  /** undefined: metrics are off. */
  readonly metrics: HttpMetrics | undefined;
  readonly cors: Cors | undefined;
  readonly checkToken: CheckToken | undefined;
  readonly apiLog: HttpApiLog | undefined;
  /** undefined: there is none. */
  readonly pipeline?: RequestPipeline | undefined;
  /** Refuses pages of foreign origins and names other than the loopback's: for sidecars on a developer's machine. */
  readonly isBrowserGuarded?: boolean;
  readonly onError: (error: ApiError) => void;
  readonly onLimit?: ExchangeOwner["onLimit"];
}

export class HttpApi implements ExchangeOwner {
  readonly maxBodyBytes: number;
  readonly onError: (error: ApiError) => void;
  readonly onLimit: ExchangeOwner["onLimit"];
  readonly idleBodies: IdleBodies;
  readonly #options: HttpApiOptions;
  readonly #router = new Router<HttpRoute>();

  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.maxBodyBytes = options.maxBodyBytes;
    this.onError = options.onError;
    this.onLimit = options.onLimit;
    this.idleBodies = new IdleBodies(options.clock);
    for (const route of options.routes) {
      for (const method of route.methods) this.#router.add(method, route.path, route);
    }
  }

  /** Serves one request of a listener. */
  serve(request: RawRequest, response: RawResponse): void {
    const { clock, tracer } = this.#options;
    const target = originForm(request.url ?? "/");
    const mark = target.indexOf("?");
    const raw = mark < 0 ? target : target.slice(0, mark);
    if (badEscape.test(raw)) {
      refuseTarget(response);
      return;
    }
    const exchange = new NodeExchange(this, request, response, {
      target,
      path: cleanPath(raw),
      query: mark < 0 ? "" : target.slice(mark + 1),
      startedAt: clock.monotonic(),
    });
    const match = this.#router.find(exchange.method, exchange.path);
    const route = match?.value ?? this.#options.fallback;
    if (tracer.enabled && !raw.includes("/healthz") && !this.#startTrace(exchange)) return;
    if (!this.#admit(exchange, route)) return;
    const { pipeline } = this.#options;
    if (pipeline === undefined) this.#route(exchange, exchange, route, match);
    else pipeline.run(exchange, (seen) => this.#route(exchange, seen, route, match));
  }

  onFinish(exchange: NodeExchange, status: number, responseBytes: number): void {
    const { clock, metrics, apiLog } = this.#options;
    const durationMs = clock.monotonic() - exchange.startedAt;
    metrics?.record({
      method: exchange.method,
      path: shownPath(exchange.path),
      status,
      latencyMs: durationMs,
      requestBytes: exchange.contentLength ?? 0,
      responseBytes,
    });
    if (exchange.span?.recording) endSpan(exchange.span, exchange, status);
    if (apiLog !== undefined && exchange.isLogged) {
      apiLog.log({
        method: exchange.method,
        path: shownPath(exchange.path),
        routeName: () => routeName(exchange),
        isHealth: exchange.route?.isAlwaysAllowed ?? false,
        userAgent: exchange.headers["user-agent"],
        status,
        responseBytes,
        durationMs,
      });
    }
  }

  /** @param seen what the route gets: the exchange itself, or what a pipeline makes of it */
  #route(
    exchange: NodeExchange,
    seen: HttpExchange,
    route: HttpRoute | undefined,
    match: Match<HttpRoute> | undefined,
  ): void {
    if (route === undefined) {
      this.#refuse(seen, exchange.path);
      return;
    }
    exchange.isLogged = true;
    try {
      exchange.bind(route, match?.params ?? []);
    } catch (error) {
      seen.send(400, "text/plain; charset=utf-8", (error as Error).message);
      return;
    }
    if (exchange.span?.recording) route.describe?.(exchange.span, seen);
    this.#handle(seen, route);
  }

  #handle(exchange: HttpExchange, route: HttpRoute): void {
    try {
      const result = route.handle(exchange);
      if (result !== undefined) result.catch((error: unknown) => exchange.fail(error));
    } catch (error) {
      exchange.fail(error);
    }
  }

  /** CORS and the API token. @returns false when the request was answered */
  #admit(exchange: NodeExchange, route: HttpRoute | undefined): boolean {
    const { cors, checkToken } = this.#options;
    const { headers, method } = exchange;
    if (this.#options.isBrowserGuarded && !isLocalCaller(headers.host, headers.origin)) {
      exchange.send(403, "text/plain; charset=utf-8", "only local callers are served\n");
      return false;
    }
    if (cors !== undefined) {
      const requestMethod = headers["access-control-request-method"];
      if (method === "OPTIONS" && requestMethod) {
        addFlat(
          exchange,
          cors.preflight({
            origin: headers.origin,
            requestMethod,
            requestHeaders: headers["access-control-request-headers"],
          }),
        );
        exchange.empty(200);
        return false;
      }
      addFlat(exchange, cors.actual(method, headers.origin));
    }
    if (checkToken !== undefined && !(method === "GET" && route?.isAlwaysAllowed)) {
      const presented = headers["dapr-api-token"];
      if (
        !checkToken(
          presented === undefined ? "" : firstHeader(exchange.rawHeaders, "dapr-api-token"),
        )
      ) {
        exchange.setHeader("x-content-type-options", "nosniff");
        exchange.send(401, "text/plain; charset=utf-8", "invalid api token\n");
        return false;
      }
      delete headers["dapr-api-token"];
      exchange.hideRawHeader("dapr-api-token");
    }
    return true;
  }

  /** Without the invoke API there is no fallback (spec 01 §2.3). */
  #refuse(exchange: HttpExchange, path: string): void {
    const methods = this.#router.methods(path);
    if (methods.length > 0) {
      exchange.setHeader("allow", methods);
      exchange.empty(405);
      return;
    }
    exchange.setHeader("x-content-type-options", "nosniff");
    exchange.send(404, "text/plain; charset=utf-8", "404 page not found\n");
  }

  /** @returns false when the request was answered because of its baggage */
  #startTrace(exchange: NodeExchange): boolean {
    const { headers } = exchange;
    const span = this.#options.tracer.start(shownPath(exchange.path), "client", parentOf(exchange));
    exchange.span = span;
    if (span.recording) describe(span, exchange);
    if (headers.baggage !== undefined) {
      const baggage = baggageOf(exchange.rawHeaders);
      try {
        parseBaggage(baggage);
      } catch (error) {
        exchange.setHeader("x-content-type-options", "nosniff");
        exchange.send(
          400,
          "text/plain; charset=utf-8",
          `invalid baggage header: ${(error as Error).message}\n`,
        );
        return false;
      }
      exchange.setHeader("baggage", baggage);
    }
    exchange.setTraceHeaders(formatTraceparent(span.context), emittedState(span.context));
    return true;
  }
}

function routeName(exchange: NodeExchange): string {
  const { route } = exchange;
  return route === undefined ? "" : route.name + (route.nameSuffix?.(exchange) ?? "");
}

/** Proxies send absolute targets: `GET http://host/path`. */
function originForm(target: string): string {
  if (target.charCodeAt(0) === slash) return target;
  const scheme = /^https?:\/\//i.exec(target);
  if (scheme === null) return target;
  const rest = target.slice(scheme[0].length);
  const end = rest.search(/[/?]/);
  if (end < 0) return "/";
  return rest[end] === "/" ? rest.slice(end) : `/${rest.slice(end)}`;
}

const slash = 0x2f;
const badEscape = /%(?![0-9A-Fa-f]{2})/;

/** What Go's server says to a path that is none: nothing counts or logs it, and the connection ends. */
function refuseTarget(response: RawResponse): void {
  if (!("stream" in response)) {
    response.shouldKeepAlive = false;
    response.useChunkedEncodingByDefault = false;
  }
  response.statusCode = 400;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end("400 Bad Request");
}

const localHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** DNS rebinding shows in Host, a cross-site request in Origin. */
function isLocalCaller(host: string | undefined, origin: string | undefined): boolean {
  const name = (authority: string): string => authority.replace(/:\d+$/, "").toLowerCase();
  if (host !== undefined && !localHosts.has(name(host))) return false;
  return origin === undefined || localHosts.has(name(origin.replace(/^https?:\/\//, "")));
}

function parentOf(exchange: NodeExchange): SpanContext | null {
  const { traceparent, tracestate } = exchange.headers;
  if (typeof traceparent !== "string") return null;
  return parseTraceparent(traceparent, typeof tracestate === "string" ? tracestate : "");
}

function addFlat(exchange: HttpExchange, headers: readonly string[]): void {
  for (let i = 0; i < headers.length; i += 2) {
    exchange.setHeader(headers[i] as string, headers[i + 1] as string);
  }
}

/** spec 08 §9.3 */
function describe(span: Span, exchange: NodeExchange): void {
  const { method, path, target, remoteAddress, headers } = exchange;
  span.setAttribute("dapr.protocol", "http");
  span.setAttribute("dapr.api", `${method} ${shownPath(path)}`);
  span.setAttribute("http.request.method", method);
  span.setAttribute("url.full", target);
  const colon = remoteAddress.lastIndexOf(":");
  span.setAttribute("server.address", remoteAddress.slice(0, colon));
  span.setAttribute("server.port", remoteAddress.slice(colon + 1));
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("dapr-") && name !== "dapr-api-token" && typeof value === "string") {
      span.setAttribute(name, value);
    }
  }
}

function endSpan(span: Span, exchange: NodeExchange, status: number): void {
  span.setAttribute("dapr.status_code", String(status));
  if (status >= 400) span.setError(`Code(${status}): ${exchange.reasonPhrase(status)}`);
  span.end();
}
