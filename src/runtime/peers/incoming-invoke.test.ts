import { beforeEach, describe, expect, test } from "vitest";
import { Metadata } from "../../kit/rpc/metadata.ts";
import type { Finish, StreamCall } from "../../kit/rpc/transport.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { Tracer } from "../../kit/tracing/trace.ts";
import type {
  AppChannel,
  InvokeCall,
  InvokeHandler,
  InvokeHead,
  InvokeRequest,
} from "../app/contract.ts";
import type { AccessRequest } from "./access-control.ts";
import type { PeerServerOptions } from "./admission.ts";
import { IncomingInvoke } from "./incoming-invoke.ts";
import { maxPayloadBytes, type Payload, PeerWriter, readResponseFrame } from "./protocol.ts";

const writer = new PeerWriter();
const message = { method: "m", contentType: "a/b", typeUrl: "", verb: 3, query: "" };

/** What the sidecar does with a stream, and what the peer does with it. */
class FakeStream implements StreamCall {
  readonly path = "/x";
  readonly authority = "";
  readonly metadata = new Metadata();
  readonly peer = { address: "10.0.0.1", port: 1, identity: "spiffe://public/ns/default/caller" };
  readonly timeoutMs = Number.POSITIVE_INFINITY;
  readonly signal = new AbortController().signal;
  cancelled = false;
  sent: Buffer[] = [];
  finished: Finish | undefined;
  isPaused = false;
  takes = true;
  receive: (message: Buffer) => void = () => {};
  halfClose: () => void = () => {};
  cancel: () => void = () => {};
  drain: () => void = () => {};
  onCancel(callback: () => void): void {
    this.cancel = callback;
  }
  sendHeaders(): void {}
  onMessage(callback: (message: Buffer) => void): void {
    this.receive = callback;
  }
  onHalfClose(callback: () => void): void {
    this.halfClose = callback;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  send(bytes: Uint8Array): boolean {
    this.sent.push(Buffer.from(bytes));
    return this.takes;
  }
  onDrain(callback: () => void): void {
    this.drain = callback;
  }
  finish(status: Finish = {}): void {
    this.finished ??= status;
  }
}

/** An app that does what the test says. */
class FakeApp implements AppChannel, InvokeCall {
  readonly isHttp = true;
  request: InvokeRequest | undefined;
  handler: InvokeHandler | undefined;
  body: string[] = [];
  takes = true;
  isEnded = false;
  failure: Error | undefined;
  isAborted = false;
  isResumed = false;
  invoke(request: InvokeRequest, handler: InvokeHandler): InvokeCall {
    this.request = request;
    this.handler = handler;
    return this;
  }
  write(chunk: Uint8Array): boolean {
    this.body.push(Buffer.from(chunk).toString());
    return this.takes;
  }
  endBody(): void {
    this.isEnded = true;
  }
  failBody(error: Error): void {
    this.failure = error;
    this.handler?.onError(error);
  }
  resume(): void {
    this.isResumed = true;
  }
  abort(): void {
    this.isAborted = true;
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

const untraced: Tracer = {
  enabled: false,
  start() {
    throw new Error("tracing is off");
  },
};

let stream: FakeStream;
let app: FakeApp;

function start(extra: Partial<PeerServerOptions> = {}): void {
  const options: PeerServerOptions = {
    appId: "callee",
    app: () => app,
    accessControl: undefined,
    tracer: untraced,
    clock: new ManualClock(),
    metrics: undefined,
    grpcMetrics: undefined,
    ...extra,
  };
  new IncomingInvoke(options, writer, stream).start();
}

const answer: InvokeHead = {
  status: 200,
  message: "",
  details: [],
  headers: ["X-A", "1"],
  trailers: [],
  contentType: "text/plain",
  typeUrl: "",
};

const payloads = (): Payload[] =>
  stream.sent.flatMap((bytes) => readResponseFrame(bytes).payload ?? []);
const leading = (metadata = ["A", "1"], payload?: string): Buffer =>
  writer.requestFrame(message, metadata, payload === undefined ? undefined : Buffer.from(payload));
const following = (text: string, seq: number): Buffer =>
  writer.payloadFrame(Buffer.from(text), seq);

beforeEach(() => {
  stream = new FakeStream();
  app = new FakeApp();
});

describe("the request", () => {
  test("a body of the declared length goes to the app in one piece", () => {
    start();
    stream.receive(leading(["Content-Length", "4"], "body"));
    expect(app.request).toMatchObject({
      method: "m",
      verb: 3,
      contentType: "a/b",
      contentLength: 4,
      body: Buffer.from("body"),
    });
    stream.halfClose();
    expect(app.isEnded).toBe(false);
  });

  test("other bodies stream", () => {
    start();
    stream.receive(leading());
    expect(app.request).toBeUndefined();
    stream.receive(following("a", 0));
    expect(app.request?.body).toBe("stream");
    expect(app.request?.contentLength).toBeUndefined();
    stream.receive(following("b", 1));
    stream.halfClose();
    expect(app.body).toEqual(["ab"]);
    expect(app.isEnded).toBe(true);
  });

  test("a declared length streams with its length", async () => {
    start();
    stream.receive(leading(["Content-Length", "6"], "abc"));
    await Promise.resolve();
    stream.receive(following("def", 1));
    await Promise.resolve();
    expect(app.request?.contentLength).toBe(6);
    expect(app.body).toEqual(["abc", "def"]);
  });

  test("no body is none", () => {
    start();
    stream.receive(leading(["Content-Length", "0"]));
    stream.halfClose();
    expect(app.request).toMatchObject({ body: null, contentLength: undefined });
  });

  test("empty payloads are no body, but count", async () => {
    start();
    stream.receive(leading(["A", "1"], ""));
    stream.receive(following("", 1));
    stream.receive(following("x", 2));
    await Promise.resolve();
    expect(app.body).toEqual(["x"]);
    expect(app.failure).toBeUndefined();
  });

  test("an app that does not read stops the peer", async () => {
    app.takes = false;
    start();
    stream.receive(leading());
    stream.receive(following("a", 0));
    await Promise.resolve();
    expect(stream.isPaused).toBe(true);
    app.handler?.onDrain();
    expect(stream.isPaused).toBe(false);
  });

  test("a peer that leaves takes the call with it", () => {
    start();
    stream.receive(leading(["A", "1"], "x"));
    stream.cancel();
    expect(app.isAborted).toBe(true);
  });
});

describe("violations", () => {
  const text = (): string | undefined => stream.finished?.message;

  test.each([
    ["skipped", [0, 2], "invalid sequence number received: 2 (expected: 1)"],
    ["repeated", [0, 0], "invalid sequence number received: 0 (expected: 1)"],
    ["late start", [1], "invalid sequence number received: 1 (expected: 0)"],
  ])("%s number: its data still arrives, then the body breaks", (_name, numbers, error) => {
    start();
    stream.receive(leading());
    for (const seq of numbers) stream.receive(following(`s${seq}`, seq));
    expect(app.body.join("")).toBe(numbers.map((seq) => `s${seq}`).join(""));
    expect(app.failure?.message).toBe(error);
    expect(text()).toBe(`error invoking app channel: ${error}`);
  });

  test("a wrong number before there is a body", () => {
    start();
    stream.receive(leading());
    stream.receive(following("", 5));
    expect(text()).toBe(
      "error invoking app channel: invalid sequence number received: 5 (expected: 0)",
    );
    expect(app.request).toBeUndefined();
  });

  test("metadata after the first message", () => {
    start();
    stream.receive(leading(["A", "1"], "x"));
    stream.receive(leading(["A", "1"], "y"));
    expect(app.failure?.message).toBe("request metadata found in non-leading chunk");
  });

  test.each([
    ["no metadata", () => writer.requestFrame(message, [], undefined)],
    ["no request", () => following("x", 0)],
    ["nothing", () => Buffer.alloc(0)],
  ])("%s in the first message", (_name, bytes) => {
    start();
    stream.receive(bytes());
    expect(stream.finished).toMatchObject({
      code: 3,
      message:
        "parsing InternalInvokeRequest error: request does not contain the required fields in the leading chunk",
    });
  });

  test("no message at all", () => {
    start();
    stream.halfClose();
    expect(stream.finished).toMatchObject({ code: 2, message: "EOF" });
  });

  test("bytes that are no message", () => {
    start();
    stream.receive(Buffer.from([0xff]));
    expect(stream.finished?.code).toBe(13);
  });

  test("another version", () => {
    start();
    const bytes = leading();
    // Field 1 of the request comes first: its value is the byte behind two tags and a length.
    bytes[3] = 7;
    stream.receive(bytes);
    expect(stream.finished).toMatchObject({
      code: 13,
      message:
        "error invoking app channel: rpc error: code = Unimplemented desc = Unsupported spec version: 7",
    });
  });

  test("an impossible method", () => {
    start();
    stream.receive(writer.requestFrame({ ...message, method: "a#b" }, ["A", "1"], undefined));
    expect(stream.finished).toMatchObject({
      code: 3,
      message: 'invalid method: method contains forbidden character: "a#b"',
    });
  });
});

describe("before the app is asked", () => {
  test("there must be one", () => {
    start({ app: () => undefined });
    expect(stream.finished).toMatchObject({ code: 13, message: "app channel is not initialized" });
  });

  test("the access list sees identity, method and verb", () => {
    const asked: AccessRequest[] = [];
    start({
      accessControl: {
        check(request) {
          asked.push(request);
          return "no";
        },
      },
    });
    const long = { ...message, method: "/a/../b//c/" };
    stream.receive(writer.requestFrame(long, ["A", "1"], undefined));
    expect(asked).toEqual([
      {
        identity: "spiffe://public/ns/default/caller",
        operation: "/b/c",
        verb: "POST",
        isHttp: true,
      },
    ]);
    expect(stream.finished).toMatchObject({ code: 7, message: "no" });
    expect(app.request).toBeUndefined();
  });
});

describe("the answer", () => {
  const accept = (metadata = ["A", "1"]): InvokeHandler => {
    start();
    stream.receive(leading(metadata));
    stream.halfClose();
    return app.handler as InvokeHandler;
  };

  test("head and first data travel together", () => {
    const handler = accept();
    handler.onHead(answer);
    handler.onData(Buffer.from("x"));
    handler.onEnd();
    expect(stream.sent).toEqual([writer.responseFrame(answer, Buffer.from("x"))]);
    expect(stream.finished).toEqual({});
  });

  test("a head without data travels at the end of the turn", async () => {
    const handler = accept();
    handler.onHead(answer);
    expect(stream.sent).toHaveLength(0);
    await Promise.resolve();
    expect(stream.sent).toEqual([writer.responseFrame(answer, undefined)]);
    handler.onData(Buffer.from("late"));
    expect(payloads()).toEqual([{ data: Buffer.from("late"), seq: 0 }]);
  });

  test("long data is cut", () => {
    const handler = accept();
    handler.onHead(answer);
    handler.onData(Buffer.alloc(2 * maxPayloadBytes + 1, "x"));
    expect(payloads().map(({ data, seq }) => [data.length, seq])).toEqual([
      [maxPayloadBytes, 0],
      [maxPayloadBytes, 1],
      [1, 2],
    ]);
  });

  test("a peer that does not read stops the app", () => {
    stream.takes = false;
    const handler = accept();
    handler.onHead(answer);
    expect(handler.onData(Buffer.from("x"))).toBe(false);
    stream.drain();
    expect(app.isResumed).toBe(true);
  });

  test("an app that fails ends the stream", () => {
    accept().onError(new Error("dial tcp"));
    expect(stream.finished).toMatchObject({
      code: 13,
      message: "error invoking app channel: dial tcp",
    });
  });

  describe("with events", () => {
    const events = ["Accept", " Text/Event-Stream "];

    test("has status 0 in the first message and nothing before an event", async () => {
      const handler = accept(events);
      handler.onHead({ ...answer, contentType: "text/event-stream" });
      await Promise.resolve();
      expect(stream.sent).toHaveLength(0);
      handler.onData(Buffer.from("data: 1\n\n"));
      const [first] = stream.sent;
      expect(readResponseFrame(first as Buffer).head?.head).toMatchObject({
        status: 0,
        headers: ["X-A", "1"],
        contentType: "",
      });
      handler.onEnd();
      expect(stream.finished).toEqual({});
    });

    test("without an event is empty", () => {
      const handler = accept(events);
      handler.onHead({ ...answer, status: 204 });
      handler.onEnd();
      expect(stream.sent).toHaveLength(0);
      expect(stream.finished).toEqual({});
    });

    test("loses another status", () => {
      accept(events).onHead({ ...answer, status: 422 });
      expect(stream.finished).toMatchObject({
        code: 13,
        message: "error invoking app channel: no response received from stream",
      });
      expect(app.isAborted).toBe(true);
    });

    test("wants the canonical spelling", () => {
      const handler = accept(["accept", "text/event-stream"]);
      handler.onHead({ ...answer, status: 422 });
      handler.onEnd();
      expect(readResponseFrame(stream.sent[0] as Buffer).head?.head?.status).toBe(422);
    });
  });
});
