import { describe, expect, it } from "vitest";
import { MessageReader } from "./framing.ts";

function collect(maxBytes = 1 << 20) {
  const events: string[] = [];
  const messages: Buffer[] = [];
  const reader = new MessageReader(
    {
      message: (message, isCompressed) => {
        messages.push(message);
        events.push(`${isCompressed ? "compressed" : "plain"} ${message.length}`);
      },
      tooLong: (length) => events.push(`too long ${length}`),
      badFlag: (flag) => events.push(`flag ${flag}`),
    },
    maxBytes,
  );
  return { reader, events, messages };
}

function framed(body: Buffer, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

describe("MessageReader", () => {
  const bodies = [Buffer.alloc(0), Buffer.from("a"), Buffer.alloc(0), Buffer.from("hello world")];
  const stream = Buffer.concat(bodies.map((body) => framed(body)));

  it("finds the same messages however the bytes are cut", () => {
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const { reader, messages } = collect();
        reader.push(stream, 0, first);
        reader.push(stream, first, second);
        reader.push(stream, second, stream.length);
        expect(messages).toEqual(bodies);
        expect(reader.partialBytes).toBe(0);
      }
    }
  });

  it("puts together a large message without taking its announced length on trust", () => {
    const body = Buffer.alloc(300_000, "abc");
    const bytes = framed(body);
    const { reader, messages } = collect();
    for (let at = 0; at < bytes.length; at += 1000) {
      reader.push(bytes, at, Math.min(bytes.length, at + 1000));
    }
    expect(messages).toEqual([body]);
  });

  it("counts what is incomplete", () => {
    const { reader } = collect();
    reader.push(framed(Buffer.alloc(100)), 0, 50);
    expect(reader.partialBytes).toBe(50);
  });

  it("takes exactly the limit and refuses one more", () => {
    const { reader, events } = collect(10);
    reader.push(framed(Buffer.alloc(10)), 0, 15);
    reader.push(framed(Buffer.alloc(11)), 0, 16);
    reader.push(framed(Buffer.alloc(1)), 0, 6);
    expect(events).toEqual(["plain 10", "too long 11"]);
  });

  it.each([2, 3, 128, 255])("refuses the compression flag %i", (flag) => {
    const { reader, events } = collect();
    reader.push(framed(Buffer.alloc(1), flag), 0, 6);
    expect(events).toEqual([`flag ${flag}`]);
  });

  it("tells compressed messages", () => {
    const { reader, events } = collect();
    reader.push(framed(Buffer.alloc(3), 1), 0, 8);
    expect(events).toEqual(["compressed 3"]);
  });
});
