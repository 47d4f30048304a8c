import type { ServerHttp2Stream } from "node:http2";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Metadata } from "../metadata.ts";
import { code } from "../status.ts";
import { flag, frameType } from "./frames.ts";
import { framed, type TestPeer, turns } from "./test-peer.ts";

import { empty, failure, path, reply, statusOf, testBed } from "./test-servers.ts";

const bed = testBed();
const { client, http2Server, rawServer } = bed;
afterEach(() => bed.close());

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
    for (const entries of [
      ["bad", "a\nb"],
      ["bad", "a\0b"],
      ["bad", "\u20ac"],
      ["Bad", "x"],
      ["b d", "x"],
      ["b\u00e4d", "x"],
    ]) {
      const metadata = new Metadata(entries);
      const error = await failure(one.unary(path, empty, { metadata }));
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
