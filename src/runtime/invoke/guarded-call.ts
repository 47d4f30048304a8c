/**
 * An invocation under its policies: attempts with a time limit each, until one is good enough.
 * @see spec 02 §15.2
 */
import type { Clock } from "../../kit/time/clock.ts";
import type { InvokeCall, InvokeHandler, InvokeHead, InvokeRequest } from "../app/contract.ts";
import { Execution, type Policy } from "../resiliency/policy.ts";

/** How a protocol judges an answer. */
export interface AnswerRules {
  readonly isFailure: (head: InvokeHead) => boolean;
  /** Of a failed answer, for the matching of retries; undefined: none, it is always retried. */
  readonly statusOf: (head: InvokeHead) => number | undefined;
}

/** The rest of an answer that is not passed on is read up to here, so that its connection lives. */
const maxDiscardedBytes = 64 * 1024;

type Stage =
  /** No answer yet. */
  | "waiting"
  /** The answer goes to the handler. */
  | "relaying"
  /** The answer is not passed on; after its end comes the next attempt. */
  | "discarding"
  /** Between attempts. */
  | "pausing"
  | "over";

export class GuardedCall implements InvokeCall, InvokeHandler {
  readonly #execution: Execution;
  readonly #clock: Clock;
  readonly #timeoutMs: number | undefined;
  readonly #rules: AnswerRules;
  readonly #start: (handler: InvokeHandler) => InvokeCall;
  readonly #handler: InvokeHandler;
  #stage: Stage = "waiting";
  #attempt: InvokeCall | undefined;
  #attempts = 0;
  #isFailed = false;
  #waitMs = 0;
  #discarded = 0;
  #limit: Disposable | undefined;
  #pause: Disposable | undefined;

  /** @param start begins an attempt */
  constructor(
    policy: Policy,
    request: InvokeRequest,
    rules: AnswerRules,
    start: (handler: InvokeHandler) => InvokeCall,
    handler: InvokeHandler,
  ) {
    this.#execution = new Execution(policy, { canRetry: request.body !== "stream" });
    this.#clock = policy.context.clock;
    this.#timeoutMs = policy.timeoutMs;
    this.#rules = rules;
    this.#start = start;
    this.#handler = handler;
  }

  run(): void {
    this.#stage = "waiting";
    const number = ++this.#attempts;
    try {
      this.#execution.admit();
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    if (this.#timeoutMs !== undefined) {
      this.#limit = this.#clock.timer(this.#timeoutMs, () => this.#timedOut());
    }
    const attempt = this.#start(this);
    // It may be over before it began.
    if (this.#attempts === number && this.#isUnderWay) this.#attempt = attempt;
  }

  write(chunk: Uint8Array): boolean {
    return this.#attempt?.write(chunk) ?? true;
  }

  endBody(): void {
    this.#attempt?.endBody();
  }

  failBody(error: Error): void {
    this.#attempt?.failBody(error);
  }

  resume(): void {
    this.#attempt?.resume();
  }

  abort(): void {
    if (this.#stage === "over") return;
    this.#execution.abandoned();
    this.#dropAttempt();
    this.#close();
  }

  onHead(head: InvokeHead): void {
    this.#isFailed = this.#rules.isFailure(head);
    if (this.#isFailed) {
      const waitMs = this.#execution.failed(undefined, this.#rules.statusOf(head));
      if (waitMs !== undefined) {
        this.#waitMs = waitMs;
        this.#discarded = 0;
        this.#stage = "discarding";
        return;
      }
    }
    this.#stage = "relaying";
    this.#handler.onHead(head);
  }

  onData(chunk: Uint8Array): boolean {
    if (this.#stage === "relaying") return this.#handler.onData(chunk);
    this.#discarded += chunk.length;
    if (this.#stage === "discarding" && this.#discarded > maxDiscardedBytes) {
      // Not within the callback of the attempt that is given up.
      queueMicrotask(() => this.#giveUpDiscarding());
    }
    return true;
  }

  onEnd(): void {
    if (this.#stage === "discarding") {
      this.#endAttempt();
      this.#retryLater(this.#waitMs);
    } else if (this.#stage === "relaying") {
      if (!this.#isFailed) this.#execution.succeeded();
      this.#close();
      this.#handler.onEnd();
    }
  }

  onError(error: Error): void {
    if (this.#isUnderWay) this.#failAttempt(error);
  }

  onDrain(): void {
    this.#handler.onDrain();
  }

  get #isUnderWay(): boolean {
    return this.#stage === "waiting" || this.#stage === "relaying" || this.#stage === "discarding";
  }

  #timedOut(): void {
    this.#dropAttempt();
    this.#failAttempt(this.#execution.timedOut());
  }

  #failAttempt(error: Error): void {
    this.#endAttempt();
    if (this.#stage === "discarding") {
      this.#retryLater(this.#waitMs);
      return;
    }
    if (this.#stage === "relaying") {
      // Part of the answer is out: what failed cannot be undone.
      this.#execution.abandoned();
      this.#fail(error);
      return;
    }
    const waitMs = this.#execution.failed(error);
    if (waitMs === undefined) this.#fail(error);
    else this.#retryLater(waitMs);
  }

  #giveUpDiscarding(): void {
    if (this.#stage !== "discarding") return;
    this.#dropAttempt();
    this.#endAttempt();
    this.#retryLater(this.#waitMs);
  }

  #retryLater(waitMs: number): void {
    this.#stage = "pausing";
    this.#pause = this.#clock.timer(waitMs, () => {
      this.#pause = undefined;
      this.run();
    });
  }

  #fail(error: Error): void {
    this.#close();
    this.#handler.onError(error);
  }

  #dropAttempt(): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.abort();
  }

  #endAttempt(): void {
    this.#attempt = undefined;
    this.#limit?.[Symbol.dispose]();
    this.#limit = undefined;
  }

  #close(): void {
    this.#endAttempt();
    this.#stage = "over";
    this.#pause?.[Symbol.dispose]();
    this.#pause = undefined;
  }
}

/** The HTTP API: statuses of HTTP apps beyond 399; what a gRPC app says is an answer. */
export const httpRules: AnswerRules = {
  isFailure: ({ status }) => status >= 100 && (status < 200 || status > 399),
  statusOf: ({ status }) => status,
};

/** InvokeService: whatever is an error for its caller; statuses take no part in the matching. */
export const grpcRules: AnswerRules = {
  isFailure: ({ status }) => (status >= 100 ? status < 200 || status > 299 : status !== 0),
  statusOf: () => undefined,
};
