/**
 * Makes components of providers that speak the format of chat completions with a bearer token.
 */
import type { ComponentContext, ComponentDefinition, PropertySchema } from "../contract.ts";
import { Properties } from "../shared/properties.ts";
import { ChatCompletions, type ChatOptions } from "./chat-completions.ts";
import type { Conversation } from "./contract.ts";
import {
  chooseModel,
  endpointOf,
  keyOf,
  LanguageModel,
  modelProperties,
} from "./language-model.ts";

export interface ChatProvider {
  readonly type: string;
  readonly summary: string;
  readonly model: string;
  /** Environment variable that goes before the metadata. */
  readonly variable?: string;
  readonly endpoint: string;
  /** Text of the failure when there is no key; undefined: none is needed to start. */
  readonly keyMissing?: string;
  readonly dialect?: Pick<ChatOptions, "joinsTexts" | "tellsTools" | "omitsMetadata">;
  /** false: answers are not cached, whatever the metadata says. */
  readonly caches?: boolean;
}

/** @param provider.endpoint `<model>` stands for the model */
export function chatProvider(provider: ChatProvider): ComponentDefinition<Conversation> {
  const { type, summary, model, endpoint } = provider;
  const properties = modelProperties({ model, endpoint }).filter(
    ({ name }) => provider.caches !== false || name !== "responseCacheTTL",
  );
  return {
    type,
    versions: ["v1"],
    summary,
    provenAgainst: "a stand-in written from the public API documentation; no real model",
    properties,
    create: async (context) => create(provider, properties, context),
  };
}

function create(
  provider: ChatProvider,
  properties: readonly PropertySchema[],
  context: ComponentContext,
): LanguageModel {
  const values = new Properties(context.properties, properties);
  const key = keyOf(values);
  if (key === "" && provider.keyMissing !== undefined) throw new Error(provider.keyMissing);
  const model = chooseModel(context, values, provider.variable) || provider.model;
  const endpoint = endpointOf(values).replace("<model>", model).replace("%3Cmodel%3E", model);
  const format = new ChatCompletions({
    model,
    url: `${endpoint}/chat/completions`,
    headers: key === "" ? {} : { authorization: `Bearer ${key}` },
    secrets: [key],
    logger: context.logger,
    ...provider.dialect,
  });
  return new LanguageModel(format, values, context, provider.caches);
}
