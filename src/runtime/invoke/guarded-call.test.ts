import { beforeEach, describe, expect, test } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import {
  endedCall,
  type InvokeCall,
  type InvokeHandler,
  type InvokeRequest,
} from "../app/contract.ts";
import { constant } from "../resiliency/built-in.ts";
import { CircuitBreaker } from "../resiliency/circuit-breaker.ts";
import type { Policy } from "../resiliency/policy.ts";
import { type AnswerRules, GuardedCall, grpcRules, httpRules } from "./guarded-call.ts";

interface Attempt {
  readonly handler: InvokeHandler;
  isAborted: boolean;
}

let clock: ManualClock;
let attempts: Attempt[];
let events: string[];

beforeEach(() => {
  clock = new ManualClock();
  attempts = [];
  events = [];
});

const handler: InvokeHandler = {
  onHead: ({ status }) => void events.push(`head ${status}`),
  onData: (chunk) => events.push(`data ${Buffer.from(chunk).toString()}`) > 0,
  onEnd: () => void events.push("end"),
  onError: (error) => void events.push(`error ${error.message}`),
  onDrain() {},
};

const request: InvokeRequest = {
  method: "m",
  verb: 1,
  query: "",
  contentType: "",
  typeUrl: "",
  metadata: [],
  body: null,
  contentLength: undefined,
  trace: undefined,
};

function start(
  parts: Partial<Policy>,
  options: { rules?: AnswerRules; body?: "stream"; begin?: (to: InvokeHandler) => InvokeCall } = {},
): GuardedCall {
  const policy: Policy = {
    context: {
      clock,
      random: { number: () => 0.5, bytes: () => Buffer.alloc(0), uuid: () => "" },
      logger: { info() {}, warn() {} } as unknown as Logger,
    },
    operation: "endpoint[b, b:m]",
    timeoutMs: undefined,
    retry: undefined,
    breaker: undefined,
    metrics: undefined,
    ...parts,
  };
  const begin = (to: InvokeHandler): InvokeCall => {
    const attempt = { handler: to, isAborted: false };
    attempts.push(attempt);
    return {
      ...endedCall,
      abort() {
        attempt.isAborted = true;
      },
    };
  };
  const { rules = httpRules, body = null } = options;
  const call = new GuardedCall(
    policy,
    { ...request, body },
    rules,
    options.begin ?? begin,
    handler,
  );
  call.run();
  return call;
}

const last = (): InvokeHandler => (attempts.at(-1) as Attempt).handler;
const head = (status: number) => ({
  status,
  message: "",
  details: [],
  headers: [],
  trailers: [],
  contentType: "",
  typeUrl: "",
});

function answer(status: number, body = "x"): void {
  last().onHead(head(status));
  last().onData(Buffer.from(body));
  last().onEnd();
}

const breaker = (): CircuitBreaker =>
  new CircuitBreaker(
    { maxRequests: 1, intervalMs: 0, timeoutMs: 1000, trips: () => true },
    clock,
    (from, to) => events.push(`${from} ${to}`),
  );

describe("retry", () => {
  test("nothing of a failed answer reaches the caller but the last one", async () => {
    start({ retry: constant(10, 2) });
    answer(500, "first");
    await clock.advance(10);
    answer(503, "second");
    expect(events).toEqual([]);
    await clock.advance(10);
    answer(504, "third");
    expect(events).toEqual(["head 504", "data third", "end"]);
    expect([attempts.length, clock.pending]).toEqual([3, 0]);
  });

  test("a good answer ends it", async () => {
    start({ retry: constant(10, 5) });
    answer(500);
    await clock.advance(10);
    last().onError(new Error("gone"));
    await clock.advance(10);
    answer(302);
    expect(events).toEqual(["head 302", "data x", "end"]);
  });

  test("a failed answer without end is given up", async () => {
    start({ retry: constant(10, 1) });
    last().onHead(head(500));
    last().onData(Buffer.alloc(65_000));
    last().onData(Buffer.alloc(65_000));
    await clock.advance(10);
    expect(attempts.map(({ isAborted }) => isAborted)).toEqual([true, false]);
    answer(200);
    expect(events).toEqual(["head 200", "data x", "end"]);
  });

  test("an attempt that fails at once counts as one", async () => {
    let tries = 0;
    start(
      { retry: constant(10, 2) },
      {
        begin(to) {
          tries++;
          to.onError(new Error(`no ${tries}`));
          return endedCall;
        },
      },
    );
    await clock.advance(100);
    expect(events).toEqual(["error no 3"]);
  });

  test("a body that flows through is sent once", () => {
    start({ retry: constant(10, 5) }, { body: "stream" });
    answer(500);
    expect(events).toEqual(["head 500", "data x", "end"]);
  });

  test("a caller that goes away ends it, also between attempts", async () => {
    const call = start({ retry: constant(10, 5) });
    answer(500);
    call.abort();
    await clock.advance(100);
    expect([attempts.length, events, clock.pending]).toEqual([1, [], 0]);
  });

  test("who gave up hears nothing of a late answer", () => {
    const call = start({ retry: constant(10, 5), timeoutMs: 100 });
    call.abort();
    answer(200);
    expect([attempts[0]?.isAborted, clock.pending]).toEqual([true, 0]);
  });
});

describe("what is a failure", () => {
  test.each([
    [httpRules, 200, false],
    [httpRules, 399, false],
    [httpRules, 404, true],
    [httpRules, 14, false],
    [grpcRules, 200, false],
    [grpcRules, 302, true],
    [grpcRules, 0, false],
    [grpcRules, 14, true],
  ])("%#: status %i", (rules, status, isFailure) => {
    expect(rules.isFailure(head(status))).toBe(isFailure);
  });
});

describe("timeout", () => {
  test("gives the attempt up", async () => {
    start({ timeoutMs: 100 });
    await clock.advance(100);
    expect(attempts[0]?.isAborted).toBe(true);
    expect(events).toEqual(["error context deadline exceeded"]);
  });

  test("is for each attempt", async () => {
    start({ timeoutMs: 100, retry: constant(10, 1) });
    await clock.advance(110);
    expect(attempts).toHaveLength(2);
    await clock.advance(100);
    expect(events).toEqual(["error context deadline exceeded"]);
  });

  test("covers the body, and is over with it", async () => {
    start({ timeoutMs: 100, retry: constant(10, 3) });
    last().onHead(head(200));
    last().onData(Buffer.from("one"));
    await clock.advance(100);
    expect(events).toEqual(["head 200", "data one", "error context deadline exceeded"]);
    await clock.advance(1000);
    expect(attempts).toHaveLength(1);
  });

  test("a failed answer that stands still is followed by the next attempt", async () => {
    start({ timeoutMs: 100, retry: constant(10, 1) });
    last().onHead(head(500));
    await clock.advance(110);
    answer(200);
    expect(events).toEqual(["head 200", "data x", "end"]);
  });
});

describe("breaker", () => {
  test("refuses without an attempt, then tries one", async () => {
    const shared = breaker();
    start({ breaker: shared });
    answer(500);
    start({ breaker: shared });
    expect(attempts).toHaveLength(1);
    expect(events).toEqual([
      "closed open",
      "head 500",
      "data x",
      "end",
      "error circuit breaker is open",
    ]);
    await clock.advance(1000);
    start({ breaker: shared });
    answer(200);
    expect(shared.state).toBe("closed");
  });

  test("a call that its caller gives up is a failure, and frees its place", async () => {
    const shared = breaker();
    start({ breaker: shared }).abort();
    expect(shared.state).toBe("open");
    await clock.advance(1000);
    start({ breaker: shared }).abort();
    await clock.advance(1000);
    expect(shared.state).toBe("half-open");
  });
});
