import { describe, expect, it } from "vitest";
import {
  asArray,
  asFinite,
  asInteger,
  asObject,
  asString,
  asStringMap,
  members,
} from "./decode.ts";
import { parseJson } from "./parse.ts";
import type { JsonObject, JsonValue } from "./value.ts";

const parse = (text: string): JsonValue => parseJson(Buffer.from(text));
const object = (text: string): JsonObject => parse(text) as JsonObject;

/** The message that a call fails with. */
function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("members", () => {
  it.each([
    ['{"key":"a"}', "a"],
    ['{"KEY":"a"}', "a"],
    ['{"\u212aey":"a"}', "a"],
    ['{"key":"a","Key":"b"}', "b"],
    ['{"key":"a","KEY":null}', "a"],
    ['{"keys":"a"}', undefined],
    ['{"key":null}', undefined],
  ])("of %s", (text, expected) => {
    expect(members(object(text), ["key"])[0]).toBe(expected);
  });

  it.each(["entryId", "entryid", "ENTRYID", "entryID"])(
    "finds %s by a name in both cases",
    (name) => {
      expect(members(object(`{"${name}":"a"}`), ["event", "entryId"])).toEqual([undefined, "a"]);
    },
  );

  it("folds the long s", () => {
    expect(members(object('{"key\u017f":1}'), ["keys"])[0]).toBe(1);
  });
});

describe("types", () => {
  it("takes what is absent as empty", () => {
    expect(asString(undefined, "T.a")).toBe("");
    expect(asInteger(undefined, "T.a")).toBe(0);
    expect(asArray(undefined, "T.a", "[]string")).toEqual([]);
    expect(asStringMap(undefined, "T.a").size).toBe(0);
    expect(asObject(null, "T.a", "T")).toBeUndefined();
    expect(asStringMap(parse('{"a":null}'), "T.a").get("a")).toBe("");
  });

  it.each<[() => unknown, string]>([
    [
      () => asString(5, "SetRequest.key"),
      "json: cannot unmarshal number into Go struct field SetRequest.key of type string",
    ],
    [
      () => asArray(parse("{}"), "", "[]state.SetRequest"),
      "json: cannot unmarshal object into Go value of type []state.SetRequest",
    ],
    [
      () => asInteger("2", "B.p"),
      "json: cannot unmarshal string into Go struct field B.p of type int",
    ],
    [
      () => asInteger(1.5, "B.p"),
      "json: cannot unmarshal number into Go struct field B.p of type int",
    ],
    [
      () => asInteger(1e30, "B.p"),
      "json: cannot unmarshal number into Go struct field B.p of type int",
    ],
    [
      () => asObject([1], "B.o", "T"),
      "json: cannot unmarshal array into Go struct field B.o of type T",
    ],
    [
      () => asStringMap(parse('{"a":1}'), "B.m"),
      "json: cannot unmarshal number into Go struct field B.m of type string",
    ],
    [
      () => asFinite(parse("[[1e400]]"), "B.v"),
      "json: cannot unmarshal number into Go struct field B.v of type float64",
    ],
    [
      () => asFinite(Number.NEGATIVE_INFINITY, "B.v"),
      "json: cannot unmarshal number into Go struct field B.v of type float64",
    ],
  ])("refuses (%#)", (read, message) => {
    expect(failure(read)).toBe(message);
  });
});
