/**
 * The worker thread of a WebAssembly guest: one call after another, each with a deadline.
 */
import { Worker } from "node:worker_threads";
import type { Logger } from "../../kit/logging/logger.ts";
import { type Clock, DeadlineError } from "../../kit/time/clock.ts";
import { type GuestCall, GuestHost, type GuestReply, type GuestSetup } from "./wasm-host.ts";

/** A guest that takes longer for one call is ended. ms */
const callLimitMs = 5_000;
/** Compiling a large guest takes a while. ms */
const startLimitMs = 30_000;
/** Calls that wait for the guest; more are refused. */
const maxWaiting = 1000;

/** Inside of the worker. */
const boot = (host: string): string => `
const { parentPort, workerData } = require("node:worker_threads");
const { randomFillSync } = require("node:crypto");
const GuestHost = (${host});
const outside = {
  engine: WebAssembly,
  post: (reply) => parentPort.postMessage(reply),
  random: (bytes) => { randomFillSync(bytes); },
  now: (isMonotonic) => isMonotonic ? process.hrtime.bigint() : BigInt(Date.now()) * 1000000n,
};
try {
  const guests = new GuestHost(workerData, outside);
  parentPort.on("message", (call) => guests.onCall(call));
} catch (error) {
  outside.post({ kind: "failed", text: String(error?.message ?? error) });
}
`;

type Answer = Exclude<GuestReply, { kind: "log" }>;

interface Waiting {
  /** undefined: the start of the worker. */
  readonly call: GuestCall | undefined;
  readonly limitMs: number;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export class GuestWorker implements AsyncDisposable {
  readonly #setup: GuestSetup;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #worker: Worker | undefined;
  /** Which worker a held guest lives in. */
  generation = 0;
  readonly #waiting: Waiting[] = [];
  #current: Waiting | undefined;
  #timer: Disposable | undefined;
  #isOver = false;

  constructor(setup: GuestSetup, clock: Clock, logger: Logger) {
    this.#setup = setup;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @returns whether the guest reads bodies. @throws {Error} when it is none, or does not start */
  async start(): Promise<boolean> {
    const answer = await this.#enqueue(undefined, startLimitMs);
    return answer.kind === "ready" && answer.readsBodies;
  }

  /** @throws {Error} when the guest fails or does not end in time */
  call(call: GuestCall): Promise<Answer> {
    return this.#enqueue(call, callLimitMs);
  }

  /** A held guest is not needed any more. */
  release(id: number, generation: number): void {
    if (generation === this.generation) this.#worker?.postMessage({ op: "release", id });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    const error = new Error("the middleware was closed");
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    await this.#end(error);
  }

  #enqueue(call: GuestCall | undefined, limitMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) reject(new Error("the middleware was closed"));
      else if (this.#waiting.length >= maxWaiting) reject(new Error("too many requests wait"));
      else {
        this.#waiting.push({ call, limitMs, resolve, reject });
        this.#next();
      }
    });
  }

  #next(): void {
    if (this.#current !== undefined || this.#isOver) return;
    // After a guest was ended, another one is started before the next call.
    const isStart = this.#waiting[0]?.call === undefined;
    if (this.#waiting.length > 0 && this.#worker === undefined && !isStart) {
      const ignore = (): void => {};
      this.#waiting.unshift({
        call: undefined,
        limitMs: startLimitMs,
        resolve: ignore,
        reject: ignore,
      });
    }
    const current = this.#waiting.shift();
    if (current === undefined) return;
    this.#current = current;
    this.#timer = this.#clock.timer(current.limitMs, () => {
      this.#logger.error(`the WebAssembly guest was ended after ${current.limitMs} ms`);
      void this.#end(new DeadlineError());
    });
    if (current.call === undefined) this.#launch();
    else if (this.#worker === undefined) void this.#end(new Error("the guest did not start again"));
    else this.#worker.postMessage(current.call);
  }

  #launch(): void {
    this.generation++;
    const worker = new Worker(boot(GuestHost.toString()), {
      eval: true,
      workerData: this.#setup,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    this.#worker = worker;
    worker.unref();
    worker.on("message", (reply: GuestReply) => {
      if (this.#worker === worker) this.#receive(reply);
    });
    worker.on("error", (error) => {
      if (this.#worker === worker) void this.#end(error as Error);
    });
  }

  #receive(reply: GuestReply): void {
    if (reply.kind === "log") {
      this.#log(reply.level, reply.text);
      return;
    }
    const current = this.#current;
    this.#settle();
    if (reply.kind === "failed") {
      if (current?.call === undefined) void this.#end(new Error(reply.text));
      current?.reject(new Error(reply.text));
    } else current?.resolve(reply);
    this.#next();
  }

  #log(level: number, text: string): void {
    if (level < 0) this.#logger.debug(text);
    else if (level === 0) this.#logger.info(text);
    else if (level === 1) this.#logger.warn(text);
    else this.#logger.error(text);
  }

  #settle(): void {
    this.#current = undefined;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** Ends the worker, and with it the call under way; the next call starts another. */
  async #end(error: Error): Promise<void> {
    const worker = this.#worker;
    const current = this.#current;
    this.#worker = undefined;
    this.#settle();
    current?.reject(error);
    const ended = worker?.terminate();
    this.#next();
    await ended;
  }
}
