/**
 * Invocation over the HTTP API: `/v1.0/invoke/*`, and every path that is no route.
 * @see spec 02 §3
 */
import type { ApiError } from "../../kit/errors/api-error.ts";
import { firstHeader } from "../../kit/http/first-header.ts";
import { normalizeHttpMethod } from "../../kit/http/path-clean.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import { type InvokeRequest, verbNumber } from "../app/contract.ts";
import { type HeaderNames, metadataOfHttp } from "../app/headers.ts";
import { invokeFailed, noAppId } from "./errors.ts";
import { HttpAnswer } from "./http-answer.ts";
import type { Invoker } from "./invoke.ts";
import { type InvokeTarget, parseTarget } from "./target.ts";

export interface InvokeHttpOptions {
  readonly invoker: Invoker;
  readonly names: HeaderNames;
  /** Bytes; 0: no limit. */
  readonly maxBodyBytes: number;
  /** Counts an error that is not rendered, because the app's answer is passed on. */
  readonly countError: (error: ApiError) => void;
}

/** The route of `/v1.0/invoke/*`; also the server's fallback. */
export function invokeRoute(options: InvokeHttpOptions): HttpRoute {
  const handler = new InvokeHttp(options);
  return {
    name: "InvokeService",
    nameSuffix: (exchange) => `/${targetOf(exchange)?.id ?? ""}`,
    group: "invoke",
    version: "v1",
    methods: ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"],
    path: "/v1.0/invoke/*",
    handle: (exchange) => handler.handle(exchange),
  };
}

export class InvokeHttp {
  readonly #options: InvokeHttpOptions;

  constructor(options: InvokeHttpOptions) {
    this.#options = options;
  }

  handle(exchange: HttpExchange): void | Promise<void> {
    const target = targetOf(exchange);
    if (target === undefined) throw noAppId();
    const request = this.#request(exchange, target);
    describe(exchange, target.id, request.method);
    const { contentLength } = exchange;
    if (contentLength === 0) {
      this.#invoke(exchange, target.id, request);
      return;
    }
    if (contentLength === undefined) {
      this.#stream(exchange, target.id, { ...request, body: "stream" });
      return;
    }
    return exchange.readBody().then(
      (body) => {
        this.#invoke(exchange, target.id, { ...request, body, contentLength: body.length });
      },
      (error: Error) => this.#failBody(exchange, target.id, request, error),
    );
  }

  /** @throws {ApiError} for an impossible method */
  #request(exchange: HttpExchange, target: InvokeTarget): InvokeRequest {
    let method: string;
    try {
      method = normalizeHttpMethod(target.method);
    } catch (error) {
      throw invokeFailed(target.id, error as Error);
    }
    const { headers, rawHeaders, query, span } = exchange;
    const consumed = target.form === "header" ? "dapr-app-id" : undefined;
    return {
      method,
      verb: verbNumber(exchange.method.toUpperCase()),
      query,
      contentType: headers["content-type"] ?? "",
      typeUrl: "",
      metadata: metadataOfHttp(this.#options.names, rawHeaders, consumed),
      body: null,
      contentLength: undefined,
      trace: span?.context,
    };
  }

  #invoke(exchange: HttpExchange, id: string, request: InvokeRequest): HttpAnswer {
    const answer = new HttpAnswer(exchange, id, request, this.#options);
    answer.follow(this.#options.invoker.invoke(id, request, answer, "http"));
    return answer;
  }

  /** A body of unknown length flows through. */
  #stream(exchange: HttpExchange, id: string, request: InvokeRequest): void {
    const answer = this.#invoke(exchange, id, request);
    const { call } = answer;
    const { maxBodyBytes } = this.#options;
    const source = exchange.bodyStream;
    let length = 0;
    source.on("data", (chunk: Buffer) => {
      if (answer.isOver) return;
      length += chunk.length;
      if (maxBodyBytes > 0 && length > maxBodyBytes) call.failBody(exchange.refuseBody());
      else if (!call.write(chunk)) source.pause();
    });
    source.on("end", () => {
      if (!answer.isOver) call.endBody();
    });
    source.on("error", () => answer.cancel());
    // What nobody reads any more must not block the connection.
    answer.onRequestDrain = () => source.resume();
  }

  /** The failure gets the text of the station that would have sent the body. */
  #failBody(exchange: HttpExchange, id: string, request: InvokeRequest, error: Error): void {
    this.#invoke(exchange, id, { ...request, body: "stream" }).call.failBody(error);
  }
}

function targetOf({ target, headers, rawHeaders }: HttpExchange): InvokeTarget | undefined {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const appId = headers["dapr-app-id"] && firstHeader(rawHeaders, "dapr-app-id");
  return parseTarget(path, appId, headers.authorization);
}

function describe(exchange: HttpExchange, id: string, method: string): void {
  const { span } = exchange;
  if (!span?.recording) return;
  span.setName(`CallLocal/${id}/${method}`);
  span.setAttribute("rpc.service", "ServiceInvocation");
  span.setAttribute("net.peer.name", id);
}
