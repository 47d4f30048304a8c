import { describe, expect, it } from "vitest";
import type { PropertySchema } from "../contract.ts";
import { Properties } from "./properties.ts";

const schema: readonly PropertySchema[] = [
  {
    name: "timeout",
    aliases: ["timeoutInSeconds", "old"],
    kind: "duration",
    default: "20s",
    description: "",
  },
  { name: "flag", kind: "bool", description: "" },
  { name: "count", kind: "int", description: "" },
  { name: "size", kind: "bytes", description: "" },
  { name: "names", kind: "list", description: "" },
];
const of = (given: Record<string, string>): Properties =>
  new Properties(new Map(Object.entries(given)), schema);

describe("names", () => {
  it("match ignoring case; aliases stand in when the main name is absent", () => {
    expect(of({ TimeOut: "1s" }).durationMs("timeout")).toBe(1000);
    expect(of({ old: "2s", timeoutinseconds: "3s" }).durationMs("timeout")).toBe(3000);
    expect(of({ timeout: "", old: "2s" }).durationMs("timeout")).toBe(0);
    expect(of({}).durationMs("timeout")).toBe(20_000);
    expect(of({ unknown: "x" }).given("timeout")).toBeUndefined();
  });

  it("that differ in case only are refused", () => {
    expect(() => of({ Flag: "1", flag: "1" })).toThrow(
      "failed to resolve aliases: key flag is duplicate in the metadata",
    );
  });
});

describe("names that differ in case only, where they may", () => {
  it.each([
    [{ Flag: "no", flag: "yes" }],
    [{ flag: "yes", Flag: "no" }],
    [{ flag: "yes" }],
    [{ FLAG: "yes" }],
    [{ FLAG: "yes", Flag: "no" }],
  ])("are one, that of the schema before others: %j", (given) => {
    const properties = new Properties(new Map(Object.entries(given)), schema, "exact");
    expect(properties.text("flag")).toBe("yes");
  });
});

describe("values", () => {
  it.each([
    ["y", true],
    [" YES ", true],
    ["on", true],
    ["1", true],
    ["no", false],
    ["", false],
    ["2", false],
  ])("bool %j is %s", (text, value) => {
    expect(of({ flag: text }).bool("flag")).toBe(value);
  });

  it.each([
    ["", 0],
    ["0x10", 16],
    ["-5", -5],
    ["+7", 7],
    ["010", 8],
    ["0b11", 3],
    ["9223372036854775807", 2 ** 63],
  ])("integer %j is %d", (text, value) => {
    expect(of({ count: text }).integer("count")).toBe(value);
  });

  it.each(["1.5", "x", " 1", "0x", "1e3", "9223372036854775808", "--1"])(
    "integer %j fails",
    (text) => {
      expect(() => of({ count: text }).integer("count")).toThrow(
        /cannot parse 'count' as int: strconv\.ParseInt/,
      );
    },
  );

  it.each([
    ["", 0],
    ["5", 5000],
    ["-1", -1000],
    ["100ms", 100],
    ["1h2m3.5s", 3_723_500],
  ])("duration %j is %d ms", (text, ms) => {
    expect(of({ timeout: text }).durationMs("timeout")).toBe(ms);
  });

  it.each(["soon", "5x", "1h 2m"])("duration %j fails", (text) => {
    expect(() => of({ timeout: text }).durationMs("timeout")).toThrow(/error decoding 'timeout'/);
  });

  it("reads sizes and lists", () => {
    expect(of({ size: "4Mi" }).byteSize("size")).toBe(4 * 2 ** 20);
    expect(() => of({ size: "big" }).byteSize("size")).toThrow(/error decoding 'size'/);
    expect(of({ names: "a, b," }).list("names")).toEqual(["a", " b", ""]);
    expect(of({ names: "" }).list("names")).toEqual([]);
  });
});
