/**
 * What a building block registers with the gRPC API server.
 * @see spec 01 §2.8, §3
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Codec } from "../../kit/proto/codec.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { StreamCall, UnaryCall } from "../../kit/rpc/transport.ts";
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

export interface StreamMethod extends MethodRule {
  readonly kind: "stream";
  readonly path: string;
  readonly handle: (call: StreamCall, context: RpcContext) => void;
}

export type GrpcMethod = UnaryMethod | StreamMethod;

export const daprService = "/dapr.proto.runtime.v1.Dapr/";

/**
 * A typed unary method. A handler may answer directly or with a promise; what it throws becomes the call's status through
 * ApiError.from. Undecodable bytes are Internal, as the reference's transport has it.
 */
export function unary<Request, Response, RequestInit, ResponseInit>(init: {
  readonly path: string;
  readonly rule: MethodRule;
  readonly request: Codec<Request, RequestInit>;
  readonly response: Codec<Response, ResponseInit>;
  /** Span attributes; called for recording spans only. */
  readonly describe?: (span: Span, request: Request) => void;
  readonly handle: (
    request: Request,
    call: UnaryCall,
    context: RpcContext,
  ) => ResponseInit | Promise<ResponseInit>;
}): UnaryMethod {
  const { request: requestCodec, response: responseCodec, describe, handle } = init;
  return {
    ...init.rule,
    kind: "unary",
    path: init.path,
    handle(message, call, context) {
      const request = decodeRequest(requestCodec, message);
      if (describe && context.span?.recording) describe(context.span, request);
      const answer = handle(request, call, context);
      if (answer instanceof Promise) return answer.then((value) => responseCodec.encode(value));
      return responseCodec.encode(answer);
    },
  };
}

function decodeRequest<Request, Init>(codec: Codec<Request, Init>, message: Buffer): Request {
  try {
    return codec.decode(message);
  } catch (cause) {
    throw new RpcError(code.internal, `grpc: error unmarshalling request: ${errorText(cause)}`, {
      cause,
    });
  }
}
