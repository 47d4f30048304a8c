import { describe, expect, it } from "vitest";
import type { ReceivedMessage } from "../../components/pubsub/contract.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { batching } from "./batch.ts";

const message = (text: string): ReceivedMessage => ({
  topic: "t",
  data: Buffer.from(text),
  contentType: undefined,
  metadata: undefined,
});
const { signal } = new AbortController();

function setUp(maxMessages: number, maxWaitMs: number) {
  const clock = new ManualClock();
  const batches: string[][] = [];
  const handle = batching(
    { maxMessages, maxWaitMs },
    async (messages) => {
      const texts = messages.map(({ data }) => Buffer.from(data).toString());
      batches.push(texts);
      return texts.map((text) => (text === "bad" ? new Error("refused") : undefined));
    },
    clock,
  );
  return { clock, batches, handle: (text: string) => handle(message(text), signal) };
}

describe("batching", () => {
  it("sends a batch when it is full", async () => {
    const { batches, handle } = setUp(2, 1000);
    await Promise.all([handle("a"), handle("b")]);
    expect(batches).toEqual([["a", "b"]]);
  });

  it("sends what there is when its first message has waited long enough", async () => {
    const { clock, batches, handle } = setUp(10, 1000);
    const first = handle("a");
    await clock.advance(900);
    const second = handle("b");
    expect(batches).toEqual([]);
    await clock.advance(100);
    await Promise.all([first, second]);
    expect(batches).toEqual([["a", "b"]]);
  });

  it("starts a new wait with each batch", async () => {
    const { clock, batches, handle } = setUp(10, 1000);
    const first = handle("a");
    await clock.advance(1000);
    await first;
    const second = handle("b");
    await clock.advance(999);
    expect(batches).toHaveLength(1);
    await clock.advance(1);
    await second;
  });

  it("refuses only what was refused", async () => {
    const { handle } = setUp(2, 1000);
    const results = await Promise.allSettled([handle("a"), handle("bad")]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });
});
