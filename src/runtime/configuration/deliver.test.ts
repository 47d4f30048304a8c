import { describe, expect, it } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { AppChannel, InvokeHandler, InvokeRequest } from "../app/contract.ts";
import { deliver, pathOf } from "./deliver.ts";

/** An app that keeps what it was sent, and answers as it is told. */
function setUp(isHttp: boolean, answer: (handler: InvokeHandler) => void) {
  const requests: InvokeRequest[] = [];
  const lines: string[] = [];
  let aborted = 0;
  const app: AppChannel = {
    isHttp,
    invoke(request, handler) {
      requests.push(request);
      queueMicrotask(() => answer(handler));
      return {
        write: () => true,
        endBody() {},
        failBody() {},
        resume() {},
        abort: () => void aborted++,
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const logger = { error: (line: string) => lines.push(line) } as unknown as Logger;
  const clock = new ManualClock();
  return {
    app,
    requests,
    lines,
    clock,
    context: { app, logger, clock },
    abortCount: () => aborted,
  };
}

const answering =
  (status: number) =>
  (handler: InvokeHandler): void => {
    handler.onHead({
      status,
      message: "",
      details: [],
      headers: [],
      trailers: [],
      contentType: "",
      typeUrl: "",
    });
    handler.onEnd();
  };

const item = (value: string, version = "") => ({ value, version, metadata: new Map() });
const event = {
  id: "the-id",
  items: new Map([
    ["b", item("<2>", "v")],
    ["a", { value: "", version: "", metadata: new Map([["m", "1"]]) }],
  ]),
};
const { signal } = new AbortController();

describe("an event", () => {
  it("is told once per key, with all its items", async () => {
    const { context, requests, lines } = setUp(true, answering(200));
    await deliver("store", event, context, signal);
    expect(requests.map(({ method }) => method)).toEqual([
      "configuration/store/b",
      "configuration/store/a",
    ]);
    expect(requests[0]).toMatchObject({ verb: 3, contentType: "application/json", metadata: [] });
    expect(Buffer.from(requests[0]?.body as Uint8Array).toString()).toBe(
      '{"id":"the-id","items":{"a":{"metadata":{"m":"1"}},"b":{"value":"\\u003c2\\u003e","version":"v"}}}\n',
    );
    expect(lines).toEqual([]);
  });

  it.each([
    [true, 204],
    [true, 500],
    [false, 12],
  ])("is given up when the app answers otherwise (HTTP %s: %i)", async (isHttp, status) => {
    const { context, requests, lines } = setUp(isHttp, answering(status));
    await deliver("store", event, context, signal);
    expect(requests).toHaveLength(2);
    expect(lines[0]).toBe(
      `error sending configuration item to the app: error sending configuration item to application, status ${status}`,
    );
  });

  it("takes OK from gRPC apps", async () => {
    const { context, lines } = setUp(false, answering(0));
    await deliver("store", event, context, signal);
    expect(lines).toEqual([]);
  });

  it("is given up when the app cannot be reached, or takes too long", async () => {
    const failing = setUp(true, (handler) => handler.onError(new Error("connection refused")));
    await deliver("store", event, failing.context, signal);
    expect(failing.lines[0]).toBe(
      "error sending configuration item to the app: connection refused",
    );
    const silent = setUp(true, () => {});
    const delivered = deliver("store", event, silent.context, signal);
    await silent.clock.advance(60_000);
    await silent.clock.advance(60_000);
    await delivered;
    expect(silent.abortCount()).toBe(2);
    expect(silent.lines[0]).toMatch(/to the app: context deadline exceeded$/);
    expect(silent.clock.pending).toBe(0);
  });

  it("is dropped without a word at the end of its subscription", async () => {
    const { context, requests, lines, abortCount } = setUp(true, () => {});
    const ending = new AbortController();
    const delivered = deliver("store", event, context, ending.signal);
    ending.abort();
    await delivered;
    expect([requests.length, abortCount(), lines.length]).toEqual([1, 1, 0]);
  });
});

describe("a key in a path", () => {
  it.each([
    ["plain", "plain"],
    ["gs:k", "gs:k"],
    ["a/b", "a/b"],
    ["a.b", "a.b"],
    ["..a/b..", "..a/b.."],
    ["a b?c#d%e", "a%20b%3Fc%23d%25e"],
    ["ü", "%C3%BC"],
    ["..", "%2E%2E"],
    ["../../admin", "%2E%2E%2F%2E%2E%2Fadmin"],
    ["a/./b", "a%2F%2E%2Fb"],
    ["a/..", "a%2F%2E%2E"],
    ["\ud800", "%EF%BF%BD"],
    ["a\r\nb", "a%0D%0Ab"],
  ])("%j is %s", (key, path) => {
    expect(pathOf(key)).toBe(path);
    expect(new URL(`http://app/configuration/s/${path}`).pathname).toMatch(
      key === ".." ? /^\/configuration\// : /^\/configuration\/s\//,
    );
  });
});
