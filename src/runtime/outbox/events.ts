/**
 * Events of a transaction: one for each value that it writes, with a marker that is written beside it.
 * @see spec 03 §10.1
 */
import type {
  SetRequest,
  StateValue,
  TransactionOperation,
} from "../../components/state/contract.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import { encodeJson, quoteJson, sortedByBytes } from "../../kit/json/encode.ts";
import { plainText } from "../../kit/json/plain-text.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Span } from "../../kit/tracing/trace.ts";
import type { EventOperation, OutboxBroker } from "./outbox.ts";

export interface EventSource {
  readonly appId: string;
  /** That of the internal topic. */
  readonly pubsub: string;
  readonly span: Span | undefined;
  readonly random: Random;
  readonly broker: Pick<OutboxBroker, "payload" | "time" | "trace">;
}

export interface TransactionEvents {
  /** Without projections, with a marker for each event. */
  readonly operations: readonly TransactionOperation[];
  /** In the order of the operations. */
  readonly events: readonly Buffer[];
}

/** A value and what it is said to be. */
interface Payload {
  readonly value: StateValue;
  readonly contentType: string;
}

const projectionName = "outbox.projection";

export function eventsOf(
  operations: readonly EventOperation[],
  source: EventSource,
): TransactionEvents {
  const projections = new Map<string, Payload>();
  const written: EventOperation[] = [];
  for (const operation of operations) {
    if (isProjection(operation)) projections.set(operation.request.key, payloadOf(operation));
    else written.push(operation);
  }
  const markers: TransactionOperation[] = [];
  const events: Buffer[] = [];
  for (const operation of written) {
    if (operation.kind !== "upsert") continue;
    const marker = `outbox-${source.random.uuid()}`;
    const payload = projections.get(operation.request.key) ?? payloadOf(operation);
    events.push(encodeEvent(marker, payload, operation.request.metadata, source));
    markers.push({ kind: "upsert", request: markerRequest(marker) });
  }
  return { operations: [...written, ...markers], events };
}

type Upsert = Extract<EventOperation, { readonly kind: "upsert" }>;

const isProjection = (operation: EventOperation): operation is Upsert =>
  operation.kind === "upsert" && isTruthy(operation.request.metadata.get(projectionName));

const payloadOf = ({ request, contentType }: Upsert): Payload => ({
  value: request.value,
  contentType: contentType ?? request.metadata.get("contentType") ?? "",
});

const markerRequest = (key: string): SetRequest => ({
  key,
  value: { kind: "json", value: "0" },
  etag: undefined,
  concurrency: "",
  consistency: "",
  metadata: new Map(),
});

/** Bytes are what they are; only JSON that is said to be JSON is written as such. */
function bytesOf({ value, contentType }: Payload): Buffer {
  if (value.kind === "bytes") return Buffer.from(value.bytes);
  const isJson = contentType.toLowerCase() === "application/json";
  return Buffer.from(isJson ? encodeJson(value.value) : plainText(value.value));
}

function encodeEvent(
  marker: string,
  payload: Payload,
  metadata: ReadonlyMap<string, string>,
  { appId, pubsub, span, broker }: EventSource,
): Buffer {
  const contentType = payload.contentType || "text/plain";
  const { parent, state } = broker.trace(span);
  const attributes = new Map<string, string>([
    broker.payload(bytesOf(payload), contentType),
    ["datacontenttype", quoteJson(contentType)],
    ["pubsubname", quoteJson(pubsub)],
    ["source", quoteJson(appId)],
    ["specversion", '"1.0"'],
    ["time", quoteJson(broker.time())],
    ["topic", '""'],
    ["traceid", quoteJson(parent)],
    ["traceparent", '""'],
    ["tracestate", quoteJson(state)],
    ["type", '"com.dapr.event.sent"'],
  ]);
  for (const [name, value] of metadata) {
    if (name !== "data") attributes.set(name, quoteJson(value));
  }
  attributes.set("id", quoteJson(marker));
  const members = sortedByBytes([...attributes.keys()]).map(
    (name) => `${quoteJson(name)}:${attributes.get(name)}`,
  );
  return Buffer.from(`{${members.join(",")}}`);
}
