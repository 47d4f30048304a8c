import { expect, test } from "vitest";
import { code, RpcError } from "../../kit/rpc/status.ts";
import { Concurrency, createConcurrency, isAppBusy } from "./concurrency.ts";

test("calls beyond the limit wait in the order of their arrival", () => {
  const concurrency = new Concurrency(2);
  const started: number[] = [];
  for (let i = 0; i < 5; i++) concurrency.acquire(() => started.push(i));
  expect(started).toEqual([0, 1]);
  concurrency.release();
  expect(started).toEqual([0, 1, 2]);
  concurrency.release();
  concurrency.release();
  expect(started).toEqual([0, 1, 2, 3, 4]);
  expect([concurrency.running, concurrency.waiting]).toEqual([2, 0]);
});

test("a newcomer does not overtake one who waits", () => {
  const concurrency = new Concurrency(1);
  const started: string[] = [];
  concurrency.acquire(() => started.push("first"));
  concurrency.acquire(() => {
    started.push("second");
    concurrency.acquire(() => started.push("third"));
  });
  concurrency.acquire(() => started.push("fourth"));
  for (let i = 0; i < 3; i++) concurrency.release();
  expect(started).toEqual(["first", "second", "fourth", "third"]);
});

test("one who left the queue is not started", () => {
  const concurrency = new Concurrency(1);
  const started: number[] = [];
  concurrency.acquire(() => started.push(0));
  const first = concurrency.acquire(() => started.push(1));
  const second = concurrency.acquire(() => started.push(2));
  first?.[Symbol.dispose]();
  concurrency.release();
  expect(started).toEqual([0, 2]);
  second?.[Symbol.dispose]();
  expect(concurrency.running).toBe(1);
  concurrency.release();
  expect(concurrency.running).toBe(0);
});

test("a release too many lets no more through", () => {
  const concurrency = new Concurrency(1);
  concurrency.release();
  let started = 0;
  for (let i = 0; i < 3; i++) concurrency.acquire(() => started++);
  expect(started).toBe(1);
});

test("too many who wait are refused at once", () => {
  const concurrency = new Concurrency(1, 2);
  for (let i = 0; i < 3; i++) concurrency.acquire(() => {});
  let refused = "";
  concurrency.acquire(
    () => expect.unreachable(),
    (error) => {
      refused = error.message;
    },
  );
  expect(refused).toMatch(/^rpc error: code = ResourceExhausted desc = too many calls/);
  expect(() => concurrency.acquire(() => {})).toThrow("ResourceExhausted");
  expect(concurrency.waiting).toBe(2);
});

test("ten thousand calls that fail at once do not grow the stack", () => {
  const concurrency = new Concurrency(1);
  let failed = 0;
  concurrency.acquire(() => {});
  for (let i = 0; i < 10_000; i++) {
    concurrency.acquire(() => {
      failed++;
      concurrency.release();
    });
  }
  concurrency.release();
  expect(failed).toBe(10_000);
  expect(concurrency.running).toBe(0);
});

test.each([-1, 0])("%i is unlimited", (limit) => {
  expect(createConcurrency(limit)).toBeUndefined();
});

test("says so when too many wait, in words that other sidecars know", () => {
  let hits = 0;
  const concurrency = new Concurrency(1, 1, () => hits++);
  const refused: unknown[] = [];
  for (let i = 0; i < 3; i++)
    concurrency.acquire(
      () => {},
      (error) => refused.push(error),
    );
  expect(refused).toHaveLength(1);
  expect(isAppBusy(refused[0])).toBe(true);
  expect(hits).toBe(1);
  const remote = new RpcError(code.resourceExhausted, `error invoking app channel: ${refused[0]}`);
  expect(isAppBusy(remote)).toBe(true);
  expect(isAppBusy(new RpcError(code.resourceExhausted, "message larger than max"))).toBe(false);
  expect(isAppBusy(new Error("too many calls are waiting for the app"))).toBe(false);
});
