import fc from "fast-check";
import { expect, it } from "vitest";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import { MessageMetadata, type MessageMetadataInit } from "../../kit/proto/pulsar/api.ts";
import {
  crc32c,
  encodeCommand,
  encodeMessageFrame,
  type Frame,
  FrameReader,
  splitMessage,
} from "./pulsar-frames.ts";
import { bitsWithout, decodeEntry, encodeEntry, sizeOfEntry } from "./pulsar-message.ts";
import { javaHash } from "./pulsar-topic.ts";

it("has the checksums of CRC-32C", () => {
  // The vectors of RFC 3720.
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3_06_92_83);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a_91_36_aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62_a8_ab_43);
  expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).toBe(0x46_dd_79_4e);
  expect(crc32c(Buffer.alloc(0))).toBe(0);
});

it("sends what Pulsar requires, zeros too", () => {
  const frame = encodeCommand({ closeProducer: { producerId: 0n, requestId: 0n } });
  expect(frame.toString("hex")).toBe("0000000c" + "00000008" + "080f" + "7a04" + "08001000");
  expect(encodeCommand({ ping: {} }).toString("hex")).toBe("00000009" + "00000005" + "0812920100");
});

it("reads frames however the bytes are cut", () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(payloads, fc.array(fc.integer({ min: 1, max: 30 })), (given, cuts) => {
      const frames = given.map((payload, index) =>
        encodeMessageFrame(
          { send: { producerId: 1n, sequenceId: BigInt(index) } },
          Buffer.from("metadata"),
          payload,
        ),
      );
      const all = Buffer.concat(frames);
      const reader = new FrameReader(1_000);
      const read: Frame[] = [];
      let at = 0;
      for (const cut of [...cuts, all.length]) {
        read.push(...reader.push(all.subarray(at, at + cut)));
        at = Math.min(at + cut, all.length);
      }
      expect(read.map(({ command }) => command.send?.sequenceId)).toEqual(
        given.map((_, index) => BigInt(index)),
      );
      for (const [index, { rest }] of read.entries()) {
        const { metadata, payload } = splitMessage(rest);
        expect(metadata.toString()).toBe("metadata");
        expect(payload.equals(Buffer.from(given[index] ?? []))).toBe(true);
      }
    }),
  );
});

it("refuses frames that are too long or broken, and wrong checksums", () => {
  const huge = Buffer.from("7fffffff", "hex");
  expect(() => [...new FrameReader(1_000).push(huge)]).toThrow("invalid frame");
  const broken = Buffer.from("00000005" + "0000ffff" + "00", "hex");
  expect(() => [...new FrameReader(1_000).push(broken)]).toThrow("invalid command");
  const frame = encodeMessageFrame({ send: {} }, Buffer.from("m"), Buffer.from("payload"));
  const last = frame.length - 1;
  frame[last] = (frame[last] ?? 0) ^ 1;
  const [{ rest } = { rest: Buffer.alloc(0) }] = [...new FrameReader(1_000).push(frame)];
  expect(() => splitMessage(rest)).toThrow(new UnreadableError("wrong checksum"));
  for (const end of [0, 1, 3, 7, 12]) {
    expect(() => splitMessage(rest.subarray(0, end))).toThrow(UnreadableError);
  }
});

const options = {
  producerName: "p",
  sequenceId: 5n,
  publishTime: 1_700_000_000_000,
  level: "default",
  schemaVersion: undefined,
} as const;
const outgoing = (text: string) => ({
  payload: Buffer.from(text),
  key: "k",
  properties: [["name", text]] as const,
  deliverAt: undefined,
});

it("gives back the messages of a batch, and of what is left of it", () => {
  const texts = Array.from({ length: 70 }, (_, i) => `message ${i}`);
  const compression = fc.constantFrom("none", "lz4", "zlib", "zstd");
  fc.assert(
    fc.property(compression, fc.uniqueArray(fc.nat(69)), (kind, done) => {
      const entry = encodeEntry(texts.map(outgoing), { ...options, compression: kind as "none" });
      const left = bitsWithout(70, new Set(done));
      const decoded = decodeEntry(entry.metadata, entry.payload, left, 100_000);
      expect(decoded.size).toBe(70);
      expect(decoded.messages.map(({ index }) => index)).toEqual(
        texts.map((_, index) => index).filter((index) => !done.includes(index)),
      );
      for (const { payload, index, properties, key } of decoded.messages) {
        expect(payload.toString()).toBe(texts[index]);
        expect([...properties]).toEqual([["name", texts[index]]]);
        expect(key).toBe("k");
      }
    }),
    { numRuns: 30 },
  );
});

it("refuses what would be too long when it is unpacked, and broken batches", () => {
  const big = encodeEntry([outgoing("x".repeat(5_000))], { ...options, compression: "zstd" });
  expect(() => decodeEntry(big.metadata, big.payload, [], 4_999)).toThrow("5000 bytes long");
  const batch = encodeEntry([outgoing("a"), outgoing("b")], { ...options, compression: "none" });
  const cut = batch.payload.subarray(0, -1);
  const incomplete = new UnreadableError("the batch is incomplete");
  expect(() => decodeEntry(batch.metadata, cut, [], 1_000)).toThrow(incomplete);
  const frame = encodeMessageFrame({ send: {} }, batch.metadata, batch.payload);
  frame[frame.length - 1] = 0;
  const [{ rest } = { rest: Buffer.alloc(0) }] = [...new FrameReader(1_000).push(frame)];
  expect(sizeOfEntry(rest)).toBe(2);
});

it("tells what is broken from what another client could read", () => {
  const needed = { producerName: "p", sequenceId: 1n, publishTime: 1n };
  const decode = (more: MessageMetadataInit, payload = "x") =>
    decodeEntry(MessageMetadata.encode({ ...needed, ...more }), Buffer.from(payload), [], 1_000);
  const isUnreadable = (run: () => unknown): boolean => {
    try {
      run();
    } catch (error) {
      return error instanceof UnreadableError;
    }
    throw new Error("it was read");
  };
  for (const compression of [1, 2, 3]) {
    expect(isUnreadable(() => decode({ compression, uncompressedSize: 5 }))).toBe(true);
  }
  for (const numMessagesInBatch of [0, -1, 2, 2_147_483_647]) {
    expect(isUnreadable(() => decode({ numMessagesInBatch }))).toBe(true);
  }
  expect(isUnreadable(() => decodeEntry(Buffer.from("no metadata"), Buffer.from(""), [], 9))).toBe(
    true,
  );
  expect(sizeOfEntry(Buffer.from("no metadata"))).toBe(1);
  const keys = [{ key: "k", value: Buffer.from("v") }];
  expect(isUnreadable(() => decode({ encryptionKeys: keys }))).toBe(false);
  expect(isUnreadable(() => decode({ numChunksFromMsg: 3 }))).toBe(false);
  expect(isUnreadable(() => decode({ compression: 4, uncompressedSize: 5 }))).toBe(false);
});

it("puts keys where other clients put them", () => {
  // Java's String.hashCode() of these, without its sign.
  expect([javaHash(""), javaHash("a"), javaHash("hello")]).toEqual([0, 97, 99_162_322]);
  expect(javaHash("polygenelubricants")).toBe(0);
});
