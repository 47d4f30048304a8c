/**
 * What models behind HTTP have in common: settings, the call, the cache of answers.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import { createHash } from "node:crypto";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";
import type { ComponentContext, PropertySchema } from "../contract.ts";
import { HttpCalls } from "../shared/http-calls.ts";
import type { Properties } from "../shared/properties.ts";
import { AnswerCache } from "./answer-cache.ts";
import { memberText } from "./answer-members.ts";
import type {
  Choice,
  Conversation,
  ConversationAnswer,
  ConversationRequest,
  Usage,
} from "./contract.ts";

/** One provider's wire format. */
export interface WireFormat {
  /** The model as answers name it; undefined: none. */
  readonly model: string | undefined;
  /** Of the endpoint for all requests. */
  readonly url: string;
  /** JSON text. @throws {Error} when the request cannot be said in this format */
  write(request: ConversationRequest): string;
  headers(body: string): Readonly<Record<string, string>>;
  /** @throws {Error} when the answer is not of this format */
  read(answer: JsonObject): {
    readonly choices: readonly Choice[];
    readonly usage?: Usage | undefined;
  };
  /** Never shown in errors. */
  readonly secrets: readonly string[];
}

const maxAnswerBytes = 16 * 2 ** 20;
const connections = 128;
/** Of the provider's text in an error. */
const maxErrorText = 2000;

/** @param defaults of model and endpoint, for the documentation */
export function modelProperties(defaults: {
  readonly model?: string;
  readonly endpoint?: string;
}): PropertySchema[] {
  const { model, endpoint } = defaults;
  return [
    { name: "key", kind: "secret", description: "The key of the provider's API." },
    {
      name: "model",
      kind: "string",
      ...(model === undefined ? {} : { default: model }),
      description: "Name of the model; an environment variable of the provider goes before it.",
    },
    {
      name: "endpoint",
      kind: "string",
      ...(endpoint === undefined ? {} : { default: endpoint }),
      description: "Address of the API, up to the version.",
    },
    ...callProperties,
  ];
}

export const callProperties: readonly PropertySchema[] = [
  {
    name: "responseCacheTTL",
    aliases: ["cacheTTL"],
    kind: "duration",
    description:
      "How long an answer is given again to the same request, from memory; at most 1000 answers.",
  },
  {
    name: "requestTimeout",
    kind: "duration",
    default: "10m",
    description: "How long a request may take, with its answer. Not known to the reference.",
  },
];

/** Environment before metadata before default; "" if there is none. */
export function chooseModel(
  context: ComponentContext,
  values: Properties,
  variable: string | undefined,
): string {
  const fromEnvironment = variable === undefined ? "" : context.platform.env.get(variable);
  return fromEnvironment || values.text("model");
}

/** Without a slash at the end. @throws {Error} */
export function endpointOf(values: Properties): string {
  const endpoint = values.text("endpoint").trim();
  const { protocol } = URL.parse(endpoint) ?? { protocol: "" };
  if (protocol !== "http:" && protocol !== "https:") throw new Error("invalid endpoint");
  return endpoint.replace(/\/+$/, "");
}

/** Keys from files end with a line feed, which no header may hold. */
export const keyOf = (values: Properties): string => values.text("key").trim();

export class LanguageModel implements Conversation {
  readonly #format: WireFormat;
  readonly #calls: HttpCalls;
  readonly #cache: AnswerCache | undefined;

  /** @param caches false: whatever the metadata says @throws {Error} for durations that are none */
  constructor(format: WireFormat, values: Properties, context: ComponentContext, caches = true) {
    const { platform } = context;
    const cacheMs = caches ? values.durationMs("responseCacheTTL") : 0;
    this.#format = format;
    this.#cache = cacheMs > 0 ? new AnswerCache(cacheMs, platform.clock) : undefined;
    this.#calls = new HttpCalls({
      timeoutMs: values.durationMs("requestTimeout") || 600_000,
      maxAnswerBytes,
      connections,
      clock: platform.clock,
    });
  }

  async converse(request: ConversationRequest, signal?: AbortSignal): Promise<ConversationAnswer> {
    const body = this.#format.write(request);
    const key = this.#cache && createHash("sha256").update(body).digest("base64");
    let answer = key === undefined ? undefined : this.#cache?.get(key);
    if (answer === undefined) {
      const { choices, usage } = await this.#ask(body, signal);
      const outputs = choices.map((choice) => ({ choices: [choice] }));
      answer = { outputs, model: this.#format.model, usage };
      if (key !== undefined) this.#cache?.set(key, answer, body.length);
    }
    requireAnswer(request, answer);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#calls[Symbol.asyncDispose]();
  }

  async #ask(
    body: string,
    signal: AbortSignal | undefined,
  ): Promise<ReturnType<WireFormat["read"]>> {
    try {
      const headers = {
        "content-type": "application/json",
        accept: "application/json",
        ...this.#format.headers(body),
      };
      const { url } = this.#format;
      const answer = await this.#calls.call({ method: "POST", url, headers, body, signal });
      if (answer.status !== 200) {
        const reason = errorMessage(answer.body);
        throw new Error(`API returned unexpected status code: ${answer.status}: ${reason}`);
      }
      const value = parseJson(answer.body);
      if (!isJsonObject(value)) throw new Error("the answer is no JSON object");
      return this.#format.read(value);
    } catch (error) {
      throw this.#withoutSecrets(error as Error);
    }
  }

  /** The cause is left behind: it may hold what the text must not. */
  #withoutSecrets({ message }: Error): Error {
    let text = message;
    for (const secret of this.#format.secrets) {
      if (secret !== "") text = text.replaceAll(secret, "***");
    }
    return new Error(text);
  }
}

/** Tools were required, and nothing came. @throws {Error} */
function requireAnswer(
  { toolChoice, tools }: ConversationRequest,
  answer: ConversationAnswer,
): void {
  if (toolChoice !== "required" || tools.length === 0) return;
  const isUseful = answer.outputs.some(({ choices }) =>
    choices.some(({ text, toolCalls }) => text !== "" || toolCalls.length > 0),
  );
  if (isUseful) return;
  throw new Error(
    `LLM returned empty response with no tool calls despite ${tools.length} tools being available`,
  );
}

/** What providers put into `error.message`, `message`, `error` or `detail`; else the text itself. */
function errorMessage(body: Buffer): string {
  let value: JsonValue;
  try {
    value = parseJson(body);
  } catch {
    return body.toString("utf8", 0, maxErrorText).trim();
  }
  // Google answers with a list of one.
  const root = Array.isArray(value) ? (value as readonly JsonValue[])[0] : value;
  if (!isJsonObject(root)) return body.toString("utf8", 0, maxErrorText).trim();
  const error = root.get("error");
  const found =
    (isJsonObject(error) ? memberText(error, "message") : typeof error === "string" ? error : "") ||
    memberText(root, "message") ||
    memberText(root, "detail");
  return (found || body.toString("utf8").trim()).slice(0, maxErrorText);
}
