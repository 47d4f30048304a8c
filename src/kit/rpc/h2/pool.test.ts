import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { flag, frameType, h2Code, setting } from "./frames.ts";
import { framed, settingsPayload, type TestPeer, uint32 } from "./test-peer.ts";
import { empty, failure, path, reply, statusOf, testBed } from "./test-servers.ts";
import { h2Transport } from "./transport.ts";

const bed = testBed();
const { client, http2Server, rawServer, listen, onClose } = bed;
afterEach(() => bed.close());

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
    onClose(() => server.close(0));
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
