/**
 * Posts spans to a Zipkin collector, as version 2 JSON.
 * @see spec 08 §9.1, https://zipkin.io/zipkin-api/
 */
import type { Clock } from "../../time/clock.ts";
import type { FinishedSpan, Resource, SpanExporter } from "../finished-span.ts";
import type { HttpPost } from "./http-post.ts";

export interface ZipkinOptions {
  /** Used as it is. */
  readonly url: string;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly post: HttpPost;
}

/** For one request. */
const timeoutMs = 10_000;

/** Internal spans have none. */
const kinds: Partial<Record<FinishedSpan["kind"], string>> = {
  client: "CLIENT",
  server: "SERVER",
  producer: "PRODUCER",
  consumer: "CONSUMER",
};

/** Attributes that name the other side, the best first. */
const remoteNames = [
  "peer.service",
  "server.address",
  "net.peer.name",
  "net.sock.peer.name",
  "net.sock.peer.addr",
  "peer.hostname",
  "peer.address",
  "http.host",
  "db.name",
];

export class ZipkinExporter implements SpanExporter {
  readonly #options: ZipkinOptions;

  constructor(options: ZipkinOptions) {
    this.#options = options;
  }

  async export(spans: readonly FinishedSpan[], signal: AbortSignal): Promise<void> {
    const { url, resource, clock, post } = this.#options;
    using deadline = clock.deadline(timeoutMs, signal);
    const { status } = await post({
      url,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(spans.map((span) => toZipkin(span, resource)))),
      signal: deadline,
    });
    if (status !== 202)
      throw new Error(`failed to send spans to zipkin server with status ${status}`);
  }

  async close(): Promise<void> {}
}

/** One span in the collector's model, with members in the order of its reference implementation. */
function toZipkin(span: FinishedSpan, resource: Resource): object {
  const kind = kinds[span.kind];
  const remote = remoteName(span);
  const durationUs = Math.round(span.durationMs * 1000);
  return {
    timestamp: Math.round(span.startMs * 1000),
    // Zero would mean that it is not known.
    duration: Math.max(1, durationUs),
    traceId: span.context.traceId,
    id: span.context.spanId,
    ...(span.parentSpanId === "" ? {} : { parentId: span.parentSpanId }),
    name: span.name.toLowerCase(),
    ...(kind === undefined ? {} : { kind }),
    localEndpoint: { serviceName: (resource.get("service.name") ?? "").toLowerCase() },
    ...(remote === undefined ? {} : { remoteEndpoint: { serviceName: remote.toLowerCase() } }),
    tags: tags(span, resource),
  };
}

function remoteName({ kind, attributes }: FinishedSpan): string | undefined {
  if (kind !== "client" && kind !== "producer") return undefined;
  const name = remoteNames.find((key) => attributes.has(key));
  return name === undefined ? undefined : String(attributes.get(name));
}

function tags({ attributes, error, scope }: FinishedSpan, resource: Resource): object {
  const all = new Map<string, string>(resource);
  for (const [key, value] of attributes) all.set(key, String(value));
  all.delete("error");
  if (error !== undefined) all.set("otel.status_code", "ERROR").set("error", error);
  all.set("otel.scope.name", scope);
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}
