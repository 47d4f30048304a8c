/** What the app's answer to one event means. */
import { describe, expect, it } from "vitest";
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { TopicEventResponse } from "../../kit/proto/dapr/proto/runtime/v1/appcallback.ts";
import { code, RpcError } from "../../kit/rpc/status.ts";
import { noTrace, type Span, type SpanContext, type Tracer } from "../../kit/tracing/trace.ts";
import { type AppChannel, endedCall, type InvokeRequest } from "../app/contract.ts";
import { deliver } from "./delivery.ts";
import { readEvent } from "./receive.ts";

const random = { number: () => 0, bytes: (n: number) => Buffer.alloc(n), uuid: () => "uuid" };

interface Answer {
  readonly status?: number;
  readonly body?: string;
  /** Of gRPC apps: the status of the response. */
  readonly grpc?: number | Error;
}

async function run(
  answer: Answer,
  fields: Readonly<Record<string, JsonValue>> = {},
  metadata: Readonly<Record<string, string>> = {},
) {
  const requests: InvokeRequest[] = [];
  const parents: (SpanContext | null)[] = [];
  const counted: string[] = [];
  const logs: string[] = [];
  const log = (text: string): void => void logs.push(text);
  const app = {
    isHttp: answer.grpc === undefined,
    invoke(request, events) {
      requests.push(request);
      const { status = 200, body = "" } = answer;
      const head = { message: "", details: [], trailers: [], typeUrl: "", headers: [] };
      events.onHead({ ...head, status, contentType: "application/json" });
      events.onData(Buffer.from(body));
      events.onEnd();
      return endedCall;
    },
    async callback() {
      const { grpc } = answer;
      if (grpc instanceof Error) throw grpc;
      return Buffer.from(TopicEventResponse.encode({ status: grpc as 0 }));
    },
  } as Partial<AppChannel> as AppChannel;
  const tracer: Tracer = {
    enabled: true,
    start(_name, _kind, parent) {
      parents.push(parent);
      const span = { context: parent ?? noTrace, recording: false, setError() {}, end() {} };
      return span as Partial<Span> as Span;
    },
  };
  const event = new Map<string, JsonValue>([
    ["id", "e1"],
    ["topic", "t"],
    ...Object.entries(fields),
  ]);
  const message = {
    topic: "t",
    data: Buffer.from(encodeJson(event)),
    contentType: undefined,
    metadata: undefined,
  };
  const incoming = readEvent(
    message,
    new Map(Object.entries({ ...metadata, pubsubName: "bus" })),
    "bus",
    false,
    random,
  );
  const outcome = await deliver(
    { incoming, pubsub: "bus", topic: "t", path: "/a" },
    {
      app,
      tracer,
      logger: { warn: log, error: log, debug() {}, info() {} } as unknown as Logger,
      count: (processed, status = processed) => void counted.push(`${processed}/${status}`),
    },
    new AbortController().signal,
  ).catch((error: Error) => error);
  return { outcome, counted, logs, requests, parents };
}

const success = ["success", "success/success", undefined] as const;
const dropped = [
  "drop",
  "drop/success",
  "DROP status returned from app while processing pub/sub event e1",
] as const;
const retry =
  "RETRY status returned from app while processing pub/sub event e1: retriable error occurred";
const unknown = (status: string): string =>
  `unknown status returned from app while processing pub/sub event e1, status: ${status}, err: retriable error occurred`;
const notFound =
  "non-retriable error returned from app while processing pub/sub event e1: gone. status code returned: 404";
const refused = (status: number): string =>
  `retriable error returned from app while processing pub/sub event e1, topic: t, body: no. status code returned: ${status}`;

describe("deliver", () => {
  it.each<[number, string, string, string, string | undefined]>([
    [200, "", ...success],
    [299, "", ...success],
    [204, "", ...success],
    [200, "no json", ...success],
    [200, "[]", ...success],
    [200, "{}", ...success],
    [200, '{"status":""}', ...success],
    [200, '{"status":null}', ...success],
    [200, '{"status":5}', ...success],
    [200, '{"STATUS":"SUCCESS","more":1} and more', ...success],
    [201, '{"Status":"DROP"}', ...dropped],
    [200, '{"status":"RETRY"}', retry, "retry/retry", undefined],
    [200, '{"status":"retry"}', unknown("retry"), "retry/retry", undefined],
    [200, '{"status":" DROP"}', unknown(" DROP"), "retry/retry", undefined],
    [404, "gone", "drop", "drop/drop", notFound],
    [302, "no", refused(302), "retry/retry", refused(302)],
    [400, "no", refused(400), "retry/retry", refused(400)],
    [500, "no", refused(500), "retry/retry", refused(500)],
  ])(
    "means what the answer of an HTTP app says: %s %s",
    async (status, body, meaning, count, log) => {
      const { outcome, counted, logs } = await run({ status, body });
      expect(outcome instanceof Error ? outcome.message : outcome).toBe(meaning);
      expect(counted).toEqual([count]);
      expect(logs).toEqual(log === undefined ? [] : [log]);
      const carried = status >= 300 && status !== 404 ? status : undefined;
      expect((outcome as { httpStatus?: number }).httpStatus).toBe(carried);
    },
  );

  const unimplemented = new RpcError(code.unimplemented, "nothing here");
  const skipped = `non-retriable error returned from app while processing pub/sub event e1: ${unimplemented.message}`;

  it.each<[number | RpcError, string, string, string | undefined]>([
    [0, ...success],
    [1, retry, "retry/retry", undefined],
    [2, ...dropped],
    [7, unknown("7"), "retry/retry", undefined],
    // Done with, and not put aside.
    [unimplemented, "success", "drop/drop", skipped],
  ])("means what the status of a gRPC app says: %s", async (grpc, meaning, count, log) => {
    const { outcome, counted, logs } = await run({ grpc });
    expect(outcome instanceof Error ? outcome.message : outcome).toBe(meaning);
    expect(counted).toEqual([count]);
    expect(logs).toEqual(log === undefined ? [] : [log]);
  });

  it("sends metadata in lower case, without what belongs to the body and what no header can hold", async () => {
    const metadata = {
      Key: "v",
      "Content-Type": "x",
      "content-length": "7",
      bad: "a\r\nb",
      nul: "\0",
    };
    const { requests } = await run({}, {}, metadata);
    expect(requests[0]?.metadata).toEqual(["key", "v", "pubsubname", "bus"]);
    expect(requests[0]).toMatchObject({ contentType: "application/cloudevents+json", method: "a" });
  });

  it("carries the code of a gRPC app for the matching of retries", async () => {
    const { outcome, counted } = await run({ grpc: new RpcError(code.unavailable, "down") });
    expect(outcome).toMatchObject({ name: "RetriableError", grpcCode: code.unavailable });
    expect(counted).toEqual(["retry/retry"]);
  });

  const parent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

  it.each<[Record<string, JsonValue>, SpanContext | undefined]>([
    [{}, undefined],
    [{ traceid: 5 }, undefined],
    [{ traceparent: new Map([["a", 1]]), traceid: parent }, undefined],
    [{ traceparent: [], tracestate: 7 }, undefined],
    [{ traceparent: "" }, noTrace],
    [{ traceparent: "nonsense" }, noTrace],
    [{ traceparent: null, traceid: parent }, expect.objectContaining({ traceId: "a".repeat(32) })],
    [{ traceparent: parent, tracestate: 7 }, expect.objectContaining({ state: "" })],
  ])("delivers events whose trace fields are no text", async (fields, context) => {
    const { outcome, parents, requests } = await run({}, fields);
    expect(outcome).toBe("success");
    expect(parents).toEqual(context === undefined ? [] : [context]);
    expect(requests[0]?.trace).toEqual(context);
    expect((await run({ grpc: 0 }, fields)).outcome).toBe("success");
  });
});
