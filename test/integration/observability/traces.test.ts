/** One trace through app, two sidecars and app, as collectors get it. @see spec 08 §9 */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { ExportTraceServiceRequest } from "../../../src/kit/proto/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import { call, grpcCall, runtimeService, startApp, store } from "../api/calls.ts";
import { launchDaprd, type Sidecar } from "../launch.ts";

interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function startCollector(status: number) {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    posted.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const config = (tracing: string): string =>
  `apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {name: c}\nspec:\n  tracing: ${tracing}\n`;

const unique = (name: string): string => `${name}-${process.pid}-${Date.now().toString(36)}`;

async function startRecordingApp() {
  const seen: IncomingHttpHeaders[] = [];
  const app = await startApp((request, response) => {
    if (request.url === "/hello") seen.push(request.headers);
    request.resume();
    response.end("hi");
  });
  return { port: app.port, seen, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${parentId}-01`;

/** Two sidecars with the tracing settings; the caller's calls the callee's app once. */
async function invokeOnce(tracing: string, headers: Record<string, string>) {
  await using app = await startRecordingApp();
  const callee = unique("Callee");
  const caller = unique("caller");
  await using b = await launchDaprd({ appId: callee, appPort: app.port, config: config(tracing) });
  await using a = await launchDaprd({ appId: caller, resources: [store], config: config(tracing) });
  const path = `/v1.0/invoke/${callee}/method/hello`;
  const answer = await call({ port: a.httpPort, path, headers });
  await stop(a, b);
  return { answer, seen: app.seen, callee, caller, path };
}

/** Spans leave every five seconds, and at the end. */
async function stop(...sidecars: Sidecar[]): Promise<void> {
  for (const { process } of sidecars) expect((await process.stop()).code).toBe(0);
}

interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind?: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly remoteEndpoint?: { readonly serviceName: string };
  readonly tags: Readonly<Record<string, string>>;
}

const zipkinSpans = (posted: readonly Posted[]): ZipkinSpan[] =>
  posted.flatMap(({ body }) => JSON.parse(body.toString()) as ZipkinSpan[]);

describe("one trace", () => {
  it("reaches Zipkin from both sidecars, and the app", async () => {
    await using zipkin = await startCollector(202);
    const tracing = `{samplingRate: "1", zipkin: {endpointAddress: "http://${zipkin.address}/api/v2/spans?a=b"}}`;
    const sent = { traceparent, tracestate: "v=1", "dapr-note": "x" };
    const { answer, seen, callee, caller, path } = await invokeOnce(tracing, sent);
    expect([answer.status, answer.text]).toEqual([200, "hi"]);
    expect(new Set(zipkin.posted.map((post) => post.path))).toEqual(new Set(["/api/v2/spans?a=b"]));
    expect(zipkin.posted[0]?.headers["content-type"]).toBe("application/json");
    const spans = zipkinSpans(zipkin.posted);
    expect(spans.map((span) => span.kind).sort()).toEqual(["CLIENT", "SERVER"]);
    const [client] = spans.filter((span) => span.kind === "CLIENT");
    const [server] = spans.filter((span) => span.kind === "SERVER");
    const name = `calllocal/${callee.toLowerCase()}/hello`;
    expect(client).toMatchObject({
      traceId,
      parentId,
      name,
      localEndpoint: { serviceName: caller },
      tags: {
        "dapr.api": `GET ${path}`,
        "dapr-note": "x",
        "dapr.protocol": "http",
        "dapr.status_code": "200",
        "http.request.method": "GET",
        "net.peer.name": callee,
        "otel.scope.name": "dapr-diagnostics",
        "rpc.service": "ServiceInvocation",
        "server.address": "127.0.0.1",
        "service.name": caller,
        "url.full": path,
      },
    });
    expect(client?.tags["server.port"]).toMatch(/^\d+$/);
    expect(server).toMatchObject({
      traceId,
      parentId: client?.id,
      name,
      localEndpoint: { serviceName: callee.toLowerCase() },
      tags: {
        "dapr.protocol": "grpc",
        "dapr.invoke_method": "hello",
        "rpc.service": "ServiceInvocation",
      },
    });
    expect(server?.tags["dapr.api"]).toMatch(
      /^\/dapr\.proto\.internals\.v1\.ServiceInvocation\/CallLocal(Stream)?$/,
    );
    expect(Math.abs((client?.timestamp ?? 0) / 1000 - Date.now())).toBeLessThan(60_000);
    expect(client?.duration).toBeGreaterThan(0);
    // The app's headers name the callee's span, the answer's the caller's.
    expect(seen[0]?.traceparent).toBe(`00-${traceId}-${server?.id}-01`);
    expect(answer.headers.traceparent).toBe(`00-${traceId}-${client?.id}-01`);
    expect(answer.headers.tracestate).toBe("v=1");
  });

  it("reaches an OTLP collector, state and errors included", async () => {
    await using otlp = await startCollector(200);
    const tracing = `{samplingRate: "1", otel: {endpointAddress: "${otlp.address}", protocol: http, isSecure: false, headers: ["x-tenant=t"]}}`;
    await using sidecar = await launchDaprd({
      appId: unique("otlp"),
      resources: [store],
      config: config(tracing),
    });
    const port = sidecar.httpPort;
    const body = '[{"key":"a","value":1}]';
    await call({ port, method: "POST", path: "/v1.0/state/store", body, headers: { traceparent } });
    await call({ port, path: "/v1.0/state/none/a" });
    await call({ port, path: "/v1.0/healthz" });
    await grpcCall(sidecar.grpcPort, `${runtimeService}/GetMetadata`, Buffer.alloc(0), {
      traceparent,
    });
    await stop(sidecar);
    expect(otlp.posted[0]).toMatchObject({
      path: "/v1/traces",
      headers: { "content-type": "application/x-protobuf", "x-tenant": "t" },
    });
    const groups = otlp.posted.flatMap(
      (post) => ExportTraceServiceRequest.decode(post.body).resourceSpans,
    );
    const spans = groups.flatMap((group) => group.scopeSpans).flatMap((scope) => scope.spans);
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    const shown = spans.map((span) => ({
      name: span.name,
      kind: span.kind,
      trace: hex(span.traceId) === traceId ? "given" : "new",
      parent: hex(span.parentSpanId),
      error: span.status?.message ?? "",
    }));
    const client = 3;
    expect(shown).toEqual([
      { name: "/v1.0/state/store", kind: client, trace: "given", parent: parentId, error: "" },
      {
        name: "/v1.0/state/none/a",
        kind: client,
        trace: "new",
        parent: "",
        error: "Code(400): Bad Request",
      },
      {
        name: `${runtimeService}/GetMetadata`,
        kind: client,
        trace: "given",
        parent: parentId,
        error: "",
      },
    ]);
    const attributes = new Map(
      spans[0]?.attributes.map(({ key, value }) => [key, value?.stringValue]),
    );
    for (const [key, value] of [
      ["db.system", "state"],
      ["db.connection_string", "state"],
      ["db.statement", "POST /v1.0/state/store"],
      ["db.name", "store"],
    ] as const) {
      expect(attributes.get(key), key).toBe(value);
    }
  });
});

describe("sampling", () => {
  it("at rate 0 leaves headers as they are", async () => {
    await using zipkin = await startCollector(202);
    const tracing = `{samplingRate: "0", zipkin: {endpointAddress: "http://${zipkin.address}/"}}`;
    const headers = { traceparent, tracestate: "v=1", baggage: "no baggage at all" };
    const { answer, seen } = await invokeOnce(tracing, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty("traceparent");
    expect(seen[0]).toMatchObject(headers);
    expect(zipkin.posted).toEqual([]);
  });

  it("follows the caller's decision not to", async () => {
    await using zipkin = await startCollector(202);
    const tracing = `{samplingRate: "1", zipkin: {endpointAddress: "http://${zipkin.address}/"}}`;
    const headers = { traceparent: `00-${traceId}-${parentId}-00` };
    const { answer, seen } = await invokeOnce(tracing, headers);
    expect(answer.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    expect(seen[0]?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    expect(zipkin.posted).toEqual([]);
  });
});

describe("baggage", () => {
  it("is checked, echoed and handed to the app", async () => {
    await using app = await startRecordingApp();
    const appId = unique("baggage");
    await using sidecar = await launchDaprd({ appId, appPort: app.port });
    const path = `/v1.0/invoke/${appId}/method/hello`;
    const send = (baggage: string) => call({ port: sidecar.httpPort, path, headers: { baggage } });
    const valid = "user=u1;p=2, region=eu";
    const answer = await send(valid);
    expect([answer.status, answer.headers.baggage]).toEqual([200, valid]);
    expect(app.seen.at(-1)?.baggage).toBe(valid);
    for (const bad of [
      "bad key=1",
      "novalue",
      "=1",
      Array.from({ length: 65 }, (_, n) => `k${n}=v`).join(","),
    ]) {
      const refused = await send(bad);
      expect(refused.status, bad).toBe(400);
      expect(refused.headers["content-type"]).toBe("text/plain; charset=utf-8");
      expect(refused.text).toMatch(/^invalid baggage header: /);
    }
    expect(app.seen).toHaveLength(1);
    const grpc = await grpcCall(
      sidecar.grpcPort,
      `${runtimeService}/GetMetadata`,
      Buffer.alloc(0),
      { baggage: "bad key=1" },
    );
    expect([grpc.error?.code, grpc.error?.details]).toEqual([
      3,
      expect.stringMatching(/^invalid baggage header: /),
    ]);
  });
});
