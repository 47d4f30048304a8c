/**
 * Spans on their way to one exporter: collected, sent in batches, dropped when the exporter cannot keep up.
 * @see spec 08 §9.1
 */
import type { Clock } from "../time/clock.ts";
import type { FinishedSpan, SpanExporter } from "./finished-span.ts";

export interface BatchLimits {
  /** Longest wait of a span. */
  readonly delayMs: number;
  /** Spans waiting; more are dropped. */
  readonly maxQueued: number;
  /** Spans in one request. */
  readonly maxBatch: number;
  /** For one batch, with retries. */
  readonly exportTimeoutMs: number;
}

const defaultLimits: BatchLimits = {
  delayMs: 5000,
  maxQueued: 2048,
  maxBatch: 512,
  exportTimeoutMs: 30_000,
};

/** Limits with the `OTEL_BSP_*` variables; values that are no positive numbers are ignored. */
export function readBatchLimits(env: ReadonlyMap<string, string>): BatchLimits {
  const read = (name: string, fallback: number): number => {
    const text = env.get(`OTEL_BSP_${name}`) ?? "";
    return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : fallback;
  };
  const maxQueued = read("MAX_QUEUE_SIZE", defaultLimits.maxQueued);
  return {
    delayMs: read("SCHEDULE_DELAY", defaultLimits.delayMs),
    maxQueued,
    maxBatch: Math.min(maxQueued, read("MAX_EXPORT_BATCH_SIZE", defaultLimits.maxBatch)),
    exportTimeoutMs: read("EXPORT_TIMEOUT", defaultLimits.exportTimeoutMs),
  };
}

export interface SpanBatchOptions {
  readonly clock: Clock;
  readonly limits: BatchLimits;
  /** Called once, when the first batch is due: the exporter's module is not loaded before. */
  readonly open: () => Promise<SpanExporter>;
  /** Lost batches. */
  readonly onError: (error: Error) => void;
}

export class SpanBatch {
  readonly #options: SpanBatchOptions;
  #queue: FinishedSpan[] = [];
  #timer: Disposable | undefined;
  #exporter: Promise<SpanExporter> | undefined;
  /** The loop that sends; undefined while there is nothing to send. */
  #sending: Promise<void> | undefined;
  readonly #abort = new AbortController();
  #isClosed = false;
  #dropped = 0;
  #reported = 0;

  constructor(options: SpanBatchOptions) {
    this.#options = options;
  }

  /** Spans that found the queue full. */
  get dropped(): number {
    return this.#dropped;
  }

  add(span: FinishedSpan): void {
    if (this.#isClosed) return;
    const { limits, clock } = this.#options;
    if (this.#queue.length >= limits.maxQueued) {
      this.#dropped++;
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= limits.maxBatch) this.#send();
    else if (this.#sending === undefined) {
      this.#timer ??= clock.timer(limits.delayMs, () => this.#send());
    }
  }

  /** Sends what is there, for at most timeoutMs. Later spans are ignored. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    using timer = this.#options.clock.timer(timeoutMs, () =>
      this.#abort.abort(new Error("tracing was shut down")),
    );
    void timer;
    this.#send();
    await this.#sending;
    const exporter = await this.#exporter?.catch(() => undefined);
    await exporter?.close();
  }

  #send(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    if (this.#sending !== undefined || this.#queue.length === 0) return;
    this.#sending = this.#drain().finally(() => {
      this.#sending = undefined;
      this.#report();
    });
  }

  async #drain(): Promise<void> {
    const { limits, clock, open, onError } = this.#options;
    while (this.#queue.length > 0 && !this.#abort.signal.aborted) {
      const batch = this.#queue.splice(0, limits.maxBatch);
      using deadline = clock.deadline(limits.exportTimeoutMs, this.#abort.signal);
      try {
        this.#exporter ??= open();
        const exporter = await this.#exporter;
        await exporter.export(batch, deadline);
      } catch (error) {
        onError(error as Error);
      }
    }
  }

  #report(): void {
    if (this.#dropped === this.#reported) return;
    const count = this.#dropped - this.#reported;
    this.#reported = this.#dropped;
    this.#options.onError(new Error(`${count} spans were dropped: the export queue is full`));
  }
}
