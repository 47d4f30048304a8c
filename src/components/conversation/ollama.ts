/**
 * conversation.ollama: models that run on this or another machine.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import type { ComponentDefinition } from "../contract.ts";
import { chatProvider } from "./chat-provider.ts";
import type { Conversation } from "./contract.ts";

export const component = chatProvider({
  type: "conversation.ollama",
  summary: "Models that an Ollama server runs.",
  model: "llama3.2:latest",
  variable: "OLLAMA_MODEL",
  endpoint: "http://localhost:11434/v1",
}) satisfies ComponentDefinition<Conversation>;
