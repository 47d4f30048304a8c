/**
 * One event on its way to the app, and what the app's answer means.
 * @see spec 03 §4.7, §4.8
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { cleanPath } from "../../kit/http/path-clean.ts";
import { members } from "../../kit/json/decode.ts";
import { parseFirstJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject } from "../../kit/json/value.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  TopicEventRequest,
  TopicEventResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import { parseTraceparent } from "../../kit/tracing/context.ts";
import { noTrace, type Span, type SpanContext, type Tracer } from "../../kit/tracing/trace.ts";
import { callApp } from "../app/call.ts";
import type { AppChannel, InvokeMetadata } from "../app/contract.ts";
import { flatMetadata } from "../app/flat-metadata.ts";
import { topicEventRequest } from "./grpc-event.ts";
import type { Processed } from "./metrics.ts";
import { type IncomingEvent, textOf } from "./receive.ts";

/** An event for one path of the app. */
export interface Delivery {
  readonly incoming: IncomingEvent;
  readonly pubsub: string;
  /** As the app knows it. */
  readonly topic: string;
  readonly path: string;
}

/** What the app decided. */
export type Verdict = "success" | "drop";

/** The app did not take the event; it may be tried again. */
export class RetriableError extends Error {
  override readonly name = "RetriableError";
  /** HTTP status of the app's answer, for the matching of retries. */
  readonly httpStatus: number | undefined;
  readonly grpcCode: number | undefined;

  constructor(
    message: string,
    status: { readonly http?: number; readonly grpc?: number } = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.httpStatus = status.http;
    this.grpcCode = status.grpc;
  }
}

export interface DeliveryContext {
  readonly app: AppChannel;
  readonly tracer: Tracer;
  readonly logger: Logger;
  /** Counts an attempt; `status` where it differs from how the event was processed. */
  readonly count: (processed: Processed, status?: Processed) => void;
}

/** @throws {RetriableError} */
export async function deliver(
  delivery: Delivery,
  context: DeliveryContext,
  signal: AbortSignal,
): Promise<Verdict> {
  const span = startSpan(delivery.incoming.event, delivery.topic, context.tracer);
  try {
    return context.app.isHttp
      ? await deliverHttp(delivery, context, span, signal)
      : await deliverGrpc(delivery, context, span, signal);
  } catch (error) {
    context.count("retry");
    span?.setError(errorText(error));
    throw error instanceof RetriableError ? error : asRetriable(delivery, error);
  } finally {
    span?.end();
  }
}

/** Only events that say something about a trace are part of one; what they say may be nonsense. */
export function startSpan(event: JsonObject, topic: string, tracer: Tracer): Span | undefined {
  if (!tracer.enabled) return undefined;
  const parent = event.get("traceparent") ?? event.get("traceid");
  if (typeof parent !== "string") return undefined;
  const context = parseTraceparent(parent, textOf(event, "tracestate"));
  return tracer.start(`pubsub/${topic}`, "client", context ?? noTrace);
}

/** Servers that are sent more end the connection, with every other event that is under way on it. */
const metadataLimit = 60_000;

/** @throws {UnreadableError} no app would take it */
function limited(metadata: InvokeMetadata): InvokeMetadata {
  let size = 0;
  // 32 for each field: RFC 9113 §6.5.2.
  for (const text of metadata) size += text.length + 16;
  if (size > metadataLimit) throw new UnreadableError("the metadata is too long for a gRPC app");
  return metadata;
}

/** HTTP apps get the parent alone. */
export const withoutState = (context: SpanContext): SpanContext => ({ ...context, state: "" });

async function deliverHttp(
  delivery: Delivery,
  { app, count, logger }: DeliveryContext,
  span: Span | undefined,
  signal: AbortSignal,
): Promise<Verdict> {
  const { incoming, path } = delivery;
  const id = textOf(incoming.event, "id");
  const answer = await callApp(
    app,
    {
      verb: "POST",
      path: cleanPath(`/${path}`).slice(1),
      contentType: "application/cloudevents+json",
      metadata: flatMetadata(incoming.metadata),
      body: incoming.body,
      trace: span && withoutState(span.context),
    },
    signal,
  );
  const { status, body } = answer;
  if (status >= 200 && status < 300) return judge(body, id, count, logger);
  const text = body.toString("utf8");
  if (status === 404) {
    logger.error(
      `non-retriable error returned from app while processing pub/sub event ${id}: ${text}. status code returned: 404`,
    );
    count("drop");
    return "drop";
  }
  const message = `retriable error returned from app while processing pub/sub event ${id}, topic: ${textOf(incoming.event, "topic")}, body: ${text}. status code returned: ${status}`;
  logger.warn(message);
  throw new RetriableError(message, { http: status });
}

/** What a 2xx answer says: `{"status":"SUCCESS"}` and the like; nothing is success. */
function judge(body: Buffer, id: string, count: DeliveryContext["count"], logger: Logger): Verdict {
  const status = readStatus(body);
  if (status === "" || status === "SUCCESS") {
    count("success");
    return "success";
  }
  if (status === "DROP") return dropped(id, count, logger);
  if (status === "RETRY") throw retry(id);
  throw new RetriableError(
    `unknown status returned from app while processing pub/sub event ${id}, status: ${status}, err: retriable error occurred`,
  );
}

function dropped(
  id: string,
  count: DeliveryContext["count"],
  logger: Logger,
  status: Processed = "success",
): Verdict {
  logger.warn(`DROP status returned from app while processing pub/sub event ${id}`);
  count("drop", status);
  return "drop";
}

const retry = (id: string): RetriableError =>
  new RetriableError(
    `RETRY status returned from app while processing pub/sub event ${id}: retriable error occurred`,
  );

function readStatus(body: Buffer): string {
  if (body.length === 0) return "";
  try {
    const value = parseFirstJson(body);
    if (!isJsonObject(value)) return "";
    const [status] = members(value as JsonObject, ["status"]);
    return typeof status === "string" ? status : "";
  } catch {
    return "";
  }
}

const onTopicEvent = "/dapr.proto.runtime.v1.AppCallback/OnTopicEvent";

async function deliverGrpc(
  delivery: Delivery,
  { app, count, logger }: DeliveryContext,
  span: Span | undefined,
  signal: AbortSignal,
): Promise<Verdict> {
  const id = textOf(delivery.incoming.event, "id");
  if (app.callback === undefined) throw new RetriableError("the app has no gRPC channel");
  const request = TopicEventRequest.encode(topicEventRequest(delivery));
  let reply: Buffer;
  try {
    const metadata = limited(flatMetadata(delivery.incoming.metadata));
    reply = await app.callback(onTopicEvent, request, metadata, span?.context, signal);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (error.code === code.unimplemented) {
      logger.warn(
        `non-retriable error returned from app while processing pub/sub event ${id}: ${error.message}`,
      );
      count("drop");
      // Quirk: spec 03 §4.8. Taken as done with, not as dropped.
      return "success";
    }
    const message = `retriable error returned from app while processing pub/sub event ${id}: ${error.message}`;
    logger.debug(message);
    throw new RetriableError(message, { grpc: error.code }, error);
  }
  return judgeStatus(TopicEventResponse.decode(reply).status, id, count, logger);
}

/** The status enum of gRPC apps and streams: 0 success, 1 retry, 2 drop. */
export function judgeStatus(
  status: number,
  id: string,
  count: DeliveryContext["count"],
  logger: Logger,
  droppedStatus: Processed = "success",
): Verdict {
  if (status === 0) {
    count("success");
    return "success";
  }
  if (status === 2) return dropped(id, count, logger, droppedStatus);
  if (status === 1) throw retry(id);
  throw new RetriableError(
    `unknown status returned from app while processing pub/sub event ${id}, status: ${status}, err: retriable error occurred`,
  );
}

function asRetriable({ incoming }: Delivery, error: unknown): RetriableError {
  const id = textOf(incoming.event, "id");
  return new RetriableError(
    `error from app channel while sending pub/sub event to app: ${errorText(error)} (event ${id})`,
    error instanceof RpcError ? { grpc: error.code } : {},
    error,
  );
}
