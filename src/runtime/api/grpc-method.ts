/**
 * What a building block registers with the gRPC API server.
 * @see spec 01 §2.8, §3
 */
import { ApiError, errorText } from "../../kit/errors/api-error.ts";
import { toRpcError } from "../../kit/errors/render.ts";
import type { Codec } from "../../kit/proto/codec.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { Finish, StreamCall, UnaryCall } from "../../kit/rpc/transport.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import type { ApiVersion } from "./http-route.ts";

export interface MethodRule {
  /** Allow-list group, for example `state`; undefined: in no rule (refused whenever an allow list exists). */
  readonly group?: string;
  readonly version?: ApiVersion;
}

/** What the interceptors found out about a call before its handler runs. */
export interface RpcContext {
  readonly span: Span | undefined;
}

/** Bytes in, bytes out; made by {@link unary}, so that codecs stay out of the server. */
export interface UnaryMethod extends MethodRule {
  readonly kind: "unary";
  readonly path: string;
  readonly handle: (
    message: Buffer,
    call: UnaryCall,
    context: RpcContext,
  ) => Uint8Array | Promise<Uint8Array>;
}

/** A stream that this server opened ends when the server stops: {@link stopping} is aborted then. */
export interface StreamContext extends RpcContext {
  readonly stopping: AbortSignal;
}

export interface StreamMethod extends MethodRule {
  readonly kind: "stream";
  readonly path: string;
  readonly handle: (call: StreamCall, context: StreamContext) => void;
}

export type GrpcMethod = UnaryMethod | StreamMethod;

export const daprService = "/dapr.proto.runtime.v1.Dapr/";

/** The typed part of a unary method. */
export interface UnaryCallsInit<Request, Response, RequestInit, ResponseInit> {
  readonly request: Codec<Request, RequestInit>;
  readonly response: Codec<Response, ResponseInit>;
  /** Span attributes; called for recording spans only. */
  readonly describe?: (span: Span, request: Request) => void;
  readonly handle: (
    request: Request,
    call: UnaryCall,
    context: RpcContext,
  ) => ResponseInit | Promise<ResponseInit>;
}

export type UnaryCalls = Pick<UnaryMethod, "handle">;

/** A typed unary method whose path and rule are said elsewhere. */
export function unaryCalls<Request, Response, RequestInit, ResponseInit>(
  init: UnaryCallsInit<Request, Response, RequestInit, ResponseInit>,
): UnaryCalls {
  const { request: requestCodec, response: responseCodec, describe, handle } = init;
  return {
    handle(message, call, context) {
      const request = decodeRequest(requestCodec, message);
      if (describe && context.span?.recording) describe(context.span, request);
      const answer = handle(request, call, context);
      if (answer instanceof Promise) return answer.then((value) => responseCodec.encode(value));
      return responseCodec.encode(answer);
    },
  };
}

/**
 * A typed unary method. A handler may answer directly or with a promise; what it throws becomes the call's status through
 * ApiError.from. Undecodable bytes are Internal, as the reference's transport has it.
 */
export function unary<Request, Response, RequestInit, ResponseInit>(
  init: UnaryCallsInit<Request, Response, RequestInit, ResponseInit> & {
    readonly path: string;
    readonly rule: MethodRule;
  },
): UnaryMethod {
  return { ...init.rule, kind: "unary", path: init.path, ...unaryCalls(init) };
}

/** Where a server stream's messages go. */
export interface ServerStream<Response> {
  /** Aborted when the client goes away, the deadline passes or the server stops. */
  readonly signal: AbortSignal;
  /** Resolves when there is room for another message: at once, unless the client reads slowly. */
  send(message: Response): Promise<void>;
}

/**
 * A typed method with one request and many answers. The call ends when the handler's promise does: OK, or what was thrown
 * through ApiError.from. A handler that ends because its signal was aborted ends the call with OK.
 */
export function serverStream<Request, Response, RequestInit, ResponseInit>(init: {
  readonly request: Codec<Request, RequestInit>;
  readonly response: Codec<Response, ResponseInit>;
  readonly handle: (
    request: Request,
    stream: ServerStream<ResponseInit>,
    call: StreamCall,
  ) => Promise<void>;
}): StreamMethod["handle"] {
  const { request: requestCodec, response: responseCodec, handle } = init;
  return (call, { stopping }) => {
    let isAsked = false;
    call.onMessage((message) => {
      if (isAsked) return;
      isAsked = true;
      let request: Request;
      try {
        // The bytes are the transport's again when this callback returns.
        request = decodeRequest(requestCodec, Buffer.from(message));
      } catch (error) {
        call.finish(finishOf(error));
        return;
      }
      const outgoing = new OutgoingMessages(call, responseCodec, stopping);
      handle(request, outgoing, call).then(
        () => call.finish(),
        (error: unknown) => call.finish(finishOf(error)),
      );
    });
    call.onHalfClose(() => {
      if (!isAsked) call.finish({ code: code.internal, message: noRequest });
    });
  };
}

const noRequest =
  "cardinality violation: received no request message from non-client-streaming RPC";

export class OutgoingMessages<Response, Init> implements ServerStream<Init> {
  readonly signal: AbortSignal;
  readonly #call: StreamCall;
  readonly #codec: Codec<Response, Init>;
  /** Senders that wait for room; several events may be on their way at once. */
  #waiting: (() => void)[] = [];

  constructor(call: StreamCall, codec: Codec<Response, Init>, stopping: AbortSignal) {
    this.#call = call;
    this.#codec = codec;
    this.signal = AbortSignal.any([call.signal, stopping]);
    call.onDrain(() => this.#resume());
    this.signal.addEventListener("abort", () => this.#resume(), { once: true });
  }

  async send(message: Init): Promise<void> {
    if (this.#call.send(this.#codec.encode(message)) || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #resume(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}

/** What a streaming call ends with when its handler fails. */
export function finishOf(error: unknown): Finish {
  const failure = error instanceof RpcError ? error : toRpcError(ApiError.from(error));
  const { code: status, desc, details, trailers } = failure;
  return { code: status, message: desc, details, trailers };
}

export function decodeRequest<Request, Init>(
  codec: Codec<Request, Init>,
  message: Buffer,
): Request {
  try {
    return codec.decode(message);
  } catch (cause) {
    throw new RpcError(code.internal, `grpc: error unmarshalling request: ${errorText(cause)}`, {
      cause,
    });
  }
}

/** A unary method that is loaded when it is called; before that only its path and its rule are known. */
export function unaryOnFirstUse(
  path: string,
  rule: MethodRule,
  load: () => Promise<UnaryCalls>,
): UnaryMethod {
  let loaded: UnaryCalls | undefined;
  return {
    ...rule,
    kind: "unary",
    path,
    handle(message, call, context) {
      if (loaded !== undefined) return loaded.handle(message, call, context);
      // The bytes are the transport's again when this callback returns.
      const kept = Buffer.from(message);
      return load().then((method) => {
        loaded = method;
        return method.handle(kept, call, context);
      });
    },
  };
}

/** A stream whose handler is loaded when it is called; messages wait until that asks for them. */
export const onFirstUse =
  (load: () => Promise<StreamMethod["handle"]>): StreamMethod["handle"] =>
  (call, context) => {
    load().then(
      (handle) => handle(call, context),
      (error: unknown) => call.finish(finishOf(error)),
    );
  };
