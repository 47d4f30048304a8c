// Generated from proto/dapr/proto/runtime/v1/pubsub.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { TopicEventRequest, TopicEventResponse, type TopicEventRequestInit, type TopicEventResponseInit } from "./appcallback.ts";

/** One message. It is wrapped in a CloudEvent unless it is one, or raw is asked for. */
export interface PublishEventRequest {
  pubsubName: string;
  topic: string;
  data: Buffer;
  dataContentType: string;
  metadata: Map<string, string>;
}
export interface PublishEventRequestInit {
  pubsubName?: string | undefined;
  topic?: string | undefined;
  data?: Uint8Array | undefined;
  dataContentType?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readPublishEventRequest(
  r: Reader,
  end: number,
  m: PublishEventRequest = {
    pubsubName: "",
    topic: "",
    data: noBytes,
    dataContentType: "",
    metadata: new Map(),
  },
): PublishEventRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.pubsubName = r.string();
        break;
      case 18:
        m.topic = r.string();
        break;
      case 26:
        m.data = r.bytes();
        break;
      case 34:
        m.dataContentType = r.string();
        break;
      case 42:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePublishEventRequest(w: Writer, m: PublishEventRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 42);
  }
  const v1 = m.dataContentType;
  if (v1) {
    w.string(v1);
    w.uint32(34);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(26);
  }
  const v3 = m.topic;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.pubsubName;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const PublishEventRequest = /* @__PURE__ */ new MessageCodec<PublishEventRequest, PublishEventRequestInit>(
  "dapr.proto.runtime.v1.PublishEventRequest",
  readPublishEventRequest,
  writePublishEventRequest,
);

/** Several messages for one topic. */
export interface BulkPublishRequest {
  pubsubName: string;
  topic: string;
  entries: BulkPublishRequestEntry[];
  metadata: Map<string, string>;
}
export interface BulkPublishRequestInit {
  pubsubName?: string | undefined;
  topic?: string | undefined;
  entries?: readonly BulkPublishRequestEntryInit[] | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readBulkPublishRequest(
  r: Reader,
  end: number,
  m: BulkPublishRequest = {
    pubsubName: "",
    topic: "",
    entries: [],
    metadata: new Map(),
  },
): BulkPublishRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.pubsubName = r.string();
        break;
      case 18:
        m.topic = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.entries.push(readBulkPublishRequestEntry(r, e));
        r.leave(e);
        break;
      }
      case 34:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkPublishRequest(w: Writer, m: BulkPublishRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 34);
  }
  const v1 = m.entries;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeBulkPublishRequestEntry(w, v1[i]!);
      w.delimit(s, 26);
    }
  }
  const v2 = m.topic;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.pubsubName;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const BulkPublishRequest = /* @__PURE__ */ new MessageCodec<BulkPublishRequest, BulkPublishRequestInit>(
  "dapr.proto.runtime.v1.BulkPublishRequest",
  readBulkPublishRequest,
  writeBulkPublishRequest,
);

/** One of them, with an id that is unique in the request. */
export interface BulkPublishRequestEntry {
  entryId: string;
  event: Buffer;
  contentType: string;
  metadata: Map<string, string>;
}
export interface BulkPublishRequestEntryInit {
  entryId?: string | undefined;
  event?: Uint8Array | undefined;
  contentType?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readBulkPublishRequestEntry(
  r: Reader,
  end: number,
  m: BulkPublishRequestEntry = {
    entryId: "",
    event: noBytes,
    contentType: "",
    metadata: new Map(),
  },
): BulkPublishRequestEntry {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.entryId = r.string();
        break;
      case 18:
        m.event = r.bytes();
        break;
      case 26:
        m.contentType = r.string();
        break;
      case 34:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkPublishRequestEntry(w: Writer, m: BulkPublishRequestEntryInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 34);
  }
  const v1 = m.contentType;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.event;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(18);
  }
  const v3 = m.entryId;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const BulkPublishRequestEntry = /* @__PURE__ */ new MessageCodec<BulkPublishRequestEntry, BulkPublishRequestEntryInit>(
  "dapr.proto.runtime.v1.BulkPublishRequestEntry",
  readBulkPublishRequestEntry,
  writeBulkPublishRequestEntry,
);

/** Only what failed. */
export interface BulkPublishResponse {
  failedEntries: BulkPublishResponseFailedEntry[];
}
export interface BulkPublishResponseInit {
  failedEntries?: readonly BulkPublishResponseFailedEntryInit[] | undefined;
}

function readBulkPublishResponse(
  r: Reader,
  end: number,
  m: BulkPublishResponse = {
    failedEntries: [],
  },
): BulkPublishResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.failedEntries.push(readBulkPublishResponseFailedEntry(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkPublishResponse(w: Writer, m: BulkPublishResponseInit): void {
  const v0 = m.failedEntries;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeBulkPublishResponseFailedEntry(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BulkPublishResponse = /* @__PURE__ */ new MessageCodec<BulkPublishResponse, BulkPublishResponseInit>(
  "dapr.proto.runtime.v1.BulkPublishResponse",
  readBulkPublishResponse,
  writeBulkPublishResponse,
);

/** A message that was not published, and why. */
export interface BulkPublishResponseFailedEntry {
  entryId: string;
  error: string;
}
export interface BulkPublishResponseFailedEntryInit {
  entryId?: string | undefined;
  error?: string | undefined;
}

function readBulkPublishResponseFailedEntry(
  r: Reader,
  end: number,
  m: BulkPublishResponseFailedEntry = {
    entryId: "",
    error: "",
  },
): BulkPublishResponseFailedEntry {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.entryId = r.string();
        break;
      case 18:
        m.error = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkPublishResponseFailedEntry(w: Writer, m: BulkPublishResponseFailedEntryInit): void {
  const v0 = m.error;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.entryId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const BulkPublishResponseFailedEntry = /* @__PURE__ */ new MessageCodec<BulkPublishResponseFailedEntry, BulkPublishResponseFailedEntryInit>(
  "dapr.proto.runtime.v1.BulkPublishResponseFailedEntry",
  readBulkPublishResponseFailedEntry,
  writeBulkPublishResponseFailedEntry,
);

/** Towards the sidecar: first the topic, then what to do with each message. */
export interface SubscribeTopicEventsRequestAlpha1 {
  initialRequest: SubscribeTopicEventsRequestInitialAlpha1 | undefined;
  eventProcessed: SubscribeTopicEventsRequestProcessedAlpha1 | undefined;
}
export interface SubscribeTopicEventsRequestAlpha1Init {
  initialRequest?: SubscribeTopicEventsRequestInitialAlpha1Init | undefined;
  eventProcessed?: SubscribeTopicEventsRequestProcessedAlpha1Init | undefined;
}

function readSubscribeTopicEventsRequestAlpha1(
  r: Reader,
  end: number,
  m: SubscribeTopicEventsRequestAlpha1 = {
    initialRequest: undefined,
    eventProcessed: undefined,
  },
): SubscribeTopicEventsRequestAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.initialRequest = readSubscribeTopicEventsRequestInitialAlpha1(r, e, m.initialRequest);
        r.leave(e);
        m.eventProcessed = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.eventProcessed = readSubscribeTopicEventsRequestProcessedAlpha1(r, e, m.eventProcessed);
        r.leave(e);
        m.initialRequest = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeTopicEventsRequestAlpha1(w: Writer, m: SubscribeTopicEventsRequestAlpha1Init): void {
  const v0 = m.eventProcessed;
  if (v0 !== undefined) {
    const s = w.written;
    writeSubscribeTopicEventsRequestProcessedAlpha1(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.initialRequest;
  if (v1 !== undefined) {
    const s = w.written;
    writeSubscribeTopicEventsRequestInitialAlpha1(w, v1);
    w.delimit(s, 10);
  }
}

export const SubscribeTopicEventsRequestAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsRequestAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeTopicEventsRequestAlpha1",
  readSubscribeTopicEventsRequestAlpha1,
  writeSubscribeTopicEventsRequestAlpha1,
);

export interface SubscribeTopicEventsRequestInitialAlpha1 {
  pubsubName: string;
  topic: string;
  metadata: Map<string, string>;
  deadLetterTopic: string | undefined;
}
export interface SubscribeTopicEventsRequestInitialAlpha1Init {
  pubsubName?: string | undefined;
  topic?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  deadLetterTopic?: string | undefined;
}

function readSubscribeTopicEventsRequestInitialAlpha1(
  r: Reader,
  end: number,
  m: SubscribeTopicEventsRequestInitialAlpha1 = {
    pubsubName: "",
    topic: "",
    metadata: new Map(),
    deadLetterTopic: undefined,
  },
): SubscribeTopicEventsRequestInitialAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.pubsubName = r.string();
        break;
      case 18:
        m.topic = r.string();
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      case 34:
        m.deadLetterTopic = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeTopicEventsRequestInitialAlpha1(w: Writer, m: SubscribeTopicEventsRequestInitialAlpha1Init): void {
  const v0 = m.deadLetterTopic;
  if (v0 !== undefined) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 26);
  }
  const v2 = m.topic;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.pubsubName;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const SubscribeTopicEventsRequestInitialAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeTopicEventsRequestInitialAlpha1, SubscribeTopicEventsRequestInitialAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeTopicEventsRequestInitialAlpha1",
  readSubscribeTopicEventsRequestInitialAlpha1,
  writeSubscribeTopicEventsRequestInitialAlpha1,
);

export interface SubscribeTopicEventsRequestProcessedAlpha1 {
  id: string;
  status: TopicEventResponse | undefined;
}
export interface SubscribeTopicEventsRequestProcessedAlpha1Init {
  id?: string | undefined;
  status?: TopicEventResponseInit | undefined;
}

function readSubscribeTopicEventsRequestProcessedAlpha1(
  r: Reader,
  end: number,
  m: SubscribeTopicEventsRequestProcessedAlpha1 = {
    id: "",
    status: undefined,
  },
): SubscribeTopicEventsRequestProcessedAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.status = TopicEventResponse.read(r, e, m.status);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeTopicEventsRequestProcessedAlpha1(w: Writer, m: SubscribeTopicEventsRequestProcessedAlpha1Init): void {
  const v0 = m.status;
  if (v0 !== undefined) {
    const s = w.written;
    TopicEventResponse.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.id;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const SubscribeTopicEventsRequestProcessedAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeTopicEventsRequestProcessedAlpha1, SubscribeTopicEventsRequestProcessedAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeTopicEventsRequestProcessedAlpha1",
  readSubscribeTopicEventsRequestProcessedAlpha1,
  writeSubscribeTopicEventsRequestProcessedAlpha1,
);

/** Towards the app: first that the subscription stands, then messages. */
export interface SubscribeTopicEventsResponseAlpha1 {
  initialResponse: SubscribeTopicEventsResponseInitialAlpha1 | undefined;
  eventMessage: TopicEventRequest | undefined;
}
export interface SubscribeTopicEventsResponseAlpha1Init {
  initialResponse?: SubscribeTopicEventsResponseInitialAlpha1Init | undefined;
  eventMessage?: TopicEventRequestInit | undefined;
}

function readSubscribeTopicEventsResponseAlpha1(
  r: Reader,
  end: number,
  m: SubscribeTopicEventsResponseAlpha1 = {
    initialResponse: undefined,
    eventMessage: undefined,
  },
): SubscribeTopicEventsResponseAlpha1 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.initialResponse = readSubscribeTopicEventsResponseInitialAlpha1(r, e, m.initialResponse);
        r.leave(e);
        m.eventMessage = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.eventMessage = TopicEventRequest.read(r, e, m.eventMessage);
        r.leave(e);
        m.initialResponse = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSubscribeTopicEventsResponseAlpha1(w: Writer, m: SubscribeTopicEventsResponseAlpha1Init): void {
  const v0 = m.eventMessage;
  if (v0 !== undefined) {
    const s = w.written;
    TopicEventRequest.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.initialResponse;
  if (v1 !== undefined) {
    const s = w.written;
    writeSubscribeTopicEventsResponseInitialAlpha1(w, v1);
    w.delimit(s, 10);
  }
}

export const SubscribeTopicEventsResponseAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeTopicEventsResponseAlpha1, SubscribeTopicEventsResponseAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeTopicEventsResponseAlpha1",
  readSubscribeTopicEventsResponseAlpha1,
  writeSubscribeTopicEventsResponseAlpha1,
);

export interface SubscribeTopicEventsResponseInitialAlpha1 {}
export interface SubscribeTopicEventsResponseInitialAlpha1Init {}

function readSubscribeTopicEventsResponseInitialAlpha1(
  r: Reader,
  end: number,
  m: SubscribeTopicEventsResponseInitialAlpha1 = {},
): SubscribeTopicEventsResponseInitialAlpha1 {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeSubscribeTopicEventsResponseInitialAlpha1(_w: Writer, _m: SubscribeTopicEventsResponseInitialAlpha1Init): void {
}

export const SubscribeTopicEventsResponseInitialAlpha1 = /* @__PURE__ */ new MessageCodec<SubscribeTopicEventsResponseInitialAlpha1, SubscribeTopicEventsResponseInitialAlpha1Init>(
  "dapr.proto.runtime.v1.SubscribeTopicEventsResponseInitialAlpha1",
  readSubscribeTopicEventsResponseInitialAlpha1,
  writeSubscribeTopicEventsResponseInitialAlpha1,
);
