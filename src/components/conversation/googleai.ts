/**
 * conversation.googleai: Gemini, through Google's endpoint in OpenAI's format.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import type { ComponentDefinition } from "../contract.ts";
import { chatProvider } from "./chat-provider.ts";
import type { Conversation } from "./contract.ts";

export const component = chatProvider({
  type: "conversation.googleai",
  summary: "Gemini models of Google AI.",
  model: "gemini-2.5-flash-lite",
  variable: "GOOGLEAI_MODEL",
  endpoint: "https://generativelanguage.googleapis.com/v1beta/openai",
}) satisfies ComponentDefinition<Conversation>;
