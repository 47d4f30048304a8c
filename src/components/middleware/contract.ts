/**
 * HTTP middleware: what stands between a client and the routes of the API (`httpPipeline`), or between the sidecar and its
 * app (`appHttpPipeline`).
 * @see spec 02 §13, spec 04 §8.7
 */
import type { RunningComponent } from "../contract.ts";

export interface Middleware extends RunningComponent {
  /**
   * Sees one request before the next stage does. What it throws is answered with 500.
   * @returns false: it has answered with {@link MiddlewareExchange.respond}, and the next stage is not called
   */
  handle(exchange: MiddlewareExchange): boolean | Promise<boolean>;
}

/** Header lines in order; names match ignoring case, values are byte strings. */
export interface HeaderLines {
  /** The first value. */
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  /** Takes the place of all values. */
  set(name: string, value: string): void;
  add(name: string, value: string): void;
  delete(name: string): void;
  /** Each name once, as first written. */
  names(): readonly string[];
}

/** One request on its way through a pipeline. Changes are seen by the stages behind. */
export interface MiddlewareExchange {
  method: string;
  readonly scheme: "http" | "https";
  /** Host and port that the client named; "" if none. */
  readonly host: string;
  /** Escaped, without query. */
  path: string;
  /** Raw, without `?`. */
  query: string;
  readonly headers: HeaderLines;
  /** `address:port` of the client; "" for requests to the app. */
  readonly remoteAddress: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;

  /** The whole body, which later stages see too. @throws {Error} it is too long, or broke off */
  readBody(): Promise<Buffer>;
  replaceBody(body: Uint8Array): void;
  /** The body flows through it; nothing is gathered. */
  transformBody(step: BodyStep): void;

  /** Headers of the answer, whoever gives it. */
  readonly answerHeaders: HeaderLines;
  /** Answers in place of the stages behind. @param contentType "" for none */
  respond(status: number, contentType: string, body: string | Uint8Array): void;
  /** Sees the answer of the stages behind; hooks of inner stages run first. */
  onAnswer(hook: AnswerHook): void;
}

/** Changes a body piece by piece. */
export interface BodyStep {
  piece(chunk: Uint8Array): Uint8Array;
  /** What is left when the body ends. */
  end(): Uint8Array;
}

export interface AnswerHead {
  status: number;
  readonly headers: HeaderLines;
}

export interface WholeAnswer extends AnswerHead {
  body: Uint8Array;
}

export interface AnswerHook {
  /** Before the head is sent. @returns what the body flows through; undefined: nothing */
  onHead?(head: AnswerHead): BodyStep | undefined;
  /** The answer is gathered, and sent as it is when this resolves. */
  onWhole?(answer: WholeAnswer): void | Promise<void>;
  /** Once, when the exchange is over in whatever way. */
  onEnd?(): void;
}

/** The plain answer to a refused request (spec 04 §8.7). */
export function refuse(exchange: MiddlewareExchange, status: number, text: string): false {
  exchange.respond(status, "text/plain; charset=utf-8", text);
  return false;
}
