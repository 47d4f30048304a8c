/**
 * What spans of gRPC calls say about the call.
 * @see spec 08 §9.3
 */
import type { IncomingCall } from "../../kit/rpc/transport.ts";
import type { Span } from "../../kit/tracing/trace.ts";

/** For recording spans only. Tokens stay out of traces. */
export function describeCall(span: Span, call: IncomingCall): void {
  span.setAttribute("dapr.protocol", "grpc");
  span.setAttribute("dapr.api", call.path);
  for (const [key, value] of call.metadata) {
    if (key.startsWith("dapr-") && key !== "dapr-api-token" && !key.endsWith("-bin")) {
      span.setAttribute(key, value);
    }
  }
}
