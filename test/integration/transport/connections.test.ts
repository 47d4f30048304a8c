/**
 * Connections over every pair: draining, half close, back-pressure, keepalive, limits, Unix sockets.
 */
import { rmSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { code, type RpcError, type RpcStatus } from "../../../src/kit/rpc/status.ts";
import type { OutgoingCall, StreamCall } from "../../../src/kit/rpc/transport.ts";
import { method } from "./echo-service.ts";
import {
  mebibyte,
  names,
  outcome,
  pairs,
  type RunningServer,
  startClient,
  startServer,
  until,
} from "./pairs.ts";

const portOf = (server: RunningServer): number => (server.target as { port: number }).port;

const failure = (promise: Promise<unknown>): Promise<RpcError> =>
  promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: RpcError) => error,
  );

const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the next message, however many came before. */
function messages(call: OutgoingCall): { readonly received: string[] } {
  const received: string[] = [];
  call.onMessage((message) => received.push(message.toString()));
  return { received };
}

describe.each(pairs)("$server server, $client client", { timeout: 10_000 }, (pair) => {
  it("drains: open streams go on, new connections go elsewhere, close waits", async () => {
    const first = await startServer(pair.server);
    await using client = await startClient(pair.client, first.target);
    const call = client.open(method.bidi);
    const done = new Promise<RpcStatus>((resolve) => call.onStatus(resolve));
    const { received } = messages(call);
    call.send(Buffer.from("before"));
    await until(() => received.length === 1, "the first echo");
    let isClosed = false;
    const closed = first.transport.close(5000).then(() => {
      isClosed = true;
    });
    await pauseMs(30);
    await using second = await startServer(
      pair.server,
      {},
      { host: "127.0.0.1", port: portOf(first) },
    );
    expect(portOf(second)).toBe(portOf(first));
    const reply = await client.unary(method.unary, Buffer.from("second server"));
    expect(reply.message.toString()).toBe("second server");
    call.send(Buffer.from("after"));
    await until(() => received.length === 2, "the second echo");
    expect(isClosed).toBe(false);
    call.halfClose();
    expect((await done).code).toBe(code.ok);
    await closed;
  });

  it("cuts what still runs after the grace", async () => {
    const server = await startServer(pair.server);
    await using client = await startClient(pair.client, server.target);
    const unary = failure(client.unary(method.hang, Buffer.alloc(0)));
    const stream = client.open(method.hangStream);
    const done = outcome(stream);
    stream.send(Buffer.from("x"));
    await until(() => server.state.hanging === 2, "both calls arrive");
    const startedAt = performance.now();
    await server.transport.close(150);
    expect(performance.now() - startedAt).toBeGreaterThan(130);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect([code.unavailable, code.canceled, code.internal]).toContain((await unary).code);
    expect((await done).status.code).not.toBe(code.ok);
    await until(() => server.state.hanging === 0, "handlers learn of it");
    await server.transport.close(0);
  });

  it("loses the connection without losing calls silently", async () => {
    await using server = await startServer(pair.server);
    const sockets: Socket[] = [];
    const proxy = createServer((near) => {
      const far = connect(portOf(server), "127.0.0.1");
      sockets.push(near, far);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", () => resolve()));
    const { port } = proxy.address() as { port: number };
    await using client = await startClient(pair.client, { host: "127.0.0.1", port });
    const unary = failure(client.unary(method.hang, Buffer.alloc(0)));
    const stream = client.open(method.hangStream);
    const done = outcome(stream);
    stream.send(Buffer.from("x"));
    await until(() => server.state.hanging === 2, "both calls arrive");
    for (const socket of sockets) socket.destroy();
    expect((await unary).code).toBe(code.unavailable);
    expect((await done).status.code).toBe(code.unavailable);
    await until(() => server.state.hanging === 0, "handlers learn of it");
    proxy.close();
  });

  it("lets the server end a call while the client still sends", async () => {
    await using server = await startServer(pair.server);
    server.transport.stream("/a.A/Enough", (call) => {
      let count = 0;
      call.onMessage(() => {
        if (++count === 3) call.finish({ code: code.outOfRange, message: "enough" });
      });
    });
    await using client = await startClient(pair.client, server.target);
    const call = client.open("/a.A/Enough");
    let status: RpcStatus | undefined;
    call.onStatus((ended) => {
      status = ended;
    });
    for (let i = 0; i < 200 && status === undefined; i++) {
      call.send(Buffer.alloc(5000));
      await pauseMs(1);
    }
    await until(() => status !== undefined, "a status");
    expect(status).toMatchObject({ code: code.outOfRange, message: "enough" });
    call.send(Buffer.from("too late"));
    call.halfClose();
    const reply = await client.unary(method.unary, Buffer.from("next"));
    expect(reply.message.toString()).toBe("next");
  });

  it("lets the server go on after the client's half close", async () => {
    await using server = await startServer(pair.server);
    server.transport.stream("/a.A/Late", (call) => {
      call.onMessage(() => {});
      call.onHalfClose(async () => {
        for (const text of ["1", "2", "3"]) {
          await pauseMs(5);
          call.send(Buffer.from(text));
        }
        call.finish();
      });
    });
    await using client = await startClient(pair.client, server.target);
    const call = client.open("/a.A/Late");
    const done = outcome(call);
    call.halfClose();
    const { messages: got, status } = await done;
    expect(got.map(String)).toEqual(["1", "2", "3"]);
    expect(status.code).toBe(code.ok);
  });

  it("stops a sender whose reader is slow, and only that stream", async () => {
    await using server = await startServer(pair.server);
    let held: StreamCall | undefined;
    server.transport.stream("/a.A/Hold", (call) => {
      held = call;
    });
    await using client = await startClient(pair.client, server.target);
    const call = client.open("/a.A/Hold");
    const done = outcome(call);
    const total = 48;
    let sent = 0;
    const pump = (): void => {
      while (sent < total) {
        sent++;
        if (!call.send(Buffer.alloc(mebibyte, sent))) return;
      }
      call.halfClose();
    };
    call.onDrain(pump);
    pump();
    await until(() => held !== undefined, "the call arrives");
    await pauseMs(150);
    // Windows and socket buffers hold some, but by far not everything.
    expect(sent).toBeLessThan(16);
    const other = await client.unary(method.unary, Buffer.alloc(100_000, 7));
    expect(other.message.length).toBe(100_000);
    let received = 0;
    let pauses = 0;
    held?.onMessage((message) => {
      expect(message[0]).toBe(++received % 256);
      if (received % 8 !== 0) return;
      held?.pause();
      const then = received;
      setTimeout(() => {
        expect(received).toBe(then);
        pauses++;
        held?.resume();
      }, 5);
    });
    held?.onHalfClose(() => held?.finish());
    expect((await done).status.code).toBe(code.ok);
    expect(received).toBe(total);
    expect(pauses).toBeGreaterThanOrEqual(5);
  });

  it("stops a server whose client is slow", async () => {
    await using server = await startServer(pair.server);
    let produced = 0;
    const total = 48;
    server.transport.stream("/a.A/Flood", (call) => {
      const pump = (): void => {
        while (produced < total) {
          produced++;
          if (!call.send(Buffer.alloc(mebibyte, produced))) return;
        }
        call.finish();
      };
      call.onDrain(pump);
      call.onMessage(pump);
    });
    await using client = await startClient(pair.client, server.target);
    const call = client.open("/a.A/Flood");
    const status = new Promise<RpcStatus>((resolve) => call.onStatus(resolve));
    let received = 0;
    call.onMessage((message) => {
      expect(message[0]).toBe(++received);
      if (received === 1) call.pause();
    });
    call.send(Buffer.from("go"));
    call.halfClose();
    await until(() => received === 1, "the first message");
    await pauseMs(150);
    expect(received).toBe(1);
    expect(produced).toBeLessThan(16);
    const other = await client.unary(method.unary, Buffer.alloc(100_000, 7));
    expect(other.message.length).toBe(100_000);
    call.resume();
    expect((await status).code).toBe(code.ok);
    expect(received).toBe(total);
  });

  // @grpc/grpc-js keeps one connection.
  it.skipIf(pair.client === "grpcjs")("opens more connections when one is full", async () => {
    await using server = await startServer(pair.server);
    await using client = await startClient(pair.client, server.target, {
      maxStreamsPerConnection: 10,
    });
    const ports = new Set<number>();
    server.transport.stream("/a.A/Port", (call) => void ports.add(call.peer.port));
    const calls = Array.from({ length: 25 }, () => client.open("/a.A/Port"));
    for (const call of calls) call.onStatus(() => {});
    await until(() => ports.size === 3, "three connections");
    for (const call of calls) call.cancel();
  });

  it("obeys the server's limit of streams", async () => {
    await using server = await startServer(pair.server, { maxConcurrentStreams: 4 });
    await using client = await startClient(pair.client, server.target);
    await client.connect();
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => client.unary(method.unaryLater, Buffer.from(String(i)))),
    );
    expect(replies.map((reply) => reply.message.toString())).toEqual(
      replies.map((_, i) => String(i)),
    );
  });

  it("talks over a Unix socket", async () => {
    const path = join(tmpdir(), `tricorne-${process.pid}-${pair.server}-${pair.client}.sock`);
    rmSync(path, { force: true });
    await using server = await startServer(pair.server, {}, { path });
    await using client = await startClient(pair.client, server.target);
    const reply = await client.unary(method.unary, Buffer.alloc(200_000, 1));
    expect(reply.message.length).toBe(200_000);
    await server.transport.close(100);
    rmSync(path, { force: true });
    expect((await failure(client.unary(method.unary, Buffer.alloc(0)))).code).toBe(
      code.unavailable,
    );
  });

  it("keeps a connection alive through silence", async () => {
    const keepalive = { pingAfterMs: 40, pingTimeoutMs: 2000 };
    await using server = await startServer(pair.server, { ...keepalive, minPingIntervalMs: 1 });
    await using client = await startClient(pair.client, server.target, keepalive);
    const call = client.open(method.bidi);
    const done = outcome(call);
    const { received } = messages(call);
    call.send(Buffer.from("a"));
    await pauseMs(300);
    call.send(Buffer.from("b"));
    call.halfClose();
    expect((await done).status.code).toBe(code.ok);
    expect(received).toEqual(["a", "b"]);
  });
});

/** Listens and hands each connection over. */
async function listen(
  onSocket: (socket: Socket) => void,
): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return { server, port: (server.address() as { port: number }).port };
}

const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

describe.each(names)("%s client alone", { timeout: 10_000 }, (name) => {
  it("gives up on a server that accepts and stays silent", async () => {
    const { server, port } = await listen(() => {});
    await using client = await startClient(
      name,
      { host: "127.0.0.1", port },
      { connectTimeoutMs: 200 },
    );
    const startedAt = performance.now();
    expect((await failure(client.unary(method.unary, Buffer.alloc(0)))).code).toBe(
      code.unavailable,
    );
    expect(performance.now() - startedAt).toBeLessThan(2000);
    server.close();
  });

  it("gives up on a server that speaks HTTP/1.1", async () => {
    const { server, port } = await listen((socket) => {
      socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
    });
    await using client = await startClient(
      name,
      { host: "127.0.0.1", port },
      { connectTimeoutMs: 1000 },
    );
    expect((await failure(client.unary(method.unary, Buffer.alloc(0)))).code).toBe(
      code.unavailable,
    );
    server.close();
  });

  it("notices a server that answers no pings", async () => {
    const { server, port } = await listen((socket) => {
      socket.write(emptySettings);
      socket.resume();
    });
    await using client = await startClient(
      name,
      { host: "127.0.0.1", port },
      { pingAfterMs: 60, pingTimeoutMs: 60 },
    );
    const startedAt = performance.now();
    const error = await failure(client.unary(method.hang, Buffer.alloc(0), { timeoutMs: 8000 }));
    expect(error.code).toBe(code.unavailable);
    expect(performance.now() - startedAt).toBeLessThan(4000);
    server.close();
  });

  // @grpc/grpc-js looks for unused connections every ten seconds.
  it.skipIf(name === "grpcjs")("closes connections that nobody uses", async () => {
    let closed = false;
    const { server, port } = await listen((socket) => {
      socket.write(emptySettings);
      socket.resume();
      socket.on("close", () => {
        closed = true;
      });
    });
    await using client = await startClient(name, { host: "127.0.0.1", port }, { maxIdleMs: 100 });
    await client.connect();
    await until(() => closed, "the connection is closed", 4000);
    server.close();
  });

  it("runs calls elsewhere that a GOAWAY has turned down", async () => {
    await using real = await startServer(name);
    let connections = 0;
    const { server, port } = await listen((socket) => {
      if (++connections > 1) {
        const far = connect(portOf(real), "127.0.0.1");
        far.on("error", () => {});
        socket.pipe(far).pipe(socket);
        return;
      }
      socket.write(emptySettings);
      let got = Buffer.alloc(0);
      socket.on("data", (chunk: Buffer) => {
        got = Buffer.concat([got, chunk]);
        // GOAWAY with last stream 0, once the path of the call has come.
        if (got.length < 120) return;
        socket.write(Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        got = Buffer.alloc(0);
      });
    });
    await using client = await startClient(name, { host: "127.0.0.1", port });
    // Refused means that nothing ran: retrying without asking is allowed, failing as Unavailable too.
    const first = await client.unary(method.unary, Buffer.alloc(200), { timeoutMs: 3000 }).then(
      () => code.ok,
      (error: RpcError) => error.code,
    );
    expect([code.ok, code.unavailable]).toContain(first);
    const reply = await client.unary(method.unary, Buffer.from("x"), { timeoutMs: 3000 });
    expect(reply.message.toString()).toBe("x");
    expect(connections).toBe(2);
    await client.close();
    void server.close();
  });
});

describe.each(names)("%s server alone", { timeout: 10_000 }, (name) => {
  // @grpc/grpc-js does not count pings.
  it.skipIf(name === "grpcjs")("sends clients away that ping too often", async () => {
    await using server = await startServer(name, { minPingIntervalMs: 8000 });
    const session = connectHttp2(`http://127.0.0.1:${portOf(server)}`);
    session.on("error", () => {});
    const goaway = new Promise<string>((resolve) => {
      session.on("goaway", (errorCode, _last, data) => {
        resolve(`${errorCode} ${Buffer.from(data ?? []).toString()}`);
      });
    });
    await new Promise<void>((resolve) => session.once("remoteSettings", () => resolve()));
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve) => void session.ping(() => resolve()));
    }
    expect(session.destroyed).toBe(false);
    session.ping(() => {});
    expect(await goaway).toBe("11 too_many_pings");
    await until(() => session.destroyed, "the connection ends");
  });

  it("closes connections that answer no pings", async () => {
    await using server = await startServer(name, { pingAfterMs: 50, pingTimeoutMs: 50 });
    const socket = connect(portOf(server), "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    let closed = false;
    socket.on("close", () => {
      closed = true;
    });
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    socket.write(emptySettings);
    await until(() => closed, "the connection is closed", 4000);
  });

  it("says goodbye to connections that nobody uses", async () => {
    await using server = await startServer(name, { maxIdleMs: 100 });
    const session = connectHttp2(`http://127.0.0.1:${portOf(server)}`);
    session.on("error", () => {});
    const goaway = new Promise<number>((resolve) => session.on("goaway", resolve));
    expect(await goaway).toBe(0);
    await until(() => session.destroyed, "the connection ends", 4000);
  });

  it("listens on several addresses and refuses one that is taken", async () => {
    await using server = await startServer(name);
    const more = await server.transport.listen({ host: "127.0.0.1", port: 0 });
    await using client = await startClient(name, { host: "127.0.0.1", port: more.port });
    expect((await client.unary(method.unary, Buffer.from("x"))).message.toString()).toBe("x");
    await expect(
      server.transport.listen({ host: "127.0.0.1", port: portOf(server) }),
    ).rejects.toThrow(/EADDRINUSE/);
  });
});
