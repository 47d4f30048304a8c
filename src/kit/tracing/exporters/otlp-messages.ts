/** Spans as OTLP messages, for both of its protocols. */
import {
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
} from "../../proto/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import type { KeyValueInit } from "../../proto/opentelemetry/proto/common/v1/common.ts";
import {
  type SpanInit,
  Span_SpanKind as SpanKind,
  Status_StatusCode as StatusCode,
} from "../../proto/opentelemetry/proto/trace/v1/trace.ts";
import type { FinishedSpan, Resource } from "../finished-span.ts";

const kinds: Record<FinishedSpan["kind"], number> = {
  internal: SpanKind.SPAN_KIND_INTERNAL,
  server: SpanKind.SPAN_KIND_SERVER,
  client: SpanKind.SPAN_KIND_CLIENT,
  producer: SpanKind.SPAN_KIND_PRODUCER,
  consumer: SpanKind.SPAN_KIND_CONSUMER,
};

/** A serialised ExportTraceServiceRequest. */
export function encodeSpans(spans: readonly FinishedSpan[], resource: Resource): Buffer {
  const byScope = Map.groupBy(spans, (span) => span.scope);
  return ExportTraceServiceRequest.encode({
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [...byScope].map(([name, members]) => ({
          scope: { name },
          spans: members.map(toOtlp),
        })),
      },
    ],
  });
}

function toOtlp(span: FinishedSpan): SpanInit {
  const start = BigInt(Math.round(span.startMs * 1000)) * 1000n;
  return {
    traceId: Buffer.from(span.context.traceId, "hex"),
    spanId: Buffer.from(span.context.spanId, "hex"),
    traceState: span.context.state,
    parentSpanId: Buffer.from(span.parentSpanId, "hex"),
    flags: span.context.flags,
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: start,
    endTimeUnixNano: start + BigInt(Math.round(span.durationMs * 1_000_000)),
    attributes: attributes(span.attributes),
    status:
      span.error === undefined ? {} : { code: StatusCode.STATUS_CODE_ERROR, message: span.error },
  };
}

function attributes(values: ReadonlyMap<string, string | number>): KeyValueInit[] {
  return [...values].map(([key, value]) => {
    if (typeof value === "string") return { key, value: { stringValue: value } };
    return Number.isSafeInteger(value)
      ? { key, value: { intValue: BigInt(value) } }
      : { key, value: { doubleValue: value } };
  });
}

/** @throws {Error} when the collector refused some of the spans */
export function checkReply(bytes: Uint8Array): void {
  const { partialSuccess } = ExportTraceServiceResponse.decode(bytes);
  if (partialSuccess === undefined) return;
  const { rejectedSpans, errorMessage } = partialSuccess;
  if (rejectedSpans === 0n && errorMessage === "") return;
  const reason = errorMessage === "" ? "empty message" : errorMessage;
  throw new Error(`OTLP partial success: ${reason} (${rejectedSpans} spans rejected)`);
}

/** Headers from `key=value`; entries without `=` are ignored. Names come out in lower case. */
export function readHeaders(entries: readonly string[]): [name: string, value: string][] {
  return entries
    .filter((entry) => entry.indexOf("=") > 0)
    .map((entry) => {
      const equals = entry.indexOf("=");
      return [entry.slice(0, equals).trim().toLowerCase(), entry.slice(equals + 1).trim()];
    });
}
