/** state.etcd: the suite for state stores over both versions, and what is in etcd afterwards. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  EtagMismatchError,
  type StateStore,
  type TransactionOperation,
} from "../../../src/components/state/contract.ts";
import { component as v1 } from "../../../src/components/state/etcd.ts";
import { component as v2 } from "../../../src/components/state/etcd.v2.ts";
import { hasEtcd, launchEtcd } from "../servers/etcd.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { stateStoreConformance } from "./conformance/state.ts";
import {
  createStore,
  deleteRequest,
  etagOf,
  getRequest,
  read,
  setRequest,
  ttl,
} from "./state-context.ts";

const isAvailable = await hasEtcd();
let server: RestartableServer | undefined;

beforeAll(async () => {
  if (isAvailable) server = await launchEtcd();
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const address = (): string => server?.address ?? "";

const traits = {
  // The server's own least TTL is 2 s.
  noTtl: "expires-soon",
  expiryLimitMs: 8000,
  bulkOrder: "request",
  malformedEtag: undefined,
} as const;

stateStoreConformance({
  name: "etcd v1",
  isAvailable,
  traits: { ...traits, showsExpiry: false },
  open: () => createStore(v1, { endpoints: address(), keyPrefixPath: "v1" }),
});

stateStoreConformance({
  name: "etcd v2",
  isAvailable,
  traits: { ...traits, showsExpiry: "always" },
  open: () => createStore(v2, { endpoints: address() }),
});

interface StoredKey {
  readonly value?: string;
  readonly lease?: string;
  readonly mod_revision: string;
}

/** As etcd's own HTTP gateway shows it. */
async function gateway(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://${address()}/v3/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

async function stored(key: string): Promise<StoredKey | undefined> {
  const { kvs } = await gateway("kv/range", { key: base64(key) });
  return (kvs as StoredKey[] | undefined)?.[0];
}

const bytes = (found: StoredKey | undefined): Buffer => Buffer.from(found?.value ?? "", "base64");

describe.skipIf(!isAvailable)("what state.etcd keeps in etcd", () => {
  it("is the value itself in version 1, below the prefix", async () => {
    await using store = await createStore(v1, { endpoints: address(), keyPrefixPath: "some/path" });
    await store.set(setRequest("app||k", "raw \u00fc"));
    const found = await stored("some/path/app||k");
    expect(bytes(found).toString()).toBe("raw \u00fc");
    expect(found?.lease ?? "0").toBe("0");
    expect(await etagOf(store, "app||k")).toBe(found?.mod_revision);
    await store.set(
      setRequest("app||k", {
        json: new Map([
          ["b<", 1],
          ["a", 2],
        ]),
      }),
    );
    expect(bytes(await stored("some/path/app||k")).toString()).toBe('{"a":2,"b\\u003c":1}');
  });

  it("begins with a slash without a prefix", async () => {
    await using store = await createStore(v1, { endpoints: address() });
    await store.set(setRequest("app||k", "1"));
    expect(bytes(await stored("/app||k")).toString()).toBe("1");
  });

  it("is a message with time and TTL in version 2", async () => {
    await using store = await createStore(v2, { endpoints: address(), keyPrefixPath: "v2" });
    const before = Math.floor(Date.now() / 1000);
    await store.set(setRequest("k", "data", ttl(300)));
    const message = bytes(await stored("v2/k"));
    // Field 1: the bytes; field 2: seconds and nanoseconds; field 3: seconds.
    expect(message.subarray(0, 6)).toEqual(Buffer.from("\x0a\x04data", "latin1"));
    expect(message[6]).toBe(0x12);
    expect(message.subarray(-5)).toEqual(Buffer.from([0x1a, 3, 8, 0xac, 2]));
    expect((await stored("v2/k"))?.lease ?? "0").not.toBe("0");
    const shown = (await store.get(getRequest("k"))).metadata?.get("ttlExpireTime") ?? "";
    expect(Date.parse(shown) / 1000 - before - 300).toBeLessThan(3);
  });

  it("has a TTL of zero in version 2 when there is none", async () => {
    await using store = await createStore(v2, { endpoints: address(), keyPrefixPath: "v2" });
    await store.set(setRequest("z", ""));
    const message = bytes(await stored("v2/z"));
    // A Duration of zero is a message without bytes, and it is there.
    expect(message[0]).toBe(0x12);
    expect(message.subarray(-2)).toEqual(Buffer.from([0x1a, 0]));
  });

  it("reads what another program wrote", async () => {
    await using first = await createStore(v1, { endpoints: address() });
    await using second = await createStore(v2, { endpoints: address() });
    await gateway("kv/put", { key: base64("/other"), value: base64("\xff") });
    expect(await read(first, "other")).toBe("\xff");
    const message = Buffer.from(
      "\x0a\x02hi\x12\x08\x08\x80\x94\xeb\xdc\x03\x10\x05\x1a\x02\x08\x0a",
      "latin1",
    );
    await gateway("kv/put", { key: base64("/message"), value: message.toString("base64") });
    const { data, metadata } = await second.get(getRequest("message"));
    expect(Buffer.from(data ?? []).toString()).toBe("hi");
    expect(metadata?.get("ttlExpireTime")).toBe("2001-09-09T01:46:50Z");
    await gateway("kv/put", { key: base64("/broken"), value: base64("\x0a\x7f") });
    await expect(second.get(getRequest("broken"))).rejects.toThrow();
    expect(await read(second, "message")).toBe("hi");
  });
});

const leases = async (): Promise<number> =>
  ((await gateway("lease/leases", {})).leases as unknown[] | undefined)?.length ?? 0;

describe.skipIf(!isAvailable)("state.etcd", () => {
  let store: StateStore;
  beforeAll(async () => {
    store = await createStore(v1, { endpoints: address(), keyPrefixPath: "own" });
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
  });

  it("says which etag did not match", async () => {
    await store.set(setRequest("e", "1"));
    const etag = await etagOf(store, "e");
    const write = async (key: string, expected: string): Promise<void> =>
      store.set(setRequest(key, "2", { etag: expected }));
    await expect(write("e", "7")).rejects.toThrow(
      `possible etag mismatch. error from state store: state etag not match for key=own/e: current=${etag}, expect=7`,
    );
    await expect(write("missing", "7")).rejects.toThrow(
      "possible etag mismatch. error from state store: state not exist or expired for key=own/missing",
    );
    for (const odd of [
      "0",
      "-1",
      "007",
      "1e3",
      "9223372036854775808",
      "9".repeat(40),
      "__proto__",
    ]) {
      await expect(write("missing", odd)).rejects.toThrow(EtagMismatchError);
      await expect(write("e", odd)).rejects.toThrow(EtagMismatchError);
    }
    await expect(
      (async () => store.set(setRequest("e", "2", { concurrency: "first-write" })))(),
    ).rejects.toThrow("item already exists and no etag was passed");
    await expect(
      (async () => store.delete({ ...deleteRequest("e"), concurrency: "first-write" }))(),
    ).rejects.toThrow("item already exists and no etag was passed");
    expect(await read(store, "e")).toBe("1");
  });

  it("gives leases back when a write with an etag fails", async () => {
    const before = await leases();
    const write = setRequest("lease", "1", { etag: "7", ...ttl(1000) });
    await expect((async () => store.set(write))()).rejects.toThrow(EtagMismatchError);
    const operations: TransactionOperation[] = [{ kind: "upsert", request: write }];
    await expect((async () => store.transact?.(operations, new Map()))()).rejects.toThrow(
      EtagMismatchError,
    );
    await expect.poll(leases, { timeout: 5000 }).toBe(before);
  });

  it("takes transactions as large as etcd does, and says what etcd says of larger ones", async () => {
    expect(store.maxTransactionOperations).toBe(128);
    const upserts = (count: number): TransactionOperation[] =>
      Array.from({ length: count }, (_, i) => ({
        kind: "upsert",
        request: setRequest(`many-${i}`, "1", { concurrency: "first-write" }),
      }));
    await store.transact?.(upserts(128), new Map());
    await expect((async () => store.transact?.(upserts(129), new Map()))()).rejects.toThrow(
      "etcdserver: too many operations in txn request",
    );
    await using larger = await createStore(v1, { endpoints: address(), maxTxnOps: "500" });
    expect(larger.maxTransactionOperations).toBe(500);
  });

  it("refuses a value that is too large for etcd, and goes on", async () => {
    const large = setRequest("large", "x".repeat(1_800_000));
    await expect((async () => store.set(large))()).rejects.toThrow(
      "couldn't set key own/large: etcdserver: request is too large",
    );
    await store.set(setRequest("large", "small"));
    expect(await read(store, "large")).toBe("small");
  });

  it("lists keys in the order of their creation, those of one transaction whole", async () => {
    const keys = Array.from({ length: 30 }, (_, i) => `o-${i % 2}-${i}`);
    await store.set(setRequest("o-9-first", "1"));
    const operations = keys.map(
      (key) => ({ kind: "upsert", request: setRequest(key, "1") }) as const,
    );
    await store.transact?.(operations, new Map());
    await store.set(setRequest("o-0-last", "1"));
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await store.keysLike?.({ pattern: "o-%", pageSize: 7, token });
      found.push(...(page?.keys ?? []));
      token = page?.token;
    } while (token !== undefined);
    expect(found).toEqual(["o-9-first", ...[...keys].sort(), "o-0-last"]);
  });

  it("lists thousands of keys of many revisions, and goes on after a compaction", async () => {
    const keys = Array.from({ length: 3000 }, (_, i) => `c-${i}`);
    for (let i = 0; i < keys.length; i += 100) {
      const operations = keys
        .slice(i, i + 100)
        .map((key) => ({ kind: "upsert", request: setRequest(key, "1") }) as const);
      await store.transact?.(operations, new Map());
    }
    const all = await store.keysLike?.({ pattern: "c-%", pageSize: 0, token: undefined });
    expect(all?.keys).toHaveLength(3000);
    const first = await store.keysLike?.({ pattern: "c-%", pageSize: 1250, token: undefined });
    await store.set(setRequest("c-late", "1"));
    const revision = await etagOf(store, "c-late");
    await gateway("kv/compaction", { revision });
    const rest = await store.keysLike?.({ pattern: "c-%", pageSize: 0, token: first?.token });
    const both = new Set([...(first?.keys ?? []), ...(rest?.keys ?? [])]);
    expect(both.size).toBe(3001);
    await expect(
      (async () => store.keysLike?.({ pattern: "%", pageSize: 1, token: "x" }))(),
    ).rejects.toThrow("invalid continue token");
  });
});

describe("the metadata of state.etcd", () => {
  it.each<[string, Record<string, string>, string]>([
    ["no endpoints", {}, "initializing etcd client: endpoints required"],
    [
      "TLS without texts",
      { endpoints: "h:1", tlsEnable: "true", ca: "x" },
      "initializing etcd client: tls authentication information is incomplete",
    ],
    [
      "TLS with bad texts",
      { endpoints: "h:1", tlsEnable: "true", ca: "x", cert: "y", key: "z" },
      "tls authentication error",
    ],
    ["an odd endpoint", { endpoints: "a b" }, "is no address"],
    ["an odd number", { endpoints: "h:1", maxTxnOps: "many" }, "cannot parse 'maxTxnOps'"],
  ])("is refused with %s", async (_name, properties, error) => {
    await expect(createStore(v1, properties)).rejects.toThrow(error);
  });

  it("does not need a server that runs", async () => {
    await using store = await createStore(v2, { endpoints: "127.0.0.1:1" });
    expect(store.features).toEqual(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"]);
  });
});
