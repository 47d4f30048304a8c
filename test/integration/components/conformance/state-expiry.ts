/** Values that expire, and keys by pattern and prefix. */
import { expect, it } from "vitest";
import { deleteRequest, getRequest, read, setRequest, ttl } from "../state-context.ts";
import type { Context } from "./state.ts";
import { failure } from "./state-writes.ts";

/** Waits until a value that was written now with a TTL of 1 s is gone: what had the same expiry is gone too. */
async function aSecondPasses({ store, fresh, traits }: Context): Promise<void> {
  const witness = fresh();
  await store.set(setRequest(witness, "w", ttl(1)));
  const wait = { timeout: traits.expiryLimitMs, interval: 100 };
  await expect.poll(() => read(store, witness), wait).toBeUndefined();
}

export function expiryAndPaging(context: Context): void {
  expiry(context);
  paging(context);

  it("deletes the direct keys under a prefix", async ({ skip }) => {
    const { store } = context;
    if (store.deleteWithPrefix === undefined) skip();
    const base = context.fresh();
    const keys = ["||a", "||b", "||b||c", "2||a"].map((part) => base + part);
    for (const key of keys) await store.set(setRequest(key, "1"));
    expect(await store.deleteWithPrefix?.(base)).toBe(2);
    const left = await Promise.all(keys.map((key) => read(store, key)));
    expect(left).toEqual([undefined, undefined, "1", "1"]);
    expect(await store.deleteWithPrefix?.(`${base}||`)).toBe(0);
  });
}

function expiry(context: Context): void {
  const { traits } = context;
  it("forgets what expires", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "1", ttl(1)));
    await store.set(setRequest(`${key}-long`, "1", ttl(1000)));
    expect(await read(store, key)).toBe("1");
    await aSecondPasses(context);
    expect(await read(store, key)).toBeUndefined();
    expect(await read(store, `${key}-long`)).toBe("1");
    // What expired is as good as deleted.
    await store.set(setRequest(key, "2", { concurrency: "first-write" }));
    expect(await read(store, key)).toBe("2");
  });

  it("shows when a value expires", async () => {
    const { store } = context;
    const key = context.fresh();
    const before = Date.now();
    await store.set(setRequest(key, "1", ttl(1000)));
    const shown = (await store.get(getRequest(key))).metadata?.get("ttlExpireTime");
    if (traits.showsExpiry === false) {
      expect(shown).toBeUndefined();
      return;
    }
    expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const left = Date.parse(shown ?? "") - before;
    expect(left).toBeGreaterThan(990_000);
    expect(left).toBeLessThan(1_010_000);
    await store.set(setRequest(`${key}-2`, "1"));
    const plain = (await store.get(getRequest(`${key}-2`))).metadata?.has("ttlExpireTime");
    expect(plain ?? false).toBe(traits.showsExpiry === "always");
  });

  it("refuses a TTL that is no number", async () => {
    const { store } = context;
    const key = context.fresh();
    const refused = await failure(() => store.set(setRequest(key, "1", ttl("soon"))));
    expect(refused.message).toMatch(traits.ttlError);
    expect(await read(store, key)).toBeUndefined();
    await store.set(setRequest(key, "1", ttl("")));
    expect(await read(store, key)).toBe("1");
  });

  it("takes an expiry off", async () => {
    const { store } = context;
    const key = context.fresh();
    for (const part of ["a", "b", "c"]) await store.set(setRequest(key + part, "1", ttl(1)));
    if (traits.noTtl === "kept") {
      await store.set(setRequest(`${key}a`, "2", ttl(-1)));
      await store.set(setRequest(`${key}b`, "2", ttl(0)));
    }
    if (traits.clearsExpiry) await store.set(setRequest(`${key}c`, "2"));
    await aSecondPasses(context);
    const kept = traits.noTtl === "kept" ? "2" : undefined;
    expect(await read(store, `${key}a`)).toBe(kept);
    expect(await read(store, `${key}b`)).toBe(kept);
    expect(await read(store, `${key}c`)).toBe(traits.clearsExpiry ? "2" : undefined);
  });

  it.runIf(traits.noTtl === "expires")("forgets at once what has no time left", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "1", ttl(-1)));
    expect(await read(store, key)).toBeUndefined();
  });

  it.runIf(traits.noTtl === "expires-soon")("forgets soon what has no time left", async () => {
    const { store } = context;
    const key = context.fresh();
    await store.set(setRequest(key, "1", ttl(0)));
    const wait = { timeout: traits.expiryLimitMs, interval: 100 };
    await expect.poll(() => read(store, key), wait).toBeUndefined();
  });

  it.runIf(traits.noTtl === "refused")("refuses a TTL without time", async () => {
    const { store } = context;
    await failure(() => store.set(setRequest(context.fresh(), "1", ttl(-1))));
  });

  it("keeps a TTL that a transaction gave", async ({ skip }) => {
    const { store } = context;
    if (store.transact === undefined || !traits.transacts) skip();
    const key = context.fresh();
    const request = setRequest(key, "1", ttl(1));
    await store.transact?.([{ kind: "upsert", request }], new Map());
    expect(await read(store, key)).toBe("1");
    await aSecondPasses(context);
    expect(await read(store, key)).toBeUndefined();
  });
}

const literal = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

async function listed(
  { store }: Context,
  pattern: string,
  pageSize: number,
): Promise<{ readonly keys: readonly string[]; readonly pages: number }> {
  const keys: string[] = [];
  let token: string | undefined;
  let pages = 0;
  do {
    const page = await store.keysLike?.({ pattern, pageSize, token });
    keys.push(...(page?.keys ?? []));
    token = page?.token;
    pages++;
    if (pages > 10_000) throw new Error("pages without end");
  } while (token !== undefined);
  return { keys: [...new Set(keys)].sort(), pages };
}

function paging(context: Context): void {
  it("lists keys by pattern, page by page", async ({ skip }) => {
    const { store } = context;
    if (store.keysLike === undefined) skip();
    const base = context.fresh();
    const parts = ["x1", "x2", "x_3", "x%4", "x\\5", "x*6", "y1", "xx1"];
    for (const part of parts) await store.set(setRequest(`${base}-${part}`, "v"));
    const named = (...names: string[]): string[] => names.map((name) => `${base}-${name}`).sort();
    const start = literal(`${base}-`);
    const find = async (pattern: string, pageSize = 2): Promise<readonly string[]> =>
      (await listed(context, start + pattern, pageSize)).keys;
    expect(await find("x%")).toEqual(named("x1", "x2", "x_3", "x%4", "x\\5", "x*6", "xx1"));
    expect(await find("x%", 0)).toHaveLength(7);
    expect(await find("x_")).toEqual(named("x1", "x2"));
    expect(await find("_1")).toEqual(named("x1", "y1"));
    expect(await find("x\\_3")).toEqual(named("x_3"));
    expect(await find("x\\%4")).toEqual(named("x%4"));
    expect(await find("x\\\\5")).toEqual(named("x\\5"));
    expect(await find("x*%")).toEqual(named("x*6"));
    expect(await find("none%")).toEqual([]);
  });

  it("lists neither what was deleted nor what expired", async ({ skip }) => {
    const { store } = context;
    if (store.keysLike === undefined) skip();
    const base = context.fresh();
    await store.set(setRequest(`${base}-a`, "v"));
    await store.set(setRequest(`${base}-b`, "v"));
    await store.set(setRequest(`${base}-c`, "v", ttl(1)));
    await store.delete(deleteRequest(`${base}-b`));
    await aSecondPasses(context);
    const { keys } = await listed(context, `${literal(base)}-%`, 10);
    expect(keys).toEqual([`${base}-a`]);
  });

  it("comes to an end with pages of one", async ({ skip }) => {
    const { store } = context;
    if (store.keysLike === undefined) skip();
    const base = context.fresh();
    const keys = Array.from({ length: 12 }, (_, i) => `${base}-${i}`);
    for (const key of keys) await store.set(setRequest(key, "v"));
    const found = await listed(context, `${literal(base)}-%`, 1);
    expect(found.keys).toEqual([...keys].sort());
  });
}
