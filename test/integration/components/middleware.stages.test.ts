/**
 * The middleware that needs nobody else, through the stages of the app pipeline.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Middleware } from "../../../src/components/middleware/contract.ts";
import { component as ratelimit } from "../../../src/components/middleware/http.ratelimit.ts";
import { component as routeralias } from "../../../src/components/middleware/http.routeralias.ts";
import { component as routerchecker } from "../../../src/components/middleware/http.routerchecker.ts";
import {
  capitals,
  component as uppercase,
} from "../../../src/components/middleware/http.uppercase.ts";
import { ManualClock } from "../../../src/kit/time/manual-clock.ts";
import { MiddlewareBlock } from "../../../src/runtime/middleware/middleware.ts";
import { createMiddleware, Passage } from "./middleware-context.ts";
import { RecordedLog } from "./state-context.ts";

describe("uppercase", () => {
  test.each([
    ["request", "QÉß", "answer é"],
    ["RESPONSE", "qéß", "ANSWER É"],
    ["Both", "QÉß", "ANSWER É"],
    ["sideways", "QÉß", "answer é"],
  ])("direction %s", async (direction, asked, answered) => {
    const passage = new Passage(await createMiddleware(uppercase, { direction }));
    passage.app.chunks = ["answer ", "é"];
    passage.app.headers = ["content-length", "9"];
    const { text, headers } = await passage.send("/low", {}, { method: "POST", body: "qéß" });
    expect([passage.app.seen[0]?.text, text]).toEqual([asked, answered]);
    expect(passage.app.seen[0]?.path).toBe("/low");
    if (answered.startsWith("A")) expect(headers.get("content-length")).toBe(null);
  });

  test("a streamed body stays a stream, and characters may be cut anywhere", async () => {
    const passage = new Passage(await createMiddleware(uppercase, { direction: "both" }));
    passage.app.chunks = ["a", "b"];
    const { pieces } = await passage.send("/", {}, { method: "POST", body: ["a", "b"] });
    expect(pieces).toEqual(["A", "B"]);
    expect(passage.app.seen[0]?.body).toBe("stream");
    expect(passage.app.seen[0]?.text).toBe("AB");
  });

  test("every character stays one character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect([...capitals(text)].length).toBe([...text].length);
      }),
    );
    expect(capitals("straße ŉ ᾳ ᾀ ﬀ dž")).toBe("STRAßE ŉ ᾼ ᾈ ﬀ DŽ");
  });
});

describe("routerchecker", () => {
  test("looks at path and query", async () => {
    const passage = new Passage(
      await createMiddleware(routerchecker, { rule: "^/[[:lower:]/]+$" }),
    );
    expect((await passage.send("/ok/path")).status).toBe(200);
    expect(await passage.send("/ok?x=1")).toMatchObject({ status: 400, text: "invalid router" });
    await expect(createMiddleware(routerchecker, { rule: "(" })).rejects.toThrow(
      "error parsing regexp",
    );
    await expect(createMiddleware(routerchecker, { rule: "(?=x)" })).rejects.toThrow(
      "error parsing regexp",
    );
  });
});

describe("routeralias", () => {
  test.each([
    ["/shop", "/target"],
    ["/shop?b=2&a=1", "/target?b=2&a=1"],
    ["/shop/", "/shop/"],
    ["/item/17?y=2&b=%20x+~", "/one?b=+x+~&id=17&y=2"],
    ["/item/1%2F2", "/item/1%2F2"],
    ["/nr/42/a", "/two%3Fq?n=42&rest=a"],
    ["/nr/x/a", "/nr/x/a"],
    ["/b%61d", "/space%20d"],
  ])("%s is %s", async (asked, seen) => {
    const routes = {
      "/shop": "/target",
      "/item/{id}": "/one",
      "/nr/{n:[0-9]{1,3}}/{rest:(?:a|b)}": "/two?q",
      "/bad": "/space d",
    };
    const passage = new Passage(
      await createMiddleware(routeralias, { routes: JSON.stringify(routes) }),
    );
    await passage.send(asked);
    expect(passage.app.seen[0]?.path).toBe(seen);
  });

  test("later aliases see what earlier ones made of a path; properties may be routes", async () => {
    const passage = new Passage(
      await createMiddleware(routeralias, { "/a": "/b" }),
      await createMiddleware(routeralias, { routes: "/b: /c\n" }),
    );
    await passage.send("/a");
    expect(passage.app.seen[0]?.path).toBe("/c");
    await expect(createMiddleware(routeralias, { routes: "[1]" })).rejects.toThrow("no object");
    await expect(createMiddleware(routeralias, { "/{": "/b" })).rejects.toThrow("unbalanced");
  });
});

describe("ratelimit", () => {
  const clock = new ManualClock();
  const open = (rate: string) =>
    createMiddleware(ratelimit, { maxRequestsPerSecond: rate }, { clock });

  test("counts by client and path", async () => {
    const passage = new Passage(await open("2"));
    const ask = async (path: string, from: string): Promise<number> =>
      (await passage.send(path, { "x-forwarded-for": from })).status;
    expect([await ask("/a", "1.1.1.1"), await ask("/a?x", "1.1.1.1")]).toEqual([200, 200]);
    expect(await ask("/a", "9.9.9.9, 1.1.1.1")).toBe(429);
    expect(await ask("/b", "1.1.1.1")).toBe(200);
    expect(await ask("/a", "1.1.1.2")).toBe(200);
    await clock.advance(500);
    expect([await ask("/a", "1.1.1.1"), await ask("/a", "1.1.1.1")]).toEqual([200, 429]);
    expect([await ask("/v6", "2001:db8::1"), await ask("/v6", "2001:db8:0:0:9::2")]).toEqual([
      200, 200,
    ]);
    expect([await ask("/v6", "2001:db8::3"), await ask("/v6", "2001:db8:0:1::")]).toEqual([
      429, 200,
    ]);
  });

  test("says what the limit is", async () => {
    const passage = new Passage(await open("1.5"));
    const { headers } = await passage.send("/x", { "x-real-ip": "1.1.1.1" });
    expect(headers.get("x-rate-limit-limit")).toBe("1.50");
    expect(headers.get("ratelimit-limit")).toBe("2");
    expect(headers.get("ratelimit-remaining")).toBe("0");
    expect(await passage.send("/x", { "x-real-ip": "1.1.1.1" })).toMatchObject({
      status: 429,
      text: "You have reached maximum request limit.",
    });
  });

  test.each(["fast", "0", "-1", "NaN"])("%s is no rate", async (rate) => {
    await expect(open(rate)).rejects.toThrow("maxRequestsPerSecond");
  });
});

describe("stages", () => {
  const stage = (handle: Middleware["handle"]): Middleware => ({
    handle,
    async [Symbol.asyncDispose]() {},
  });

  test("the first is the outermost, and an answer of its own is seen by those before it", async () => {
    const order: string[] = [];
    const named = (name: string, isLast = false): Middleware =>
      stage((exchange) => {
        order.push(name);
        exchange.onAnswer({
          onHead(head) {
            order.push(`${name} back`);
            head.headers.add("x-by", name);
            return undefined;
          },
        });
        if (isLast) exchange.respond(418, "text/plain", "tea");
        return !isLast;
      });
    const passage = new Passage(named("a"), named("b"), named("c", true));
    const { status, headers, text } = await passage.send("/");
    expect([status, text, headers.get("x-by")]).toEqual([418, "tea", "c, b, a"]);
    expect(order).toEqual(["a", "b", "c", "c back", "b back", "a back"]);
    expect(passage.app.seen).toEqual([]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("boom");
      },
    ],
  ])("one that %s is answered with 500 and logged", async (_name, handle) => {
    const passage = new Passage(stage(handle as Middleware["handle"]));
    expect(await passage.send("/", {}, { body: ["x"], method: "POST" })).toMatchObject({
      status: 500,
      text: "Internal Server Error",
    });
    expect(passage.log.lines).toEqual(["HTTP middleware failed: boom"]);
  });

  test("one that wants the whole of bodies gets them, and may replace them", async () => {
    let ends = 0;
    const passage = new Passage(
      stage(async (exchange) => {
        const body = await exchange.readBody();
        exchange.replaceBody(Buffer.from(`<${body}>`));
        exchange.onAnswer({
          async onWhole(answer) {
            answer.status = 201;
            answer.body = Buffer.from(`[${Buffer.from(answer.body)}]`);
          },
          onEnd: () => void ends++,
        });
        return true;
      }),
      await createMiddleware(uppercase, { direction: "both" }),
    );
    passage.app.chunks = ["a", "b"];
    const { status, text } = await passage.send("/", {}, { body: ["x", "y"], method: "POST" });
    expect([passage.app.seen[0]?.text, status, text, ends]).toEqual(["<XY>", 201, "[AB]", 1]);
  });
});

describe("a block", () => {
  test("builds its pipelines anew when a component comes or goes", async () => {
    const log = new RecordedLog();
    const handler = (name: string) => ({ name, type: "middleware.http.uppercase", version: "" });
    const block = new MiddlewareBlock({
      server: [handler("a"), handler("b")],
      app: [],
      logger: log,
    });
    const [a, b, other] = (await Promise.all(
      ["a", "b", "c"].map(() => createMiddleware(uppercase, {})),
    )) as [Middleware, Middleware, Middleware];
    expect(block.app).toBe(undefined);
    expect(block.server?.stages).toEqual([]);
    const second = block.mount({ ...handler("b"), version: "v1" }, b);
    expect(block.server?.stages).toEqual([b]);
    block.mount(handler("a"), a);
    expect(block.server?.stages).toEqual([a, b]);
    second[Symbol.dispose]();
    expect(block.server?.stages).toEqual([a]);
    block.mount({ ...handler("b"), version: "v2" }, other);
    block.mount({ ...handler("a"), type: "middleware.http.other" }, other);
    expect(block.server?.stages).toEqual([]);
    expect(log.lines).toContain("Adding middleware.http.uppercase/v1 b middleware");
    expect(log.lines).toContain("Removing middleware.http.uppercase/v1 b middleware");
    expect(log.lines).toContain("Building pipeline server");
  });
});
