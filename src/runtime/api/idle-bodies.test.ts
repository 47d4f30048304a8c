import { expect, test } from "vitest";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { IdleBodies, type WaitingBody } from "./idle-bodies.ts";

const body = (onTimeout: () => void): WaitingBody => ({ quietLooks: 0, onTimeout });

test("ends a body that brings nothing for 30 seconds, and only that", async () => {
  const clock = new ManualClock();
  const bodies = new IdleBodies(clock);
  const ended: string[] = [];
  const quiet = body(() => ended.push("quiet"));
  const busy = body(() => ended.push("busy"));
  const done = body(() => ended.push("done"));
  for (const one of [quiet, busy, done]) bodies.add(one);
  bodies.delete(done);
  for (let seconds = 0; seconds < 30; seconds += 5) {
    await clock.advance(5000);
    busy.quietLooks = 0;
  }
  expect(ended).toEqual([]);
  await clock.advance(5000);
  expect(ended).toEqual(["quiet"]);
  await clock.advance(60_000);
  expect(ended).toEqual(["quiet", "busy"]);
});

test("ticks again after a time without bodies", async () => {
  const clock = new ManualClock();
  const bodies = new IdleBodies(clock);
  const first = body(() => {});
  bodies.add(first);
  bodies.delete(first);
  await clock.advance(10_000);
  let isEnded = false;
  bodies.add(
    body(() => {
      isEnded = true;
    }),
  );
  await clock.advance(35_000);
  expect(isEnded).toBe(true);
});
