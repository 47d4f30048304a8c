/**
 * Publishing over gRPC; loaded with the first event.
 * @see spec 03 §2.2, §2.8
 */
import type { MessageMetadata } from "../../components/pubsub/contract.ts";
import {
  BulkPublishRequest,
  BulkPublishResponse,
  type BulkPublishResponseInit,
  PublishEventRequest,
} from "../../kit/proto/dapr/proto/runtime/v1/pubsub.ts";
import { Empty } from "../../kit/proto/google/protobuf/empty.ts";
import type { UnaryCall } from "../../kit/rpc/transport.ts";
import type { Span, Tracer } from "../../kit/tracing/trace.ts";
import { type RpcContext, type UnaryCalls, unaryCalls } from "../api/grpc-method.ts";
import * as errors from "./errors.ts";
import type { MountedBroker, PubSubBlock } from "./pubsub.ts";
import { brokerEntry, EntryIds, eventTrace, isRaw, mergeMetadata } from "./requests.ts";

export const publishEvent = (block: PubSubBlock): UnaryCalls =>
  unaryCalls({
    request: PublishEventRequest,
    response: Empty,
    describe,
    handle: (request, call, context) => publish(block, request, call, context),
  });

/** @param path of the method, as spans of entries name it */
export const bulkPublishEvent = (block: PubSubBlock, tracer: Tracer, path: string): UnaryCalls =>
  unaryCalls({
    request: BulkPublishRequest,
    response: BulkPublishResponse,
    describe,
    handle: (request, call, { span }) =>
      publishBulk(block, request, call, () => {
        const child = span && tracer.start(path, "producer", span.context);
        child?.end();
        return child;
      }),
  });

/** spec 08 §9.3 */
function describe(span: Span, request: { readonly topic: string }): void {
  span.setAttribute("messaging.system", "pubsub");
  span.setAttribute("messaging.destination", request.topic);
  span.setAttribute("messaging.destination_kind", "topic");
}

/** The checks that a path does for HTTP. @throws {ApiError} */
function target(
  block: PubSubBlock,
  { pubsubName, topic, metadata }: Pick<PublishEventRequest, "pubsubName" | "topic" | "metadata">,
): MountedBroker {
  if (pubsubName === "") throw errors.nameEmpty(presentOnly(metadata));
  const broker = block.broker(pubsubName, metadata);
  if (topic === "") throw errors.topicEmpty(pubsubName, presentOnly(metadata));
  return broker;
}

/** No metadata is none at all over gRPC. */
const presentOnly = (metadata: MessageMetadata): MessageMetadata | undefined =>
  metadata.size === 0 ? undefined : metadata;

async function publish(
  block: PubSubBlock,
  request: PublishEventRequest,
  call: UnaryCall,
  { span }: RpcContext,
): Promise<Record<string, never>> {
  const { pubsubName, topic, metadata, dataContentType } = request;
  const broker = target(block, request);
  const trace = eventTrace(span);
  // The bytes are the transport's again after the first wait.
  let data: Buffer = Buffer.from(request.data);
  let sent = presentOnly(metadata);
  if (isRaw(pubsubName, metadata)) {
    sent = new Map(metadata).set("traceid", trace.parent).set("tracestate", trace.state);
  } else {
    data = block.event(broker, topic, request.data, dataContentType, metadata, trace);
  }
  await block.publish(broker, topic, data, dataContentType, sent, call.signal);
  return {};
}

async function publishBulk(
  block: PubSubBlock,
  request: BulkPublishRequest,
  call: UnaryCall,
  startSpan: () => Span | undefined,
): Promise<BulkPublishResponseInit> {
  const { pubsubName, topic, metadata } = request;
  const broker = target(block, request);
  const raw = isRaw(pubsubName, metadata);
  const ids = new EntryIds(() => errors.entryIdInvalid(pubsubName, topic, block.options.appId));
  const entries = request.entries.map((entry) => {
    ids.add(entry.entryId);
    const trace = eventTrace(startSpan());
    const own = mergeMetadata(presentOnly(entry.metadata), metadata);
    const data = raw ? Buffer.from(entry.event) : entry.event;
    return brokerEntry(block, broker, topic, { ...entry, data, metadata: own, trace }, raw);
  });
  const failures = await block.publishBulk(broker, topic, entries, metadata, call.signal);
  const [first] = failures;
  // It stands for all.
  if (first !== undefined) throw errors.publishFailed(pubsubName, topic, first.error);
  return { failedEntries: [] };
}
