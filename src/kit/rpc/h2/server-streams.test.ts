import { describe, expect, it } from "vitest";
import { ManualClock } from "../../time/manual-clock.ts";
import { Metadata } from "../metadata.ts";
import { code, RpcError } from "../status.ts";
import type { ServerOptions, StreamCall, UnaryCall } from "../transport.ts";
import { flag, frameType, h2Code, setting } from "./frames.ts";
import { framed, settingsPayload, testServer, turns, uint32 } from "./test-peer.ts";

async function echoServer(options: Partial<ServerOptions> = {}) {
  const test = await testServer(options);
  const seen: UnaryCall[] = [];
  test.server.unary("/t.T/Echo", (message, call) => {
    seen.push(call);
    return Buffer.from(message);
  });
  return { ...test, seen };
}

async function streamServer(
  handler: (call: StreamCall) => void,
  options: Partial<ServerOptions> = {},
) {
  const test = await testServer(options);
  test.server.stream("/t.T/Echo", handler);
  return test;
}

describe("streaming calls", () => {
  it("holds back messages until somebody listens, and gives no window back", async () => {
    let call: StreamCall | undefined;
    const { connect } = await streamServer((one) => {
      call = one;
    });
    const peer = connect();
    peer.headers(1);
    for (let i = 0; i < 30; i++) peer.send(frameType.data, 0, 1, framed(Buffer.alloc(16379)));
    await turns(20);
    expect(peer.of(frameType.windowUpdate, 1)).toEqual([]);
    let received = 0;
    call?.onMessage(() => {
      if (++received === 10) call?.pause();
    });
    expect(received).toBe(10);
    await turns();
    expect(peer.of(frameType.windowUpdate, 1)).toEqual([]);
    call?.resume();
    await turns();
    expect(received).toBe(30);
    expect(peer.of(frameType.windowUpdate, 1)[0]?.payload.readUInt32BE(0)).toBe(30 * 16384);
  });

  it("resets a stream that ignores its window", async () => {
    const { connect } = await streamServer(() => {});
    const peer = connect();
    peer.headers(1);
    for (let i = 0; i < 33; i++) peer.send(frameType.data, 0, 1, framed(Buffer.alloc(16379)));
    await turns(20);
    expect(peer.reset(1)).toBe(h2Code.flowControlError);
    expect(peer.goaway).toBe(-1);
  });

  it("tells the half-close after the last message, also when paused", async () => {
    const events: string[] = [];
    let call: StreamCall | undefined;
    const { connect } = await streamServer((one) => {
      call = one;
      one.onMessage((message) => {
        events.push(message.toString());
        one.pause();
      });
      one.onHalfClose(() => events.push("end"));
    });
    const peer = connect();
    peer.headers(1);
    peer.send(frameType.data, flag.endStream, 1, Buffer.concat([framed("a"), framed("b")]));
    await turns();
    expect(events).toEqual(["a"]);
    call?.resume();
    expect(events).toEqual(["a", "b", "end"]);
  });

  it("sends headers without a message, messages in order, and one status", async () => {
    const { connect } = await streamServer((call) => {
      call.sendHeaders(Metadata.from({ h: "1" }));
      call.onMessage((message) => {
        call.send(message);
        call.send(Buffer.from("!"));
      });
      call.onHalfClose(() => {
        call.finish({ code: 3, message: "done", trailers: Metadata.from({ t: "1" }) });
        call.finish({ code: 4 });
        expect(call.send(Buffer.from("late"))).toBe(true);
      });
    });
    const peer = connect();
    peer.headers(1);
    await turns();
    expect(peer.of(frameType.headers, 1)[0]?.fields).toMatchObject({ h: "1" });
    peer.send(frameType.data, flag.endStream, 1, framed("a"));
    await turns();
    expect(peer.data(1)).toEqual(Buffer.concat([framed("a"), framed("!")]));
    expect(peer.of(frameType.headers, 1)).toHaveLength(2);
    expect(peer.of(frameType.headers, 1)[1]?.fields).toEqual({
      "grpc-status": "3",
      "grpc-message": "done",
      t: "1",
    });
  });

  it("answers before the request is complete and tells the client to stop", async () => {
    const { connect } = await streamServer((call) => call.finish({ code: 7, message: "no" }));
    const peer = connect();
    peer.headers(1);
    peer.send(frameType.data, 0, 1, framed("ignored"));
    await turns();
    expect(peer.status(1)).toBe("7");
    expect(peer.reset(1)).toBe(h2Code.noError);
    expect(peer.goaway).toBe(-1);
  });

  it("pauses the sender at 1 MiB and goes on after the client reads", async () => {
    let drained = 0;
    let sent = 0;
    const { connect } = await streamServer((call) => {
      const fill = (): void => {
        while (sent < 300 && call.send(Buffer.alloc(16379, sent))) sent++;
        if (sent < 300) sent++;
        else call.finish();
      };
      call.onDrain(() => {
        drained++;
        fill();
      });
      fill();
    });
    const peer = connect();
    peer.headers(1);
    await turns(20);
    expect(drained).toBe(0);
    expect(sent).toBeGreaterThan(60);
    expect(sent).toBeLessThan(75);
    for (let i = 0; i < 400 && peer.status(1) === undefined; i++) {
      peer.send(frameType.windowUpdate, 0, 0, uint32(65536));
      peer.send(frameType.windowUpdate, 0, 1, uint32(65536));
      await turns(2);
    }
    expect(peer.status(1)).toBe("0");
    expect(peer.data(1).length).toBe(300 * 16384);
    expect(drained).toBeGreaterThan(2);
  });

  it("survives a handler that throws, at the start or later", async () => {
    const { connect, errors } = await streamServer((call) => {
      if (call.metadata.get("when") === "start") throw new Error("at start");
      call.onMessage(() => {
        throw new RpcError(code.aborted, "at message");
      });
    });
    const peer = connect();
    peer.headers(1, [["when", "start"]]);
    peer.headers(3);
    peer.send(frameType.data, 0, 3, framed("x"));
    await turns();
    expect([peer.status(1), peer.status(3)]).toEqual(["2", "10"]);
    expect(errors.map((error) => error.message)).toEqual(["at start"]);
    expect(peer.goaway).toBe(-1);
  });

  it("gives unregistered paths to the fallback", async () => {
    const { server, connect } = await testServer();
    server.fallback((call) => call.finish({ message: call.path, code: 1 }));
    const peer = connect();
    peer.request(1, "x", [[":path", "/any/Thing"]]);
    await turns();
    expect(peer.of(frameType.headers, 1)[0]?.fields["grpc-message"]).toBe("/any/Thing");
  });
});

describe("windows of the client", () => {
  it.each([1, 7, 65535])("obeys a stream window of %i", async (window) => {
    const { connect } = await echoServer();
    const peer = connect(settingsPayload([setting.initialWindowSize, window]));
    const message = Buffer.alloc(window === 65535 ? 200_000 : 50, "x");
    peer.headers(1);
    for (const [index, at] of Array.from(
      { length: Math.ceil((message.length + 5) / 16384) },
      (_, i) => [i, i * 16384] as const,
    )) {
      const bytes = framed(message).subarray(at, at + 16384);
      peer.send(
        frameType.data,
        index === Math.ceil((message.length + 5) / 16384) - 1 ? flag.endStream : 0,
        1,
        bytes,
      );
    }
    peer.send(frameType.windowUpdate, 0, 0, uint32(1 << 20));
    await turns(20);
    expect(peer.data(1).length).toBe(window);
    for (let i = 0; i < 200 && peer.status(1) === undefined; i++) {
      const before = peer.data(1).length;
      peer.send(frameType.windowUpdate, 0, 1, uint32(window));
      await turns(3);
      expect(peer.data(1).length - before).toBeLessThanOrEqual(window);
    }
    expect(peer.data(1)).toEqual(framed(message));
    expect(peer.status(1)).toBe("0");
  });

  it("obeys the connection window", async () => {
    const { connect } = await echoServer();
    const peer = connect(settingsPayload([setting.initialWindowSize, 1 << 20]));
    for (const id of [1, 3, 5, 7, 9]) {
      peer.headers(id);
      peer.send(frameType.data, flag.endStream, id, framed(Buffer.alloc(16000)));
    }
    await turns(20);
    const total = () => [1, 3, 5, 7, 9].reduce((sum, id) => sum + peer.data(id).length, 0);
    expect(total()).toBe(65535);
    peer.send(frameType.windowUpdate, 0, 0, uint32(1));
    await turns();
    expect(total()).toBe(65536);
    peer.send(frameType.windowUpdate, 0, 0, uint32(100_000));
    await turns();
    expect(total()).toBe(5 * 16005);
  });

  it("follows a change of the initial window in both directions", async () => {
    const { connect } = await echoServer();
    const peer = connect(settingsPayload([setting.initialWindowSize, 100]));
    peer.request(1, Buffer.alloc(495, "y"));
    await turns();
    expect(peer.data(1).length).toBe(100);
    // Below zero: nothing more until the window is positive again.
    peer.send(frameType.settings, 0, 0, settingsPayload([setting.initialWindowSize, 50]));
    peer.send(frameType.windowUpdate, 0, 1, uint32(50));
    await turns();
    expect(peer.data(1).length).toBe(100);
    peer.send(frameType.windowUpdate, 0, 1, uint32(1));
    await turns();
    expect(peer.data(1).length).toBe(101);
    peer.send(frameType.settings, 0, 0, settingsPayload([setting.initialWindowSize, 1000]));
    await turns();
    expect(peer.data(1)).toEqual(framed(Buffer.alloc(495, "y")));
    expect(peer.status(1)).toBe("0");
  });

  it("obeys a smaller header table in the middle of the connection", async () => {
    const { connect } = await echoServer();
    const peer = connect();
    for (const [index, table] of [4096, 0, 4096, 60].entries()) {
      peer.send(frameType.settings, 0, 0, settingsPayload([setting.headerTableSize, table]));
      peer.request(index * 4 + 1, "a");
      peer.request(index * 4 + 3, "b");
      await turns();
      expect([peer.status(index * 4 + 1), peer.status(index * 4 + 3)]).toEqual(["0", "0"]);
    }
  });
});

describe("cancellation", () => {
  it.each(["before the message", "while the handler runs", "after the answer"])(
    "%s",
    async (when) => {
      const events: string[] = [];
      const { server, connect } = await testServer();
      let release = (): void => {};
      server.unary("/t.T/Echo", async (_message, call) => {
        events.push("called");
        call.onCancel(() => events.push("cancelled"));
        const { signal } = call;
        signal.addEventListener("abort", () => events.push("aborted"));
        if (when === "while the handler runs") {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        return Buffer.from("done");
      });
      const peer = connect();
      peer.headers(1);
      if (when !== "before the message") peer.send(frameType.data, flag.endStream, 1, framed(""));
      await turns();
      peer.send(frameType.rstStream, 0, 1, uint32(h2Code.cancel));
      await turns();
      release();
      await turns();
      const expected = {
        "before the message": [],
        "while the handler runs": ["called", "aborted", "cancelled"],
        "after the answer": ["called"],
      }[when];
      expect(events).toEqual(expected);
      expect(peer.goaway).toBe(-1);
      peer.request(3, "");
      await turns();
      release();
      await turns();
      expect(peer.status(3)).toBe("0");
    },
  );

  it("tells streaming handlers once when the connection is lost", async () => {
    let cancelled = 0;
    const { connect } = await streamServer((call) => {
      call.onCancel(() => cancelled++);
      call.onCancel(() => cancelled++);
    });
    const peer = connect();
    peer.headers(1);
    await turns();
    peer.socket.destroy();
    await turns();
    expect(cancelled).toBe(2);
  });

  it("ends calls at their deadline", async () => {
    const clock = new ManualClock();
    const reasons: unknown[] = [];
    const { server, connect } = await testServer({ clock });
    server.unary("/t.T/Echo", (_message, call) => {
      call.signal.addEventListener("abort", () => reasons.push(call.signal.reason));
      return new Promise(() => {});
    });
    const peer = connect();
    peer.request(1, "", [["grpc-timeout", "50m"]]);
    peer.request(3, "", [["grpc-timeout", "2S"]]);
    await turns();
    await clock.advance(50);
    await turns();
    expect(peer.status(1)).toBe("4");
    expect(peer.of(frameType.headers, 1)[0]?.fields["grpc-message"]).toBe(
      "context deadline exceeded",
    );
    expect(peer.status(3)).toBeUndefined();
    await clock.advance(2000);
    await turns();
    expect(peer.status(3)).toBe("4");
    expect(reasons.map((reason) => (reason as Error).name)).toEqual([
      "DeadlineError",
      "DeadlineError",
    ]);
  });
});

describe("going away", () => {
  it("finishes what runs, takes what was on its way, then closes", async () => {
    const { server, connect } = await testServer();
    let answer = (_: Uint8Array): void => {};
    server.unary("/t.T/Echo", (message) => {
      if (message.length > 0) return message;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const peer = connect();
    peer.request(1, "");
    await turns();
    const closed = server.close(Number.POSITIVE_INFINITY);
    await turns();
    expect(peer.of(frameType.goaway)[0]?.payload.readUInt32BE(0)).toBe(2 ** 31 - 1);
    // Sent before the client knew.
    peer.request(3, "on its way");
    const ping = peer.of(frameType.ping).find((one) => (one.flags & flag.ack) === 0);
    peer.send(frameType.ping, flag.ack, 0, ping?.payload);
    await turns();
    expect(peer.status(3)).toBe("0");
    expect(peer.of(frameType.goaway)[1]?.payload.readUInt32BE(0)).toBe(3);
    peer.request(5, "too late");
    await turns();
    expect(peer.received.filter((one) => one.id === 5)).toEqual([]);
    expect(peer.isEnded).toBe(false);
    answer(Buffer.from("finished"));
    await turns();
    expect(peer.data(1)).toEqual(framed("finished"));
    expect(peer.isEnded).toBe(true);
    await closed;
    await server.close(0);
  });

  it("cuts what runs after the grace period", async () => {
    const clock = new ManualClock();
    const { server, connect } = await testServer({ clock });
    let cancelled = false;
    server.stream("/t.T/Echo", (call) =>
      call.onCancel(() => {
        cancelled = true;
      }),
    );
    const peer = connect();
    peer.headers(1);
    await turns();
    const closed = server.close(5000);
    await clock.advance(4999);
    expect(cancelled).toBe(false);
    await clock.advance(1);
    expect(cancelled).toBe(true);
    await closed;
    expect(clock.pending).toBe(0);
  });
});
