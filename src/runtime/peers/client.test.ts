import { beforeEach, describe, expect, test } from "vitest";
import { InternalInvokeRequestStream } from "../../kit/proto/dapr/proto/internals/v1/service_invocation.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { RpcError, type RpcStatus } from "../../kit/rpc/status.ts";
import type {
  CallOptions,
  ClientOptions,
  ClientTransport,
  OutgoingCall,
  Transport,
  UnaryReply,
} from "../../kit/rpc/transport.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { InvokeHandler, InvokeHead, InvokeRequest } from "../app/contract.ts";
import { PeerClients } from "./client.ts";
import { maxPayloadBytes, PeerWriter } from "./protocol.ts";

const writer = new PeerWriter();
const noTrailers = new Metadata();

class FakeCall implements OutgoingCall {
  readonly sent: Buffer[] = [];
  readonly options: CallOptions;
  takes = true;
  isHalfClosed = false;
  isCanceled = false;
  isPaused = false;
  receive: (message: Buffer) => void = () => {};
  #status: (status: RpcStatus) => void = () => {};
  drain: () => void = () => {};
  constructor(options: CallOptions) {
    this.options = options;
  }
  onHeaders(): void {}
  onMessage(callback: (message: Buffer) => void): void {
    this.receive = callback;
  }
  onStatus(callback: (status: RpcStatus) => void): void {
    this.#status = callback;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  send(message: Uint8Array): boolean {
    this.sent.push(Buffer.from(message));
    return this.takes;
  }
  onDrain(callback: () => void): void {
    this.drain = callback;
  }
  halfClose(): void {
    this.isHalfClosed = true;
  }
  cancel(): void {
    this.isCanceled = true;
    this.end(1, "context canceled");
  }
  end(code = 0, message = ""): void {
    this.#status({ code, message, trailers: noTrailers });
  }
}

class FakeClient implements ClientTransport {
  readonly options: ClientOptions;
  readonly calls: FakeCall[] = [];
  readonly unaryCalls: { path: string; message: Uint8Array }[] = [];
  reply: () => Promise<UnaryReply> = () => Promise.reject(new Error("not expected"));
  isClosed = false;
  constructor(options: ClientOptions) {
    this.options = options;
  }
  unary(path: string, message: Uint8Array): Promise<UnaryReply> {
    this.unaryCalls.push({ path, message });
    return this.reply();
  }
  open(_path: string, options: CallOptions = {}): OutgoingCall {
    const call = new FakeCall(options);
    this.calls.push(call);
    return call;
  }
  async connect(): Promise<void> {}
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const clients: FakeClient[] = [];
const transport: Transport = {
  name: "h2",
  createServer() {
    throw new Error("not here");
  },
  createClient(options) {
    const client = new FakeClient(options);
    clients.push(client);
    return client;
  },
};

const warnings: string[] = [];
const ignore = (): void => {};
const logger = {
  isEnabled: () => true,
  debug: ignore,
  info: ignore,
  warn: (text: string) => void warnings.push(text),
  error: ignore,
  fatal: ignore,
};

class Collector implements InvokeHandler {
  head: InvokeHead | undefined;
  readonly data: string[] = [];
  takes = true;
  outcome: string | undefined;
  drains = 0;
  onHead(head: InvokeHead): void {
    this.head = head;
  }
  onData(chunk: Uint8Array): boolean {
    this.data.push(Buffer.from(chunk).toString());
    return this.takes;
  }
  onEnd(): void {
    this.outcome = "end";
  }
  onError(error: Error): void {
    this.outcome = error.message;
  }
  onDrain(): void {
    this.drains++;
  }
}

const target = { address: "10.0.0.2:50002", appId: "b", namespace: "default" };
const answer: InvokeHead = {
  status: 200,
  message: "",
  details: [],
  headers: [],
  trailers: [],
  contentType: "text/plain",
  typeUrl: "",
};

let clock: ManualClock;
let peers: PeerClients;
let handler: Collector;

const request = (body: InvokeRequest["body"]): InvokeRequest => ({
  method: "m",
  verb: 3,
  query: "",
  contentType: "",
  typeUrl: "",
  metadata: [],
  body,
  contentLength: undefined,
  trace: undefined,
});
const invoke = (body: InvokeRequest["body"] = null) =>
  peers.invoke(target, request(body), ["A", "1"], handler);
const lastClient = (): FakeClient => clients.at(-1) as FakeClient;
const lastCall = (): FakeCall => lastClient().calls.at(-1) as FakeCall;

beforeEach(() => {
  clients.length = 0;
  warnings.length = 0;
  clock = new ManualClock();
  handler = new Collector();
  peers = new PeerClients({
    transport,
    tls: () => undefined,
    maxMessageBytes: 4096,
    clock,
    logger,
    metrics: undefined,
  });
});

const received = (bytes: Buffer): string =>
  InternalInvokeRequestStream.decode(bytes).payload?.data.toString() ?? "";

describe("the request", () => {
  test("without a body is one message", () => {
    invoke();
    expect(lastCall().sent).toHaveLength(1);
    expect(lastCall().isHalfClosed).toBe(true);
  });

  test("with a body is cut, as fast as the peer takes it", () => {
    const [x, y] = ["x".repeat(maxPayloadBytes), "y".repeat(maxPayloadBytes)];
    invoke(Buffer.from(`${x}${y}z`));
    const call = lastCall();
    expect(call.sent.map((bytes) => received(bytes)[0])).toEqual(["x", "y", "z"]);
    expect(call.isHalfClosed).toBe(true);
  });

  test("with a long body waits for a slow peer", () => {
    const slow = new FakeCall({});
    slow.takes = false;
    const opened = transport.createClient({ target: { host: "", port: 0 }, maxMessageBytes: 1 });
    opened.open = () => slow;
    const all = new PeerClients({
      transport: { ...transport, createClient: () => opened },
      tls: () => undefined,
      maxMessageBytes: 1,
      clock,
      logger,
      metrics: undefined,
    });
    all.invoke(target, request(Buffer.alloc(5 * maxPayloadBytes)), ["A", "1"], handler);
    expect(slow.sent).toHaveLength(1);
    slow.drain();
    expect(slow.sent).toHaveLength(2);
    slow.takes = true;
    slow.drain();
    expect(slow.sent).toHaveLength(5);
    expect(slow.isHalfClosed).toBe(true);
  });

  test("streams what is written", () => {
    const call = invoke("stream");
    call.write(Buffer.from("a"));
    call.write(Buffer.from("b"));
    expect(lastCall().isHalfClosed).toBe(false);
    call.endBody();
    expect(lastCall().sent.map(received)).toEqual(["", "a", "b"]);
    const sequence = lastCall()
      .sent.slice(1)
      .map((bytes) => InternalInvokeRequestStream.decode(bytes).payload?.seq);
    expect(sequence).toEqual([0n, 1n]);
    expect(lastCall().isHalfClosed).toBe(true);
  });

  test("a body that fails ends the call with its error", () => {
    const call = invoke("stream");
    call.failBody(new Error("stream too large"));
    expect(handler.outcome).toBe("stream too large");
    expect(lastCall().isCanceled).toBe(true);
  });
});

describe("the answer", () => {
  test("comes in order", () => {
    invoke();
    lastCall().receive(writer.responseFrame(answer, Buffer.from("a")));
    lastCall().receive(writer.payloadFrame(Buffer.from("b"), 1));
    lastCall().end();
    expect(handler).toMatchObject({ head: answer, data: ["a", "b"], outcome: "end" });
  });

  test("an empty response with a later payload is allowed", () => {
    invoke();
    lastCall().receive(writer.responseFrame(answer, Buffer.from("a")));
    // field 1 empty, field 2 with seq 1 and data b
    lastCall().receive(Buffer.from([0x0a, 0, 0x12, 5, 0x0a, 1, 0x62, 0x10, 1]));
    lastCall().end();
    expect(handler.data).toEqual(["a", "b"]);
    expect(handler.outcome).toBe("end");
  });

  test.each([
    ["a wrong number", () => writer.payloadFrame(Buffer.from("b"), 2), ["a", "b"]],
    ["a second head", () => writer.responseFrame(answer, Buffer.from("b")), ["a"]],
    ["bytes that are no message", () => Buffer.from([0xff]), ["a"]],
  ])("%s ends the body early", (_name, bytes, data) => {
    invoke();
    lastCall().receive(writer.responseFrame(answer, Buffer.from("a")));
    lastCall().receive(bytes());
    expect(handler).toMatchObject({ data, outcome: "end" });
    expect(lastCall().isCanceled).toBe(true);
  });

  test("a first message without status is an error", () => {
    invoke();
    lastCall().receive(writer.payloadFrame(Buffer.from("b"), 0));
    expect(handler.outcome).toBe(
      "response does not contain the required fields in the leading chunk",
    );
  });

  test.each([
    [0, "", "EOF"],
    [13, "x", "rpc error: code = Internal desc = x"],
    [14, "gone", "rpc error: code = Unavailable desc = gone"],
  ])("status %d without a message", (code, message, outcome) => {
    invoke();
    lastCall().end(code, message);
    expect(handler.outcome).toBe(outcome);
  });

  test("a broken stream ends the body", () => {
    invoke();
    lastCall().receive(writer.responseFrame(answer, Buffer.from("a")));
    lastCall().end(14, "gone");
    expect(handler.outcome).toBe("end");
  });

  test("a slow caller stops the peer", () => {
    handler.takes = false;
    const call = invoke();
    lastCall().receive(writer.responseFrame(answer, Buffer.from("a")));
    expect(lastCall().isPaused).toBe(true);
    call.resume();
    expect(lastCall().isPaused).toBe(false);
  });

  test("nothing follows an abort", () => {
    const call = invoke();
    call.abort();
    expect(lastCall().isCanceled).toBe(true);
    expect(handler.outcome).toBeUndefined();
  });
});

describe("old peers", () => {
  const unimplemented = 12;

  test("get the request in one message", async () => {
    invoke(Buffer.from("body"));
    lastClient().reply = async () => ({
      message: writer.response(answer, Buffer.from("all")),
      headers: noTrailers,
      trailers: noTrailers,
    });
    lastCall().end(unimplemented, "unknown method");
    await clock.advance(0);
    expect(lastClient().unaryCalls[0]?.path).toBe(
      "/dapr.proto.internals.v1.ServiceInvocation/CallLocal",
    );
    expect(handler).toMatchObject({ head: answer, data: ["all"], outcome: "end" });
    expect(warnings[0]).toContain("App b does not support streaming-based service invocation");
  });

  test("their errors pass", async () => {
    invoke();
    lastClient().reply = () => Promise.reject(new RpcError(7, "no"));
    lastCall().end(unimplemented);
    await clock.advance(0);
    expect(handler.outcome).toBe("rpc error: code = PermissionDenied desc = no");
  });

  test("cannot take a stream", () => {
    invoke("stream");
    lastCall().end(unimplemented);
    expect(handler.outcome).toBe(
      "target app 'b' is running a version of Dapr that does not support streaming-based service invocation",
    );
  });
});

describe("the pool", () => {
  test("one client per address and identity", () => {
    invoke();
    invoke();
    peers.invoke({ ...target, appId: "c" }, request(null), ["A", "1"], handler);
    expect(clients).toHaveLength(2);
    expect(clients[0]?.options.target).toEqual({ host: "10.0.0.2", port: 50002 });
  });

  test("IPv6 addresses lose their brackets", () => {
    peers.invoke({ ...target, address: "[::1]:7" }, request(null), ["A", "1"], handler);
    expect(lastClient().options.target).toEqual({ host: "::1", port: 7 });
  });

  test("a discarded client ends with its last call", () => {
    invoke();
    const first = lastClient();
    peers.discard(target);
    expect(first.isClosed).toBe(false);
    invoke();
    expect(clients).toHaveLength(2);
    first.calls[0]?.end();
    expect(first.isClosed).toBe(true);
  });

  test("a renewed certificate means new clients for new calls, while those that run go on", () => {
    invoke();
    peers.invoke({ ...target, appId: "c" }, request(null), ["A", "1"], handler);
    const [first, second] = clients;
    second?.calls[0]?.end();
    peers.renew();
    expect([first?.isClosed, second?.isClosed]).toEqual([false, true]);
    invoke();
    expect(clients).toHaveLength(3);
    first?.calls[0]?.end();
    expect(first?.isClosed).toBe(true);
    expect(lastClient().isClosed).toBe(false);
  });

  test("unused clients are forgotten after three minutes", async () => {
    invoke();
    const first = lastClient();
    await clock.advance(200_000);
    expect(first.isClosed).toBe(false);
    first.calls[0]?.end();
    await clock.advance(200_000);
    expect(first.isClosed).toBe(true);
    invoke();
    expect(clients).toHaveLength(2);
  });

  test("trace headers travel beside the message", () => {
    const trace = { traceId: "1".repeat(32), spanId: "2".repeat(16), flags: 1, state: "" };
    peers.invoke(target, { ...request(null), trace }, ["A", "1"], handler);
    expect(lastCall().options.metadata?.get("traceparent")).toBe(
      `00-${"1".repeat(32)}-${"2".repeat(16)}-01`,
    );
  });

  test("disposing closes everything", async () => {
    invoke();
    await peers[Symbol.asyncDispose]();
    await peers[Symbol.asyncDispose]();
    expect(lastClient().isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
