/**
 * conversation.mistral: Mistral, which is told of tool calls and their results in plain text.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import type { ComponentDefinition } from "../contract.ts";
import { chatProvider } from "./chat-provider.ts";
import type { Conversation } from "./contract.ts";

export const component = chatProvider({
  type: "conversation.mistral",
  summary: "Models of Mistral.",
  model: "open-mistral-7b",
  variable: "MISTRAL_MODEL",
  endpoint: "https://api.mistral.ai/v1",
  keyMissing: "mistral api key is required",
  dialect: { tellsTools: true, omitsMetadata: true },
}) satisfies ComponentDefinition<Conversation>;
