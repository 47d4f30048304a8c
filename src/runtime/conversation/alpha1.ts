/**
 * Messages of the first version of the API.
 * @see spec 01 §10.1
 */
import type {
  ConversationAnswer,
  ConversationRequest,
  Message,
  TextRole,
} from "../../components/conversation/contract.ts";
import type {
  ConversationRequest as ConversationRequestMessage,
  ConversationResponseInit,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { PiiScrubber } from "./pii.ts";

const roles: ReadonlyMap<string, TextRole | "assistant"> = new Map<string, TextRole | "assistant">([
  ["user", "user"],
  ["human", "user"],
  ["system", "system"],
  ["assistant", "assistant"],
  ["ai", "assistant"],
  ["tool", "tool"],
  ["function", "function"],
  ["generic", "generic"],
]);

/** Only messages and temperature are passed on. */
export async function readAlpha1(
  request: ConversationRequestMessage,
  clock: Clock,
): Promise<ConversationRequest> {
  const scrubber = new PiiScrubber(clock);
  const messages: Message[] = [];
  for (const { content, role, scrubPII } of request.inputs) {
    const texts = [scrubPII === true ? await scrubber.scrub(content) : content];
    const known = roles.get(role ?? "") ?? "user";
    messages.push(
      known === "assistant" ? { role: known, texts, toolCalls: [] } : { role: known, texts },
    );
  }
  return {
    messages,
    tools: [],
    toolChoice: undefined,
    temperature: request.temperature ?? 0,
    responseFormat: undefined,
    promptCacheRetention: undefined,
    metadata: new Map(),
  };
}

/** Of each output the first choice. */
export async function writeAlpha1(
  answer: ConversationAnswer,
  { contextID, parameters, scrubPII }: ConversationRequestMessage,
  clock: Clock,
): Promise<ConversationResponseInit> {
  const scrubber = new PiiScrubber(clock);
  const outputs = [];
  for (const { choices } of answer.outputs) {
    const text = choices[0]?.text ?? "";
    outputs.push({ result: scrubPII === true ? await scrubber.scrub(text) : text, parameters });
  }
  return contextID ? { contextID, outputs } : { outputs };
}
