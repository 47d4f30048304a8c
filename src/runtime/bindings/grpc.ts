/**
 * Output bindings over gRPC.
 * @see spec 03 §8.3
 */
import { daprService, type GrpcMethod } from "../api/grpc-method.ts";
import type { BindingsBlock } from "./bindings.ts";

export function bindingsGrpcMethods(block: BindingsBlock): GrpcMethod[] {
  return [
    {
      kind: "unary",
      path: `${daprService}InvokeBinding`,
      group: "bindings",
      version: "v1",
      handle: async (message, call, context) => {
        // The bytes are the transport's again after the first wait.
        const kept = Buffer.from(message);
        const { invokeBinding } = await import("./grpc-calls.ts");
        return await invokeBinding(block).handle(kept, call, context);
      },
    },
  ];
}
