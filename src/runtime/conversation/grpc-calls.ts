/**
 * Calls over gRPC; loaded with the first one, for few sidecars talk to a model.
 * @see spec 01 §10
 */
import {
  ConversationRequest,
  ConversationRequestAlpha2,
  ConversationResponse,
  ConversationResponseAlpha2,
} from "../../kit/proto/dapr/proto/runtime/v1/ai.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import { type UnaryCalls, unaryCalls } from "../api/grpc-method.ts";
import type { ConversationBlock } from "./conversation.ts";

export const converseAlpha1 = (block: ConversationBlock): UnaryCalls =>
  unaryCalls({
    describe,
    request: ConversationRequest,
    response: ConversationResponse,
    handle: (request, call) => block.converseAlpha1(request, call.signal),
  });

export const converseAlpha2 = (block: ConversationBlock): UnaryCalls =>
  unaryCalls({
    describe,
    request: ConversationRequestAlpha2,
    response: ConversationResponseAlpha2,
    handle: (request, call) => block.converseAlpha2(request, call.signal),
  });

/** spec 08 §9.3 */
function describe(span: Span, { name }: { readonly name: string }): void {
  span.setAttribute("rpc.system", name);
}
