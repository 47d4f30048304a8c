import { expect, test } from "vitest";
import type { Logger } from "../kit/logging/logger.ts";
import { Metrics } from "../kit/metrics/metrics.ts";
import { ManualClock } from "../kit/time/manual-clock.ts";
import { createLimitHits } from "./limit-hits.ts";

test("counts every hit and logs one line a minute for each limit", async () => {
  const registry = new Metrics();
  const clock = new ManualClock();
  const lines: string[] = [];
  const logger = { warn: (line: string) => void lines.push(line) } as unknown as Logger;
  const onLimit = createLimitHits({ registry, clock, logger });
  expect(registry.render()).not.toContain("tricorne_limit_hits_total");
  for (let i = 0; i < 5; i++) onLimit("body");
  onLimit("headers");
  expect(lines).toEqual(["The limit 'body' was reached", "The limit 'headers' was reached"]);
  await clock.advance(60_000);
  onLimit("body");
  expect(lines.at(-1)).toBe("The limit 'body' was reached, and 4 times since the last such line");
  expect(registry.render()).toContain('tricorne_limit_hits_total{limit="body"} 6');
});
