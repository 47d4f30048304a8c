/**
 * Trace contexts and spans as the building blocks see them. Propagation is W3C; spans exist only when they are sampled
 * and exported, everything else is a context that is passed on.
 * @see spec 08 §9, W3C Trace Context
 */

export interface SpanContext {
  /** 32 hex digits; all zeros when there is no trace. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** The 8 flag bits; 1 is "sampled". */
  readonly flags: number;
  /** Verbatim tracestate, or "". */
  readonly state: string;
}

export const noTrace: SpanContext = {
  traceId: "0".repeat(32),
  spanId: "0".repeat(16),
  flags: 0,
  state: "",
};

export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

export interface Span {
  readonly context: SpanContext;
  /** false: attributes and name are not kept; don't compute them. */
  readonly recording: boolean;
  setName(name: string): void;
  /** Attributes with an empty value are dropped. */
  setAttribute(key: string, value: string | number): void;
  setError(description: string): void;
  end(): void;
}

export interface Tracer {
  /** false with samplingRate "0": no spans, no trace headers, no baggage handling (spec 08 §9.1). */
  readonly enabled: boolean;
  /** A child of parent, or a root when parent is null. */
  start(name: string, kind: SpanKind, parent: SpanContext | null): Span;
}
