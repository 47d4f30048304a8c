import { expect, it } from "vitest";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { component } from "./cron.ts";

async function open(schedule: string, clock: ManualClock) {
  return await component.create({
    name: "tick",
    appId: "app",
    namespace: "default",
    properties: new Map([["schedule", schedule]]),
    logger: {} as Logger,
    platform: { clock, env: new Map() } as unknown as Platform,
    signal: new AbortController().signal,
  });
}

it("fires once a period, overlapping, until it is stopped", async () => {
  const clock = new ManualClock();
  const cron = await open("@every 2s", clock);
  const stop = new AbortController();
  let fired = 0;
  await cron.read(() => {
    fired++;
    return new Promise(() => {});
  }, stop.signal);
  await clock.advance(1999);
  expect(fired).toBe(0);
  await clock.advance(1);
  await clock.advance(2000);
  expect(fired).toBe(2);
  stop.abort();
  await clock.advance(10_000);
  expect(fired).toBe(2);
});

it("keeps to the fields and goes on after errors of the app", async () => {
  const clock = new ManualClock();
  const cron = await open("*/10 * * * * *", clock);
  let fired = 0;
  await cron.read(async () => {
    fired++;
    throw new Error("the app is out");
  }, new AbortController().signal);
  for (let i = 0; i < 30; i++) await clock.advance(1000);
  expect(fired).toBe(3);
  await cron[Symbol.asyncDispose]();
  for (let i = 0; i < 30; i++) await clock.advance(1000);
  expect(fired).toBe(3);
});
