/**
 * The tracer of one sidecar and its exporters.
 *
 * Three modes: off (`samplingRate: "0"`); mirroring, when nothing is configured: spans have the incoming context, or the
 * all-zero one; and sampling, where contexts are real whether or not anybody exports them.
 * @see spec 08 §9.1
 */
import type { Random } from "../lifecycle/platform.ts";
import type { Logger } from "../logging/logger.ts";
import type { Transport } from "../rpc/transport.ts";
import type { Clock } from "../time/clock.ts";
import { parseCollectorUrl } from "./exporters/collector-url.ts";
import type { HttpPost } from "./exporters/http-post.ts";
import type { FinishedSpan, SpanExporter } from "./finished-span.ts";
import { describeResource } from "./resource.ts";
import { describeSampler, isRootSampled, readSamplingRate } from "./sampler.ts";
import type { TracingSettings } from "./settings.ts";
import { readBatchLimits, SpanBatch } from "./span-batch.ts";
import { noTrace, type Span, type SpanContext, type SpanKind, type Tracer } from "./trace.ts";
import { TraceIds } from "./trace-ids.ts";

export interface TracingOptions {
  /** After {@link otlpEnvironment}. */
  readonly settings: TracingSettings;
  readonly appId: string;
  /** For `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_BSP_*`. */
  readonly env: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly random: Random;
  /** Lost spans. */
  readonly logger: Logger;
  /** The log of scope `dapr.runtime.trace`: spans go there with `stdout: true`. */
  readonly traceLogger: Logger;
  /** Carries OTLP over gRPC. */
  readonly transport: Transport;
  /** How Zipkin and OTLP/HTTP post; node's own client when absent. */
  readonly post?: HttpPost;
  /** Limit of close. Default 5000. */
  readonly closeTimeoutMs?: number;
}

export interface Tracing extends AsyncDisposable {
  readonly tracer: Tracer;
  /** What follows `Dapr trace sampler initialized: `. */
  readonly description: string;
  /** Spans that were lost because exporters are too slow. */
  readonly dropped: number;
  /** Exports what is left, within a limit of time. */
  close(): Promise<void>;
}

const scope = "dapr-diagnostics";

/** @throws {Error} `failed to setup tracing: ...` */
export function createTracing(options: TracingOptions): Tracing {
  const { settings } = options;
  const batches = openers(options).map(
    (open) =>
      new SpanBatch({
        open,
        clock: options.clock,
        limits: readBatchLimits(options.env),
        onError: (error) => options.logger.warn(`failed to export traces: ${error.message}`),
      }),
  );
  const rate = readSamplingRate(settings.samplingRate);
  const close = async (): Promise<void> => {
    await Promise.all(batches.map((batch) => batch.close(options.closeTimeoutMs ?? 5000)));
  };
  return {
    tracer: chooseTracer(options, batches, rate),
    description: describeSampler(rate),
    get dropped() {
      return batches.reduce((sum, batch) => sum + batch.dropped, 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function chooseTracer(options: TracingOptions, batches: SpanBatch[], rate: number): Tracer {
  const mirror: Tracer["start"] = (_name, _kind, parent) => new UnrecordedSpan(parent ?? noTrace);
  if (rate === 0) return { enabled: false, start: mirror };
  if (batches.length === 0 && options.settings.samplingRate === "") {
    return { enabled: true, start: mirror };
  }
  return new SamplingTracer(options, batches, rate);
}

/** One for each configured exporter. Their modules are loaded when the first batch is due. */
function openers(options: TracingOptions): (() => Promise<SpanExporter>)[] {
  const { settings, clock } = options;
  const resource = describeResource(options.appId, options.env);
  const loadPost = async (): Promise<HttpPost> =>
    options.post ?? (await import("./exporters/http-post.ts")).postWithNode;
  const found: (() => Promise<SpanExporter>)[] = [];
  if (settings.stdout) {
    found.push(async () => {
      const { StdoutExporter } = await import("./exporters/stdout.ts");
      return new StdoutExporter(options.traceLogger);
    });
  }
  if (settings.zipkinEndpoint !== "") {
    const url = setup(() => parseCollectorUrl(settings.zipkinEndpoint));
    found.push(async () => {
      const { ZipkinExporter } = await import("./exporters/zipkin.ts");
      return new ZipkinExporter({ url, resource, clock, post: await loadPost() });
    });
  }
  const { otel } = settings;
  if (otel.endpointAddress === "" || otel.protocol === "") return found;
  if (otel.protocol === "http") {
    found.push(async () => {
      const { OtlpHttpExporter } = await import("./exporters/otlp.ts");
      return new OtlpHttpExporter({ otel, resource, clock, post: await loadPost() });
    });
  } else if (otel.protocol === "grpc") {
    found.push(async () => {
      const { OtlpGrpcExporter } = await import("./exporters/otlp-grpc.ts");
      return new OtlpGrpcExporter({ otel, resource, clock, transport: options.transport });
    });
  } else {
    setup(() => {
      throw new Error(`invalid protocol ${otel.protocol} provided for Otel endpoint`);
    });
  }
  return found;
}

function setup<T>(action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new Error(`failed to setup tracing: ${(cause as Error).message}`, { cause });
  }
}

const sampledFlag = 1;

/** Parent-based, with a ratio for roots. */
class SamplingTracer implements Tracer {
  readonly enabled = true;
  readonly #ids: TraceIds;
  readonly #outlet: Outlet;
  readonly #rate: number;

  constructor(options: TracingOptions, batches: readonly SpanBatch[], rate: number) {
    this.#ids = new TraceIds(options.random);
    this.#outlet = { clock: options.clock, batches };
    this.#rate = rate;
  }

  start(name: string, kind: SpanKind, parent: SpanContext | null): Span {
    // The mirrored context of a sidecar without tracing is no parent.
    const hasParent = parent !== null && parent.traceId !== noTrace.traceId;
    const traceId = hasParent ? parent.traceId : this.#ids.trace();
    const isSampled = hasParent
      ? (parent.flags & sampledFlag) !== 0
      : isRootSampled(traceId, this.#rate);
    const otherFlags = hasParent ? parent.flags & ~sampledFlag : 0;
    const context = {
      traceId,
      spanId: this.#ids.span(),
      flags: isSampled ? otherFlags | sampledFlag : otherFlags,
      state: hasParent ? parent.state : "",
    };
    // Without an exporter nobody would ever see what is recorded.
    if (!isSampled || this.#outlet.batches.length === 0) return new UnrecordedSpan(context);
    const parentSpanId = hasParent ? parent.spanId : "";
    return new RecordedSpan({ name, kind, context, parentSpanId }, this.#outlet);
  }
}

/** Where finished spans go. */
interface Outlet {
  readonly clock: Clock;
  readonly batches: readonly SpanBatch[];
}

type SpanBeginning = Pick<FinishedSpan, "name" | "kind" | "context" | "parentSpanId">;

/** Only a context that is passed on. */
class UnrecordedSpan implements Span {
  readonly context: SpanContext;
  readonly recording = false;

  constructor(context: SpanContext) {
    this.context = context;
  }

  setName(): void {}
  setAttribute(): void {}
  setError(): void {}
  end(): void {}
}

/** Attributes of one span; a request's `dapr-*` headers are the sender's choice. */
const maxAttributes = 128;

class RecordedSpan implements Span {
  readonly context: SpanContext;
  readonly recording = true;
  readonly #beginning: SpanBeginning;
  readonly #outlet: Outlet;
  readonly #startMs: number;
  readonly #startedAt: number;
  readonly #attributes = new Map<string, string | number>();
  #name: string;
  #error: string | undefined;
  #isEnded = false;

  constructor(beginning: SpanBeginning, outlet: Outlet) {
    this.#beginning = beginning;
    this.#outlet = outlet;
    this.context = beginning.context;
    this.#name = beginning.name;
    this.#startMs = outlet.clock.now();
    this.#startedAt = outlet.clock.monotonic();
  }

  setName(name: string): void {
    this.#name = name;
  }

  setAttribute(key: string, value: string | number): void {
    if (value === "" || key === "") return;
    if (this.#attributes.size >= maxAttributes && !this.#attributes.has(key)) return;
    this.#attributes.set(key, value);
  }

  setError(description: string): void {
    this.#error = description;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { clock, batches } = this.#outlet;
    const span: FinishedSpan = {
      ...this.#beginning,
      name: this.#name,
      startMs: this.#startMs,
      durationMs: clock.monotonic() - this.#startedAt,
      attributes: this.#attributes,
      error: this.#error,
      scope,
    };
    for (const batch of batches) batch.add(span);
  }
}
