/**
 * The trace that a gRPC call belongs to.
 * @see spec 08 §9.4
 */
import type { Metadata } from "../rpc/metadata.ts";
import { parseTraceBinary, parseTraceparent } from "./context.ts";
import type { SpanContext } from "./trace.ts";

/** grpc-trace-bin, else traceparent; tracestate does not count on gRPC. */
export function parentOfCall(metadata: Metadata): SpanContext | null {
  const binary = metadata.getBinary("grpc-trace-bin");
  const parent = binary === undefined ? null : parseTraceBinary(binary);
  if (parent !== null) return parent;
  const text = metadata.get("traceparent");
  return text === undefined ? null : parseTraceparent(text, "");
}
