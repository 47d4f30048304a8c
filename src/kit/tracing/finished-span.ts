/** What exporters get. */
import type { SpanContext, SpanKind } from "./trace.ts";

export interface FinishedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  /** 16 hex digits; "" for roots. */
  readonly parentSpanId: string;
  /** ms since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: ReadonlyMap<string, string | number>;
  /** undefined: the status is unset. */
  readonly error: string | undefined;
  /** The instrumentation scope, for example `dapr-diagnostics`. */
  readonly scope: string;
}

/** Attributes of the process, sorted by name. */
export type Resource = ReadonlyMap<string, string>;

export interface SpanExporter {
  /**
   * @param signal aborted when the batch has had its time
   * @throws {Error} when the batch is lost
   */
  export(spans: readonly FinishedSpan[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
