/**
 * conversation.openai: OpenAI, and its models in Azure.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { ChatCompletions } from "./chat-completions.ts";
import type { Conversation } from "./contract.ts";
import {
  chooseModel,
  endpointOf,
  keyOf,
  LanguageModel,
  modelProperties,
} from "./language-model.ts";

const properties: readonly PropertySchema[] = [
  ...modelProperties({ endpoint: "https://api.openai.com/v1" }),
  {
    name: "apiType",
    kind: "string",
    default: "openai",
    description: "`azure`: models in Azure, which need endpoint and apiVersion.",
  },
  { name: "apiVersion", kind: "string", description: "Version of the API in Azure." },
];

export const component = {
  type: "conversation.openai",
  versions: ["v1"],
  summary:
    "Models of OpenAI, and in Azure. The key falls back to `OPENAI_API_KEY`; the model is that of `OPENAI_MODEL` (`AZURE_OPENAI_MODEL`), of the metadata, or `gpt-5-nano` (`gpt-4.1-nano`).",
  provenAgainst: "a stand-in written from the public API documentation; no real model",
  properties,
  create: async (context) => {
    const values = new Properties(context.properties, properties);
    const isAzure = values.text("apiType").toLowerCase() === "azure";
    const format = isAzure ? azure(values, context) : openai(values, context);
    return new LanguageModel(format, values, context);
  },
} satisfies ComponentDefinition<Conversation>;

function openai(values: Properties, context: ComponentContext): ChatCompletions {
  const key = requiredKey(values, context);
  return new ChatCompletions({
    model: chooseModel(context, values, "OPENAI_MODEL") || "gpt-5-nano",
    url: `${endpointOf(values)}/chat/completions`,
    headers: { authorization: `Bearer ${key}` },
    secrets: [key],
    logger: context.logger,
  });
}

/** A model is a deployment, and part of the path. */
function azure(values: Properties, context: ComponentContext): ChatCompletions {
  const version = values.text("apiVersion");
  if ((values.given("endpoint") ?? "") === "" || version === "") {
    throw new Error("endpoint and apiVersion must be provided when apiType is set to 'azure'");
  }
  const key = requiredKey(values, context);
  const model = chooseModel(context, values, "AZURE_OPENAI_MODEL") || "gpt-4.1-nano";
  const path = `openai/deployments/${encodeURIComponent(model)}/chat/completions`;
  return new ChatCompletions({
    model,
    url: `${endpointOf(values)}/${path}?api-version=${encodeURIComponent(version)}`,
    headers: { "api-key": key },
    secrets: [key],
    logger: context.logger,
  });
}

function requiredKey(values: Properties, { platform }: ComponentContext): string {
  const key = keyOf(values) || (platform.env.get("OPENAI_API_KEY") ?? "").trim();
  if (key !== "") return key;
  throw new Error("missing the OpenAI API key, set it in the OPENAI_API_KEY environment variable");
}
