// Generated from proto/dapr/proto/runtime/v1/binding.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** An operation of a binding. */
export interface InvokeBindingRequest {
  name: string;
  data: Buffer;
  metadata: Map<string, string>;
  operation: string;
}
export interface InvokeBindingRequestInit {
  name?: string | undefined;
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  operation?: string | undefined;
}

function readInvokeBindingRequest(
  r: Reader,
  end: number,
  m: InvokeBindingRequest = {
    name: "",
    data: noBytes,
    metadata: new Map(),
    operation: "",
  },
): InvokeBindingRequest {
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
      case 34:
        m.operation = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInvokeBindingRequest(w: Writer, m: InvokeBindingRequestInit): void {
  const v0 = m.operation;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 26);
  }
  const v2 = m.data;
  if (v2 !== undefined && v2.length > 0) {
    w.bytes(v2);
    w.uint32(18);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const InvokeBindingRequest = /* @__PURE__ */ new MessageCodec<InvokeBindingRequest, InvokeBindingRequestInit>(
  "dapr.proto.runtime.v1.InvokeBindingRequest",
  readInvokeBindingRequest,
  writeInvokeBindingRequest,
);

/** What came of it. */
export interface InvokeBindingResponse {
  data: Buffer;
  metadata: Map<string, string>;
}
export interface InvokeBindingResponseInit {
  data?: Uint8Array | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readInvokeBindingResponse(
  r: Reader,
  end: number,
  m: InvokeBindingResponse = {
    data: noBytes,
    metadata: new Map(),
  },
): InvokeBindingResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
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

function writeInvokeBindingResponse(w: Writer, m: InvokeBindingResponseInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 18);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const InvokeBindingResponse = /* @__PURE__ */ new MessageCodec<InvokeBindingResponse, InvokeBindingResponseInit>(
  "dapr.proto.runtime.v1.InvokeBindingResponse",
  readInvokeBindingResponse,
  writeInvokeBindingResponse,
);
