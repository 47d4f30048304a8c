/**
 * InvokeService of the gRPC API.
 * @see spec 02 §4
 */
import { byteStringFromText } from "../../kit/http/byte-text.ts";
import { normalizeGrpcMethod } from "../../kit/http/path-clean.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  InvokeResponse,
  type InvokeResponseInit,
} from "../../kit/proto/dapr/proto/common/v1/common.ts";
import { InvokeServiceRequest } from "../../kit/proto/dapr/proto/runtime/v1/invoke.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { UnaryCall } from "../../kit/rpc/transport.ts";
import { DeadlineError } from "../../kit/time/clock.ts";
import { daprService, type GrpcMethod, type RpcContext, unary } from "../api/grpc-method.ts";
import type { InvokeHandler, InvokeHead, InvokeRequest } from "../app/contract.ts";
import { grpcMetadata, grpcTrailers, type HeaderNames } from "../app/headers.ts";
import { joinDetails } from "../app/status-details.ts";
import { invokeFailed } from "./errors.ts";
import type { Invoker } from "./invoke.ts";
import { errorOfHttpStatus } from "./status-mapping.ts";

export interface InvokeGrpcOptions {
  readonly invoker: Invoker;
  readonly names: HeaderNames;
  readonly logger: Logger;
}

export function invokeServiceMethod(options: InvokeGrpcOptions): GrpcMethod {
  const { logger } = options;
  let isWarned = false;
  return unary({
    path: `${daprService}InvokeService`,
    rule: { group: "invoke", version: "v1" },
    request: InvokeServiceRequest,
    response: InvokeResponse,
    describe: (span, { id, message }) => {
      span.setName(`CallLocal/${id}/${message?.method ?? ""}`);
      span.setAttribute("rpc.service", "ServiceInvocation");
      span.setAttribute("net.peer.name", id);
    },
    handle(request, call, context) {
      if (!isWarned) {
        isWarned = true;
        logger.warn(
          "[DEPRECATION NOTICE] InvokeService is deprecated and will be removed in the future, please use proxy mode instead.",
        );
      }
      return invokeService(options, request, call, context);
    },
  });
}

async function invokeService(
  { invoker, names }: InvokeGrpcOptions,
  incoming: InvokeServiceRequest,
  call: UnaryCall,
  context: RpcContext,
): Promise<InvokeResponseInit> {
  const trace = context.span?.context;
  let answer: Answer;
  try {
    const request = requestOf(incoming, call, context);
    answer = await collect(invoker, incoming.id, request, call);
  } catch (error) {
    throw ofPolicy(error as Error) ?? invokeFailed(incoming.id, error as Error);
  }
  const { head, body } = answer;
  const header = grpcMetadata(names, head.headers, trace);
  if (head.status >= 100) {
    header.set("dapr-http-status", String(head.status));
    call.sendHeaders(header);
    if (head.status > 299 || head.status < 200) throw errorOfHttpStatus(head.status, body);
  } else {
    call.sendHeaders(header);
    call.trailers = grpcTrailers(head.trailers, trace);
    if (head.status !== code.ok) {
      const details = joinDetails(head.status, head.message, head.details);
      throw new RpcError(head.status, head.message, { details });
    }
  }
  return { data: { typeUrl: head.typeUrl, value: body }, contentType: head.contentType };
}

/** What policies say themselves is passed on bare. */
function ofPolicy(error: Error): RpcError | undefined {
  if (error instanceof DeadlineError) return new RpcError(code.deadlineExceeded, error.message);
  return error.name === "BreakerError" ? new RpcError(code.unknown, error.message) : undefined;
}

/** @throws {RpcError} for an impossible method */
function requestOf(
  { message }: InvokeServiceRequest,
  call: UnaryCall,
  context: RpcContext,
): InvokeRequest {
  const value = message?.data?.value;
  const body = value !== undefined && value.length > 0 ? Buffer.from(value) : null;
  const metadata = call.metadata.entries.slice();
  // The other side tells by this that the metadata comes from gRPC (spec 02 §6.1).
  metadata.push("content-type", "application/grpc");
  if (call.authority !== "") metadata.push(":authority", call.authority);
  return {
    method: normalizeGrpcMethod(message?.method ?? ""),
    verb: message?.httpExtension?.verb,
    query: byteStringFromText(message?.httpExtension?.querystring ?? ""),
    contentType: message?.contentType ?? "",
    typeUrl: message?.data?.typeUrl ?? "",
    metadata,
    body,
    contentLength: body?.length,
    trace: context.span?.context,
  };
}

interface Answer {
  readonly head: InvokeHead;
  readonly body: Buffer;
}

function collect(
  invoker: Invoker,
  id: string,
  request: InvokeRequest,
  call: UnaryCall,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let head: InvokeHead | undefined;
    const handler: InvokeHandler = {
      onHead(received) {
        head = received;
      },
      onData(chunk) {
        chunks.push(Buffer.from(chunk));
        return true;
      },
      onEnd: () => resolve({ head: head as InvokeHead, body: Buffer.concat(chunks) }),
      onError: reject,
      onDrain() {},
    };
    const running = invoker.invoke(id, request, handler, "grpc");
    call.onCancel(() => {
      running.abort();
      reject(new Error("context canceled"));
    });
  });
}
