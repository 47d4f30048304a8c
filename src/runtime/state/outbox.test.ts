import { expect, it } from "vitest";
import type { TransactionOperation } from "../../components/state/contract.ts";
import { type StoreOutbox, transactWithOutbox } from "./outbox.ts";

const remove = (key: string): TransactionOperation => ({
  kind: "delete",
  request: { key, etag: undefined, concurrency: "", consistency: "", metadata: new Map() },
});

/** A transaction that becomes `all`, with what happened in which order. */
async function run(
  all: readonly TransactionOperation[],
  failing: "check" | "publish" | "commit" | undefined = undefined,
): Promise<readonly string[]> {
  const steps: string[] = [];
  const step = (name: string): void => {
    steps.push(name);
    if (name === failing) throw new Error(`${name} failed`);
  };
  const outbox: StoreOutbox = {
    prepare: async () => ({
      operations: all,
      publish: async () => step("publish"),
      settled: () => step("settled"),
    }),
    [Symbol.dispose]() {},
  };
  const sizes = (name: string) => (operations: readonly TransactionOperation[]) => {
    expect(operations).toBe(all);
    step(name);
  };
  const calls = { check: sizes("check"), commit: sizes("commit") };
  try {
    await transactWithOutbox(outbox, [], { ...calls, signal: undefined, span: undefined });
  } catch (error) {
    steps.push((error as Error).message);
  }
  return steps;
}

it("publishes before it commits", async () => {
  expect(await run([remove("a")])).toEqual(["check", "publish", "commit", "settled"]);
});

it("commits nothing when there is nothing left", async () => {
  expect(await run([])).toEqual([]);
});

it("publishes nothing when there are too many operations with their markers", async () => {
  expect(await run([remove("a")], "check")).toEqual(["check", "check failed"]);
});

it("writes nothing when it cannot publish", async () => {
  expect(await run([remove("a")], "publish")).toEqual(["check", "publish", "publish failed"]);
});

it("tells the outbox that the store refused", async () => {
  expect(await run([remove("a")], "commit")).toEqual([
    "check",
    "publish",
    "commit",
    "settled",
    "commit failed",
  ]);
});
