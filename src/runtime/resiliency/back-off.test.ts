import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BackOff, type RetryPolicy } from "./back-off.ts";
import { builtInRetries, constant, exponential } from "./built-in.ts";

const still = { number: () => 0.5 };

/** All waits, when attempts themselves take no time. */
function waits(policy: RetryPolicy, random: { number(): number }, limit = 10_000): number[] {
  const backOff = new BackOff(policy, random);
  const all: number[] = [];
  let elapsed = 0;
  while (all.length < limit) {
    const wait = backOff.next(elapsed);
    if (wait === undefined) break;
    all.push(wait);
    elapsed += wait;
  }
  return all;
}

describe("constant", () => {
  test("waits the same before each retry, as often as allowed", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(50), (ms, retries) => {
        expect(waits(constant(ms, retries), still)).toEqual(Array(retries).fill(ms));
      }),
    );
  });

  test("never ends without a limit", () => {
    expect(waits(constant(3_600_000, Number.POSITIVE_INFINITY), still, 500)).toHaveLength(500);
  });
});

describe("exponential", () => {
  test("grows by half and stays at the longest wait", () => {
    const all = waits(exponential(2000, 6, Number.POSITIVE_INFINITY), still);
    expect(all).toEqual([500, 750, 1125, 1687.5, 2000, 2000]);
  });

  test("keeps within half of the undisturbed wait, the longest wait and the total", () => {
    const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        draws,
        fc.integer({ min: 500, max: 60_000 }),
        fc.integer({ min: 1000, max: 900_000 }),
        (chances, longest, total) => {
          let i = 0;
          const random = { number: () => chances[i++ % chances.length] as number };
          const all = waits(exponential(longest, Number.POSITIVE_INFINITY, total), random);
          let undisturbed = 500;
          for (const wait of all) {
            expect(wait).toBeGreaterThanOrEqual(undisturbed * 0.5);
            expect(wait).toBeLessThanOrEqual(undisturbed * 1.5);
            undisturbed = Math.min(undisturbed * 1.5, longest);
          }
          expect(all.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(total);
        },
      ),
    );
  });

  test("counts the time that attempts take", () => {
    const backOff = new BackOff(exponential(1000, 10, 5000), still);
    expect(backOff.next(4500)).toBe(500);
    expect(backOff.next(4500)).toBeUndefined();
  });
});

test("the built-in policies are those of the table", () => {
  const shown = [...builtInRetries].map(([name, { kind, maxRetries }]) => [name, kind, maxRetries]);
  expect(shown).toEqual([
    ["DaprBuiltInServiceRetries", "constant", 3],
    ["DaprBuiltInActorRetries", "constant", 3],
    ["DaprBuiltInActorReminderRetries", "exponential", Number.POSITIVE_INFINITY],
    ["DaprBuiltInInitializationRetries", "exponential", 3],
    ["DaprBuiltInActorNotFoundRetries", "constant", 5],
  ]);
});
