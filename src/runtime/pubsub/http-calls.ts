/**
 * Publishing over HTTP; loaded with the first event.
 * @see spec 03 §2.1, §2.8
 */

import type { BulkPublishEntry, BulkPublishFailure } from "../../components/pubsub/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { shownPath } from "../../kit/http/url.ts";
import { quoteJson } from "../../kit/json/encode.ts";
import type { Tracer } from "../../kit/tracing/trace.ts";
import type { HttpExchange } from "../api/http-route.ts";
import * as errors from "./errors.ts";
import type { MountedBroker, PubSubBlock } from "./pubsub.ts";
import {
  brokerEntry,
  EntryIds,
  entryPayload,
  eventTrace,
  isRaw,
  mergeMetadata,
  readBulkBody,
} from "./requests.ts";

export async function publish(block: PubSubBlock, exchange: HttpExchange): Promise<void> {
  const [name, topic] = exchange.params as [string, string];
  const metadata = exchange.metadata();
  const broker = block.broker(name, metadata);
  const body = await readBody(exchange, (cause) => errors.publishFailed(name, topic, cause));
  const contentType = exchange.headers["content-type"] ?? "";
  const data = isRaw(name, metadata)
    ? body
    : block.event(broker, topic, body, contentType, metadata, eventTrace(exchange.span));
  await block.publish(broker, topic, data, contentType, metadata, exchange.signal, "http");
  exchange.empty(204);
}

async function readBody(
  exchange: HttpExchange,
  failure: (cause: unknown) => Error,
): Promise<Buffer> {
  try {
    return await exchange.readBody();
  } catch (cause) {
    throw failure(cause);
  }
}

export async function publishBulk(
  block: PubSubBlock,
  tracer: Tracer,
  exchange: HttpExchange,
): Promise<void> {
  const [name, topic] = exchange.params as [string, string];
  const metadata = exchange.metadata();
  const broker = block.broker(name, metadata);
  const raw = isRaw(name, metadata);
  const entries = await readEntries(block, tracer, exchange, broker, topic, raw);
  const failures = await block.publishBulk(
    broker,
    topic,
    entries,
    metadata,
    exchange.signal,
    "http",
  );
  if (failures.length === 0) exchange.empty(204);
  else answerFailures(exchange, name, topic, failures);
}

async function readEntries(
  block: PubSubBlock,
  tracer: Tracer,
  exchange: HttpExchange,
  broker: MountedBroker,
  topic: string,
  raw: boolean,
): Promise<BulkPublishEntry[]> {
  const { appId } = block.options;
  const unreadable = (cause: unknown): Error =>
    errors.bulkBodyUnreadable(broker.name, topic, appId, cause);
  const body = await readBody(exchange, unreadable);
  let entries: ReturnType<typeof readBulkBody>;
  try {
    entries = readBulkBody(body);
  } catch (cause) {
    throw unreadable(cause);
  }
  const ids = new EntryIds(() => errors.entryIdInvalid(broker.name, topic, appId));
  return entries.map((entry) => {
    let data: Buffer;
    try {
      data = entryPayload(entry);
    } catch (cause) {
      throw errors.entryNotConverted(broker.name, topic, appId, cause);
    }
    ids.add(entry.entryId);
    const { span } = exchange;
    const child = span && tracer.start(shownPath(exchange.path), "producer", span.context);
    const trace = eventTrace(child);
    child?.end();
    const metadata = mergeMetadata(entry.metadata, exchange.metadata());
    return brokerEntry(block, broker, topic, { ...entry, data, metadata, trace }, raw);
  });
}

function answerFailures(
  exchange: HttpExchange,
  pubsub: string,
  topic: string,
  failures: readonly BulkPublishFailure[],
): void {
  const failed = failures.map(
    ({ entryId, error }) =>
      `{"entryId":${quoteJson(entryId)},"error":${quoteJson(errorText(error))}}`,
  );
  const body = `{"failedEntries":[${failed.join(",")}],"errorCode":"ERR_PUBSUB_PUBLISH_MESSAGE"}`;
  // The first one stands for all.
  const cause = failures[0]?.error;
  exchange.setHeader("metadata.responsedata", headerText(body));
  exchange.setHeader(
    "metadata.error",
    headerText(errors.publishFailed(pubsub, topic, cause).embedded),
  );
  exchange.json(500, body);
}

/** What no header can hold becomes a space. */
const headerText = (text: string): string => text.replace(/[^\t\x20-\x7e]/g, " ");
