import { describe, expect, it } from "vitest";
import { checkOptions, expiryMetadata, parseDecimal, ttlSeconds } from "./state-requests.ts";

describe("expiry", () => {
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["0", 0],
    ["-1", -1],
    ["+7", 7],
    ["2147483647", 2147483647],
  ])("%j is %s", (text, expected) => {
    expect(ttlSeconds(new Map(text === undefined ? [] : [["ttlInSeconds", text]]))).toBe(expected);
  });

  it.each([
    ["x", 'strconv.ParseInt: parsing "x": invalid syntax'],
    ["1.5", 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    [" 5", 'strconv.ParseInt: parsing " 5": invalid syntax'],
    [
      "99999999999999999999",
      'strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
    ["-2", "must be -1 or greater"],
    ["2147483648", "must be -1 or greater"],
  ])("%j is refused", (text, why) => {
    expect(() => ttlSeconds(new Map([["ttlInSeconds", text]]))).toThrow(
      `incorrect value for metadata 'ttlInSeconds': ${why}`,
    );
  });

  it("is shown in whole seconds", () => {
    expect([...expiryMetadata(Date.UTC(2026, 0, 2, 3, 4, 5, 999))]).toEqual([
      ["ttlExpireTime", "2026-01-02T03:04:05Z"],
    ]);
  });
});

it("knows the words for concurrency and consistency", () => {
  const request = { etag: undefined, concurrency: "", consistency: "" };
  for (const concurrency of ["", "first-write", "last-write"]) {
    for (const consistency of ["", "strong", "eventual"]) {
      expect(() => checkOptions({ ...request, concurrency, consistency })).not.toThrow();
    }
  }
  expect(() => checkOptions({ ...request, concurrency: "First-Write" })).toThrow(
    "unrecognized concurrency model 'First-Write'",
  );
  expect(() => checkOptions({ ...request, consistency: "weak" })).toThrow(
    "unrecognized consistency model 'weak'",
  );
});

it("reads integers up to 64 bits", () => {
  expect(parseDecimal("-9223372036854775808", "Atoi")).toBe(-(2 ** 63));
  expect(() => parseDecimal("9223372036854775808", "Atoi")).toThrow(
    'strconv.Atoi: parsing "9223372036854775808": value out of range',
  );
});
