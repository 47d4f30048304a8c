/**
 * Language models.
 * @see spec 01 §10, spec 04 §8.10
 */
import type { JsonObject } from "../../kit/json/value.ts";
import type { RunningComponent } from "../contract.ts";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

export interface ToolResult {
  readonly toolId: string;
  readonly name: string;
  readonly text: string;
}

/** `tool`, `function` and `generic` come from alpha1, where a message is only text. */
export type TextRole = "user" | "system" | "tool" | "function" | "generic";

export type Message =
  | { readonly role: TextRole; readonly texts: readonly string[] }
  | {
      readonly role: "assistant";
      readonly texts: readonly string[];
      readonly toolCalls: readonly ToolCall[];
    }
  | { readonly role: "toolResults"; readonly results: readonly ToolResult[] };

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: JsonObject | undefined;
}

export interface ConversationRequest {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  /** `auto`, `none`, `required` or the name of a tool; undefined: not said. */
  readonly toolChoice: string | undefined;
  /** 0 is not sent. */
  readonly temperature: number;
  /** JSON schema. */
  readonly responseFormat: JsonObject | undefined;
  /** `24h0m0s` */
  readonly promptCacheRetention: string | undefined;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface Choice {
  readonly finishReason: string;
  /** Position among the provider's choices. */
  readonly index: number;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

export interface Usage {
  readonly completionTokens: number;
  readonly promptTokens: number;
  readonly totalTokens: number;
  readonly completionDetails?:
    | {
        readonly acceptedPredictionTokens: number;
        readonly audioTokens: number;
        readonly reasoningTokens: number;
        readonly rejectedPredictionTokens: number;
      }
    | undefined;
  readonly promptDetails?:
    | { readonly audioTokens: number; readonly cachedTokens: number }
    | undefined;
}

export interface ConversationAnswer {
  readonly outputs: readonly { readonly choices: readonly Choice[] }[];
  /** As configured; undefined: none is shown. */
  readonly model: string | undefined;
  readonly usage: Usage | undefined;
}

export interface Conversation extends RunningComponent {
  /** @throws {Error} with the provider's text, without the key */
  converse(request: ConversationRequest, signal?: AbortSignal): Promise<ConversationAnswer>;
}
