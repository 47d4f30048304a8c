import { expect, test } from "vitest";
import { cleanPath, normalizeGrpcMethod, normalizeHttpMethod } from "./path-clean.ts";

test.each([
  ["", "."],
  ["a", "a"],
  ["/", "/"],
  ["a/b", "a/b"],
  ["a//b", "a/b"],
  ["a/./b", "a/b"],
  ["a/../b", "b"],
  ["../a", "../a"],
  ["../../a", "../../a"],
  ["/..", "/"],
  ["/../a", "/a"],
  ["a/..", "."],
  ["a/../..", ".."],
  ["./a", "a"],
  ["a/b/", "a/b"],
  ["//", "/"],
  ["///a//b//", "/a/b"],
  ["..", ".."],
  [".", "."],
  ["a/b/../../..", ".."],
  ["/a/b/../../..", "/"],
  ["a/...", "a/..."],
  ["...", "..."],
  ["a/.b", "a/.b"],
  ["a/..b", "a/..b"],
  ["./..", ".."],
  ["/./../x/", "/x"],
])("cleans %j to %j", (path, clean) => {
  expect(cleanPath(path)).toBe(clean);
  expect(cleanPath(clean)).toBe(clean);
});

const text = (normalize: (method: string) => string, method: string): string => {
  try {
    return normalize(method);
  } catch (error) {
    return (error as Error).message;
  }
};
const invalid = "rpc error: code = InvalidArgument desc = invalid method: ";
const forbidden = `${invalid}method contains forbidden character: `;

test.each([
  ["", ""],
  [".", ""],
  ["..", ""],
  ["../..", ""],
  ["../../up", "up"],
  ["a/../../b", "b"],
  ["a//b/", "a/b"],
  ["/lead", "/lead"],
  ["..a", "..a"],
  ['x%20"*\\ é', 'x%20"*\\ é'],
  ["x#y", `${forbidden}"x#y"`],
  ["x?y", `${forbidden}"x?y"`],
  ["x\0y", `${forbidden}"x\\x00y"`],
  ["x\ny?", `${forbidden}"x\\ny?"`],
  ["x\ry", `${invalid}method contains control character at position 1: "x\\ry"`],
  ["é/x\x7f", `${invalid}method contains control character at position 4: "é/x\\x7f"`],
  ["\udcff\x01", `${invalid}method contains control character at position 1: "\\xff\\x01"`],
])("normalises %j for HTTP", (method, expected) => {
  expect(text(normalizeHttpMethod, method)).toBe(expected);
});

test("HTTP cleans before it validates, gRPC after", () => {
  expect(text(normalizeHttpMethod, "a?b/../c")).toBe("c");
  expect(text(normalizeGrpcMethod, "a?b/../c")).toBe(`${forbidden}"a?b/../c"`);
  expect(text(normalizeGrpcMethod, "a//b\x01/..")).toBe(
    `${invalid}method contains control character at position 4: "a//b\\x01/.."`,
  );
  expect(text(normalizeGrpcMethod, "a%2F..%2Fb")).toBe("a%2F..%2Fb");
  expect(text(normalizeGrpcMethod, "a/b/")).toBe("a/b");
});
