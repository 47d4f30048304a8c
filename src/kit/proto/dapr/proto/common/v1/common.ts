// Generated from proto/dapr/proto/common/v1/common.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { Duration, type DurationInit } from "../../../../google/protobuf/duration.ts";
import { MessageCodec, type Reader, type Writer, noBytes, readStringEntry, writeStringMap } from "../../../../wire.ts";

/** Verb and query of a call that reaches or comes from an HTTP app. */
export interface HTTPExtension {
  verb: HTTPExtension_Verb;
  querystring: string;
}
export interface HTTPExtensionInit {
  verb?: HTTPExtension_Verb | undefined;
  querystring?: string | undefined;
}

function readHTTPExtension(
  r: Reader,
  end: number,
  m: HTTPExtension = {
    verb: 0,
    querystring: "",
  },
): HTTPExtension {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.verb = r.int32();
        break;
      case 18:
        m.querystring = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHTTPExtension(w: Writer, m: HTTPExtensionInit): void {
  const v0 = m.querystring;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.verb;
  if (v1) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const HTTPExtension = /* @__PURE__ */ new MessageCodec<HTTPExtension, HTTPExtensionInit>(
  "dapr.proto.common.v1.HTTPExtension",
  readHTTPExtension,
  writeHTTPExtension,
);

export const HTTPExtension_Verb = {
  NONE: 0,
  GET: 1,
  HEAD: 2,
  POST: 3,
  PUT: 4,
  DELETE: 5,
  CONNECT: 6,
  OPTIONS: 7,
  TRACE: 8,
  PATCH: 9,
} as const;
export type HTTPExtension_Verb = number;

/** A call of an app's method. The data is a message only if it is a gRPC app that agreed to it. */
export interface InvokeRequest {
  method: string;
  data: Any | undefined;
  contentType: string;
  httpExtension: HTTPExtension | undefined;
}
export interface InvokeRequestInit {
  method?: string | undefined;
  data?: AnyInit | undefined;
  contentType?: string | undefined;
  httpExtension?: HTTPExtensionInit | undefined;
}

function readInvokeRequest(
  r: Reader,
  end: number,
  m: InvokeRequest = {
    method: "",
    data: undefined,
    contentType: "",
    httpExtension: undefined,
  },
): InvokeRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.method = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 26:
        m.contentType = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.httpExtension = readHTTPExtension(r, e, m.httpExtension);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeInvokeRequest(w: Writer, m: InvokeRequestInit): void {
  const v0 = m.httpExtension;
  if (v0 !== undefined) {
    const s = w.written;
    writeHTTPExtension(w, v0);
    w.delimit(s, 34);
  }
  const v1 = m.contentType;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.data;
  if (v2 !== undefined) {
    const s = w.written;
    Any.write(w, v2);
    w.delimit(s, 18);
  }
  const v3 = m.method;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const InvokeRequest = /* @__PURE__ */ new MessageCodec<InvokeRequest, InvokeRequestInit>(
  "dapr.proto.common.v1.InvokeRequest",
  readInvokeRequest,
  writeInvokeRequest,
);

/** What the app answered. */
export interface InvokeResponse {
  data: Any | undefined;
  contentType: string;
}
export interface InvokeResponseInit {
  data?: AnyInit | undefined;
  contentType?: string | undefined;
}

function readInvokeResponse(
  r: Reader,
  end: number,
  m: InvokeResponse = {
    data: undefined,
    contentType: "",
  },
): InvokeResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 18:
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
    w.uint32(18);
  }
  const v1 = m.data;
  if (v1 !== undefined) {
    const s = w.written;
    Any.write(w, v1);
    w.delimit(s, 10);
  }
}

export const InvokeResponse = /* @__PURE__ */ new MessageCodec<InvokeResponse, InvokeResponseInit>(
  "dapr.proto.common.v1.InvokeResponse",
  readInvokeResponse,
  writeInvokeResponse,
);

/** A part of a body that is streamed; parts are numbered from 0. */
export interface StreamPayload {
  data: Buffer;
  seq: bigint;
}
export interface StreamPayloadInit {
  data?: Uint8Array | undefined;
  seq?: bigint | undefined;
}

function readStreamPayload(
  r: Reader,
  end: number,
  m: StreamPayload = {
    data: noBytes,
    seq: 0n,
  },
): StreamPayload {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.data = r.bytes();
        break;
      case 16:
        m.seq = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStreamPayload(w: Writer, m: StreamPayloadInit): void {
  const v0 = m.seq;
  if (v0) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.data;
  if (v1 !== undefined && v1.length > 0) {
    w.bytes(v1);
    w.uint32(10);
  }
}

export const StreamPayload = /* @__PURE__ */ new MessageCodec<StreamPayload, StreamPayloadInit>(
  "dapr.proto.common.v1.StreamPayload",
  readStreamPayload,
  writeStreamPayload,
);

/** One key to save. */
export interface StateItem {
  key: string;
  value: Buffer;
  etag: Etag | undefined;
  metadata: Map<string, string>;
  options: StateOptions | undefined;
}
export interface StateItemInit {
  key?: string | undefined;
  value?: Uint8Array | undefined;
  etag?: EtagInit | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  options?: StateOptionsInit | undefined;
}

function readStateItem(
  r: Reader,
  end: number,
  m: StateItem = {
    key: "",
    value: noBytes,
    etag: undefined,
    metadata: new Map(),
    options: undefined,
  },
): StateItem {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.key = r.string();
        break;
      case 18:
        m.value = r.bytes();
        break;
      case 26: {
        const e = r.enter();
        m.etag = readEtag(r, e, m.etag);
        r.leave(e);
        break;
      }
      case 34:
        readStringEntry(r, m.metadata);
        break;
      case 42: {
        const e = r.enter();
        m.options = readStateOptions(r, e, m.options);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStateItem(w: Writer, m: StateItemInit): void {
  const v0 = m.options;
  if (v0 !== undefined) {
    const s = w.written;
    writeStateOptions(w, v0);
    w.delimit(s, 42);
  }
  const v1 = m.metadata;
  if (v1 !== undefined && v1.size > 0) {
    writeStringMap(w, v1, 34);
  }
  const v2 = m.etag;
  if (v2 !== undefined) {
    const s = w.written;
    writeEtag(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.value;
  if (v3 !== undefined && v3.length > 0) {
    w.bytes(v3);
    w.uint32(18);
  }
  const v4 = m.key;
  if (v4) {
    w.string(v4);
    w.uint32(10);
  }
}

export const StateItem = /* @__PURE__ */ new MessageCodec<StateItem, StateItemInit>(
  "dapr.proto.common.v1.StateItem",
  readStateItem,
  writeStateItem,
);

/** The version of a value: a write with it fails when the value has changed. */
export interface Etag {
  value: string;
}
export interface EtagInit {
  value?: string | undefined;
}

function readEtag(
  r: Reader,
  end: number,
  m: Etag = {
    value: "",
  },
): Etag {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.value = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeEtag(w: Writer, m: EtagInit): void {
  const v0 = m.value;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const Etag = /* @__PURE__ */ new MessageCodec<Etag, EtagInit>(
  "dapr.proto.common.v1.Etag",
  readEtag,
  writeEtag,
);

/** What a write is to guarantee. */
export interface StateOptions {
  concurrency: StateOptions_StateConcurrency;
  consistency: StateOptions_StateConsistency;
}
export interface StateOptionsInit {
  concurrency?: StateOptions_StateConcurrency | undefined;
  consistency?: StateOptions_StateConsistency | undefined;
}

function readStateOptions(
  r: Reader,
  end: number,
  m: StateOptions = {
    concurrency: 0,
    consistency: 0,
  },
): StateOptions {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.concurrency = r.int32();
        break;
      case 16:
        m.consistency = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStateOptions(w: Writer, m: StateOptionsInit): void {
  const v0 = m.consistency;
  if (v0) {
    w.int32(v0);
    w.uint32(16);
  }
  const v1 = m.concurrency;
  if (v1) {
    w.int32(v1);
    w.uint32(8);
  }
}

export const StateOptions = /* @__PURE__ */ new MessageCodec<StateOptions, StateOptionsInit>(
  "dapr.proto.common.v1.StateOptions",
  readStateOptions,
  writeStateOptions,
);

export const StateOptions_StateConcurrency = {
  CONCURRENCY_UNSPECIFIED: 0,
  CONCURRENCY_FIRST_WRITE: 1,
  CONCURRENCY_LAST_WRITE: 2,
} as const;
export type StateOptions_StateConcurrency = number;

export const StateOptions_StateConsistency = {
  CONSISTENCY_UNSPECIFIED: 0,
  CONSISTENCY_EVENTUAL: 1,
  CONSISTENCY_STRONG: 2,
} as const;
export type StateOptions_StateConsistency = number;

/** One configuration value with its version. */
export interface ConfigurationItem {
  value: string;
  version: string;
  metadata: Map<string, string>;
}
export interface ConfigurationItemInit {
  value?: string | undefined;
  version?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readConfigurationItem(
  r: Reader,
  end: number,
  m: ConfigurationItem = {
    value: "",
    version: "",
    metadata: new Map(),
  },
): ConfigurationItem {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.value = r.string();
        break;
      case 18:
        m.version = r.string();
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

function writeConfigurationItem(w: Writer, m: ConfigurationItemInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.version;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.value;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ConfigurationItem = /* @__PURE__ */ new MessageCodec<ConfigurationItem, ConfigurationItemInit>(
  "dapr.proto.common.v1.ConfigurationItem",
  readConfigurationItem,
  writeConfigurationItem,
);

/** What happens when a job's trigger fails. */
export interface JobFailurePolicy {
  drop: JobFailurePolicyDrop | undefined;
  constant: JobFailurePolicyConstant | undefined;
}
export interface JobFailurePolicyInit {
  drop?: JobFailurePolicyDropInit | undefined;
  constant?: JobFailurePolicyConstantInit | undefined;
}

function readJobFailurePolicy(
  r: Reader,
  end: number,
  m: JobFailurePolicy = {
    drop: undefined,
    constant: undefined,
  },
): JobFailurePolicy {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.drop = readJobFailurePolicyDrop(r, e, m.drop);
        r.leave(e);
        m.constant = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.constant = readJobFailurePolicyConstant(r, e, m.constant);
        r.leave(e);
        m.drop = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeJobFailurePolicy(w: Writer, m: JobFailurePolicyInit): void {
  const v0 = m.constant;
  if (v0 !== undefined) {
    const s = w.written;
    writeJobFailurePolicyConstant(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.drop;
  if (v1 !== undefined) {
    const s = w.written;
    writeJobFailurePolicyDrop(w, v1);
    w.delimit(s, 10);
  }
}

export const JobFailurePolicy = /* @__PURE__ */ new MessageCodec<JobFailurePolicy, JobFailurePolicyInit>(
  "dapr.proto.common.v1.JobFailurePolicy",
  readJobFailurePolicy,
  writeJobFailurePolicy,
);

/** Nothing. */
export interface JobFailurePolicyDrop {}
export interface JobFailurePolicyDropInit {}

function readJobFailurePolicyDrop(
  r: Reader,
  end: number,
  m: JobFailurePolicyDrop = {},
): JobFailurePolicyDrop {
  while (r.pos < end) r.skip(r.tag());
  return m;
}

function writeJobFailurePolicyDrop(_w: Writer, _m: JobFailurePolicyDropInit): void {
}

export const JobFailurePolicyDrop = /* @__PURE__ */ new MessageCodec<JobFailurePolicyDrop, JobFailurePolicyDropInit>(
  "dapr.proto.common.v1.JobFailurePolicyDrop",
  readJobFailurePolicyDrop,
  writeJobFailurePolicyDrop,
);

/** Another attempt after each interval; without maximum, without end. */
export interface JobFailurePolicyConstant {
  interval: Duration | undefined;
  maxRetries: number | undefined;
}
export interface JobFailurePolicyConstantInit {
  interval?: DurationInit | undefined;
  maxRetries?: number | undefined;
}

function readJobFailurePolicyConstant(
  r: Reader,
  end: number,
  m: JobFailurePolicyConstant = {
    interval: undefined,
    maxRetries: undefined,
  },
): JobFailurePolicyConstant {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.interval = Duration.read(r, e, m.interval);
        r.leave(e);
        break;
      }
      case 16:
        m.maxRetries = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeJobFailurePolicyConstant(w: Writer, m: JobFailurePolicyConstantInit): void {
  const v0 = m.maxRetries;
  if (v0 !== undefined) {
    w.uint32(v0 >>> 0);
    w.uint32(16);
  }
  const v1 = m.interval;
  if (v1 !== undefined) {
    const s = w.written;
    Duration.write(w, v1);
    w.delimit(s, 10);
  }
}

export const JobFailurePolicyConstant = /* @__PURE__ */ new MessageCodec<JobFailurePolicyConstant, JobFailurePolicyConstantInit>(
  "dapr.proto.common.v1.JobFailurePolicyConstant",
  readJobFailurePolicyConstant,
  writeJobFailurePolicyConstant,
);
