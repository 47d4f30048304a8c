/** The metadata API over gRPC. */
import { daprService, type GrpcMethod, unaryOnFirstUse } from "../api/grpc-method.ts";
import type { MetadataBlock } from "./metadata.ts";

const rule = { group: "metadata", version: "v1" } as const;

export function metadataGrpcMethods(block: MetadataBlock): GrpcMethod[] {
  const load = () => import("./grpc-calls.ts");
  return [
    unaryOnFirstUse(`${daprService}GetMetadata`, rule, async () =>
      (await load()).getMetadata(block),
    ),
    unaryOnFirstUse(`${daprService}SetMetadata`, rule, async () =>
      (await load()).setMetadata(block),
    ),
  ];
}
