import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Metadata } from "../metadata.ts";
import {
  decodeMessage,
  encodeBinary,
  encodeMessage,
  formatTimeout,
  isGrpcContentType,
  metadataFault,
  parseTimeout,
} from "./grpc-headers.ts";

describe("grpc-timeout", () => {
  it.each([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3000],
    ["4m", 4],
    ["5u", 0.005],
    ["6n", 0.000006],
    ["0S", 0],
    ["99999999H", 99_999_999 * 3_600_000],
  ])("%s is %d ms", (value, ms) => {
    expect(parseTimeout(value)).toBeCloseTo(ms, 9);
  });

  it.each(["", "S", "1", "123456789S", "1s", "1 S", "-1S", "+1S", "1.5S", "0x1S", "１S", "1SS"])(
    "%j is none",
    (value) => {
      expect(parseTimeout(value)).toBeNaN();
    },
  );

  it("is never shorter than asked for, nor much longer", () => {
    void fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e11, noNaN: true }), (ms) => {
        const parsed = parseTimeout(formatTimeout(ms));
        expect(parsed).toBeGreaterThanOrEqual(ms * (1 - 1e-12));
        expect(parsed).toBeLessThanOrEqual(ms * 1.02 + 0.001);
      }),
    );
    expect(formatTimeout(0)).toBe("0n");
    expect(formatTimeout(-1)).toBe("0n");
    expect(formatTimeout(Number.MAX_VALUE)).toBe("99999999M");
  });
});

describe("grpc-message", () => {
  it("survives the way there and back", () => {
    void fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const encoded = encodeMessage(text);
        expect(encoded).toMatch(/^[ -~]*$/);
        expect(decodeMessage(encoded)).toBe(text);
      }),
    );
  });

  it.each([
    ["%", "%"],
    ["%4", "%4"],
    ["%zz", "%zz"],
    ["100%25", "100%"],
    ["%E2%82%AC", "\u20ac"],
    ["%ff", "\ufffd"],
  ])("decodes %j leniently", (value, text) => {
    expect(decodeMessage(value)).toBe(text);
  });
});

it("binary values have no padding", () => {
  expect(["", "a", "ab", "abc"].map((text) => encodeBinary(Buffer.from(text)))).toEqual([
    "",
    "YQ",
    "YWI",
    "YWJj",
  ]);
});

it.each([
  ["application/grpc", true],
  ["application/grpc+proto", true],
  ["application/grpc;charset=utf-8", true],
  ["Application/GRPC", true],
  ["application/grpc-web", false],
  ["application/grpcx", false],
  ["application/json", false],
  ["", false],
])("content type %j is gRPC: %j", (value, expected) => {
  expect(isGrpcContentType(value)).toBe(expected);
});

it("only metadata that is sent can be at fault", () => {
  const fault = (...entries: string[]) => metadataFault(new Metadata(entries));
  expect(fault(":path", "\n", "", "x", "te", "\n")).toBeNull();
  expect(fault("a", "\u00e9\t~")).toBeNull();
  expect(fault("a", "\u007f")).toContain('header key "a" contains value');
  expect(fault("A", "x")).toContain('header key "A" contains illegal characters');
});
