/**
 * bindings.http: requests to an HTTP service.
 * @see spec 03 §9, spec 04 §8.9
 */
import { STATUS_CODES } from "node:http";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isTruthy } from "../../kit/flags/flags.ts";
import { textFromByteString } from "../../kit/http/byte-text.ts";
import { canonicalName } from "../../kit/http/canonical-name.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentDefinition } from "../contract.ts";
import { callFailure, wasClosed } from "../shared/http-calls.ts";
import {
  type Binding,
  BindingError,
  type BindingRequest,
  type BindingResponse,
} from "./contract.ts";
import {
  joinPath,
  parseTarget,
  requestHeaders,
  resolveLocation,
  type Target,
} from "./http-request.ts";
import { type HttpSettings, httpProperties, httpSettings } from "./http-settings.ts";

export const component = {
  type: "bindings.http",
  versions: ["v1"],
  summary: "Sends requests to an HTTP service.",
  provenAgainst: "recordings of the original",
  properties: httpProperties,
  async create({ properties: given, platform }) {
    const settings = httpSettings(given);
    return new HttpBinding(settings, createAgent(settings, platform.env), platform);
  },
} satisfies ComponentDefinition<Binding>;

const connectTimeoutMs = 15_000;
const maxRedirects = 10;
/** Addresses that no proxy can reach. */
const local = "localhost,127.0.0.1,[::1],::1";

/** Directly, or through the proxies that the environment names. */
function createAgent(settings: HttpSettings, env: ReadonlyMap<string, string>): Dispatcher {
  const options = {
    // Only the caller, or responseTimeout, ends a wait.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs, minVersion: "TLSv1.2" as const, ...settings.tls },
  };
  const variable = (name: string): string => env.get(name) || env.get(name.toLowerCase()) || "";
  const httpProxy = variable("HTTP_PROXY");
  const httpsProxy = variable("HTTPS_PROXY");
  if (httpProxy === "" && httpsProxy === "") return new Agent(options);
  const withScheme = (proxy: string): string => (proxy.includes("://") ? proxy : `http://${proxy}`);
  return new EnvHttpProxyAgent({
    ...options,
    // Plain requests are passed on by the proxy, as the reference does it.
    proxyTunnel: false,
    requestTls: options.connect,
    ...(httpProxy === "" ? {} : { httpProxy: withScheme(httpProxy) }),
    ...(httpsProxy === "" ? {} : { httpsProxy: withScheme(httpsProxy) }),
    noProxy: [local, variable("NO_PROXY")].filter((one) => one !== "").join(","),
  });
}

const withBody: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);
const repeatable: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

interface Outgoing {
  readonly method: string;
  readonly target: Target;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer | null;
}

class HttpBinding implements Binding {
  readonly operations = [
    "create",
    "get",
    "head",
    "post",
    "put",
    "patch",
    "delete",
    "options",
    "trace",
  ];
  readonly #settings: HttpSettings;
  readonly #agent: Dispatcher;
  readonly #clock: Clock;

  constructor(settings: HttpSettings, agent: Dispatcher, { clock }: Platform) {
    this.#settings = settings;
    this.#agent = agent;
    this.#clock = clock;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async invoke(request: BindingRequest, signal?: AbortSignal): Promise<BindingResponse> {
    const { operation, data, metadata } = request;
    const { url, timeoutMs, fixedHeaders } = this.#settings;
    const method = operation === "create" ? "POST" : operation.toUpperCase();
    const address = joinPath(url, metadata.get("path") ?? "");
    const target = parseTarget(address);
    const hasBody = withBody.has(method);
    const outgoing = {
      method,
      target,
      headers: requestHeaders(metadata, fixedHeaders, hasBody),
      body: hasBody ? Buffer.from(data) : null,
    };
    if (timeoutMs === undefined) return await this.#exchange(outgoing, metadata, signal);
    using deadline = this.#clock.deadline(timeoutMs, signal);
    return await this.#exchange(outgoing, metadata, deadline);
  }

  async #exchange(
    first: Outgoing,
    metadata: ReadonlyMap<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<BindingResponse> {
    let outgoing = first;
    for (let hops = 0; ; hops++) {
      try {
        const answer = await this.#send(outgoing, signal);
        const next = redirected(outgoing, answer);
        if (next === undefined) return await this.#read(answer, metadata);
        answer.body.destroy();
        outgoing = next;
        if (hops + 1 > maxRedirects) throw new Error(`stopped after ${maxRedirects} redirects`);
      } catch (error) {
        if (error instanceof BindingError) throw error;
        const { method, target } = outgoing;
        throw callFailure(
          { method, url: target.shown },
          (signal?.aborted ? signal.reason : error) as Error,
        );
      }
    }
  }

  async #send(
    { method, target, headers, body }: Outgoing,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const options = {
      origin: target.origin,
      path: target.path,
      method: method as Dispatcher.HttpMethod,
      headers: Object.fromEntries(headers),
      body,
      responseHeaders: "raw" as const,
      ...(signal === undefined ? {} : { signal }),
    };
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = (await this.#agent.request(options)) as unknown as Answer;
        // A body that nobody reads fails when it is dropped.
        answer.body.on("error", () => undefined);
        return answer;
      } catch (error) {
        // The server may have closed a kept connection just as it was taken.
        const isAgain = attempt === 0 && repeatable.has(method) && signal?.aborted !== true;
        if (!isAgain || !wasClosed(error)) throw error;
      }
    }
  }

  async #read(
    { statusCode, statusText, headers, body }: Answer,
    request: ReadonlyMap<string, string>,
  ): Promise<BindingResponse> {
    const data = await readUpTo(body, this.#settings.maxAnswerBytes);
    const reason = statusText || STATUS_CODES[statusCode] || "";
    const metadata = new Map([
      ["statusCode", String(statusCode)],
      ["status", `${statusCode} ${reason}`],
    ]);
    for (let i = 0; i < headers.length; i += 2) {
      const name = canonicalName(asText(headers[i]));
      if (name === "Transfer-Encoding" || name === "Trailer") continue;
      const value = asText(headers[i + 1]);
      const before = metadata.get(name);
      metadata.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    const asked = request.get("errorIfNot2XX");
    const fails = asked === undefined ? this.#settings.failsUnless2xx : isTruthy(asked);
    if (fails && (statusCode < 200 || statusCode > 299)) {
      throw new BindingError(`received status code ${statusCode}`, metadata);
    }
    return { data, metadata };
  }
}

/** What undici answers with raw headers. */
interface Answer {
  readonly statusCode: number;
  readonly statusText?: string;
  /** name0, value0, ... */
  readonly headers: readonly (string | Buffer)[];
  readonly body: Dispatcher.ResponseData["body"];
}

const asText = (part: string | Buffer | undefined): string =>
  typeof part === "string" ? textFromByteString(part) : (part?.toString("utf8") ?? "");

/** What is longer is cut off without a word. */
async function readUpTo(body: Answer["body"], limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const room = limit - length;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    length += Math.min(chunk.length, room);
    if (length >= limit) break;
  }
  return Buffer.concat(chunks, length);
}

const becomesGet: ReadonlySet<number> = new Set([301, 302, 303]);
const keepsMethod: ReadonlySet<number> = new Set([307, 308]);
/** Not for other hosts. */
const credentials: readonly string[] = ["authorization", "cookie", "cookie2", "www-authenticate"];

function redirected(outgoing: Outgoing, { statusCode, headers }: Answer): Outgoing | undefined {
  const isOther = becomesGet.has(statusCode);
  if (!isOther && !keepsMethod.has(statusCode)) return undefined;
  const at = headers.findIndex(
    (part, i) => i % 2 === 0 && asText(part).toLowerCase() === "location",
  );
  if (at < 0) return undefined;
  const target = parseTarget(resolveLocation(outgoing.target, asText(headers[at + 1])));
  const sent = new Map(outgoing.headers);
  if (target.origin !== outgoing.target.origin) for (const name of credentials) sent.delete(name);
  const isKept = !isOther || outgoing.method === "GET" || outgoing.method === "HEAD";
  if (isKept) return { ...outgoing, target, headers: sent };
  sent.delete("content-type");
  return { method: "GET", target, headers: sent, body: null };
}
