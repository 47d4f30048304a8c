import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  children,
  content,
  DerError,
  decodeDer,
  encodeDer,
  integer,
  readBitString,
  readBoolean,
  readOid,
  readSmallInteger,
  readTime,
  sequence,
  tag,
  time,
} from "./der.ts";

const hex = (text: string): Buffer => Buffer.from(text.replace(/ /g, ""), "hex");

describe("DER", () => {
  it.each([
    ["nothing", ""],
    ["one byte", "30"],
    ["a length beyond the end", "30 05 02 01 01"],
    ["bytes after the end", "30 00 00"],
    ["a length that is longer than needed", "30 81 03 02 01 01"],
    ["an indefinite length", "30 80 02 01 01 00 00"],
    ["an integer with a needless zero", "30 04 02 02 00 01"],
    ["a length of five bytes", "30 85 00 00 00 00 03 02 01 01"],
    ["a child beyond its parent", "30 03 02 05 01"],
    ["too deep", "3003".repeat(1) + "30 80".repeat(40)],
  ])("refuses %s", (_name, bytes) => {
    expect(() => decodeDer(hex(bytes))).toThrow(DerError);
  });

  it("refuses nesting and sizes beyond its limits", () => {
    let deep = encodeDer(sequence());
    for (let i = 0; i < 40; i++) {
      deep = Buffer.concat([Buffer.of(0x30, 0x82, deep.length >> 8, deep.length & 255), deep]);
    }
    expect(() => decodeDer(deep)).toThrow(DerError);
    expect(() => decodeDer(Buffer.alloc(65_537))).toThrow("more than 65536 bytes");
  });

  it("never throws anything but its own error, and gives back what it read", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        let value: ReturnType<typeof decodeDer>;
        try {
          value = decodeDer(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
          return;
        }
        expect(encodeDer(value)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it("writes integers with as many bytes as they need", () => {
    expect(encodeDer(integer(Buffer.of(0)))).toEqual(hex("02 01 00"));
    expect(encodeDer(integer(Buffer.of(0, 0, 1)))).toEqual(hex("02 01 01"));
    expect(encodeDer(integer(Buffer.of(0x80)))).toEqual(hex("02 02 00 80"));
    expect(readSmallInteger(decodeDer(hex("02 02 00 80")))).toBe(128);
  });

  it.each([
    ["02 01 ff", readSmallInteger],
    ["02 05 01 00 00 00 00", readSmallInteger],
    ["04 01 00", readSmallInteger],
    ["01 01 01", readBoolean],
    ["01 02 ff ff", readBoolean],
    ["06 00", readOid],
    ["06 01 80", readOid],
    ["03 00", readBitString],
    ["03 01 01", readBitString],
    ["03 02 08 00", readBitString],
    ["03 02 01 01", readBitString],
    ["30 00", readBitString],
  ])("refuses %s where something else is needed", (bytes, read) => {
    expect(() => read(decodeDer(hex(bytes)))).toThrow(DerError);
  });

  it("says when a structure is another one", () => {
    expect(() => children(undefined, tag.sequence)).toThrow("tags don't match");
    expect(() => children(decodeDer(hex("31 00")), tag.sequence)).toThrow("tags don't match");
    expect(() => children(decodeDer(hex("30 00")), tag.sequence, 1)).toThrow("truncated");
    expect(() => content(decodeDer(hex("30 00")), tag.octetString)).toThrow("tags don't match");
  });

  const asTime = (type: number, text: string): Buffer =>
    Buffer.concat([Buffer.of(type, text.length), Buffer.from(text)]);
  it.each([
    [tag.utcTime, "991231235959Z", Date.UTC(1999, 11, 31, 23, 59, 59)],
    [tag.utcTime, "491231235959Z", Date.UTC(2049, 11, 31, 23, 59, 59)],
    [tag.utcTime, "500101000000Z", Date.UTC(1950, 0, 1)],
    [tag.generalizedTime, "20500101000000Z", Date.UTC(2050, 0, 1)],
  ])("reads times (%d, %s)", (type, text, expected) => {
    expect(readTime(decodeDer(asTime(type, text)))).toBe(expected);
  });

  it.each([
    [tag.utcTime, "9912312359Z"],
    [tag.utcTime, "991231235959+0100"],
    [tag.utcTime, "991331235959Z"],
    [tag.utcTime, "990231235959Z"],
    [tag.utcTime, "990231236059Z"],
    [tag.utcTime, "99123123595 Z"],
    [tag.generalizedTime, "20500101000000.5Z"],
    [tag.generalizedTime, "20500101000000"],
    [tag.generalizedTime, "20501301000000Z"],
  ])("refuses times in other forms (%d, %s)", (type, text) => {
    expect(() => readTime(decodeDer(asTime(type, text)))).toThrow("invalid time");
  });

  it("writes times that it reads back, without fractions", () => {
    for (const at of [Date.UTC(2026, 1, 3, 4, 5, 6, 789), Date.UTC(2060, 0, 1)]) {
      expect(readTime(time(at))).toBe(Math.floor(at / 1000) * 1000);
    }
  });
});
