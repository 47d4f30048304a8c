import { describe, expect, test } from "vitest";
import { StateItem, StateOptions_StateConcurrency } from "./dapr/proto/common/v1/common.ts";
import { GetStateRequest, GetStateResponse } from "./dapr/proto/runtime/v1/state.ts";
import { ListValue, Struct, Value } from "./google/protobuf/struct.ts";
import { Timestamp } from "./google/protobuf/timestamp.ts";
import { DoubleValue, Int64Value, UInt32Value, UInt64Value } from "./google/protobuf/wrappers.ts";
import { ExtensionNumberResponse } from "./grpc/reflection/v1/reflection.ts";
import { Span } from "./opentelemetry/proto/trace/v1/trace.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("decode", () => {
  test("gives scalars their defaults and leaves out absent messages", () => {
    expect(StateItem.decode(Buffer.alloc(0))).toEqual({
      key: "",
      value: Buffer.alloc(0),
      etag: undefined,
      metadata: new Map(),
      options: undefined,
    });
  });

  test("skips unknown fields of every wire type and known ones of a foreign type", () => {
    const unknown = "f801 ac02 f901 0102030405060708 fa01 02 6869 fd01 01020304";
    const group = "fb01 0801 fb01 fc01 fc01";
    const request = GetStateRequest.decode(hex(`${unknown} ${group} 0807 1a00 1201 6b`));
    expect(request.key).toBe("k");
    expect(request.storeName).toBe("");
    expect(request.consistency).toBe(0);
  });

  test("bytes are views of the input, and of no more than the input", () => {
    const bytes = hex("0a03 616263");
    const { data } = GetStateResponse.decode(bytes);
    bytes[2] = 0x7a;
    expect(data.toString()).toBe("zbc");
    expect(GetStateResponse.decode(new Uint8Array(hex("0a0161"))).data.toString()).toBe("a");
  });

  test("merges a message that comes twice, and lets the last entry of a map win", () => {
    const first = Span.encode({ status: { message: "bad" }, name: "a" });
    const second = Span.encode({ status: { code: 2 } });
    expect(Span.decode(Buffer.concat([first, second])).status).toEqual({ message: "bad", code: 2 });
    const entry = (value: string): Buffer =>
      GetStateRequest.encode({ metadata: new Map([["k", value]]) });
    expect(GetStateRequest.decode(Buffer.concat([entry("1"), entry("2")])).metadata).toEqual(
      new Map([["k", "2"]]),
    );
  });

  test("a later member of a oneof clears the earlier ones", () => {
    const bytes = Buffer.concat([
      Value.encode({ stringValue: "text" }),
      Value.encode({ boolValue: false }),
    ]);
    expect(Value.decode(bytes)).toEqual({
      nullValue: undefined,
      numberValue: undefined,
      stringValue: undefined,
      boolValue: false,
      structValue: undefined,
      listValue: undefined,
    });
  });

  test("reads repeated numbers packed and one by one", () => {
    expect(ExtensionNumberResponse.decode(hex("1203 01ac02 1005")).extensionNumber).toEqual([
      1, 300, 5,
    ]);
  });

  test("keeps unknown numbers of enums", () => {
    const bytes = StateItem.encode({ options: { concurrency: 77, consistency: -1 } });
    const { options } = StateItem.decode(bytes);
    expect(options).toEqual({ concurrency: 77, consistency: -1 });
    expect(StateOptions_StateConcurrency.CONCURRENCY_LAST_WRITE).toBe(2);
  });

  test("ignores the high bits of a varint that is too wide for its field", () => {
    expect(UInt32Value.decode(hex("08 ffffffffffffffffff01")).value).toBe(0xffff_ffff);
  });

  test("a map entry without value has the default one", () => {
    const { fields } = Struct.decode(hex("0a03 0a01 6b"));
    expect([...fields.keys()]).toEqual(["k"]);
    expect(fields.get("k")?.stringValue).toBeUndefined();
  });
});

const deep = (depth: number): Buffer => {
  let list = ListValue.encode({});
  for (let i = 0; i < depth; i++) {
    // list_value of Value, values of ListValue: two levels each turn.
    const value = Buffer.concat([hex("32"), varint(list.length), list]);
    list = Buffer.concat([hex("0a"), varint(value.length), value]);
  }
  return list;
};

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

describe("bad input", () => {
  const cases: [string, string][] = [
    ["a tag that is cut", "80"],
    ["a tag without value", "0a"],
    ["a length beyond the end", "0a05 6162"],
    ["a length of 4 GiB", "0a ffffffff0f 61"],
    ["a length with more than 64 bits", "0a ffffffffffffffffffff01"],
    ["field number 0", "00 00"],
    ["a tag of more than 32 bits", "8080808010 00"],
    ["a tag that is padded to six bytes", "8a8080808000 00"],
    ["an end of a group that was not begun", "0c"],
    ["a group that ends with another number", "7b 84 01"],
    ["a group that does not end", "7b 0801"],
    ["wire type 6", "0e"],
    ["wire type 7", "0f"],
    ["an enum without end", "18 ffffffffffffffffffff"],
    ["a map entry that is cut", "22 05 0a01"],
    ["a value beyond its map entry", "22 03 0a05 6b 0a01 6162"],
    ["text that is not UTF-8", "12 02 c328"],
    ["a surrogate in UTF-8", "12 03 eda080"],
    ["long text that is not UTF-8", `12 20 ${"61".repeat(31)}ff`],
    ["an unknown fixed64 that is cut", "41 00000000"],
    ["an unknown fixed32 that is cut", "45 0000"],
  ];

  test.each(cases)("%s", (_name, bytes) => {
    expect(() => GetStateRequest.decode(hex(bytes))).toThrow(Error);
  });

  test("a nested message that reads beyond its end", () => {
    // etag says 2 bytes, its value says 3.
    expect(() => StateItem.decode(hex("1a02 0a03 616263"))).toThrow("unexpected EOF");
  });

  test("a packed list that is cut inside a number", () => {
    expect(() => ExtensionNumberResponse.decode(hex("1201 80 01"))).toThrow("unexpected EOF");
  });

  test("messages and groups nested too deep", () => {
    expect(ListValue.decode(deep(49)).values).toHaveLength(1);
    expect(() => ListValue.decode(deep(51))).toThrow("exceeded maximum recursion depth");
    expect(() => ListValue.decode(deep(20_000))).toThrow("exceeded maximum recursion depth");
    expect(() => GetStateRequest.decode(Buffer.alloc(100_000, 0x7b))).toThrow(
      "exceeded maximum recursion depth",
    );
  });

  test("U+FFFD itself is fine", () => {
    expect(GetStateRequest.decode(GetStateRequest.encode({ key: "\ufffd" })).key).toBe("\ufffd");
  });
});

describe("encode", () => {
  test("leaves out what is absent or default", () => {
    expect(
      GetStateRequest.encode({ storeName: "", consistency: 0, metadata: new Map() }),
    ).toHaveLength(0);
    expect(Value.encode({ stringValue: "" }).toString("hex")).toBe("1a00");
    expect(DoubleValue.encode({ value: 0 })).toHaveLength(0);
    expect(DoubleValue.decode(DoubleValue.encode({ value: -0 })).value).toBe(-0);
    expect(DoubleValue.decode(DoubleValue.encode({ value: Number.NaN })).value).toBeNaN();
  });

  test("writes fields in the order of their numbers and maps in the order of insertion", () => {
    const metadata = new Map([
      ["b", "1"],
      ["a", ""],
    ]);
    expect(GetStateRequest.encode({ metadata, key: "k", storeName: "s" }).toString("hex")).toBe(
      "0a0173" + "12016b" + "2206" + "0a0162" + "120131" + "2205" + "0a0161" + "1200",
    );
  });

  test.each([
    0n,
    1n,
    2n ** 31n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -1n,
    -(2n ** 53n) - 1n,
    -(2n ** 63n),
  ])("int64 %d survives", (value) => {
    expect(Int64Value.decode(Int64Value.encode({ value })).value).toBe(value);
    expect(Timestamp.decode(Timestamp.encode({ seconds: value })).seconds).toBe(value);
  });

  test.each([2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n])(
    "uint64 %d survives",
    (value) => {
      expect(UInt64Value.decode(UInt64Value.encode({ value })).value).toBe(value);
      expect(Span.decode(Span.encode({ startTimeUnixNano: value })).startTimeUnixNano).toBe(value);
    },
  );

  test("messages stay what they are when later ones are written", () => {
    const first = GetStateRequest.encode({ key: "first" });
    const copy = Buffer.from(first);
    for (let i = 0; i < 3000; i++) GetStateRequest.encode({ key: `another ${i}` });
    const big = GetStateResponse.encode({ data: Buffer.alloc(1 << 20, 1), etag: "e" });
    GetStateResponse.encode({ data: Buffer.alloc(1 << 20, 2), etag: "f" });
    expect(first.equals(copy)).toBe(true);
    const { data, etag } = GetStateResponse.decode(big);
    expect(etag).toBe("e");
    expect(data.equals(Buffer.alloc(1 << 20, 1))).toBe(true);
  });

  test("a message that cannot be encoded does not spoil the next", () => {
    const bad = { key: "k", value: undefined, metadata: new Map([["k", 1 as unknown as string]]) };
    expect(() => StateItem.encode(bad)).toThrow();
    expect(StateItem.encode({ key: "k" }).toString("hex")).toBe("0a016b");
  });

  test("text of every length and script", () => {
    for (const unit of ["a", "é", "漢", "😀"]) {
      for (let length = 0; length < 50; length++) {
        const key = unit.repeat(length);
        expect(GetStateRequest.decode(GetStateRequest.encode({ key })).key).toBe(key);
      }
    }
    expect(GetStateRequest.decode(GetStateRequest.encode({ key: "a\ud800" })).key).toBe("a\ufffd");
  });
});
