/**
 * What every state store must do, run against all of them; and against a Map as model.
 * @see spec 01 §5.9, spec 04 §8.1
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateStore } from "../../../src/components/state/contract.ts";
import { component as inMemory } from "../../../src/components/state/in-memory.ts";
import { component as redisComponent } from "../../../src/components/state/redis.ts";
import { component as sqlite } from "../../../src/components/state/sqlite.ts";
import { hasRedis, launchRedis, type Redis, Scratch } from "../launch.ts";
import {
  createStore,
  deleteRequest,
  etagOf,
  getRequest,
  read,
  setRequest,
  text,
  ttl,
} from "./state-context.ts";

const withRedis = await hasRedis();
const scratch = new Scratch();
let redis: Redis | undefined;
let databases = 0;

beforeAll(async () => {
  if (withRedis) redis = await launchRedis();
});
afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

interface Subject {
  readonly name: string;
  readonly isAvailable: boolean;
  /** Differences that clients of the reference see too. */
  readonly traits: { readonly rollsBack: boolean; readonly showsExpiry: boolean };
  readonly open: () => Promise<StateStore>;
}

const subjects: readonly Subject[] = [
  {
    name: "in-memory",
    isAvailable: true,
    traits: { rollsBack: true, showsExpiry: true },
    open: () => createStore(inMemory, {}),
  },
  {
    name: "sqlite",
    isAvailable: true,
    traits: { rollsBack: true, showsExpiry: true },
    open: () => createStore(sqlite, { connectionString: `${scratch.path}/${databases++}.db` }),
  },
  {
    name: "redis",
    isAvailable: withRedis,
    traits: { rollsBack: false, showsExpiry: false },
    open: () => createStore(redisComponent, { redisHost: redis?.address ?? "" }),
  },
];

describe.each(subjects.filter((subject) => subject.isAvailable))("state.$name", (subject) => {
  let store: StateStore;
  let prefix = "";
  let counter = 0;
  beforeAll(async () => {
    store = await subject.open();
  });
  afterAll(() => store[Symbol.asyncDispose]());
  /** A key that no other test uses. */
  const fresh = (): string => {
    prefix = `app||${subject.name}-${counter++}`;
    return prefix;
  };

  it("answers a ping", async () => {
    await store.ping?.();
  });

  it("keeps bytes as they are", async () => {
    const key = fresh();
    const bytes = Buffer.from([0, 255, 13, 10, 0x80, 34]);
    await store.set({ ...setRequest(key, ""), value: { kind: "bytes", bytes } });
    expect(Buffer.from((await store.get(getRequest(key))).data ?? [])).toEqual(bytes);
  });

  it("keeps JSON as text", async () => {
    const key = fresh();
    await store.set(setRequest(key, { json: new Map([["a", [1, null, "é"]]]) }));
    expect(await read(store, key)).toBe('{"a":[1,null,"é"]}');
  });

  it("keeps keys apart, whatever they are made of", async () => {
    const keys = ["a b", "a/b", "a*", "ü:😀", "a'b\"c", "__proto__", "a\\b", "%", "a_"].map(
      (part) => `${fresh()}${part}`,
    );
    for (const key of keys) await store.set(setRequest(key, key));
    for (const key of keys) expect(await read(store, key)).toBe(key);
  });

  it("gives a new etag with every write", async () => {
    const key = fresh();
    await store.set(setRequest(key, "1"));
    const before = await etagOf(store, key);
    await store.set(setRequest(key, "2"));
    const after = await etagOf(store, key);
    expect(before).toBeTruthy();
    expect(after).not.toBe(before);
    expect(await etagOf(store, `${key}-none`)).toBeUndefined();
  });

  it("writes and deletes with the right etag only", async () => {
    const key = fresh();
    await store.set(setRequest(key, "1"));
    const etag = (await etagOf(store, key)) ?? "";
    await store.set(setRequest(key, "2", { etag, concurrency: "first-write" }));
    const stale = setRequest(key, "3", { etag, concurrency: "first-write" });
    await expect((async () => store.set(stale))()).rejects.toThrow(/^possible etag mismatch/);
    await expect((async () => store.delete(deleteRequest(key, "77")))()).rejects.toThrow(
      /^possible etag mismatch/,
    );
    expect(await read(store, key)).toBe("2");
    await store.delete(deleteRequest(key, await etagOf(store, key)));
    expect(await read(store, key)).toBeUndefined();
    await store.delete(deleteRequest(key));
  });

  it("refuses a second first write", async () => {
    const key = fresh();
    const first = setRequest(key, "1", { concurrency: "first-write" });
    await store.set(first);
    await expect((async () => store.set(first))()).rejects.toThrow();
    expect(await read(store, key)).toBe("1");
  });

  it("refuses words it does not know", async () => {
    const request = setRequest(fresh(), "1", { concurrency: "x" });
    await expect((async () => store.set(request))()).rejects.toThrow(
      "unrecognized concurrency model 'x'",
    );
    await expect(
      (async () => store.delete({ ...deleteRequest("k"), consistency: "y" }))(),
    ).rejects.toThrow("unrecognized consistency model 'y'");
  });

  it("forgets what expires", async () => {
    const key = fresh();
    await store.set(setRequest(key, "1", ttl(1)));
    const { metadata } = await store.get(getRequest(key));
    expect(metadata?.has("ttlExpireTime") ?? false).toBe(subject.traits.showsExpiry);
    await expect.poll(() => read(store, key), { timeout: 4000, interval: 100 }).toBeUndefined();
    await expect((async () => store.set(setRequest(key, "1", ttl("soon"))))()).rejects.toThrow(
      /parsing "soon": invalid syntax/,
    );
  });

  it("takes an expiry off", async () => {
    const key = fresh();
    await store.set(setRequest(key, "1", ttl(1)));
    await store.set(setRequest(key, "2", ttl(-1)));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await read(store, key)).toBe("2");
  });

  it("applies a transaction in order", async () => {
    const key = fresh();
    await store.set(setRequest(`${key}-old`, "x"));
    await store.transact?.(
      [
        { kind: "upsert", request: setRequest(`${key}-a`, "1") },
        { kind: "delete", request: deleteRequest(`${key}-old`) },
        { kind: "upsert", request: setRequest(`${key}-a`, "2") },
        { kind: "delete", request: deleteRequest(`${key}-never`) },
      ],
      new Map(),
    );
    expect(await read(store, `${key}-a`)).toBe("2");
    expect(await read(store, `${key}-old`)).toBeUndefined();
  });

  it("refuses a transaction with a wrong etag", async () => {
    const key = fresh();
    await store.set(setRequest(`${key}-a`, "1"));
    const transaction = async (): Promise<void> =>
      store.transact?.(
        [
          { kind: "upsert", request: setRequest(`${key}-b`, "1") },
          { kind: "upsert", request: setRequest(`${key}-a`, "2", { etag: "99" }) },
        ],
        new Map(),
      );
    if (subject.traits.rollsBack) {
      await expect(transaction()).rejects.toThrow(/possible etag mismatch/);
      expect(await read(store, `${key}-b`)).toBeUndefined();
    }
    expect(await read(store, `${key}-a`)).toBe("1");
  });

  it("reads several keys, the missing ones too", async () => {
    const key = fresh();
    await store.set(setRequest(`${key}-a`, "1"));
    await store.set(setRequest(`${key}-b`, "2"));
    if (store.bulkGet === undefined) return;
    const keys = ["b", "none", "a"].map((part) => `${key}-${part}`);
    const items = await store.bulkGet(keys.map(getRequest), 0);
    const found = new Map(items.map((item) => [item.key, text(item)]));
    expect(found).toEqual(
      new Map([
        [keys[0], "2"],
        [keys[1], undefined],
        [keys[2], "1"],
      ]),
    );
  });

  it("lists keys by pattern, page by page", async () => {
    const key = fresh();
    for (const part of ["x1", "x2", "x_3", "y1"])
      await store.set(setRequest(`${key}-${part}`, "v"));
    const pattern = `${key.replace(/[\\%_]/g, "\\$&")}-x%`;
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await store.keysLike?.({ pattern, pageSize: 2, token });
      found.push(...(page?.keys ?? []));
      token = page?.token;
    } while (token !== undefined);
    expect([...new Set(found)].sort()).toEqual([`${key}-x1`, `${key}-x2`, `${key}-x_3`]);
    const literal = await store.keysLike?.({
      pattern: `${pattern.slice(0, -1)}\\_3`,
      pageSize: 0,
      token: undefined,
    });
    expect(literal?.keys).toEqual([`${key}-x_3`]);
  });

  it("does as a Map does", async () => {
    const operation = fc.record({
      isDelete: fc.boolean(),
      key: fc.constantFrom("a", "b", "c"),
      value: fc.string({ minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(operation, { maxLength: 4 }), { maxLength: 6 }),
        async (steps) => {
          const own = fresh();
          const model = new Map<string, string>();
          for (const operations of steps) {
            const requests = operations.map(({ isDelete, key, value }) => {
              if (isDelete) model.delete(key);
              else model.set(key, value);
              return isDelete
                ? ({ kind: "delete", request: deleteRequest(own + key) } as const)
                : ({ kind: "upsert", request: setRequest(own + key, { json: value }) } as const);
            });
            const [only] = requests;
            if (requests.length > 1) await store.transact?.(requests, new Map());
            else if (only?.kind === "delete") await store.delete(only.request);
            else if (only !== undefined) await store.set(only.request);
          }
          for (const key of ["a", "b", "c"]) {
            const stored = await read(store, own + key);
            expect(stored === undefined ? undefined : JSON.parse(stored)).toBe(
              model.get(key)?.toWellFormed(),
            );
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
