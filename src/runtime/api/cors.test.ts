import { describe, expect, it } from "vitest";
import { createCors } from "./cors.ts";

const preflight = (origins: string, origin: string | undefined, method: string, headers?: string) =>
  createCors(origins)
    ?.preflight({ origin, requestMethod: method, requestHeaders: headers })
    .slice(6);

describe("createCors", () => {
  it("is off without origins", () => {
    expect(createCors("")).toBeUndefined();
    expect(createCors(" ")).toBeUndefined();
  });

  it("names any origin * when all are allowed", () => {
    expect(createCors("*")?.actual("GET", "http://a")).toEqual([
      "vary",
      "Origin",
      "access-control-allow-origin",
      "*",
    ]);
  });

  const origins = "http://a.example, https://*.b.example";
  const cases: [string, boolean][] = [
    ["http://a.example", true],
    ["HTTP://A.EXAMPLE", true],
    ["https://x.b.example", true],
    ["https://.b.example", true],
    ["https://b.example", false],
    ["http://a.example.evil", false],
    ["null", false],
  ];
  for (const [origin, isAllowed] of cases) {
    it(`${origin} is ${isAllowed ? "" : "not "}allowed`, () => {
      const headers = createCors(origins)?.actual("POST", origin) ?? [];
      expect(headers.includes(origin)).toBe(isAllowed);
      expect(headers.slice(0, 2)).toEqual(["vary", "Origin"]);
    });
  }

  it("echoes asked headers in their canonical spelling", () => {
    expect(preflight("*", "http://a", "post", "X-One, content-type")).toEqual([
      "access-control-allow-origin",
      "*",
      "access-control-allow-methods",
      "POST",
      "access-control-allow-headers",
      "X-One, Content-Type",
    ]);
  });

  it("grants nothing to unlisted methods and to requests without origin", () => {
    expect(preflight("*", "http://a", "TRACE")).toEqual([]);
    expect(preflight("*", undefined, "GET")).toEqual([]);
    expect(createCors("*")?.actual("TRACE", "http://a")).toEqual(["vary", "Origin"]);
  });
});
