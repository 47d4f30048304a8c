import { beforeEach, describe, expect, test } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import { Metadata } from "../../kit/rpc/metadata.ts";
import { RpcError, type RpcStatus } from "../../kit/rpc/status.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { RetryPolicy } from "../resiliency/back-off.ts";
import { constant } from "../resiliency/built-in.ts";
import { CircuitBreaker } from "../resiliency/circuit-breaker.ts";
import type { Policy } from "../resiliency/policy.ts";
import { parseStatusMatch } from "../resiliency/status-match.ts";
import { Incoming, Outgoing } from "./calls-by-hand.ts";
import { GuardedRelay } from "./guarded-relay.ts";
import { lateBackend, type RelayBackend } from "./relay.ts";

let clock: ManualClock;
let opened: Outgoing[];
let ended: RpcStatus[];
let refusals: Error[];

beforeEach(() => {
  clock = new ManualClock();
  opened = [];
  ended = [];
  refusals = [];
});

const policy = (parts: Partial<Policy>): Policy => ({
  context: {
    clock,
    random: { number: () => 0.5, bytes: () => Buffer.alloc(0), uuid: () => "" },
    logger: { info() {}, warn() {} } as unknown as Logger,
  },
  operation: "endpoint[b, b:/pkg.Svc/Do]",
  timeoutMs: undefined,
  retry: undefined,
  breaker: undefined,
  metrics: undefined,
  ...parts,
});

async function relay(parts: Partial<Policy>, isStreaming = false): Promise<Incoming> {
  const call = new Incoming(new Metadata());
  new GuardedRelay(call, policy(parts), isStreaming, undefined).run({
    async connect() {
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
    },
    open() {
      const out = new Outgoing(call.path, {});
      opened.push(out);
      return out;
    },
    reconnect() {},
    onStatus: (status) => void ended.push(status),
  });
  await clock.advance(0);
  return call;
}

const last = (): Outgoing => opened.at(-1) as Outgoing;
const status = (code: number): RpcStatus => ({
  code,
  message: code === 0 ? "" : `code ${code}`,
  trailers: new Metadata(["x", String(opened.length)]),
});

describe("retry", () => {
  const retry: RetryPolicy = {
    ...constant(10, 3),
    statuses: parseStatusMatch({ http: "", grpc: "5,14" }),
  };

  test("the message is sent again, trailers of all attempts arrive", async () => {
    const call = await relay({ retry });
    call.receive(Buffer.from("ask"));
    call.halfClose();
    last().status(status(14));
    await clock.advance(10);
    expect(last().sent).toEqual(["ask"]);
    expect(last().isHalfClosed).toBe(true);
    last().headers(new Metadata(["h", "1"]));
    last().receive(Buffer.from("answer"));
    last().status(status(0));
    expect(opened).toHaveLength(2);
    expect(call.sent).toEqual(["answer"]);
    expect(call.finished?.trailers?.entries).toEqual(["x", "1", "x", "2"]);
    expect([ended.length, clock.pending]).toEqual([1, 0]);
  });

  test("other codes end the call", async () => {
    const call = await relay({ retry });
    last().status(status(9));
    expect(call.finished).toMatchObject({ code: 9, message: "code 9" });
    expect(opened).toHaveLength(1);
  });

  test("a second message cannot be sent again", async () => {
    const call = await relay({ retry });
    call.receive(Buffer.from("one"));
    call.receive(Buffer.from("two"));
    expect(call.finished).toMatchObject({
      code: 9,
      message: "cannot use resiliency policies with retries on streaming RPCs",
    });
    expect(last().isCanceled).toBe(true);
  });

  test("headers are sent once", async () => {
    const call = await relay({ retry });
    last().headers(new Metadata(["h", "1"]));
    last().receive(Buffer.from("a"));
    last().status(status(14));
    await clock.advance(10);
    last().headers(new Metadata(["h", "2"]));
    last().receive(Buffer.from("b"));
    expect(call.headers?.entries).toEqual(["h", "1"]);
    expect(call.sent).toEqual(["a", "b"]);
  });

  test("what cannot be reached is tried again", async () => {
    const gone = new RpcError(14, "gone");
    refusals = [gone, gone, gone];
    await relay({ retry });
    expect(opened).toHaveLength(0);
    await clock.advance(10);
    expect(opened).toHaveLength(1);
  });

  test("a client that leaves ends it between attempts", async () => {
    const call = await relay({ retry });
    last().status(status(14));
    call.cancel();
    await clock.advance(100);
    expect(opened).toHaveLength(1);
    expect(ended[0]?.code).toBe(1);
  });
});

describe("streams", () => {
  test("many messages pass, and their end is not judged", async () => {
    const call = await relay({ retry: constant(10, 3), timeoutMs: 50 }, true);
    for (const text of ["1", "2", "3"]) call.receive(Buffer.from(text));
    await clock.advance(1000);
    last().status(status(14));
    expect(last().sent).toEqual(["1", "2", "3"]);
    expect(call.finished?.code).toBe(14);
    expect(opened).toHaveLength(1);
  });

  test("opening is tried again", async () => {
    refusals = [new RpcError(14, "gone"), new RpcError(14, "gone")];
    const call = await relay({ retry: constant(10, 3) }, true);
    await clock.advance(10);
    expect(opened).toHaveLength(1);
    expect(call.finished).toBeUndefined();
  });
});

test("an address that is not found is looked for again, and given back when nobody waits", async () => {
  let lookups = 0;
  let released = 0;
  const call = new Incoming(new Metadata());
  const found = Promise.withResolvers<RelayBackend>();
  new GuardedRelay(call, policy({ retry: constant(10, 5) }), false, undefined).run(
    lateBackend(() => {
      lookups++;
      return lookups < 3 ? Promise.reject(new Error("couldn't find service: b")) : found.promise;
    }),
  );
  await clock.advance(20);
  expect(lookups).toBe(3);
  call.cancel();
  found.resolve({
    connect: () => Promise.resolve(),
    open: () => {
      throw new Error("nobody waits");
    },
    reconnect() {},
    onStatus: () => void released++,
  });
  await clock.advance(100);
  expect([lookups, released]).toEqual([3, 1]);
});

test("a timeout cancels the attempt, and nothing late arrives", async () => {
  const call = await relay({ timeoutMs: 100 });
  await clock.advance(100);
  expect(last().isCanceled).toBe(true);
  expect(call.finished).toMatchObject({ code: 4, message: "context deadline exceeded" });
  last().receive(Buffer.from("late"));
  last().status(status(0));
  expect([call.sent, ended.length]).toEqual([[], 1]);
});

test("an open breaker refuses at once", async () => {
  const breaker = new CircuitBreaker(
    { maxRequests: 1, intervalMs: 0, timeoutMs: 1000, trips: () => true },
    clock,
    () => {},
  );
  await relay({ breaker });
  last().status(status(3));
  const call = await relay({ breaker });
  expect(call.finished).toMatchObject({ code: 2, message: "circuit breaker is open" });
  expect(opened).toHaveLength(1);
});
