import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRetried, parseStatusMatch } from "./status-match.ts";

const http = (list: string) => parseStatusMatch({ http: list, grpc: "" });
const grpc = (list: string) => parseStatusMatch({ http: "", grpc: list });

describe("lists", () => {
  test.each([
    ["99", "invalid pattern 99, start code 99 is not valid"],
    ["600", "invalid pattern 600, start code 600 is not valid"],
    ["500-600", "invalid pattern 500-600, end code 600 is not valid"],
    ["503-500", "invalid pattern 503-500, start value should not bigger than end value"],
    ["500-501-502", "invalid pattern 500-501-502, more than one '-' exists"],
    ["500,x", "failed to parse start code x from pattern x to int"],
    ["500, 501", "failed to parse start code  501 from pattern  501 to int"],
    ["500-", "failed to parse end code  from pattern 500- to int"],
    [",", "failed to parse start code  from pattern  to int"],
  ])("%s is refused", (list, error) => {
    expect(() => http(list)).toThrow(error);
  });

  test("gRPC codes end at 16", () => {
    expect(() => grpc("1,5-17")).toThrow("invalid pattern 5-17, end code 17 is not valid");
  });

  test("any text is a list or an error, never a hang", () => {
    fc.assert(
      fc.property(fc.string(), (list) => {
        try {
          expect(http(list).http?.size ?? 0).toBeLessThanOrEqual(500);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(invalid pattern|failed to parse)/);
        }
      }),
    );
  });
});

describe("isRetried", () => {
  test("a range holds its ends and nothing else", () => {
    const code = fc.integer({ min: 100, max: 599 });
    fc.assert(
      fc.property(code, code, code, (a, b, status) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const isIn = status >= first && status <= last;
        expect(isRetried(http(`${first}-${last}`), status)).toBe(isIn);
      }),
    );
  });

  test("each family has its own list", () => {
    const match = parseStatusMatch({ http: "429,500-503", grpc: "14" });
    const retried = [429, 500, 503, 504, 404, 14, 13, 0].map((status) => isRetried(match, status));
    expect(retried).toEqual([true, true, true, false, false, true, false, false]);
    expect(isRetried(http("500"), 13)).toBe(true);
    expect(isRetried(grpc("14"), 404)).toBe(true);
  });

  test("no status is always retried, one of no family never", () => {
    expect(isRetried(http("500"), undefined)).toBe(true);
    for (const status of [17, 99, 600, -1]) expect(isRetried(http(""), status)).toBe(false);
  });
});
