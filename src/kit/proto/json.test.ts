import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StateItem, StateOptions } from "./dapr/proto/common/v1/common.ts";
import { RegisterActorReminderRequest } from "./dapr/proto/runtime/v1/actors.ts";
import { EncryptRequestOptions } from "./dapr/proto/runtime/v1/crypto.ts";
import { GetMetadataResponse } from "./dapr/proto/runtime/v1/metadata.ts";
import { GetStateRequest } from "./dapr/proto/runtime/v1/state.ts";
import { Any } from "./google/protobuf/any.ts";
import { Duration } from "./google/protobuf/duration.ts";
import { Empty } from "./google/protobuf/empty.ts";
import { ListValue, Struct, Value } from "./google/protobuf/struct.ts";
import { Timestamp } from "./google/protobuf/timestamp.ts";
import {
  BoolValue,
  BytesValue,
  DoubleValue,
  FloatValue,
  Int32Value,
  Int64Value,
  StringValue,
  UInt32Value,
  UInt64Value,
} from "./google/protobuf/wrappers.ts";
import { ErrorInfo, RetryInfo } from "./google/rpc/error_details.ts";
import { Status } from "./google/rpc/status.ts";
import { fromJson, toJson } from "./json.ts";
import { AnyValue, KeyValue } from "./opentelemetry/proto/common/v1/common.ts";

describe("toJson", () => {
  test("leaves out defaults, writes camelCase and base64, sorts maps", () => {
    const metadata = new Map([
      ["b", "<&>"],
      ["10", "x"],
      ["9", ""],
    ]);
    const item = { key: "k", value: Buffer.from([255, 254]), etag: {}, metadata };
    expect(toJson(StateItem, item)).toBe(
      '{"key":"k","value":"//4=","etag":{},"metadata":{"10":"x","9":"","b":"<&>"}}',
    );
    expect(toJson(StateItem, { key: "", options: { concurrency: 0 } })).toBe('{"options":{}}');
    expect(toJson(GetStateRequest, { storeName: "s" })).toBe('{"storeName":"s"}');
  });

  test("writes defaults on request", () => {
    expect(toJson(StateItem, {}, { emitDefaults: true })).toBe(
      '{"key":"","value":"","etag":null,"metadata":{},"options":null}',
    );
    expect(toJson(AnyValue, {}, { emitDefaults: true })).toBe("{}");
    expect(toJson(KeyValue, {}, { emitDefaults: true })).toBe('{"key":"","value":null}');
  });

  test("uses explicit JSON names", () => {
    expect(toJson(GetMetadataResponse, { extendedMetadata: new Map([["a", "b"]]) })).toBe(
      '{"extended":{"a":"b"}}',
    );
  });

  test("writes enums by name, unknown ones by number", () => {
    expect(toJson(StateOptions, { concurrency: 1, consistency: 9 })).toBe(
      '{"concurrency":"CONCURRENCY_FIRST_WRITE","consistency":9}',
    );
  });

  test("writes 64-bit integers as strings, other numbers as such", () => {
    expect(toJson(Int64Value, { value: 2n ** 53n + 1n })).toBe('"9007199254740993"');
    expect(toJson(DoubleValue, { value: 1e-7 })).toBe("1e-7");
    expect(toJson(DoubleValue, { value: -0 })).toBe("-0");
    expect(toJson(DoubleValue, { value: Number.NaN })).toBe('"NaN"');
    expect(toJson(DoubleValue, { value: -Infinity })).toBe('"-Infinity"');
    expect(toJson(FloatValue, { value: Math.fround(0.1) })).toBe("0.1");
    expect(toJson(FloatValue, { value: 16777216 })).toBe("16777216");
  });

  test("knows the types of Any", () => {
    const detail = ErrorInfo.encode({ reason: "R", domain: "dapr.io" });
    const retry = Duration.encode({ seconds: 1n });
    const status = {
      code: 5,
      message: "m",
      details: [
        { typeUrl: "type.googleapis.com/google.rpc.ErrorInfo", value: detail },
        { typeUrl: "type.googleapis.com/google.protobuf.Duration", value: retry },
        { typeUrl: "type.googleapis.com/google.protobuf.Empty" },
        {},
      ],
    };
    expect(toJson(Status, status)).toBe(
      '{"code":5,"message":"m","details":[' +
        '{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","domain":"dapr.io"},' +
        '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"},' +
        '{"@type":"type.googleapis.com/google.protobuf.Empty","value":{}},{}]}',
    );
    const own = {
      typeUrl: "x/dapr.proto.common.v1.StateItem",
      value: StateItem.encode({ key: "k" }),
    };
    expect(() => toJson(Any, own)).toThrow("unable to resolve");
    expect(toJson(Any, own, { types: [StateItem] })).toBe(
      '{"@type":"x/dapr.proto.common.v1.StateItem","key":"k"}',
    );
  });

  test("refuses what has no JSON form", () => {
    expect(() => toJson(Value, {})).toThrow("none of the oneof fields is set");
    expect(() => toJson(Value, { numberValue: Number.NaN })).toThrow("cannot have NaN value");
    expect(() => toJson(Timestamp, { seconds: 253402300800n })).toThrow("out of range");
    expect(() => toJson(Timestamp, { nanos: -1 })).toThrow("out of range");
    expect(() => toJson(Duration, { seconds: 1n, nanos: -1 })).toThrow("out of range");
  });
});

describe("fromJson", () => {
  test("takes either name and ignores unknown members", () => {
    const text =
      '{"store_name":"s","key":"k","other":{"a":[1,null]},"other":2,"consistency":"nonsense"}';
    expect(fromJson(GetStateRequest, text)).toEqual(
      GetStateRequest.decode(GetStateRequest.encode({ storeName: "s", key: "k" })),
    );
    expect(fromJson(GetStateRequest, '{"storeName":"s"}').storeName).toBe("s");
    expect(fromJson(GetStateRequest, '{"STORENAME":"s"}').storeName).toBe("");
    const reminder = fromJson(RegisterActorReminderRequest, '{"actorId":"1","failure_policy":{}}');
    expect(reminder.actorId).toBe("1");
    expect(reminder.failurePolicy).toBeDefined();
  });

  test("takes null as absent, and an empty text as an empty message", () => {
    const empty = StateItem.decode(Buffer.alloc(0));
    expect(fromJson(StateItem, '{"key":null,"etag":null,"metadata":null,"value":null}')).toEqual(
      empty,
    );
    expect(fromJson(StateItem, "")).toEqual(empty);
    expect(fromJson(StateItem, Buffer.from(" {} \n"))).toEqual(empty);
  });

  test.each<[string, number]>([
    ["1", 1],
    ["-2147483648", -2147483648],
    ["1.0", 1],
    ["1e2", 100],
    ["120e-1", 12],
    ['"7"', 7],
    ["0e999", 0],
    ["-0", 0],
  ])("int32 %s", (text, value) => {
    expect(fromJson(Int32Value, text).value === value).toBe(true);
  });

  test.each([
    ...["1.5", "2147483648", "-2147483649", '"1 "', '" 1"', '""', "true", "null", "1e99", '"0x1"'],
    ...["[]", "{}", "01", "+1", ".5", "1.", '"01"', "1e", "NaN"],
  ])("no int32: %s", (text) => {
    expect(() => fromJson(Int32Value, text)).toThrow(Error);
  });

  test("bounds of the other integers", () => {
    expect(fromJson(Int64Value, '"-9223372036854775808"').value).toBe(-(2n ** 63n));
    expect(fromJson(Int64Value, "9007199254740993").value).toBe(2n ** 53n + 1n);
    expect(fromJson(UInt64Value, "18446744073709551615").value).toBe(2n ** 64n - 1n);
    expect(fromJson(UInt32Value, "4294967295").value).toBe(2 ** 32 - 1);
    for (const text of ["-1", "18446744073709551616"]) {
      expect(() => fromJson(UInt64Value, text)).toThrow();
      expect(() => fromJson(UInt32Value, text)).toThrow();
    }
  });

  test.each([
    ["", ""],
    ["//4=", "fffe"],
    ["//4", "fffe"],
    ["__4=", "fffe"],
    ["__4", "fffe"],
    ["YQ==", "61"],
  ])("bytes %j", (text, bytes) => {
    expect(fromJson(BytesValue, JSON.stringify(text)).value.toString("hex")).toBe(bytes);
  });

  test.each(["Y", "YQ=", "YQ===", "Y!==", "YQ==\n", "+_==", "="])("no bytes: %j", (text) => {
    expect(() => fromJson(BytesValue, JSON.stringify(text))).toThrow("invalid value");
  });

  test.each([
    '{"key":1}',
    '{"key":true}',
    '{"key":[]}',
    '{"value":1}',
    '{"etag":"e"}',
    '{"etag":[]}',
    '{"metadata":[]}',
    '{"metadata":{"a":1}}',
    '{"metadata":{"a":null}}',
    '{"metadata":{"a":"1","a":"2"}}',
    '{"options":{"concurrency":1.5}}',
    '{"options":{"concurrency":true}}',
    '{"key":"a","key":"b"}',
    '{"key":"a","key":null}',
    '{"etag":{"value":"1","value":"2"}}',
    "null",
    "[]",
    '"text"',
    "1",
    "{} {}",
    "{},",
    "{",
    "}",
    '{"key"}',
    '{"key":}',
    '{"key":"a",}',
    '{key:"a"}',
    "{'key':'a'}",
    '{"key":"a" "value":""}',
    '{"key":"a\n"}',
    '{"key":"\\x"}',
    '{"key":"\\ud800"}',
    '{"key":"abc',
    '{"key":"abc\\"',
    '{"other":tru}',
    '{"other":[1,]}',
    "\ufeff{}",
    " ",
    "/**/{}",
  ])("refuses %j", (text) => {
    expect(() => fromJson(StateItem, text)).toThrow(Error);
  });

  test("refuses bytes that are not UTF-8 and nesting without end", () => {
    expect(() => fromJson(StateItem, Buffer.from([0x7b, 0xff, 0x7d]))).toThrow("invalid UTF-8");
    expect(() => fromJson(Value, "[".repeat(100_000))).toThrow("recursion depth");
    expect(() => fromJson(StateItem, `{"x":${'{"a":'.repeat(100_000)}`)).toThrow("recursion depth");
  });

  test("refuses two members of a oneof, but not a null beside a value", () => {
    const both = '{"stringValue":"a","int_value":"1"}';
    expect(() => fromJson(AnyValue, both)).toThrow("oneof is already set");
    expect(fromJson(AnyValue, '{"stringValue":"a","intValue":null}').stringValue).toBe("a");
    expect(fromJson(EncryptRequestOptions, '{"omitDecryptionKeyName":true}')).toMatchObject({
      omitDecryptionKeyName: true,
    });
  });

  test("reads free-form values", () => {
    const text = '{"a":null,"b":[1.5,"x",true,{}],"c":{"d":-0}}';
    expect(toJson(Struct, fromJson(Struct, text))).toBe(text);
    expect(fromJson(Value, "null").nullValue).toBe(0);
    expect(fromJson(ListValue, "[null]").values[0]?.nullValue).toBe(0);
    expect(() => fromJson(Value, "1e999")).toThrow("invalid value");
    expect(() => fromJson(Struct, '{"a":1,"a":2}')).toThrow("duplicate map key");
  });

  test("reads Any", () => {
    const text =
      '{"reason":"R","@type":"type.googleapis.com/google.rpc.ErrorInfo","metadata":{"a":"b"},"zzz":1}';
    const any = fromJson(Any, text);
    expect(ErrorInfo.decode(any.value)).toEqual({
      reason: "R",
      domain: "",
      metadata: new Map([["a", "b"]]),
    });
    const wrapped = '{"@type":"a/google.protobuf.StringValue","value":"x"}';
    expect(StringValue.decode(fromJson(Any, wrapped).value).value).toBe("x");
    expect(fromJson(Any, "{}")).toEqual(Any.decode(Buffer.alloc(0)));
    expect(fromJson(Any, '{"@type":"a/google.protobuf.Empty","value":{}}').value).toHaveLength(0);
  });

  test.each([
    '{"reason":"R"}',
    '{"@type":""}',
    '{"@type":1}',
    '{"@type":"a/no.Such"}',
    '{"@type":"a/google.protobuf.StringValue"}',
    '{"@type":"a/google.protobuf.StringValue","value":1}',
    '{"@type":"a/google.protobuf.StringValue","value":"a","value":"b"}',
    '{"@type":"a/google.rpc.ErrorInfo","@type":"a/google.rpc.ErrorInfo"}',
    '{"@type":"a/google.rpc.ErrorInfo","reason":1}',
    "[]",
  ])("no Any: %s", (text) => {
    expect(() => fromJson(Any, text)).toThrow(Error);
  });

  test("wrappers are bare values, and null is absent", () => {
    expect(fromJson(BoolValue, "true").value).toBe(true);
    expect(fromJson(DoubleValue, '"-Infinity"').value).toBe(-Infinity);
    expect(fromJson(DoubleValue, '"1.5e3"').value).toBe(1500);
    expect(() => fromJson(DoubleValue, '"x"')).toThrow();
    expect(() => fromJson(FloatValue, "1e39")).toThrow();
    expect(fromJson(RetryInfo, '{"retryDelay":null}').retryDelay).toBeUndefined();
    expect(fromJson(Empty, '{"a":1}')).toEqual({});
  });
});

describe("times", () => {
  test.each<[string, bigint, number, string]>([
    ["1970-01-01T00:00:00Z", 0n, 0, "1970-01-01T00:00:00Z"],
    ["2026-11-22T17:00:00.5+01:00", 1795363200n, 500_000_000, "2026-11-22T16:00:00.500Z"],
    ["0001-01-01T00:00:00Z", -62135596800n, 0, "0001-01-01T00:00:00Z"],
    [
      "9999-12-31T23:59:59.999999999Z",
      253402300799n,
      999_999_999,
      "9999-12-31T23:59:59.999999999Z",
    ],
    ["1969-12-31T23:59:59.000001Z", -1n, 1000, "1969-12-31T23:59:59.000001Z"],
    ["2024-02-29T00:00:00-00:30", 1709166600n, 0, "2024-02-29T00:30:00Z"],
  ])("timestamp %s", (text, seconds, nanos, canonical) => {
    const timestamp = fromJson(Timestamp, JSON.stringify(text));
    expect(timestamp).toEqual({ seconds, nanos });
    expect(toJson(Timestamp, timestamp)).toBe(JSON.stringify(canonical));
  });

  test.each([
    ...["", "2026-11-22", "2026-11-22T17:00:00", "2026-11-22 17:00:00Z", "2026-13-01T00:00:00Z"],
    ...["2026-02-30T00:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T17:00:00.1234567890Z"],
    ...["2026-11-22T17:00:00.Z", "2026-11-22T17:00:00+24:00", "0000-01-01T00:00:00Z", "now"],
    ...["0001-01-01T00:00:00+01:00", "2026-11-22t17:00:00z"],
  ])("no timestamp: %j", (text) => {
    expect(() => fromJson(Timestamp, JSON.stringify(text))).toThrow(Error);
  });

  test.each<[string, bigint, number, string]>([
    ["0s", 0n, 0, "0s"],
    ["1.5s", 1n, 500_000_000, "1.500s"],
    ["-1.5s", -1n, -500_000_000, "-1.500s"],
    ["-0.000001s", 0n, -1000, "-0.000001s"],
    [".5s", 0n, 500_000_000, "0.500s"],
    ["+3.s", 3n, 0, "3s"],
    ["315576000000.999999999s", 315576000000n, 999_999_999, "315576000000.999999999s"],
  ])("duration %s", (text, seconds, nanos, canonical) => {
    const duration = fromJson(Duration, JSON.stringify(text));
    expect(duration).toEqual({ seconds, nanos });
    expect(toJson(Duration, duration)).toBe(JSON.stringify(canonical));
  });

  test.each([
    "",
    "s",
    ".s",
    "1",
    "1.5",
    "1m",
    "1.0000000000s",
    "--1s",
    "315576000001s",
    "1e3s",
    " 1s",
  ])("no duration: %j", (text) => {
    expect(() => fromJson(Duration, JSON.stringify(text))).toThrow(Error);
  });
});

test("any JSON value survives Value, and any text is a value or an Error", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (json) => {
      const read = fromJson(Value, JSON.stringify(json));
      const bytes = Value.encode(read);
      expect(JSON.parse(toJson(Value, Value.decode(bytes)))).toEqual(
        JSON.parse(JSON.stringify(json)),
      );
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'{}[]":,\\tf10.e-nul \n'), minLength: 1 }),
      (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => fromJson(Value, text)).toThrow(Error);
          return;
        }
        try {
          expect(JSON.parse(toJson(Value, fromJson(Value, text)))).toEqual(expected);
        } catch (error) {
          expect((error as Error).message).toMatch(/duplicate|invalid value/);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
