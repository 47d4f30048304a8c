import fc from "fast-check";
import { BSON } from "mongodb";
import { describe, expect, it } from "vitest";
import { encodeJson } from "../../kit/json/encode.ts";
import type { JsonValue } from "../../kit/json/value.ts";
import type { StateValue } from "./contract.ts";
import { readDocument, toBsonValue } from "./mongodb-values.ts";

const document = (value: unknown): Buffer =>
  Buffer.from(BSON.serialize({ _id: "k", value, _etag: "e", _ttl: null }));

const kept = (value: StateValue): Buffer => readDocument(document(toBsonValue(value))).data;

describe("a value in a document", () => {
  it("keeps any bytes", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(kept({ kind: "bytes", bytes }).equals(bytes)).toBe(true);
    });
    fc.assert(property);
  });

  it("is a string for MongoDB, whatever the bytes", () => {
    for (const bytes of [Buffer.from("plain"), Buffer.from([0xff, 0]), Buffer.alloc(0)]) {
      const [, value] = BSON.onDemand.parseToElements(
        document(toBsonValue({ kind: "bytes", bytes })),
      );
      expect(value?.[0]).toBe(2);
    }
  });

  it("keeps any JSON", () => {
    const toValue = (value: unknown): JsonValue => {
      if (Array.isArray(value)) return value.map(toValue);
      if (typeof value !== "object" || value === null) return value as JsonValue;
      return new Map(Object.entries(value).map(([name, item]) => [name, toValue(item)]));
    };
    const anything = fc
      .jsonValue({ maxDepth: 4 })
      .filter((v) => !JSON.stringify(v).includes("\\u0000"));
    const property = fc.property(anything, (given) => {
      const value = toValue(given);
      const text = typeof value === "string" ? JSON.stringify(value) : encodeJson(value);
      expect(kept({ kind: "json", value }).toString()).toBe(text);
    });
    fc.assert(property);
  });

  it.each<[string, unknown, string]>([
    ["integers of other programs", 5, "5"],
    ["long integers", BSON.Long.fromNumber(2 ** 40), "1099511627776"],
    ["dates", new Date(1_700_000_000_120), '"2023-11-14T22:13:20.12Z"'],
    ["object ids", new BSON.ObjectId("65a000000000000000000001"), '"65a000000000000000000001"'],
    ["binary", new BSON.Binary(Buffer.from("hi")), '"aGk="'],
    ["decimals", BSON.Decimal128.fromString("1.50"), '"1.50"'],
    ["nothing", undefined, "null"],
  ])("reads %s", (_name, value, expected) => {
    expect(readDocument(document(value)).data.toString()).toBe(expected);
  });

  it("is refused when it is too deep or too large", () => {
    let value: JsonValue = 1;
    for (let i = 0; i < 5000; i++) value = [value];
    expect(() => toBsonValue({ kind: "json", value })).toThrow("nested deeper than 100 levels");
    const bytes = Buffer.alloc(17 * 1024 * 1024);
    expect(() => toBsonValue({ kind: "bytes", bytes })).toThrow("larger than 16 MiB");
    const odd = { kind: "json", value: new Map([["a\0b", 1]]) } as const;
    expect(() => document(toBsonValue(odd))).toThrow("must not contain null bytes");
  });
});
