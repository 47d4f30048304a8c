import { expect, it } from "vitest";
import { Permits } from "./permits.ts";

const { signal } = new AbortController();

it("lets so many go on, the others in their order", async () => {
  const permits = new Permits(2);
  const entered: number[] = [];
  const waits = [1, 2, 3, 4].map((i) => permits.acquire(signal).then(() => entered.push(i)));
  await Promise.all(waits.slice(0, 2));
  expect(entered).toEqual([1, 2]);
  permits.release();
  await waits[2];
  permits.release();
  await waits[3];
  expect(entered).toEqual([1, 2, 3, 4]);
});

it("forgets who was aborted", async () => {
  const permits = new Permits(1);
  await permits.acquire(signal);
  const leaving = new AbortController();
  const left = permits.acquire(leaving.signal);
  const stays = permits.acquire(signal);
  leaving.abort(new Error("left"));
  await expect(left).rejects.toThrow("left");
  await expect(permits.acquire(leaving.signal)).rejects.toThrow("left");
  permits.release();
  await stays;
  permits.release();
  await permits.acquire(signal);
});
