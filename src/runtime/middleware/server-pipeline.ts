/**
 * The pipeline of the HTTP API server: what routes see behind the stages, and what their answers go through.
 * @see spec 02 §13
 */
import type { IncomingHttpHeaders } from "node:http";
import { type Readable, Writable } from "node:stream";
import type { BodyStep } from "../../components/middleware/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { renderHttp } from "../../kit/errors/render.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { NodeExchange } from "../api/exchange.ts";
import type { RequestPipeline } from "../api/http-api.ts";
import type { BodySink, BodyTooLargeError, HttpExchange } from "../api/http-route.ts";
import { queryMetadata, queryPairs } from "../api/query.ts";
import { FlatHeaders, joinedHeaders } from "./flat-headers.ts";
import type { Pipeline } from "./middleware.ts";
import { ServerRequest } from "./server-request.ts";
import {
  announce,
  applySteps,
  endOfSteps,
  finishWhole,
  isGathered,
  runStages,
  throughSteps,
} from "./stages.ts";

/** An answer that has to be gathered may be this long. Bytes. */
const maxGatheredBytes = 64 * 2 ** 20;
const plainText = "text/plain; charset=utf-8";

export class ServerPipeline implements RequestPipeline {
  readonly #pipeline: Pipeline;
  readonly #logger: Logger;

  constructor(pipeline: Pipeline, logger: Logger) {
    this.#pipeline = pipeline;
    this.#logger = logger;
  }

  run(exchange: NodeExchange, next: (exchange: HttpExchange) => void): void {
    const { stages } = this.#pipeline;
    if (stages.length === 0) {
      next(exchange);
      return;
    }
    const request = new ServerRequest(exchange);
    const behind = new ExchangeBehind(exchange, request);
    exchange.response.once("close", () => request.end());
    const goOn = (isPassed: boolean): void => {
      if (isPassed) next(behind);
      else behind.sendOwn();
    };
    const fail = (error: unknown): void => {
      this.#logger.error(`HTTP middleware failed: ${errorText(error)}`);
      request.respond(500, plainText, "Internal Server Error");
      behind.sendOwn();
    };
    try {
      const outcome = runStages(stages, request);
      if (outcome instanceof Promise) outcome.then(goOn, fail);
      else goOn(outcome);
    } catch (error) {
      fail(error);
    }
  }
}

/** What a route gets: the request as the stages left it, and the way back through their hooks. */
class ExchangeBehind implements HttpExchange {
  readonly #inner: NodeExchange;
  readonly #request: ServerRequest;
  readonly #set: string[] = [];
  #headers: IncomingHttpHeaders | undefined;
  #isAnswered = false;

  constructor(inner: NodeExchange, request: ServerRequest) {
    this.#inner = inner;
    this.#request = request;
  }

  get method(): string {
    return this.#request.method;
  }

  get path(): string {
    return this.#request.isPathChanged ? this.#request.path : this.#inner.path;
  }

  get query(): string {
    return this.#request.query;
  }

  get target(): string {
    return this.#request.changedTarget ?? this.#inner.target;
  }

  get params(): readonly string[] {
    return this.#inner.params;
  }

  get headers(): IncomingHttpHeaders {
    if (!this.#request.headers.isChanged) return this.#inner.headers;
    this.#headers ??= joinedHeaders(this.#request.headers.lines);
    return this.#headers;
  }

  get rawHeaders(): readonly string[] {
    return this.#request.headers.lines;
  }

  get remoteAddress(): string {
    return this.#inner.remoteAddress;
  }

  get span() {
    return this.#inner.span;
  }

  get signal(): AbortSignal {
    return this.#inner.signal;
  }

  onCancel(callback: () => void): void {
    this.#inner.onCancel(callback);
  }

  metadata(): ReadonlyMap<string, string> {
    return queryMetadata(this.query);
  }

  queryValue(name: string): string | undefined {
    return this.queryValues(name)[0];
  }

  queryValues(name: string): string[] {
    return [...queryPairs(this.query)].flatMap(([key, value]) => (key === name ? [value] : []));
  }

  readBody(): Promise<Buffer> {
    return this.#request.readBody();
  }

  get contentLength(): number | undefined {
    return this.#request.bodyLength;
  }

  get bodyStream(): Readable {
    return this.#request.bodyStream;
  }

  refuseBody(): BodyTooLargeError {
    return this.#inner.refuseBody();
  }

  setHeader(name: string, value: string | readonly string[]): void {
    for (const one of typeof value === "string" ? [value] : value) this.#set.push(name, one);
  }

  empty(status: number): void {
    this.#answer(status, undefined, undefined);
  }

  json(status: number, body: string | Uint8Array): void {
    this.#answer(status, "application/json", body);
  }

  send(status: number, contentType: string | undefined, body: string | Uint8Array): void {
    this.#answer(status, contentType, body);
  }

  unwritten(contentType: string): void {
    this.#inner.setTraceHeaders("", "");
    this.#answer(200, contentType, "");
  }

  fail(reason: unknown): void {
    if (this.isAnswered) {
      this.#inner.fail(reason);
      return;
    }
    const { status, body } = renderHttp(this.#inner.count(reason));
    this.#answer(status, "application/json", body);
  }

  stream(status: number): Writable {
    const sink = this.relay(status, []);
    let drained: (() => void) | undefined;
    sink.onDrain(() => drained?.());
    return new Writable({
      write(chunk: Buffer, _encoding, done) {
        drained = done;
        if (sink.write(chunk)) done();
      },
      final(done) {
        sink.end();
        done();
      },
      destroy(error, done) {
        sink.end();
        done(error);
      },
    });
  }

  relay(status: number, headers: readonly string[], isTraced = true): BodySink {
    this.#isAnswered = true;
    const { hooks } = this.#request;
    const lines = this.#lines(headers);
    if (isGathered(hooks)) return this.#gatheringSink(status, lines, isTraced);
    const head = { status, headers: lines };
    const steps = announce(hooks, head);
    const sink = this.#inner.relay(head.status, lines.lines, isTraced);
    return steps.length === 0 ? sink : new SteppedSink(sink, steps);
  }

  get isAnswered(): boolean {
    return this.#isAnswered || this.#inner.isAnswered;
  }

  /** Sends what a stage has answered; the routes are not asked. */
  sendOwn(): void {
    const own = this.#request.ownAnswer ?? { status: 200, contentType: "", body: Buffer.alloc(0) };
    this.#answer(own.status, own.contentType === "" ? undefined : own.contentType, own.body);
  }

  #answer(
    status: number,
    contentType: string | undefined,
    body: string | Uint8Array | undefined,
  ): void {
    if (this.isAnswered) return;
    this.#isAnswered = true;
    const { hooks } = this.#request;
    const headers = this.#lines(contentType === undefined ? [] : ["content-type", contentType]);
    const answer = { status, headers, body: typeof body === "string" ? Buffer.from(body) : body };
    if (isGathered(hooks)) {
      this.#finish({ ...answer, body: answer.body ?? Buffer.alloc(0) });
      return;
    }
    const steps = announce(hooks, answer);
    if (answer.body !== undefined && steps.length > 0) answer.body = applySteps(steps, answer.body);
    this.#emit(answer);
  }

  /** Headers of the stages, without those that the route sets itself, then the route's. */
  #lines(more: readonly string[]): FlatHeaders {
    const own = [...this.#set, ...more];
    const outer = this.#request.answerHeaders;
    const lines: string[] = [];
    const set = new FlatHeaders(own);
    for (let i = 0; i < outer.lines.length; i += 2) {
      const name = outer.lines[i] as string;
      const isOverwritten = set.get(name) !== undefined && name.toLowerCase() !== "set-cookie";
      if (!isOverwritten) lines.push(name, outer.lines[i + 1] as string);
    }
    return new FlatHeaders([...lines, ...own]);
  }

  #finish(answer: { status: number; headers: FlatHeaders; body: Uint8Array }): void {
    finishWhole(this.#request.hooks, answer).then(
      () => this.#emit(answer),
      () => this.#inner.send(500, plainText, "Internal Server Error"),
    );
  }

  #emit(answer: { status: number; headers: FlatHeaders; body: Uint8Array | undefined }): void {
    const { lines } = answer.headers;
    let contentType: string | undefined;
    for (let i = 0; i < lines.length; i += 2) {
      const name = (lines[i] as string).toLowerCase();
      if (name === "content-type") contentType = lines[i + 1];
      else if (name !== "content-length") this.#inner.setHeader(name, lines[i + 1] as string);
    }
    if (answer.body === undefined && contentType === undefined) this.#inner.empty(answer.status);
    else this.#inner.send(answer.status, contentType, answer.body ?? "");
  }

  /** Holds everything until the end, for hooks that want to see the whole answer. */
  #gatheringSink(status: number, headers: FlatHeaders, isTraced: boolean): BodySink {
    const chunks: Buffer[] = [];
    let length = 0;
    let isOver = false;
    if (!isTraced) this.#inner.setTraceHeaders("", "");
    return {
      write: (chunk) => {
        if (isOver) return true;
        length += chunk.length;
        if (length > maxGatheredBytes) {
          isOver = true;
          this.#inner.send(500, plainText, "Internal Server Error");
        } else chunks.push(Buffer.from(chunk));
        return true;
      },
      onDrain() {},
      end: () => {
        if (isOver) return;
        isOver = true;
        this.#finish({ status, headers, body: Buffer.concat(chunks, length) });
      },
    };
  }
}

class SteppedSink implements BodySink {
  readonly #sink: BodySink;
  readonly #steps: readonly BodyStep[];
  #isOver = false;

  constructor(sink: BodySink, steps: readonly BodyStep[]) {
    this.#sink = sink;
    this.#steps = steps;
  }

  write(chunk: Uint8Array): boolean {
    const bytes = throughSteps(this.#steps, chunk);
    return bytes.length === 0 || this.#sink.write(bytes);
  }

  onDrain(callback: () => void): void {
    this.#sink.onDrain(callback);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const rest = endOfSteps(this.#steps);
    if (rest.length > 0) this.#sink.write(rest);
    this.#sink.end();
  }
}
