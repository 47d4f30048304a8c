/**
 * The conversation API over gRPC.
 * @see spec 01 §2.8, §10
 */
import { daprService, type GrpcMethod, unaryOnFirstUse } from "../api/grpc-method.ts";
import type { ConversationBlock } from "./conversation.ts";

export function conversationGrpcMethods(block: ConversationBlock): GrpcMethod[] {
  const group = "conversation";
  const load = () => import("./grpc-calls.ts");
  return [
    unaryOnFirstUse(`${daprService}ConverseAlpha1`, { group, version: "v1alpha1" }, async () =>
      (await load()).converseAlpha1(block),
    ),
    unaryOnFirstUse(`${daprService}ConverseAlpha2`, { group, version: "v1alpha2" }, async () =>
      (await load()).converseAlpha2(block),
    ),
  ];
}
