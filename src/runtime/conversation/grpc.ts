/**
 * The conversation API over gRPC.
 * @see spec 01 §2.8, §10
 */
import { daprService, type GrpcMethod } from "../api/grpc-method.ts";
import type { ConversationBlock } from "./conversation.ts";

export function conversationGrpcMethods(block: ConversationBlock): GrpcMethod[] {
  const conversation = { kind: "unary", group: "conversation" } as const;
  const load = () => import("./grpc-calls.ts");
  return [
    {
      ...conversation,
      path: `${daprService}ConverseAlpha1`,
      version: "v1alpha1",
      handle: async (message, call, context) =>
        (await load()).converseAlpha1(block).handle(message, call, context),
    },
    {
      ...conversation,
      path: `${daprService}ConverseAlpha2`,
      version: "v1alpha2",
      handle: async (message, call, context) =>
        (await load()).converseAlpha2(block).handle(message, call, context),
    },
  ];
}
