/**
 * The wire format of OpenAI's chat completions, which most providers speak.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 */
import { encodeJson } from "../../kit/json/encode.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  jsonObject,
  memberCount,
  memberObject,
  memberObjects,
  memberText,
} from "./answer-members.ts";
import type {
  Choice,
  ConversationRequest,
  Message,
  Tool,
  ToolCall,
  ToolResult,
  Usage,
} from "./contract.ts";
import type { WireFormat } from "./language-model.ts";

export interface ChatOptions {
  readonly model: string;
  /** Up to `/chat/completions`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly logger: Logger;
  /** Several texts become one, joined by line feeds: the provider takes no lists. */
  readonly joinsTexts?: boolean;
  /** Tool calls and results in messages become plain text. */
  readonly tellsTools?: boolean;
  /** Metadata is not sent. */
  readonly omitsMetadata?: boolean;
}

export class ChatCompletions implements WireFormat {
  readonly model: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly #options: ChatOptions;

  constructor(options: ChatOptions) {
    this.model = options.model;
    this.url = options.url;
    this.secrets = options.secrets;
    this.#options = options;
  }

  headers(): Readonly<Record<string, string>> {
    return this.#options.headers;
  }

  write(request: ConversationRequest): string {
    const { messages, tools, toolChoice, temperature } = request;
    return encodeJson(
      jsonObject({
        model: this.model,
        messages: messages.flatMap((message) => this.#message(message)),
        temperature: temperature > 0 ? temperature : undefined,
        tools: tools.length > 0 ? tools.map(writeTool) : undefined,
        // Without tools a choice is refused by providers.
        tool_choice: tools.length > 0 ? writeToolChoice(toolChoice) : undefined,
        response_format: this.#responseFormat(request),
        metadata: this.#metadata(request),
      }),
    );
  }

  read(answer: JsonObject): { choices: readonly Choice[]; usage: Usage | undefined } {
    const choices = memberObjects(answer, "choices").map(readChoice);
    if (choices.length === 0) throw new Error("empty response from model");
    return { choices, usage: readUsage(memberObject(answer, "usage")) };
  }

  #message(message: Message): JsonObject[] {
    const { tellsTools } = this.#options;
    if (message.role === "toolResults") {
      if (tellsTools !== true) return message.results.map(writeToolResult);
      if (message.results.length === 0) return [];
      return [jsonObject({ role: "user", content: toldResults(message.results) })];
    }
    if (message.role !== "assistant") {
      const role = message.role === "generic" ? "user" : message.role;
      return [jsonObject({ role, content: this.#content(message.texts) })];
    }
    const { texts, toolCalls } = message;
    if (tellsTools === true) {
      return [
        jsonObject({
          role: "assistant",
          content: [...texts, ...toolCalls.map(toldCall)].join("\n"),
        }),
      ];
    }
    return [
      jsonObject({
        role: "assistant",
        content: texts.length === 0 && toolCalls.length > 0 ? null : this.#content(texts),
        tool_calls: toolCalls.length > 0 ? toolCalls.map(writeToolCall) : undefined,
      }),
    ];
  }

  #content(texts: readonly string[]): JsonValue {
    if (texts.length < 2 || this.#options.joinsTexts === true) return texts.join("\n");
    return texts.map((text) => jsonObject({ type: "text", text }));
  }

  #responseFormat({ responseFormat }: ConversationRequest): JsonObject | undefined {
    if (responseFormat === undefined) return undefined;
    if (typeof responseFormat.get("type") !== "string") {
      this.#options.logger.warn(
        "the response format is ignored: its schema has no type, or one that is no string",
      );
      return undefined;
    }
    const schema = new Map(responseFormat);
    schema.delete("name");
    schema.delete("strict");
    const description = memberText(responseFormat, "description");
    return jsonObject({
      type: "json_schema",
      json_schema: jsonObject({
        name: memberText(responseFormat, "name") || "response",
        description: description === "" ? undefined : description,
        strict: responseFormat.get("strict") === true,
        schema,
      }),
    });
  }

  #metadata({ metadata, promptCacheRetention }: ConversationRequest): JsonObject | undefined {
    if (this.#options.omitsMetadata === true) return undefined;
    const sent = new Map<string, JsonValue>(metadata);
    if (promptCacheRetention !== undefined)
      sent.set("prompt_cache_retention", promptCacheRetention);
    return sent.size > 0 ? sent : undefined;
  }
}

const writeTool = ({ name, description, parameters }: Tool): JsonObject =>
  jsonObject({
    type: "function",
    function: jsonObject({
      name,
      description: description === "" ? undefined : description,
      parameters,
    }),
  });

function writeToolChoice(choice: string | undefined): JsonValue | undefined {
  if (choice === undefined || ["auto", "none", "required"].includes(choice)) return choice;
  return jsonObject({ type: "function", function: jsonObject({ name: choice }) });
}

const writeToolCall = ({ id, name, arguments: text }: ToolCall): JsonObject =>
  jsonObject({ id, type: "function", function: jsonObject({ name, arguments: text }) });

const writeToolResult = ({ toolId, text }: ToolResult): JsonObject =>
  jsonObject({ role: "tool", tool_call_id: toolId, content: text });

const toldCall = ({ id, name, arguments: text }: ToolCall): string =>
  `Tool call [ID: ${id}]: ${name}(${text})`;

function toldResults(results: readonly ToolResult[]): string {
  const id = results.find((result) => result.toolId !== "")?.toolId ?? "";
  const name = results.find((result) => result.name !== "")?.name ?? "";
  const text = results.map((result) => result.text).join("\n");
  return `Tool response [ID: ${id}, Name: ${name}]: ${text}`;
}

function readChoice(choice: JsonObject, index: number): Choice {
  const message = memberObject(choice, "message");
  return {
    finishReason: memberText(choice, "finish_reason") || "unknown",
    index,
    text: readText(message.get("content")),
    toolCalls: memberObjects(message, "tool_calls").map(readToolCall),
  };
}

/** A text, or a list of parts. */
function readText(content: JsonValue | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return (content as readonly JsonValue[])
    .map((part) => (isJsonObject(part) ? memberText(part, "text") : ""))
    .join("");
}

function readToolCall(call: JsonObject): ToolCall {
  const called = memberObject(call, "function");
  const given = called.get("arguments") ?? "";
  return {
    id: memberText(call, "id"),
    name: memberText(called, "name"),
    arguments: typeof given === "string" ? given : encodeJson(given),
  };
}

function readUsage(usage: JsonObject): Usage | undefined {
  const promptTokens = memberCount(usage, "prompt_tokens");
  const completionTokens = memberCount(usage, "completion_tokens");
  const totalTokens = memberCount(usage, "total_tokens") || promptTokens + completionTokens;
  if (totalTokens === 0) return undefined;
  const completion = memberObject(usage, "completion_tokens_details");
  const prompt = memberObject(usage, "prompt_tokens_details");
  const completionDetails = {
    acceptedPredictionTokens: memberCount(completion, "accepted_prediction_tokens"),
    audioTokens: memberCount(completion, "audio_tokens"),
    reasoningTokens: memberCount(completion, "reasoning_tokens"),
    rejectedPredictionTokens: memberCount(completion, "rejected_prediction_tokens"),
  };
  const promptDetails = {
    audioTokens: memberCount(prompt, "audio_tokens"),
    cachedTokens: memberCount(prompt, "cached_tokens"),
  };
  return {
    promptTokens,
    completionTokens,
    totalTokens,
    completionDetails: orNothing(completionDetails),
    promptDetails: orNothing(promptDetails),
  };
}

/** Details without a single count are not shown. */
const orNothing = <T extends Readonly<Record<string, number>>>(details: T): T | undefined =>
  Object.values(details).some((count) => count > 0) ? details : undefined;
