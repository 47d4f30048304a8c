import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson } from "./encode.ts";
import { decodeUtf8, parseFirstExact, parseFirstJson, parseJson } from "./parse.ts";
import { type JsonValue, maxJsonDepth } from "./value.ts";

const first = (text: string): JsonValue => parseFirstJson(Buffer.from(text));
const whole = (text: string): JsonValue => parseJson(Buffer.from(text));

/** The message that a call fails with. */
function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("the first value of a text", () => {
  it.each<[string, JsonValue]>([
    ["1", 1],
    ["12 garbage", 12],
    ["12abc", 12],
    ['"a"]', "a"],
    ["null,", null],
    ["[1][2]", [1]],
    ["{} trailing", new Map()],
    [" \t\r\n true", true],
    ["-0.5e+2", -50],
    ['"\\u00e9\\n\\/\\"\\\\"', 'é\n/"\\'],
    ['"\\ud83d\\ude00"', "😀"],
    ['"\\ud83d x"', "\ufffd x"],
    ['"\\ude00\\ud83d"', "\ufffd\ufffd"],
    ['{"a":1,"a":2}', new Map([["a", 2]])],
    [
      '{"__proto__":1,"constructor":2}',
      new Map([
        ["__proto__", 1],
        ["constructor", 2],
      ]),
    ],
    ["[1e400]", [Number.POSITIVE_INFINITY]],
    ["01", 0],
  ])("%j", (text, value) => {
    expect(first(text)).toEqual(value);
    // The own parser alone, which more text sends it to.
    expect(first(`${text} \u0000`)).toEqual(value);
  });

  it.each([
    ["", "EOF"],
    ["  \n", "EOF"],
    ["[", "unexpected EOF"],
    ['{"a"', "unexpected EOF"],
    ['"abc', "unexpected EOF"],
    ["-", "unexpected EOF"],
    ["1.", "unexpected EOF"],
    ["1e", "unexpected EOF"],
    ["tru", "unexpected EOF"],
    ['"\\u12', "unexpected EOF"],
    ["not json", "invalid character 'o' in literal null (expecting 'u')"],
    ["\ufeff1", "invalid character 'ï' looking for beginning of value"],
    ["}", "invalid character '}' looking for beginning of value"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["[01]", "invalid character '1' after array element"],
    ["{1:2}", "invalid character '1' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\u0001"', "invalid character '\\x01' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["-x", "invalid character 'x' in numeric literal"],
    ["1.x", "invalid character 'x' after decimal point in numeric literal"],
    ["1e+x", "invalid character 'x' in exponent of numeric literal"],
    ["+1", "invalid character '+' looking for beginning of value"],
    ["NaN", "invalid character 'N' looking for beginning of value"],
    ["[\u00a0]", "invalid character 'Â' looking for beginning of value"],
  ])("refuses %j", (text, message) => {
    expect(failure(() => first(text))).toBe(message);
  });

  it("takes one more level than the native limit, up to the depth limit", () => {
    for (const depth of [99, 100, 101, maxJsonDepth]) {
      const text = "[".repeat(depth) + "]".repeat(depth);
      expect(encodeJson(first(text))).toBe(text);
      const objects = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
      expect(encodeJson(first(objects))).toBe(objects);
    }
    const deeper = maxJsonDepth + 1;
    expect(() => first("[".repeat(deeper) + "]".repeat(deeper))).toThrow("exceeded max depth");
    expect(() => first("[".repeat(1_000_000))).toThrow("exceeded max depth");
  });

  it("reads bytes that are no UTF-8 as U+FFFD, one each", () => {
    const bytes = Buffer.from([0x22, 0x78, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0x79, 0x22]);
    expect(parseFirstJson(bytes)).toBe("x\ufffd\ufffd(\ufffd\ufffdy");
    expect(decodeUtf8(Buffer.from([0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0x80]))).toBe(
      "😀\ufffd\ufffd\ufffd",
    );
  });

  it("agrees with the native parser on any value and any spelling of it", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const own = first(`${text}\u0000`);
        expect(own).toEqual(first(text));
        expect(JSON.parse(encodeJson(own))).toEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("never fails with anything but its own error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseFirstJson(Buffer.from(bytes));
        } catch (error) {
          expect((error as Error).name).toBe("JsonSyntaxError");
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a text that is one value", () => {
  it.each([
    ["", "unexpected end of JSON input"],
    ["[1", "unexpected end of JSON input"],
    ["1 2", "invalid character '2' after top-level value"],
    ["{}x", "invalid character 'x' after top-level value"],
  ])("refuses %j", (text, message) => {
    expect(failure(() => whole(text))).toBe(message);
  });

  it("takes white space around it", () => {
    expect(whole(" [1] \n")).toEqual([1]);
  });
});

describe("parseFirstExact", () => {
  it.each([
    [
      '{"b":1.50,"a":[1e400,-0,12345678901234567890]}',
      '{"a":[1e400,-0,12345678901234567890],"b":1.50}',
    ],
    ['{"n":1.0} trailing', '{"n":1.0}'],
    ['{"n":1,"n":2.00}', '{"n":2.00}'],
    ["7", "7"],
  ])("keeps the numbers of %s", (text, written) => {
    expect(encodeJson(parseFirstExact(Buffer.from(text)))).toBe(written);
  });

  it("refuses what the other parser refuses", () => {
    expect(() => parseFirstExact(Buffer.from("[1.5"))).toThrow("unexpected EOF");
    expect(() => parseFirstExact(Buffer.from("  "))).toThrow("EOF");
  });
});
