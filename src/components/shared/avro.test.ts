import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AvroCodec, avroJson, parseAvroJson } from "./avro.ts";
import { parseAvro } from "./avro-schema.ts";

const codec = (schema: unknown): AvroCodec => new AvroCodec(parseAvro(schema));

describe("values in Avro's binary form", () => {
  it.each<[string, unknown, unknown, string]>([
    // The examples of the specification.
    [
      "a record",
      {
        type: "record",
        name: "test",
        fields: [
          { name: "a", type: "long" },
          { name: "b", type: "string" },
        ],
      },
      { a: 27, b: "foo" },
      "3606666f6f",
    ],
    ["an array", { type: "array", items: "long" }, [3, 27], "04063600"],
    ["null of a union", ["null", "string"], null, "00"],
    ["a string of a union", ["null", "string"], "a", "020261"],
    ["an enum", { type: "enum", name: "Foo", symbols: ["A", "B", "C", "D"] }, "D", "06"],
    ["a long", "long", -64, "7f"],
    ["a longer one", "long", 64, "8001"],
    ["a map", { type: "map", values: "int" }, { x: 1 }, "02027802" + "00"],
    ["a double", "double", 1, "000000000000f03f"],
    ["a float", "float", 1, "0000803f"],
    ["bytes", "bytes", "\u00ff", "02ff"],
    ["fixed bytes", { type: "fixed", size: 2, name: "two" }, "ab", "6162"],
    ["a boolean", "boolean", true, "01"],
  ])("writes %s", (_name, schema, value, hex) => {
    expect(codec(schema).encode(value).toString("hex")).toBe(hex);
    expect(codec(schema).decode(Buffer.from(hex, "hex"))).toEqual(value);
  });

  it("names the branch of a union where Avro's own JSON is asked for", () => {
    const schema = [
      "null",
      "int",
      "string",
      { type: "array", items: ["null", "double"] },
      { type: "map", values: "string" },
      { type: "fixed", name: "two", namespace: "n", size: 2 },
      {
        type: "record",
        name: "n.R",
        fields: [
          { name: "__proto__", type: ["string", "null"], default: "first" },
          { name: "next", type: ["null", "n.R"], default: null },
        ],
      },
    ];
    const tagged = new AvroCodec(parseAvro(schema, "avro"));
    const record = {
      ["__proto__"]: null,
      next: { "n.R": { ["__proto__"]: { string: "x" }, next: null } },
    };
    for (const [value, hex] of [
      [null, "00"],
      [{ int: 1 }, "0202"],
      [{ string: "1" }, "040231"],
      [{ array: [null, { double: 1 }] }, "06040002000000000000f03f00"],
      [{ map: { int: "x" } }, "080206696e74027800"],
      [{ "n.two": "ab" }, "0a6162"],
      [{ "n.R": record }, "0c02020002" + "78" + "00"],
    ] as const) {
      expect(tagged.encode(value).toString("hex")).toBe(hex);
      expect(tagged.decode(Buffer.from(hex, "hex"))).toEqual(value);
    }
    expect(tagged.encode({ "n.R": {} }).toString("hex")).toBe("0c000a666972737400");
    for (const value of [1, "x", {}, { long: 1 }, { int: 1, string: "x" }, { null: null }, []]) {
      expect(() => tagged.encode(value)).toThrow("null or an object with one of null, int, string");
    }
    expect(() => tagged.encode({ int: "x" })).toThrow("expected integer");
  });

  it("knows types by their names, also inside themselves", () => {
    const list = {
      type: "record",
      name: "List",
      namespace: "n",
      fields: [
        { name: "value", type: { type: "enum", name: "E", symbols: ["x", "y"] } },
        { name: "other", type: "n.E", default: "y" },
        { name: "next", type: ["null", "List"], default: null },
      ],
    };
    const value = { value: "x", next: { value: "y", other: "x", next: null } };
    const bytes = codec(list).encode(value);
    expect(bytes.toString("hex")).toBe("000202" + "020000");
    expect(codec(list).decode(bytes)).toEqual({ ...value, other: "y" });
  });

  it("gives back what it took", () => {
    const type = codec({
      type: "record",
      name: "R",
      fields: [
        { name: "n", type: "long" },
        { name: "s", type: ["null", "string", { type: "array", items: "double" }] },
        { name: "m", type: { type: "map", values: "boolean" } },
      ],
    });
    const value = fc.record({
      n: fc.maxSafeInteger(),
      s: fc.oneof(fc.constant(null), fc.string(), fc.array(fc.double({ noNaN: true }))),
      m: fc.dictionary(fc.string(), fc.boolean()),
    });
    fc.assert(
      fc.property(value, (given) => {
        const back = type.decode(type.encode(given)) as typeof given;
        expect({ ...back, m: { ...back.m } }).toEqual({ ...given, m: { ...given.m } });
      }),
    );
  });

  it.each<[string, unknown, string, string]>([
    ["the longest long", "long", "9223372036854775807", "feffffffffffffffff01"],
    ["the smallest long", "long", "-9223372036854775808", "ffffffffffffffffff01"],
    ["a long that a number rounds", "long", "9007199254740993", "8280808080808020"],
    ["a float", "float", "0.1", "cdcccc3d"],
    ["an infinite double", "double", "-1e999", "000000000000f0ff"],
    // Logical types are what they annotate.
    ["a day", { type: "int", logicalType: "date" }, "19732", "a8b402"],
    [
      "a moment",
      { type: "long", logicalType: "timestamp-millis" },
      "1704861365986",
      "c4dbbf9a9e63",
    ],
    [
      "a decimal",
      { type: "bytes", logicalType: "decimal", precision: 4 },
      '"\\u0001\\u00ff"',
      "0401ff",
    ],
    ["the second branch", ["null", { type: "map", values: "int" }], '{"a":1}', "020202610200"],
  ])("keeps the JSON of %s", (_name, schema, json, hex) => {
    expect(
      codec(schema)
        .encode(parseAvroJson(Buffer.from(json)))
        .toString("hex"),
    ).toBe(hex);
    const back = avroJson(codec(schema).decode(Buffer.from(hex, "hex")));
    expect(back).toBe(avroJson(parseAvroJson(Buffer.from(json))));
  });

  it("fills in defaults, those of unions by their first branch", () => {
    const type = codec({
      type: "record",
      name: "R",
      fields: [
        { name: "a", type: ["double", "null"], default: 1 },
        { name: "b", type: { type: "array", items: "string" }, default: ["x"] },
      ],
    });
    expect(type.decode(type.encode({}))).toEqual({ a: 1, b: ["x"] });
  });

  it("does not make many values of few bytes", () => {
    const nothings = Buffer.from("feffffff0f" + "00", "hex");
    expect(() => codec({ type: "array", items: "null" }).decode(nothings)).toThrow("invalid data");
    const items = { type: "array", items: { type: "array", items: "null" } };
    const nested = Buffer.from(`08${"1400".repeat(4)}00`, "hex");
    expect(() => codec(items).decode(nested)).toThrow("invalid data");
  });

  const record = { type: "record", name: "R", fields: [{ name: "a", type: "int" }] };
  it.each<[string, unknown, unknown, string]>([
    ["another kind", "int", "1", "expected integer"],
    ["a fraction", "long", 1.5, "expected integer"],
    ["too much", "int", 2 ** 31, "overflows"],
    ["a missing field", record, {}, 'field "a": expected a value: it is missing'],
    ["an unknown field", record, { a: 1, b: 2 }, 'field "b": expected no such field'],
    ["a wrong field", record, { a: "x" }, 'field "a": expected integer'],
    ["a symbol", { type: "enum", name: "E", symbols: ["x"] }, "y", "a symbol of E"],
    ["what is no byte", "bytes", "\u0100", "U+00FF"],
    ["a longer integer than any", "long", 2n ** 63n, "overflows"],
    ["a size", { type: "fixed", name: "F", size: 2 }, "abc", "2 bytes"],
    ["what no branch takes", ["null", "int"], "x", "expected integer"],
  ])("refuses %s", (_name, schema, value, text) => {
    expect(() => codec(schema).encode(value)).toThrow(text);
  });

  it("refuses bytes that are no such value, whatever they are", () => {
    const types = [
      record,
      { type: "array", items: "null" },
      ["null", { type: "map", values: record }],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...types.map(codec)), fc.uint8Array(), (type, bytes) => {
        try {
          type.decode(Buffer.from(bytes));
        } catch (error) {
          expect((error as Error).message).toMatch(/^avro: /);
        }
      }),
    );
  });
});

describe("schemas", () => {
  it.each<[unknown, string]>([
    ["nothing", 'unknown type "nothing"'],
    [{ type: "record", name: "R" }, "record R without fields"],
    [{ type: "record", fields: [] }, "record without name"],
    [{ type: "enum", name: "E" }, "enum E without symbols"],
    [{ type: "fixed", name: "F", size: -1 }, "fixed F: size"],
    [{ type: "record", name: "R", fields: [{}] }, "record R: field without name"],
    [7, "invalid schema"],
    [null, "invalid schema"],
  ])("refuses %j", (schema, text) => {
    expect(() => parseAvro(schema)).toThrow(`avro: ${text}`);
  });
});
