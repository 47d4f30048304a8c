/**
 * Makes models outside a sidecar, and short forms of their requests.
 */
import type { ComponentDefinition } from "../../../src/components/contract.ts";
import type {
  Conversation,
  ConversationRequest,
  Message,
} from "../../../src/components/conversation/contract.ts";
import { parseJson } from "../../../src/kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/kit/json/value.ts";
import type { Platform } from "../../../src/kit/lifecycle/platform.ts";
import { systemClock } from "../../../src/kit/time/clock.ts";
import { RecordedLog } from "./state-context.ts";

export function createModel(
  component: ComponentDefinition<Conversation>,
  properties: Readonly<Record<string, string>>,
  options: { readonly env?: Readonly<Record<string, string>>; readonly log?: RecordedLog } = {},
): Promise<Conversation> {
  return component.create({
    name: "model",
    appId: "app",
    namespace: "default",
    properties: new Map(Object.entries(properties)),
    logger: options.log ?? new RecordedLog(),
    platform: {
      clock: systemClock,
      env: new Map(Object.entries(options.env ?? {})),
    } as unknown as Platform,
    signal: new AbortController().signal,
  });
}

export const user = (...texts: string[]): Message => ({ role: "user", texts });

export const ask = (
  messages: readonly Message[],
  rest: Partial<ConversationRequest> = {},
): ConversationRequest => ({
  messages,
  tools: [],
  toolChoice: undefined,
  temperature: 0,
  responseFormat: undefined,
  promptCacheRetention: undefined,
  metadata: new Map(),
  ...rest,
});

export function schema(value: unknown): JsonObject {
  const parsed: JsonValue = parseJson(Buffer.from(JSON.stringify(value)));
  if (isJsonObject(parsed)) return parsed;
  throw new Error("not an object");
}

/** A dialogue with everything in it. */
export const dialogue: readonly Message[] = [
  { role: "system", texts: ["be kind"] },
  user("weather", "in X?"),
  {
    role: "assistant",
    texts: [],
    toolCalls: [{ id: "c1", name: "weather", arguments: '{"city":"X"}' }],
  },
  { role: "toolResults", results: [{ toolId: "c1", name: "weather", text: "sunny" }] },
];

export const weather = {
  name: "weather",
  description: "tells it",
  parameters: schema({ type: "object", properties: { city: { type: "string" } } }),
};

/** The text of the failure. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "no failure",
    (reason: unknown) => (reason as Error).message,
  );
}
