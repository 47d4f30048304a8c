/**
 * One request on its way through the stages of a pipeline, and its answer on the way back. What differs between the API
 * server and the app channel is in the subclasses.
 * @see spec 02 §13
 */
import type {
  AnswerHead,
  AnswerHook,
  BodyStep,
  Middleware,
  MiddlewareExchange,
} from "../../components/middleware/contract.ts";
import { FlatHeaders } from "./flat-headers.ts";

/** An answer that a stage has given. */
export interface OwnAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface RequestHead {
  readonly method: string;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** name0, value0, ... */
  readonly headers: readonly string[];
  readonly remoteAddress: string;
}

export abstract class StagedExchange implements MiddlewareExchange {
  method: string;
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly remoteAddress: string;
  readonly headers: FlatHeaders;
  readonly answerHeaders = new FlatHeaders([]);
  /** Innermost first. */
  readonly hooks: AnswerHook[] = [];
  path: string;
  query: string;
  ownAnswer: OwnAnswer | undefined;
  /** What the body is instead of what comes from the client. */
  protected body: Buffer | undefined;
  protected steps: BodyStep[] = [];
  #isOver = false;

  constructor(head: RequestHead) {
    this.method = head.method;
    this.scheme = head.scheme;
    this.host = head.host;
    this.path = head.path;
    this.query = head.query;
    this.headers = new FlatHeaders(head.headers);
    this.remoteAddress = head.remoteAddress;
  }

  abstract readonly signal: AbortSignal;

  /** Gathers what comes from the client. */
  protected abstract gather(): Promise<Buffer>;

  async readBody(): Promise<Buffer> {
    const steps = this.steps;
    this.steps = [];
    const source = this.body ?? (await this.gather());
    this.body = applySteps(steps, source);
    return this.body;
  }

  replaceBody(body: Uint8Array): void {
    this.steps = [];
    this.body = asBuffer(body);
  }

  transformBody(step: BodyStep): void {
    this.steps.push(step);
  }

  respond(status: number, contentType: string, body: string | Uint8Array): void {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    this.ownAnswer = { status, contentType, body: bytes };
  }

  onAnswer(hook: AnswerHook): void {
    this.hooks.unshift(hook);
  }

  /** Idempotent. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const hook of this.hooks) hook.onEnd?.();
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** A whole body through all steps. */
export function applySteps(steps: readonly BodyStep[], body: Uint8Array): Buffer {
  let bytes = body;
  for (const step of steps) bytes = Buffer.concat([step.piece(bytes), step.end()]);
  return asBuffer(bytes);
}

/** One piece through all steps. */
export function throughSteps(steps: readonly BodyStep[], chunk: Uint8Array): Uint8Array {
  let bytes = chunk;
  for (const step of steps) bytes = step.piece(bytes);
  return bytes;
}

/** What is left in the steps when the body ends. */
export function endOfSteps(steps: readonly BodyStep[]): Buffer {
  let rest: Uint8Array = Buffer.alloc(0);
  for (const step of steps) rest = Buffer.concat([step.piece(rest), step.end()]);
  return asBuffer(rest);
}

/** Whether an answer has to be gathered before it is sent. */
export const isGathered = (hooks: readonly AnswerHook[]): boolean =>
  hooks.some((hook) => hook.onWhole !== undefined);

/** Shows the head to the hooks. @returns the steps of the body, innermost first */
export function announce(hooks: readonly AnswerHook[], head: AnswerHead): BodyStep[] {
  const steps: BodyStep[] = [];
  for (const hook of hooks) {
    const step = hook.onHead?.(head);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

export interface GatheredAnswer {
  status: number;
  readonly headers: FlatHeaders;
  body: Uint8Array;
}

/** Takes a gathered answer through the hooks, innermost first. */
export async function finishWhole(
  hooks: readonly AnswerHook[],
  answer: GatheredAnswer,
): Promise<void> {
  for (const hook of hooks) {
    const step = hook.onHead?.(answer);
    if (step !== undefined) answer.body = applySteps([step], answer.body);
    await hook.onWhole?.(answer);
  }
}

/** Runs the stages in their order. @returns false when one of them has answered */
export function runStages(
  stages: readonly Middleware[],
  exchange: MiddlewareExchange,
  from = 0,
): boolean | Promise<boolean> {
  for (let i = from; i < stages.length; i++) {
    const goesOn = (stages[i] as Middleware).handle(exchange);
    if (goesOn instanceof Promise) {
      return goesOn.then((isPassed) => isPassed && runStages(stages, exchange, i + 1));
    }
    if (!goesOn) return false;
  }
  return true;
}
