/**
 * What happens to a call from another sidecar before it reaches the app: method, access list, metrics, span.
 * @see spec 02 §8.2
 */
import { normalizeGrpcMethod } from "../../kit/http/path-clean.ts";
import type { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { IncomingCall } from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { parseTraceBinary, parseTraceparent } from "../../kit/tracing/context.ts";
import type { Span, SpanContext, Tracer } from "../../kit/tracing/trace.ts";
import type { GrpcMetrics } from "../api/grpc-metrics.ts";
import { type AppChannel, type InvokeRequest, verbNames } from "../app/contract.ts";
import { exactValue } from "../app/headers.ts";
import type { AccessControl } from "./access-control.ts";
import type { InvokeMetrics } from "./metrics.ts";
import { type PeerRequest, specVersion } from "./protocol.ts";

export interface PeerServerOptions {
  readonly appId: string;
  /** undefined: there is no app, or its channel could not be made. */
  readonly app: () => AppChannel | undefined;
  /** undefined: everybody may call everything. */
  readonly accessControl: AccessControl | undefined;
  readonly tracer: Tracer;
  readonly clock: Clock;
  /** undefined: metrics are off. */
  readonly metrics: InvokeMetrics | undefined;
  readonly grpcMetrics: GrpcMetrics | undefined;
}

export const noApp = (): RpcError => new RpcError(code.internal, "app channel is not initialized");

export const appFailure = (cause: Error): RpcError =>
  new RpcError(code.internal, `error invoking app channel: ${cause.message}`, { cause });

export interface Admitted {
  readonly request: InvokeRequest;
  readonly span: Span | undefined;
  /** Counts how the call ended. */
  finish(status: number): void;
}

/** Checks and counts what is common to both methods. @throws {RpcError} */
export function admit(
  options: PeerServerOptions,
  app: AppChannel,
  call: IncomingCall,
  incoming: PeerRequest,
  path: string,
): Admitted {
  const { accessControl, metrics } = options;
  const { message, metadata, version } = incoming;
  if (message === undefined) throw new TypeError("checked before");
  if (version !== specVersion) {
    throw appFailure(new RpcError(code.unimplemented, `Unsupported spec version: ${version}`));
  }
  const method = normalizeGrpcMethod(message.method);
  const denial = accessControl?.check({
    identity: call.peer.identity,
    operation: method,
    verb: (app.isHttp ? verbNames[message.verb ?? 0] : undefined) ?? "NONE",
    isHttp: app.isHttp,
  });
  if (denial !== undefined) throw new RpcError(code.permissionDenied, denial);
  const source = exactValue(metadata, "dapr-caller-app-id") ?? "unknown";
  metrics?.requestReceived(source);
  const span = startSpan(options, call, method, path);
  return {
    request: {
      method,
      verb: message.verb,
      query: message.query,
      contentType: message.contentType,
      typeUrl: message.typeUrl,
      metadata,
      body: null,
      contentLength: undefined,
      trace: span?.context,
    },
    span,
    finish: (status) => metrics?.responseSent(source, status),
  };
}

function startSpan(
  { tracer, appId }: PeerServerOptions,
  call: IncomingCall,
  method: string,
  path: string,
): Span | undefined {
  if (!tracer.enabled) return undefined;
  const span = tracer.start(`CallLocal/${appId}/${method}`, "server", parentOf(call.metadata));
  if (span.recording) {
    span.setAttribute("dapr.protocol", "grpc");
    span.setAttribute("dapr.api", path);
    span.setAttribute("rpc.service", "ServiceInvocation");
    span.setAttribute("dapr.invoke_method", method);
    for (const [key, value] of call.metadata) {
      if (key.startsWith("dapr-") && !key.endsWith("-bin")) span.setAttribute(key, value);
    }
  }
  return span;
}

/** grpc-trace-bin, else traceparent; tracestate does not count on gRPC (spec 08 §9.4). */
export function parentOf(metadata: Metadata): SpanContext | null {
  const binary = metadata.getBinary("grpc-trace-bin");
  const parent = binary === undefined ? null : parseTraceBinary(binary);
  if (parent !== null) return parent;
  const text = metadata.get("traceparent");
  return text === undefined ? null : parseTraceparent(text, "");
}
