import { expect, it } from "vitest";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { ChangedKeys, maxWaiting } from "./changed-keys.ts";

function setUp(read: (key: string) => Promise<void>) {
  const clock = new ManualClock();
  const failures: string[] = [];
  const onFailure = (error: unknown) => failures.push((error as Error).message);
  return { clock, failures, changed: new ChangedKeys({ clock, read, onFailure }) };
}

it("reads at once, each change while there are few", async () => {
  const read: string[] = [];
  const { changed } = setUp(async (key) => void read.push(key));
  for (const key of ["a", "b", "a"]) changed.add(key);
  expect(read).toEqual(["a", "b", "a"]);
});

it("reads a hundred at a time, and waiting keys once", async () => {
  const running: (() => void)[] = [];
  let count = 0;
  const { changed, clock } = setUp(() => {
    count++;
    return new Promise((resolve) => running.push(resolve));
  });
  for (let i = 0; i < 500; i++) changed.add(`k${i % 150}`);
  expect(count).toBe(100);
  while (running.length > 0) {
    running.shift()?.();
    await clock.advance(0);
  }
  // 100 at once; the other 400 changes were of 150 keys.
  expect(count).toBe(250);
});

it("repeats what failed until it succeeds, and says so once", async () => {
  let isDown = true;
  const read: string[] = [];
  const { changed, clock, failures } = setUp(async (key) => {
    if (isDown) throw new Error("down");
    read.push(key);
  });
  changed.add("a");
  changed.add("b");
  await clock.advance(0);
  changed.add("a");
  await clock.advance(5_000);
  expect(failures).toEqual(["down"]);
  isDown = false;
  await clock.advance(1_000);
  expect(read.toSorted()).toEqual(["a", "b"]);
  expect(clock.pending).toBe(0);
});

it("keeps no more than a fixed number waiting", async () => {
  let isDown = true;
  const read = new Set<string>();
  const { changed, clock } = setUp(async (key) => {
    if (isDown) throw new Error("down");
    read.add(key);
  });
  changed.add("first");
  await clock.advance(0);
  for (let i = 0; i < maxWaiting + 10; i++) changed.add(`k${i}`);
  isDown = false;
  await clock.advance(10_000);
  expect(read.size).toBe(maxWaiting);
  expect(read.has(`k${maxWaiting + 9}`)).toBe(true);
});

it("stops when it is disposed", async () => {
  const { changed, clock, failures } = setUp(async () => {
    throw new Error("down");
  });
  changed.add("a");
  await clock.advance(0);
  changed[Symbol.dispose]();
  changed.add("b");
  await clock.advance(10_000);
  expect([failures.length, clock.pending]).toEqual([1, 0]);
});
