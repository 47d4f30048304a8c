/**
 * The gRPC API: the interceptors of a call in their order, around the methods of the building blocks.
 * @see spec 01 §3
 */

import { ApiError } from "../../kit/errors/api-error.ts";
import { toRpcError } from "../../kit/errors/render.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type {
  Finish,
  IncomingCall,
  ServerTransport,
  StreamCall,
  UnaryCall,
} from "../../kit/rpc/transport.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { joinBaggage, parseBaggage } from "../../kit/tracing/baggage.ts";
import { parentOfCall } from "../../kit/tracing/call-parent.ts";
import { formatTraceBinary } from "../../kit/tracing/context.ts";
import type { Span, Tracer } from "../../kit/tracing/trace.ts";
import { logGrpcCall } from "./api-log.ts";
import { notAvailable, overloaded, unauthorized } from "./errors.ts";
import {
  finishOf,
  type GrpcMethod,
  type RpcContext,
  type StreamMethod,
  type UnaryMethod,
} from "./grpc-method.ts";
import type { GrpcMethodMetrics, GrpcMetrics } from "./grpc-metrics.ts";
import { describeCall } from "./span-attributes.ts";
import type { CheckToken } from "./token.ts";

export interface GrpcApiOptions {
  readonly methods: readonly GrpcMethod[];
  /** Every other method: proxied invocation. */
  readonly fallback: (call: StreamCall, context: RpcContext) => void;
  /** undefined: everything is allowed. */
  readonly isAllowed: ((method: GrpcMethod | undefined) => boolean) | undefined;
  readonly checkToken: CheckToken | undefined;
  readonly tracer: Tracer;
  readonly clock: Clock;
  /** undefined: metrics are off. */
  readonly metrics: GrpcMetrics | undefined;
  /** undefined: the API log is off. */
  readonly apiLog: Logger | undefined;
  readonly onError: (error: ApiError) => void;
  /** Calls beyond it end with ResourceExhausted. Default 10000. */
  readonly maxInFlight?: number;
  readonly onLimit?: (limit: "in-flight") => void;
}

const defaultMaxInFlight = 10_000;
const runtimePrefix = "/dapr.proto.runtime.";

export class GrpcApi {
  readonly #options: GrpcApiOptions;
  readonly #stopping = new AbortController();
  readonly #maxInFlight: number;
  /** Calls that wait for something, and streams. */
  #inFlight = 0;

  constructor(options: GrpcApiOptions) {
    this.#options = options;
    this.#maxInFlight = options.maxInFlight ?? defaultMaxInFlight;
  }

  /** Before the server waits for running calls: streams of our own have no end by themselves. */
  endStreams(): void {
    this.#stopping.abort();
  }

  /** @param unlisted streams beyond the building blocks' that need the token too, such as reflection */
  register(
    server: ServerTransport,
    unlisted: readonly Pick<StreamMethod, "path" | "handle">[] = [],
  ): void {
    const all: readonly GrpcMethod[] = [
      ...this.#options.methods,
      ...unlisted.map((method) => ({ kind: "stream", ...method }) as const),
    ];
    for (const method of all) {
      const isRefused =
        method.path.startsWith(runtimePrefix) && this.#options.isAllowed?.(method) === false;
      if (method.kind === "unary") {
        server.unary(method.path, isRefused ? refuseUnary : this.#unary(method));
      } else server.stream(method.path, isRefused ? refuseStream : this.#stream(method));
    }
    server.fallback((call) => this.#proxied(call));
  }

  /** One closure per method: what is off costs nothing per call. */
  #unary(
    method: UnaryMethod,
  ): (message: Buffer, call: UnaryCall) => Uint8Array | Promise<Uint8Array> {
    const { metrics, clock, apiLog } = this.#options;
    const series = metrics?.method(method.path);
    const isPlain = apiLog === undefined;
    return (message, call) => {
      const startedAt = clock.monotonic();
      let span: Span | undefined;
      try {
        span = this.#intercept(call, method.path, 0);
        const answer = method.handle(message, call, { span });
        if (!(answer instanceof Promise)) {
          if (isPlain && span === undefined) {
            series?.finish(0, clock.monotonic() - startedAt, message.length, answer.length);
          } else
            this.#end(method, call, series, span, startedAt, message.length, answer, undefined);
          return answer;
        }
        this.#inFlight++;
        return answer.then(
          (bytes) => {
            this.#inFlight--;
            this.#end(method, call, series, span, startedAt, message.length, bytes, undefined);
            return bytes;
          },
          (error: unknown) => {
            this.#inFlight--;
            const failure = this.#failure(error);
            this.#end(method, call, series, span, startedAt, message.length, undefined, failure);
            throw failure;
          },
        );
      } catch (error) {
        const failure = this.#failure(error);
        this.#end(method, call, series, span, startedAt, message.length, undefined, failure);
        throw failure;
      }
    };
  }

  #stream(method: StreamMethod): (call: StreamCall) => void {
    return (call) => {
      const startedAt = this.#options.clock.monotonic();
      let span: Span | undefined;
      const watched = this.#watch(call, (status) => this.#endStream(call, span, startedAt, status));
      try {
        span = this.#intercept(call, method.path, 1);
        method.handle(watched, { span, stopping: this.#stopping.signal });
      } catch (error) {
        watched.finish(finishOf(this.#failure(error)));
      }
    };
  }

  #proxied(call: StreamCall): void {
    const { clock, metrics, fallback, isAllowed } = this.#options;
    if (isAllowed?.(undefined) === false && call.path.startsWith(runtimePrefix)) {
      refuseStream(call);
      return;
    }
    const startedAt = clock.monotonic();
    let span: Span | undefined;
    const watched = this.#watch(call, (status) => {
      metrics?.method(call.path).count(status.code ?? 0, clock.monotonic() - startedAt);
      this.#endStream(call, span, startedAt, status);
    });
    try {
      span = this.#intercept(call, call.path, 1);
      fallback(watched, { span });
    } catch (error) {
      watched.finish(finishOf(this.#failure(error)));
    }
  }

  /** Sees how a stream ends without touching its messages. */
  #watch(call: StreamCall, onFinish: (status: Finish) => void): StreamCall {
    this.#inFlight++;
    const finish = call.finish.bind(call);
    let ended = false;
    const end = (status: Finish): void => {
      if (ended) return;
      ended = true;
      this.#inFlight--;
      onFinish(status);
    };
    call.finish = (status = {}) => {
      end(status);
      finish(status);
    };
    call.onCancel(() => end({ code: code.canceled, message: "context canceled" }));
    return call;
  }

  /**
   * Room, token, trace and baggage.
   * @param counted whether the call itself is in flight already
   * @throws {RpcError}
   */
  #intercept(call: IncomingCall, path: string, counted: 0 | 1): Span | undefined {
    if (this.#inFlight - counted >= this.#maxInFlight) {
      this.#options.onLimit?.("in-flight");
      throw toRpcError(overloaded());
    }
    const { checkToken, tracer } = this.#options;
    if (checkToken !== undefined) authenticate(call.metadata, checkToken);
    if (!tracer.enabled) return undefined;
    const span = tracer.start(path, "client", parentOfCall(call.metadata));
    if (span.recording) describeCall(span, call);
    const baggage = call.metadata.getAll("baggage");
    const head = new Metadata();
    if (isEchoed(path)) {
      head.addBinary("grpc-trace-bin", formatTraceBinary(span.context));
    }
    if (baggage.length > 0) head.add("baggage", checkedBaggage(baggage));
    if (!head.isEmpty) call.sendHeaders(head);
    return span;
  }

  #failure(error: unknown): RpcError {
    if (error instanceof RpcError) return error;
    const apiError = ApiError.from(error);
    this.#options.onError(apiError);
    return toRpcError(apiError);
  }

  #end(
    method: GrpcMethod,
    call: UnaryCall,
    series: GrpcMethodMetrics | undefined,
    span: Span | undefined,
    startedAt: number,
    requestBytes: number,
    answer: Uint8Array | undefined,
    failure: RpcError | undefined,
  ): void {
    const { clock, apiLog } = this.#options;
    const durationMs = clock.monotonic() - startedAt;
    const status = failure?.code ?? 0;
    series?.finish(status, durationMs, requestBytes, answer?.length ?? 0);
    if (span?.recording) {
      if (failure !== undefined) span.setError(failure.desc);
      span.end();
    }
    if (apiLog !== undefined) {
      const userAgent = call.metadata.get("user-agent");
      logGrpcCall(apiLog, { path: method.path, userAgent, code: status, durationMs });
    }
  }

  #endStream(call: StreamCall, span: Span | undefined, startedAt: number, status: Finish): void {
    const { clock, apiLog } = this.#options;
    if (span?.recording) {
      if (status.code) span.setError(status.message ?? "");
      span.end();
    }
    if (apiLog === undefined) return;
    logGrpcCall(apiLog, {
      path: call.path,
      userAgent: call.metadata.get("user-agent"),
      code: status.code ?? 0,
      durationMs: clock.monotonic() - startedAt,
    });
  }
}

/** Answers of these carry no grpc-trace-bin (spec 08 §9.4). */
const unechoed = new Set(["/dapr.proto.runtime.v1.Dapr/InvokeService"]);

/** Nor do those of proxied calls. */
const isEchoed = (path: string): boolean =>
  (path.startsWith(runtimePrefix) || path.startsWith("/dapr.proto.internals.")) &&
  !unechoed.has(path);

function checkedBaggage(values: readonly string[]): string {
  try {
    return parseBaggage(joinBaggage(values));
  } catch (error) {
    throw new RpcError(code.invalidArgument, `invalid baggage header: ${(error as Error).message}`);
  }
}

function authenticate(metadata: Metadata, checkToken: CheckToken): void {
  const presented = metadata.get("dapr-api-token");
  if (presented === undefined)
    throw toRpcError(unauthorized({ text: "missing api token in request metadata" }));
  if (!checkToken(presented))
    throw toRpcError(unauthorized({ text: "authentication error: api token mismatch" }));
  metadata.delete("dapr-api-token");
}

const refused = (): RpcError => toRpcError(notAvailable());

const refuseUnary = (): never => {
  throw refused();
};

const refuseStream = (call: StreamCall): void => call.finish(finishOf(refused()));
