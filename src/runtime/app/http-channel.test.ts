import { beforeEach, describe, expect, test } from "vitest";
import type { HttpCall, HttpClient, HttpHandler, HttpRequest } from "../../kit/http/client.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { MetricsConfiguration } from "../resources/configuration.ts";
import { Concurrency } from "./concurrency.ts";
import type { InvokeHandler, InvokeHead, InvokeRequest } from "./contract.ts";
import { HeaderNames } from "./headers.ts";
import { HttpChannel, type HttpChannelOptions } from "./http-channel.ts";
import { createHttpClientMetrics } from "./http-client-metrics.ts";

class FakeClient implements HttpClient {
  readonly sent: { request: HttpRequest; handler: HttpHandler; written: string[] }[] = [];
  aborted = 0;
  ended = 0;
  send(request: HttpRequest, handler: HttpHandler): HttpCall {
    const written: string[] = [];
    this.sent.push({ request, handler, written });
    return {
      write: (chunk) => written.push(Buffer.from(chunk).toString()) > 0,
      endBody: () => void this.ended++,
      resume() {},
      abort: () => void this.aborted++,
    };
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

let client: FakeClient;
let heard: string[];
let head: InvokeHead | undefined;

const handler: InvokeHandler = {
  onHead(received) {
    head = received;
    heard.push(`head ${received.status}`);
  },
  onData: (chunk) => heard.push(Buffer.from(chunk).toString()) > 0,
  onEnd: () => void heard.push("end"),
  onError: (error) => void heard.push(error.message),
  onDrain: () => void heard.push("drain"),
};

const request = (extra: Partial<InvokeRequest> = {}): InvokeRequest => ({
  method: "a/b",
  verb: 3,
  query: "",
  contentType: "",
  typeUrl: "",
  metadata: [],
  body: null,
  contentLength: undefined,
  trace: undefined,
  ...extra,
});

const channel = (extra: Partial<HttpChannelOptions> = {}): HttpChannel =>
  new HttpChannel({
    client,
    base: { origin: "http://127.0.0.1:3000", path: "" },
    names: new HeaderNames(),
    clock: new ManualClock(),
    appToken: "",
    fixedHeaders: [],
    isHealthy: undefined,
    concurrency: undefined,
    metrics: undefined,
    ...extra,
  });

beforeEach(() => {
  client = new FakeClient();
  heard = [];
  head = undefined;
});

describe("the request", () => {
  const sent = (extra: Partial<InvokeRequest>, options: Partial<HttpChannelOptions> = {}) => {
    channel(options).invoke(request(extra), handler);
    return client.sent[0]?.request;
  };

  test("goes to the method with the query", () => {
    expect(sent({ query: "x=1" })).toMatchObject({ method: "POST", path: "/a/b?x=1", body: null });
  });

  test.each([
    [{ contentType: "a/b" }, ["Content-Type", "a/b"]],
    [{ contentType: "a/b", typeUrl: "t" }, ["Content-Type", "application/x-protobuf"]],
    [{ metadata: ["Content-Type", "x/y"] }, []],
  ])("content type of %j", (extra, headers) => {
    expect(sent(extra)?.headers).toEqual(headers);
  });

  test("the app's token takes the place of the caller's", () => {
    const metadata = ["Dapr-Api-Token", "theirs", "X", "1"];
    expect(sent({ metadata }, { appToken: "ours" })?.headers).toEqual([
      "X",
      "1",
      "dapr-api-token",
      "ours",
    ]);
  });
});

test.each([
  [{ verb: undefined }, "rpc error: code = InvalidArgument desc = missing HTTP extension field"],
  [{ verb: 0 }, "rpc error: code = InvalidArgument desc = invalid HTTP verb"],
  [{ verb: 6 }, "rpc error: code = InvalidArgument desc = invalid HTTP verb"],
  [{ verb: 99 }, "rpc error: code = InvalidArgument desc = invalid HTTP verb"],
  [{ verb: -1 }, "rpc error: code = InvalidArgument desc = invalid HTTP verb"],
  [{ method: "x%zz" }, 'parse "http://127.0.0.1:3000/x%zz": invalid URL escape "%zz"'],
])("%j is refused", (extra, error) => {
  channel().invoke(request(extra), handler);
  expect(heard).toEqual([error]);
  expect(client.sent).toHaveLength(0);
});

test("an unhealthy app is not asked", () => {
  channel({ isHealthy: () => false }).invoke(request(), handler);
  expect(heard).toEqual(["rpc error: code = Internal desc = app is not in a healthy state"]);
});

test("the answer passes, without what concerned the connection", () => {
  channel().invoke(request(), handler);
  const { handler: to } = client.sent[0] as { handler: HttpHandler };
  to.onHead(201, ["content-type", "a/b", "x-a", "1", "keep-alive", "timeout=5"]);
  to.onData(Buffer.from("x"));
  to.onEnd(false);
  expect(heard).toEqual(["head 201", "x", "end"]);
  expect(head).toMatchObject({
    status: 201,
    contentType: "a/b",
    headers: ["Content-Type", "a/b", "X-A", "1"],
  });
});

test.each([
  [1, "Get"],
  [5, "Delete"],
])("failures name verb %d and URL", (verb, name) => {
  channel().invoke(request({ verb }), handler);
  client.sent[0]?.handler.onError(new Error("EOF"));
  expect(heard).toEqual([`${name} "http://127.0.0.1:3000/a/b": EOF`]);
});

test("a body that fails before the answer is the call's error", () => {
  const call = channel().invoke(request({ body: "stream" }), handler);
  call.failBody(new Error("stream too large"));
  expect(heard).toEqual(['Post "http://127.0.0.1:3000/a/b": stream too large']);
  expect(client.aborted).toBe(1);
});

test("a body that fails behind the head ends the answer", () => {
  const call = channel().invoke(request({ body: "stream" }), handler);
  client.sent[0]?.handler.onHead(200, []);
  call.failBody(new Error("x"));
  expect(heard).toEqual(["head 200", "end"]);
});

describe("with one slot", () => {
  test("a call holds it until its answer ended", () => {
    const only = channel({ concurrency: new Concurrency(1) });
    only.invoke(request(), handler);
    const second = only.invoke(request({ body: "stream" }), handler);
    expect(client.sent).toHaveLength(1);
    expect(second.write(Buffer.from("a"))).toBe(false);
    second.endBody();
    client.sent[0]?.handler.onHead(200, []);
    expect(client.sent).toHaveLength(1);
    client.sent[0]?.handler.onEnd(true);
    expect(client.sent[1]?.written).toEqual(["a"]);
    expect(client.ended).toBe(1);
  });

  test.each(["error", "abort", "failBody"] as const)("%s gives it back", (how) => {
    const concurrency = new Concurrency(1);
    const call = channel({ concurrency }).invoke(request({ body: "stream" }), handler);
    if (how === "error") client.sent[0]?.handler.onError(new Error("x"));
    else if (how === "abort") call.abort();
    else call.failBody(new Error("x"));
    call.abort();
    expect(concurrency.running).toBe(0);
  });

  test("whoever leaves while waiting is not called", () => {
    const concurrency = new Concurrency(1);
    const only = channel({ concurrency });
    only.invoke(request(), handler);
    only.invoke(request(), handler).abort();
    client.sent[0]?.handler.onError(new Error("x"));
    expect(client.sent).toHaveLength(1);
    expect(concurrency.running).toBe(0);
  });

  test("too many waiting is an error", () => {
    const concurrency = new Concurrency(1, 0);
    const only = channel({ concurrency });
    only.invoke(request(), handler);
    only.invoke(request(), handler);
    expect(heard[0]).toContain("code = ResourceExhausted");
  });
});

test("metrics know method, path and status", () => {
  const metrics = new Metrics();
  const configuration: MetricsConfiguration = {
    isEnabled: true,
    recordsErrorCodes: false,
    increasedCardinality: true,
    pathMatching: [],
    excludesVerbs: false,
    latencyBuckets: undefined,
    rules: [],
  };
  const measured = channel({ metrics: createHttpClientMetrics(metrics, "me", configuration) });
  measured.invoke(request(), handler);
  client.sent[0]?.handler.onHead(404, ["Content-Length", "3"]);
  client.sent[0]?.handler.onEnd(true);
  measured.invoke(request(), handler);
  client.sent[1]?.handler.onError(new Error("EOF"));
  const text = metrics.render();
  for (const status of ["404", "500"]) {
    expect(text).toContain(
      `dapr_http_client_completed_count{app_id="me",method="POST",path="/a/b",status="${status}"} 1`,
    );
  }
  expect(text).toContain(
    'dapr_http_client_sent_bytes_count{app_id="me",method="POST",path="/a/b",status=""} 2',
  );
  expect(text).toContain('dapr_http_client_received_bytes_count{app_id="me"} 1');
});
