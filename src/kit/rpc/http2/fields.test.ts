import { describe, expect, it } from "vitest";
import { Metadata } from "../metadata.ts";
import {
  addMetadata,
  decodeMessage,
  encodeMessage,
  formatTimeout,
  parseTimeout,
  statusOf,
} from "./fields.ts";

describe("grpc-timeout", () => {
  it.each([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3000],
    ["4m", 4],
    ["5u", 0.005],
    ["6n", 0.000006],
    ["0m", 0],
    ["99999999H", 99_999_999 * 3_600_000],
  ])("reads %s", (text, ms) => {
    expect(parseTimeout(text)).toBeCloseTo(ms, 9);
  });

  it.each(["", "1", "H", "123456789m", "-1m", "1.5S", "1 S", "1s", "1mm", "x1m"])(
    "refuses %j",
    (text) => {
      expect(parseTimeout(text)).toBeUndefined();
    },
  );

  it.each([
    [0, "0u"],
    [-5, "0u"],
    [0.5, "500u"],
    [1500, "1500000u"],
    [100_000, "100000m"],
    [1e9, "1000000S"],
    [1e30, "99999999H"],
  ])("writes %d ms", (ms, text) => {
    expect(formatTimeout(ms)).toBe(text);
  });
});

describe("grpc-message", () => {
  it.each([
    ["plain", "plain"],
    ["50% of ~", "50%25 of ~"],
    ["ä\n", "%C3%A4%0A"],
  ])("encodes %j", (text, encoded) => {
    expect(encodeMessage(text)).toBe(encoded);
    expect(decodeMessage(encoded)).toBe(text);
  });

  it.each(["%", "%4", "100%", "%zz", "%%"])("keeps the broken escape %j", (text) => {
    expect(decodeMessage(text)).toBe(text);
  });
});

describe("status", () => {
  it.each([[[]], [["grpc-status", ""]], [["grpc-status", "x"]], [["grpc-status", "-1"]]])(
    "is missing in %j",
    (raw) => {
      expect(statusOf(raw)).toBeUndefined();
    },
  );
});

describe("metadata", () => {
  it("keeps values apart and leaves out what HTTP/2 or gRPC own", () => {
    const headers = {};
    const metadata = new Metadata();
    metadata.add("x-a", "1");
    metadata.add("x-a", "2");
    metadata.add("x-a", "3");
    for (const key of ["connection", "te", "content-type", "grpc-timeout", ":path", "b c", "é"]) {
      metadata.add(key, "no");
    }
    metadata.add("x-line", "a\r\nb");
    addMetadata(headers, metadata);
    expect(headers).toEqual({ "x-a": ["1", "2", "3"] });
  });
});
