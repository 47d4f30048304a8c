/**
 * Attacks on our own HTTP/2 server: what they cost is bounded by what they send, and others are served meanwhile.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../../src/kit/time/clock.ts";
import { method } from "./echo-service.ts";
import {
  frame,
  frameType,
  literal,
  message,
  parseFrames,
  preface,
  requestBlock,
} from "./frames.ts";
import { mebibyte, startClient, startServer, until } from "./pairs.ts";

interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

let child: ChildProcess;
let port = 0;

beforeAll(async () => {
  child = fork(fileURLToPath(new URL("./flood-server.ts", import.meta.url)), {
    execArgv: ["--expose-gc"],
  });
  const [ready] = (await once(child, "message")) as [{ port: number }];
  port = ready.port;
});

afterAll(() => void child.disconnect());

async function usage(): Promise<Usage> {
  const answer = once(child, "message");
  child.send("usage");
  return ((await answer) as [Usage])[0];
}

interface Attack {
  readonly bytes: number;
  /** Everything that the server answered. */
  readonly answered: number;
  /** Code of its GOAWAY. A connection that is closed while input waits is reset, which may swallow it. */
  readonly goaway: number | undefined;
  readonly isClosed: boolean;
}

/** Sends everything, as far as the server takes it, and waits until it is quiet. */
async function attack(
  pieces: Iterable<Buffer>,
  options: { readonly reads?: boolean; readonly waitMs?: number } = {},
): Promise<Attack> {
  const socket = connect(port, "127.0.0.1");
  let isClosed = false;
  let goaway: number | undefined;
  let answered = 0;
  let rest: Buffer = Buffer.alloc(0);
  let wake = (): void => {};
  socket.on("error", () => {});
  socket.on("close", () => {
    isClosed = true;
    wake();
  });
  socket.on("drain", () => wake());
  if (options.reads ?? true) {
    socket.on("data", (chunk: Buffer) => {
      answered += chunk.length;
      const parsed = parseFrames(Buffer.concat([rest, chunk]));
      rest = parsed.rest;
      for (const one of parsed.frames) {
        if (one.type === frameType.goaway) goaway = one.payload.readUInt32BE(4);
      }
    });
  }
  await once(socket, "connect");
  let bytes = 0;
  for (const piece of pieces) {
    if (isClosed) break;
    bytes += piece.length;
    if (socket.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 300);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    // A server that stopped reading has defended itself.
    if (socket.writableLength > 4 * mebibyte) break;
  }
  const end = performance.now() + (options.waitMs ?? 150);
  while (!isClosed && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const result = { bytes, answered, goaway, isClosed };
  socket.destroy();
  return result;
}

function* repeated(
  count: number,
  make: (i: number) => Buffer,
  first: Buffer = preface,
): Iterable<Buffer> {
  yield first;
  const batch = 500;
  for (let i = 0; i < count; i += batch) {
    const frames: Buffer[] = [];
    for (let k = i; k < Math.min(i + batch, count); k++) frames.push(make(k));
    yield Buffer.concat(frames);
  }
}

async function isServing(): Promise<void> {
  await using client = await startClient("h2", { host: "127.0.0.1", port });
  const startedAt = performance.now();
  const reply = await client.unary(method.unary, Buffer.from("me too"), { timeoutMs: 2000 });
  expect(reply.message.toString()).toBe("me too");
  expect(performance.now() - startedAt).toBeLessThan(1000);
}

/** Runs an attack and holds its cost against its size. */
async function bounded(run: () => Promise<Attack>): Promise<Attack> {
  const before = await usage();
  const result = await run();
  await isServing();
  const after = await usage();
  const cpuMs = after.cpuMs - before.cpuMs;
  expect(cpuMs, `${cpuMs} ms for ${result.bytes} bytes`).toBeLessThan(200 + result.bytes * 0.0004);
  const grown = after.rssBytes - before.rssBytes;
  expect(grown, `${grown} bytes more`).toBeLessThan(48 * mebibyte);
  expect(result.answered).toBeLessThan(2 * mebibyte + 2 * result.bytes);
  return result;
}

const enhanceYourCalm = 11;
const id = (i: number): number => i * 2 + 1;

describe("floods", { timeout: 30_000 }, () => {
  beforeAll(isServing);

  it("cuts off streams that are opened and reset", async () => {
    const block = requestBlock(method.hang);
    const result = await bounded(() =>
      attack(
        repeated(50_000, (i) =>
          Buffer.concat([
            frame(frameType.headers, 4, id(i), block),
            frame(frameType.reset, 0, id(i), Buffer.from([0, 0, 0, 8])),
          ]),
        ),
      ),
    );
    expect(result.isClosed).toBe(true);
    expect([enhanceYourCalm, undefined]).toContain(result.goaway);
  });

  it("cuts off a header block that never ends", async () => {
    const result = await bounded(() =>
      attack(
        repeated(
          100_000,
          () => frame(frameType.continuation, 0, 1, literal("x-a", "0123456789")),
          Buffer.concat([preface, frame(frameType.headers, 0, 1, requestBlock(method.unary))]),
        ),
      ),
    );
    expect(result.isClosed).toBe(true);
    expect([enhanceYourCalm, undefined]).toContain(result.goaway);
  });

  it.each<[string, Buffer]>([
    ["SETTINGS", frame(frameType.settings, 0, 0)],
    [
      "SETTINGS that change the table",
      frame(frameType.settings, 0, 0, Buffer.from([0, 1, 0, 0, 16, 0])),
    ],
    ["PING", frame(frameType.ping, 0, 0, Buffer.alloc(8))],
    ["PRIORITY", frame(frameType.priority, 0, 3, Buffer.from([0, 0, 0, 1, 16]))],
    ["empty DATA", frame(frameType.data, 0, 1)],
    ["padded empty DATA", frame(frameType.data, 8, 1, Buffer.from([0]))],
    ["RST_STREAM of closed streams", frame(frameType.reset, 0, 1, Buffer.from([0, 0, 0, 8]))],
  ])("cuts off endless %s", async (_name, one) => {
    const first = Buffer.concat([
      preface,
      frame(frameType.headers, 4, 1, requestBlock(method.hangStream)),
    ]);
    const result = await bounded(() => attack(repeated(100_000, () => one, first)));
    expect(result.isClosed).toBe(true);
    expect([enhanceYourCalm, undefined]).toContain(result.goaway);
  });

  it.each<[string, Buffer]>([
    ["WINDOW_UPDATE", frame(frameType.windowUpdate, 0, 0, Buffer.from([0, 0, 0, 1]))],
    ["frames of an unknown type", frame(0xfa, 0xff, 0, Buffer.alloc(4))],
    ["acknowledged PING", frame(frameType.ping, 1, 0, Buffer.alloc(8))],
  ])("bears endless %s", async (_name, one) => {
    await bounded(() => attack(repeated(100_000, () => one)));
  });

  it("does not read on while its acknowledgements are not read", async () => {
    const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));
    await bounded(() =>
      attack(
        repeated(1_000_000, () => ping),
        { reads: false, waitMs: 300 },
      ),
    );
  });

  it("does not unpack header bombs", async () => {
    const big = Buffer.concat([
      // A field of 4000 bytes goes into the table and is then named 12 000 times.
      Buffer.from([0x40, 3]),
      Buffer.from("x-b"),
      Buffer.from([0x7f, 0xa1, 0x1e]),
      Buffer.alloc(4000, 0x62),
    ]);
    const block = requestBlock(method.unary);
    const first = frame(frameType.headers, 5, 1, Buffer.concat([block, big]));
    const bomb = Buffer.concat([block, Buffer.alloc(12_000, 0xbe)]);
    await bounded(() =>
      attack(
        repeated(
          200,
          (i) => frame(frameType.headers, 5, id(i + 1), bomb),
          Buffer.concat([preface, first]),
        ),
      ),
    );
  });

  it("stops producing for a reader that reads nothing", async () => {
    const wide = frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]));
    const window = frame(frameType.windowUpdate, 0, 0, Buffer.from([0x7f, 0, 0, 0]));
    const call = (i: number): Buffer =>
      Buffer.concat([
        frame(frameType.headers, 4, id(i), requestBlock(method.serverStream)),
        frame(frameType.data, 1, id(i), message("1000 1000000")),
      ]);
    const before = await usage();
    await attack(repeated(20, call, Buffer.concat([preface, wide, window])), {
      reads: false,
      waitMs: 500,
    });
    const after = await usage();
    await isServing();
    expect(after.rssBytes - before.rssBytes).toBeLessThan(96 * mebibyte);
  });

  it("stops producing for windows of zero", async () => {
    const shut = frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
    const call = (i: number): Buffer =>
      Buffer.concat([
        frame(frameType.headers, 4, id(i), requestBlock(method.serverStream)),
        frame(frameType.data, 1, id(i), message("100000 1000")),
      ]);
    const before = await usage();
    await attack(repeated(100, call, Buffer.concat([preface, shut])), { waitMs: 300 });
    const after = await usage();
    await isServing();
    expect(after.rssBytes - before.rssBytes).toBeLessThan(96 * mebibyte);
  });

  it("holds no more than a process that was never attacked, after all that", async () => {
    await isServing();
    expect((await usage()).rssBytes).toBeLessThan(256 * mebibyte);
  });
});

/** A clock that runs fifty times as fast. */
const fastClock: Clock = {
  ...systemClock,
  now: () => systemClock.now() * 50,
  monotonic: () => systemClock.monotonic() * 50,
  timer: (ms, callback) => systemClock.timer(ms / 50, callback),
  interval: (ms, callback) => systemClock.interval(Math.max(ms / 50, 1), callback),
};

describe("clients that begin and do not go on", { timeout: 10_000 }, () => {
  it.each<[string, Buffer]>([
    ["say nothing", Buffer.alloc(0)],
    ["send half of the preface", preface.subarray(0, 12)],
    ["send no SETTINGS", preface.subarray(0, 24)],
    ["send half of SETTINGS", preface.subarray(0, 30)],
    [
      "send half of a header block",
      Buffer.concat([preface, frame(frameType.headers, 0, 1, requestBlock(method.unary))]),
    ],
    [
      "send half of a frame",
      Buffer.concat([
        preface,
        frame(frameType.headers, 4, 1, requestBlock(method.unary)).subarray(0, 20),
      ]),
    ],
  ])("are cut off when they %s", async (_name, bytes) => {
    await using server = await startServer("h2", { clock: fastClock, onError: () => {} });
    const target = server.target as { port: number };
    const sockets: Socket[] = Array.from({ length: 50 }, () => {
      const socket = connect(target.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.resume();
      socket.write(bytes);
      return socket;
    });
    await until(() => sockets.every((socket) => socket.destroyed), "all are cut off", 4000);
    await using client = await startClient("h2", server.target);
    expect((await client.unary(method.unary, Buffer.from("x"))).message.toString()).toBe("x");
  });

  it("are cut off when they speak HTTP/1.1", async () => {
    await using server = await startServer("h2", { onError: () => {} });
    const socket = connect((server.target as { port: number }).port, "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await until(() => socket.destroyed, "it is cut off", 1000);
  });
});
