// Generated from proto/dapr/proto/runtime/v1/appcallback.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { HTTPExtension, StateItem, type HTTPExtensionInit, type StateItemInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { Struct, type StructInit } from "../../../../google/protobuf/struct.ts";

/** Served by the app: its subscriptions, and deliveries to it. */
export const AppCallbackService = {
  name: "dapr.proto.runtime.v1.AppCallback",
  methods: {
    onInvoke: {
      path: "/dapr.proto.runtime.v1.AppCallback/OnInvoke",
      requestStream: false,
      responseStream: false,
    },
    listTopicSubscriptions: {
      path: "/dapr.proto.runtime.v1.AppCallback/ListTopicSubscriptions",
      requestStream: false,
      responseStream: false,
    },
    onTopicEvent: {
      path: "/dapr.proto.runtime.v1.AppCallback/OnTopicEvent",
      requestStream: false,
      responseStream: false,
    },
    listInputBindings: {
      path: "/dapr.proto.runtime.v1.AppCallback/ListInputBindings",
      requestStream: false,
      responseStream: false,
    },
    onBindingEvent: {
      path: "/dapr.proto.runtime.v1.AppCallback/OnBindingEvent",
      requestStream: false,
      responseStream: false,
    },
    onBulkTopicEvent: {
      path: "/dapr.proto.runtime.v1.AppCallback/OnBulkTopicEvent",
      requestStream: false,
      responseStream: false,
    },
    onJobEvent: {
      path: "/dapr.proto.runtime.v1.AppCallback/OnJobEvent",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** Served by the app when its health is probed. */
export const AppCallbackHealthCheckService = {
  name: "dapr.proto.runtime.v1.AppCallbackHealthCheck",
  methods: {
    healthCheck: {
      path: "/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** Served by the app for what is not stable. */
export const AppCallbackAlphaService = {
  name: "dapr.proto.runtime.v1.AppCallbackAlpha",
  methods: {
    onBulkTopicEventAlpha1: {
      path: "/dapr.proto.runtime.v1.AppCallbackAlpha/OnBulkTopicEventAlpha1",
      requestStream: false,
      responseStream: false,
    },
    onJobEventAlpha1: {
      path: "/dapr.proto.runtime.v1.AppCallbackAlpha/OnJobEventAlpha1",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** A job that is due. */
export interface JobEventRequest {
  name: string;
  data: Any | undefined;
  method: string;
  contentType: string;
  httpExtension: HTTPExtension | undefined;
}
export interface JobEventRequestInit {
  name?: string | undefined;
  data?: AnyInit | undefined;
  method?: string | undefined;
  contentType?: string | undefined;
  httpExtension?: HTTPExtensionInit | undefined;
}

function readJobEventRequest(
  r: Reader,
  end: number,
  m: JobEventRequest = {
    name: "",
    data: undefined,
    method: "",
    contentType: "",
    httpExtension: undefined,
  },
): JobEventRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 26:
        m.method = r.string();
        break;
      case 34:
        m.contentType = r.string();
        break;
      case 42: {
        const e = r.enter();
        m.httpExtension = HTTPExtension.read(r, e, m.httpExtension);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeJobEventRequest(w: Writer, m: JobEventRequestInit): void {
  const v0 = m.httpExtension;
  if (v0 !== undefined) {
    const s = w.written;
    HTTPExtension.write(w, v0);
    w.delimit(s, 42);
  }
  const v1 = m.contentType;
  if (v1) {
    w.string(v1);
    w.uint32(34);
  }
  const v2 = m.method;
  if (v2) {
    w.string(v2);
    w.uint32(26);
  }
  const v3 = m.data;
  if (v3 !== undefined) {
    const s = w.written;
    Any.write(w, v3);
    w.delimit(s, 18);
  }
  const v4 = m.name;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const JobEventRequest = /* @__PURE__ */ new MessageCodec<JobEventRequest, JobEventRequestInit>(
  "dapr.proto.runtime.v1.JobEventRequest",
  readJobEventRequest,
  writeJobEventRequest,
);

export interface JobEventResponse {}
export interface JobEventResponseInit {}

function readJobEventResponse(
  r: Reader,
  end: number,
  m: JobEventResponse = {},
): JobEventResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeJobEventResponse(_w: Writer, _m: JobEventResponseInit): void {
}

export const JobEventResponse = /* @__PURE__ */ new MessageCodec<JobEventResponse, JobEventResponseInit>(
  "dapr.proto.runtime.v1.JobEventResponse",
  readJobEventResponse,
  writeJobEventResponse,
);

/** A message of a topic, taken out of its CloudEvent. */
export interface TopicEventRequest {
  id: string;
  source: string;
  type: string;
  specVersion: string;
  dataContentType: string;
  data: Buffer;
  topic: string;
  pubsubName: string;
  path: string;
  extensions: Struct | undefined;
}
export interface TopicEventRequestInit {
  id?: string | undefined;
  source?: string | undefined;
  type?: string | undefined;
  specVersion?: string | undefined;
  dataContentType?: string | undefined;
  data?: Uint8Array | undefined;
  topic?: string | undefined;
  pubsubName?: string | undefined;
  path?: string | undefined;
  extensions?: StructInit | undefined;
}

function readTopicEventRequest(
  r: Reader,
  end: number,
  m: TopicEventRequest = {
    id: "",
    source: "",
    type: "",
    specVersion: "",
    dataContentType: "",
    data: noBytes,
    topic: "",
    pubsubName: "",
    path: "",
    extensions: undefined,
  },
): TopicEventRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.source = r.string();
        break;
      case 26:
        m.type = r.string();
        break;
      case 34:
        m.specVersion = r.string();
        break;
      case 42:
        m.dataContentType = r.string();
        break;
      case 58:
        m.data = r.bytes();
        break;
      case 50:
        m.topic = r.string();
        break;
      case 66:
        m.pubsubName = r.string();
        break;
      case 74:
        m.path = r.string();
        break;
      case 82: {
        const e = r.enter();
        m.extensions = Struct.read(r, e, m.extensions);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicEventRequest(w: Writer, m: TopicEventRequestInit): void {
  const v0 = m.extensions;
  if (v0 !== undefined) {
    const s = w.written;
    Struct.write(w, v0);
    w.delimit(s, 82);
  }
  const v1 = m.path;
  if (v1) {
    w.string(v1);
    w.uint32(74);
  }
  const v2 = m.pubsubName;
  if (v2) {
    w.string(v2);
    w.uint32(66);
  }
  const v3 = m.data;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(58);
  }
  const v4 = m.topic;
  if (v4) {
    w.string(v4);
    w.uint32(50);
  }
  const v5 = m.dataContentType;
  if (v5) {
    w.string(v5);
    w.uint32(42);
  }
  const v6 = m.specVersion;
  if (v6) {
    w.string(v6);
    w.uint32(34);
  }
  const v7 = m.type;
  if (v7) {
    w.string(v7);
    w.uint32(26);
  }
  const v8 = m.source;
  if (v8) {
    w.string(v8);
    w.uint32(18);
  }
  const v9 = m.id;
  if (v9) {
    w.string(v9);
    w.uint32(10);
  }
}

export const TopicEventRequest = /* @__PURE__ */ new MessageCodec<TopicEventRequest, TopicEventRequestInit>(
  "dapr.proto.runtime.v1.TopicEventRequest",
  readTopicEventRequest,
  writeTopicEventRequest,
);

/** What to do with the message now. */
export interface TopicEventResponse {
  status: TopicEventResponse_TopicEventResponseStatus;
}
export interface TopicEventResponseInit {
  status?: TopicEventResponse_TopicEventResponseStatus | undefined;
}

function readTopicEventResponse(
  r: Reader,
  end: number,
  m: TopicEventResponse = {
    status: 0,
  },
): TopicEventResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.status = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicEventResponse(w: Writer, m: TopicEventResponseInit): void {
  const v0 = m.status;
  if (v0) {
    w.int32(v0);
    w.uint32(8);
  }
}

export const TopicEventResponse = /* @__PURE__ */ new MessageCodec<TopicEventResponse, TopicEventResponseInit>(
  "dapr.proto.runtime.v1.TopicEventResponse",
  readTopicEventResponse,
  writeTopicEventResponse,
);

export const TopicEventResponse_TopicEventResponseStatus = {
  SUCCESS: 0,
  RETRY: 1,
  DROP: 2,
} as const;
export type TopicEventResponse_TopicEventResponseStatus = number;

/** A CloudEvent within a bulk. */
export interface TopicEventCERequest {
  id: string;
  source: string;
  type: string;
  specVersion: string;
  dataContentType: string;
  data: Buffer;
  extensions: Struct | undefined;
}
export interface TopicEventCERequestInit {
  id?: string | undefined;
  source?: string | undefined;
  type?: string | undefined;
  specVersion?: string | undefined;
  dataContentType?: string | undefined;
  data?: Uint8Array | undefined;
  extensions?: StructInit | undefined;
}

function readTopicEventCERequest(
  r: Reader,
  end: number,
  m: TopicEventCERequest = {
    id: "",
    source: "",
    type: "",
    specVersion: "",
    dataContentType: "",
    data: noBytes,
    extensions: undefined,
  },
): TopicEventCERequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18:
        m.source = r.string();
        break;
      case 26:
        m.type = r.string();
        break;
      case 34:
        m.specVersion = r.string();
        break;
      case 42:
        m.dataContentType = r.string();
        break;
      case 50:
        m.data = r.bytes();
        break;
      case 58: {
        const e = r.enter();
        m.extensions = Struct.read(r, e, m.extensions);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicEventCERequest(w: Writer, m: TopicEventCERequestInit): void {
  const v0 = m.extensions;
  if (v0 !== undefined) {
    const s = w.written;
    Struct.write(w, v0);
    w.delimit(s, 58);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(50);
  }
  const v2 = m.dataContentType;
  if (v2) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.specVersion;
  if (v3) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.type;
  if (v4) {
    w.string(v4);
    w.uint32(26);
  }
  const v5 = m.source;
  if (v5) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.id;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const TopicEventCERequest = /* @__PURE__ */ new MessageCodec<TopicEventCERequest, TopicEventCERequestInit>(
  "dapr.proto.runtime.v1.TopicEventCERequest",
  readTopicEventCERequest,
  writeTopicEventCERequest,
);

/** One message of a bulk: raw bytes or a CloudEvent. */
export interface TopicEventBulkRequestEntry {
  entryId: string;
  bytes: Buffer | undefined;
  cloudEvent: TopicEventCERequest | undefined;
  contentType: string;
  metadata: Map<string, string>;
}
export interface TopicEventBulkRequestEntryInit {
  entryId?: string | undefined;
  bytes?: Uint8Array | undefined;
  cloudEvent?: TopicEventCERequestInit | undefined;
  contentType?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readTopicEventBulkRequestEntry(
  r: Reader,
  end: number,
  m: TopicEventBulkRequestEntry = {
    entryId: "",
    bytes: undefined,
    cloudEvent: undefined,
    contentType: "",
    metadata: new Map(),
  },
): TopicEventBulkRequestEntry {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.entryId = r.string();
        break;
      case 18:
        m.bytes = r.bytes();
        m.cloudEvent = undefined;
        break;
      case 26: {
        const e = r.enter();
        m.cloudEvent = readTopicEventCERequest(r, e, m.cloudEvent);
        r.leave(e);
        m.bytes = undefined;
        break;
      }
      case 34:
        m.contentType = r.string();
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

function writeTopicEventBulkRequestEntry(w: Writer, m: TopicEventBulkRequestEntryInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 42);
  }
  const v1 = m.contentType;
  if (v1) {
    w.string(v1);
    w.uint32(34);
  }
  const v2 = m.cloudEvent;
  if (v2 !== undefined) {
    const s = w.written;
    writeTopicEventCERequest(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.bytes;
  if (v3 !== undefined) {
    w.bytes(v3);
    w.uint32(18);
  }
  const v4 = m.entryId;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const TopicEventBulkRequestEntry = /* @__PURE__ */ new MessageCodec<TopicEventBulkRequestEntry, TopicEventBulkRequestEntryInit>(
  "dapr.proto.runtime.v1.TopicEventBulkRequestEntry",
  readTopicEventBulkRequestEntry,
  writeTopicEventBulkRequestEntry,
);

/** Several messages of a topic in one call. */
export interface TopicEventBulkRequest {
  id: string;
  entries: TopicEventBulkRequestEntry[];
  metadata: Map<string, string>;
  topic: string;
  pubsubName: string;
  type: string;
  path: string;
}
export interface TopicEventBulkRequestInit {
  id?: string | undefined;
  entries?: readonly TopicEventBulkRequestEntryInit[] | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  topic?: string | undefined;
  pubsubName?: string | undefined;
  type?: string | undefined;
  path?: string | undefined;
}

function readTopicEventBulkRequest(
  r: Reader,
  end: number,
  m: TopicEventBulkRequest = {
    id: "",
    entries: [],
    metadata: new Map(),
    topic: "",
    pubsubName: "",
    type: "",
    path: "",
  },
): TopicEventBulkRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.entries.push(readTopicEventBulkRequestEntry(r, e));
        r.leave(e);
        break;
      }
      case 26:
        readStringEntry(r, m.metadata);
        break;
      case 34:
        m.topic = r.string();
        break;
      case 42:
        m.pubsubName = r.string();
        break;
      case 50:
        m.type = r.string();
        break;
      case 58:
        m.path = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicEventBulkRequest(w: Writer, m: TopicEventBulkRequestInit): void {
  const v0 = m.path;
  if (v0) {
    w.string(v0);
    w.uint32(58);
  }
  const v1 = m.type;
  if (v1) {
    w.string(v1);
    w.uint32(50);
  }
  const v2 = m.pubsubName;
  if (v2) {
    w.string(v2);
    w.uint32(42);
  }
  const v3 = m.topic;
  if (v3) {
    w.string(v3);
    w.uint32(34);
  }
  const v4 = m.metadata;
  if (v4 !== undefined && v4.size > 0) {
    writeStringMap(w, v4, 26);
  }
  const v5 = m.entries;
  if (v5 !== undefined && v5.length > 0) {
    for (let i = v5.length - 1; i >= 0; i--) {
      const s = w.written;
      writeTopicEventBulkRequestEntry(w, v5[i]!);
      w.delimit(s, 18);
    }
  }
  const v6 = m.id;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const TopicEventBulkRequest = /* @__PURE__ */ new MessageCodec<TopicEventBulkRequest, TopicEventBulkRequestInit>(
  "dapr.proto.runtime.v1.TopicEventBulkRequest",
  readTopicEventBulkRequest,
  writeTopicEventBulkRequest,
);

/** What to do with one of them. */
export interface TopicEventBulkResponseEntry {
  entryId: string;
  status: TopicEventResponse_TopicEventResponseStatus;
}
export interface TopicEventBulkResponseEntryInit {
  entryId?: string | undefined;
  status?: TopicEventResponse_TopicEventResponseStatus | undefined;
}

function readTopicEventBulkResponseEntry(
  r: Reader,
  end: number,
  m: TopicEventBulkResponseEntry = {
    entryId: "",
    status: 0,
  },
): TopicEventBulkResponseEntry {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.entryId = r.string();
        break;
      case 16:
        m.status = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicEventBulkResponseEntry(w: Writer, m: TopicEventBulkResponseEntryInit): void {
  const v0 = m.status;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.entryId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const TopicEventBulkResponseEntry = /* @__PURE__ */ new MessageCodec<TopicEventBulkResponseEntry, TopicEventBulkResponseEntryInit>(
  "dapr.proto.runtime.v1.TopicEventBulkResponseEntry",
  readTopicEventBulkResponseEntry,
  writeTopicEventBulkResponseEntry,
);

export interface TopicEventBulkResponse {
  statuses: TopicEventBulkResponseEntry[];
}
export interface TopicEventBulkResponseInit {
  statuses?: readonly TopicEventBulkResponseEntryInit[] | undefined;
}

function readTopicEventBulkResponse(
  r: Reader,
  end: number,
  m: TopicEventBulkResponse = {
    statuses: [],
  },
): TopicEventBulkResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.statuses.push(readTopicEventBulkResponseEntry(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicEventBulkResponse(w: Writer, m: TopicEventBulkResponseInit): void {
  const v0 = m.statuses;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeTopicEventBulkResponseEntry(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const TopicEventBulkResponse = /* @__PURE__ */ new MessageCodec<TopicEventBulkResponse, TopicEventBulkResponseInit>(
  "dapr.proto.runtime.v1.TopicEventBulkResponse",
  readTopicEventBulkResponse,
  writeTopicEventBulkResponse,
);

/** An event of an input binding. */
export interface BindingEventRequest {
  name: string;
  data: Buffer;
  metadata: Map<string, string>;
}
export interface BindingEventRequestInit {
  name?: string | undefined;
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readBindingEventRequest(
  r: Reader,
  end: number,
  m: BindingEventRequest = {
    name: "",
    data: noBytes,
    metadata: new Map(),
  },
): BindingEventRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.data = r.bytes();
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBindingEventRequest(w: Writer, m: BindingEventRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(18);
  }
  const v2 = m.name;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const BindingEventRequest = /* @__PURE__ */ new MessageCodec<BindingEventRequest, BindingEventRequestInit>(
  "dapr.proto.runtime.v1.BindingEventRequest",
  readBindingEventRequest,
  writeBindingEventRequest,
);

/** State to save and bindings to call as an answer. */
export interface BindingEventResponse {
  storeName: string;
  states: StateItem[];
  to: string[];
  data: Buffer;
  concurrency: BindingEventResponse_BindingEventConcurrency;
}
export interface BindingEventResponseInit {
  storeName?: string | undefined;
  states?: readonly StateItemInit[] | undefined;
  to?: readonly string[] | undefined;
  data?: Uint8Array | undefined;
  concurrency?: BindingEventResponse_BindingEventConcurrency | undefined;
}

function readBindingEventResponse(
  r: Reader,
  end: number,
  m: BindingEventResponse = {
    storeName: "",
    states: [],
    to: [],
    data: noBytes,
    concurrency: 0,
  },
): BindingEventResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.storeName = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.states.push(StateItem.read(r, e));
        r.leave(e);
        break;
      }
      case 26:
        m.to.push(r.string());
        break;
      case 34:
        m.data = r.bytes();
        break;
      case 40:
        m.concurrency = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBindingEventResponse(w: Writer, m: BindingEventResponseInit): void {
  const v0 = m.concurrency;
  if (v0) {
    w.int32(v0);
    w.uint32(40);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(34);
  }
  const v2 = m.to;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      w.string(v2[i]!);
      w.uint32(26);
    }
  }
  const v3 = m.states;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      StateItem.write(w, v3[i]!);
      w.delimit(s, 18);
    }
  }
  const v4 = m.storeName;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const BindingEventResponse = /* @__PURE__ */ new MessageCodec<BindingEventResponse, BindingEventResponseInit>(
  "dapr.proto.runtime.v1.BindingEventResponse",
  readBindingEventResponse,
  writeBindingEventResponse,
);

export const BindingEventResponse_BindingEventConcurrency = {
  SEQUENTIAL: 0,
  PARALLEL: 1,
} as const;
export type BindingEventResponse_BindingEventConcurrency = number;

/** The app's subscriptions. */
export interface ListTopicSubscriptionsResponse {
  subscriptions: TopicSubscription[];
}
export interface ListTopicSubscriptionsResponseInit {
  subscriptions?: readonly TopicSubscriptionInit[] | undefined;
}

function readListTopicSubscriptionsResponse(
  r: Reader,
  end: number,
  m: ListTopicSubscriptionsResponse = {
    subscriptions: [],
  },
): ListTopicSubscriptionsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.subscriptions.push(readTopicSubscription(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListTopicSubscriptionsResponse(w: Writer, m: ListTopicSubscriptionsResponseInit): void {
  const v0 = m.subscriptions;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeTopicSubscription(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ListTopicSubscriptionsResponse = /* @__PURE__ */ new MessageCodec<ListTopicSubscriptionsResponse, ListTopicSubscriptionsResponseInit>(
  "dapr.proto.runtime.v1.ListTopicSubscriptionsResponse",
  readListTopicSubscriptionsResponse,
  writeListTopicSubscriptionsResponse,
);

/** A subscription with its routes. */
export interface TopicSubscription {
  pubsubName: string;
  topic: string;
  metadata: Map<string, string>;
  routes: TopicRoutes | undefined;
  deadLetterTopic: string;
  bulkSubscribe: BulkSubscribeConfig | undefined;
}
export interface TopicSubscriptionInit {
  pubsubName?: string | undefined;
  topic?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  routes?: TopicRoutesInit | undefined;
  deadLetterTopic?: string | undefined;
  bulkSubscribe?: BulkSubscribeConfigInit | undefined;
}

function readTopicSubscription(
  r: Reader,
  end: number,
  m: TopicSubscription = {
    pubsubName: "",
    topic: "",
    metadata: new Map(),
    routes: undefined,
    deadLetterTopic: "",
    bulkSubscribe: undefined,
  },
): TopicSubscription {
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
      case 42: {
        const e = r.enter();
        m.routes = readTopicRoutes(r, e, m.routes);
        r.leave(e);
        break;
      }
      case 50:
        m.deadLetterTopic = r.string();
        break;
      case 58: {
        const e = r.enter();
        m.bulkSubscribe = readBulkSubscribeConfig(r, e, m.bulkSubscribe);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicSubscription(w: Writer, m: TopicSubscriptionInit): void {
  const v0 = m.bulkSubscribe;
  if (v0 !== undefined) {
    const s = w.written;
    writeBulkSubscribeConfig(w, v0);
    w.delimit(s, 58);
  }
  const v1 = m.deadLetterTopic;
  if (v1) {
    w.string(v1);
    w.uint32(50);
  }
  const v2 = m.routes;
  if (v2 !== undefined) {
    const s = w.written;
    writeTopicRoutes(w, v2);
    w.delimit(s, 42);
  }
  const v3 = m.metadata;
  if (v3 !== undefined && v3.size > 0) {
    writeStringMap(w, v3, 26);
  }
  const v4 = m.topic;
  if (v4) {
    w.string(v4);
    w.uint32(18);
  }
  const v5 = m.pubsubName;
  if (v5) {
    w.string(v5);
    w.uint32(10);
  }
}

export const TopicSubscription = /* @__PURE__ */ new MessageCodec<TopicSubscription, TopicSubscriptionInit>(
  "dapr.proto.runtime.v1.TopicSubscription",
  readTopicSubscription,
  writeTopicSubscription,
);

/** Rules, of which the first match wins, and a default path. */
export interface TopicRoutes {
  rules: TopicRule[];
  default: string;
}
export interface TopicRoutesInit {
  rules?: readonly TopicRuleInit[] | undefined;
  default?: string | undefined;
}

function readTopicRoutes(
  r: Reader,
  end: number,
  m: TopicRoutes = {
    rules: [],
    default: "",
  },
): TopicRoutes {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.rules.push(readTopicRule(r, e));
        r.leave(e);
        break;
      }
      case 18:
        m.default = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicRoutes(w: Writer, m: TopicRoutesInit): void {
  const v0 = m.default;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.rules;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeTopicRule(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const TopicRoutes = /* @__PURE__ */ new MessageCodec<TopicRoutes, TopicRoutesInit>(
  "dapr.proto.runtime.v1.TopicRoutes",
  readTopicRoutes,
  writeTopicRoutes,
);

/** A CEL expression over the CloudEvent, and the path. */
export interface TopicRule {
  match: string;
  path: string;
}
export interface TopicRuleInit {
  match?: string | undefined;
  path?: string | undefined;
}

function readTopicRule(
  r: Reader,
  end: number,
  m: TopicRule = {
    match: "",
    path: "",
  },
): TopicRule {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.match = r.string();
        break;
      case 18:
        m.path = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTopicRule(w: Writer, m: TopicRuleInit): void {
  const v0 = m.path;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.match;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const TopicRule = /* @__PURE__ */ new MessageCodec<TopicRule, TopicRuleInit>(
  "dapr.proto.runtime.v1.TopicRule",
  readTopicRule,
  writeTopicRule,
);

/** How many messages to gather, and how long. */
export interface BulkSubscribeConfig {
  enabled: boolean;
  maxMessagesCount: number;
  maxAwaitDurationMs: number;
}
export interface BulkSubscribeConfigInit {
  enabled?: boolean | undefined;
  maxMessagesCount?: number | undefined;
  maxAwaitDurationMs?: number | undefined;
}

function readBulkSubscribeConfig(
  r: Reader,
  end: number,
  m: BulkSubscribeConfig = {
    enabled: false,
    maxMessagesCount: 0,
    maxAwaitDurationMs: 0,
  },
): BulkSubscribeConfig {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.enabled = r.bool();
        break;
      case 16:
        m.maxMessagesCount = r.int32();
        break;
      case 24:
        m.maxAwaitDurationMs = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBulkSubscribeConfig(w: Writer, m: BulkSubscribeConfigInit): void {
  const v0 = m.maxAwaitDurationMs;
  if (v0) {
    w.int32(v0);
    w.uint32(24);
  }
  const v1 = m.maxMessagesCount;
  if (v1) {
    w.int32(v1);
    w.uint32(16);
  }
  const v2 = m.enabled;
  if (v2) {
    w.bool(v2);
    w.uint32(8);
  }
}

export const BulkSubscribeConfig = /* @__PURE__ */ new MessageCodec<BulkSubscribeConfig, BulkSubscribeConfigInit>(
  "dapr.proto.runtime.v1.BulkSubscribeConfig",
  readBulkSubscribeConfig,
  writeBulkSubscribeConfig,
);

/** Input bindings that the app listens to. */
export interface ListInputBindingsResponse {
  bindings: string[];
}
export interface ListInputBindingsResponseInit {
  bindings?: readonly string[] | undefined;
}

function readListInputBindingsResponse(
  r: Reader,
  end: number,
  m: ListInputBindingsResponse = {
    bindings: [],
  },
): ListInputBindingsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.bindings.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListInputBindingsResponse(w: Writer, m: ListInputBindingsResponseInit): void {
  const v0 = m.bindings;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListInputBindingsResponse = /* @__PURE__ */ new MessageCodec<ListInputBindingsResponse, ListInputBindingsResponseInit>(
  "dapr.proto.runtime.v1.ListInputBindingsResponse",
  readListInputBindingsResponse,
  writeListInputBindingsResponse,
);

export interface HealthCheckResponse {}
export interface HealthCheckResponseInit {}

function readHealthCheckResponse(
  r: Reader,
  end: number,
  m: HealthCheckResponse = {},
): HealthCheckResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeHealthCheckResponse(_w: Writer, _m: HealthCheckResponseInit): void {
}

export const HealthCheckResponse = /* @__PURE__ */ new MessageCodec<HealthCheckResponse, HealthCheckResponseInit>(
  "dapr.proto.runtime.v1.HealthCheckResponse",
  readHealthCheckResponse,
  writeHealthCheckResponse,
);
