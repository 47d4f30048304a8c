// Generated from proto/opentelemetry/proto/collector/trace/v1/trace_service.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer } from "../../../../../wire.ts";
import { ResourceSpans, type ResourceSpansInit } from "../../../trace/v1/trace.ts";

/** Takes finished spans; over HTTP it is POST /v1/traces with the same messages. */
export const TraceServiceService = {
  name: "opentelemetry.proto.collector.trace.v1.TraceService",
  methods: {
    export: {
      path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      requestStream: false,
      responseStream: false,
    },
  },
} as const;

/** A batch of spans. */
export interface ExportTraceServiceRequest {
  resourceSpans: ResourceSpans[];
}
export interface ExportTraceServiceRequestInit {
  resourceSpans?: readonly ResourceSpansInit[] | undefined;
}

function readExportTraceServiceRequest(
  r: Reader,
  end: number,
  m: ExportTraceServiceRequest = {
    resourceSpans: [],
  },
): ExportTraceServiceRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.resourceSpans.push(ResourceSpans.read(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExportTraceServiceRequest(w: Writer, m: ExportTraceServiceRequestInit): void {
  const v0 = m.resourceSpans;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      ResourceSpans.write(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ExportTraceServiceRequest = /* @__PURE__ */ new MessageCodec<ExportTraceServiceRequest, ExportTraceServiceRequestInit>(
  "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest",
  readExportTraceServiceRequest,
  writeExportTraceServiceRequest,
);

/** What became of the batch. */
export interface ExportTraceServiceResponse {
  partialSuccess: ExportTracePartialSuccess | undefined;
}
export interface ExportTraceServiceResponseInit {
  partialSuccess?: ExportTracePartialSuccessInit | undefined;
}

function readExportTraceServiceResponse(
  r: Reader,
  end: number,
  m: ExportTraceServiceResponse = {
    partialSuccess: undefined,
  },
): ExportTraceServiceResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.partialSuccess = readExportTracePartialSuccess(r, e, m.partialSuccess);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExportTraceServiceResponse(w: Writer, m: ExportTraceServiceResponseInit): void {
  const v0 = m.partialSuccess;
  if (v0 !== undefined) {
    const s = w.written;
    writeExportTracePartialSuccess(w, v0);
    w.delimit(s, 10);
  }
}

export const ExportTraceServiceResponse = /* @__PURE__ */ new MessageCodec<ExportTraceServiceResponse, ExportTraceServiceResponseInit>(
  "opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse",
  readExportTraceServiceResponse,
  writeExportTraceServiceResponse,
);

/** How many spans the collector refused, and why. */
export interface ExportTracePartialSuccess {
  rejectedSpans: bigint;
  errorMessage: string;
}
export interface ExportTracePartialSuccessInit {
  rejectedSpans?: bigint | undefined;
  errorMessage?: string | undefined;
}

function readExportTracePartialSuccess(
  r: Reader,
  end: number,
  m: ExportTracePartialSuccess = {
    rejectedSpans: 0n,
    errorMessage: "",
  },
): ExportTracePartialSuccess {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.rejectedSpans = r.int64();
        break;
      case 18:
        m.errorMessage = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeExportTracePartialSuccess(w: Writer, m: ExportTracePartialSuccessInit): void {
  const v0 = m.errorMessage;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.rejectedSpans;
  if (v1) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const ExportTracePartialSuccess = /* @__PURE__ */ new MessageCodec<ExportTracePartialSuccess, ExportTracePartialSuccessInit>(
  "opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess",
  readExportTracePartialSuccess,
  writeExportTracePartialSuccess,
);
