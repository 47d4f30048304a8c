/**
 * Messages of the second version of the API.
 * @see spec 01 §10.2
 */
import type {
  Choice,
  ConversationAnswer,
  ConversationRequest,
  Message,
  Tool,
  ToolCall,
  Usage,
} from "../../components/conversation/contract.ts";
import type { JsonObject, JsonValue } from "../../kit/json/value.ts";
import type {
  ConversationMessage,
  ConversationMessageContent,
  ConversationRequestAlpha2,
  ConversationResponseAlpha2Init,
  ConversationResultAlpha2CompletionUsageInit,
  ConversationResultChoicesInit,
  ConversationToolCalls,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import type { Duration } from "../../kit/proto/google/protobuf/duration.ts";
import type { Struct, Value } from "../../kit/proto/google/protobuf/struct.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { formatDuration } from "../../kit/time/duration.ts";
import * as errors from "./errors.ts";
import { PiiScrubber } from "./pii.ts";

/** @throws {ApiError} ERR_CONVERSATION_INVALID_PARMS */
export async function readAlpha2(
  request: ConversationRequestAlpha2,
  clock: Clock,
): Promise<ConversationRequest> {
  const { name: component, responseFormat, promptCacheRetention } = request;
  const scrubber = new PiiScrubber(clock);
  const messages: Message[] = [];
  for (const input of request.inputs) {
    const scrub = input.scrubPii === true ? scrubber : undefined;
    for (const message of input.messages) {
      messages.push(await readMessage(message, component, scrub));
    }
  }
  return {
    messages,
    tools: readTools(request),
    toolChoice: readToolChoice(request),
    temperature: request.temperature ?? 0,
    responseFormat: responseFormat === undefined ? undefined : structObject(responseFormat),
    promptCacheRetention:
      promptCacheRetention === undefined ? undefined : durationText(promptCacheRetention),
    metadata: request.metadata,
  };
}

async function readMessage(
  message: ConversationMessage,
  component: string,
  scrubber: PiiScrubber | undefined,
): Promise<Message> {
  const { ofAssistant, ofTool, ofSystem } = message;
  const asUser = message.ofDeveloper ?? message.ofUser;
  if (asUser !== undefined) return { role: "user", texts: await texts(asUser.content, scrubber) };
  if (ofSystem !== undefined) {
    return { role: "system", texts: await texts(ofSystem.content, scrubber) };
  }
  if (ofAssistant !== undefined) {
    return {
      role: "assistant",
      texts: await texts(ofAssistant.content, scrubber),
      toolCalls: ofAssistant.toolCalls.map((call) => readToolCall(call, component)),
    };
  }
  if (ofTool === undefined) throw errors.messageTypeMissing({ component });
  const { toolId = "", name, content } = ofTool;
  const results = (await texts(content, scrubber)).map((text) => ({ toolId, name, text }));
  return { role: "toolResults", results };
}

async function texts(
  content: readonly ConversationMessageContent[],
  scrubber: PiiScrubber | undefined,
): Promise<string[]> {
  const read: string[] = [];
  for (const { text } of content) {
    read.push(scrubber === undefined ? text : await scrubber.scrub(text));
  }
  return read;
}

function readToolCall(
  { id, function: called }: ConversationToolCalls,
  component: string,
): ToolCall {
  if (called === undefined) throw errors.toolTypeMissing({ component });
  return { id: id ?? "", name: called.name, arguments: called.arguments };
}

/** A tool of no known type is left out. */
function readTools({ tools }: ConversationRequestAlpha2): Tool[] {
  const read: Tool[] = [];
  for (const { function: offered } of tools) {
    if (offered === undefined) continue;
    const { name, description = "", parameters } = offered;
    read.push({
      name,
      description,
      parameters: parameters === undefined ? undefined : structObject(parameters),
    });
  }
  return read;
}

function readToolChoice(request: ConversationRequestAlpha2): string | undefined {
  const { name: component, tools, toolChoice = "" } = request;
  if (toolChoice === "") return tools.length > 0 ? "auto" : undefined;
  if (toolChoice === "auto" || toolChoice === "none") return toolChoice;
  if (toolChoice === "required") {
    if (tools.length === 0) throw errors.toolChoiceWithoutTools({ component });
    return toolChoice;
  }
  if (tools.length > 0 && !tools.some((tool) => tool.function?.name === toolChoice)) {
    throw errors.toolChoiceUnknown({ component });
  }
  return toolChoice;
}

const structObject = ({ fields }: Struct): JsonObject =>
  new Map([...fields].map(([name, value]) => [name, structValue(value)]));

/** The codecs limit the depth. */
function structValue(value: Value): JsonValue {
  if (value.structValue !== undefined) return structObject(value.structValue);
  if (value.listValue !== undefined) return value.listValue.values.map(structValue);
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
}

const durationText = ({ seconds, nanos }: Duration): string =>
  formatDuration(Number(seconds) * 1000 + nanos / 1e6);

export async function writeAlpha2(
  { outputs, model, usage }: ConversationAnswer,
  { contextId, scrubPii }: ConversationRequestAlpha2,
  clock: Clock,
): Promise<ConversationResponseAlpha2Init> {
  const scrubber = scrubPii === true ? new PiiScrubber(clock) : undefined;
  const shared = { model, usage: usage === undefined ? undefined : writeUsage(usage) };
  const written = [];
  for (const { choices } of outputs) {
    const writtenChoices: ConversationResultChoicesInit[] = [];
    for (const choice of choices) writtenChoices.push(await writeChoice(choice, scrubber));
    written.push({ choices: writtenChoices, ...shared });
  }
  return contextId ? { contextId, outputs: written } : { outputs: written };
}

async function writeChoice(
  { finishReason, index, text, toolCalls }: Choice,
  scrubber: PiiScrubber | undefined,
): Promise<ConversationResultChoicesInit> {
  const content = scrubber === undefined ? text : await scrubber.scrub(text);
  return {
    finishReason,
    index: BigInt(index),
    message: {
      content,
      toolCalls: toolCalls.map(({ id, name, arguments: text }) => ({
        ...(id === "" ? {} : { id }),
        function: { name, arguments: text },
      })),
    },
  };
}

function writeUsage(usage: Usage): ConversationResultAlpha2CompletionUsageInit {
  const { completionDetails: completion, promptDetails: prompt } = usage;
  return {
    completionTokens: BigInt(usage.completionTokens),
    promptTokens: BigInt(usage.promptTokens),
    totalTokens: BigInt(usage.totalTokens),
    completionTokensDetails: completion && {
      acceptedPredictionTokens: BigInt(completion.acceptedPredictionTokens),
      audioTokens: BigInt(completion.audioTokens),
      reasoningTokens: BigInt(completion.reasoningTokens),
      rejectedPredictionTokens: BigInt(completion.rejectedPredictionTokens),
    },
    promptTokensDetails: prompt && {
      audioTokens: BigInt(prompt.audioTokens),
      cachedTokens: BigInt(prompt.cachedTokens),
    },
  };
}
