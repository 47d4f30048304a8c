import { describe, expect, test } from "vitest";
import { baggageOf, joinBaggage, parseBaggage } from "./baggage.ts";

describe("parseBaggage", () => {
  test.each([
    ["", ""],
    ["a=1", "a=1"],
    [" a = 1 ,\tb=2", "a=1,b=2"],
    ["a=", "a="],
    ["a=1;p;q=2 ; r = x", "a=1;p;q=2;r=x"],
    ["a=b=c", "a=b=c"],
    ["a=%20x%c3%a9%41", "a=%20x%C3%A9A"],
    ["a=%ff", "a=%EF%BF%BD"],
    ["a=%25", "a=%25"],
    ["a=1,b=2,a=3", "a=3,b=2"],
    ["a=1;p=%2c", "a=1;p=%2C"],
    ["!#$%&'*+-.^_`|~0Az=x", "!#$%&'*+-.^_`|~0Az=x"],
  ])("%j is %j", (text, normal) => {
    expect(parseBaggage(text)).toBe(normal);
    expect(parseBaggage(normal)).toBe(normal);
  });

  test.each([
    ["bad key=1", 'invalid key: "bad key"'],
    ["=1", 'invalid key: ""'],
    ["a", 'invalid baggage list-member: "a"'],
    [",a=1", 'invalid baggage list-member: ""'],
    ["a=1,", 'invalid baggage list-member: ""'],
    ['a="1"', 'invalid value: "\\"1\\""'],
    ["a=1 2", 'invalid value: "1 2"'],
    ["a=é", 'invalid value: "é"'],
    ["a=1\\", 'invalid value: "1\\\\"'],
    ["a=%zz", 'invalid value: invalid URL escape "%zz"'],
    ["a=%2", 'invalid value: invalid URL escape "%2"'],
    ["a=1;", 'invalid baggage list-member property: ""'],
    ["a=1;b c", 'invalid baggage list-member property: "b c"'],
    ["a=1;b=c d", 'invalid baggage list-member property: "b=c d"'],
    ["a=1;b=%z", 'invalid baggage list-member property: "b=%z"'],
    ["bad key=1,ok=2,(=3", 'invalid key: "bad key"\ninvalid key: "("'],
  ])("%j: %s", (text, message) => {
    expect(() => parseBaggage(text)).toThrow(new Error(message));
  });

  test("64 members and 8192 bytes are the limits", () => {
    const list = (count: number): string =>
      Array.from({ length: count }, (_, i) => `k${i}=v`).join(",");
    expect(parseBaggage(list(64))).toBe(list(64));
    expect(() => parseBaggage(list(65))).toThrow("too many list-members in baggage-string");
    expect(parseBaggage(`a=${"x".repeat(8190)}`)).toHaveLength(8192);
    expect(() => parseBaggage(`a=${"x".repeat(8191)}`)).toThrow("baggage-string too large: 8193");
  });
});

test("several headers are one list", () => {
  expect(joinBaggage(["a=1"])).toBe("a=1");
  expect(joinBaggage(["a=1", "b=2,c=3"])).toBe("a=1,b=2,c=3");
});

test("several headers of a request are one list, whatever their case", () => {
  expect(baggageOf(["Baggage", "a=1", "x", "baggage", "baggage", "b=2"])).toBe("a=1,b=2");
  expect(baggageOf(["baggage", "a=1 , b=2"])).toBe("a=1 , b=2");
});
