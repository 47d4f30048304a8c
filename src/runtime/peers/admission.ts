/**
 * What happens to a call from another sidecar before it reaches the app: method, access list, metrics, span.
 * @see spec 02 §8.2
 */
import { normalizeGrpcMethod } from "../../kit/http/path-clean.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { IncomingCall } from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { parentOfCall } from "../../kit/tracing/call-parent.ts";
import type { Span, Tracer } from "../../kit/tracing/trace.ts";
import type { GrpcMetrics } from "../api/grpc-metrics.ts";
import { describeCall } from "../api/span-attributes.ts";
import { isAppBusy } from "../app/concurrency.ts";
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
  new RpcError(
    isAppBusy(cause) ? code.resourceExhausted : code.internal,
    `error invoking app channel: ${cause.message}`,
    { cause },
  );

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
  const span = startSpan(options, call, method);
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
): Span | undefined {
  if (!tracer.enabled) return undefined;
  const span = tracer.start(`CallLocal/${appId}/${method}`, "server", parentOfCall(call.metadata));
  if (span.recording) {
    describeCall(span, call);
    span.setAttribute("rpc.service", "ServiceInvocation");
    span.setAttribute("dapr.invoke_method", method);
  }
  return span;
}
