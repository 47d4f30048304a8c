// Generated from proto/opentelemetry/proto/trace/v1/trace.proto by tools/generate-proto.ts. Do not edit.
import { InstrumentationScope, KeyValue, type InstrumentationScopeInit, type KeyValueInit } from "../../common/v1/common.ts";
import { MessageCodec, type Reader, type Writer, noBytes } from "../../../../wire.ts";
import { Resource, type ResourceInit } from "../../resource/v1/resource.ts";

/** All spans of one resource. */
export interface ResourceSpans {
  resource: Resource | undefined;
  scopeSpans: ScopeSpans[];
  schemaUrl: string;
}
export interface ResourceSpansInit {
  resource?: ResourceInit | undefined;
  scopeSpans?: readonly ScopeSpansInit[] | undefined;
  schemaUrl?: string | undefined;
}

function readResourceSpans(
  r: Reader,
  end: number,
  m: ResourceSpans = {
    resource: undefined,
    scopeSpans: [],
    schemaUrl: "",
  },
): ResourceSpans {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.resource = Resource.read(r, e, m.resource);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.scopeSpans.push(readScopeSpans(r, e));
        r.leave(e);
        break;
      }
      case 26:
        m.schemaUrl = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResourceSpans(w: Writer, m: ResourceSpansInit): void {
  const v0 = m.schemaUrl;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.scopeSpans;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeScopeSpans(w, v1[i]!);
      w.delimit(s, 18);
    }
  }
  const v2 = m.resource;
  if (v2 !== undefined) {
    const s = w.written;
    Resource.write(w, v2);
    w.delimit(s, 10);
  }
}

export const ResourceSpans = /* @__PURE__ */ new MessageCodec<ResourceSpans, ResourceSpansInit>(
  "opentelemetry.proto.trace.v1.ResourceSpans",
  readResourceSpans,
  writeResourceSpans,
);

/** All spans of one instrumentation library. */
export interface ScopeSpans {
  scope: InstrumentationScope | undefined;
  spans: Span[];
  schemaUrl: string;
}
export interface ScopeSpansInit {
  scope?: InstrumentationScopeInit | undefined;
  spans?: readonly SpanInit[] | undefined;
  schemaUrl?: string | undefined;
}

function readScopeSpans(
  r: Reader,
  end: number,
  m: ScopeSpans = {
    scope: undefined,
    spans: [],
    schemaUrl: "",
  },
): ScopeSpans {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.scope = InstrumentationScope.read(r, e, m.scope);
        r.leave(e);
        break;
      }
      case 18: {
        const e = r.enter();
        m.spans.push(readSpan(r, e));
        r.leave(e);
        break;
      }
      case 26:
        m.schemaUrl = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeScopeSpans(w: Writer, m: ScopeSpansInit): void {
  const v0 = m.schemaUrl;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.spans;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeSpan(w, v1[i]!);
      w.delimit(s, 18);
    }
  }
  const v2 = m.scope;
  if (v2 !== undefined) {
    const s = w.written;
    InstrumentationScope.write(w, v2);
    w.delimit(s, 10);
  }
}

export const ScopeSpans = /* @__PURE__ */ new MessageCodec<ScopeSpans, ScopeSpansInit>(
  "opentelemetry.proto.trace.v1.ScopeSpans",
  readScopeSpans,
  writeScopeSpans,
);

/** One finished operation. */
export interface Span {
  /** 16 bytes. */
  traceId: Buffer;
  /** 8 bytes. */
  spanId: Buffer;
  traceState: string;
  /** Empty for roots. */
  parentSpanId: Buffer;
  /** The W3C flags in the low 8 bits; bit 8 says that bit 9 is known, bit 9 that the parent is remote. */
  flags: number;
  name: string;
  kind: Span_SpanKind;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  attributes: KeyValue[];
  droppedAttributesCount: number;
  events: Span_Event[];
  droppedEventsCount: number;
  links: Span_Link[];
  droppedLinksCount: number;
  status: Status | undefined;
}
export interface SpanInit {
  traceId?: Uint8Array | undefined;
  spanId?: Uint8Array | undefined;
  traceState?: string | undefined;
  parentSpanId?: Uint8Array | undefined;
  flags?: number | undefined;
  name?: string | undefined;
  kind?: Span_SpanKind | undefined;
  startTimeUnixNano?: bigint | undefined;
  endTimeUnixNano?: bigint | undefined;
  attributes?: readonly KeyValueInit[] | undefined;
  droppedAttributesCount?: number | undefined;
  events?: readonly Span_EventInit[] | undefined;
  droppedEventsCount?: number | undefined;
  links?: readonly Span_LinkInit[] | undefined;
  droppedLinksCount?: number | undefined;
  status?: StatusInit | undefined;
}

function readSpan(
  r: Reader,
  end: number,
  m: Span = {
    traceId: noBytes,
    spanId: noBytes,
    traceState: "",
    parentSpanId: noBytes,
    flags: 0,
    name: "",
    kind: 0,
    startTimeUnixNano: 0n,
    endTimeUnixNano: 0n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: undefined,
  },
): Span {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.traceId = r.bytes();
        break;
      case 18:
        m.spanId = r.bytes();
        break;
      case 26:
        m.traceState = r.string();
        break;
      case 34:
        m.parentSpanId = r.bytes();
        break;
      case 133:
        m.flags = r.fixed32();
        break;
      case 42:
        m.name = r.string();
        break;
      case 48:
        m.kind = r.int32();
        break;
      case 57:
        m.startTimeUnixNano = r.fixed64();
        break;
      case 65:
        m.endTimeUnixNano = r.fixed64();
        break;
      case 74: {
        const e = r.enter();
        m.attributes.push(KeyValue.read(r, e));
        r.leave(e);
        break;
      }
      case 80:
        m.droppedAttributesCount = r.uint32();
        break;
      case 90: {
        const e = r.enter();
        m.events.push(readSpan_Event(r, e));
        r.leave(e);
        break;
      }
      case 96:
        m.droppedEventsCount = r.uint32();
        break;
      case 106: {
        const e = r.enter();
        m.links.push(readSpan_Link(r, e));
        r.leave(e);
        break;
      }
      case 112:
        m.droppedLinksCount = r.uint32();
        break;
      case 122: {
        const e = r.enter();
        m.status = readStatus(r, e, m.status);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSpan(w: Writer, m: SpanInit): void {
  const v0 = m.flags;
  if (v0) {
    w.fixed32(v0);
    w.uint32(133);
  }
  const v1 = m.status;
  if (v1 !== undefined) {
    const s = w.written;
    writeStatus(w, v1);
    w.delimit(s, 122);
  }
  const v2 = m.droppedLinksCount;
  if (v2) {
    w.uint32(v2 >>> 0);
    w.uint32(112);
  }
  const v3 = m.links;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      writeSpan_Link(w, v3[i]!);
      w.delimit(s, 106);
    }
  }
  const v4 = m.droppedEventsCount;
  if (v4) {
    w.uint32(v4 >>> 0);
    w.uint32(96);
  }
  const v5 = m.events;
  if (v5 !== undefined && v5.length > 0) {
    for (let i = v5.length - 1; i >= 0; i--) {
      const s = w.written;
      writeSpan_Event(w, v5[i]!);
      w.delimit(s, 90);
    }
  }
  const v6 = m.droppedAttributesCount;
  if (v6) {
    w.uint32(v6 >>> 0);
    w.uint32(80);
  }
  const v7 = m.attributes;
  if (v7 !== undefined && v7.length > 0) {
    for (let i = v7.length - 1; i >= 0; i--) {
      const s = w.written;
      KeyValue.write(w, v7[i]!);
      w.delimit(s, 74);
    }
  }
  const v8 = m.endTimeUnixNano;
  if (v8) {
    w.fixed64(v8);
    w.uint32(65);
  }
  const v9 = m.startTimeUnixNano;
  if (v9) {
    w.fixed64(v9);
    w.uint32(57);
  }
  const v10 = m.kind;
  if (v10) {
    w.int32(v10);
    w.uint32(48);
  }
  const v11 = m.name;
  if (v11) {
    w.string(v11);
    w.uint32(42);
  }
  const v12 = m.parentSpanId;
  if (v12 !== undefined && v12.length > 0) {
    w.bytes(v12);
    w.uint32(34);
  }
  const v13 = m.traceState;
  if (v13) {
    w.string(v13);
    w.uint32(26);
  }
  const v14 = m.spanId;
  if (v14 !== undefined && v14.length > 0) {
    w.bytes(v14);
    w.uint32(18);
  }
  const v15 = m.traceId;
  if (v15 !== undefined && v15.length > 0) {
    w.bytes(v15);
    w.uint32(10);
  }
}

export const Span = /* @__PURE__ */ new MessageCodec<Span, SpanInit>(
  "opentelemetry.proto.trace.v1.Span",
  readSpan,
  writeSpan,
);

export const Span_SpanKind = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
} as const;
export type Span_SpanKind = number;

/** Something that happened at one moment of the span. */
export interface Span_Event {
  timeUnixNano: bigint;
  name: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
}
export interface Span_EventInit {
  timeUnixNano?: bigint | undefined;
  name?: string | undefined;
  attributes?: readonly KeyValueInit[] | undefined;
  droppedAttributesCount?: number | undefined;
}

function readSpan_Event(
  r: Reader,
  end: number,
  m: Span_Event = {
    timeUnixNano: 0n,
    name: "",
    attributes: [],
    droppedAttributesCount: 0,
  },
): Span_Event {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 9:
        m.timeUnixNano = r.fixed64();
        break;
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.attributes.push(KeyValue.read(r, e));
        r.leave(e);
        break;
      }
      case 32:
        m.droppedAttributesCount = r.uint32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSpan_Event(w: Writer, m: Span_EventInit): void {
  const v0 = m.droppedAttributesCount;
  if (v0) {
    w.uint32(v0 >>> 0);
    w.uint32(32);
  }
  const v1 = m.attributes;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      KeyValue.write(w, v1[i]!);
      w.delimit(s, 26);
    }
  }
  const v2 = m.name;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.timeUnixNano;
  if (v3) {
    w.fixed64(v3);
    w.uint32(9);
  }
}

export const Span_Event = /* @__PURE__ */ new MessageCodec<Span_Event, Span_EventInit>(
  "opentelemetry.proto.trace.v1.Span.Event",
  readSpan_Event,
  writeSpan_Event,
);

/** A span elsewhere that this one has to do with. */
export interface Span_Link {
  traceId: Buffer;
  spanId: Buffer;
  traceState: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
  flags: number;
}
export interface Span_LinkInit {
  traceId?: Uint8Array | undefined;
  spanId?: Uint8Array | undefined;
  traceState?: string | undefined;
  attributes?: readonly KeyValueInit[] | undefined;
  droppedAttributesCount?: number | undefined;
  flags?: number | undefined;
}

function readSpan_Link(
  r: Reader,
  end: number,
  m: Span_Link = {
    traceId: noBytes,
    spanId: noBytes,
    traceState: "",
    attributes: [],
    droppedAttributesCount: 0,
    flags: 0,
  },
): Span_Link {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.traceId = r.bytes();
        break;
      case 18:
        m.spanId = r.bytes();
        break;
      case 26:
        m.traceState = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.attributes.push(KeyValue.read(r, e));
        r.leave(e);
        break;
      }
      case 40:
        m.droppedAttributesCount = r.uint32();
        break;
      case 53:
        m.flags = r.fixed32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeSpan_Link(w: Writer, m: Span_LinkInit): void {
  const v0 = m.flags;
  if (v0) {
    w.fixed32(v0);
    w.uint32(53);
  }
  const v1 = m.droppedAttributesCount;
  if (v1) {
    w.uint32(v1 >>> 0);
    w.uint32(40);
  }
  const v2 = m.attributes;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      KeyValue.write(w, v2[i]!);
      w.delimit(s, 34);
    }
  }
  const v3 = m.traceState;
  if (v3) {
    w.string(v3);
    w.uint32(26);
  }
  const v4 = m.spanId;
  if (v4 !== undefined && v4.length > 0) {
    w.bytes(v4);
    w.uint32(18);
  }
  const v5 = m.traceId;
  if (v5 !== undefined && v5.length > 0) {
    w.bytes(v5);
    w.uint32(10);
  }
}

export const Span_Link = /* @__PURE__ */ new MessageCodec<Span_Link, Span_LinkInit>(
  "opentelemetry.proto.trace.v1.Span.Link",
  readSpan_Link,
  writeSpan_Link,
);

/** How the operation ended. */
export interface Status {
  message: string;
  code: Status_StatusCode;
}
export interface StatusInit {
  message?: string | undefined;
  code?: Status_StatusCode | undefined;
}

function readStatus(
  r: Reader,
  end: number,
  m: Status = {
    message: "",
    code: 0,
  },
): Status {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 18:
        m.message = r.string();
        break;
      case 24:
        m.code = r.int32();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeStatus(w: Writer, m: StatusInit): void {
  const v0 = m.code;
  if (v0) {
    w.int32(v0);
    w.uint32(24);
  }
  const v1 = m.message;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
}

export const Status = /* @__PURE__ */ new MessageCodec<Status, StatusInit>(
  "opentelemetry.proto.trace.v1.Status",
  readStatus,
  writeStatus,
);

export const Status_StatusCode = {
  STATUS_CODE_UNSET: 0,
  STATUS_CODE_OK: 1,
  STATUS_CODE_ERROR: 2,
} as const;
export type Status_StatusCode = number;
