/**
 * The answer to an HTTP caller: an HTTP app's is passed on, a gRPC app's is translated.
 * @see spec 02 §3.6, §3.7
 */
import type { ApiError } from "../../kit/errors/api-error.ts";
import type { BodySink, HttpExchange } from "../api/http-route.ts";
import {
  endedCall,
  type InvokeCall,
  type InvokeHandler,
  type InvokeHead,
  type InvokeRequest,
} from "../app/contract.ts";
import { type HeaderNames, headersForCaller } from "../app/headers.ts";
import { appAnswered, invokeFailed, malformedResponse } from "./errors.ts";
import { statusJson } from "./status-json.ts";
import { httpStatusOf } from "./status-mapping.ts";

export interface HttpAnswerContext {
  readonly names: HeaderNames;
  readonly countError: (error: ApiError) => void;
}

/** An error body that is longer is passed on as it comes, without a length. */
const maxBufferedBytes = 1024 * 1024;

type Mode =
  /** The body goes to the caller as it comes. */
  | "relay"
  /** As relay, for a caller that asked for events. */
  | "events"
  /** An app's error: gathered, to be sent with its length. */
  | "buffer"
  /** The answer is complete; whatever comes is ignored. */
  | "ignore";

export class HttpAnswer implements InvokeHandler {
  readonly #exchange: HttpExchange;
  readonly #targetId: string;
  readonly #isStreaming: boolean;
  readonly #context: HttpAnswerContext;
  call: InvokeCall = endedCall;
  isOver = false;
  /** Called when the caller's request body may flow again, and at the end. */
  onRequestDrain: (() => void) | undefined;
  #mode: Mode = "relay";
  #head: InvokeHead | undefined;
  #sink: BodySink | undefined;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(
    exchange: HttpExchange,
    targetId: string,
    request: InvokeRequest,
    context: HttpAnswerContext,
  ) {
    this.#exchange = exchange;
    this.#targetId = targetId;
    this.#isStreaming = request.body === "stream";
    this.#context = context;
  }

  /** Tells the answer which call it belongs to. */
  follow(call: InvokeCall): void {
    if (this.isOver) return;
    this.call = call;
    this.#exchange.onCancel(() => this.cancel());
  }

  /** The client went away. */
  cancel(): void {
    if (this.isOver) return;
    this.#close();
    this.call.abort();
    this.#sink?.end();
  }

  onHead(head: InvokeHead): void {
    const { status } = head;
    this.#head = head;
    if (this.#acceptsEvents() && isEventAnswer(head)) {
      this.#mode = "events";
      // Clients wait for the head of a stream whose first event is far away.
      queueMicrotask(() => {
        if (!this.isOver) this.#sink ??= this.#relayEvents();
      });
    } else if (status < 100) this.#answerGrpc(head);
    else if (status >= 200 && status <= 399) this.#relay(status, head, head.contentType);
    else if (this.#isStreaming) this.#relay(status, head, head.contentType);
    else {
      this.#context.countError(
        appAnswered({ app: this.#targetId, status: String(status) }, undefined, {
          httpStatus: status,
        }),
      );
      this.#mode = "buffer";
    }
  }

  onData(chunk: Uint8Array): boolean {
    switch (this.#mode) {
      case "ignore":
        return true;
      case "buffer":
        return this.#buffer(chunk);
      default:
        this.#sink ??= this.#relayEvents();
        return this.#sink.write(chunk);
    }
  }

  onEnd(): void {
    if (this.isOver) return;
    this.#close();
    if (this.#sink !== undefined) this.#sink.end();
    else if (this.#mode === "buffer") this.#sendBuffered();
    else if (this.#mode === "events") {
      // Quirk: spec 02 §3.7: an event stream without an event has no trace headers.
      this.#exchange.relay(200, this.#headers(), false).end();
    }
  }

  onError(error: Error): void {
    if (this.isOver) return;
    this.#close();
    // A policy's timeout: what is out cannot be taken back, so the answer ends here (spec 02 §15.2).
    if (this.#sink !== undefined) this.#sink.end();
    else this.#exchange.fail(invokeFailed(this.#targetId, error));
  }

  onDrain(): void {
    this.onRequestDrain?.();
  }

  #acceptsEvents(): boolean {
    const { accept } = this.#exchange.headers;
    return accept?.trim().toLowerCase() === "text/event-stream";
  }

  #answerGrpc(head: InvokeHead): void {
    if (head.status === 0) {
      const type = head.typeUrl === "" ? head.contentType : "application/x-protobuf";
      this.#relay(200, head, type);
      return;
    }
    this.#mode = "ignore";
    let body: string;
    try {
      body = statusJson(head.status, head.message, head.details);
    } catch (error) {
      this.#exchange.fail(malformedResponse({ error: (error as Error).message }, error));
      return;
    }
    this.#setHeaders(this.#headers());
    this.#exchange.send(httpStatusOf(head.status), "text/plain; charset=utf-8", body);
  }

  #relay(status: number, head: InvokeHead, contentType: string): void {
    const headers = headersForCaller(this.#context.names, head.headers);
    if (contentType !== "") headers.push("content-type", contentType);
    this.#open(status, headers);
  }

  #relayEvents(): BodySink {
    return this.#open(200, this.#headers());
  }

  /** Headers of an answer that is no relay of the head's own content type alone. */
  #headers(): string[] {
    const head = this.#head as InvokeHead;
    const headers = headersForCaller(this.#context.names, head.headers);
    if (this.#mode !== "events") return headers;
    if (head.status >= 100) {
      if (head.contentType !== "") headers.push("content-type", head.contentType);
      return headers;
    }
    const others = headers.filter(
      (_, i) => headers[i - (i % 2)]?.toLowerCase() !== "cache-control",
    );
    others.push("content-type", "text/event-stream", "cache-control", "no-cache");
    others.push("connection", "keep-alive");
    return others;
  }

  #open(status: number, headers: readonly string[]): BodySink {
    const sink = this.#exchange.relay(status, headers);
    sink.onDrain(() => this.call.resume());
    this.#sink = sink;
    return sink;
  }

  #buffer(chunk: Uint8Array): boolean {
    this.#chunks.push(Buffer.from(chunk));
    this.#length += chunk.length;
    if (this.#length <= maxBufferedBytes) return true;
    const head = this.#head as InvokeHead;
    this.#relay(head.status, head, head.contentType || "application/json");
    this.#mode = "relay";
    const chunks = this.#chunks;
    this.#chunks = [];
    let isWritable = true;
    for (const one of chunks) isWritable = this.#sink?.write(one) ?? true;
    return isWritable;
  }

  #sendBuffered(): void {
    const head = this.#head as InvokeHead;
    this.#setHeaders(this.#headers());
    const body = Buffer.concat(this.#chunks, this.#length);
    this.#exchange.send(head.status, head.contentType || "application/json", body);
  }

  #setHeaders(headers: readonly string[]): void {
    for (let i = 0; i < headers.length; i += 2) {
      this.#exchange.setHeader(headers[i] as string, headers[i + 1] as string);
    }
  }

  #close(): void {
    this.isOver = true;
    this.onRequestDrain?.();
  }
}

/** A 2xx of an HTTP app next to us, or what another sidecar makes of it (spec 02 §8.2). */
function isEventAnswer({ status, contentType, typeUrl }: InvokeHead): boolean {
  if (status === 0) return contentType === "" && typeUrl === "";
  return status >= 200 && status <= 299;
}
