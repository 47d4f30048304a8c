/**
 * conversation.deepseek: DeepSeek, without a cache of answers.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import type { ComponentDefinition } from "../contract.ts";
import { chatProvider } from "./chat-provider.ts";
import type { Conversation } from "./contract.ts";

export const component = chatProvider({
  type: "conversation.deepseek",
  summary: "Models of DeepSeek.",
  model: "deepseek-chat",
  endpoint: "https://api.deepseek.com",
  dialect: { joinsTexts: true },
  caches: false,
}) satisfies ComponentDefinition<Conversation>;
