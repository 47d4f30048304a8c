/**
 * conversation.echo: says what it was told.
 * @see spec 01 §10.3
 */
import { sortedByBytes } from "../../kit/json/encode.ts";
import { isJsonObject, type JsonValue, jsonKind } from "../../kit/json/value.ts";
import type { ComponentDefinition } from "../contract.ts";
import type {
  Conversation,
  ConversationAnswer,
  ConversationRequest,
  Message,
  Tool,
  ToolCall,
} from "./contract.ts";

export const component = {
  type: "conversation.echo",
  versions: ["v1"],
  summary: "Answers with the messages themselves; for tests of apps.",
  provenAgainst: "the recordings of the original",
  properties: [],
  create: async () => new Echo(),
} satisfies ComponentDefinition<Conversation>;

class Echo implements Conversation {
  async converse({ messages, tools }: ConversationRequest): Promise<ConversationAnswer> {
    const text = messages.flatMap(lines).join("\n");
    const offered = tools.map((tool, position) => callOf(tool, position));
    const made = messages.flatMap((m) => (m.role === "assistant" ? m.toolCalls : []));
    const toolCalls = [...offered, ...made];
    const finishReason = toolCalls.length > 0 ? "tool_calls" : "stop";
    const words = countWords(text);
    return {
      outputs: [{ choices: [{ finishReason, index: 0, text, toolCalls }] }],
      model: undefined,
      usage: { completionTokens: words, promptTokens: words, totalTokens: 2 * words },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function lines(message: Message): readonly string[] {
  if (message.role !== "toolResults") return message.texts;
  return message.results.map(
    ({ toolId, name, text }) =>
      `Tool Response for tool ID '${toolId}' with name '${name}': ${text}`,
  );
}

/** @throws {Error} when the schema's properties are no object */
function callOf({ name, parameters }: Tool, position: number): ToolCall {
  const id = String(position);
  const properties = parameters?.get("properties");
  if (properties === undefined) return { id, name, arguments: "" };
  if (!isJsonObject(properties)) {
    throw new Error(`tool function properties must be a map[string]any, got ${goType(properties)}`);
  }
  return { id, name, arguments: sortedByBytes([...properties.keys()]).join(",") };
}

/** The reference's word for the type of a JSON value. */
function goType(value: JsonValue): string {
  const kind = jsonKind(value);
  if (kind === "number") return "float64";
  if (kind === "array") return "[]interface {}";
  return kind === "null" ? "<nil>" : kind;
}

/** Without a list of them: a text may be large. */
function countWords(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/[^\s\u0085]+/g)) count++;
  return count;
}
