import { beforeEach, describe, expect, test } from "vitest";
import {
  BulkStoreError,
  EtagMismatchError,
  type SetRequest,
  type StateStore,
} from "../../components/state/contract.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import { constant } from "./built-in.ts";
import { guard, guardedKind } from "./guard.ts";
import type { Policy } from "./policy.ts";

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

const policy = (parts: Partial<Policy>): Policy => ({
  context: {
    clock,
    random: { number: () => 0.5, bytes: () => Buffer.alloc(0), uuid: () => "" },
    logger: { info() {}, warn() {} } as unknown as Logger,
  },
  operation: "component[store] output",
  timeoutMs: undefined,
  retry: constant(0, 3),
  breaker: undefined,
  metrics: undefined,
  ...parts,
});

const request = (key: string): SetRequest => ({
  key,
  value: { kind: "bytes", bytes: Buffer.alloc(0) },
  etag: undefined,
  concurrency: "",
  consistency: "",
  metadata: new Map(),
});

class Store implements StateStore {
  readonly features = ["ETAG"] as const;
  readonly written: string[][] = [];
  /** Errors of the next calls, by key. */
  readonly failures: Map<string, Error>[] = [];
  readonly signals: (AbortSignal | undefined)[] = [];
  #isOpen = true;

  get isOpen(): boolean {
    return this.#isOpen;
  }
  get(): { data: undefined; etag: undefined; metadata: undefined } {
    this.written.push(["get"]);
    if (this.written.length < 3) throw new Error("not yet");
    return { data: undefined, etag: undefined, metadata: undefined };
  }
  set({ key }: SetRequest, signal?: AbortSignal): Promise<void> {
    this.signals.push(signal);
    return this.#write([key]);
  }
  delete(): Promise<void> {
    return new Promise(() => {});
  }
  bulkSet(requests: readonly SetRequest[]): Promise<void> {
    return this.#write(requests.map(({ key }) => key));
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
  }

  async #write(keys: readonly string[]): Promise<void> {
    this.written.push([...keys]);
    const failures = this.failures.shift() ?? new Map<string, Error>();
    const failed = keys.flatMap((key) => {
      const error = failures.get(key);
      return error === undefined ? [] : [{ key, error }];
    });
    if (failed.length === 0) return;
    if (keys.length === 1 && failed[0] !== undefined) throw failed[0].error;
    throw new BulkStoreError(failed);
  }
}

async function settled<T>(running: T | Promise<T>): Promise<T> {
  const over = Promise.resolve(running);
  over.catch(() => {});
  await clock.advance(100);
  return await over;
}

test("calls are retried, everything else is the component's own", async () => {
  const store = new Store();
  const guarded = guard("state", store, policy({}));
  await settled(guarded.get());
  expect(store.written).toHaveLength(3);
  expect(guarded.features).toEqual(["ETAG"]);
  expect(guarded.isOpen).toBe(true);
  await guarded[Symbol.asyncDispose]();
  expect(store.isOpen).toBe(false);
});

test("a timeout reaches the component by its signal", async () => {
  const store = new Store();
  const guarded = guard("state", store, policy({ timeoutMs: 50, retry: undefined }));
  await guarded.set(request("a"));
  expect(store.signals[0]).toBeInstanceOf(AbortSignal);
  await expect(settled(guarded.delete())).rejects.toThrow("context deadline exceeded");
});

test("an etag error is not retried", async () => {
  const store = new Store();
  store.failures.push(new Map([["a", new EtagMismatchError()]]));
  const guarded = guard("state", store, policy({}));
  await expect(settled(guarded.set(request("a")))).rejects.toThrow(EtagMismatchError);
  expect(store.written).toEqual([["a"]]);
});

describe("several items", () => {
  const all = ["a", "b", "c"].map(request);

  test("only what failed is written again", async () => {
    const store = new Store();
    store.failures.push(
      new Map([
        ["b", new Error("down")],
        ["c", new Error("down")],
      ]),
      new Map([["c", new Error("down")]]),
    );
    await settled(guard("state", store, policy({})).bulkSet(all));
    expect(store.written).toEqual([["a", "b", "c"], ["b", "c"], ["c"]]);
  });

  test("etag errors stay, the others are tried again", async () => {
    const store = new Store();
    store.failures.push(
      new Map<string, Error>([
        ["a", new EtagMismatchError()],
        ["b", new Error("down")],
      ]),
    );
    const running = guard("state", store, policy({})).bulkSet(all);
    const error = await settled(running).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BulkStoreError);
    expect((error as BulkStoreError).failures.map(({ key }) => key)).toEqual(["a"]);
    expect(store.written).toEqual([["a", "b", "c"], ["b"]]);
  });

  test("what fails to the end is told with the etag errors", async () => {
    const store = new Store();
    const down = new Map([["b", new Error("down")]]);
    store.failures.push(new Map([...down, ["a", new EtagMismatchError()]]), down, down, down);
    const running = guard("state", store, policy({})).bulkSet(all);
    const error = await settled(running).catch((caught: unknown) => caught);
    expect(store.written).toHaveLength(4);
    expect((error as Error).message).toContain("down");
  });
});

test("kinds as in names of policies", () => {
  const categories = [
    "state",
    "secretstores",
    "configuration",
    "lock",
    "crypto",
    "conversation",
    "bindings",
  ];
  expect(categories.map(guardedKind)).toEqual([
    "Statestore",
    "Secretstore",
    "Configuration",
    "Lock",
    "Crypto",
    "Conversation",
    "Binding",
  ]);
  expect(guardedKind("pubsub")).toBeUndefined();
});
