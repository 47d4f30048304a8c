/**
 * conversation.huggingface: models behind the router of Hugging Face.
 * @see spec 01 §10.5, spec 04 §8.10
 */
import type { ComponentDefinition } from "../contract.ts";
import { chatProvider } from "./chat-provider.ts";
import type { Conversation } from "./contract.ts";

export const component = chatProvider({
  type: "conversation.huggingface",
  summary: "Models of Hugging Face.",
  model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
  variable: "HUGGINGFACE_MODEL",
  endpoint: "https://router.huggingface.co/hf-inference/models/<model>/v1",
}) satisfies ComponentDefinition<Conversation>;
