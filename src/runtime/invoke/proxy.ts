/**
 * Calls of methods that no server of a sidecar knows: passed on as they are, to the own app or to another sidecar.
 * @see spec 02 §5
 */
import { isTruthy } from "../../kit/flags/flags.ts";
import { normalizeGrpcMethod } from "../../kit/http/path-clean.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError, type RpcStatus } from "../../kit/rpc/status.ts";
import {
  type ClientTransport,
  type OutgoingCall,
  retain,
  type StreamCall,
} from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { parentOfCall } from "../../kit/tracing/call-parent.ts";
import type { SpanContext, Tracer } from "../../kit/tracing/trace.ts";
import type { RpcContext } from "../api/grpc-method.ts";
import type { GrpcMetrics } from "../api/grpc-metrics.ts";
import { addTrace } from "../app/headers.ts";
import type { AccessControl } from "../peers/access-control.ts";
import type { PeerClients, PeerTarget } from "../peers/client.ts";
import type { InvokeMetrics } from "../peers/metrics.ts";
import { splitTargetId } from "./invoke.ts";
import {
  type CallRelay,
  type GuardRelay,
  lateBackend,
  type RelayBackend,
  statusOfError,
} from "./relay.ts";
import type { Addresses } from "./resolve.ts";
import { isConnectionFailure } from "./retry.ts";

export interface ProxyOptions {
  readonly appId: string;
  readonly namespace: string;
  /** The app's gRPC connection, whatever protocol its channel speaks; undefined without an app. */
  readonly app: () => ClientTransport | undefined;
  readonly appToken: string;
  readonly peers: PeerClients;
  /** undefined: the name resolver could not be created. */
  readonly addresses: () => Addresses | undefined;
  readonly accessControl: AccessControl | undefined;
  readonly tracer: Tracer;
  readonly clock: Clock;
  /** undefined: metrics are off. */
  readonly metrics: InvokeMetrics | undefined;
  readonly grpcMetrics: GrpcMetrics | undefined;
  /** Calls of other apps under their policies; undefined: there are none. */
  readonly guard?: GuardRelay | undefined;
}

export class GrpcProxy {
  readonly #options: ProxyOptions;

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  /** A call that came to the API server. */
  handle(call: StreamCall, context: RpcContext): void {
    this.#route(call, context.span?.context, "api");
  }

  /** A call that came from another sidecar. */
  handleIncoming(call: StreamCall): void {
    const { tracer, clock, grpcMetrics } = this.#options;
    const startedAt = clock.monotonic();
    const span = tracer.enabled
      ? tracer.start(call.path, "server", parentOfCall(call.metadata))
      : undefined;
    if (span?.recording) {
      span.setAttribute("dapr.protocol", "grpc");
      span.setAttribute("dapr.api", call.path);
    }
    this.#route(call, span?.context, "internal", (status) => {
      grpcMetrics?.method(call.path).count(status.code, clock.monotonic() - startedAt);
      if (!span?.recording) return;
      if (status.code !== code.ok) span.setError(status.message);
      span.end();
    });
  }

  #route(
    call: StreamCall,
    trace: SpanContext | undefined,
    from: "api" | "internal",
    onEnd?: (status: RpcStatus) => void,
  ): void {
    let relay: CallRelay | undefined;
    try {
      const isTraced = this.#options.tracer.enabled && !isOwnService(call.path);
      const targetId = targetOf(call.metadata, isTraced);
      const { id, namespace } = splitTargetId(targetId, this.#options.namespace);
      // Quirk: spec 02 §2: the namespace does not count here.
      if (id === this.#options.appId) {
        relay = new Relay(call, onEnd);
        this.#toApp(call, relay);
      } else if (from === "internal") throw strayCall(id);
      else {
        relay = this.#options.guard?.(call, onEnd) ?? new Relay(call, onEnd);
        this.#toPeer(call, relay, { id, namespace, targetId }, trace);
      }
    } catch (error) {
      relay ??= new Relay(call, onEnd);
      relay.fail(error as Error);
    }
  }

  /** @throws {Error} */
  #toApp(call: StreamCall, relay: CallRelay): void {
    const { app, appToken, accessControl } = this.#options;
    // The app gets what was checked, not what came.
    const operation = fullMethod(normalizeGrpcMethod(call.path.slice(1)));
    const denial = accessControl?.check({
      identity: call.peer.identity,
      operation,
      verb: "NONE",
      isHttp: false,
    });
    if (denial !== undefined) throw new RpcError(code.permissionDenied, denial);
    const client = app();
    if (client === undefined) throw new Error("app channel is not initialized");
    const metadata = call.metadata.clone();
    metadata.delete("dapr-app-id");
    metadata.delete("dapr-api-token");
    if (appToken !== "") metadata.add("dapr-api-token", appToken);
    relay.run({
      connect: () => client.connect(),
      open: () => client.open(operation, callOptions(call, metadata)),
      reconnect: () => {},
      onStatus: () => {},
    });
  }

  /** @throws {Error} */
  #toPeer(
    call: StreamCall,
    relay: CallRelay,
    target: { readonly id: string; readonly namespace: string; readonly targetId: string },
    trace: SpanContext | undefined,
  ): void {
    const { addresses, appId } = this.#options;
    const resolver = addresses();
    if (resolver === undefined) throw new Error("name resolver not initialized");
    const metadata = call.metadata.clone();
    metadata.delete("dapr-app-id");
    metadata.delete("dapr-caller-app-id");
    metadata.add("dapr-caller-app-id", appId);
    metadata.add("dapr-callee-app-id", target.targetId);
    if (trace !== undefined) {
      for (const key of ["traceparent", "tracestate", "grpc-trace-bin"]) metadata.delete(key);
      addTrace(metadata, trace);
    }
    const find = () => resolver.find(target.id, target.namespace);
    const backend = (address: string): RelayBackend => {
      const peer = { address, appId: target.id, namespace: target.namespace };
      return this.#peerBackend(call, peer, resolver, metadata);
    };
    if (relay.retriesConnect) {
      relay.run(lateBackend(async () => backend(await find())));
      return;
    }
    const found = find();
    if (typeof found === "string") relay.run(backend(found));
    else {
      found
        .then((address) => relay.run(backend(address)))
        .catch((error: Error) => relay.fail(error));
    }
  }

  #peerBackend(
    call: StreamCall,
    target: PeerTarget,
    resolver: Addresses,
    metadata: Metadata,
  ): RelayBackend {
    const { peers, metrics, clock } = this.#options;
    const isStreaming = isTruthy(call.metadata.get("dapr-stream"));
    const startedAt = clock.monotonic();
    let peer = peers.acquire(target);
    metrics?.requestSent(target.appId, isStreaming ? "streaming" : "unary");
    return {
      connect: () => peer.client.connect(),
      open: () => peer.client.open(call.path, callOptions(call, metadata)),
      reconnect: () => {
        peer.release();
        peers.discard(target);
        resolver.forget(target.appId, target.namespace);
        peer = peers.acquire(target);
      },
      onStatus: (status) => {
        peer.release();
        if (isStreaming) return;
        metrics?.responseReceived(target.appId, status.code, clock.monotonic() - startedAt);
      },
    };
  }
}

const fullMethod = (method: string): string => (method.startsWith("/") ? method : `/${method}`);

const callOptions = (
  call: StreamCall,
  metadata: Metadata,
): { metadata: Metadata; timeoutMs?: number } =>
  call.timeoutMs === Number.POSITIVE_INFINITY
    ? { metadata }
    : { metadata, timeoutMs: call.timeoutMs };

/** @throws {Error} */
/** Methods of our own services that do not exist are told apart from calls of apps (spec 01 §3). */
const isOwnService = (path: string): boolean =>
  path.startsWith("/dapr.proto.runtime.") || path.startsWith("/dapr.proto.internals.");

function targetOf(metadata: Metadata, isTraced: boolean): string {
  const target = metadata.get("dapr-callee-app-id") ?? metadata.get("dapr-app-id");
  if (target !== undefined) return target;
  throw new Error(
    isTraced
      ? "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata"
      : "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found",
  );
}

/** Another sidecar must not reach third apps with our identity. */
const strayCall = (id: string): RpcError =>
  new RpcError(code.permissionDenied, `cannot proxy request: app id ${id} is not served here`);

/** Carries messages both ways, without looking at them. */
class Relay implements CallRelay {
  readonly retriesConnect = false;
  readonly #call: StreamCall;
  readonly #onEnd: ((status: RpcStatus) => void) | undefined;
  #backend: RelayBackend | undefined;
  #out: OutgoingCall | undefined;
  #isHeadSent = false;
  #head: Metadata | undefined;
  #isOver = false;

  constructor(call: StreamCall, onEnd: ((status: RpcStatus) => void) | undefined) {
    this.#call = call;
    this.#onEnd = onEnd;
    call.onCancel(() => {
      if (this.#out !== undefined) this.#out.cancel();
      this.#end({ code: code.canceled, message: "context canceled", trailers: new Metadata() });
    });
  }

  run(backend: RelayBackend): void {
    this.#backend = backend;
    backend.connect().then(
      () => this.#open(backend),
      (error: Error) => this.#connectAgain(backend, error),
    );
  }

  /** Dapr's own failures are Unknown with the bare text. */
  fail(error: Error): void {
    if (this.#isOver) return;
    const status = statusOfError(error);
    this.#call.finish(status);
    this.#end(status);
  }

  #connectAgain(backend: RelayBackend, error: Error): void {
    if (!isConnectionFailure(error)) {
      this.fail(error);
      return;
    }
    backend.reconnect();
    backend.connect().then(
      () => this.#open(backend),
      (second: Error) => this.fail(second),
    );
  }

  #open(backend: RelayBackend): void {
    if (this.#isOver) return;
    const call = this.#call;
    const out = backend.open();
    this.#out = out;
    out.onHeaders((metadata) => {
      // They travel just before the first message, and without one not at all.
      this.#head = metadata;
    });
    out.onMessage((message) => {
      if (this.#isOver) return;
      if (!this.#isHeadSent) {
        this.#isHeadSent = true;
        if (this.#head !== undefined) call.sendHeaders(this.#head);
      }
      if (!call.send(retain(message))) out.pause();
    });
    out.onStatus((status) => {
      if (this.#isOver) return;
      // Some servers send a text with OK, which the reference does not pass on.
      call.finish(status.code === code.ok ? { trailers: status.trailers } : status);
      this.#end(status);
    });
    out.onDrain(() => call.resume());
    call.onDrain(() => out.resume());
    call.onHalfClose(() => out.halfClose());
    call.onMessage((message) => {
      if (!out.send(retain(message))) call.pause();
    });
  }

  #end(status: RpcStatus): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#backend?.onStatus(status);
    this.#onEnd?.(status);
  }
}
