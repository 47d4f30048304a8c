/**
 * The conversation API over gRPC.
 * @see spec 01 §2.8, §10
 */
import {
  ConversationRequest,
  ConversationRequestAlpha2,
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import { daprService, type GrpcMethod, unary } from "../api/grpc-method.ts";
import type { ConversationBlock } from "./conversation.ts";

export function conversationGrpcMethods(block: ConversationBlock): GrpcMethod[] {
  return [
    unary({
      path: `${daprService}ConverseAlpha1`,
      rule: { group: "conversation", version: "v1alpha1" },
      request: ConversationRequest,
      response: ConversationResponse,
      describe,
      handle: (request, call) => block.converseAlpha1(request, call.signal),
    }),
    unary({
      path: `${daprService}ConverseAlpha2`,
      rule: { group: "conversation", version: "v1alpha2" },
      request: ConversationRequestAlpha2,
      response: ConversationResponseAlpha2,
      describe,
      handle: (request, call) => block.converseAlpha2(request, call.signal),
    }),
  ];
}

/** spec 08 §9.3 */
function describe(span: Span, { name }: { readonly name: string }): void {
  span.setAttribute("rpc.system", name);
}
