/**
 * conversation.aws.bedrock: models in AWS Bedrock, through the Converse API.
 * @see spec 01 §10.5, spec 04 §8.10
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonObject, JsonValue } from "../../kit/json/value.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { awsProperties, readAwsSettings } from "../shared/aws-settings.ts";
import { type AwsCredentials, escapeText, signRequest } from "../shared/aws-signature.ts";
import { Properties } from "../shared/properties.ts";
import {
  jsonObject,
  memberCount,
  memberObject,
  memberObjects,
  memberText,
} from "./answer-members.ts";
import type { Choice, Conversation, ConversationRequest, Tool, Usage } from "./contract.ts";
import { callProperties, endpointOf, LanguageModel, type WireFormat } from "./language-model.ts";
import { type Block, toTurns } from "./turns.ts";

const properties: readonly PropertySchema[] = [
  { name: "model", kind: "string", required: true, description: "Id or ARN of the model." },
  ...awsProperties,
  {
    name: "endpoint",
    kind: "string",
    description: "Address of the service, instead of the region's.",
  },
  ...callProperties,
];

export const component = {
  type: "conversation.aws.bedrock",
  versions: ["v1"],
  summary:
    "Models in AWS Bedrock, with access keys. A response format is not passed on. Text and tool calls come in one choice.",
  provenAgainst:
    "a stand-in written from the public API documentation, and AWS's published signatures; no real model",
  properties,
  create: async (context) => {
    const values = new Properties(context.properties, properties);
    return new LanguageModel(new Converse(values, context), values, context);
  },
} satisfies ComponentDefinition<Conversation>;

class Converse implements WireFormat {
  readonly model: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly #region: string;
  readonly #credentials: AwsCredentials;
  readonly #clock: Clock;

  constructor(values: Properties, { platform }: ComponentContext) {
    const { env, clock } = platform;
    this.model = values.text("model");
    if (this.model === "") throw new Error("model is required");
    const { region, credentials } = readAwsSettings(values, env);
    this.#region = region;
    this.#credentials = credentials;
    this.secrets = [this.#credentials.secretKey, this.#credentials.sessionToken];
    this.#clock = clock;
    const endpoint =
      values.text("endpoint") === ""
        ? `https://bedrock-runtime.${this.#region}.amazonaws.com`
        : endpointOf(values);
    this.url = `${endpoint}/model/${escapeText(this.model)}/converse`;
  }

  headers(body: string): Readonly<Record<string, string>> {
    return signRequest({
      method: "POST",
      url: this.url,
      headers: { "content-type": "application/json" },
      body,
      region: this.#region,
      service: "bedrock",
      credentials: this.#credentials,
      now: this.#clock.now(),
    });
  }

  write({ messages, tools, toolChoice, temperature }: ConversationRequest): string {
    const { system, turns } = toTurns(messages);
    // The API knows no choice of none: then there are no tools.
    const offersTools = tools.length > 0 && toolChoice !== "none";
    return encodeJson(
      jsonObject({
        messages: turns.map(({ role, blocks }) =>
          jsonObject({ role, content: blocks.map(writeBlock) }),
        ),
        system: system.length > 0 ? system.map((text) => jsonObject({ text })) : undefined,
        inferenceConfig: temperature > 0 ? jsonObject({ temperature }) : undefined,
        toolConfig: offersTools
          ? jsonObject({ tools: tools.map(writeTool), toolChoice: writeToolChoice(toolChoice) })
          : undefined,
      }),
    );
  }

  read(answer: JsonObject): { choices: readonly Choice[]; usage: Usage | undefined } {
    const message = memberObject(memberObject(answer, "output"), "message");
    if (!Array.isArray(message.get("content"))) throw new Error("empty response from model");
    const blocks = memberObjects(message, "content");
    const choice: Choice = {
      finishReason: memberText(answer, "stopReason") || "unknown",
      index: 0,
      text: blocks.map((block) => memberText(block, "text")).join(""),
      toolCalls: blocks
        .filter((block) => block.has("toolUse"))
        .map((block) => memberObject(block, "toolUse"))
        .map((use) => ({
          id: memberText(use, "toolUseId"),
          name: memberText(use, "name"),
          arguments: encodeJson(memberObject(use, "input")),
        })),
    };
    return { choices: [choice], usage: readUsage(memberObject(answer, "usage")) };
  }
}

function writeBlock(block: Block): JsonObject {
  switch (block.kind) {
    case "text":
      return jsonObject({ text: block.text });
    case "toolUse": {
      const { id, name, input } = block;
      return jsonObject({ toolUse: jsonObject({ toolUseId: id, name, input }) });
    }
    case "toolResult":
      return jsonObject({
        toolResult: jsonObject({
          toolUseId: block.id,
          content: [jsonObject({ text: block.text })],
        }),
      });
  }
}

const writeTool = ({ name, description, parameters }: Tool): JsonObject =>
  jsonObject({
    toolSpec: jsonObject({
      name,
      description: description === "" ? undefined : description,
      inputSchema: jsonObject({ json: parameters ?? jsonObject({ type: "object" }) }),
    }),
  });

function writeToolChoice(choice: string | undefined): JsonValue | undefined {
  if (choice === undefined || choice === "auto") return undefined;
  if (choice === "required") return jsonObject({ any: new Map() });
  return jsonObject({ tool: jsonObject({ name: choice }) });
}

function readUsage(usage: JsonObject): Usage | undefined {
  const promptTokens = memberCount(usage, "inputTokens");
  const completionTokens = memberCount(usage, "outputTokens");
  const totalTokens = memberCount(usage, "totalTokens") || promptTokens + completionTokens;
  const cachedTokens = memberCount(usage, "cacheReadInputTokens");
  if (totalTokens === 0) return undefined;
  return {
    promptTokens,
    completionTokens,
    totalTokens,
    promptDetails: cachedTokens > 0 ? { audioTokens: 0, cachedTokens } : undefined,
  };
}
