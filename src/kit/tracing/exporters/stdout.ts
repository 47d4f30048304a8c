/**
 * Writes spans to the log.
 * @see spec 08 §9.1
 */
import type { Logger } from "../../logging/logger.ts";
import type { FinishedSpan, SpanExporter } from "../finished-span.ts";

export class StdoutExporter implements SpanExporter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  async export(spans: readonly FinishedSpan[]): Promise<void> {
    for (const { name, context, parentSpanId, startMs, durationMs } of spans) {
      this.#logger.info(
        `[${name}] Trace: ${context.traceId} Span: ${parentSpanId}/${context.spanId} ` +
          `Time: [${goTime(startMs)} ->  ${goTime(startMs + durationMs)}] Annotations: []`,
      );
    }
  }

  async close(): Promise<void> {}
}

/** Go's default form of a time: `2026-01-02 03:04:05.678 +0000 UTC`. */
function goTime(ms: number): string {
  const text = new Date(ms).toISOString();
  const fraction = text.slice(19, 23).replace(/\.?0+$/, "");
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${fraction} +0000 UTC`;
}
