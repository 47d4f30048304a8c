/**
 * Cancellation and deadlines, over every pair.
 */
import { connect } from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { code, type RpcError, type RpcStatus } from "../../../src/kit/rpc/status.ts";
import type { StreamCall } from "../../../src/kit/rpc/transport.ts";
import { CanceledError, DeadlineError } from "../../../src/kit/time/clock.ts";
import { method, service } from "./echo-service.ts";
import {
  type DisposableClient,
  names,
  outcome,
  pairs,
  type RunningServer,
  startClient,
  startServer,
  until,
} from "./pairs.ts";

const failure = (promise: Promise<unknown>): Promise<RpcError> =>
  promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: RpcError) => error,
  );

describe.each(pairs)("$server server, $client client", { timeout: 10_000 }, (pair) => {
  // The status of a @grpc/grpc-js server, with its own text, may come before the client's timer.
  const late =
    pair.server === "grpcjs" ? /^(context d|D)eadline exceeded$/ : /^context deadline exceeded$/;
  let server: RunningServer;
  let client: DisposableClient;

  beforeAll(async () => {
    server = await startServer(pair.server);
    client = await startClient(pair.client, server.target);
    await client.connect();
  });

  afterAll(async () => {
    await client.close();
    await server.transport.close(0);
  });

  /** Waits until no call hangs and tells how many were cancelled meanwhile. */
  async function settled(before: number): Promise<number> {
    await until(() => server.state.hanging === 0, "hanging calls end");
    return server.state.cancelled - before;
  }

  it("does not send a call whose signal is aborted already", async () => {
    const before = server.state.cancelled;
    const error = await failure(
      client.unary(method.hang, Buffer.alloc(0), {
        signal: AbortSignal.abort(new CanceledError()),
      }),
    );
    expect(error).toMatchObject({ code: code.canceled, desc: "context canceled" });
    await client.unary(method.unary, Buffer.alloc(0));
    expect(await settled(before)).toBe(0);
  });

  it("cancels a waiting unary call through its signal", async () => {
    const before = server.state.cancelled;
    const controller = new AbortController();
    const call = failure(client.unary(method.hang, Buffer.alloc(0), { signal: controller.signal }));
    await until(() => server.state.hanging === 1, "the call arrives");
    controller.abort(new CanceledError());
    expect(await call).toMatchObject({ code: code.canceled, desc: "context canceled" });
    expect(await settled(before)).toBe(1);
  });

  it("says DeadlineExceeded when the signal's reason is a deadline", async () => {
    const controller = new AbortController();
    const call = failure(client.unary(method.hang, Buffer.alloc(0), { signal: controller.signal }));
    await until(() => server.state.hanging === 1, "the call arrives");
    controller.abort(new DeadlineError());
    expect((await call).code).toBe(code.deadlineExceeded);
    await settled(0);
  });

  it("cancels an open stream", async () => {
    const before = server.state.cancelled;
    const call = client.open(method.hangStream);
    const statuses: RpcStatus[] = [];
    call.onStatus((status) => statuses.push(status));
    call.onMessage(() => call.cancel());
    call.send(Buffer.from("ping"));
    await until(() => statuses.length > 0, "a status");
    expect(statuses[0]).toMatchObject({ code: code.canceled });
    expect(await settled(before)).toBe(1);
    call.cancel();
    expect(call.send(Buffer.from("dropped"))).toBe(true);
    call.halfClose();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(statuses.length).toBe(1);
  });

  it("cancels right after opening", async () => {
    const call = client.open(method.hangStream);
    const done = outcome(call);
    call.send(Buffer.from("x"));
    call.cancel();
    expect((await done).status.code).toBe(code.canceled);
    await settled(0);
    expect((await client.unary(method.unary, Buffer.from("ok"))).message.toString()).toBe("ok");
  });

  it("changes nothing after the end", async () => {
    const call = client.open(method.bidi);
    const done = outcome(call);
    call.send(Buffer.from("x"));
    call.halfClose();
    expect((await done).status.code).toBe(code.ok);
    call.cancel();
    const again = outcome(client.open(method.trailersOnly));
    expect((await again).status.code).toBe(code.ok);
  });

  it("stops a server that streams without end", async () => {
    let produced = 0;
    let ended = false;
    await using endless = await startServer(pair.server);
    endless.transport.stream("/endless.Endless/Go", (call) => {
      const pump = (): void => {
        while (!call.cancelled) {
          produced++;
          if (!call.send(Buffer.alloc(1000))) return;
        }
      };
      call.onCancel(() => {
        ended = true;
      });
      call.onDrain(pump);
      pump();
    });
    await using other = await startClient(pair.client, endless.target);
    const call = other.open("/endless.Endless/Go");
    let received = 0;
    const status = new Promise<RpcStatus>((resolve) => call.onStatus(resolve));
    call.onMessage(() => {
      if (++received === 500) call.cancel();
    });
    expect((await status).code).toBe(code.canceled);
    await until(() => ended, "the handler learns of it");
    const then = produced;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(produced).toBe(then);
  });

  it("shows the handler a signal with a reason", async () => {
    await using own = await startServer(pair.server);
    let call: StreamCall | undefined;
    own.transport.stream("/a.A/B", (incoming) => {
      call = incoming;
      incoming.onMessage(() => {});
    });
    await using other = await startClient(pair.client, own.target);
    const outgoing = other.open("/a.A/B");
    const done = outcome(outgoing);
    outgoing.send(Buffer.from("x"));
    await until(() => call !== undefined, "the call arrives");
    const signal = call?.signal as AbortSignal;
    expect(signal.aborted).toBe(false);
    outgoing.cancel();
    await done;
    await until(() => signal.aborted, "the signal is aborted");
    expect(signal.reason).toBeInstanceOf(Error);
    let late = false;
    call?.onCancel(() => {
      late = true;
    });
    expect(late).toBe(true);
    expect(call?.send(Buffer.from("dropped"))).toBe(true);
    call?.finish();
  });

  it("ends running calls when the client closes", async () => {
    const before = server.state.cancelled;
    const other = await startClient(pair.client, server.target);
    const unary = failure(other.unary(method.hang, Buffer.alloc(0)));
    const stream = other.open(method.hangStream);
    const done = outcome(stream);
    stream.send(Buffer.from("x"));
    await until(() => server.state.hanging === 2, "both calls arrive");
    await other.close();
    expect((await unary).code).toBe(code.canceled);
    expect((await done).status.code).toBe(code.canceled);
    expect(await settled(before)).toBe(2);
    await other.close();
    expect((await failure(other.unary(method.unary, Buffer.alloc(0)))).code).toBe(code.canceled);
    const rejected = await outcome(other.open(method.bidi));
    expect(rejected.status.code).toBe(code.canceled);
  });

  it("keeps to a deadline", async () => {
    const before = server.state.cancelled;
    const startedAt = performance.now();
    const error = await failure(client.unary(method.hang, Buffer.alloc(0), { timeoutMs: 120 }));
    const tookMs = performance.now() - startedAt;
    expect(error.code).toBe(code.deadlineExceeded);
    expect(error.desc).toMatch(late);
    expect(tookMs).toBeGreaterThan(100);
    expect(tookMs).toBeLessThan(1000);
    expect(await settled(before)).toBe(1);
  });

  it("keeps to a deadline on a stream that is busy", async () => {
    const call = client.open(method.bidi, { timeoutMs: 150 });
    const done = outcome(call);
    call.onMessage((message) => call.send(message));
    call.send(Buffer.from("x"));
    const { status } = await done;
    expect(status.code).toBe(code.deadlineExceeded);
    expect(status.message).toMatch(late);
  });

  it.each([0, -1])("fails at once with a deadline of %i ms", async (timeoutMs) => {
    const error = await failure(client.unary(method.unary, Buffer.alloc(0), { timeoutMs }));
    expect(error.code).toBe(code.deadlineExceeded);
  });

  it.for<[number, number, number]>([
    [50, 20, 50],
    [12_345, 11_000, 12_345],
    [3_600_000, 3_590_000, 3_600_000],
    // Beyond 24 days @grpc/grpc-js servers overflow.
    [100 * 86_400_000, 99 * 86_400_000, 100 * 86_400_000 + 1],
  ])("tells the server of %i ms", async ([timeoutMs, low, high], { skip }) => {
    skip(timeoutMs > 86_400_000 && (pair.server === "grpcjs" || pair.client === "grpcjs"));
    const reply = await client.unary(method.timeout, Buffer.alloc(0), { timeoutMs });
    const told = Number(reply.message.toString());
    expect(told).toBeGreaterThan(low);
    expect(told).toBeLessThanOrEqual(high);
  });

  it("tells the server of no deadline", async () => {
    const reply = await client.unary(method.timeout, Buffer.alloc(0));
    expect(reply.message.toString()).toBe("Infinity");
  });
});

describe.each(names)("%s server alone", { timeout: 10_000 }, (name) => {
  const raw = async (
    server: RunningServer,
    path: string,
    timeout: string,
  ): Promise<{ status: string | undefined; rstCode: number | undefined }> => {
    const session = connect(`http://127.0.0.1:${(server.target as { port: number }).port}`);
    session.on("error", () => {});
    try {
      return await new Promise((resolve) => {
        const stream = session.request({
          ":method": "POST",
          ":path": path,
          "content-type": "application/grpc",
          te: "trailers",
          "grpc-timeout": timeout,
        });
        let status: string | undefined;
        stream.on("error", () => {});
        stream.on("response", (headers) => {
          status = headers["grpc-status"] as string | undefined;
        });
        stream.on("trailers", (headers) => {
          status = headers["grpc-status"] as string | undefined;
        });
        stream.on("close", () => resolve({ status, rstCode: stream.rstCode }));
        stream.resume();
        stream.end(Buffer.from([0, 0, 0, 0, 0]));
      });
    } finally {
      session.destroy();
    }
  };

  it("enforces the deadline of a client that does not", async () => {
    await using server = await startServer(name);
    const startedAt = performance.now();
    const { status, rstCode } = await raw(server, method.hang, "100m");
    expect(performance.now() - startedAt).toBeGreaterThan(80);
    expect(status === "4" || rstCode === 8).toBe(true);
    await until(() => server.state.cancelled === 1, "the handler learns of it");
    expect(server.state.hanging).toBe(0);
  });

  // @grpc/grpc-js takes some of them.
  it.skipIf(name === "grpcjs").each(["", "5", "s", "123456789S", "-1S", "1.5S", "1 x"])(
    "refuses the timeout %j",
    async (timeout) => {
      await using server = await startServer(name);
      const { status, rstCode } = await raw(server, `/${service}/Unary`, timeout);
      expect(status === "13" || (status === undefined && rstCode !== 0)).toBe(true);
    },
  );
});
