/**
 * Publishing over gRPC.
 * @see spec 03 §2.2, §2.8
 */
import type { Tracer } from "../../kit/tracing/trace.ts";
import { daprService, type GrpcMethod, unaryOnFirstUse } from "../api/grpc-method.ts";
import type { PubSubBlock } from "./pubsub.ts";

export function pubsubGrpcMethods(block: PubSubBlock, tracer: Tracer): GrpcMethod[] {
  const group = "publish";
  const load = () => import("./grpc-calls.ts");
  const bulk = (name: string, version: "v1" | "v1alpha1"): GrpcMethod => {
    const path = `${daprService}${name}`;
    return unaryOnFirstUse(path, { group, version }, async () =>
      (await load()).bulkPublishEvent(block, tracer, path),
    );
  };
  return [
    unaryOnFirstUse(`${daprService}PublishEvent`, { group, version: "v1" }, async () =>
      (await load()).publishEvent(block),
    ),
    bulk("BulkPublishEvent", "v1"),
    bulk("BulkPublishEventAlpha1", "v1alpha1"),
  ];
}
