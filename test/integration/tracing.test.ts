/** Exporters against collectors that listen: Zipkin and OTLP over HTTP, OTLP over gRPC in clear text and over TLS. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { Logger } from "../../src/kit/logging/logger.ts";
import {
  ExportTraceServiceRequest,
  TraceServiceService,
} from "../../src/kit/proto/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { h2Transport } from "../../src/kit/rpc/h2/transport.ts";
import { http2Transport } from "../../src/kit/rpc/http2/transport.ts";
import type { Metadata } from "../../src/kit/rpc/metadata.ts";
import type { TlsOptions } from "../../src/kit/rpc/transport.ts";
import { systemClock } from "../../src/kit/time/clock.ts";
import { OtlpGrpcExporter } from "../../src/kit/tracing/exporters/otlp-grpc.ts";
import type { FinishedSpan } from "../../src/kit/tracing/finished-span.ts";
import type { TracingSettings } from "../../src/kit/tracing/settings.ts";
import { createTracing, type Tracing } from "../../src/kit/tracing/tracer.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  request: IncomingMessage;
  body: Buffer;
}

async function collector(status: number): Promise<{ address: string; received: Received[] }> {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ request, body: Buffer.concat(chunks) });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  cleanups.push(() => server.closeAllConnections());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const secureSpan: FinishedSpan = {
  name: "secure",
  kind: "server",
  context: { traceId: "1".repeat(32), spanId: "1".repeat(16), flags: 1, state: "" },
  parentSpanId: "",
  startMs: 0,
  durationMs: 1,
  attributes: new Map(),
  error: undefined,
  scope: "s",
};

function start(settings: Partial<TracingSettings>, warnings: string[] = []): Tracing {
  const logger = { info() {}, warn: (line: string) => warnings.push(line) } as unknown as Logger;
  return createTracing({
    settings: {
      samplingRate: "1",
      stdout: false,
      zipkinEndpoint: "",
      otel: { endpointAddress: "", protocol: "", isSecure: false, headers: [], timeoutMs: 2000 },
      ...settings,
    },
    appId: "app",
    env: new Map(),
    clock: systemClock,
    random: { number: () => 0, uuid: () => "", bytes: randomBytes },
    logger,
    traceLogger: logger,
    transport: h2Transport,
  });
}

const otel = (endpointAddress: string, protocol: string) => ({
  otel: {
    endpointAddress,
    protocol,
    isSecure: false,
    headers: ["x-tenant=one"],
    timeoutMs: 2000,
  },
});

test("a Zipkin collector gets the spans when tracing is closed", async () => {
  const { address, received } = await collector(202);
  const tracing = start({ zipkinEndpoint: `http://${address}/api/v2/spans?x=1` });
  tracing.tracer.start("/v1.0/state", "client", null).end();
  await tracing.close();
  expect(received).toHaveLength(1);
  expect(received[0]!.request.url).toBe("/api/v2/spans?x=1");
  expect(received[0]!.request.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(received[0]!.body.toString())).toMatchObject([{ name: "/v1.0/state" }]);
});

test("an OTLP collector gets the spans over HTTP", async () => {
  const { address, received } = await collector(200);
  const tracing = start(otel(address, "http"));
  tracing.tracer.start("op", "client", null).end();
  await tracing.close();
  expect(received[0]!.request.url).toBe("/v1/traces");
  expect(received[0]!.request.headers).toMatchObject({
    "x-tenant": "one",
    "content-type": "application/x-protobuf",
  });
  const { resourceSpans } = ExportTraceServiceRequest.decode(received[0]!.body);
  expect(resourceSpans[0]!.scopeSpans[0]!.spans[0]!.name).toBe("op");
});

test("collectors that refuse or are not there cost a warning", async () => {
  const { address } = await collector(500);
  const warnings: string[] = [];
  const refused = start({ zipkinEndpoint: `http://${address}/` }, warnings);
  refused.tracer.start("op", "client", null).end();
  await refused.close();
  const absent = start(otel("127.0.0.1:1", "http"), warnings);
  absent.tracer.start("op", "client", null).end();
  await absent.close();
  expect(warnings).toEqual([
    "failed to export traces: failed to send spans to zipkin server with status 500",
    expect.stringContaining("ECONNREFUSED"),
  ]);
});

/** What a client says first, in clear text: its TLS hello with the server name in it. */
async function clientHello(host: string): Promise<string> {
  const hellos: string[] = [];
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      hellos.push(bytes.toString("latin1"));
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const exporter = new OtlpGrpcExporter({
    otel: { ...otel(`${host}:${port}`, "grpc").otel, isSecure: true },
    resource: new Map(),
    clock: systemClock,
    transport: h2Transport,
    anchors: [],
  });
  cleanups.push(() => exporter.close());
  const over = new AbortController();
  const exported = exporter.export([secureSpan], over.signal).catch(() => undefined);
  await vi.waitFor(() => expect(hellos).not.toEqual([]), { timeout: 20_000 });
  over.abort();
  await exported;
  return hellos[0]!;
}

test("over TLS a collector behind a shared address learns which name is meant", async () => {
  expect(await clientHello("localhost")).toContain("localhost");
  expect(await clientHello("127.0.0.1")).not.toContain("127.0.0.1");
});

async function grpcCollector(tls?: TlsOptions) {
  const received: { spans: string[]; metadata: Metadata }[] = [];
  const server = h2Transport.createServer({
    maxMessageBytes: 4 << 20,
    maxMetadataBytes: 8192,
    tls,
  });
  server.unary(TraceServiceService.methods.export.path, (message, call) => {
    const { resourceSpans } = ExportTraceServiceRequest.decode(message);
    const spans = resourceSpans.flatMap((group) => group.scopeSpans).flatMap(({ spans }) => spans);
    received.push({ spans: spans.map(({ name }) => name), metadata: call.metadata.clone() });
    return new Uint8Array();
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  cleanups.push(() => server.close(0));
  return { port, received };
}

test("an OTLP collector gets the spans over gRPC", async () => {
  const { port, received } = await grpcCollector();
  const tracing = start(otel(`127.0.0.1:${port}`, "grpc"));
  tracing.tracer.start("one", "client", null).end();
  tracing.tracer.start("two", "server", null).end();
  await tracing.close();
  expect(received.map(({ spans }) => spans)).toEqual([["one", "two"]]);
  expect(received[0]!.metadata.get("x-tenant")).toBe("one");
});

test.each([h2Transport, http2Transport])(
  "over TLS the collector must prove its name: $name",
  async (transport) => {
    const folder = mkdtempSync(join(tmpdir(), "tracing-"));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    execFileSync(
      "openssl",
      [
        ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=c".split(
          " ",
        ),
        ...[
          "-addext",
          "subjectAltName=IP:127.0.0.1",
          "-addext",
          "basicConstraints=critical,CA:true",
        ],
        ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")],
      ],
      { stdio: "ignore" },
    );
    const key = readFileSync(join(folder, "key.pem"), "utf8");
    const cert = readFileSync(join(folder, "cert.pem"), "utf8");
    const { port, received } = await grpcCollector({
      context: () => ({ key, cert }),
      requestPeerCertificate: false,
      verifyPeer: () => "",
    });
    const open = (host: string, anchors: string[]): OtlpGrpcExporter => {
      const exporter = new OtlpGrpcExporter({
        otel: { ...otel(`${host}:${port}`, "grpc").otel, isSecure: true },
        resource: new Map(),
        clock: systemClock,
        transport,
        anchors,
      });
      cleanups.push(() => exporter.close());
      return exporter;
    };
    // A failed connection is tried again after five seconds.
    const brief = (): AbortSignal => AbortSignal.timeout(400);
    await open("127.0.0.1", [cert]).export([secureSpan], AbortSignal.any([]));
    expect(received[0]!.spans).toEqual(["secure"]);
    await expect(open("localhost", [cert]).export([secureSpan], brief())).rejects.toThrow(
      "x509: certificate is not valid for localhost",
    );
    await expect(open("127.0.0.1", []).export([secureSpan], brief())).rejects.toThrow(
      /self-signed|unknown authority/,
    );
    expect(received).toHaveLength(1);
  },
);
