// Generated from proto/dapr/proto/components/v1/bindings.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { MetadataRequest, type MetadataRequestInit } from "./common.ts";

/** Served by a component that brings events in. */
export const InputBindingService = {
  name: "dapr.proto.components.v1.InputBinding",
  methods: {
    init: {
      path: "/dapr.proto.components.v1.InputBinding/Init",
      requestStream: false,
      responseStream: false,
    },
    read: {
      path: "/dapr.proto.components.v1.InputBinding/Read",
      requestStream: true,
      responseStream: true,
    },
    ping: {
      path: "/dapr.proto.components.v1.InputBinding/Ping",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** Served by a component that carries operations out. */
export const OutputBindingService = {
  name: "dapr.proto.components.v1.OutputBinding",
  methods: {
    init: {
      path: "/dapr.proto.components.v1.OutputBinding/Init",
      requestStream: false,
      responseStream: false,
    },
    invoke: {
      path: "/dapr.proto.components.v1.OutputBinding/Invoke",
      requestStream: false,
      responseStream: false,
    },
    listOperations: {
      path: "/dapr.proto.components.v1.OutputBinding/ListOperations",
      requestStream: false,
      responseStream: false,
    },
    ping: {
      path: "/dapr.proto.components.v1.OutputBinding/Ping",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

export interface ListOperationsRequest {}
export interface ListOperationsRequestInit {}

function readListOperationsRequest(
  r: Reader,
  end: number,
  m: ListOperationsRequest = {},
): ListOperationsRequest {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeListOperationsRequest(_w: Writer, _m: ListOperationsRequestInit): void {
}

export const ListOperationsRequest = /* @__PURE__ */ new MessageCodec<ListOperationsRequest, ListOperationsRequestInit>(
  "dapr.proto.components.v1.ListOperationsRequest",
  readListOperationsRequest,
  writeListOperationsRequest,
);

/** Operations that the component knows. */
export interface ListOperationsResponse {
  operations: string[];
}
export interface ListOperationsResponseInit {
  operations?: readonly string[] | undefined;
}

function readListOperationsResponse(
  r: Reader,
  end: number,
  m: ListOperationsResponse = {
    operations: [],
  },
): ListOperationsResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.operations.push(r.string());
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeListOperationsResponse(w: Writer, m: ListOperationsResponseInit): void {
  const v0 = m.operations;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      w.string(v0[i]!);
      w.uint32(10);
    }
  }
}

export const ListOperationsResponse = /* @__PURE__ */ new MessageCodec<ListOperationsResponse, ListOperationsResponseInit>(
  "dapr.proto.components.v1.ListOperationsResponse",
  readListOperationsResponse,
  writeListOperationsResponse,
);

export interface InputBindingInitRequest {
  metadata: MetadataRequest | undefined;
}
export interface InputBindingInitRequestInit {
  metadata?: MetadataRequestInit | undefined;
}

function readInputBindingInitRequest(
  r: Reader,
  end: number,
  m: InputBindingInitRequest = {
    metadata: undefined,
  },
): InputBindingInitRequest {
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

function writeInputBindingInitRequest(w: Writer, m: InputBindingInitRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    MetadataRequest.write(w, v0);
    w.delimit(s, 10);
  }
}

export const InputBindingInitRequest = /* @__PURE__ */ new MessageCodec<InputBindingInitRequest, InputBindingInitRequestInit>(
  "dapr.proto.components.v1.InputBindingInitRequest",
  readInputBindingInitRequest,
  writeInputBindingInitRequest,
);

export interface InputBindingInitResponse {}
export interface InputBindingInitResponseInit {}

function readInputBindingInitResponse(
  r: Reader,
  end: number,
  m: InputBindingInitResponse = {},
): InputBindingInitResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeInputBindingInitResponse(_w: Writer, _m: InputBindingInitResponseInit): void {
}

export const InputBindingInitResponse = /* @__PURE__ */ new MessageCodec<InputBindingInitResponse, InputBindingInitResponseInit>(
  "dapr.proto.components.v1.InputBindingInitResponse",
  readInputBindingInitResponse,
  writeInputBindingInitResponse,
);

export interface OutputBindingInitRequest {
  metadata: MetadataRequest | undefined;
}
export interface OutputBindingInitRequestInit {
  metadata?: MetadataRequestInit | undefined;
}

function readOutputBindingInitRequest(
  r: Reader,
  end: number,
  m: OutputBindingInitRequest = {
    metadata: undefined,
  },
): OutputBindingInitRequest {
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

function writeOutputBindingInitRequest(w: Writer, m: OutputBindingInitRequestInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined) {
    const s = w.written;
    MetadataRequest.write(w, v0);
    w.delimit(s, 10);
  }
}

export const OutputBindingInitRequest = /* @__PURE__ */ new MessageCodec<OutputBindingInitRequest, OutputBindingInitRequestInit>(
  "dapr.proto.components.v1.OutputBindingInitRequest",
  readOutputBindingInitRequest,
  writeOutputBindingInitRequest,
);

export interface OutputBindingInitResponse {}
export interface OutputBindingInitResponseInit {}

function readOutputBindingInitResponse(
  r: Reader,
  end: number,
  m: OutputBindingInitResponse = {},
): OutputBindingInitResponse {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeOutputBindingInitResponse(_w: Writer, _m: OutputBindingInitResponseInit): void {
}

export const OutputBindingInitResponse = /* @__PURE__ */ new MessageCodec<OutputBindingInitResponse, OutputBindingInitResponseInit>(
  "dapr.proto.components.v1.OutputBindingInitResponse",
  readOutputBindingInitResponse,
  writeOutputBindingInitResponse,
);

/** The app could not handle the event. */
export interface AckResponseError {
  message: string;
}
export interface AckResponseErrorInit {
  message?: string | undefined;
}

function readAckResponseError(
  r: Reader,
  end: number,
  m: AckResponseError = {
    message: "",
  },
): AckResponseError {
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

function writeAckResponseError(w: Writer, m: AckResponseErrorInit): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const AckResponseError = /* @__PURE__ */ new MessageCodec<AckResponseError, AckResponseErrorInit>(
  "dapr.proto.components.v1.AckResponseError",
  readAckResponseError,
  writeAckResponseError,
);

/** The answer to one event; the first message opens the stream. */
export interface ReadRequest {
  responseData: Buffer;
  messageId: string;
  responseError: AckResponseError | undefined;
}
export interface ReadRequestInit {
  responseData?: Uint8Array | undefined;
  messageId?: string | undefined;
  responseError?: AckResponseErrorInit | undefined;
}

function readReadRequest(
  r: Reader,
  end: number,
  m: ReadRequest = {
    responseData: noBytes,
    messageId: "",
    responseError: undefined,
  },
): ReadRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.responseData = r.bytes();
        break;
      case 18:
        m.messageId = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.responseError = readAckResponseError(r, e, m.responseError);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeReadRequest(w: Writer, m: ReadRequestInit): void {
  const v0 = m.responseError;
  if (v0 !== undefined) {
    const s = w.written;
    writeAckResponseError(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.messageId;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.responseData;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(10);
  }
}

export const ReadRequest = /* @__PURE__ */ new MessageCodec<ReadRequest, ReadRequestInit>(
  "dapr.proto.components.v1.ReadRequest",
  readReadRequest,
  writeReadRequest,
);

/** One event. */
export interface ReadResponse {
  data: Buffer;
  metadata: Map<string, string>;
  contentType: string;
  messageId: string;
}
export interface ReadResponseInit {
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  contentType?: string | undefined;
  messageId?: string | undefined;
}

function readReadResponse(
  r: Reader,
  end: number,
  m: ReadResponse = {
    data: noBytes,
    metadata: new Map(),
    contentType: "",
    messageId: "",
  },
): ReadResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18:
        readStringEntry(r, m.metadata);
        break;
      case 26:
        m.contentType = r.string();
        break;
      case 34:
        m.messageId = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeReadResponse(w: Writer, m: ReadResponseInit): void {
  const v0 = m.messageId;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.contentType;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.metadata;
  if (v2 !== undefined && v2.size > 0) {
    writeStringMap(w, v2, 18);
  }
  const v3 = m.data;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(10);
  }
}

export const ReadResponse = /* @__PURE__ */ new MessageCodec<ReadResponse, ReadResponseInit>(
  "dapr.proto.components.v1.ReadResponse",
  readReadResponse,
  writeReadResponse,
);

/** One operation. */
export interface InvokeRequest {
  data: Buffer;
  metadata: Map<string, string>;
  operation: string;
}
export interface InvokeRequestInit {
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  operation?: string | undefined;
}

function readInvokeRequest(
  r: Reader,
  end: number,
  m: InvokeRequest = {
    data: noBytes,
    metadata: new Map(),
    operation: "",
  },
): InvokeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18:
        readStringEntry(r, m.metadata);
        break;
      case 26:
        m.operation = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInvokeRequest(w: Writer, m: InvokeRequestInit): void {
  const v0 = m.operation;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 18);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(10);
  }
}

export const InvokeRequest = /* @__PURE__ */ new MessageCodec<InvokeRequest, InvokeRequestInit>(
  "dapr.proto.components.v1.InvokeRequest",
  readInvokeRequest,
  writeInvokeRequest,
);

/** What came of it. */
export interface InvokeResponse {
  data: Buffer;
  metadata: Map<string, string>;
  contentType: string;
}
export interface InvokeResponseInit {
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  contentType?: string | undefined;
}

function readInvokeResponse(
  r: Reader,
  end: number,
  m: InvokeResponse = {
    data: noBytes,
    metadata: new Map(),
    contentType: "",
  },
): InvokeResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 18:
        readStringEntry(r, m.metadata);
        break;
      case 26:
        m.contentType = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInvokeResponse(w: Writer, m: InvokeResponseInit): void {
  const v0 = m.contentType;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 18);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(10);
  }
}

export const InvokeResponse = /* @__PURE__ */ new MessageCodec<InvokeResponse, InvokeResponseInit>(
  "dapr.proto.components.v1.InvokeResponse",
  readInvokeResponse,
  writeInvokeResponse,
);
