import { describe, expect, it } from "vitest";
import { Router } from "./router.ts";

function stateRouter(): Router<string> {
  const router = new Router<string>();
  router.add("GET", "/v1.0/state/:store/:key", "get");
  router.add("POST", "/v1.0/state/:store", "save");
  router.add("POST", "/v1.0/state/:store/bulk", "bulk");
  router.add("GET", "/v1.0/secrets/:store/bulk", "bulkSecret");
  router.add("GET", "/v1.0/secrets/:store/:key", "secret");
  router.add("GET", "/v1.0/invoke/*", "invoke");
  return router;
}

describe("Router", () => {
  const cases: [string, string, string | undefined, string[]][] = [
    ["GET", "/v1.0/state/s/k", "get", ["s", "k"]],
    ["GET", "/v1.0/state/s/bulk", "get", ["s", "bulk"]],
    ["POST", "/v1.0/state/s/bulk", "bulk", ["s"]],
    ["POST", "/v1.0/state/s", "save", ["s"]],
    ["GET", "/v1.0/secrets/s/bulk", "bulkSecret", ["s"]],
    ["GET", "/v1.0/secrets/s/x", "secret", ["s", "x"]],
    ["GET", "/v1.0/state/s", undefined, []],
    ["GET", "/v1.0/state/s/k/more", undefined, []],
    ["GET", "/v1.0/state//k", undefined, []],
    ["PUT", "/v1.0/state/s/k", undefined, []],
    ["GET", "/v1.0/state/a%2Fb/k", "get", ["a%2Fb", "k"]],
    ["GET", "/v1.0/invoke/app/method/a/b", "invoke", ["app/method/a/b"]],
    ["GET", "/", undefined, []],
    ["GET", "/v1.0/state/__proto__/constructor", "get", ["__proto__", "constructor"]],
  ];
  for (const [method, path, value, params] of cases) {
    it(`${method} ${path}`, () => {
      const found = stateRouter().find(method, path);
      expect(found?.value).toBe(value);
      if (found) expect(found.params).toEqual(params);
    });
  }

  it("names the methods of a path", () => {
    expect(stateRouter().methods("/v1.0/state/s/bulk").sort()).toEqual(["GET", "POST"]);
  });
});
