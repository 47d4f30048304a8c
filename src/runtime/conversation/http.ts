/**
 * The conversation API over HTTP.
 * @see spec 01 §2.4, §10
 */
import {
  ConversationRequest,
  ConversationRequestAlpha2,
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import type { HttpExchange, HttpRoute } from "../api/http-route.ts";
import { readMessage } from "../api/message-body.ts";
import type { ConversationBlock } from "./conversation.ts";

export function conversationHttpRoutes(block: ConversationBlock): HttpRoute[] {
  const converse = { group: "conversation", methods: ["POST"], name: "Converse" } as const;
  return [
    {
      ...converse,
      version: "v1alpha1",
      path: "/v1.0-alpha1/conversation/:name/converse",
      handle: (exchange) => converseAlpha1(block, exchange),
    },
    {
      ...converse,
      version: "v1alpha2",
      path: "/v1.0-alpha2/conversation/:name/converse",
      handle: (exchange) => converseAlpha2(block, exchange),
    },
  ];
}

/** Loaded on first use: knows all messages. */
const loadJson = () => import("../../kit/proto/json.ts");

async function converseAlpha1(block: ConversationBlock, exchange: HttpExchange): Promise<void> {
  const message = await readMessage(exchange, ConversationRequest);
  const [name] = exchange.params as [string];
  const response = await block.converseAlpha1({ ...message, name }, exchange.signal);
  const { toJson } = await loadJson();
  exchange.json(200, toJson(ConversationResponse, response));
}

async function converseAlpha2(block: ConversationBlock, exchange: HttpExchange): Promise<void> {
  const message = await readMessage(exchange, ConversationRequestAlpha2);
  const [name] = exchange.params as [string];
  const response = await block.converseAlpha2({ ...message, name }, exchange.signal);
  const { toJson } = await loadJson();
  exchange.json(200, toJson(ConversationResponseAlpha2, response));
}
