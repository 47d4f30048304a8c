import { describe, expect, it } from "vitest";
import type { Clock } from "../../kit/time/clock.ts";
import { PulsarRefusals } from "./pulsar-refusals.ts";
import { PulsarWindow } from "./pulsar-window.ts";

describe("what a broker may send", () => {
  const start = (size: number) => {
    const granted: number[] = [];
    const window = new PulsarWindow(size, (permits) => granted.push(permits));
    window.open();
    return { window, granted };
  };

  it("is the queue, in steps of half of it", () => {
    const { window, granted } = start(10);
    expect(granted).toEqual([10]);
    for (let i = 0; i < 10; i++) window.received(1, 100);
    expect(granted).toEqual([10]);
    for (let i = 0; i < 9; i++) window.settled(1);
    expect(granted.reduce((sum, permits) => sum + permits, 0)).toBeLessThanOrEqual(19);
    window.settled(1);
    window.received(5, 500);
    window.settled(5);
    expect(granted.slice(1).every((permits) => permits >= 1)).toBe(true);
  });

  it("is less when messages are large, and more when they are small", () => {
    const large = start(1_000);
    expect(large.granted).toEqual([64]);
    for (let i = 0; i < 64; i++) large.window.received(1, 4 * 1024 * 1024);
    for (let i = 0; i < 64; i++) large.window.settled(1);
    // 64 MiB of them, and at least half of that is permitted.
    const permitted = large.granted.slice(1).reduce((sum, permits) => sum + permits, 0);
    expect(permitted).toBeLessThanOrEqual(16);
    expect(permitted).toBeGreaterThanOrEqual(8);
    const small = start(1_000);
    small.window.received(1, 100);
    expect(small.granted.reduce((sum, permits) => sum + permits, 0)).toBe(1_000);
  });

  it("is nothing while there is no connection", () => {
    const { window, granted } = start(4);
    window.received(4, 40);
    window.reset();
    window.settled(1);
    expect(granted).toEqual([4]);
    window.reset();
    window.open();
    expect(granted).toEqual([4, 4]);
  });
});

describe("messages that failed", () => {
  /** Time that is set by hand. */
  const handClock = () => {
    const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
    const clock = {
      now: 0,
      monotonic: () => clock.now,
      timer: (ms: number, callback: () => void) => {
        const timer = { at: clock.now + ms, callback };
        timers.add(timer);
        return { [Symbol.dispose]: () => timers.delete(timer) };
      },
      advance(ms: number) {
        clock.now += ms;
        for (const timer of [...timers]) {
          if (timer.at > clock.now) continue;
          timers.delete(timer);
          timer.callback();
        }
      },
    };
    return clock;
  };
  const id = (entry: number) => ({
    ledgerId: 1n,
    entryId: BigInt(entry),
    partition: undefined,
    batchIndex: undefined,
    ackSet: [],
    batchSize: undefined,
  });

  it("are asked for again when it is time", () => {
    const clock = handClock();
    const asked: number[][] = [];
    using refusals = new PulsarRefusals(clock as unknown as Clock, 100, (ids) =>
      asked.push(ids.map(({ entryId }) => Number(entryId))),
    );
    refusals.add(id(1));
    clock.advance(60);
    refusals.add(id(2), new Set([0, 2]));
    clock.advance(40);
    expect(asked).toEqual([[1]]);
    clock.advance(60);
    expect(asked).toEqual([[1], [2]]);
    expect([...refusals.doneOf(id(2))]).toEqual([0, 2]);
    refusals.forget(id(2));
    expect(refusals.doneOf(id(2)).size).toBe(0);
    refusals.add(id(3));
    refusals.clear();
    clock.advance(1_000);
    expect(asked).toHaveLength(2);
  });
});
