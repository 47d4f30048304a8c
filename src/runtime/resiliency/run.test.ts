import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Logger } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { RetryPolicy } from "./back-off.ts";
import { constant } from "./built-in.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import type { Policy } from "./policy.ts";
import { type RunOptions, run } from "./run.ts";
import { parseStatusMatch } from "./status-match.ts";

let clock: ManualClock;
let lines: string[];
let counted: string[];
let calls: number;

beforeEach(() => {
  clock = new ManualClock();
  lines = [];
  counted = [];
  calls = 0;
});

function policy(parts: Partial<Pick<Policy, "timeoutMs" | "retry" | "breaker">>): Policy {
  const note = (text: string) => void lines.push(text);
  return {
    context: {
      clock,
      random: { number: () => 0.5, bytes: () => Buffer.alloc(0), uuid: () => "" },
      logger: { info: note, warn: note } as unknown as Logger,
    },
    operation: "component[x] output",
    timeoutMs: undefined,
    retry: undefined,
    breaker: undefined,
    metrics: {
      applied: (kind) => void counted.push(`applied ${kind}`),
      activated: (kind) => void counted.push(`activated ${kind}`),
      breakerApplied: (state) => void counted.push(`breaker ${state}`),
      breakerChanged: (state) => void counted.push(`breaker becomes ${state}`),
    },
    ...parts,
  };
}

/** Lets time pass until the run is over. */
async function settled<T>(running: Promise<T>): Promise<T> {
  let isOver = false;
  const over = running.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  while (!isOver) await clock.advance(10);
  return await over;
}

const failing = (times: number) => async (): Promise<string> => {
  calls++;
  if (calls <= times) throw new Error(`failure ${calls}`);
  return "done";
};

const breaker = (failures: number): CircuitBreaker =>
  new CircuitBreaker(
    {
      maxRequests: 1,
      intervalMs: 0,
      timeoutMs: 1000,
      trips: ({ consecutiveFailures }) => consecutiveFailures >= failures,
    },
    clock,
    () => {},
  );

describe("retry", () => {
  test("tries again until it works, and says so once each", async () => {
    const running = run(policy({ retry: constant(20, 3) }), failing(2));
    expect(await settled(running)).toBe("done");
    expect(lines).toEqual([
      "Error processing operation component[x] output. Retrying in 20ms…",
      "Recovered processing operation component[x] output after 3 attempts",
    ]);
    expect(counted).toEqual(["applied retry", "activated retry"]);
  });

  test("a first success is not worth a line", async () => {
    await settled(run(policy({ retry: constant(20, 3) }), failing(0)));
    expect([calls, lines]).toEqual([1, []]);
  });

  test("makes 1 + maxRetries attempts and reports the last failure", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.nat(50), async (retries, ms) => {
        calls = 0;
        const running = run(policy({ retry: constant(ms, retries) }), failing(100));
        await expect(settled(running)).rejects.toThrow(`failure ${retries + 1}`);
        expect(calls).toBe(retries + 1);
      }),
      { numRuns: 30 },
    );
  });

  test("looks at the status of errors that have one", async () => {
    const retry: RetryPolicy = {
      ...constant(5, 5),
      statuses: parseStatusMatch({ http: "503", grpc: "" }),
    };
    const statuses = [503, undefined, 404];
    const options: RunOptions = { statusOf: () => statuses[calls - 1] };
    await expect(settled(run(policy({ retry }), failing(100), options))).rejects.toThrow(
      "failure 3",
    );
  });

  test("what is final is not tried again", async () => {
    const options: RunOptions = { isFinal: () => calls === 2 };
    const running = run(policy({ retry: constant(5, 9) }), failing(100), options);
    await expect(settled(running)).rejects.toThrow("failure 2");
  });

  test("a caller that goes away ends the wait", async () => {
    const gone = new AbortController();
    const running = run(policy({ retry: constant(60_000, 9) }), failing(100), {
      signal: gone.signal,
    });
    running.catch(() => {});
    await clock.advance(10);
    gone.abort(new Error("context canceled"));
    await expect(running).rejects.toThrow("context canceled");
    expect([calls, clock.pending]).toEqual([1, 0]);
  });
});

describe("timeout", () => {
  test("ends what does not look at its signal", async () => {
    const running = run(policy({ timeoutMs: 100 }), () => new Promise(() => {}));
    await expect(settled(running)).rejects.toThrow("context deadline exceeded");
    expect(counted).toEqual(["applied timeout", "activated timeout"]);
    expect(clock.monotonic()).toBe(100);
  });

  test("is for each attempt, and counts once", async () => {
    const signals: AbortSignal[] = [];
    const running = run(policy({ timeoutMs: 100, retry: constant(10, 2) }), (signal) => {
      signals.push(signal as AbortSignal);
      return new Promise(() => {});
    });
    await expect(settled(running)).rejects.toThrow("context deadline exceeded");
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect(clock.monotonic()).toBe(320);
    expect(counted.filter((one) => one === "activated timeout")).toHaveLength(1);
  });

  test("leaves no timer behind", async () => {
    expect(await run(policy({ timeoutMs: 100 }), () => "direct")).toBe("direct");
    expect(clock.pending).toBe(0);
  });

  test("a caller that goes away is no timeout", async () => {
    const gone = new AbortController();
    const running = run(
      policy({ timeoutMs: 100, retry: constant(1, 5) }),
      () => new Promise(() => {}),
      {
        signal: gone.signal,
      },
    );
    gone.abort(new Error("context canceled"));
    await expect(running).rejects.toThrow("context canceled");
    expect(counted).not.toContain("activated timeout");
  });
});

describe("breaker", () => {
  test("stops retries when it opens", async () => {
    const running = run(policy({ retry: constant(5, 9), breaker: breaker(3) }), failing(100));
    await expect(settled(running)).rejects.toThrow("circuit breaker is open");
    expect(calls).toBe(3);
    expect(counted).toEqual([
      "applied retry",
      "breaker closed",
      "activated retry",
      "breaker becomes open",
    ]);
  });

  test("counts a timeout as a failure, and recovers", async () => {
    const guarded = policy({ timeoutMs: 50, breaker: breaker(1) });
    await expect(settled(run(guarded, () => new Promise(() => {})))).rejects.toThrow("deadline");
    await expect(run(guarded, failing(0))).rejects.toThrow("circuit breaker is open");
    await clock.advance(1000);
    counted = [];
    expect(await run(guarded, failing(0))).toBe("done");
    expect(counted).toEqual(["applied timeout", "breaker half-open", "breaker becomes closed"]);
  });
});
