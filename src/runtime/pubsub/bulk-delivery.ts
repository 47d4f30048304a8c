/**
 * A batch of events on its way to the app, and what the app says of each.
 * @see spec 03 §4.10
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { cleanPath } from "../../kit/http/path-clean.ts";
import { members } from "../../kit/json/decode.ts";
import { encodeJson, quoteJson } from "../../kit/json/encode.ts";
import { parseFirstJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import {
  TopicEventBulkRequest,
  type TopicEventBulkRequestEntryInit,
  TopicEventBulkResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import type { SpanContext, Tracer } from "../../kit/tracing/trace.ts";
import { callApp } from "../app/call.ts";
import type { AppChannel } from "../app/contract.ts";
import { flatMetadata } from "../app/flat-metadata.ts";
import { bulkEventType } from "./cloud-event.ts";
import { RetriableError, startSpan, withoutState } from "./delivery.ts";
import { topicEventRequest } from "./grpc-event.ts";
import type { Processed } from "./metrics.ts";

export interface BulkEntry {
  readonly entryId: string;
  /** undefined: raw. */
  readonly event: JsonObject | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly metadata: ReadonlyMap<string, string> | undefined;
  /** What the broker says; undefined: nothing. */
  readonly contentType: string | undefined;
}

export interface BulkDelivery {
  readonly id: string;
  readonly pubsub: string;
  readonly topic: string;
  readonly path: string;
  readonly entries: readonly BulkEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

export interface BulkOutcome {
  /** Why, by entry id. */
  readonly failed: ReadonlyMap<string, Error>;
  readonly dropped: ReadonlySet<string>;
  readonly counts: ReadonlyMap<Processed, number>;
}

export interface BulkDeliveryContext {
  readonly app: AppChannel;
  readonly tracer: Tracer;
  readonly logger: Logger;
}

/** @throws {Error} nothing of the batch was taken */
export async function deliverBulk(
  delivery: BulkDelivery,
  context: BulkDeliveryContext,
  signal: AbortSignal,
): Promise<BulkOutcome> {
  const spans = delivery.entries.flatMap(({ event }) => {
    const span = event && startSpan(event, delivery.topic, context.tracer);
    return span === undefined ? [] : [span];
  });
  // One call has one parent.
  const trace = spans[0] && withoutState(spans[0].context);
  try {
    return context.app.isHttp
      ? await deliverHttp(delivery, context, trace, signal)
      : await deliverGrpc(delivery, context, trace, signal);
  } catch (error) {
    for (const span of spans) span.setError(errorText(error));
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}

const eventContentType = "application/cloudevents+json";
const rawContentType = "application/octet-stream";

function httpBody({ id, pubsub, topic, entries, metadata }: BulkDelivery): Buffer {
  const list = entries.map((entry) => {
    const event =
      entry.event === undefined
        ? quoteJson(Buffer.from(entry.bytes ?? []).toString("base64"))
        : encodeJson(entry.event);
    const type =
      entry.contentType || (entry.event === undefined ? rawContentType : eventContentType);
    const own = entry.metadata === undefined ? "null" : encodeJson(entry.metadata);
    return `{"entryId":${quoteJson(entry.entryId)},"event":${event},"metadata":${own},"contentType":${quoteJson(type)}}`;
  });
  return Buffer.from(
    `{"entries":[${list.join(",")}],"id":${quoteJson(id)},"metadata":${encodeJson(metadata)},` +
      `"pubsubname":${quoteJson(pubsub)},"topic":${quoteJson(topic)},"type":"${bulkEventType}"}`,
  );
}

async function deliverHttp(
  delivery: BulkDelivery,
  { app, logger }: BulkDeliveryContext,
  trace: SpanContext | undefined,
  signal: AbortSignal,
): Promise<BulkOutcome> {
  const { path, metadata, id } = delivery;
  const answer = await callApp(
    app,
    {
      verb: "POST",
      path: cleanPath(`/${path}`).slice(1),
      contentType: "application/json",
      metadata: flatMetadata(metadata),
      body: httpBody(delivery),
      trace,
    },
    signal,
  );
  const { status, body } = answer;
  if (status === 404) {
    logger.error(
      `non-retriable error returned from app while processing bulk pub/sub event ${id}. status code returned: 404`,
    );
    return all(delivery, "drop");
  }
  if (status < 200 || status > 299) {
    const text = `retriable error returned from app while processing bulk pub/sub event ${id}, topic: ${delivery.topic}, body: ${body.toString("utf8")}. status code returned: ${status}`;
    logger.warn(text);
    throw new Error(text);
  }
  return judge(delivery, readStatuses(body), none, logger);
}

/** Words by entry id. @throws {Error} the answer is no list of statuses */
function readStatuses(body: Buffer): Map<string, string> {
  const value = parseFirstJson(body);
  if (!isJsonObject(value)) throw new Error("the answer to a bulk event is no JSON object");
  const [statuses] = members(value, ["statuses"]);
  const found = new Map<string, string>();
  if (!Array.isArray(statuses)) return found;
  for (const item of statuses as readonly JsonValue[]) {
    if (!isJsonObject(item)) continue;
    const [entryId, status] = members(lowerNames(item), ["entryid", "status"]);
    if (typeof entryId === "string") found.set(entryId, typeof status === "string" ? status : "");
  }
  return found;
}

const lowerNames = (object: JsonObject): JsonObject =>
  new Map([...object].map(([name, value]) => [name.toLowerCase(), value] as const));

function judge(
  { entries }: BulkDelivery,
  statuses: ReadonlyMap<string, string>,
  unreadable: ReadonlyMap<string, Error>,
  logger: Logger,
): BulkOutcome {
  const failed = new Map<string, Error>();
  const dropped = new Set<string>();
  const counts = new Map<Processed, number>();
  const count = (processed: Processed): void => {
    counts.set(processed, (counts.get(processed) ?? 0) + 1);
  };
  for (const { entryId } of entries) {
    const status = statuses.get(entryId);
    if (status === "SUCCESS") count("success");
    else if (status === "DROP") {
      logger.warn(
        `DROP status returned from app while processing bulk pub/sub event entry id: ${entryId}`,
      );
      dropped.add(entryId);
      count("drop");
    } else {
      failed.set(entryId, unreadable.get(entryId) ?? new Error(failureText(entryId, status)));
      count("retry");
    }
  }
  const known = new Set(entries.map(({ entryId }) => entryId));
  for (const entryId of statuses.keys()) {
    if (known.has(entryId)) continue;
    logger.warn(`unknown entry id in the answer to a bulk event is ignored: ${entryId}`);
  }
  return { failed, dropped, counts };
}

function failureText(entryId: string, status: string | undefined): string {
  if (status === undefined) {
    return `response not received, RETRY required while processing bulk subscribe event for entry id: ${entryId}`;
  }
  if (status === "RETRY") {
    return `RETRY required while processing bulk subscribe event for entry id: ${entryId}`;
  }
  return `unknown status ${status} returned from app while processing bulk subscribe event for entry id: ${entryId}`;
}

const none: ReadonlyMap<string, Error> = new Map();

/** The app has no such route or method: done with. */
const all = ({ entries }: BulkDelivery, processed: Processed): BulkOutcome => ({
  failed: none,
  dropped: new Set(),
  counts: new Map([[processed, entries.length]]),
});

const bulkPath = "/dapr.proto.runtime.v1.AppCallback/OnBulkTopicEvent";
const alphaPath = "/dapr.proto.runtime.v1.AppCallbackAlpha/OnBulkTopicEventAlpha1";

async function deliverGrpc(
  delivery: BulkDelivery,
  { app, logger }: BulkDeliveryContext,
  trace: SpanContext | undefined,
  signal: AbortSignal,
): Promise<BulkOutcome> {
  const { id, topic, pubsub, path, metadata } = delivery;
  const { sent, unreadable } = grpcEntries(delivery);
  if (sent.length === 0) return judge(delivery, new Map(), unreadable, logger);
  const message = TopicEventBulkRequest.encode({
    id,
    topic,
    pubsubName: pubsub,
    path,
    type: bulkEventType,
    metadata,
    entries: sent,
  });
  const call = (method: string): Promise<Buffer> => {
    if (app.callback === undefined) throw new Error("the app has no gRPC channel");
    return app.callback(method, message, flatMetadata(metadata), trace, signal);
  };
  let reply: Buffer;
  try {
    reply = await call(bulkPath);
  } catch (error) {
    if (!isUnimplemented(error)) throw withCode(error);
    logger.warn(
      `falling back to OnBulkTopicEventAlpha1 due to unimplemented error: ${errorText(error)}`,
    );
    try {
      reply = await call(alphaPath);
    } catch (cause) {
      if (!isUnimplemented(cause)) throw withCode(cause);
      logger.warn(
        `non-retriable error returned from app while processing bulk pub/sub event ${id}: ${errorText(cause)}`,
      );
      return all(delivery, "drop");
    }
  }
  const words = ["SUCCESS", "RETRY", "DROP"];
  const { statuses } = TopicEventBulkResponse.decode(reply);
  const byId = new Map(
    statuses.map(({ entryId, status }) => [entryId, words[status] ?? String(status)] as const),
  );
  return judge(delivery, byId, unreadable, logger);
}

/** One that cannot be written as a message does not keep the others back. */
function grpcEntries(delivery: BulkDelivery): {
  readonly sent: readonly TopicEventBulkRequestEntryInit[];
  readonly unreadable: ReadonlyMap<string, Error>;
} {
  const unreadable = new Map<string, Error>();
  const sent: TopicEventBulkRequestEntryInit[] = [];
  for (const entry of delivery.entries) {
    try {
      sent.push(grpcEntry(entry, delivery));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      unreadable.set(entry.entryId, error);
    }
  }
  return { sent, unreadable };
}

const isUnimplemented = (error: unknown): boolean =>
  error instanceof RpcError && error.code === code.unimplemented;

/** The app's code is for the matching of retries. */
const withCode = (error: unknown): unknown =>
  error instanceof RpcError
    ? new RetriableError(
        `error returned from app while processing bulk pub/sub event: ${error.message}`,
        { grpc: error.code },
        error,
      )
    : error;

function grpcEntry(entry: BulkEntry, delivery: BulkDelivery): TopicEventBulkRequestEntryInit {
  const { entryId, metadata, event, bytes, contentType = "" } = entry;
  const common = { entryId, metadata, contentType };
  if (event === undefined) return { ...common, bytes: bytes ?? none8 };
  const { pubsub, topic, path } = delivery;
  const incoming = { event, body: none8, metadata: new Map(), binary: undefined };
  const { id, source, type, specVersion, dataContentType, data, extensions } = topicEventRequest({
    incoming,
    pubsub,
    topic,
    path,
  });
  return {
    ...common,
    cloudEvent: { id, source, type, specVersion, dataContentType, data, extensions },
  };
}

const none8 = Buffer.alloc(0);
