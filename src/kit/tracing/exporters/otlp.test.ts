import { describe, expect, test } from "vitest";
import {
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
} from "../../proto/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { ManualClock } from "../../time/manual-clock.ts";
import type { FinishedSpan } from "../finished-span.ts";
import type { PostReply, PostRequest } from "./http-post.ts";
import { OtlpHttpExporter } from "./otlp.ts";
import { splitEndpoint } from "./otlp-grpc.ts";

const span: FinishedSpan = {
  name: "op",
  kind: "server",
  context: {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    flags: 1,
    state: "k=v",
  },
  parentSpanId: "00f067aa0ba902b7",
  startMs: Date.UTC(2026, 10, 22),
  durationMs: 1.234567,
  attributes: new Map<string, string | number>([
    ["text", "t"],
    ["count", 7],
    ["share", 0.5],
  ]),
  error: "failed",
  scope: "dapr-diagnostics",
};

function setup(replies: Partial<PostReply>[], isSecure = false) {
  const clock = new ManualClock();
  const requests: PostRequest[] = [];
  const exporter = new OtlpHttpExporter({
    otel: {
      endpointAddress: "collector:4318",
      protocol: "http",
      isSecure,
      headers: ["X-Key=a=b", "nonsense", "Content-Type=ignored"],
      timeoutMs: 2000,
    },
    resource: new Map([["service.name", "app"]]),
    clock,
    post: async (request) => {
      requests.push(request);
      return {
        status: 200,
        body: Buffer.alloc(0),
        retryAfter: "",
        ...replies[requests.length - 1],
      };
    },
  });
  return { clock, requests, exporter };
}

describe("OTLP over HTTP", () => {
  test("posts protobuf to /v1/traces", async () => {
    const { exporter, requests } = setup([]);
    await exporter.export(
      [span, { ...span, error: undefined, scope: "other" }],
      AbortSignal.any([]),
    );
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      url: "http://collector:4318/v1/traces",
      headers: { "x-key": "a=b", "content-type": "application/x-protobuf" },
    });
    const { resourceSpans } = ExportTraceServiceRequest.decode(requests[0]!.body);
    expect(resourceSpans).toHaveLength(1);
    expect(resourceSpans[0]!.resource!.attributes).toMatchObject([
      { key: "service.name", value: { stringValue: "app" } },
    ]);
    expect(resourceSpans[0]!.scopeSpans.map(({ scope }) => scope!.name)).toEqual([
      "dapr-diagnostics",
      "other",
    ]);
    const [first] = resourceSpans[0]!.scopeSpans[0]!.spans;
    const start = BigInt(Date.UTC(2026, 10, 22)) * 1_000_000n;
    expect(first).toMatchObject({
      traceId: Buffer.from("0af7651916cd43dd8448eb211c80319c", "hex"),
      spanId: Buffer.from("b7ad6b7169203331", "hex"),
      parentSpanId: Buffer.from("00f067aa0ba902b7", "hex"),
      traceState: "k=v",
      flags: 1,
      name: "op",
      kind: 2,
      startTimeUnixNano: start,
      endTimeUnixNano: start + 1_234_567n,
      attributes: [
        { key: "text", value: { stringValue: "t" } },
        { key: "count", value: { intValue: 7n } },
        { key: "share", value: { doubleValue: 0.5 } },
      ],
      status: { code: 2, message: "failed" },
    });
    expect(resourceSpans[0]!.scopeSpans[1]!.spans[0]!.status).toEqual({ code: 0, message: "" });
  });

  test("uses https unless told otherwise", async () => {
    const { exporter, requests } = setup([], true);
    await exporter.export([span], AbortSignal.any([]));
    expect(requests[0]!.url).toBe("https://collector:4318/v1/traces");
  });

  test("tries again when the collector is busy, as late as it asks for", async () => {
    const { exporter, requests, clock } = setup([
      { status: 503 },
      { status: 429, retryAfter: "2" },
    ]);
    const done = exporter.export([span], AbortSignal.any([]));
    await clock.advance(4999);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    expect(requests).toHaveLength(2);
    await clock.advance(2000);
    await done;
    expect(requests).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  test("gives up after four attempts, or when the time is over", async () => {
    const busy = { status: 503 };
    const { exporter, requests, clock } = setup([busy, busy, busy, busy, busy]);
    const failed = expect(exporter.export([span], AbortSignal.any([]))).rejects.toThrow(
      "status 503",
    );
    await clock.advance(60_000);
    await failed;
    expect(requests).toHaveLength(4);

    const short = setup([busy, busy]);
    const abort = new AbortController();
    const aborted = expect(short.exporter.export([span], abort.signal)).rejects.toThrow(
      "status 503",
    );
    await short.clock.advance(1);
    abort.abort();
    await aborted;
    expect(short.requests).toHaveLength(1);
  });

  test("does not try again what is refused", async () => {
    const { exporter, requests } = setup([{ status: 400 }]);
    await expect(exporter.export([span], AbortSignal.any([]))).rejects.toThrow(
      "failed to send to http://collector:4318/v1/traces: status 400",
    );
    expect(requests).toHaveLength(1);
  });

  test("reports spans that were refused, and answers that are none", async () => {
    const partialSuccess = { rejectedSpans: 3n, errorMessage: "too old" };
    const body = ExportTraceServiceResponse.encode({ partialSuccess });
    await expect(setup([{ body }]).exporter.export([span], AbortSignal.any([]))).rejects.toThrow(
      "OTLP partial success: too old (3 spans rejected)",
    );
    const nonsense = setup([{ body: Buffer.from([0xff]) }]);
    await expect(nonsense.exporter.export([span], AbortSignal.any([]))).rejects.toThrow();
  });
});

test.each([
  ["collector:4317", { host: "collector", port: 4317 }],
  ["[::1]:4317", { host: "::1", port: 4317 }],
  ["collector", { host: "collector", port: 443 }],
])("endpoint %s", (text, target) => {
  expect(splitEndpoint(text)).toEqual(target);
});

test.each(["a:b", "::1", "a:1:2", "host:123456"])("no endpoint: %s", (text) => {
  expect(() => splitEndpoint(text)).toThrow("invalid Otel endpoint");
});
