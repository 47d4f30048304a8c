/** Bulk reads, a Map as model, writers at once, and calls that are given up. */
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type BulkGetItem,
  EtagMismatchError,
  type StateStore,
} from "../../../../src/components/state/contract.ts";
import { etagOf, getRequest, read, setRequest, text } from "../state-context.ts";
import type { Context } from "./state.ts";
import { remove, setAll, upsert } from "./state-writes.ts";

/** As the state block does: with the bulk call when there is one. */
async function getAll(store: StateStore, keys: readonly string[]): Promise<readonly BulkGetItem[]> {
  const requests = keys.map(getRequest);
  if (store.bulkGet !== undefined) return await store.bulkGet(requests, 0);
  return await Promise.all(
    requests.map(async (request) => ({
      key: request.key,
      ...(await store.get(request)),
      error: undefined,
    })),
  );
}

export function modelAndLoad(context: Context): void {
  bulkReads(context);
  model(context);
  atOnce(context);
  cancelled(context);
}

function bulkReads(context: Context): void {
  it("reads several keys, the missing ones too", async () => {
    const { store, traits } = context;
    const key = context.fresh();
    await store.set(setRequest(`${key}-a`, "1"));
    await store.set(setRequest(`${key}-b`, { json: [2] }));
    const keys = ["b", "none", "a"].map((part) => `${key}-${part}`);
    const items = await getAll(store, keys);
    expect(new Map(items.map((item) => [item.key, text(item)]))).toEqual(
      new Map([
        [keys[0], "[2]"],
        [keys[1], undefined],
        [keys[2], "1"],
      ]),
    );
    for (const item of items) {
      expect(item.error).toBeUndefined();
      expect(item.etag).toBe(await etagOf(store, item.key));
    }
    if (store.bulkGet === undefined || traits.bulkOrder === "any") return;
    const order = items.map((item) => item.key);
    if (traits.bulkOrder === "request") expect(order).toEqual(keys);
    else expect(order.at(-1)).toBe(keys[1]);
  });

  it("reads no keys, and one key twice", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "1"));
    expect(await getAll(store, [])).toEqual([]);
    const items = await getAll(store, [key, key]);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect([item.key, text(item)]).toEqual([key, "1"]);
  });

  it("reads ten thousand keys", async () => {
    const { store } = context;
    const base = context.fresh();
    const keys = Array.from({ length: 10_000 }, (_, i) => `${base}-${i}`);
    const written = keys.filter((_, i) => i % 100 === 7);
    await setAll(
      store,
      written.map((key) => setRequest(key, key)),
    );
    const items = await getAll(store, keys);
    expect(items).toHaveLength(keys.length);
    expect(new Set(items.map((item) => item.key)).size).toBe(keys.length);
    const found = items.filter((item) => item.data !== undefined);
    expect(found.map((item) => item.key).sort()).toEqual([...written].sort());
    for (const item of found) expect(text(item)).toBe(item.key);
  });
}

/** PostgreSQL and others know no NUL in JSON text. */
const word = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.includes("\0"));

function model(context: Context): void {
  it("does as a Map does", async () => {
    const operation = fc.record({
      isDelete: fc.boolean(),
      key: fc.constantFrom("a", "b", "c"),
      value: word,
    });
    const steps = fc.array(fc.array(operation, { maxLength: 4 }), { maxLength: 6 });
    const property = fc.asyncProperty(steps, async (transactions) => {
      const { store } = context;
      const own = context.fresh();
      const expected = new Map<string, string>();
      for (const operations of transactions) {
        const requests = operations.map(({ isDelete, key, value }) => {
          if (isDelete) expected.delete(key);
          else expected.set(key, value);
          return isDelete ? remove(own + key) : upsert(setRequest(own + key, { json: value }));
        });
        if (requests.length > 1 && store.transact !== undefined && context.traits.transacts) {
          await store.transact(requests, new Map());
          continue;
        }
        for (const { kind, request } of requests) {
          if (kind === "delete") await store.delete(request);
          else await store.set(request);
        }
      }
      for (const key of ["a", "b", "c"]) {
        const stored = await read(store, own + key);
        expect(stored === undefined ? undefined : JSON.parse(stored)).toBe(
          expected.get(key)?.toWellFormed(),
        );
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("does as a Map does, with writers of different keys at once", async () => {
    const writer = fc.array(fc.option(word, { nil: undefined }), { minLength: 1, maxLength: 5 });
    const property = fc.asyncProperty(
      fc.array(writer, { minLength: 2, maxLength: 8 }),
      async (writers) => {
        const { store } = context;
        const own = context.fresh();
        const write = async (values: readonly (string | undefined)[], i: number): Promise<void> => {
          for (const value of values) {
            const key = `${own}-${i}`;
            if (value === undefined) await store.delete({ ...setRequest(key, "") });
            else await store.set(setRequest(key, value));
          }
        };
        await Promise.all(writers.map(write));
        const stored = await Promise.all(writers.map((_, i) => read(store, `${own}-${i}`)));
        expect(stored).toEqual(writers.map((values) => values.at(-1)?.toWellFormed()));
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });
}

function atOnce(context: Context): void {
  it.runIf(context.traits.comparesAtomically)("loses no update that compares etags", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "0"));
    const writers = 6;
    const updates = 5;
    const increment = async (): Promise<void> => {
      for (let done = 0, attempts = 0; done < updates; attempts++) {
        if (attempts > 1000) throw new Error("an update never succeeds");
        const current = await store.get(getRequest(key));
        const next = String(Number(text(current)) + 1);
        try {
          await store.set(
            setRequest(key, next, { etag: current.etag, concurrency: "first-write" }),
          );
          done++;
        } catch (error) {
          if (!(error instanceof EtagMismatchError)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: writers }, increment));
    expect(await read(store, key)).toBe(String(writers * updates));
  });

  it("shows transactions whole", async ({ skip }) => {
    const { store, traits } = context;
    if (store.transact === undefined || !traits.rollsBack || !traits.transacts) skip();
    const base = context.fresh();
    const [left, right] = [`${base}-l`, `${base}-r`];
    const transfer = async (i: number): Promise<void> => {
      const both = [left, right].map((key) => upsert(setRequest(key, `${i}`)));
      await store.transact?.(both, new Map());
    };
    await transfer(-1);
    await Promise.all(Array.from({ length: 10 }, (_, i) => transfer(i)));
    expect(await read(store, left)).toBe(await read(store, right));
  });
}

function cancelled(context: Context): void {
  it("ends a call whose caller is gone", async ({ skip }) => {
    const { store } = context;
    if (store.isCancellable !== true) skip();
    const key = context.fresh();
    const signal = AbortSignal.abort(new Error("gone"));
    await expect((async () => store.get(getRequest(key), signal))()).rejects.toThrow();
    await expect((async () => store.set(setRequest(key, "1"), signal))()).rejects.toThrow();
  });

  it("goes on after calls that were given up", async () => {
    const { store } = context;
    const key = context.fresh();
    const controllers = Array.from({ length: 20 }, () => new AbortController());
    const calls = controllers.map(async ({ signal }, i) =>
      store.set(setRequest(`${key}-${i}`, "x"), signal),
    );
    for (const controller of controllers) controller.abort(new Error("gone"));
    await Promise.allSettled(calls);
    await store.set(setRequest(key, "after"));
    expect(await read(store, key)).toBe("after");
  });
}
