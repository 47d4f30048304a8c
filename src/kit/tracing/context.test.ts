import { describe, expect, test } from "vitest";
import {
  emittedState,
  formatTraceBinary,
  formatTraceparent,
  parseTraceBinary,
  parseTraceparent,
} from "./context.ts";
import { noTrace } from "./trace.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

describe("traceparent", () => {
  test.each([0, 1, 3, 255])("with flags %d survives", (flags) => {
    const context = { traceId, spanId, flags, state: "a=b" };
    expect(parseTraceparent(formatTraceparent(context), "a=b")).toEqual(context);
  });

  test("of a later version may have more parts", () => {
    const context = { traceId, spanId, flags: 1, state: "" };
    expect(parseTraceparent(`01-${traceId}-${spanId}-01-what-else`, "")).toEqual(context);
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01`, "")).toEqual(context);
  });

  test("in upper case comes out in lower case", () => {
    const text = `00-${traceId.toUpperCase()}-${spanId.toUpperCase()}-0B`;
    expect(parseTraceparent(text, "")).toEqual({ traceId, spanId, flags: 11, state: "" });
  });

  test("of no trace is all zeros", () => {
    expect(formatTraceparent(noTrace)).toBe(
      "00-00000000000000000000000000000000-0000000000000000-00",
    );
  });

  test.each([
    "",
    "00",
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-`,
    `00-${traceId}-${spanId}-0`,
    `00-${traceId}-${spanId}-001`,
    `00-${traceId}-${spanId}-01-`,
    `00-${traceId}-${spanId}-01-extra`,
    `01-${traceId}-${spanId}-01x`,
    `ff-${traceId}-${spanId}-01`,
    `FF-${traceId}-${spanId}-01`,
    `0g-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-0x`,
    `00-${traceId.slice(1)}-${spanId}0-01`,
    `00-${traceId.replace("a", "g")}-${spanId}-01`,
    `00-${traceId}-${spanId.replace("b", "-")}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    ` 00-${traceId}-${spanId}-01`,
    `00-${traceId.slice(0, 31)}\u0130-${spanId}-01`,
    `00_${traceId}_${spanId}_01`,
    "x".repeat(10_000),
  ])("is not %j", (text) => {
    expect(parseTraceparent(text, "")).toBeNull();
  });
});

describe("tracestate", () => {
  const read = (state: string): string | undefined =>
    parseTraceparent(`00-${traceId}-${spanId}-01`, state)?.state;

  test.each([
    "a=b",
    "a=b,c=d",
    " a=b\t, ,c=d",
    "tenant@system=1",
    "0a_-*/=x y!",
    `k=${"v".repeat(256)}`,
    Array.from({ length: 32 }, (_, i) => `k${i}=v`).join(","),
  ])("%j is kept as it is", (state) => {
    expect(read(state)).toBe(state);
  });

  test.each([
    "a",
    "=b",
    "a=",
    "A=b",
    "a b=c",
    "a=b,a=c",
    "a=b=c",
    "a=\u0001",
    "a=é",
    "@a=b",
    "a@=b",
    "a@b@c=d",
    `a@${"s".repeat(15)}=b`,
    `${"k".repeat(257)}=v`,
    `k=${"v".repeat(257)}`,
    Array.from({ length: 33 }, (_, i) => `k${i}=v`).join(","),
  ])("%j is dropped, the parent is not", (state) => {
    expect(read(state)).toBe("");
  });

  test("longer than 512 characters is not emitted", () => {
    const state = (length: number) => ({ ...noTrace, state: "x".repeat(length) });
    expect(emittedState(state(512))).toHaveLength(512);
    expect(emittedState(state(513))).toBe("");
  });
});

describe("grpc-trace-bin", () => {
  const context = { traceId, spanId, flags: 1, state: "" };
  const bytes = formatTraceBinary(context);

  test("is 29 bytes", () => {
    expect(bytes.toString("hex")).toBe(`0000${traceId}01${spanId}0201`);
    expect(parseTraceBinary(bytes)).toEqual(context);
    expect(parseTraceBinary(new Uint8Array(bytes))).toEqual(context);
    expect(formatTraceBinary(noTrace)).toEqual(
      Buffer.from(`0000${"00".repeat(16)}01${"00".repeat(8)}0200`, "hex"),
    );
  });

  test("may lack its flags", () => {
    expect(parseTraceBinary(bytes.subarray(0, 27))).toEqual({ ...context, flags: 0 });
  });

  test.each([
    "",
    "00",
    `0000${traceId}`,
    `0100${traceId}01${spanId}0201`,
    `0001${traceId}01${spanId}0201`,
    `0000${traceId}02${spanId}0201`,
    `0000${"00".repeat(16)}01${spanId}0201`,
    `0000${traceId}01${"00".repeat(8)}0201`,
  ])("is not %j", (hex) => {
    expect(parseTraceBinary(Buffer.from(hex, "hex"))).toBeNull();
  });
});
