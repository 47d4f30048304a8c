import { expect, it } from "vitest";
import { systemClock } from "../../kit/time/clock.ts";
import { Profiles } from "./profiles.ts";

it("takes one CPU profile at a time, and gives up with whoever asked for it", async () => {
  using profiles = await Profiles.start(systemClock);
  const asking = new AbortController();
  const first = profiles.cpu(3_600_000, asking.signal);
  await expect(profiles.cpu(1, asking.signal)).rejects.toThrow(
    "Could not enable CPU profiling: cpu profiling already in use",
  );
  asking.abort();
  expect(JSON.parse(await first)).toMatchObject({ nodes: expect.any(Array) });
  const second = await profiles.cpu(1, new AbortController().signal);
  expect(JSON.parse(second)).toMatchObject({ samples: expect.any(Array) });
});

it("shows the heap by places, never by contents", async () => {
  using profiles = await Profiles.start(systemClock);
  const kept = Array.from({ length: 20_000 }, (_, n) => ({ secret: `very-secret-${n}` }));
  const heap = await profiles.heap();
  expect(JSON.parse(heap)).toMatchObject({ head: { callFrame: { functionName: "(root)" } } });
  expect(heap).not.toContain("very-secret-1");
  expect(kept).toHaveLength(20_000);
});
