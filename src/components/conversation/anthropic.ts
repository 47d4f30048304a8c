/**
 * conversation.anthropic: Claude, at Anthropic or in Microsoft Foundry.
 * @see spec 01 §10.5, spec 04 §8.10
 * Source: https://docs.anthropic.com/en/api/messages
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonObject, JsonValue } from "../../kit/json/value.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import {
  jsonObject,
  memberCount,
  memberObject,
  memberObjects,
  memberText,
} from "./answer-members.ts";
import type { Choice, Conversation, ConversationRequest, Tool, Usage } from "./contract.ts";
import {
  chooseModel,
  endpointOf,
  keyOf,
  LanguageModel,
  modelProperties,
  type WireFormat,
} from "./language-model.ts";
import { type Block, toTurns } from "./turns.ts";

const properties: readonly PropertySchema[] = [
  ...modelProperties({
    model: "claude-sonnet-4-20250514",
    endpoint: "https://api.anthropic.com/v1",
  }),
  {
    name: "apiType",
    kind: "string",
    default: "anthropic",
    description: "`foundry`: models in Microsoft Foundry, which need the endpoint.",
  },
];

/** The API asks for a limit of the answer. */
const maxTokens = 4096;
const apiVersion = "2023-06-01";

export const component = {
  type: "conversation.anthropic",
  versions: ["v1"],
  summary:
    "Claude models. The answer has at most 4096 tokens; a response format is not passed on. Text and tool calls come in one choice.",
  provenAgainst: "a stand-in written from the public API documentation; no real model",
  properties,
  create: async (context) => {
    const values = new Properties(context.properties, properties);
    const isFoundry = values.text("apiType").toLowerCase() === "foundry";
    if (isFoundry && (values.given("endpoint") ?? "") === "") {
      throw new Error("endpoint must be provided when apiType is set to 'foundry'");
    }
    const key = keyOf(values);
    if (key === "") throw new Error("missing the Anthropic API key");
    const model = chooseModel(context, values, "ANTHROPIC_MODEL");
    return new LanguageModel(new Messages(model, endpointOf(values), key), values, context);
  },
} satisfies ComponentDefinition<Conversation>;

class Messages implements WireFormat {
  readonly model: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly #key: string;

  constructor(model: string, endpoint: string, key: string) {
    this.model = model;
    this.url = `${endpoint.endsWith("/anthropic") ? `${endpoint}/v1` : endpoint}/messages`;
    this.secrets = [key];
    this.#key = key;
  }

  headers(): Readonly<Record<string, string>> {
    return { "x-api-key": this.#key, "anthropic-version": apiVersion };
  }

  write({ messages, tools, toolChoice, temperature }: ConversationRequest): string {
    const { system, turns } = toTurns(messages);
    return encodeJson(
      jsonObject({
        model: this.model,
        max_tokens: maxTokens,
        system: system.length > 0 ? system.join("\n") : undefined,
        messages: turns.map(({ role, blocks }) =>
          jsonObject({ role, content: blocks.map(writeBlock) }),
        ),
        temperature: temperature > 0 ? temperature : undefined,
        tools: tools.length > 0 ? tools.map(writeTool) : undefined,
        tool_choice: tools.length > 0 ? writeToolChoice(toolChoice) : undefined,
      }),
    );
  }

  read(answer: JsonObject): { choices: readonly Choice[]; usage: Usage | undefined } {
    if (!Array.isArray(answer.get("content"))) throw new Error("empty response from model");
    const blocks = memberObjects(answer, "content");
    const choice: Choice = {
      finishReason: memberText(answer, "stop_reason") || "unknown",
      index: 0,
      text: blocks.map((block) => memberText(block, "text")).join(""),
      toolCalls: blocks
        .filter((block) => block.get("type") === "tool_use")
        .map((block) => ({
          id: memberText(block, "id"),
          name: memberText(block, "name"),
          arguments: encodeJson(memberObject(block, "input")),
        })),
    };
    return { choices: [choice], usage: readUsage(memberObject(answer, "usage")) };
  }
}

function writeBlock(block: Block): JsonObject {
  switch (block.kind) {
    case "text":
      return jsonObject({ type: "text", text: block.text });
    case "toolUse":
      return jsonObject({ type: "tool_use", id: block.id, name: block.name, input: block.input });
    case "toolResult":
      return jsonObject({ type: "tool_result", tool_use_id: block.id, content: block.text });
  }
}

const writeTool = ({ name, description, parameters }: Tool): JsonObject =>
  jsonObject({
    name,
    description: description === "" ? undefined : description,
    input_schema: parameters ?? jsonObject({ type: "object" }),
  });

function writeToolChoice(choice: string | undefined): JsonValue | undefined {
  if (choice === undefined || choice === "auto") return undefined;
  if (choice === "required") return jsonObject({ type: "any" });
  if (choice === "none") return jsonObject({ type: "none" });
  return jsonObject({ type: "tool", name: choice });
}

function readUsage(usage: JsonObject): Usage | undefined {
  const cachedTokens = memberCount(usage, "cache_read_input_tokens");
  const promptTokens = memberCount(usage, "input_tokens");
  const completionTokens = memberCount(usage, "output_tokens");
  if (promptTokens + completionTokens === 0) return undefined;
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    promptDetails: cachedTokens > 0 ? { audioTokens: 0, cachedTokens } : undefined,
  };
}
