import {
  createServer as createHttp2Server,
  type ServerHttp2Stream,
  type Http2Server,
} from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Metadata } from "../metadata.ts";
import { code, RpcError, type RpcStatus } from "../status.ts";
import type { ClientOptions, ClientTransport, OutgoingCall } from "../transport.ts";
import { flag, frameType, h2Code, setting } from "./frames.ts";
import { framed, settingsPayload, TestPeer, turns, uint32 } from "./test-peer.ts";
import { h2Transport } from "./transport.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function client(port: number, options: Partial<ClientOptions> = {}): ClientTransport {
  const made = h2Transport.createClient({
    target: { host: "127.0.0.1", port },
    maxMessageBytes: 4 << 20,
    ...options,
  });
  closing.push(() => made.close());
  return made;
}

async function listen(server: Server | Http2Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A server of node:http2 that answers each request with what `answer` says. */
async function http2Server(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>, body: Buffer) => void,
  settings: object = {},
): Promise<{ port: number; sessions: () => number }> {
  let sessions = 0;
  const server = createHttp2Server({ settings });
  server.on("session", (session) => {
    sessions++;
    closing.push(() => session.destroy());
  });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => {});
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => answer(stream, headers, Buffer.concat(parts)));
  });
  return { port: await listen(server), sessions: () => sessions };
}

function reply(stream: ServerHttp2Stream, body: Buffer, headers = {}, trailers = {}): void {
  if (stream.destroyed) return;
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", ...headers },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", ...trailers }));
  stream.end(body);
}

/** A server that is driven frame by frame. */
async function rawServer(onPeer?: (peer: TestPeer) => void) {
  const peers: TestPeer[] = [];
  const server = createServer((socket: Socket) => {
    const peer = new TestPeer(socket, true);
    peers.push(peer);
    closing.push(() => void socket.destroy());
    if (onPeer === undefined) peer.send(frameType.settings, 0, 0);
    else onPeer(peer);
  });
  return { port: await listen(server), peers };
}

async function failure(promise: Promise<unknown>): Promise<RpcError> {
  const error = await promise.then(
    () => new Error("succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RpcError);
  return error as RpcError;
}

function statusOf(call: OutgoingCall): Promise<RpcStatus> {
  return new Promise((resolve) => call.onStatus(resolve));
}

const path = "/t.T/Echo";
const empty = Buffer.alloc(0);

describe("unary calls", () => {
  it("carry metadata both ways, as node:http2 understands it", async () => {
    let seen: Record<string, unknown> = {};
    const { port } = await http2Server((stream, headers, body) => {
      seen = headers;
      reply(stream, body, { "x-head": "1" }, { "x-tail": "2", "t-bin": "AQI" });
    });
    const answer = await client(port, { userAgent: "me/1" }).unary(path, Buffer.from("hi"), {
      metadata: Metadata.from({ a: "b", "b-bin": "AAE", te: "gzip", "user-agent": "other" }),
      timeoutMs: 5000,
    });
    expect(answer.message.toString()).toBe("hi");
    expect(answer.headers.get("x-head")).toBe("1");
    expect(answer.trailers.entries).toEqual(["x-tail", "2", "t-bin", "AQI"]);
    expect(seen).toMatchObject({
      ":method": "POST",
      ":path": path,
      ":scheme": "http",
      ":authority": `127.0.0.1:${port}`,
      te: "trailers",
      "content-type": "application/grpc",
      "user-agent": "me/1",
      "grpc-timeout": expect.stringMatching(/^(5000|49[0-9]{2})m$/),
      a: "b",
      "b-bin": "AAE",
    });
  });

  it("agree with node:http2 on any headers, again and again", async () => {
    const { port } = await http2Server((stream, headers, body) => {
      const echoed = Object.entries(headers).filter(([key]) => key.startsWith("x-"));
      reply(stream, body, {}, Object.fromEntries(echoed));
    });
    const one = client(port);
    const name = fc.stringMatching(/^x-[a-d]{1,3}$/);
    const value = fc.oneof(
      fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/),
      fc.constantFrom("q", "r".repeat(600)),
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 8 }), async (fields) => {
        const { trailers } = await one.unary(path, empty, { metadata: Metadata.from(fields) });
        const got = Object.fromEntries(trailers);
        expect(got).toEqual({ ...fields });
      }),
      { numRuns: 150 },
    );
  });

  it.each([1, 100, 65535])("upload through windows of %i", async (initialWindowSize) => {
    const { port } = await http2Server(
      (stream, _headers, body) => reply(stream, framed(String(body.length))),
      {
        initialWindowSize,
      },
    );
    const length = initialWindowSize === 1 ? 200 : initialWindowSize === 100 ? 5000 : 1 << 20;
    const answer = await client(port).unary(path, Buffer.alloc(length));
    expect(answer.message.toString()).toBe(String(length + 5));
  });

  it.each([0, 1, 16383, 16384, 16385, 4 << 20])("download %i bytes", async (length) => {
    const { port } = await http2Server((stream) =>
      reply(stream, framed(Buffer.alloc(length, "z"))),
    );
    const { message } = await client(port).unary(path, empty);
    expect(message.equals(Buffer.alloc(length, "z"))).toBe(true);
  });

  it("decompress answers", async () => {
    const { port } = await http2Server((stream) =>
      reply(stream, framed(gzipSync("text"), true), { "grpc-encoding": "gzip" }),
    );
    expect((await client(port).unary(path, empty)).message.toString()).toBe("text");
  });

  const answers: [string, (stream: ServerHttp2Stream) => void, number, string][] = [
    [
      "trailers only",
      (s) =>
        s.respond(
          {
            ":status": 200,
            "content-type": "application/grpc",
            "grpc-status": "5",
            "grpc-message": "gone %C3%BC%zz",
          },
          { endStream: true },
        ),
      5,
      "gone ü%zz",
    ],
    [
      "a status above 16",
      (s) => reply(s, empty, {}, { "grpc-status": "99", "grpc-message": "odd" }),
      99,
      "odd",
    ],
    [
      "a malformed status",
      (s) => reply(s, empty, {}, { "grpc-status": "x" }),
      13,
      'transport: malformed grpc-status: "x"',
    ],
    [
      "no message",
      (s) => reply(s, empty),
      13,
      "cardinality violation: received no response message from non-server-streaming RPC",
    ],
    [
      "two messages",
      (s) => reply(s, Buffer.concat([framed("a"), framed("b")])),
      13,
      "cardinality violation: expected <EOF> for non server-streaming RPCs, but received another message",
    ],
    ["half a message", (s) => reply(s, framed("abc").subarray(0, 6)), 13, "unexpected EOF"],
    [
      "a bad flag",
      (s) => reply(s, Buffer.from([7, 0, 0, 0, 0])),
      13,
      "grpc: received unexpected payload format 7",
    ],
    [
      "too long a message",
      (s) => reply(s, framed(Buffer.alloc((4 << 20) + 1))),
      8,
      "grpc: received message larger than max (4194305 vs. 4194304)",
    ],
    [
      "HTTP 503",
      (s) => {
        s.respond({ ":status": 503, "content-type": "text/html" });
        s.end("no");
      },
      14,
      'unexpected HTTP status code received from server: 503 (Service Unavailable); transport: received unexpected content-type "text/html"',
    ],
    [
      "HTTP 404 without type",
      (s) => {
        s.respond({ ":status": 404 });
        s.end();
      },
      12,
      "unexpected HTTP status code received from server: 404 (Not Found); malformed header: missing HTTP content-type",
    ],
    [
      "HTML",
      (s) => {
        s.respond({ ":status": 200, "content-type": "text/html" });
        s.end("<p>");
      },
      2,
      'transport: received unexpected content-type "text/html"',
    ],
    [
      "an end without trailers",
      (s) => {
        s.respond({ ":status": 200, "content-type": "application/grpc" });
        s.end(framed("a"));
      },
      13,
      "server closed the stream without sending trailers",
    ],
    [
      "REFUSED_STREAM",
      (s) => s.close(7),
      14,
      "stream terminated by RST_STREAM with error code: REFUSED_STREAM",
    ],
    ["CANCEL", (s) => s.close(8), 1, "stream terminated by RST_STREAM with error code: CANCEL"],
    [
      "ENHANCE_YOUR_CALM",
      (s) => s.close(11),
      8,
      "stream terminated by RST_STREAM with error code: ENHANCE_YOUR_CALM",
    ],
    [
      "too much metadata",
      (s) =>
        reply(
          s,
          framed("a"),
          Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`x-${i}`, "1"])),
        ),
      13,
      "peer header list size exceeded limit",
    ],
  ];
  it.each(answers)("report %s", async (_name, answer, expected, text) => {
    const { port } = await http2Server((stream, headers) => {
      if (headers.good === "1") reply(stream, framed("good"));
      else answer(stream);
    });
    const one = client(port);
    const error = await failure(one.unary(path, empty));
    expect([error.code, error.desc]).toEqual([expected, text]);
    const next = await one.unary(path, empty, { metadata: Metadata.from({ good: "1" }) });
    expect(next.message.toString()).toBe("good");
  });

  it("carry details", async () => {
    const { port } = await http2Server((stream) =>
      reply(
        stream,
        empty,
        {},
        { "grpc-status": "3", "grpc-status-details-bin": "AQID", more: "x" },
      ),
    );
    const error = await failure(client(port).unary(path, empty));
    expect(error.details).toEqual(Buffer.from([1, 2, 3]));
    expect(error.trailers.entries).toEqual(["more", "x"]);
  });

  it("refuse to send what is too long or cannot be sent", async () => {
    const { port } = await http2Server((stream, _headers, body) => reply(stream, body));
    const one = client(port, { maxMessageBytes: 10 });
    const long = await failure(one.unary(path, Buffer.alloc(11)));
    expect([long.code, long.desc]).toEqual([
      8,
      "trying to send message larger than max (11 vs. 10)",
    ]);
    for (const bad of ["a\nb", "a\0b", "\u20ac"]) {
      const error = await failure(one.unary(path, empty, { metadata: Metadata.from({ bad }) }));
      expect(error.code).toBe(code.internal);
    }
    expect((await one.unary(path, Buffer.alloc(10))).message.length).toBe(10);
  });
});

describe("deadlines and cancellation", () => {
  it("end calls that get no answer, and reset their streams", async () => {
    const { port, peers } = await rawServer();
    const one = client(port);
    const late = await failure(one.unary(path, empty, { timeoutMs: 30 }));
    expect([late.code, late.desc]).toEqual([4, "context deadline exceeded"]);
    const aborted = await failure(one.unary(path, empty, { signal: AbortSignal.timeout(30) }));
    expect([aborted.code, aborted.desc]).toEqual([1, "context canceled"]);
    const call = one.open(path);
    call.cancel();
    expect(await statusOf(call)).toMatchObject({ code: 1 });
    await expect.poll(() => [1, 3, 5].map((id) => peers[0]?.reset(id))).toEqual([8, 8, 8]);
  });

  it("count while the connection is made", async () => {
    const { port } = await rawServer(() => {});
    const one = client(port);
    const calls = [
      failure(one.unary(path, empty, { timeoutMs: 30 })),
      failure(one.unary(path, empty, { signal: AbortSignal.timeout(20) })),
    ];
    const call = one.open(path, { timeoutMs: 30 });
    const gone = one.open(path);
    gone.cancel();
    expect((await statusOf(gone)).code).toBe(1);
    expect((await statusOf(call)).code).toBe(4);
    expect((await Promise.all(calls)).map((error) => error.code)).toEqual([4, 1]);
  });

  it("that are over before the call send nothing", async () => {
    const one = client(1);
    expect((await failure(one.unary(path, empty, { timeoutMs: 0 }))).code).toBe(4);
    expect((await failure(one.unary(path, empty, { signal: AbortSignal.abort() }))).code).toBe(1);
    expect((await statusOf(one.open(path, { signal: AbortSignal.abort() }))).code).toBe(1);
  });
});

describe("streaming calls", () => {
  it("deliver everything before the status, also when paused and disconnected", async () => {
    const { port, peers } = await rawServer();
    const call = client(port).open(path);
    const events: string[] = [];
    call.onHeaders((headers) => events.push(`headers ${headers.get("h")}`));
    call.onMessage((message) => {
      events.push(message.toString());
      call.pause();
    });
    call.onStatus((status) => events.push(`status ${status.code}`));
    await expect.poll(() => peers[0]?.of(frameType.headers).length).toBe(1);
    const peer = peers[0] as TestPeer;
    peer.send(
      frameType.headers,
      flag.endHeaders,
      1,
      peer.block([
        [":status", "200"],
        ["content-type", "application/grpc"],
        ["h", "1"],
      ]),
    );
    for (const text of ["a", "b", "c"]) peer.send(frameType.data, 0, 1, framed(text));
    peer.send(
      frameType.headers,
      flag.endHeaders | flag.endStream,
      1,
      peer.block([["grpc-status", "0"]]),
    );
    await expect.poll(() => events.length).toBe(2);
    peer.socket.end();
    await new Promise((resolve) => peer.socket.once("close", resolve));
    expect(events).toEqual(["headers 1", "a"]);
    call.resume();
    call.resume();
    call.resume();
    expect(events).toEqual(["headers 1", "a", "b", "c", "status 0"]);
  });

  it("do not give back window for what waits", async () => {
    const { port, peers } = await rawServer();
    const call = client(port).open(path);
    await expect.poll(() => peers[0]?.of(frameType.headers).length).toBe(1);
    const peer = peers[0] as TestPeer;
    peer.send(
      frameType.headers,
      flag.endHeaders,
      1,
      peer.block([
        [":status", "200"],
        ["content-type", "application/grpc"],
      ]),
    );
    for (let i = 0; i < 30; i++) peer.send(frameType.data, 0, 1, framed(Buffer.alloc(16379)));
    let count = 0;
    await turns(30);
    expect(peer.of(frameType.windowUpdate, 1)).toEqual([]);
    call.onMessage(() => count++);
    await expect.poll(() => count).toBe(30);
    await expect.poll(() => peer.of(frameType.windowUpdate, 1).length).toBe(1);
    call.cancel();
  });

  it("send what was given before the connection was there", async () => {
    const { port } = await http2Server((stream, _headers, body) => reply(stream, body));
    const call = client(port).open(path);
    const got: string[] = [];
    call.onMessage((message) => got.push(message.toString()));
    expect(call.send(Buffer.from("a"))).toBe(true);
    call.send(Buffer.from("b"));
    call.halfClose();
    expect((await statusOf(call)).code).toBe(0);
    expect(got).toEqual(["a", "b"]);
  });

  it("wait for the reader and go on", async () => {
    const { port } = await http2Server((stream, _headers, body) =>
      reply(stream, framed(String(body.length))),
    );
    const one = client(port);
    await one.connect();
    const call = one.open(path);
    let sent = 0;
    let pauses = 0;
    const fill = (): void => {
      while (sent < 200) {
        sent++;
        if (!call.send(Buffer.alloc(100_000))) {
          pauses++;
          return;
        }
      }
      call.halfClose();
    };
    call.onDrain(fill);
    fill();
    let total = "";
    call.onMessage((message) => {
      total = message.toString();
    });
    expect((await statusOf(call)).code).toBe(0);
    expect(total).toBe(String(200 * 100_005));
    expect(pauses).toBeGreaterThan(2);
  });

  it("end alone when a callback throws", async () => {
    const { port } = await http2Server((stream) => reply(stream, framed("x")));
    const one = client(port);
    const call = one.open(path);
    call.onMessage(() => {
      throw new Error("mine");
    });
    call.halfClose();
    expect(await statusOf(call)).toMatchObject({ code: 13, message: "mine" });
    expect((await one.unary(path, empty)).message.toString()).toBe("x");
  });
});

describe("connections", () => {
  it("fail fast with Go's text", async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const refused = await failure(client(port).unary(path, empty));
    expect(refused.message).toBe(
      `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:${port}: connect: connection refused"`,
    );
    const missing = client(0, { target: { path: "/nowhere/at-all.sock" } });
    expect((await failure(missing.connect())).desc).toBe(
      'connection error: desc = "transport: Error while dialing: dial unix /nowhere/at-all.sock: connect: no such file or directory"',
    );
    expect((await statusOf(client(port).open(path))).code).toBe(14);
  });

  it("give up on servers that say nothing, or something else", async () => {
    const silent = await rawServer(() => {});
    const error = await failure(client(silent.port, { connectTimeoutMs: 50 }).unary(path, empty));
    expect([error.code, error.desc]).toEqual([
      14,
      'connection error: desc = "failed to receive server preface within timeout"',
    ]);
    const http1 = await rawServer((peer) => peer.socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const other = await failure(client(http1.port).unary(path, empty));
    expect(other.desc).toContain("note that the frame header looked like an HTTP/1.1 header");
    const closed = await rawServer((peer) => peer.socket.end());
    expect((await failure(client(closed.port).unary(path, empty))).desc).toBe(
      'connection error: desc = "error reading server preface: EOF"',
    );
  });

  it("are shared, and more are opened when the server allows few streams", async () => {
    const waiting: (() => void)[] = [];
    const { port, sessions } = await http2Server(
      (stream, _headers, body) => void waiting.push(() => reply(stream, body)),
      { maxConcurrentStreams: 2 },
    );
    const one = client(port);
    const calls = Array.from({ length: 7 }, (_, i) =>
      one.unary(path, framed(String(i)).subarray(5)),
    );
    await expect.poll(() => waiting.length).toBe(7);
    expect(sessions()).toBe(4);
    for (const answer of waiting) answer();
    expect((await Promise.all(calls)).map((one) => one.message.toString())).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
  });

  it("obey our own limit of streams", async () => {
    const waiting: (() => void)[] = [];
    const { port, sessions } = await http2Server(
      (stream, _headers, body) => void waiting.push(() => reply(stream, body)),
    );
    const one = client(port, { maxStreamsPerConnection: 3 });
    const calls = Array.from({ length: 6 }, () => one.unary(path, empty));
    await expect.poll(() => waiting.length).toBe(6);
    expect(sessions()).toBe(2);
    for (const answer of waiting) answer();
    await Promise.all(calls);
  });

  it("that go away finish their calls; others fail, new ones go elsewhere", async () => {
    const { port, peers } = await rawServer();
    const one = client(port);
    const calls = [1, 2, 3].map(() => one.unary(path, empty));
    await expect.poll(() => peers[0]?.of(frameType.headers).length).toBe(3);
    const first = peers[0] as TestPeer;
    first.send(frameType.goaway, 0, 0, Buffer.concat([uint32(3, 0), Buffer.from("bye")]));
    const refused = await failure(calls[2] as Promise<unknown>);
    expect([refused.code, refused.desc]).toEqual([14, "the connection is draining"]);
    const next = one.unary(path, empty);
    await expect.poll(() => peers[1]?.of(frameType.headers).length).toBe(1);
    const answer = (peer: TestPeer, id: number): void => {
      peer.send(
        frameType.headers,
        flag.endHeaders,
        id,
        peer.block([
          [":status", "200"],
          ["content-type", "application/grpc"],
        ]),
      );
      peer.send(frameType.data, 0, id, framed("ok"));
      peer.send(
        frameType.headers,
        flag.endHeaders | flag.endStream,
        id,
        peer.block([["grpc-status", "0"]]),
      );
    };
    answer(peers[1] as TestPeer, 1);
    expect((await next).message.toString()).toBe("ok");
    answer(first, 1);
    expect((await (calls[0] as Promise<{ message: Buffer }>)).message.toString()).toBe("ok");
    first.socket.destroy();
    const lost = await failure(calls[1] as Promise<unknown>);
    expect(lost.code).toBe(14);
    expect(lost.desc).toContain('received prior goaway: code: NO_ERROR, debug data: "bye"');
  });

  it("that break fail their calls and are replaced", async () => {
    const { port, peers } = await rawServer();
    const one = client(port);
    const call = one.unary(path, empty);
    await expect.poll(() => peers[0]?.of(frameType.headers).length).toBe(1);
    peers[0]?.socket.end();
    const error = await failure(call);
    expect([error.code, error.desc]).toEqual([14, "error reading from server: EOF"]);
    const again = one.unary(path, empty, { timeoutMs: 1000 });
    await expect.poll(() => peers[1]?.of(frameType.headers).length).toBe(1);
    const broken = failure(again);
    peers[1]?.send(frameType.pushPromise, flag.endHeaders, 1, uint32(2));
    expect((await broken).code).toBe(14);
    await expect.poll(() => peers[1]?.goaway).toBe(h2Code.protocolError);
  });

  it("are kept alive by pings and dropped without an answer", async () => {
    const { port, peers } = await rawServer();
    const one = client(port, { pingAfterMs: 40, pingTimeoutMs: 60 });
    await one.connect();
    const peer = peers[0] as TestPeer;
    await expect.poll(() => peer.of(frameType.ping).length).toBe(1);
    peer.send(frameType.ping, flag.ack, 0, peer.of(frameType.ping)[0]?.payload);
    await expect.poll(() => peer.of(frameType.ping).length).toBe(2);
    const error = await failure(one.unary(path, empty));
    expect(error.desc).toContain("keepalive ping failed to receive ACK within timeout");
  });

  it("are closed when idle", async () => {
    const { port, peers } = await rawServer();
    const one = client(port, { maxIdleMs: 40 });
    await one.connect();
    await expect.poll(() => peers[0]?.isEnded).toBe(true);
    expect(peers[0]?.goaway).toBe(h2Code.noError);
    const call = one.unary(path, empty, { timeoutMs: 1000 });
    await expect.poll(() => peers[1]?.of(frameType.headers).length).toBe(1);
    peers[1]?.send(frameType.rstStream, 0, 1, uint32(2));
    expect((await failure(call)).code).toBe(13);
  });

  it("survive what a server may send at any time", async () => {
    const { port, peers } = await rawServer((peer) => {
      peer.send(
        frameType.settings,
        0,
        0,
        settingsPayload([setting.headerTableSize, 0], [setting.maxFrameSize, 65536]),
      );
      peer.send(77, 255, 5, Buffer.alloc(3));
      peer.send(frameType.priority, 0, 1, Buffer.from([0, 0, 0, 0, 1]));
    });
    const one = client(port);
    const call = one.unary(path, empty);
    await expect.poll(() => peers[0]?.of(frameType.headers).length).toBe(1);
    const peer = peers[0] as TestPeer;
    peer.send(frameType.ping, 0, 0, Buffer.from("12345678"));
    peer.send(
      frameType.headers,
      flag.endHeaders,
      1,
      peer.block([
        [":status", "103"],
        ["link", "x"],
      ]),
    );
    peer.send(
      frameType.headers,
      flag.endHeaders,
      1,
      peer.block([
        [":status", "200"],
        ["content-type", "application/grpc+proto"],
      ]),
    );
    peer.send(frameType.data, flag.padded, 1, Buffer.from([3, ...framed("x"), 0, 0, 0]));
    peer.send(
      frameType.headers,
      flag.endHeaders | flag.endStream,
      1,
      peer.block([["grpc-status", "0"]]),
    );
    expect((await call).message.toString()).toBe("x");
    await expect.poll(() => peer.of(frameType.ping)[0]?.payload.toString()).toBe("12345678");
  });

  it("use Unix sockets", async () => {
    const socketPath = join(tmpdir(), `h2-${process.pid}-${Date.now()}.sock`);
    const server = h2Transport.createServer({ maxMessageBytes: 1000, maxMetadataBytes: 65536 });
    server.unary(path, (_message, call) => Buffer.from(call.peer.address));
    await server.listen({ path: socketPath });
    closing.push(() => server.close(0));
    const one = client(0, { target: { path: socketPath } });
    expect((await one.unary(path, empty)).message.toString()).toBe(socketPath);
  });

  it("end with Canceled when the client is closed, once", async () => {
    const { port, peers } = await rawServer();
    const one = client(port);
    const calls = [one.unary(path, empty), one.unary(path, empty)];
    const call = one.open(path);
    const status = statusOf(call);
    await expect.poll(() => peers[0]?.of(frameType.headers).length).toBe(3);
    const errors = Promise.all(calls.map(failure));
    await Promise.all([one.close(), one.close()]);
    expect((await errors).map((error) => error.desc)).toEqual(
      Array(2).fill("grpc: the client connection is closing"),
    );
    expect((await status).code).toBe(1);
    expect((await failure(one.unary(path, empty))).code).toBe(1);
    const never = client(port, { target: { host: "127.0.0.1", port } });
    await never.close();
    const early = client((await rawServer(() => {})).port);
    const waiting = failure(early.unary(path, empty));
    await early.close();
    expect((await waiting).code).toBe(1);
  });
});
