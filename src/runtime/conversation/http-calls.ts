/**
 * Calls over HTTP; loaded with the first one, for few sidecars talk to a model.
 * @see spec 01 §2.5, §10
 */
import {
  ConversationRequest,
  ConversationRequestAlpha2,
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import { toJson } from "../../kit/proto/json.ts";
import type { HttpExchange } from "../api/http-route.ts";
import { readMessage } from "../api/message-body.ts";
import type { ConversationBlock } from "./conversation.ts";

export async function converseAlpha1(
  block: ConversationBlock,
  exchange: HttpExchange,
): Promise<void> {
  const message = await readMessage(exchange, ConversationRequest);
  const [name] = exchange.params as [string];
  const response = await block.converseAlpha1({ ...message, name }, exchange.signal);
  exchange.json(200, toJson(ConversationResponse, response));
}

export async function converseAlpha2(
  block: ConversationBlock,
  exchange: HttpExchange,
): Promise<void> {
  const message = await readMessage(exchange, ConversationRequestAlpha2);
  const [name] = exchange.params as [string];
  const response = await block.converseAlpha2({ ...message, name }, exchange.signal);
  exchange.json(200, toJson(ConversationResponseAlpha2, response));
}
