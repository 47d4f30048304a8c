import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { code } from "../status.ts";
import { frame, MessageReader } from "./messages.ts";

interface Seen {
  readonly messages: string[];
  ended: boolean;
  failure: [code: number, text: string] | undefined;
}

function reader(maxMessageBytes: number, encoding?: string): { reader: MessageReader; seen: Seen } {
  const seen: Seen = { messages: [], ended: false, failure: undefined };
  const made = new MessageReader(
    { maxMessageBytes, encoding },
    {
      message: (message) => seen.messages.push(message.toString()),
      end: () => {
        seen.ended = true;
      },
      fail: (grpcCode, text) => {
        seen.failure = [grpcCode, text];
      },
    },
  );
  made.resume();
  return { reader: made, seen };
}

function compressed(body: Buffer): Buffer {
  const framed = frame(body);
  framed[0] = 1;
  return framed;
}

describe("MessageReader", () => {
  const input = Buffer.concat(
    ["one", "", "three", "x".repeat(300)].map((t) => frame(Buffer.from(t))),
  );
  const whole = ["one", "", "three", "x".repeat(300)];

  it("reads the same messages however the input is split in two", () => {
    for (let at = 0; at <= input.length; at++) {
      const { reader: made, seen } = reader(1000);
      made.push(input.subarray(0, at));
      made.push(input.subarray(at));
      made.end();
      expect(seen).toEqual({ messages: whole, ended: true, failure: undefined });
    }
  });

  it("reads single bytes", () => {
    const { reader: made, seen } = reader(1000);
    for (const byte of input) made.push(Buffer.from([byte]));
    made.end();
    expect(seen).toEqual({ messages: whole, ended: true, failure: undefined });
  });

  it("holds messages and the end while paused, also between two of one chunk", () => {
    const seen: string[] = [];
    const made: MessageReader = new MessageReader(
      { maxMessageBytes: 1000, encoding: undefined },
      {
        message: (message) => {
          seen.push(message.toString());
          made.pause();
        },
        end: () => seen.push("end"),
        fail: () => seen.push("failed"),
      },
    );
    made.push(input);
    made.end();
    expect(seen).toEqual([]);
    for (let i = 0; i < whole.length; i++) {
      made.resume();
      expect(seen).toEqual(whole.slice(0, i + 1));
    }
    made.resume();
    expect(seen).toEqual([...whole, "end"]);
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ])("inflates %s", (encoding, compress) => {
    const { reader: made, seen } = reader(1000, encoding);
    made.push(compressed(compress(Buffer.from("small"))));
    made.push(frame(Buffer.from("plain")));
    made.push(compressed(compress(Buffer.alloc(0))));
    expect(seen).toEqual({ messages: ["small", "plain", ""], ended: false, failure: undefined });
  });

  it.each<[string, Buffer, string | undefined, number, string]>([
    ["an unknown flag", Buffer.from([2, 0, 0, 0, 0]), undefined, code.internal, "payload format 2"],
    ["a length over the limit", Buffer.from([0, 0, 0, 0, 101]), undefined, 8, "(101 vs. 100)"],
    [
      "the longest length",
      Buffer.from([0, 255, 255, 255, 255]),
      undefined,
      8,
      "(4294967295 vs. 100)",
    ],
    ["compression without a name", compressed(Buffer.alloc(1)), undefined, 13, "identity or empty"],
    [
      "compression called identity",
      compressed(Buffer.alloc(1)),
      "identity",
      13,
      "identity or empty",
    ],
    ["unknown compression", compressed(Buffer.alloc(1)), "br", 12, 'grpc-encoding "br"'],
    ["broken gzip", compressed(Buffer.from("no gzip")), "gzip", 13, "failed to decompress"],
    ["a gzip bomb", compressed(gzipSync(Buffer.alloc(101))), "gzip", 8, "larger than max 100"],
  ])("fails on %s", (_name, bytes, encoding, grpcCode, text) => {
    const { reader: made, seen } = reader(100, encoding);
    made.push(bytes);
    made.push(frame(Buffer.from("not delivered")));
    made.end();
    expect(seen.messages).toEqual([]);
    expect(seen.ended).toBe(false);
    expect(seen.failure?.[0]).toBe(grpcCode);
    expect(seen.failure?.[1]).toContain(text);
  });

  it.each([1, 4, 5, 7])("fails when the input ends after %i bytes of a message", (bytes) => {
    const { reader: made, seen } = reader(100);
    made.push(frame(Buffer.from("message")).subarray(0, bytes));
    made.end();
    expect(seen.failure).toEqual([code.internal, "unexpected EOF"]);
  });
});
