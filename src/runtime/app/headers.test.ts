import { describe, expect, test } from "vitest";
import type { SpanContext } from "../../kit/tracing/trace.ts";
import { noTrace } from "../../kit/tracing/trace.ts";
import {
  grpcMetadata,
  grpcTrailers,
  HeaderNames,
  headersForApp,
  headersForCaller,
  metadataOfHttp,
  readAnswerHeaders,
} from "./headers.ts";

const names = new HeaderNames();
const trace: SpanContext = {
  traceId: "0123456789abcdef0123456789abcdef",
  spanId: "0123456789abcdef",
  flags: 1,
  state: "",
};
const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
const zeroTraceparent = "00-00000000000000000000000000000000-0000000000000000-00";
const zeroBin = Buffer.from(`${"0".repeat(36)}01${"0".repeat(16)}0200`, "hex");

describe("metadata of an HTTP request", () => {
  test("keeps lists, spells canonically, leaves out host and framing", () => {
    const raw = [
      ":method",
      "GET",
      ":authority",
      "a:1",
      "host",
      "a:1",
      "x-m",
      "1",
      "X-M",
      "2",
      "transfer-encoding",
      "chunked",
    ];
    raw.push("dapr-app-id", "b", "connection", "close", "content-length", "3");
    expect(metadataOfHttp(names, raw, "dapr-app-id")).toEqual([
      "X-M",
      "1",
      "X-M",
      "2",
      "Connection",
      "close",
      "Content-Length",
      "3",
    ]);
  });
});

describe("headers for an HTTP app", () => {
  const rows: [name: string, metadata: string[], headers: string[]][] = [
    ["plain", ["X-One", "1", "x-two", "2"], ["X-One", "1", "X-Two", "2"]],
    ["lists stay lists", ["Cookie", "a", "Cookie", "b"], ["Cookie", "a", "Cookie", "b"]],
    ["hop-by-hop", ["Te", "x", "Keep-Alive", "x", "Upgrade", "h2c", "Proxy-Connection", "x"], []],
    ["hop-by-hop, again", ["http2-settings", "x", "trailer", "x", "transfer-encoding", "x"], []],
    ["proxy credentials", ["Proxy-Authorization", "x", "Proxy-Authenticate", "x"], []],
    ["nominated", ["Connection", "keep-alive, X-Gone", "x-gone", "1", "X-B", "2"], ["X-B", "2"]],
    ["nominated twice", ["Connection", "a", "Connection", "b", "A", "1", "B", "2"], []],
    ["binary", ["My-Key-Bin", "AAEC", "k-bin", "AAEC"], []],
    ["entity", ["Content-Type", "a/b", "content-length", "3"], []],
    ["placed by the sidecar", ["destination-app-id", "b", "Grpc-Trace-Bin", "x"], []],
    [
      "grpc names",
      ["Grpc-Thing", "x", "grpc-note", "y"],
      ["Dapr-Grpc-Thing", "x", "Dapr-Grpc-Note", "y"],
    ],
    [
      "pseudo headers",
      [":authority", "h:1", ":method", "POST"],
      ["Dapr-Authority", "h:1", "Dapr-Method", "POST"],
    ],
    ["names that are no tokens", ["x y", "1", "a\r\nb: c", "2", "", "3", "n:", "4"], []],
    ["first baggage", ["Baggage", "k=v", "Baggage", "l=w"], ["Baggage", "k=v"]],
  ];
  test.each(rows)("%s", (_name, metadata, headers) => {
    expect(headersForApp(names, metadata, undefined)).toEqual(headers);
    expect(headersForCaller(names, metadata)).toEqual(headers);
  });

  test("the span replaces the caller's trace", () => {
    const metadata = ["Traceparent", "00-x", "Tracestate", "a=b"];
    expect(headersForApp(names, metadata, trace)).toEqual(["traceparent", traceparent]);
    expect(headersForApp(names, metadata, { ...trace, state: "c=d" })).toEqual([
      "traceparent",
      traceparent,
      "tracestate",
      "c=d",
    ]);
  });

  test("without a valid span the caller's trace passes", () => {
    const metadata = ["Traceparent", "bad", "Tracestate", "a=b"];
    expect(headersForApp(names, metadata, undefined)).toEqual([
      "traceparent",
      "bad",
      "tracestate",
      "a=b",
    ]);
    expect(headersForApp(names, metadata, noTrace)).toEqual([
      "traceparent",
      "bad",
      "tracestate",
      "a=b",
    ]);
  });

  test("with tracing there always is a traceparent", () => {
    expect(headersForApp(names, [], noTrace)).toEqual(["traceparent", zeroTraceparent]);
    expect(headersForApp(names, [], undefined)).toEqual([]);
  });
});

test("an HTTP app's answer loses what concerned its connection", () => {
  const raw = ["content-type", "text/csv", "set-cookie", "a=1", "set-cookie", "b=2"];
  raw.push("connection", "close, x-gone", "x-gone", "yes", "keep-alive", "timeout=1");
  raw.push("date", "d", "content-length", "3", "traceparent", "t");
  const { metadata, contentType, contentLength } = readAnswerHeaders(names, raw);
  expect(contentType).toBe("text/csv");
  expect(contentLength).toBe(3);
  expect(metadata).toEqual([
    "Content-Type",
    "text/csv",
    "Set-Cookie",
    "a=1",
    "Set-Cookie",
    "b=2",
    "Date",
    "d",
    "Content-Length",
    "3",
    "Traceparent",
    "t",
  ]);
});

describe("gRPC metadata", () => {
  const zeroTrace = ["traceparent", zeroTraceparent, "grpc-trace-bin"];
  const rows: [name: string, metadata: string[], entries: string[]][] = [
    [
      "canonical names of HTTP get a prefix",
      ["Accept", "x/y", "Date", "d"],
      ["dapr-accept", "x/y", "dapr-date", "d"],
    ],
    ["lower-case ones do not", ["accept", "q", "date", "then"], ["accept", "q", "date", "then"]],
    ["connection", ["Connection", "close"], ["dapr-connection", "close"]],
    ["content type of HTTP", ["Content-Type", "a/b"], ["dapr-content-type", "a/b"]],
    ["content type of gRPC", ["content-type", "application/grpc"], []],
    ["others are lower case", ["X-M", "1", "X-M", "2"], ["x-m", "1", "x-m", "2"]],
    ["the transport's own", ["User-Agent", "x", "Te", "x", "grpc-timeout", "1S", ":path", "/"], []],
    ["binary", ["k-bin", "AAEC", "Z-Bin", "AAE="], ["k-bin", "AAEC", "z-bin", "AAE="]],
    ["not base64", ["X-Bin", "??"], []],
    ["not ASCII", ["X-A", "\u00e9"], []],
    ["not a key", ["x y", "1"], []],
    ["target", ["destination-app-id", "b"], []],
  ];
  test.each(rows)("%s", (_name, metadata, entries) => {
    const { entries: got } = grpcMetadata(names, metadata, undefined);
    expect(got.slice(0, -1)).toEqual([...entries, ...zeroTrace]);
    expect(Buffer.from(got.at(-1) as string, "base64")).toEqual(zeroBin);
  });

  test("the span wins over the caller's trace, which wins over none", () => {
    const incoming = ["Traceparent", "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00"];
    expect(grpcMetadata(names, incoming, trace).getAll("traceparent")).toEqual([traceparent]);
    expect(grpcMetadata(names, incoming, noTrace).getAll("traceparent")).toEqual([incoming[1]]);
    expect(grpcMetadata(names, incoming, trace).getBinary("grpc-trace-bin")?.toString("hex")).toBe(
      `0000${trace.traceId}01${trace.spanId}0201`,
    );
  });

  test("trailers get no prefix", () => {
    expect(grpcTrailers(["Date", "d", "x-t", "t"], trace).entries.slice(0, 6)).toEqual([
      "date",
      "d",
      "x-t",
      "t",
      "traceparent",
      traceparent,
    ]);
  });
});

test("foreign names do not fill the memory", () => {
  const table = new HeaderNames();
  for (let i = 0; i < 5000; i++) table.get(`x-${i}`);
  expect(table.get("x-4999").canonical).toBe("X-4999");
  expect(table.size).toBeLessThanOrEqual(2000);
});
