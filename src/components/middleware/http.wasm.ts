/**
 * middleware.http.wasm: requests through a WebAssembly guest of the http-wasm ABI.
 * @see spec 04 §8.7
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { HttpCalls } from "../shared/http-calls.ts";
import { Properties } from "../shared/properties.ts";
import type { Middleware, MiddlewareExchange, WholeAnswer } from "./contract.ts";
import type { GuestReply, GuestRequest } from "./wasm-host.ts";
import { GuestWorker } from "./wasm-worker.ts";

const properties: readonly PropertySchema[] = [
  {
    name: "url",
    kind: "string",
    required: true,
    description: "Where the guest is: `file://`, `http://` or `https://`.",
  },
  { name: "guestConfig", kind: "string", description: "What the guest gets as its configuration." },
  {
    name: "strictSandbox",
    kind: "bool",
    default: "false",
    description: "Whether the guest gets neither the real time nor real random numbers.",
  },
];

const fetchTimeoutMs = 30_000;
const maxGuestBytes = 64 * 2 ** 20;

export const component = {
  type: "middleware.http.wasm",
  versions: ["v1"],
  summary: "Lets a WebAssembly guest of the http-wasm ABI handle requests, in a thread of its own.",
  provenAgainst: "guests that the tests assemble from the ABI's description",
  properties,
  async create(context) {
    const values = new Properties(context.properties, properties);
    const url = values.text("url");
    if (url === "") throw new Error("metadata property 'url' is required");
    const setup = {
      bytes: await readGuest(url, context),
      config: values.text("guestConfig"),
      isStrict: values.bool("strictSandbox"),
    };
    const { platform, logger, signal } = context;
    const worker = new GuestWorker(setup, platform.clock, logger);
    const stop = (): void => void worker[Symbol.asyncDispose]();
    signal.addEventListener("abort", stop, { once: true });
    try {
      return new WasmMiddleware(worker, await worker.start(), logger);
    } catch (error) {
      await worker[Symbol.asyncDispose]();
      throw new Error(`wasm: ${errorText(error)}`, { cause: error });
    } finally {
      signal.removeEventListener("abort", stop);
    }
  },
} satisfies ComponentDefinition<Middleware>;

/** @throws {Error} */
async function readGuest(url: string, { platform, signal }: ComponentContext): Promise<Uint8Array> {
  const scheme = /^([a-z]+):\/\//.exec(url)?.[1];
  if (scheme === "file") {
    const path = url.startsWith("file:///") ? fileURLToPath(url) : url.slice("file://".length);
    return await readFile(resolve(platform.cwd, path));
  }
  if (scheme !== "http" && scheme !== "https") {
    throw new Error(`wasm: unsupported URL scheme: ${scheme ?? "none"}`);
  }
  await using calls = new HttpCalls({
    timeoutMs: fetchTimeoutMs,
    maxAnswerBytes: maxGuestBytes,
    maxRedirects: 5,
    connections: 1,
    clock: platform.clock,
  });
  const answer = await calls.call({ method: "GET", url, headers: {}, signal });
  if (answer.status !== 200) throw new Error(`wasm: received ${answer.status} status code`);
  return answer.body;
}

class WasmMiddleware implements Middleware {
  readonly #worker: GuestWorker;
  readonly #readsBodies: boolean;
  readonly #logger: Logger;
  #lastId = 0;

  constructor(worker: GuestWorker, readsBodies: boolean, logger: Logger) {
    this.#worker = worker;
    this.#readsBodies = readsBodies;
    this.#logger = logger;
  }

  async handle(exchange: MiddlewareExchange): Promise<boolean> {
    const id = ++this.#lastId;
    const request = await this.#show(exchange);
    const reply = await this.#worker.call({ op: "request", id, request });
    if (reply.kind !== "request") throw new Error(`unexpected ${reply.kind}`);
    for (let i = 0; i < reply.response.headers.length; i += 2) {
      const [name = "", value = ""] = reply.response.headers.slice(i, i + 2);
      exchange.answerHeaders.add(name, value);
    }
    if (!reply.isNext) {
      exchange.respond(reply.response.status, "", reply.response.body);
      return false;
    }
    takeOver(exchange, request, reply.request);
    if (reply.isHeld) this.#follow(exchange, id, reply);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker[Symbol.asyncDispose]();
  }

  async #show(exchange: MiddlewareExchange): Promise<GuestRequest> {
    const { method, path, query, headers, remoteAddress } = exchange;
    return {
      method,
      uri: query === "" ? path : `${path}?${query}`,
      version: "HTTP/1.1",
      source: remoteAddress,
      headers: headers
        .names()
        .flatMap((name) => headers.all(name).flatMap((value) => [name, value])),
      // Bodies flow by a guest that does not look at them.
      body: this.#readsBodies ? await exchange.readBody() : null,
      isBodyWritten: false,
    };
  }

  /** The guest sees the answer: whole where it buffers, else when it is gone. */
  #follow(
    exchange: MiddlewareExchange,
    id: number,
    { isBuffering }: Extract<GuestReply, { kind: "request" }>,
  ): void {
    const { generation } = this.#worker;
    let isHeld = true;
    let seen: WholeAnswer | undefined;
    const tell = async (answer: WholeAnswer): Promise<void> => {
      isHeld = false;
      if (generation !== this.#worker.generation) throw new Error("the guest is gone");
      const { headers, status, body } = answer;
      const lines = headers
        .names()
        .flatMap((name) => headers.all(name).flatMap((value) => [name, value]));
      const response = { status, headers: lines, body, isBodyWritten: false };
      const reply = await this.#worker.call({ op: "response", id, response });
      if (reply.kind !== "response" || !isBuffering) return;
      answer.status = reply.response.status;
      answer.body = reply.response.body;
      for (const name of headers.names()) headers.delete(name);
      for (let i = 0; i < reply.response.headers.length; i += 2) {
        headers.add(reply.response.headers[i] ?? "", reply.response.headers[i + 1] ?? "");
      }
    };
    exchange.onAnswer({
      ...(isBuffering && { onWhole: tell }),
      onHead(head) {
        seen = { status: head.status, headers: head.headers, body: new Uint8Array(0) };
        return undefined;
      },
      onEnd: () => {
        if (!isHeld) return;
        if (isBuffering || seen === undefined) this.#worker.release(id, generation);
        else {
          tell(seen).catch((error: unknown) => {
            this.#logger.error(`handle_response failed: ${errorText(error)}`);
          });
        }
      },
    });
  }
}

/** What the guest has changed goes on to the next stage. */
function takeOver(exchange: MiddlewareExchange, before: GuestRequest, after: GuestRequest): void {
  exchange.method = after.method;
  if (after.uri !== before.uri) {
    const mark = after.uri.indexOf("?");
    exchange.path = mark < 0 ? after.uri : after.uri.slice(0, mark);
    exchange.query = mark < 0 ? "" : after.uri.slice(mark + 1);
  }
  if (after.isBodyWritten && after.body !== null) exchange.replaceBody(after.body);
  const isSame =
    after.headers.length === before.headers.length &&
    after.headers.every((text, i) => text === before.headers[i]);
  if (isSame) return;
  for (const name of exchange.headers.names()) exchange.headers.delete(name);
  for (let i = 0; i < after.headers.length; i += 2) {
    exchange.headers.add(after.headers[i] ?? "", after.headers[i + 1] ?? "");
  }
}
