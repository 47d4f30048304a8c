import { describe, expect, test } from "vitest";
import type { Random } from "../lifecycle/platform.ts";
import type { Logger } from "../logging/logger.ts";
import type { Transport } from "../rpc/transport.ts";
import { ManualClock } from "../time/manual-clock.ts";
import type { HttpPost, PostRequest } from "./exporters/http-post.ts";
import { describeSampler, isRootSampled, readSamplingRate } from "./sampler.ts";
import type { TracingSettings } from "./settings.ts";
import { noTrace, type SpanContext } from "./trace.ts";
import { createTracing, type Tracing } from "./tracer.ts";

class LogLines implements Logger {
  readonly lines: string[] = [];
  isEnabled = (): boolean => true;
  debug = (line: string): void => void this.lines.push(line);
  info = this.debug;
  warn = this.debug;
  error = this.debug;
  fatal = this.debug;
}

/** Bytes that count up, so that ids differ and are known. */
function countingRandom(): Random {
  let next = 1;
  return {
    number: () => 0.5,
    uuid: () => "",
    bytes(length) {
      const bytes = Buffer.alloc(length);
      for (let at = 0; at < length; at += 8) bytes.writeBigUInt64BE(BigInt(next++), at);
      return bytes;
    },
  };
}

interface Setup {
  tracing: Tracing;
  clock: ManualClock;
  requests: PostRequest[];
  log: LogLines;
  traceLog: LogLines;
}

const otel = {
  endpointAddress: "",
  protocol: "",
  isSecure: true,
  headers: [],
  timeoutMs: undefined,
};

function setup(
  settings: Partial<TracingSettings> = {},
  { env = {}, post }: { env?: Record<string, string>; post?: HttpPost } = {},
): Setup {
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 17));
  const requests: PostRequest[] = [];
  const log = new LogLines();
  const traceLog = new LogLines();
  const tracing = createTracing({
    settings: { samplingRate: "", stdout: false, zipkinEndpoint: "", otel, ...settings },
    appId: "My-App",
    env: new Map(Object.entries(env)),
    clock,
    random: countingRandom(),
    logger: log,
    traceLogger: traceLog,
    transport: undefined as unknown as Transport,
    post: async (request) => {
      requests.push(request);
      if (post !== undefined) return post(request);
      return { status: 202, body: Buffer.alloc(0), retryAfter: "" };
    },
  });
  return { tracing, clock, requests, log, traceLog };
}

const zipkin = { zipkinEndpoint: "http://zipkin:9411/api/v2/spans" };
const parent = (flags: number): SpanContext => ({
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  flags,
  state: "k=v",
});

describe("modes", () => {
  test("off: no spans, contexts pass", () => {
    const { tracer, description } = setup({ samplingRate: "0" }).tracing;
    expect(tracer.enabled).toBe(false);
    expect(description).toContain("root:TraceIDRatioBased{0},");
    const span = tracer.start("a", "server", parent(1));
    expect([span.context, span.recording]).toEqual([parent(1), false]);
  });

  test("nothing configured: the context is mirrored, and all zeros without one", () => {
    const { tracer, description } = setup().tracing;
    expect(tracer.enabled).toBe(true);
    expect(description).toBe(
      "ParentBased{root:TraceIDRatioBased{0.0001},remoteParentSampled:AlwaysOnSampler," +
        "remoteParentNotSampled:AlwaysOffSampler,localParentSampled:AlwaysOnSampler," +
        "localParentNotSampled:AlwaysOffSampler}",
    );
    expect(tracer.start("a", "server", parent(1)).context).toEqual(parent(1));
    expect(tracer.start("a", "server", null).context).toBe(noTrace);
  });

  test("a rate without exporter: ids are real, nothing is recorded", () => {
    const { tracer } = setup({ samplingRate: "1" }).tracing;
    const span = tracer.start("a", "server", null);
    expect(span.recording).toBe(false);
    expect(span.context).toEqual({
      traceId: "00000000000000010000000000000002",
      spanId: "0000000000000003",
      flags: 1,
      state: "",
    });
  });

  test("parents decide, and their flags, state and trace go on", () => {
    const { tracer } = setup({ samplingRate: "1", ...zipkin }).tracing;
    const sampled = tracer.start("a", "server", parent(3));
    expect(sampled.recording).toBe(true);
    expect(sampled.context).toEqual({ ...parent(3), spanId: "0000000000000001" });
    const unsampled = tracer.start("a", "server", parent(2));
    expect(unsampled.recording).toBe(false);
    expect(unsampled.context).toEqual({ ...parent(2), spanId: "0000000000000002" });
  });

  test("the all-zero context is no parent", () => {
    const { tracer } = setup({ samplingRate: "1" }).tracing;
    expect(tracer.start("a", "server", noTrace).context.traceId).not.toBe(noTrace.traceId);
  });
});

describe("sampling", () => {
  test.each([
    ["", 0.0001],
    ["nonsense", 0.0001],
    ["0.5x", 0.0001],
    [" 1", 0.0001],
    ["1", 1],
    ["2.5", 2.5],
    [".5", 0.5],
    ["1e-3", 0.001],
    ["0", 0],
    ["0.0", 0],
    ["-1", -1],
    ["Inf", 1],
  ])("rate %j is %d", (text, rate) => {
    expect(readSamplingRate(text)).toBe(rate);
  });

  test.each([
    [1, "AlwaysOnSampler"],
    [7, "AlwaysOnSampler"],
    [0.5, "TraceIDRatioBased{0.5}"],
    [0.00001, "TraceIDRatioBased{1e-05}"],
    [-1, "TraceIDRatioBased{0}"],
  ])("rate %d is described as %s", (rate, text) => {
    expect(describeSampler(rate)).toContain(`{root:${text},`);
  });

  test("the trace id decides for roots", () => {
    const id = (tail: string): string => `${"f".repeat(16)}${tail}`;
    expect(isRootSampled(id("7fffffffffff0000"), 0.5)).toBe(true);
    expect(isRootSampled(id("8000000000000000"), 0.5)).toBe(false);
    expect(isRootSampled(id("00068db800000000"), 0.0001)).toBe(true);
    expect(isRootSampled(id("00068db8ffffffff"), 0.0001)).toBe(false);
    expect(isRootSampled(id("00068db900000000"), 0.0001)).toBe(false);
    expect(isRootSampled(id("0000000000000000"), 0)).toBe(false);
    expect(isRootSampled(id("ffffffffffffffff"), 1)).toBe(true);
  });
});

describe("zipkin", () => {
  test("posts what was recorded after five seconds", async () => {
    const { tracing, clock, requests } = setup({ samplingRate: "1", ...zipkin });
    const span = tracing.tracer.start("/v1.0/State/s/K", "client", null);
    span.setAttribute("server.address", "127.0.0.1");
    span.setAttribute("empty", "");
    span.setAttribute("count", 3);
    span.setError("Code(500): Internal Server Error");
    await clock.advance(12.5);
    span.end();
    span.end();
    const child = tracing.tracer.start("CallLocal/A/m", "internal", span.context);
    child.setName("Renamed");
    child.end();
    await clock.advance(4999);
    expect(requests).toEqual([]);
    await clock.advance(1);
    await expect.poll(() => requests.length).toBe(1);
    expect(requests[0]).toMatchObject({
      url: "http://zipkin:9411/api/v2/spans",
      headers: { "content-type": "application/json" },
    });
    const startUs = Date.UTC(2026, 10, 22, 17) * 1000;
    expect(JSON.parse(Buffer.from(requests[0]!.body).toString())).toEqual([
      {
        timestamp: startUs,
        duration: 12_500,
        traceId: "00000000000000010000000000000002",
        id: "0000000000000003",
        name: "/v1.0/state/s/k",
        kind: "CLIENT",
        localEndpoint: { serviceName: "my-app" },
        remoteEndpoint: { serviceName: "127.0.0.1" },
        tags: {
          count: "3",
          error: "Code(500): Internal Server Error",
          "otel.scope.name": "dapr-diagnostics",
          "otel.status_code": "ERROR",
          "server.address": "127.0.0.1",
          "service.name": "My-App",
        },
      },
      {
        timestamp: startUs + 12_500,
        duration: 1,
        traceId: "00000000000000010000000000000002",
        id: "0000000000000004",
        parentId: "0000000000000003",
        name: "renamed",
        localEndpoint: { serviceName: "my-app" },
        tags: { "otel.scope.name": "dapr-diagnostics", "service.name": "My-App" },
      },
    ]);
  });

  test.each([
    [{ "net.peer.name": "target", "db.name": "store" }, "target"],
    [{ "db.name": "Store", "server.address": "host", "net.peer.name": "x" }, "host"],
    [{ "db.name": "Store" }, "store"],
    [{ other: "x" }, undefined],
  ])("remote endpoint of %j is %s", async (attributes, name) => {
    const { tracing, requests } = setup({ samplingRate: "1", ...zipkin });
    for (const kind of ["client", "server"] as const) {
      const span = tracing.tracer.start("a", kind, null);
      for (const [key, value] of Object.entries(attributes)) span.setAttribute(key, value);
      span.end();
    }
    await tracing.close();
    const spans = JSON.parse(Buffer.from(requests[0]!.body).toString());
    expect(spans[0].remoteEndpoint?.serviceName).toBe(name);
    expect(spans[1].remoteEndpoint).toBeUndefined();
  });

  test("logs what a collector refuses", async () => {
    const post: HttpPost = async () => ({ status: 500, body: Buffer.alloc(0), retryAfter: "" });
    const { tracing, log } = setup({ samplingRate: "1", ...zipkin }, { post });
    tracing.tracer.start("a", "server", null).end();
    await tracing.close();
    expect(log.lines).toEqual([
      "failed to export traces: failed to send spans to zipkin server with status 500",
    ]);
  });

  test.each([
    ["zipkin:9411/api", "no scheme or host"],
    ["http://", "no scheme or host"],
    ["/api/v2/spans", "no scheme or host"],
    ["ftp://zipkin/", 'unsupported protocol scheme "ftp"'],
    ["http://a:b:c/", "invalid URL"],
  ])("refuses the address %j", (address, reason) => {
    expect(() => setup({ zipkinEndpoint: address })).toThrow(
      new Error(
        `failed to setup tracing: invalid collector URL ${JSON.stringify(address)}: ${reason}`,
      ),
    );
  });
});

test("stdout writes one line per span", async () => {
  const { tracing, traceLog, clock } = setup({ samplingRate: "1", stdout: true });
  const span = tracing.tracer.start("op", "server", parent(1));
  await clock.advance(1500);
  span.end();
  tracing.tracer.start("root", "server", null).end();
  await tracing.close();
  expect(traceLog.lines).toEqual([
    "[op] Trace: 0af7651916cd43dd8448eb211c80319c Span: b7ad6b7169203331/0000000000000001 " +
      "Time: [2026-11-22 17:00:00 +0000 UTC ->  2026-11-22 17:00:01.5 +0000 UTC] Annotations: []",
    "[root] Trace: 00000000000000020000000000000003 Span: /0000000000000004 " +
      "Time: [2026-11-22 17:00:01.5 +0000 UTC ->  2026-11-22 17:00:01.5 +0000 UTC] Annotations: []",
  ]);
});

describe("batches", () => {
  const end = ({ tracing }: Setup, count: number): void => {
    for (let i = 0; i < count; i++) tracing.tracer.start("a", "server", null).end();
  };
  const sizes = (requests: readonly PostRequest[]): number[] =>
    requests.map(({ body }) => JSON.parse(Buffer.from(body).toString()).length);

  test("hold at most 512 spans and do not wait when they are full", async () => {
    const all = setup({ samplingRate: "1", ...zipkin });
    end(all, 511);
    await all.clock.advance(0);
    expect(all.requests).toHaveLength(0);
    end(all, 1);
    await expect.poll(() => all.requests.length).toBe(1);
    end(all, 10);
    await all.tracing.close();
    expect(sizes(all.requests)).toEqual([512, 10]);
    expect(all.clock.pending).toBe(0);
  });

  test("drop and count what a slow collector leaves waiting", async () => {
    const gate = Promise.withResolvers<void>();
    const post: HttpPost = async () => {
      await gate.promise;
      return { status: 202, body: Buffer.alloc(0), retryAfter: "" };
    };
    const all = setup({ samplingRate: "1", ...zipkin }, { post });
    end(all, 512);
    await expect.poll(() => all.requests.length).toBe(1);
    end(all, 2048 + 7);
    expect(all.tracing.dropped).toBe(7);
    gate.resolve();
    await all.tracing.close();
    expect(sizes(all.requests)).toEqual([512, 512, 512, 512, 512]);
    expect(all.log.lines).toEqual([
      "failed to export traces: 7 spans were dropped: the export queue is full",
    ]);
  });

  test("are given up after 30 seconds, or when the time for shutting down is over", async () => {
    const post: HttpPost = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    const all = setup({ samplingRate: "1", ...zipkin }, { post });
    end(all, 512);
    await expect.poll(() => all.requests.length).toBe(1);
    await all.clock.advance(10_000);
    expect(all.log.lines).toEqual(["failed to export traces: context deadline exceeded"]);
    end(all, 1);
    const closed = all.tracing.close();
    await expect.poll(() => all.requests.length).toBe(2);
    await all.clock.advance(5000);
    await closed;
    expect(all.log.lines[1]).toBe("failed to export traces: tracing was shut down");
  });

  test("follow OTEL_BSP_*", async () => {
    const env = {
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "3",
      OTEL_BSP_MAX_QUEUE_SIZE: "nonsense",
    };
    const all = setup({ samplingRate: "1", ...zipkin }, { env });
    end(all, 2);
    await all.clock.advance(100);
    await expect.poll(() => all.requests.length).toBe(1);
    end(all, 4);
    await all.tracing.close();
    expect(sizes(all.requests)).toEqual([2, 3, 1]);
  });

  test("are for each exporter alone", async () => {
    const post: HttpPost = async () => {
      throw new Error("connection refused");
    };
    const all = setup({ samplingRate: "1", stdout: true, ...zipkin }, { post });
    end(all, 1);
    await all.tracing.close();
    await all.tracing.close();
    expect(all.traceLog.lines).toHaveLength(1);
    expect(all.log.lines).toEqual(["failed to export traces: connection refused"]);
    end(all, 1);
    expect(all.clock.pending).toBe(0);
  });
});

test("a span keeps at most 128 attributes", async () => {
  const { tracing, requests } = setup({ samplingRate: "1", ...zipkin });
  const span = tracing.tracer.start("a", "server", null);
  for (let i = 0; i < 200; i++) span.setAttribute(`k${i}`, "v");
  span.setAttribute("k0", "again");
  span.end();
  await tracing.close();
  const [{ tags }] = JSON.parse(Buffer.from(requests[0]!.body).toString());
  expect(Object.keys(tags)).toHaveLength(130);
  expect(tags.k0).toBe("again");
});

test("an unknown OTLP protocol ends the start, a missing one means no exporter", () => {
  const settings = { ...otel, endpointAddress: "c:1" };
  expect(() => setup({ otel: { ...settings, protocol: "carrier-pigeon" } })).toThrow(
    new Error(
      "failed to setup tracing: invalid protocol carrier-pigeon provided for Otel endpoint",
    ),
  );
  expect(setup({ otel: settings }).tracing.tracer.start("a", "server", null).context).toBe(noTrace);
});
