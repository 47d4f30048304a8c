/**
 * Sends requests through the stages of a pipeline, without a sidecar: the app behind them is an object.
 */
import type { ComponentDefinition } from "../../../src/components/contract.ts";
import type { Middleware } from "../../../src/components/middleware/contract.ts";
import type { HttpCall, HttpClient, HttpRequest } from "../../../src/kit/http/client.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";
import { PipelineClient } from "../../../src/runtime/middleware/app-pipeline.ts";
import { RecordedLog } from "./state-context.ts";

export interface MiddlewareOptions {
  readonly clock?: Clock;
  readonly log?: RecordedLog;
}

let lastId = 0;

export function createMiddleware(
  component: ComponentDefinition<Middleware>,
  properties: Readonly<Record<string, string>>,
  { clock = systemClock, log = new RecordedLog() }: MiddlewareOptions = {},
): Promise<Middleware> {
  return component.create({
    name: "stage",
    appId: "app",
    namespace: "default",
    properties: new Map(Object.entries(properties)),
    logger: log,
    platform: {
      clock,
      env: new Map(),
      cwd: "/",
      random: {
        number: Math.random,
        uuid: () => `uuid-${++lastId}`,
        bytes: (length: number) => Buffer.alloc(length, ++lastId),
      },
    } as unknown as Platform,
    signal: new AbortController().signal,
  });
}

/** The app: keeps what reached it, answers as the test says. */
export class AppBehind implements HttpClient {
  readonly seen: (HttpRequest & { readonly text: string })[] = [];
  status = 200;
  headers: readonly string[] = ["content-type", "text/plain"];
  chunks: readonly string[] = ["ok"];
  /** Answers only when it is called. */
  release: (() => void) | undefined;
  isHolding = false;

  send(request: HttpRequest, handler: Parameters<HttpClient["send"]>[1]): HttpCall {
    const pieces: Buffer[] = [];
    let isAborted = false;
    const answer = (): void => {
      const body =
        request.body === "stream" ? Buffer.concat(pieces) : Buffer.from(request.body ?? []);
      this.seen.push({ ...request, text: body.toString() });
      const reply = (): void => {
        if (isAborted) return;
        handler.onHead(this.status, this.headers);
        for (const chunk of this.chunks) handler.onData(Buffer.from(chunk));
        handler.onEnd(true);
      };
      if (this.isHolding) this.release = reply;
      else reply();
    };
    if (request.body !== "stream") queueMicrotask(answer);
    return {
      write: (chunk) => pieces.push(Buffer.from(chunk)) > 0,
      endBody: answer,
      resume() {},
      abort() {
        isAborted = true;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

export interface Passed {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Headers;
  readonly text: string;
  /** Pieces as they came. */
  readonly pieces: readonly string[];
}

/** A pipeline of these stages before that app. */
export class Passage {
  readonly app = new AppBehind();
  readonly log = new RecordedLog();
  readonly #client: PipelineClient;

  constructor(...stages: readonly Middleware[]) {
    const target = { scheme: "http" as const, host: "app.test:80" };
    this.#client = new PipelineClient(this.app, { stages }, target, this.log);
  }

  /** @param body an array is written piece by piece */
  send(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    { method = "GET", body = null as string | readonly string[] | null } = {},
  ): Promise<Passed> {
    return new Promise((resolve, reject) => {
      const pieces: string[] = [];
      let status = 0;
      const answered = new Headers();
      const isStreamed = Array.isArray(body);
      const call = this.#client.send(
        {
          method,
          path,
          headers: Object.entries(headers).flat(),
          body: isStreamed ? "stream" : body === null ? null : Buffer.from(body as string),
        },
        {
          onHead(code, lines) {
            status = code;
            for (let i = 0; i < lines.length; i += 2) {
              answered.append(lines[i] as string, lines[i + 1] as string);
            }
          },
          onData: (chunk) => pieces.push(chunk.toString()) > 0,
          onEnd: () => resolve({ status, headers: answered, text: pieces.join(""), pieces }),
          onError: reject,
        },
      );
      if (!isStreamed) return;
      for (const piece of body) call.write(Buffer.from(piece));
      call.endBody();
    });
  }

  /** Values of a header that the app saw last. */
  appSaw(name: string): string[] {
    const { headers = [] } = this.app.seen.at(-1) ?? {};
    return headers.filter((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === name);
  }
}
