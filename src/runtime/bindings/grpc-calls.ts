/**
 * A call of an output binding over gRPC. Loaded with the first one.
 * @see spec 03 §8.3
 */
import type { BindingMetadata } from "../../components/bindings/contract.ts";
import {
  InvokeBindingRequest,
  InvokeBindingResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/binding.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import type { UnaryCall } from "../../kit/rpc/transport.ts";
import { formatTraceparent } from "../../kit/tracing/context.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import { daprService, unary } from "../api/grpc-method.ts";
import { type BindingsBlock, responseMetadata } from "./bindings.ts";
import { answerHeaders } from "./headers.ts";

const path = `${daprService}InvokeBinding`;

export const invokeBinding = (block: BindingsBlock) =>
  unary({
    path,
    rule: { group: "bindings", version: "v1" },
    request: InvokeBindingRequest,
    response: InvokeBindingResponse,
    describe(span, { name }) {
      span.setAttribute("rpc.service", "Dapr");
      span.setAttribute("db.system", "bindings");
      span.setAttribute("db.connection_string", "bindings");
      span.setAttribute("db.name", name);
      span.setAttribute("db.statement", path);
    },
    async handle({ name, operation, data, metadata }, call, { span }) {
      addCallMetadata(metadata, call, span);
      try {
        const response = await block.invoke(name, { operation, data, metadata }, call.signal);
        sendHeaders(call, response?.metadata);
        return { data: response?.data, metadata: response?.metadata };
      } catch (error) {
        sendHeaders(call, responseMetadata(error));
        throw error;
      }
    },
  });

/** The trace, and what came with the call, which counts more only where it is about the trace. */
function addCallMetadata(
  metadata: Map<string, string>,
  call: UnaryCall,
  span: Span | undefined,
): void {
  if (span !== undefined && !metadata.has("traceparent")) {
    metadata.set("traceparent", formatTraceparent(span.context));
  }
  const overwrites = new Set(["traceparent", "tracestate"]);
  const incoming = new Map<string, string>([["dapr-authority", call.authority]]);
  for (const [key, value] of call.metadata) {
    const name = key.startsWith("grpc-") ? `dapr-${key}` : key;
    if (!incoming.has(name)) incoming.set(name, value);
  }
  for (const [name, value] of incoming) {
    if (overwrites.has(name) || !metadata.has(name)) metadata.set(name, value);
  }
}

function sendHeaders(call: UnaryCall, metadata: BindingMetadata | undefined): void {
  const headers = new Metadata();
  for (const [name, value] of answerHeaders(metadata)) {
    if (name.endsWith("-bin")) headers.addBinary(name, Buffer.from(value));
    else headers.add(name, value.replace(/[^\t\x20-\x7e]/g, " "));
  }
  if (!headers.isEmpty) call.sendHeaders(headers);
}
