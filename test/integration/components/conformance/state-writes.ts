/** Etags, first writes, deletes, bulk writes and transactions. */
import { expect, it } from "vitest";
import {
  EtagInvalidError,
  EtagMismatchError,
  type SetRequest,
  type StateStore,
  type TransactionOperation,
} from "../../../../src/components/state/contract.ts";
import { deleteRequest, etagOf, read, setRequest } from "../state-context.ts";
import type { Context } from "./state.ts";

/** @returns what the call failed with */
export async function failure(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing failed");
}

export const upsert = (request: SetRequest): TransactionOperation => ({ kind: "upsert", request });
export const remove = (key: string, etag?: string): TransactionOperation => ({
  kind: "delete",
  request: deleteRequest(key, etag),
});

/** As the state block does: with the bulk call when there is one. */
export async function setAll(store: StateStore, requests: readonly SetRequest[]): Promise<void> {
  if (store.bulkSet !== undefined) await store.bulkSet(requests);
  else await Promise.all(requests.map(async (request) => store.set(request)));
}

async function deleteAll(store: StateStore, keys: readonly string[]): Promise<void> {
  const requests = keys.map((key) => deleteRequest(key));
  if (store.bulkDelete !== undefined) await store.bulkDelete(requests);
  else await Promise.all(requests.map(async (request) => store.delete(request)));
}

const noMetadata: ReadonlyMap<string, string> = new Map();

export function writes(context: Context): void {
  etags(context);
  firstWrites(context);
  bulkWrites(context);
  transactions(context);

  it("deletes", async () => {
    const key = context.fresh();
    await context.store.set(setRequest(key, "1"));
    await context.store.delete(deleteRequest(key));
    expect(await read(context.store, key)).toBeUndefined();
    await context.store.delete(deleteRequest(key));
  });

  it.runIf(context.traits.checksOptions)("refuses words it does not know", async () => {
    const { store } = context;
    const key = context.fresh();
    const model = await failure(() => store.set(setRequest(key, "1", { concurrency: "x" })));
    expect(model.message).toBe("unrecognized concurrency model 'x'");
    const consistency = await failure(() =>
      store.delete({ ...deleteRequest(key), consistency: "y" }),
    );
    expect(consistency.message).toBe("unrecognized consistency model 'y'");
    expect(await read(store, key)).toBeUndefined();
  });

  it.each(["strong", "eventual"])("writes with %s consistency", async (consistency) => {
    const key = context.fresh();
    await context.store.set(setRequest(key, "1", { consistency }));
    expect(await read(context.store, key)).toBe("1");
    await context.store.delete({ ...deleteRequest(key), consistency });
    expect(await read(context.store, key)).toBeUndefined();
  });
}

function etags(context: Context): void {
  const { traits } = context;
  it("gives a new etag with every write", async () => {
    const key = context.fresh();
    await context.store.set(setRequest(key, "1"));
    const before = await etagOf(context.store, key);
    await context.store.set(setRequest(key, "1"));
    const after = await etagOf(context.store, key);
    expect(before).toBeTruthy();
    expect(after).not.toBe(before);
    expect(await etagOf(context.store, key)).toBe(after);
  });

  it.each(["", "first-write"])("writes with the right etag only (%j)", async (concurrency) => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "1"));
    const etag = (await etagOf(store, key)) ?? "";
    await store.set(setRequest(key, "2", { etag, concurrency }));
    const refused = await failure(() => store.set(setRequest(key, "3", { etag, concurrency })));
    expect(refused).toBeInstanceOf(EtagMismatchError);
    expect(refused.message).toMatch(/^possible etag mismatch/);
    expect(await read(store, key)).toBe("2");
  });

  it("deletes with the right etag only", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "2"));
    const refused = await failure(() => store.delete(deleteRequest(key, traits.otherEtag)));
    expect(refused).toBeInstanceOf(EtagMismatchError);
    expect(await read(store, key)).toBe("2");
    await store.delete(deleteRequest(key, await etagOf(store, key)));
    expect(await read(store, key)).toBeUndefined();
  });

  it("takes an empty etag for none", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "1", { etag: "" }));
    await store.set(setRequest(key, "2", { etag: "" }));
    expect(await read(store, key)).toBe("2");
    await store.delete(deleteRequest(key, ""));
    expect(await read(store, key)).toBeUndefined();
  });

  it("treats an etag of nothing as it should", async () => {
    const { store } = context;
    const key = context.fresh();
    const write = setRequest(key, "1", { etag: traits.otherEtag });
    if (traits.etagOfMissing === "accepted") {
      await store.set(write);
      expect(await read(store, key)).toBe("1");
      return;
    }
    expect(await failure(() => store.set(write))).toBeInstanceOf(EtagMismatchError);
    const deletion = deleteRequest(key, traits.otherEtag);
    expect(await failure(() => store.delete(deletion))).toBeInstanceOf(EtagMismatchError);
    expect(await read(store, key)).toBeUndefined();
  });

  it("refuses an etag that is none", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "1"));
    const { etag, error } = traits.malformedEtag ?? {
      etag: "'; --",
      error: /^possible etag mismatch/,
    };
    const refused = await failure(() => store.set(setRequest(key, "2", { etag })));
    expect(refused.message).toMatch(error);
    if (traits.malformedEtag !== undefined) expect(refused).toBeInstanceOf(EtagInvalidError);
    expect(await read(store, key)).toBe("1");
  });
}

function firstWrites(context: Context): void {
  it("refuses a second first write", async () => {
    const { store } = context;
    const key = context.fresh();
    const first = setRequest(key, "1", { concurrency: "first-write" });
    await store.set(first);
    await failure(() => store.set(first));
    expect(await read(store, key)).toBe("1");
    await store.delete(deleteRequest(key));
    await store.set(first);
    expect(await read(store, key)).toBe("1");
  });

  it("lets one of several first writes win", async () => {
    const { store } = context;
    const key = context.fresh();
    const attempts = Array.from({ length: 8 }, async (_, i) =>
      store.set(setRequest(key, `${i}`, { concurrency: "first-write" })),
    );
    const outcomes = await Promise.allSettled(attempts);
    const winners = outcomes.flatMap((outcome, i) => (outcome.status === "fulfilled" ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(await read(store, key)).toBe(`${winners[0]}`);
  });
}

function bulkWrites(context: Context): void {
  it("writes and deletes several keys", async () => {
    const { store } = context;
    const key = context.fresh();
    const all = ["a", "b", "c"].map((part) => `${key}-${part}`);
    await setAll(
      store,
      all.map((name, i) => setRequest(name, i === 1 ? { json: "b" } : name)),
    );
    expect(await read(store, all[0] ?? "")).toBe(all[0]);
    expect(await read(store, all[1] ?? "")).toBe('"b"');
    await deleteAll(store, [...all.slice(0, 2), `${key}-none`]);
    expect(await read(store, all[1] ?? "")).toBeUndefined();
    expect(await read(store, all[2] ?? "")).toBe(all[2]);
  });

  it("tells when one of several writes failed", async () => {
    const { store, traits } = context;
    const key = context.fresh();
    await store.set(setRequest(`${key}-b`, "old"));
    const refused = await failure(() =>
      setAll(store, [
        setRequest(`${key}-a`, "new"),
        setRequest(`${key}-b`, "new", { etag: traits.otherEtag }),
      ]),
    );
    expect(refused.message).toMatch(/possible etag mismatch/);
    expect(await read(store, `${key}-b`)).toBe("old");
  });
}

function transactions(context: Context): void {
  it("applies a transaction in order", async ({ skip }) => {
    const { store } = context;
    if (store.transact === undefined || !context.traits.transacts) skip();
    const key = context.fresh();
    await store.set(setRequest(`${key}-old`, "x"));
    await store.transact?.(
      [
        upsert(setRequest(`${key}-a`, "1")),
        remove(`${key}-old`),
        upsert(setRequest(`${key}-a`, "2")),
        remove(`${key}-never`),
        upsert(setRequest(`${key}-c`, { json: new Map([["c", 1]]) })),
      ],
      noMetadata,
    );
    expect(await read(store, `${key}-a`)).toBe("2");
    expect(await read(store, `${key}-old`)).toBeUndefined();
    expect(await read(store, `${key}-c`)).toMatch(/^\{"c": ?1\}$/);
  });

  it("refuses a transaction with a wrong etag", async ({ skip }) => {
    const { store, traits } = context;
    if (store.transact === undefined || !context.traits.transacts) skip();
    const key = context.fresh();
    await store.set(setRequest(`${key}-a`, "1"));
    await store.set(setRequest(`${key}-d`, "1"));
    const operations = [
      upsert(setRequest(`${key}-b`, "1")),
      remove(`${key}-d`),
      upsert(setRequest(`${key}-a`, "2", { etag: traits.otherEtag })),
    ];
    const refused = await failure(() => store.transact?.(operations, noMetadata));
    expect(await read(store, `${key}-a`)).toBe("1");
    if (!traits.rollsBack) return;
    expect(refused.message).toMatch(/possible etag mismatch/);
    expect(await read(store, `${key}-b`)).toBeUndefined();
    expect(await read(store, `${key}-d`)).toBe("1");
  });

  it("applies a transaction with right etags", async ({ skip }) => {
    const { store } = context;
    if (store.transact === undefined || !context.traits.transacts) skip();
    const key = context.fresh();
    await store.set(setRequest(`${key}-a`, "1"));
    await store.set(setRequest(`${key}-b`, "1"));
    const etag = await etagOf(store, `${key}-a`);
    const operations = [
      upsert(setRequest(`${key}-a`, "2", { etag })),
      remove(`${key}-b`, await etagOf(store, `${key}-b`)),
    ];
    await store.transact?.(operations, noMetadata);
    expect(await read(store, `${key}-a`)).toBe("2");
    expect(await read(store, `${key}-b`)).toBeUndefined();
  });
}
