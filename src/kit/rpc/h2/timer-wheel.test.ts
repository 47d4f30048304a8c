import { describe, expect, it } from "vitest";
import { ManualClock } from "../../time/manual-clock.ts";
import { TimerWheel } from "./timer-wheel.ts";

function setup() {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const fired: [ms: number, at: number][] = [];
  const start = (ms: number) =>
    wheel.start(ms, { expire: () => fired.push([ms, clock.monotonic()]) });
  return { clock, wheel, fired, start };
}

describe("TimerWheel", () => {
  it.each([1, 50, 99])("is exact at %i ms", async (ms) => {
    const { clock, fired, start } = setup();
    start(ms);
    await clock.advance(ms - 1);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual([[ms, ms]]);
  });

  it.each([100, 101, 555, 5120, 5121, 60_000])(
    "is never early and little late at %i ms",
    async (ms) => {
      const { clock, fired, start } = setup();
      await clock.advance(7);
      start(ms);
      await clock.advance(ms + 30);
      expect(fired).toHaveLength(1);
      const late = (fired[0]?.[1] as number) - 7 - ms;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(20);
    },
  );

  it("fires nothing that was cancelled, and keeps the others", async () => {
    const { clock, fired, start } = setup();
    const deadlines = [200, 200, 200, 200].map((ms) => start(ms));
    deadlines[0]?.cancel();
    deadlines[2]?.cancel();
    deadlines[2]?.cancel();
    await clock.advance(300);
    deadlines[1]?.cancel();
    expect(fired).toHaveLength(2);
  });

  it("lets a deadline cancel another of the same tick", async () => {
    const { clock, wheel } = setup();
    const fired: number[] = [];
    const deadlines = [0, 1].map((index) =>
      wheel.start(200, {
        expire: () => {
          fired.push(index);
          deadlines[1 - index]?.cancel();
        },
      }),
    );
    await clock.advance(300);
    expect(fired).toHaveLength(1);
  });

  it("stops ticking when nothing runs, and starts again", async () => {
    const { clock, fired, start } = setup();
    start(150).cancel();
    await clock.advance(50);
    expect(clock.pending).toBe(0);
    start(150);
    await clock.advance(400);
    expect(fired).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
