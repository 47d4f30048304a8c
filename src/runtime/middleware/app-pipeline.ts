/**
 * The pipeline of requests to the app and to endpoints: an HTTP client whose calls pass the stages first.
 * @see spec 02 §13
 */
import type { BodyStep } from "../../components/middleware/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import type { HttpCall, HttpClient, HttpHandler, HttpRequest } from "../../kit/http/client.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { CanceledError } from "../../kit/time/clock.ts";
import { FlatHeaders } from "./flat-headers.ts";
import type { Pipeline } from "./middleware.ts";
import {
  announce,
  applySteps,
  endOfSteps,
  finishWhole,
  isGathered,
  runStages,
  StagedExchange,
  throughSteps,
} from "./stages.ts";

/** Bodies that have to be gathered may be this long. Bytes. */
const maxGatheredBytes = 64 * 2 ** 20;

/** Where the requests of a client go. */
export interface ClientTarget {
  readonly scheme: "http" | "https";
  readonly host: string;
}

export class PipelineClient implements HttpClient {
  readonly #client: HttpClient;
  readonly #pipeline: Pipeline;
  readonly #target: ClientTarget;
  readonly #logger: Logger;

  constructor(client: HttpClient, pipeline: Pipeline, target: ClientTarget, logger: Logger) {
    this.#client = client;
    this.#pipeline = pipeline;
    this.#target = target;
    this.#logger = logger;
  }

  send(request: HttpRequest, handler: HttpHandler): HttpCall {
    const { stages } = this.#pipeline;
    if (stages.length === 0) return this.#client.send(request, handler);
    const call = new PipelineCall(this.#client, request, handler, this.#target);
    const fail = (error: unknown): void => {
      this.#logger.error(`HTTP middleware failed: ${errorText(error)}`);
      call.exchange.respond(500, "text/plain; charset=utf-8", "Internal Server Error");
      call.goOn(false);
    };
    try {
      const outcome = runStages(stages, call.exchange);
      if (outcome instanceof Promise) outcome.then((isPassed) => call.goOn(isPassed), fail);
      else call.goOn(outcome);
    } catch (error) {
      fail(error);
    }
    return call;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#client[Symbol.asyncDispose]());
  }
}

/** The request body: complete, or gathered from the pieces that the caller writes. */
class AppRequest extends StagedExchange {
  readonly #body: HttpRequest["body"];
  readonly #gathering: () => Promise<Buffer>;
  readonly abort = new AbortController();

  constructor(request: HttpRequest, target: ClientTarget, gathering: () => Promise<Buffer>) {
    const { method, path, headers, body } = request;
    const mark = path.indexOf("?");
    super({
      ...target,
      method,
      headers,
      path: mark < 0 ? path : path.slice(0, mark),
      query: mark < 0 ? "" : path.slice(mark + 1),
      remoteAddress: "",
    });
    this.#body = body;
    this.#gathering = gathering;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  protected gather(): Promise<Buffer> {
    if (this.#body === "stream") return this.#gathering();
    return Promise.resolve(Buffer.from(this.#body ?? []));
  }

  /** The request as it goes on, and what a streamed body flows through. */
  outgoing(request: HttpRequest): { request: HttpRequest; steps: readonly BodyStep[] } {
    const { path, query } = this;
    const changed = {
      method: this.method,
      path: query === "" ? path : `${path}?${query}`,
      headers: this.headers.lines,
    };
    const complete = this.body ?? (this.#body === "stream" ? undefined : this.#body);
    if (complete === undefined) {
      const { contentLength } = request;
      const isSame = this.steps.length === 0;
      return {
        request: { ...changed, body: "stream", ...(isSame && { contentLength }) },
        steps: this.steps,
      };
    }
    const body =
      complete === null || this.steps.length === 0 ? complete : applySteps(this.steps, complete);
    return { request: { ...changed, body }, steps: [] };
  }
}

class PipelineCall implements HttpCall, HttpHandler {
  readonly exchange: AppRequest;
  readonly #client: HttpClient;
  readonly #request: HttpRequest;
  readonly #handler: HttpHandler;
  #call: HttpCall | undefined;
  #isStreaming: boolean;
  #requestSteps: readonly BodyStep[] = [];
  #answerSteps: readonly BodyStep[] = [];
  /** What was written while the stages were busy. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isBodyEnded = false;
  #gathered: { resolve(body: Buffer): void; reject(error: Error): void } | undefined;
  /** The answer, when hooks want the whole of it. */
  #whole: { status: number; headers: FlatHeaders; chunks: Buffer[]; length: number } | undefined;
  #isOver = false;

  constructor(
    client: HttpClient,
    request: HttpRequest,
    handler: HttpHandler,
    target: ClientTarget,
  ) {
    this.#client = client;
    this.#request = request;
    this.#handler = handler;
    this.#isStreaming = request.body === "stream";
    this.exchange = new AppRequest(request, target, () => this.#gatherBody());
  }

  goOn(isPassed: boolean): void {
    if (this.#isOver) return;
    if (!isPassed) {
      this.#isStreaming = false;
      this.#held = [];
      // Nothing may be called back before send() has returned.
      queueMicrotask(() => this.#answerOwn());
      return;
    }
    const { request, steps } = this.exchange.outgoing(this.#request);
    this.#requestSteps = steps;
    this.#isStreaming = request.body === "stream";
    const call = this.#client.send(request, this);
    this.#call = call;
    if (!this.#isStreaming) {
      this.#held = [];
      return;
    }
    const held = this.#held;
    this.#held = [];
    let isWritable = true;
    for (const chunk of held) isWritable = call.write(throughSteps(steps, chunk));
    if (this.#isBodyEnded) this.#endBody(call);
    else if (held.length > 0 && isWritable) this.#handler.onDrain?.();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver || !this.#isStreaming) return true;
    if (this.#call !== undefined) {
      const bytes = throughSteps(this.#requestSteps, chunk);
      return bytes.length === 0 || this.#call.write(bytes);
    }
    this.#held.push(Buffer.from(chunk));
    this.#heldBytes += chunk.length;
    if (this.#gathered === undefined) return false;
    if (this.#heldBytes > maxGatheredBytes) {
      this.#gathered.reject(new Error("the request's body is too long for this middleware"));
      this.#gathered = undefined;
    }
    return true;
  }

  endBody(): void {
    if (this.#isBodyEnded) return;
    this.#isBodyEnded = true;
    if (this.#call !== undefined) {
      if (this.#isStreaming) this.#endBody(this.#call);
    } else this.#gathered?.resolve(this.#takeHeld());
  }

  resume(): void {
    this.#call?.resume();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.exchange.abort.abort(new CanceledError());
    this.#gathered?.reject(new CanceledError());
    this.#call?.abort();
    this.exchange.end();
  }

  onHead(status: number, headers: readonly string[]): void {
    const { hooks } = this.exchange;
    const lines = this.#answerLines(headers);
    if (isGathered(hooks)) {
      this.#whole = { status, headers: lines, chunks: [], length: 0 };
      return;
    }
    const head = { status, headers: lines };
    this.#answerSteps = announce(hooks, head);
    if (this.#answerSteps.length > 0) lines.delete("content-length");
    this.#handler.onHead(head.status, lines.lines);
  }

  onData(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    if (this.#whole !== undefined) {
      this.#whole.length += chunk.length;
      if (this.#whole.length > maxGatheredBytes) {
        this.#call?.abort();
        this.#fail(new Error("the app's answer is too long for this middleware"));
      } else this.#whole.chunks.push(Buffer.from(chunk));
      return true;
    }
    if (this.#answerSteps.length === 0) return this.#handler.onData(chunk);
    const bytes = throughSteps(this.#answerSteps, chunk);
    return bytes.length === 0 || this.#handler.onData(bytes as Buffer);
  }

  onEnd(isComplete: boolean): void {
    if (this.#isOver) return;
    if (this.#whole !== undefined) {
      const { status, headers, chunks, length } = this.#whole;
      this.#finishWhole(status, headers, Buffer.concat(chunks, length));
      return;
    }
    const rest = endOfSteps(this.#answerSteps);
    if (rest.length > 0) this.#handler.onData(rest);
    this.#close();
    this.#handler.onEnd(isComplete);
  }

  onError(error: Error): void {
    if (!this.#isOver) this.#fail(error);
  }

  onDrain(): void {
    if (!this.#isOver) this.#handler.onDrain?.();
  }

  #gatherBody(): Promise<Buffer> {
    if (this.#isBodyEnded) return Promise.resolve(this.#takeHeld());
    return new Promise((resolve, reject) => {
      this.#gathered = { resolve, reject };
      if (this.#held.length > 0) this.#handler.onDrain?.();
    });
  }

  #takeHeld(): Buffer {
    const body = Buffer.concat(this.#held);
    this.#held = [];
    return body;
  }

  #endBody(call: HttpCall): void {
    const rest = endOfSteps(this.#requestSteps);
    if (rest.length > 0) call.write(rest);
    call.endBody();
  }

  /** The app's headers, with those of the stages that it does not set itself. */
  #answerLines(headers: readonly string[]): FlatHeaders {
    const own = new FlatHeaders(headers);
    const lines: string[] = [...headers];
    const outer = this.exchange.answerHeaders.lines;
    for (let i = 0; i < outer.length; i += 2) {
      const name = outer[i] as string;
      if (own.get(name) === undefined) lines.push(name, outer[i + 1] as string);
    }
    return new FlatHeaders(lines);
  }

  #answerOwn(): void {
    if (this.#isOver) return;
    const { ownAnswer, hooks } = this.exchange;
    const { status, contentType, body } = ownAnswer ?? {
      status: 200,
      contentType: "",
      body: Buffer.alloc(0),
    };
    const headers = this.#answerLines(contentType === "" ? [] : ["content-type", contentType]);
    if (isGathered(hooks)) {
      this.#finishWhole(status, headers, body);
      return;
    }
    const head = { status, headers };
    const steps = announce(hooks, head);
    this.#deliver(head.status, headers, applySteps(steps, body));
  }

  #finishWhole(status: number, headers: FlatHeaders, body: Uint8Array): void {
    const answer = { status, headers, body };
    finishWhole(this.exchange.hooks, answer).then(
      () => this.#deliver(answer.status, headers, answer.body),
      (error: unknown) => this.#fail(error as Error),
    );
  }

  #deliver(status: number, headers: FlatHeaders, body: Uint8Array): void {
    if (this.#isOver) return;
    headers.set("content-length", String(body.length));
    this.#handler.onHead(status, headers.lines);
    if (body.length > 0) this.#handler.onData(Buffer.from(body));
    this.#close();
    this.#handler.onEnd(true);
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#close();
    this.#handler.onError(error);
  }

  #close(): void {
    this.#isOver = true;
    this.exchange.end();
  }
}
