/**
 * Broken frames and header blocks against our own HTTP/2 and node:http2, side by side: neither crashes, hangs or grows,
 * and ours answers no call in another way, and none that the other one refuses.
 *
 * `FUZZ_SEED=7 FUZZ_MS=60000` repeats a run, and makes it longer.
 */
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
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
import { mebibyte, type RunningServer, startClient, startServer } from "./pairs.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20_261_122);
const durationMs = Number(process.env.FUZZ_MS ?? 12_000);
const atOnce = 24;
/** For an answer to the last PING, and for silence after it. */
const waitMs = 200;
const quietMs = 40;

/** mulberry32 */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomFrom(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));

/** node:http2 wants an authority or a host; gRPC wants neither, so that both are there if one is broken. */
const request = (path: string): Buffer => Buffer.concat([requestBlock(path), literal("host", "a")]);

const marker = Buffer.from("fuzz-end");

/** Frames of good conversations; the last call is complete. */
function conversation(): Buffer[] {
  const block = request(method.unary);
  const frames = [
    preface.subarray(24),
    frame(frameType.headers, 4, 1, block),
    frame(frameType.data, 1, 1, message("first")),
    frame(frameType.windowUpdate, 0, 0, Buffer.from([0, 1, 0, 0])),
    frame(frameType.ping, 0, 0, Buffer.from("12345678")),
    frame(frameType.headers, 4, 3, request(method.clientStream)),
    frame(frameType.data, 0, 3, message("a")),
    frame(frameType.data, 8, 3, Buffer.concat([Buffer.from([3]), message("bb"), Buffer.alloc(3)])),
    frame(frameType.reset, 0, 3, Buffer.from([0, 0, 0, 8])),
    frame(frameType.headers, 0, 5, block.subarray(0, 10)),
    frame(frameType.continuation, 0, 5, block.subarray(10, 20)),
    frame(frameType.continuation, 4, 5, block.subarray(20)),
    frame(frameType.data, 1, 5, message("third")),
    frame(
      frameType.headers,
      0x2c,
      7,
      Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 16]), block, Buffer.alloc(2)]),
    ),
    frame(frameType.priority, 0, 7, Buffer.from([0, 0, 0, 1, 7])),
    frame(frameType.data, 1, 7, message("fourth")),
  ];
  if (random() < 0.3) frames.splice(1, 0, frame(frameType.settings, 1, 0));
  return frames;
}

function mutateFrame(original: Buffer): Buffer {
  const one = Buffer.from(original);
  switch (below(9)) {
    case 0:
      one[below(one.length)]! ^= 1 << below(8);
      return one;
    case 1:
      one[3] = below(12);
      return one;
    case 2:
      one[4] = below(256);
      return one;
    case 3:
      one.writeUInt32BE(pick([0, 1, 2, 3, 5, 7, 9, 0x7fffffff, 0x80000001]), 5);
      return one;
    case 4:
      one.writeUIntBE(pick([0, 1, 4, 5, 8, one.length - 8, one.length, 16_384, 16_385]), 0, 3);
      return one;
    case 5: {
      // The length fits again, the payload is shorter.
      const payload = one.subarray(9, 9 + below(one.length - 8));
      return frame(one[3]!, one[4]!, one.readUInt32BE(5), payload);
    }
    case 6:
      return frame(one[3]!, one[4]!, one.readUInt32BE(5), bytes(below(60)));
    case 7:
      return frame(
        one[3]!,
        one[4]!,
        one.readUInt32BE(5),
        Buffer.concat([one.subarray(9), bytes(below(9))]),
      );
    default:
      return frame(below(11), below(256), below(9), bytes(below(40)));
  }
}

const oddFields: readonly (() => Buffer)[] = [
  () => literal("X-Upper", "v"),
  () => literal("connection", "close"),
  () => literal("te", "gzip"),
  () => literal(":path", "/again"),
  () => literal(":unknown", "x"),
  () => literal("", "x"),
  () => literal("x-nul", "a\0b"),
  () => literal("x-line", "a\nb"),
  () => literal("content-length", String(below(30))),
  () => literal("grpc-timeout", pick(["1S", "x", "99999999H"])),
  () => Buffer.from([0x80]),
  () => Buffer.from([0x80 | below(127)]),
  () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, below(128)]),
  () => Buffer.from([0x3f, 0xe1, 0x5f]),
  () => Buffer.from([0x20 | below(32)]),
  () => Buffer.concat([Buffer.from([0x40, 0x83]), bytes(3), Buffer.from([1, 0x61])]),
  () =>
    Buffer.concat([
      Buffer.from([0, 3]),
      Buffer.from("x-h"),
      Buffer.from([0x80 | below(8)]),
      bytes(7),
    ]),
  () => bytes(1 + below(20)),
];

/** A header block with one thing in it that should perhaps not be there. */
function oddBlock(): Buffer {
  const odd = pick(oddFields)();
  const block = request(method.unary);
  return random() < 0.7 ? Buffer.concat([block, odd]) : Buffer.concat([odd, block]);
}

interface Case {
  readonly input: Buffer;
  /** Where the input is cut. */
  readonly cuts: readonly number[];
}

function makeCase(): Case {
  let frames = conversation();
  if (random() < 0.35) {
    frames = [
      frames[0] as Buffer,
      frame(frameType.headers, 4, 1, oddBlock()),
      frame(frameType.data, 1, 1, message("odd")),
      frame(frameType.headers, 4, 3, request(method.unary)),
      frame(frameType.data, 1, 3, message("after")),
    ];
  } else {
    for (let i = 1 + below(3); i > 0; i--) {
      const at = below(frames.length);
      const what = random();
      if (what < 0.6) frames[at] = mutateFrame(frames[at] as Buffer);
      else if (what < 0.7) frames.splice(at, 1);
      else if (what < 0.8) frames.splice(at, 0, frames[at] as Buffer);
      else if (what < 0.9) frames.splice(at, 0, mutateFrame(pick(frames)));
      else {
        const other = below(frames.length);
        [frames[at], frames[other]] = [frames[other] as Buffer, frames[at] as Buffer];
      }
      if (frames.length === 0) break;
    }
  }
  const input = Buffer.concat([
    preface.subarray(0, 24),
    ...frames,
    frame(frameType.ping, 0, 0, marker),
  ]);
  const cuts = Array.from({ length: below(4) }, () => below(input.length)).sort((a, b) => a - b);
  return { input, cuts };
}

interface Result {
  /** Echoed texts of calls that ended with OK, by stream. */
  readonly answers: readonly string[];
  /** The connection was ended, or GOAWAY said that it will be. */
  readonly isRefused: boolean;
  /** The last PING was answered: everything was read. */
  readonly isThrough: boolean;
}

/** Answers of ours that node:http2 does not give. Streams that the client resets may or may not be answered. */
function lonely(one: Case, ours: Result, theirs: Result): string[] {
  const reset = new Set<string>();
  for (const { type, stream } of parseFrames(one.input.subarray(24)).frames) {
    if (type === frameType.reset) reset.add(`${stream}`);
  }
  return ours.answers.filter(
    (answer) =>
      !theirs.answers.includes(answer) && !reset.has(answer.slice(0, answer.indexOf(":"))),
  );
}

function feed(port: number, { input, cuts }: Case, patience = 1): Promise<Result> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1").setNoDelay(true);
    const texts = new Map<number, string>();
    const ended = new Set<number>();
    let rest: Buffer = Buffer.alloc(0);
    let isRefused = false;
    let isThrough = false;
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const answers = [...ended].sort().map((stream) => `${stream}:${texts.get(stream) ?? ""}`);
      resolve({ answers, isRefused, isThrough });
    };
    let timer = setTimeout(finish, waitMs * patience);
    socket.on("data", (chunk: Buffer) => {
      const parsed = parseFrames(Buffer.concat([rest, chunk]));
      rest = parsed.rest;
      for (const one of parsed.frames) {
        if (one.type === frameType.goaway) isRefused = true;
        if (one.type === frameType.ping && one.payload.equals(marker)) isThrough = true;
        if (one.type === frameType.data && one.payload.length > 5) {
          texts.set(one.stream, (texts.get(one.stream) ?? "") + one.payload.subarray(5).toString());
        }
        // Both write the status as a literal or an index; a message before tells success.
        if (one.type === frameType.headers && (one.flags & 1) === 1 && texts.has(one.stream)) {
          ended.add(one.stream);
        }
      }
      // Answers come before the PING, with it, or some turns later.
      if (isThrough) {
        clearTimeout(timer);
        timer = setTimeout(finish, quietMs * patience);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      isRefused = true;
      finish();
    });
    socket.on("connect", async () => {
      let from = 0;
      for (const cut of cuts) {
        socket.write(input.subarray(from, cut));
        from = cut;
        await new Promise((next) => setImmediate(next));
      }
      socket.write(input.subarray(from));
    });
  });
}

const portOf = (server: RunningServer): number => (server.target as { port: number }).port;

describe("broken input", () => {
  it(`is treated alike by h2 and node:http2 (seed ${seed})`, {
    timeout: durationMs + 20_000,
  }, async () => {
    await using ours = await startServer("h2", { onError: () => {} });
    await using theirs = await startServer("http2", { onError: () => {} });
    const doubtful: Case[] = [];
    let cases = 0;
    let refused = 0;
    let laxer = 0;
    let stricter = 0;
    let fewer = 0;
    let longestTurnMs = 0;
    let lastTurn = performance.now();
    const watch = setInterval(() => {
      const now = performance.now();
      longestTurnMs = Math.max(longestTurnMs, now - lastTurn);
      lastTurn = now;
    }, 10);
    const before = process.memoryUsage.rss();
    const end = performance.now() + durationMs;
    const worker = async (): Promise<void> => {
      while (performance.now() < end) {
        const one = makeCase();
        const [a, b] = await Promise.all([feed(portOf(ours), one), feed(portOf(theirs), one)]);
        cases++;
        if (a.isRefused) refused++;
        if (a.isThrough !== b.isThrough) {
          // Errors of one stream may end the connection, and node:http2 ends it oftener.
          if (a.isThrough) laxer++;
          else stricter++;
          continue;
        }
        // What is answered before a connection ends is a matter of timing.
        if (!a.isThrough) continue;
        if (lonely(one, a, b).length > 0) doubtful.push(one);
        else if (a.answers.length < b.answers.length) fewer++;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    // What was late among many is asked again, alone and with patience.
    const different: string[] = [];
    for (const one of doubtful.slice(0, 50)) {
      const a = await feed(portOf(ours), one, 4);
      const b = await feed(portOf(theirs), one, 4);
      if (lonely(one, a, b).length === 0) continue;
      const hex = one.input.subarray(24).toString("hex");
      different.push(`${hex} ours: ${a.answers.join(" ")} http2: ${b.answers.join(" ")}`);
    }
    clearInterval(watch);
    const grown = process.memoryUsage.rss() - before;
    console.info(
      [
        `${cases} cases, ${refused} refused;`,
        `only node:http2 ended the connection ${laxer} times, only ours ${stricter} times;`,
        `ours answered fewer calls ${fewer} times; longest turn ${Math.round(longestTurnMs)} ms`,
      ].join(" "),
    );
    for (const server of [ours, theirs]) {
      await using client = await startClient("h2", server.target);
      const reply = await client.unary(method.unary, Buffer.from("fine"));
      expect(reply.message.toString()).toBe("fine");
    }
    expect(longestTurnMs).toBeLessThan(1000);
    expect(grown).toBeLessThan(200 * mebibyte);
    expect(cases).toBeGreaterThan(200);
    expect(different).toEqual([]);
  });
});
