/**
 * A request of the HTTP API inside the server pipeline.
 */
import { Readable, Transform } from "node:stream";
import type { BodyStep } from "../../components/middleware/contract.ts";
import type { NodeExchange } from "../api/exchange.ts";
import { applySteps, endOfSteps, StagedExchange, throughSteps } from "./stages.ts";

export class ServerRequest extends StagedExchange {
  readonly #exchange: NodeExchange;
  readonly #sentPath: string;

  constructor(exchange: NodeExchange) {
    const { method, target, query, rawHeaders, remoteAddress, headers } = exchange;
    const mark = target.indexOf("?");
    // Not cleaned: an alias of `/shop` is none of `/shop/`.
    const path = mark < 0 ? target : target.slice(0, mark);
    const authority = headers[":authority"];
    const host = headers.host ?? (typeof authority === "string" ? authority : "");
    super({ method, scheme: "http", host, path, query, headers: rawHeaders, remoteAddress });
    this.#exchange = exchange;
    this.#sentPath = path;
  }

  get signal(): AbortSignal {
    return this.#exchange.signal;
  }

  protected gather(): Promise<Buffer> {
    return this.#exchange.readBody();
  }

  get isPathChanged(): boolean {
    return this.path !== this.#sentPath;
  }

  /** undefined: the target is as it was sent. */
  get changedTarget(): string | undefined {
    if (!this.isPathChanged && this.query === this.#exchange.query) return undefined;
    return this.query === "" ? this.path : `${this.path}?${this.query}`;
  }

  /** undefined: unknown. Steps may make another length of it. */
  get bodyLength(): number | undefined {
    return this.body === undefined ? this.#exchange.contentLength : this.body.length;
  }

  get bodyStream(): Readable {
    if (this.body !== undefined) return Readable.from([applySteps(this.steps, this.body)]);
    const source = this.#exchange.bodyStream;
    if (this.steps.length === 0) return source;
    const stepped = streamThrough(this.steps);
    source.on("error", (error) => stepped.destroy(error));
    return source.pipe(stepped);
  }
}

function streamThrough(steps: readonly BodyStep[]): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, throughSteps(steps, chunk)),
    flush: (done) => done(null, endOfSteps(steps)),
  });
}
