import fc from "fast-check";
import { expect, it } from "vitest";
import { compressLz4, decompressLz4 } from "./lz4-block.ts";

it("reads what other programs write", () => {
  // The reference program's block of these bytes: literals, a match that overlaps itself, literals.
  const block = Buffer.from("1f61010014502d7461696c", "hex");
  expect(decompressLz4(block, 45).toString()).toBe(`${"a".repeat(40)}-tail`);
});

it("gives back what it took", () => {
  const repetitive = fc
    .array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat(400)))
    .map((runs) =>
      Buffer.concat(runs.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes))),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array().map(Buffer.from), repetitive), (plain) => {
      const block = compressLz4(plain);
      expect(block.length).toBeLessThanOrEqual(plain.length + Math.ceil(plain.length / 255) + 16);
      expect(decompressLz4(block, plain.length).equals(plain)).toBe(true);
    }),
  );
  expect(compressLz4(Buffer.alloc(100_000, 1)).length).toBeLessThan(500);
});

it("refuses what is no block of that size, whatever it is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(100), (bytes, size) => {
      try {
        expect(decompressLz4(Buffer.from(bytes), size)).toHaveLength(size);
      } catch (error) {
        expect((error as Error).message).toBe("invalid LZ4 data");
      }
    }),
  );
  expect(() => decompressLz4(compressLz4(Buffer.alloc(100)), 99)).toThrow("invalid LZ4 data");
});
