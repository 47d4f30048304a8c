import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { type BreakerPolicy, CircuitBreaker, defaultTrips } from "./circuit-breaker.ts";
import { compileTrip } from "./trip.ts";

const policy: BreakerPolicy = {
  maxRequests: 1,
  intervalMs: 0,
  timeoutMs: 1000,
  trips: ({ consecutiveFailures }) => consecutiveFailures >= 2,
};

let clock: ManualClock;
let changes: string[];

const create = (changed: Partial<BreakerPolicy> = {}): CircuitBreaker =>
  new CircuitBreaker({ ...policy, ...changed }, clock, (from, to) => changes.push(`${from} ${to}`));
const call = (breaker: CircuitBreaker, isSuccess: boolean): void =>
  breaker.leave(breaker.enter(), isSuccess);

beforeEach(() => {
  clock = new ManualClock();
  changes = [];
});

describe("closed", () => {
  test("opens when the policy says so, and refuses", () => {
    const breaker = create();
    call(breaker, false);
    call(breaker, true);
    call(breaker, false);
    expect(breaker.state).toBe("closed");
    call(breaker, false);
    expect(breaker.state).toBe("open");
    expect(() => breaker.enter()).toThrow("circuit breaker is open");
    expect(changes).toEqual(["closed open"]);
  });

  test("forgets after its interval", async () => {
    const breaker = create({ intervalMs: 500 });
    call(breaker, false);
    await clock.advance(500);
    call(breaker, false);
    expect(breaker.state).toBe("closed");
    call(breaker, false);
    expect(breaker.state).toBe("open");
  });

  test("does not count calls of an earlier period", async () => {
    const breaker = create({ intervalMs: 500, trips: ({ totalFailures }) => totalFailures > 0 });
    const early = breaker.enter();
    await clock.advance(500);
    breaker.enter();
    breaker.leave(early, false);
    expect(breaker.state).toBe("closed");
  });

  test("opens after the sixth failure in a row by default", () => {
    const breaker = create({ trips: defaultTrips });
    for (let i = 0; i < 5; i++) call(breaker, false);
    expect(breaker.state).toBe("closed");
    call(breaker, false);
    expect(breaker.state).toBe("open");
  });
});

describe("half-open", () => {
  const opened = async (changed: Partial<BreakerPolicy>): Promise<CircuitBreaker> => {
    const breaker = create(changed);
    call(breaker, false);
    call(breaker, false);
    await clock.advance(1000);
    expect(breaker.state).toBe("half-open");
    return breaker;
  };

  test("lets some calls through, and closes when all of them succeed", async () => {
    const breaker = await opened({ maxRequests: 2 });
    const tickets = [breaker.enter(), breaker.enter()];
    expect(() => breaker.enter()).toThrow("too many requests");
    breaker.leave(tickets[0] as number, true);
    expect(breaker.state).toBe("half-open");
    breaker.leave(tickets[1] as number, true);
    expect(changes).toEqual(["closed open", "open half-open", "half-open closed"]);
  });

  test("opens again with one failure", async () => {
    const breaker = await opened({ maxRequests: 3 });
    call(breaker, true);
    call(breaker, false);
    expect(breaker.state).toBe("open");
    await clock.advance(999);
    expect(() => breaker.enter()).toThrow("circuit breaker is open");
    await clock.advance(1);
    expect(breaker.state).toBe("half-open");
  });
});

test("lets calls through only as its state allows, whatever happens", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("call" as const), isSuccess: fc.boolean() }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 1500 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const breaker = create({ intervalMs: 700 });
      for (const one of steps) {
        if (one.kind === "wait") await clock.advance(one.ms);
        else if (breaker.state === "open") expect(() => breaker.enter()).toThrow();
        else call(breaker, one.isSuccess);
      }
    }),
    { numRuns: 50 },
  );
});

describe("trip expressions", () => {
  const counts = {
    requests: 10,
    totalSuccesses: 4,
    totalFailures: 6,
    consecutiveSuccesses: 0,
    consecutiveFailures: 3,
  };

  test.each([
    ["consecutiveFailures > 2", true],
    ["consecutiveFailures > 3", false],
    ["requests >= 10 && totalFailures > totalSuccesses", true],
    ["totalFailures * 100 / requests > 50", true],
    ["totalSuccesses == 5 || consecutiveSuccesses == 0", true],
    ["unheardOf > 1", false],
    ["requests / consecutiveSuccesses > 1", false],
    ["totalFailures", false],
    ["'yes'", false],
  ])("%s", (expression, trips) => {
    expect(compileTrip(expression)(counts)).toBe(trips);
  });

  test("what does not compile is refused", () => {
    expect(() => compileTrip("consecutiveFailures >")).toThrow("ERROR: <input>:");
  });
});
