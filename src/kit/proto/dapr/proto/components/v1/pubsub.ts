// Generated from proto/dapr/proto/components/v1/pubsub.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { MetadataRequest, type MetadataRequestInit } from "./common.ts";

/** Served by a component that carries topics. */
export const PubSubService = {
  name: "dapr.proto.components.v1.PubSub",
  methods: {
    init: {
      path: "/dapr.proto.components.v1.PubSub/Init",
      requestStream: false,
      responseStream: false,
    },
    features: {
      path: "/dapr.proto.components.v1.PubSub/Features",
      requestStream: false,
      responseStream: false,
    },
    publish: {
      path: "/dapr.proto.components.v1.PubSub/Publish",
      requestStream: false,
      responseStream: false,
    },
    bulkPublish: {
      path: "/dapr.proto.components.v1.PubSub/BulkPublish",
      requestStream: false,
      responseStream: false,
    },
    pullMessages: {
      path: "/dapr.proto.components.v1.PubSub/PullMessages",
      requestStream: true,
      responseStream: true,
    },
    pause: {
      path: "/dapr.proto.components.v1.PubSub/Pause",
      requestStream: false,
      responseStream: false,
    },
    resume: {
      path: "/dapr.proto.components.v1.PubSub/Resume",
      requestStream: false,
      responseStream: false,
    },
    ping: {
      path: "/dapr.proto.components.v1.PubSub/Ping",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** The subscriber could not handle the message. */
export interface AckMessageError {
  message: string;
}
export interface AckMessageErrorInit {
  message?: string | undefined;
}

function readAckMessageError(
  r: Reader,
  end: number,
  m: AckMessageError = {
    message: "",
  },
): AckMessageError {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.message = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeAckMessageError(w: Writer, m: AckMessageErrorInit): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const AckMessageError = /* @__PURE__ */ new MessageCodec<AckMessageError, AckMessageErrorInit>(
  "dapr.proto.components.v1.AckMessageError",
  readAckMessageError,
  writeAckMessageError,
);

/** The first one names the topic, the others acknowledge. */
export interface PullMessagesRequest {
  topic: Topic | undefined;
  ackMessageId: string;
  ackError: AckMessageError | undefined;
}
export interface PullMessagesRequestInit {
  topic?: TopicInit | undefined;
  ackMessageId?: string | undefined;
  ackError?: AckMessageErrorInit | undefined;
}

function readPullMessagesRequest(
  r: Reader,
  end: number,
  m: PullMessagesRequest = {
    topic: undefined,
    ackMessageId: "",
    ackError: undefined,
  },
): PullMessagesRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.topic = readTopic(r, e, m.topic);
        r.leave(e);
        break;
      }
      case 18:
        m.ackMessageId = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.ackError = readAckMessageError(r, e, m.ackError);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePullMessagesRequest(w: Writer, m: PullMessagesRequestInit): void {
  const v0 = m.ackError;
  if (v0 !== undefined) {
    const s = w.written;
    writeAckMessageError(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.ackMessageId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.topic;
  if (v2 !== undefined) {
    const s = w.written;
    writeTopic(w, v2);
    w.delimit(s, 10);
  }
}

export const PullMessagesRequest = /* @__PURE__ */ new MessageCodec<PullMessagesRequest, PullMessagesRequestInit>(
  "dapr.proto.components.v1.PullMessagesRequest",
  readPullMessagesRequest,
  writePullMessagesRequest,
);

export interface PubSubInitRequest {
  metadata: MetadataRequest | undefined;
}
export interface PubSubInitRequestInit {
  metadata?: MetadataRequestInit | undefined;
}

function readPubSubInitRequest(
  r: Reader,
  end: number,
  m: PubSubInitRequest = {
    metadata: undefined,
  },
): PubSubInitRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.metadata = MetadataRequest.read(r, e, m.metadata);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePubSubInitRequest(w: Writer, m: PubSubInitRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    MetadataRequest.write(w, v0);
    w.delimit(s, 10);
  }
}

export const PubSubInitRequest = /* @__PURE__ */ new MessageCodec<PubSubInitRequest, PubSubInitRequestInit>(
  "dapr.proto.components.v1.PubSubInitRequest",
  readPubSubInitRequest,
  writePubSubInitRequest,
);

export interface PubSubInitResponse {}
export interface PubSubInitResponseInit {}

function readPubSubInitResponse(
  r: Reader,
  end: number,
  m: PubSubInitResponse = {},
): PubSubInitResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writePubSubInitResponse(_w: Writer, _m: PubSubInitResponseInit): void {
}

export const PubSubInitResponse = /* @__PURE__ */ new MessageCodec<PubSubInitResponse, PubSubInitResponseInit>(
  "dapr.proto.components.v1.PubSubInitResponse",
  readPubSubInitResponse,
  writePubSubInitResponse,
);

/** One message. */
export interface PublishRequest {
  data: Buffer;
  pubsubName: string;
  topic: string;
  metadata: Map<string, string>;
  contentType: string;
}
export interface PublishRequestInit {
  data?: Uint8Array | undefined;
  pubsubName?: string | undefined;
  topic?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  contentType?: string | undefined;
}

function readPublishRequest(
  r: Reader,
  end: number,
  m: PublishRequest = {
    data: noBytes,
    pubsubName: "",
    topic: "",
    metadata: new Map(),
    contentType: "",
  },
): PublishRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18:
        m.pubsubName = r.string();
        break;
      case 26:
        m.topic = r.string();
        break;
      case 34:
        readStringEntry(r, m.metadata);
        break;
      case 42:
        m.contentType = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePublishRequest(w: Writer, m: PublishRequestInit): void {
  const v0 = m.contentType;
  if (v0) {
    w.string(v0);
    w.uint32(42);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 34);
  }
  const v2 = m.topic;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.pubsubName;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.data;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(10);
  }
}

export const PublishRequest = /* @__PURE__ */ new MessageCodec<PublishRequest, PublishRequestInit>(
  "dapr.proto.components.v1.PublishRequest",
  readPublishRequest,
  writePublishRequest,
);

/** Many messages for one topic. */
export interface BulkPublishRequest {
  entries: BulkMessageEntry[];
  pubsubName: string;
  topic: string;
  metadata: Map<string, string>;
}
export interface BulkPublishRequestInit {
  entries?: readonly BulkMessageEntryInit[] | undefined;
  pubsubName?: string | undefined;
  topic?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readBulkPublishRequest(
  r: Reader,
  end: number,
  m: BulkPublishRequest = {
    entries: [],
    pubsubName: "",
    topic: "",
    metadata: new Map(),
  },
): BulkPublishRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.entries.push(readBulkMessageEntry(r, e));
        r.leave(e);
        break;
      }
      case 18:
        m.pubsubName = r.string();
        break;
      case 26:
        m.topic = r.string();
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

function writeBulkPublishRequest(w: Writer, m: BulkPublishRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 34);
  }
  const v1 = m.topic;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.pubsubName;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.entries;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      writeBulkMessageEntry(w, v3[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BulkPublishRequest = /* @__PURE__ */ new MessageCodec<BulkPublishRequest, BulkPublishRequestInit>(
  "dapr.proto.components.v1.BulkPublishRequest",
  readBulkPublishRequest,
  writeBulkPublishRequest,
);

/** One of them, with an id that failures refer to. */
export interface BulkMessageEntry {
  entryId: string;
  event: Buffer;
  contentType: string;
  metadata: Map<string, string>;
}
export interface BulkMessageEntryInit {
  entryId?: string | undefined;
  event?: Uint8Array | undefined;
  contentType?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readBulkMessageEntry(
  r: Reader,
  end: number,
  m: BulkMessageEntry = {
    entryId: "",
    event: noBytes,
    contentType: "",
    metadata: new Map(),
  },
): BulkMessageEntry {
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

function writeBulkMessageEntry(w: Writer, m: BulkMessageEntryInit): void {
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

export const BulkMessageEntry = /* @__PURE__ */ new MessageCodec<BulkMessageEntry, BulkMessageEntryInit>(
  "dapr.proto.components.v1.BulkMessageEntry",
  readBulkMessageEntry,
  writeBulkMessageEntry,
);

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
  "dapr.proto.components.v1.BulkPublishResponse",
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
  "dapr.proto.components.v1.BulkPublishResponseFailedEntry",
  readBulkPublishResponseFailedEntry,
  writeBulkPublishResponseFailedEntry,
);

export interface PublishResponse {}
export interface PublishResponseInit {}

function readPublishResponse(
  r: Reader,
  end: number,
  m: PublishResponse = {},
): PublishResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writePublishResponse(_w: Writer, _m: PublishResponseInit): void {
}

export const PublishResponse = /* @__PURE__ */ new MessageCodec<PublishResponse, PublishResponseInit>(
  "dapr.proto.components.v1.PublishResponse",
  readPublishResponse,
  writePublishResponse,
);

/** A topic and its metadata. */
export interface Topic {
  name: string;
  metadata: Map<string, string>;
}
export interface TopicInit {
  name?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readTopic(
  r: Reader,
  end: number,
  m: Topic = {
    name: "",
    metadata: new Map(),
  },
): Topic {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopic(w: Writer, m: TopicInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const Topic = /* @__PURE__ */ new MessageCodec<Topic, TopicInit>(
  "dapr.proto.components.v1.Topic",
  readTopic,
  writeTopic,
);

/** One message that arrived. */
export interface PullMessagesResponse {
  data: Buffer;
  topicName: string;
  metadata: Map<string, string>;
  contentType: string;
  id: string;
}
export interface PullMessagesResponseInit {
  data?: Uint8Array | undefined;
  topicName?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  contentType?: string | undefined;
  id?: string | undefined;
}

function readPullMessagesResponse(
  r: Reader,
  end: number,
  m: PullMessagesResponse = {
    data: noBytes,
    topicName: "",
    metadata: new Map(),
    contentType: "",
    id: "",
  },
): PullMessagesResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18:
        m.topicName = r.string();
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      case 34:
        m.contentType = r.string();
        break;
      case 42:
        m.id = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePullMessagesResponse(w: Writer, m: PullMessagesResponseInit): void {
  const v0 = m.id;
  if (v0) {
    w.string(v0);
    w.uint32(42);
  }
  const v1 = m.contentType;
  if (v1) {
    w.string(v1);
    w.uint32(34);
  }
  const v2 = m.metadata;
  if (v2 !== undefined && v2.size > 0) {
    writeStringMap(w, v2, 26);
  }
  const v3 = m.topicName;
  if (v3) {
    w.string(v3);
    w.uint32(18);
  }
  const v4 = m.data;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(10);
  }
}

export const PullMessagesResponse = /* @__PURE__ */ new MessageCodec<PullMessagesResponse, PullMessagesResponseInit>(
  "dapr.proto.components.v1.PullMessagesResponse",
  readPullMessagesResponse,
  writePullMessagesResponse,
);

/** Stops all deliveries. */
export interface PauseRequest {}
export interface PauseRequestInit {}

function readPauseRequest(
  r: Reader,
  end: number,
  m: PauseRequest = {},
): PauseRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writePauseRequest(_w: Writer, _m: PauseRequestInit): void {
}

export const PauseRequest = /* @__PURE__ */ new MessageCodec<PauseRequest, PauseRequestInit>(
  "dapr.proto.components.v1.PauseRequest",
  readPauseRequest,
  writePauseRequest,
);

export interface PauseResponse {}
export interface PauseResponseInit {}

function readPauseResponse(
  r: Reader,
  end: number,
  m: PauseResponse = {},
): PauseResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writePauseResponse(_w: Writer, _m: PauseResponseInit): void {
}

export const PauseResponse = /* @__PURE__ */ new MessageCodec<PauseResponse, PauseResponseInit>(
  "dapr.proto.components.v1.PauseResponse",
  readPauseResponse,
  writePauseResponse,
);

/** Goes on with deliveries. */
export interface ResumeRequest {}
export interface ResumeRequestInit {}

function readResumeRequest(
  r: Reader,
  end: number,
  m: ResumeRequest = {},
): ResumeRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeResumeRequest(_w: Writer, _m: ResumeRequestInit): void {
}

export const ResumeRequest = /* @__PURE__ */ new MessageCodec<ResumeRequest, ResumeRequestInit>(
  "dapr.proto.components.v1.ResumeRequest",
  readResumeRequest,
  writeResumeRequest,
);

export interface ResumeResponse {}
export interface ResumeResponseInit {}

function readResumeResponse(
  r: Reader,
  end: number,
  m: ResumeResponse = {},
): ResumeResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeResumeResponse(_w: Writer, _m: ResumeResponseInit): void {
}

export const ResumeResponse = /* @__PURE__ */ new MessageCodec<ResumeResponse, ResumeResponseInit>(
  "dapr.proto.components.v1.ResumeResponse",
  readResumeResponse,
  writeResumeResponse,
);
