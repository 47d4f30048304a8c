import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfigurationEvent } from "../../components/configuration/contract.ts";
import { EventQueue, maxFolded, maxPlain } from "./event-queue.ts";

const event = (key: string, value: string): ConfigurationEvent => ({
  id: "id",
  items: new Map([[key, { value, version: "", metadata: new Map() }]]),
});
const show = (given: ConfigurationEvent | undefined): string =>
  [...(given?.items ?? [])].map(([key, { value }]) => `${key}=${value}`).join();

/** Takes what waits now. */
async function drain(queue: EventQueue): Promise<string[]> {
  const taken: string[] = [];
  const last = event("last", "");
  queue.push(last);
  for (;;) {
    const next = await queue.next();
    if (next === last) return taken;
    taken.push(show(next));
  }
}

describe("events that wait", () => {
  it("come as they were, while there are few", async () => {
    const queue = new EventQueue();
    for (let i = 0; i < maxPlain - 1; i++) queue.push(event("k", `${i}`));
    expect(await drain(queue)).toEqual(Array.from({ length: maxPlain - 1 }, (_, i) => `k=${i}`));
  });

  it("wake whoever waits for them", async () => {
    const queue = new EventQueue();
    const waiting = queue.next();
    queue.push(event("k", "1"));
    expect(show(await waiting)).toBe("k=1");
    const ending = queue.next();
    queue.close();
    expect(await ending).toBeUndefined();
    queue.push(event("k", "2"));
    expect(await queue.next()).toBeUndefined();
  });

  it("are told by key beyond that: the last of each, in order per key", async () => {
    const keys = fc.constantFrom("a", "b", "c", "d");
    await fc.assert(
      fc.asyncProperty(fc.array(keys, { maxLength: 3 * maxPlain }), async (written) => {
        const queue = new EventQueue();
        for (const [i, key] of written.entries()) queue.push(event(key, `${i}`));
        const told = await drain(queue);
        expect(told.length).toBeLessThanOrEqual(maxPlain + 4);
        for (const key of new Set(written)) {
          const values = told
            .filter((text) => text.startsWith(`${key}=`))
            .map((text) => Number(text.slice(2)));
          expect(values).toEqual([...values].sort((a, b) => a - b));
          expect(values.at(-1)).toBe(written.lastIndexOf(key));
        }
      }),
    );
  });

  it("are never more than a fixed number", async () => {
    const queue = new EventQueue();
    const count = maxPlain + maxFolded + 50;
    for (let i = 0; i < count; i++) queue.push(event(`k${i}`, `${i}`));
    const told = await drain(queue);
    expect(told).toHaveLength(maxPlain + maxFolded - 1);
    expect(told.at(-1)).toBe(`k${count - 1}=${count - 1}`);
  });
});
