// Generated from proto/dapr/proto/internals/v1/service_invocation.proto by tools/generate-proto.ts. Do not edit.
import { InvokeRequest, InvokeResponse, StreamPayload, type InvokeRequestInit, type InvokeResponseInit, type StreamPayloadInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";
import { Status, type StatusInit } from "./status.ts";
import { type APIVersion } from "./apiversion.ts";

/** Served by every sidecar on its internal port, for other sidecars. */
export const ServiceInvocationService = {
  name: "dapr.proto.internals.v1.ServiceInvocation",
  methods: {
    callActor: {
      path: "/dapr.proto.internals.v1.ServiceInvocation/CallActor",
      requestStream: false,
      responseStream: false,
    },
    callLocal: {
      path: "/dapr.proto.internals.v1.ServiceInvocation/CallLocal",
      requestStream: false,
      responseStream: false,
    },
    callActorReminder: {
      path: "/dapr.proto.internals.v1.ServiceInvocation/CallActorReminder",
      requestStream: false,
      responseStream: false,
    },
    callLocalStream: {
      path: "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream",
      requestStream: true,
      responseStream: true,
    },
    callActorStream: {
      path: "/dapr.proto.internals.v1.ServiceInvocation/CallActorStream",
      requestStream: false,
      responseStream: true,
    },
  },
} as const;

/** An actor by type and id. */
export interface Actor {
  actorType: string;
  actorId: string;
}
export interface ActorInit {
  actorType?: string | undefined;
  actorId?: string | undefined;
}

function readActor(
  r: Reader,
  end: number,
  m: Actor = {
    actorType: "",
    actorId: "",
  },
): Actor {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorType = r.string();
        break;
      case 18:
        m.actorId = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeActor(w: Writer, m: ActorInit): void {
  const v0 = m.actorId;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.actorType;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const Actor = /* @__PURE__ */ new MessageCodec<Actor, ActorInit>(
  "dapr.proto.internals.v1.Actor",
  readActor,
  writeActor,
);

/** A call with everything the caller sent; the metadata of HTTP callers are their headers. */
export interface InternalInvokeRequest {
  ver: APIVersion;
  metadata: Map<string, ListStringValue>;
  message: InvokeRequest | undefined;
  actor: Actor | undefined;
}
export interface InternalInvokeRequestInit {
  ver?: APIVersion | undefined;
  metadata?: ReadonlyMap<string, ListStringValueInit> | undefined;
  message?: InvokeRequestInit | undefined;
  actor?: ActorInit | undefined;
}

function readInternalInvokeRequest(
  r: Reader,
  end: number,
  m: InternalInvokeRequest = {
    ver: 0,
    metadata: new Map(),
    message: undefined,
    actor: undefined,
  },
): InternalInvokeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.ver = r.int32();
        break;
      case 18: {
        const e = r.enter();
        let k: string = "";
        let v: ListStringValue | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readListStringValue(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.metadata.set(k, v ?? readListStringValue(r, e));
        break;
      }
      case 26: {
        const e = r.enter();
        m.message = InvokeRequest.read(r, e, m.message);
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        m.actor = readActor(r, e, m.actor);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInternalInvokeRequest(w: Writer, m: InternalInvokeRequestInit): void {
  const v0 = m.actor;
  if (v0 !== undefined) {
    const s = w.written;
    writeActor(w, v0);
    w.delimit(s, 34);
  }
  const v1 = m.message;
  if (v1 !== undefined) {
    const s = w.written;
    InvokeRequest.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.metadata;
  if (v2 !== undefined && v2.size > 0) {
    for (const [k, x] of [...v2].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writeListStringValue(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 18);
    }
  }
  const v3 = m.ver;
  if (v3) {
    w.int32(v3);
    w.uint32(8);
  }
}

export const InternalInvokeRequest = /* @__PURE__ */ new MessageCodec<InternalInvokeRequest, InternalInvokeRequestInit>(
  "dapr.proto.internals.v1.InternalInvokeRequest",
  readInternalInvokeRequest,
  writeInternalInvokeRequest,
);

/** The answer of an app, with its HTTP status or gRPC code. */
export interface InternalInvokeResponse {
  status: Status | undefined;
  headers: Map<string, ListStringValue>;
  trailers: Map<string, ListStringValue>;
  message: InvokeResponse | undefined;
}
export interface InternalInvokeResponseInit {
  status?: StatusInit | undefined;
  headers?: ReadonlyMap<string, ListStringValueInit> | undefined;
  trailers?: ReadonlyMap<string, ListStringValueInit> | undefined;
  message?: InvokeResponseInit | undefined;
}

function readInternalInvokeResponse(
  r: Reader,
  end: number,
  m: InternalInvokeResponse = {
    status: undefined,
    headers: new Map(),
    trailers: new Map(),
    message: undefined,
  },
): InternalInvokeResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.status = Status.read(r, e, m.status);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        let k: string = "";
        let v: ListStringValue | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readListStringValue(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.headers.set(k, v ?? readListStringValue(r, e));
        break;
      }
      case 26: {
        const e = r.enter();
        let k: string = "";
        let v: ListStringValue | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = readListStringValue(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.trailers.set(k, v ?? readListStringValue(r, e));
        break;
      }
      case 34: {
        const e = r.enter();
        m.message = InvokeResponse.read(r, e, m.message);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInternalInvokeResponse(w: Writer, m: InternalInvokeResponseInit): void {
  const v0 = m.message;
  if (v0 !== undefined) {
    const s = w.written;
    InvokeResponse.write(w, v0);
    w.delimit(s, 34);
  }
  const v1 = m.trailers;
  if (v1 !== undefined && v1.size > 0) {
    for (const [k, x] of [...v1].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writeListStringValue(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 26);
    }
  }
  const v2 = m.headers;
  if (v2 !== undefined && v2.size > 0) {
    for (const [k, x] of [...v2].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      writeListStringValue(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 18);
    }
  }
  const v3 = m.status;
  if (v3 !== undefined) {
    const s = w.written;
    Status.write(w, v3);
    w.delimit(s, 10);
  }
}

export const InternalInvokeResponse = /* @__PURE__ */ new MessageCodec<InternalInvokeResponse, InternalInvokeResponseInit>(
  "dapr.proto.internals.v1.InternalInvokeResponse",
  readInternalInvokeResponse,
  writeInternalInvokeResponse,
);

/** The head with the first message, then parts of the body. */
export interface InternalInvokeRequestStream {
  request: InternalInvokeRequest | undefined;
  payload: StreamPayload | undefined;
}
export interface InternalInvokeRequestStreamInit {
  request?: InternalInvokeRequestInit | undefined;
  payload?: StreamPayloadInit | undefined;
}

function readInternalInvokeRequestStream(
  r: Reader,
  end: number,
  m: InternalInvokeRequestStream = {
    request: undefined,
    payload: undefined,
  },
): InternalInvokeRequestStream {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.request = readInternalInvokeRequest(r, e, m.request);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.payload = StreamPayload.read(r, e, m.payload);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInternalInvokeRequestStream(w: Writer, m: InternalInvokeRequestStreamInit): void {
  const v0 = m.payload;
  if (v0 !== undefined) {
    const s = w.written;
    StreamPayload.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.request;
  if (v1 !== undefined) {
    const s = w.written;
    writeInternalInvokeRequest(w, v1);
    w.delimit(s, 10);
  }
}

export const InternalInvokeRequestStream = /* @__PURE__ */ new MessageCodec<InternalInvokeRequestStream, InternalInvokeRequestStreamInit>(
  "dapr.proto.internals.v1.InternalInvokeRequestStream",
  readInternalInvokeRequestStream,
  writeInternalInvokeRequestStream,
);

/** The head with the first message, then parts of the body. */
export interface InternalInvokeResponseStream {
  response: InternalInvokeResponse | undefined;
  payload: StreamPayload | undefined;
}
export interface InternalInvokeResponseStreamInit {
  response?: InternalInvokeResponseInit | undefined;
  payload?: StreamPayloadInit | undefined;
}

function readInternalInvokeResponseStream(
  r: Reader,
  end: number,
  m: InternalInvokeResponseStream = {
    response: undefined,
    payload: undefined,
  },
): InternalInvokeResponseStream {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.response = readInternalInvokeResponse(r, e, m.response);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.payload = StreamPayload.read(r, e, m.payload);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInternalInvokeResponseStream(w: Writer, m: InternalInvokeResponseStreamInit): void {
  const v0 = m.payload;
  if (v0 !== undefined) {
    const s = w.written;
    StreamPayload.write(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.response;
  if (v1 !== undefined) {
    const s = w.written;
    writeInternalInvokeResponse(w, v1);
    w.delimit(s, 10);
  }
}

export const InternalInvokeResponseStream = /* @__PURE__ */ new MessageCodec<InternalInvokeResponseStream, InternalInvokeResponseStreamInit>(
  "dapr.proto.internals.v1.InternalInvokeResponseStream",
  readInternalInvokeResponseStream,
  writeInternalInvokeResponseStream,
);

/** All values of one header. */
export interface ListStringValue {
  values: string[];
}
export interface ListStringValueInit {
  values?: readonly string[] | undefined;
}

function readListStringValue(
  r: Reader,
  end: number,
  m: ListStringValue = {
    values: [],
  },
): ListStringValue {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.values.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListStringValue(w: Writer, m: ListStringValueInit): void {
  const v0 = m.values;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListStringValue = /* @__PURE__ */ new MessageCodec<ListStringValue, ListStringValueInit>(
  "dapr.proto.internals.v1.ListStringValue",
  readListStringValue,
  writeListStringValue,
);
