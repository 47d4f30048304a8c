import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Metadata } from "../metadata.ts";
import { code, RpcError } from "../status.ts";
import type { ServerOptions, UnaryCall } from "../transport.ts";
import { flag, frameType, h2Code, preface, setting } from "./frames.ts";
import {
  frameBytes,
  framed,
  requestFields,
  settingsPayload,
  socketPair,
  TestPeer,
  testServer,
  turns,
  uint32,
} from "./test-peer.ts";

async function echoServer(options: Partial<ServerOptions> = {}) {
  const test = await testServer(options);
  const seen: UnaryCall[] = [];
  test.server.unary("/t.T/Echo", (message, call) => {
    seen.push(call);
    return Buffer.from(message);
  });
  return { ...test, seen };
}

describe("unary calls", () => {
  it("sends its settings at once and answers", async () => {
    const { connect } = await echoServer();
    const silent = connect(null);
    await turns();
    expect(silent.received[0]?.type).toBe(frameType.settings);
    const peer = connect();
    for (const id of [1, 3, 5]) peer.request(id, `hello ${id}`);
    await turns();
    for (const id of [1, 3, 5]) {
      expect(peer.data(id)).toEqual(framed(`hello ${id}`));
      expect(peer.of(frameType.headers, id).map((one) => one.fields)).toEqual([
        { ":status": "200", "content-type": "application/grpc" },
        { "grpc-status": "0" },
      ]);
      expect(peer.of(frameType.headers, id)[1]?.flags).toBe(flag.endHeaders | flag.endStream);
    }
  });

  it("answers the same however the input is cut", async () => {
    const session = Buffer.concat([
      preface,
      frameBytes(frameType.settings, 0, 0, settingsPayload([setting.maxFrameSize, 20_000])),
      frameBytes(frameType.ping, 0, 0, Buffer.from("12345678")),
      ...[1, 3].flatMap((id) => {
        const block = new TestPeer(socketPair()[0]).block([...requestFields, ["x", "y"]]);
        return [
          frameBytes(frameType.headers, 0, id, block.subarray(0, 20)),
          frameBytes(frameType.continuation, flag.endHeaders, id, block.subarray(20)),
          frameBytes(frameType.data, 0, id, framed("message").subarray(0, 3)),
          frameBytes(
            frameType.data,
            flag.padded,
            id,
            Buffer.from([2, ...framed("message").subarray(3), 0, 0]),
          ),
          frameBytes(frameType.data, flag.endStream, id),
        ];
      }),
    ]);
    const { connect } = await echoServer();
    for (let cut = 0; cut <= session.length; cut++) {
      const peer = connect(null);
      peer.socket.write(session.subarray(0, cut));
      await turns(1);
      peer.socket.write(session.subarray(cut));
      await turns(3);
      expect([peer.data(1), peer.data(3)]).toEqual([framed("message"), framed("message")]);
      expect(peer.goaway).toBe(-1);
      peer.socket.destroy();
    }
    const peer = connect(null);
    for (const byte of session) peer.socket.write(Buffer.from([byte]));
    await turns(20);
    expect(peer.data(3)).toEqual(framed("message"));
  });

  it("hands over metadata without what belongs to the transport", async () => {
    const { connect, seen } = await echoServer();
    const peer = connect();
    peer.request(1, "", [
      ["user-agent", "test/1"],
      ["grpc-timeout", "5S"],
      ["grpc-encoding", "identity"],
      ["grpc-accept-encoding", "gzip"],
      ["host", "elsewhere"],
      ["k", "1"],
      ["k", "2"],
      ["b-bin", "AAE"],
    ]);
    await turns();
    const call = seen[0] as UnaryCall;
    expect(call.metadata.entries).toEqual([
      "user-agent",
      "test/1",
      "k",
      "1",
      "k",
      "2",
      "b-bin",
      "AAE",
    ]);
    expect(call.timeoutMs).toBe(5000);
    expect(call.peer).toEqual({ address: "192.0.2.7", port: 4711, identity: null });
    expect(call.path).toBe("/t.T/Echo");
  });

  it("sends response metadata and trailers, but nothing reserved", async () => {
    const { server, connect } = await testServer();
    server.unary("/t.T/Echo", async (_message, call) => {
      call.sendHeaders(Metadata.from({ a: "1", "grpc-status": "7" }));
      await null;
      call.sendHeaders(Metadata.from({ b: "2" }));
      call.trailers = Metadata.from({ c: "3", "content-type": "x" });
      return Buffer.from("ok");
    });
    const peer = connect();
    peer.request(1, "");
    await turns();
    expect(peer.of(frameType.headers, 1).map((one) => one.fields)).toEqual([
      { ":status": "200", "content-type": "application/grpc", a: "1", b: "2" },
      { "grpc-status": "0", c: "3" },
    ]);
  });

  it.each([
    [new RpcError(code.notFound, "kein Schlüssel: 100%\n"), "5", "kein Schl%C3%BCssel: 100%25%0A"],
    [new Error("boom"), "2", "boom"],
    ["text", "2", "text"],
  ])(
    "turns what a handler throws or rejects into a status: %s",
    async (reason, status, message) => {
      const { server, connect } = await testServer();
      server.unary("/t.T/Throw", () => {
        throw reason;
      });
      server.unary("/t.T/Reject", () => Promise.reject(reason));
      const peer = connect();
      peer.request(1, "", [[":path", "/t.T/Throw"]]);
      peer.request(3, "", [[":path", "/t.T/Reject"]]);
      await turns();
      for (const id of [1, 3]) {
        expect(peer.of(frameType.headers, id).map((one) => one.fields)).toEqual([
          {
            ":status": "200",
            "content-type": "application/grpc",
            "grpc-status": status,
            "grpc-message": message,
          },
        ]);
      }
    },
  );

  it("sends details and trailers of an error", async () => {
    const { server, connect } = await testServer();
    server.unary("/t.T/Echo", (_message, call) => {
      call.trailers = Metadata.from({ t: "1" });
      throw new RpcError(9, "no", {
        details: Buffer.from([1, 2]),
        trailers: Metadata.from({ u: "2" }),
      });
    });
    const peer = connect();
    peer.request(1, "");
    await turns();
    expect(peer.of(frameType.headers, 1)[0]?.fields).toMatchObject({
      "grpc-status": "9",
      "grpc-status-details-bin": "AQI",
      t: "1",
      u: "2",
    });
  });

  it("leaves an error that is thrown again as it was", async () => {
    const { server, connect } = await testServer();
    const error = new RpcError(5, "no");
    server.unary("/t.T/Echo", (_message, call) => {
      call.trailers = Metadata.from({ t: "1" });
      throw error;
    });
    const peer = connect();
    peer.request(1, "");
    peer.request(3, "");
    await turns();
    expect(error.trailers.isEmpty).toBe(true);
  });

  it("refuses metadata that HTTP/2 cannot carry", async () => {
    const { server, connect } = await testServer();
    server.unary("/t.T/Echo", (_message, call) => {
      call.sendHeaders(Metadata.from({ bad: "a\r\nb" }));
      return Buffer.alloc(0);
    });
    const peer = connect();
    peer.request(1, "");
    await turns();
    expect(peer.status(1)).toBe("13");
    expect(peer.goaway).toBe(-1);
  });

  it.each([0, 1, 16379, 16380, 16383, 16384, 16385, 65535, 65536, 4 << 20])(
    "echoes %i bytes",
    async (length) => {
      const { connect } = await echoServer();
      const peer = connect(settingsPayload([setting.initialWindowSize, 2 ** 31 - 1]));
      peer.send(frameType.windowUpdate, 0, 0, uint32(2 ** 30));
      const message = Buffer.alloc(length, "0123456789");
      const bytes = framed(message);
      peer.headers(1);
      let sent = 0;
      let window = 512 * 1024;
      while (sent < bytes.length) {
        const take = Math.min(16384, bytes.length - sent, window);
        if (take === 0) {
          const before = peer.of(frameType.windowUpdate, 1).length;
          await turns(2);
          const updates = peer.of(frameType.windowUpdate, 1);
          expect(updates.length).toBeGreaterThan(0);
          window += updates
            .slice(before === updates.length ? -1 : before)
            .reduce((sum, one) => sum + one.payload.readUInt32BE(0), 0);
          peer.received.splice(0, peer.received.length);
          continue;
        }
        peer.send(frameType.data, 0, 1, bytes.subarray(sent, sent + take));
        sent += take;
        window -= take;
        await turns(1);
        const updates = peer.of(frameType.windowUpdate, 1);
        window += updates.reduce((sum, one) => sum + one.payload.readUInt32BE(0), 0);
        peer.received.splice(0, peer.received.length);
      }
      peer.send(frameType.data, flag.endStream, 1);
      for (let i = 0; i < 200 && peer.status(1) === undefined; i++) await turns(2);
      expect(peer.status(1)).toBe("0");
      expect(peer.data(1).equals(bytes)).toBe(true);
    },
  );
});

describe("requests that reach no handler", () => {
  const cases: [string, [string, string][], Record<string, string>][] = [
    ["method GET", [[":method", "GET"]], { ":status": "405", "grpc-status": "13" }],
    ["no gRPC", [["content-type", "application/json"]], { ":status": "415", "grpc-status": "3" }],
    ["gRPC-web", [["content-type", "application/grpc-web"]], { ":status": "415" }],
    [
      "unknown method",
      [[":path", "/t.T/No"]],
      { "grpc-status": "12", "grpc-message": "unknown method No for service t.T" },
    ],
    [
      "unknown service",
      [[":path", "/x.Y/No"]],
      { "grpc-status": "12", "grpc-message": "unknown service x.Y" },
    ],
    [
      "malformed path",
      [[":path", "nonsense"]],
      { "grpc-status": "12", "grpc-message": 'malformed method name: "nonsense"' },
    ],
    [
      "unknown encoding",
      [["grpc-encoding", "br"]],
      { "grpc-status": "12", "grpc-accept-encoding": "gzip" },
    ],
    ["bad timeout", [["grpc-timeout", "123456789S"]], { ":status": "400", "grpc-status": "13" }],
    ["bad timeout unit", [["grpc-timeout", "1x"]], { "grpc-status": "13" }],
    ["empty timeout", [["grpc-timeout", ""]], { "grpc-status": "13" }],
  ];
  it.each(cases)("%s", async (_name, extra, expected) => {
    const { connect, seen } = await echoServer();
    const peer = connect();
    peer.headers(1, extra);
    peer.send(frameType.data, flag.endStream, 1, framed("late"));
    peer.request(3, "next");
    await turns();
    expect(peer.of(frameType.headers, 1)).toHaveLength(1);
    expect(peer.of(frameType.headers, 1)[0]?.fields).toMatchObject(expected);
    expect(peer.reset(1)).toBe(h2Code.noError);
    expect(peer.status(3)).toBe("0");
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["two messages", Buffer.concat([framed("a"), framed("b")]), "13"],
    ["no message", Buffer.alloc(0), "13"],
    ["half a message", framed("abc").subarray(0, 6), "13"],
    ["a bad flag", Buffer.from([9, 0, 0, 0, 0]), "13"],
    ["compressed without encoding", framed("a", true), "13"],
    ["too long", framed(Buffer.alloc(1001)), "8"],
  ])("%s", async (_name, data, status) => {
    const { connect, seen } = await echoServer({ maxMessageBytes: 1000 });
    const peer = connect();
    peer.headers(1);
    peer.send(frameType.data, flag.endStream, 1, data);
    peer.headers(3);
    peer.send(frameType.data, flag.endStream, 3, framed(Buffer.alloc(1000)));
    await turns();
    expect(peer.status(1)).toBe(status);
    expect(peer.status(3)).toBe("0");
    expect(seen).toHaveLength(1);
  });

  it("names both sizes when a message is too long, either way", async () => {
    const { server, connect } = await testServer({ maxMessageBytes: 10 });
    server.unary("/t.T/Echo", () => Buffer.alloc(12));
    const peer = connect();
    peer.request(1, Buffer.alloc(11));
    peer.request(3, "");
    await turns();
    const text = (id: number) => peer.of(frameType.headers, id).at(-1)?.fields["grpc-message"];
    expect(text(1)).toBe("grpc: received message larger than max (11 vs. 10)");
    expect(text(3)).toBe("trying to send message larger than max (12 vs. 10)");
    expect([peer.status(1), peer.status(3)]).toEqual(["8", "8"]);
  });
});

describe("gzip", () => {
  async function send(message: Buffer, maxMessageBytes: number) {
    const { connect } = await echoServer({ maxMessageBytes });
    const peer = connect();
    peer.headers(1, [["grpc-encoding", "gzip"]]);
    peer.send(frameType.data, flag.endStream, 1, framed(message, true));
    await expect.poll(() => peer.status(1)).toBeDefined();
    return peer;
  }

  it("decompresses requests", async () => {
    const peer = await send(gzipSync("hello"), 1000);
    expect(peer.data(1)).toEqual(framed("hello"));
  });

  it("stops at the limit and refuses garbage", async () => {
    expect((await send(gzipSync(Buffer.alloc(1001)), 1000)).status(1)).toBe("8");
    expect((await send(gzipSync(Buffer.alloc(1000)), 1000)).status(1)).toBe("0");
    expect((await send(Buffer.from("no gzip"), 1000)).status(1)).toBe("13");
  });
});
