/**
 * Messages as turns of user and assistant made of blocks, as Anthropic and Bedrock take them.
 */
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject } from "../../kit/json/value.ts";
import type { Message, ToolCall, ToolResult } from "./contract.ts";

export type Block =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "toolUse";
      readonly id: string;
      readonly name: string;
      readonly input: JsonObject;
    }
  | { readonly kind: "toolResult"; readonly id: string; readonly text: string };

export interface Turn {
  readonly role: "user" | "assistant";
  readonly blocks: Block[];
}

export interface Turns {
  /** Texts of system messages, which stand apart. */
  readonly system: readonly string[];
  /** Roles alternate: neighbours of one role are one turn. */
  readonly turns: readonly Turn[];
}

/** Empty texts are left out: providers refuse them. @throws {Error} for arguments of a tool call that are no JSON object */
export function toTurns(messages: readonly Message[]): Turns {
  const system: string[] = [];
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === "system") {
      system.push(...message.texts.filter((text) => text !== ""));
      continue;
    }
    const role = message.role === "assistant" ? "assistant" : "user";
    const blocks = blocksOf(message);
    const last = turns.at(-1);
    if (blocks.length === 0) continue;
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return { system, turns };
}

function blocksOf(message: Message): Block[] {
  if (message.role === "toolResults") return message.results.map(resultBlock);
  const texts = message.texts
    .filter((text) => text !== "")
    .map((text): Block => ({ kind: "text", text }));
  return message.role === "assistant" ? [...texts, ...message.toolCalls.map(useBlock)] : texts;
}

const resultBlock = ({ toolId, text }: ToolResult): Block => ({
  kind: "toolResult",
  id: toolId,
  text,
});

function useBlock({ id, name, arguments: text }: ToolCall): Block {
  if (text.trim() === "") return { kind: "toolUse", id, name, input: new Map() };
  let input: unknown;
  try {
    input = parseJson(Buffer.from(text));
  } catch {
    input = undefined;
  }
  if (input instanceof Map && isJsonObject(input)) return { kind: "toolUse", id, name, input };
  throw new Error(`the arguments of tool call '${name}' are no JSON object`);
}
