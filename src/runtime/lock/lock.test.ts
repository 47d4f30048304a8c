import { describe, expect, it } from "vitest";
import type { LockStore } from "../../components/lock/contract.ts";
import type { ApiError } from "../../kit/errors/api-error.ts";
import type { ResolvedComponent } from "../resources/category.ts";
import { lockCategory } from "./category.ts";
import { lockPrefix } from "./keys.ts";
import { LockBlock } from "./lock.ts";

/** Remembers which names were asked for. */
class FakeLocks implements LockStore {
  readonly names: string[] = [];
  failure: Error | undefined;

  async tryLock({ resource }: { resource: string }) {
    this.names.push(resource);
    if (this.failure !== undefined) throw this.failure;
    return true;
  }

  async unlock({ resource }: { resource: string }) {
    this.names.push(resource);
    if (this.failure !== undefined) throw this.failure;
    return "owned-by-others" as const;
  }

  async [Symbol.asyncDispose]() {}
}

const resource = (keyPrefix?: string): ResolvedComponent => ({
  name: "lk",
  type: "lock.redis",
  version: "v1",
  properties: new Map(keyPrefix === undefined ? [] : [["KeyPrefix", keyPrefix]]),
  secretNames: new Map(),
  secretStore: "",
});

async function setUp() {
  const block = new LockBlock({ appId: "app" });
  const store = new FakeLocks();
  const installed = await lockCategory(block).install(resource(), store);
  return { block, store, installed };
}

const request = { storeName: "lk", resourceId: "r", lockOwner: "o", expiryInSeconds: 5 };
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (result) => result,
    (e: ApiError) => `${e.httpStatus} ${e.grpcCode} ${e.form} ${e.errorCode} ${e.message}`,
  );
const malformed = "400 3 simple ERR_MALFORMED_REQUEST";

describe("a request", () => {
  it.each<[string, Partial<typeof request>, string]>([
    [
      "everything wrong",
      { expiryInSeconds: 0, resourceId: "", lockOwner: "", storeName: "x" },
      `${malformed} ExpiryInSeconds is not positive in lock store x`,
    ],
    [
      "no time",
      { expiryInSeconds: -1 },
      `${malformed} ExpiryInSeconds is not positive in lock store lk`,
    ],
    [
      "no names",
      { resourceId: "", lockOwner: "", storeName: "x" },
      `${malformed} ResourceId is empty in lock store x`,
    ],
    [
      "no owner",
      { lockOwner: "", storeName: "x" },
      `${malformed} LockOwner is empty in lock store x`,
    ],
    [
      "another store",
      { storeName: "x" },
      "400 3 simple ERR_LOCK_STORE_NOT_FOUND lock store x not found",
    ],
    [
      "a separator",
      { resourceId: "a||b" },
      "500 13 simple ERR_TRY_LOCK failed to try acquiring lock: input key/keyPrefix 'a||b' can't contain '||'",
    ],
  ])("is checked in order: %s", async (_name, wrong, expected) => {
    const { block, store, installed } = await setUp();
    expect(await failure(block.tryLock({ ...request, ...wrong }))).toBe(expected);
    const { expiryInSeconds, ...rest } = wrong;
    if (expiryInSeconds === undefined) {
      const text = expected.replace(
        "ERR_TRY_LOCK failed to try acquiring",
        "ERR_UNLOCK failed to release",
      );
      expect(await failure(block.unlock({ ...request, ...rest }))).toBe(text);
    }
    expect(store.names).toEqual([]);
    // Without any store only the time is looked at before.
    installed.remove();
    expect(await failure(block.tryLock({ ...request, ...wrong }))).toBe(
      (wrong.expiryInSeconds ?? 1) <= 0
        ? expected
        : "500 9 simple ERR_LOCK_STORE_NOT_CONFIGURED lock store is not configured",
    );
  });

  it("reaches the store with the stored name", async () => {
    const { block, store } = await setUp();
    expect(await block.tryLock(request)).toBe(true);
    expect(await block.unlock(request)).toBe("owned-by-others");
    expect(store.names).toEqual(["lock||app||r", "lock||app||r"]);
    store.failure = new Error("down");
    expect(await failure(block.tryLock(request))).toBe(
      "500 13 simple ERR_TRY_LOCK failed to try acquiring lock: down",
    );
    expect(await failure(block.unlock(request))).toBe(
      "500 13 simple ERR_UNLOCK failed to release lock: down",
    );
  });
});

describe("the prefix", () => {
  it.each([
    [undefined, "lock||app||"],
    ["appid", "lock||app||"],
    ["APPID", "lock||app||"],
    ["name", "lock||lk||"],
    ["none", "lock||"],
    ["None", "lock||"],
    ["namespace", "lock||namespace||"],
    ["MyApp", "lock||myapp||"],
    ["", "lock||||"],
  ])("of %s is %s", (setting, prefix) => {
    expect(lockPrefix(setting, { store: "lk", appId: "app" })).toBe(prefix);
  });

  it("must not hold a separator", () => {
    const category = lockCategory(new LockBlock({ appId: "app" }));
    expect(() => category.install(resource("a||b"), new FakeLocks())).toThrow(
      "failed to save lock keyprefix: input key/keyPrefix 'a||b' can't contain '||'",
    );
  });
});
