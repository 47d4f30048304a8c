import { describe, expect, it } from "vitest";
import { ManualClock } from "../../time/manual-clock.ts";
import type { RpcLimit, ServerOptions, StreamCall } from "../transport.ts";
import { flag, frameType, h2Code, preface, setting } from "./frames.ts";
import { Budget } from "./limits.ts";
import {
  frameBytes,
  framed,
  settingsPayload,
  type TestPeer,
  testServer,
  turns,
  uint32,
} from "./test-peer.ts";

async function server(options: Partial<ServerOptions> = {}) {
  const clock = new ManualClock();
  const hits: RpcLimit[] = [];
  const test = await testServer({ clock, onLimit: (limit) => hits.push(limit), ...options });
  test.server.unary("/t.T/Echo", (message) => message);
  const calls: StreamCall[] = [];
  test.server.stream("/t.T/Hang", (call) => calls.push(call));
  return { ...test, clock, calls, hits };
}

const hang: [string, string][] = [[":path", "/t.T/Hang"]];

/** Lets time pass in steps of the server's checks. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    await clock.advance(Math.min(1000, left));
    await turns(3);
  }
}

describe("Budget", () => {
  it("spends, refills with time and work, and never holds more than its capacity", async () => {
    const clock = new ManualClock();
    const budget = new Budget(clock, 3, 10);
    const spend = (times: number) => Array.from({ length: times }, () => budget.spend());
    expect(spend(4)).toEqual([true, true, true, false]);
    await clock.advance(200);
    expect(spend(2)).toContain(true);
    budget.earn(100);
    expect(spend(4)).toEqual([true, true, true, false]);
  });
});

describe("floods end with ENHANCE_YOUR_CALM", () => {
  const floods: [string, (peer: TestPeer, index: number) => void][] = [
    ["SETTINGS", (peer) => peer.send(frameType.settings, 0, 0)],
    ["SETTINGS acknowledgements", (peer) => peer.send(frameType.settings, flag.ack, 0)],
    [
      "PRIORITY",
      (peer, i) => peer.send(frameType.priority, 0, 2 * i + 1, Buffer.from([0, 0, 0, 0, 1])),
    ],
    ["WINDOW_UPDATE", (peer) => peer.send(frameType.windowUpdate, 0, 0, uint32(1))],
    ["unknown frames", (peer) => peer.send(99, 0, 0)],
    ["ping acknowledgements", (peer) => peer.send(frameType.ping, flag.ack, 0, Buffer.alloc(8))],
    [
      "empty DATA",
      (peer, i) => {
        if (i === 0) peer.headers(1, hang);
        peer.send(frameType.data, 0, 1);
      },
    ],
    [
      "RST_STREAM of closed streams",
      (peer, i) => {
        if (i === 0) peer.request(1, "");
        peer.send(frameType.rstStream, 0, 1, uint32(8));
      },
    ],
    [
      "rapid reset",
      (peer, i) => {
        peer.headers(2 * i + 1, hang);
        peer.send(frameType.rstStream, 0, 2 * i + 1, uint32(8));
      },
    ],
    ["malformed requests", (peer, i) => peer.headers(2 * i + 1, [["UPPER", "x"]])],
  ];
  it.each(floods)("%s", async (_name, attack) => {
    const { connect, hits } = await server();
    const peer = connect();
    for (let i = 0; i < 5000; i++) {
      attack(peer, i);
      if (i % 500 === 499) await turns(2);
      if (peer.isEnded) break;
    }
    await turns(10);
    expect(peer.goaway).toBe(h2Code.enhanceYourCalm);
    expect(peer.isEnded).toBe(true);
    expect(hits).toEqual(["control-frames"]);
  });

  it("CONTINUATION frames without end", async () => {
    const { connect, hits } = await server();
    const peer = connect();
    peer.headers(1, [], 0);
    for (let i = 0; i < 20; i++) peer.send(frameType.continuation, 0, 1, Buffer.alloc(0));
    await turns();
    expect([peer.goaway, hits]).toEqual([h2Code.enhanceYourCalm, ["grpc-metadata"]]);
  });

  it("but a client that cancels half of its calls goes on", async () => {
    const { connect, hits } = await server();
    const peer = connect();
    for (let i = 0; i < 6000; i += 2) {
      peer.headers(2 * i + 1, hang);
      peer.send(frameType.rstStream, 0, 2 * i + 1, uint32(8));
      peer.request(2 * i + 3, "");
      if (i % 500 === 0) await turns(2);
    }
    await turns(10);
    expect(peer.goaway).toBe(-1);
    expect(peer.status(2 * 5998 + 3)).toBe("0");
    expect(hits).toEqual([]);
  });
});

describe("streams", () => {
  it("are refused above the limit, and counted until their handler ends", async () => {
    const { server: transport, connect, hits } = await server({ maxConcurrentStreams: 2 });
    const releases: (() => void)[] = [];
    transport.unary(
      "/t.T/Slow",
      (message) =>
        new Promise((resolve) => {
          releases.push(() => resolve(message));
        }),
    );
    const peer = connect();
    const slow: [string, string][] = [[":path", "/t.T/Slow"]];
    peer.request(1, "", slow);
    peer.request(3, "", slow);
    await turns();
    // The client gives up, the handlers go on.
    for (const id of [1, 3]) peer.send(frameType.rstStream, 0, id, uint32(8));
    peer.request(5, "");
    await turns();
    expect(peer.reset(5)).toBe(h2Code.refusedStream);
    expect(hits).toEqual(["streams"]);
    for (const release of releases) release();
    await turns();
    peer.request(7, "");
    await turns();
    expect(peer.status(7)).toBe("0");
  });

  it("of which the metadata is too large are reset alone, with the table in step", async () => {
    const { connect, hits } = await server({ maxMetadataBytes: 1000 });
    const peer = connect();
    peer.request(1, "", [["k", "x".repeat(1000)]]);
    await turns();
    expect(peer.reset(1)).toBe(h2Code.enhanceYourCalm);
    expect(hits).toEqual(["grpc-metadata"]);
    peer.request(3, "");
    await turns();
    expect(peer.status(3)).toBe("0");
    expect(peer.of(frameType.settings)[0]?.payload.toString("hex")).toContain("0006000003e8");
  });

  it.each([
    ["UPPER", "x"],
    ["host", ""],
    ["connection", "close"],
    ["te", "gzip"],
    ["k", "a\nb"],
    ["content-length", "x"],
    ["content-length", "7"],
    [":unknown", "x"],
    ["b d", "x"],
  ])("with the malformed header %j: %j are reset alone", async (name, value) => {
    const { connect } = await server();
    const peer = connect();
    peer.request(1, "longer", [[name, value]]);
    peer.request(3, "");
    await turns();
    expect(peer.reset(1)).toBe(h2Code.protocolError);
    expect(peer.status(1)).toBeUndefined();
    expect(peer.status(3)).toBe("0");
  });

  it("with messages over the limit, in both directions, are told", async () => {
    const { server: transport, connect, hits } = await server({ maxMessageBytes: 10 });
    transport.unary("/t.T/Long", () => Buffer.alloc(11));
    const peer = connect();
    peer.request(1, "x".repeat(10));
    await turns();
    expect([peer.status(1), hits]).toEqual(["0", []]);
    peer.request(3, "x".repeat(11));
    peer.request(5, "", [[":path", "/t.T/Long"]]);
    await turns();
    expect([peer.status(3), peer.status(5)]).toEqual(["8", "8"]);
    expect(hits).toEqual(["grpc-message", "grpc-message"]);
  });

  it("with too many unfinished bytes are refused", async () => {
    const { connect } = await server({ maxMessageBytes: 1 << 20 });
    const peer = connect();
    const half = Buffer.alloc(16384);
    half.writeUInt32BE(1 << 20, 1);
    let refused = 0;
    for (let id = 1; id < 400 && refused === 0; id += 2) {
      peer.headers(id);
      for (let i = 0; i < 28; i++) {
        peer.send(frameType.data, 0, id, i === 0 ? half : Buffer.alloc(16384));
        if (i % 8 === 7) await turns(1);
      }
      await turns(2);
      if (peer.status(id) === "8") refused = id;
    }
    // 64 MiB at about 448 KiB each.
    expect(refused).toBeGreaterThan(280);
    expect(refused).toBeLessThan(310);
    expect(peer.goaway).toBe(-1);
  });

  it("whose reader is slow are reset after 30 s with a full queue", async () => {
    const { connect, calls, clock, hits } = await server({ pingAfterMs: 1_000_000 });
    const peer = connect(settingsPayload([setting.initialWindowSize, 0]));
    peer.headers(1, hang);
    peer.headers(3, hang);
    await turns();
    let cancelled = 0;
    for (const call of calls) call.onCancel(() => cancelled++);
    calls[1]?.send(Buffer.alloc(1000));
    expect(calls[0]?.send(Buffer.alloc(1 << 20))).toBe(false);
    await pass(clock, 29_000);
    expect(cancelled).toBe(0);
    peer.send(frameType.ping, 0, 0, Buffer.alloc(8));
    await pass(clock, 4000);
    expect(cancelled).toBe(1);
    expect(peer.reset(1)).toBe(h2Code.cancel);
    expect(peer.reset(3)).toBe(-1);
    expect(hits).toEqual(["slow-reader"]);
  });

  it("wait while too much is queued on the connection", async () => {
    const { connect, calls } = await server();
    const peer = connect(settingsPayload([setting.initialWindowSize, 0]));
    for (let id = 1; id < 20; id += 2) peer.headers(id, hang);
    await turns();
    for (const call of calls) call.send(Buffer.alloc(1 << 20));
    peer.headers(21, hang);
    peer.request(23, "later");
    peer.request(25, "never");
    peer.send(frameType.rstStream, 0, 25, uint32(8));
    await turns();
    expect(calls).toHaveLength(10);
    expect(peer.received.filter((one) => one.id > 20)).toEqual([]);
    peer.send(frameType.windowUpdate, 0, 0, uint32(1 << 24));
    for (let id = 1; id < 8; id += 2) peer.send(frameType.windowUpdate, 0, id, uint32(1 << 21));
    peer.send(frameType.windowUpdate, 0, 23, uint32(100));
    await turns(40);
    expect(calls).toHaveLength(11);
    expect(peer.data(23)).toEqual(framed("later"));
    expect(peer.status(25)).toBeUndefined();
  });
});

describe("connections", () => {
  it("over the limit: the oldest idle one goes, busy ones stay", async () => {
    const { connect, hits } = await server({ maxConnections: 3 });
    const busy = connect();
    busy.headers(1, hang);
    await turns();
    const oldest = connect();
    const older = connect();
    await turns();
    expect(hits).toEqual([]);
    const next = connect();
    next.request(1, "x");
    await turns();
    expect([busy.isEnded, oldest.isEnded, older.isEnded]).toEqual([false, true, false]);
    expect(next.status(1)).toBe("0");
    expect(hits).toEqual(["connections"]);
    for (const peer of [older, next]) peer.headers(3, hang);
    await turns();
    // All are busy: the new one is refused.
    const last = connect();
    await turns();
    expect([last.isEnded, busy.isEnded, older.isEnded, next.isEnded]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(hits).toHaveLength(2);
  });
});

describe("time", () => {
  it("closes connections without preface, or with half of one, after 10 s", async () => {
    const { connect, clock } = await server();
    const silent = connect(null);
    const half = connect(null);
    half.socket.write(preface.subarray(0, 10));
    const good = connect();
    await pass(clock, 10_000);
    expect([silent.isEnded, half.isEnded]).toEqual([false, false]);
    await pass(clock, 2000);
    expect([silent.isEnded, half.isEnded, good.isEnded]).toEqual([true, true, false]);
  });

  it("closes connections whose header block does not end within 10 s", async () => {
    const { connect, clock } = await server();
    const peer = connect();
    peer.headers(1, [], 0);
    await turns();
    await pass(clock, 5000);
    peer.send(frameType.continuation, 0, 1);
    await pass(clock, 8000);
    expect(peer.isEnded).toBe(true);
    expect(peer.goaway).toBe(h2Code.enhanceYourCalm);
  });

  it("pings after 10 s of silence and closes without an answer after 5 more", async () => {
    const { connect, clock } = await server();
    const dead = connect();
    const alive = connect();
    await turns();
    for (let second = 0; second < 40; second++) {
      await pass(clock, 1000);
      const pings = alive.of(frameType.ping).filter((one) => (one.flags & flag.ack) === 0);
      for (const ping of pings) alive.send(frameType.ping, flag.ack, 0, ping.payload);
      alive.received.length = 0;
      if (second === 12) expect(dead.of(frameType.ping)).toHaveLength(1);
    }
    expect(dead.isEnded).toBe(true);
    expect(alive.isEnded).toBe(false);
  });

  it("sends idle connections away after 3 minutes, busy ones not", async () => {
    const { connect, clock } = await server();
    const idle = connect();
    const busy = connect();
    busy.headers(1, hang);
    await turns();
    for (let second = 0; second < 200; second++) {
      await pass(clock, 1000);
      for (const peer of [idle, busy]) {
        for (const ping of peer.of(frameType.ping)) {
          if ((ping.flags & flag.ack) === 0) peer.send(frameType.ping, flag.ack, 0, ping.payload);
        }
        peer.received.splice(0, peer.received.length, ...peer.of(frameType.goaway));
      }
      if (second === 175) expect(idle.goaway).toBe(-1);
    }
    expect(idle.goaway).toBe(h2Code.noError);
    expect(idle.isEnded).toBe(true);
    expect(busy.goaway).toBe(-1);
  });
});

describe("pings of the client", () => {
  const ping = (peer: TestPeer): void => peer.send(frameType.ping, 0, 0, Buffer.from("abcdefgh"));

  it("are answered, and punished at the fourth that comes too early", async () => {
    const { connect, clock } = await server();
    const peer = connect();
    await turns();
    for (let i = 0; i < 3; i++) {
      ping(peer);
      await turns();
      await clock.advance(1000);
    }
    expect(peer.of(frameType.ping).map((one) => one.payload.toString())).toEqual(
      Array(3).fill("abcdefgh"),
    );
    expect(peer.goaway).toBe(-1);
    ping(peer);
    await turns();
    expect(peer.goaway).toBe(h2Code.enhanceYourCalm);
    expect(peer.of(frameType.goaway)[0]?.payload.toString("utf8", 8)).toBe("too_many_pings");
  });

  it("8 s apart, or with calls in between, are fine", async () => {
    const { connect, clock } = await server();
    const slow = connect();
    for (let i = 0; i < 6; i++) {
      ping(slow);
      await turns();
      await clock.advance(8000);
    }
    expect(slow.goaway).toBe(-1);
    const busy = connect();
    for (let i = 0; i < 20; i++) {
      busy.request(2 * i + 1, "");
      ping(busy);
      await turns();
    }
    expect(busy.goaway).toBe(-1);
  });

  it("are fine while a stream sends data", async () => {
    const { connect, calls } = await server();
    const peer = connect();
    peer.headers(1, hang);
    await turns();
    for (let i = 0; i < 20; i++) {
      calls[0]?.send(Buffer.from("data"));
      await turns();
      ping(peer);
    }
    await turns();
    expect(peer.goaway).toBe(-1);
  });
});

describe("broken connections", () => {
  const cases: [string, Buffer, number][] = [
    ["frame too large", frameBytes(0, 0, 1, Buffer.alloc(16385)), h2Code.frameSizeError],
    ["DATA on stream 0", frameBytes(0, 0, 0), h2Code.protocolError],
    ["DATA on an idle stream", frameBytes(0, 0, 1), h2Code.protocolError],
    [
      "padding longer than the frame",
      frameBytes(0, 8, 1, Buffer.from([5, 0])),
      h2Code.protocolError,
    ],
    ["DATA without its padding", frameBytes(0, 8, 1), h2Code.frameSizeError],
    ["HEADERS without its padding", frameBytes(1, 12, 1), h2Code.frameSizeError],
    ["HEADERS cut in its priority", frameBytes(1, 0x24, 1, Buffer.alloc(4)), h2Code.frameSizeError],
    ["HEADERS on an even stream", frameBytes(1, 4, 2, Buffer.from([0x82])), h2Code.protocolError],
    ["a bad header block", frameBytes(1, 4, 1, Buffer.from([0x80])), h2Code.compressionError],
    ["PUSH_PROMISE", frameBytes(5, 4, 1, Buffer.alloc(4)), h2Code.protocolError],
    ["SETTINGS of 5 bytes", frameBytes(4, 0, 0, Buffer.alloc(5)), h2Code.frameSizeError],
    ["PING of 7 bytes", frameBytes(6, 0, 0, Buffer.alloc(7)), h2Code.frameSizeError],
    ["GOAWAY of 7 bytes", frameBytes(7, 0, 0, Buffer.alloc(7)), h2Code.frameSizeError],
    ["RST_STREAM on stream 0", frameBytes(3, 0, 0, uint32(0)), h2Code.protocolError],
    ["CONTINUATION alone", frameBytes(9, 4, 1), h2Code.protocolError],
    ["a window above 2^31-1", frameBytes(8, 0, 0, uint32(2 ** 31 - 1)), h2Code.flowControlError],
    [
      "an initial window above 2^31-1",
      frameBytes(4, 0, 0, settingsPayload([4, 2 ** 31])),
      h2Code.flowControlError,
    ],
  ];
  it.each(cases)("%s", async (_name, bytes, expected) => {
    const { connect } = await server();
    const peer = connect();
    peer.socket.write(bytes);
    await turns();
    expect(peer.goaway).toBe(expected);
    expect(peer.isEnded).toBe(true);
  });

  it("end calls that run, and the server goes on", async () => {
    const { connect, calls } = await server();
    const peer = connect();
    peer.headers(1, hang);
    await turns();
    let cancelled = false;
    calls[0]?.onCancel(() => {
      cancelled = true;
    });
    peer.send(frameType.continuation, 0, 1);
    await turns();
    expect(cancelled).toBe(true);
    calls[0]?.send(Buffer.from("late"));
    calls[0]?.finish();
    const next = connect();
    next.request(1, "x");
    await turns();
    expect(next.data(1)).toEqual(framed("x"));
  });

  it("are those that do not speak HTTP/2", async () => {
    const { connect } = await server();
    const peer = connect(null);
    peer.socket.write("GET / HTTP/1.1\r\n\r\n");
    await turns();
    expect(peer.isEnded).toBe(true);
  });

  it("whatever bytes come: no crash, and others are served", async () => {
    const { connect } = await server();
    let seed = 12345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 400; round++) {
      const peer = connect();
      peer.headers(1);
      for (let i = 0; i < 6; i++) {
        const payload = Buffer.from(Array.from({ length: random(30) }, () => random(256)));
        peer.send(random(11), random(256), random(4), payload);
      }
      await turns(1);
      peer.socket.destroy();
    }
    const peer = connect();
    peer.request(1, "fine");
    await turns();
    expect(peer.data(1)).toEqual(framed("fine"));
  });
});
