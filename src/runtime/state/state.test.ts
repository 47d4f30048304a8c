import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  BulkStoreError,
  EtagInvalidError,
  EtagMismatchError,
  type GetResponse,
  type QueryRequest,
  type SetRequest,
  type StateFeature,
  type StateStore,
} from "../../components/state/contract.ts";
import { ApiError } from "../../kit/errors/api-error.ts";
import type { Logging } from "../../kit/logging/logger.ts";
import { Metrics } from "../../kit/metrics/metrics.ts";
import { ManualClock } from "../../kit/time/manual-clock.ts";
import type { ResolvedComponent } from "../resources/category.ts";
import { stateCategory } from "./category.ts";
import { type SaveItem, StateBlock } from "./state.ts";

const lines: string[] = [];
const log = (line: string): number => lines.push(line);
const logging = { logger: () => ({ info: log, warn: log }) } as unknown as Logging;

/** A store that answers what a test tells it to. */
class FakeStore implements StateStore {
  features: readonly StateFeature[] = ["ETAG", "TRANSACTIONAL"];
  maxTransactionOperations?: number;
  bulkSet?: NonNullable<StateStore["bulkSet"]>;
  query?: NonNullable<StateStore["query"]>;
  readonly written: SetRequest[] = [];
  fail: (key: string) => Error | undefined = () => undefined;
  answer: GetResponse = { data: undefined, etag: undefined, metadata: undefined };

  get({ key }: { key: string }): GetResponse | Promise<GetResponse> {
    const error = this.fail(key);
    if (error) return Promise.reject(error);
    return this.answer;
  }
  async set(request: SetRequest): Promise<void> {
    const error = this.fail(request.key);
    if (error) throw error;
    this.written.push(request);
  }
  delete({ key }: { key: string }): void {
    const error = this.fail(key);
    if (error) throw error;
  }
  transact(): void {
    const error = this.fail("transaction");
    if (error) throw error;
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

function setUp(options: { placementConfigured?: boolean } = {}) {
  const clock = new ManualClock();
  const metrics = new Metrics();
  const block = new StateBlock({
    appId: "app",
    namespaceEnv: "",
    metrics,
    clock,
    random: { number: Math.random, bytes: randomBytes, uuid: randomUUID },
    logging,
    placementConfigured: options.placementConfigured ?? false,
    hasSecretStore: (name) => name === "vault",
  });
  const category = stateCategory(block);
  const install = (name: string, component: StateStore, more: Partial<ResolvedComponent> = {}) =>
    category.install(
      {
        name,
        type: "state.fake",
        version: "v1",
        properties: new Map(),
        secretNames: new Map(),
        secretStore: "",
        ...more,
      },
      component,
    );
  return { block, metrics, install, clock };
}

function mounted(component = new FakeStore(), more: Partial<ResolvedComponent> = {}) {
  const { block, metrics, install, clock } = setUp();
  void install("s", component, more);
  return { block, store: block.store("s"), component, metrics, clock };
}

const item = (key: string, rest: Partial<SaveItem> = {}): SaveItem => ({
  key,
  value: { kind: "json", value: "v" },
  etag: undefined,
  concurrency: "",
  consistency: "",
  metadata: new Map(),
  ...rest,
});

async function failure(call: () => unknown): Promise<ApiError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("looking a store up", () => {
  it("tells none at all from none of this name, and forgets removed ones", async () => {
    const { block, install } = setUp();
    expect((await failure(() => block.store("x"))).errorCode).toBe(
      "ERR_STATE_STORE_NOT_CONFIGURED",
    );
    const { remove } = await install("s", new FakeStore());
    expect((await failure(() => block.store("x"))).errorCode).toBe("ERR_STATE_STORE_NOT_FOUND");
    expect(block.store("s").name).toBe("s");
    remove();
    expect((await failure(() => block.store("s"))).errorCode).toBe(
      "ERR_STATE_STORE_NOT_CONFIGURED",
    );
  });
});

describe("saving several items", () => {
  const save = (fail: FakeStore["fail"]) => {
    const { block, store, component } = mounted();
    component.fail = fail;
    const requests = ["a", "b", "c"].map((key) => block.setRequest(store, item(key)));
    return { failed: failure(() => block.save(store, requests)), component };
  };

  it("writes what can be written", async () => {
    const { failed, component } = save((key) => (key === "app||b" ? new Error("boom") : undefined));
    const error = await failed;
    expect([error.httpStatus, error.grpcCode, error.message]).toEqual([
      500,
      13,
      "failed saving state in state store s: boom",
    ]);
    expect(component.written.map((request) => request.key)).toEqual(["app||a", "app||c"]);
  });

  it("merges etag errors", async () => {
    const error = await save((key) => new EtagMismatchError(`at ${key}`)).failed;
    expect([error.httpStatus, error.grpcCode]).toEqual([409, 10]);
    expect(error.message).toBe(
      "failed saving state in state store s: possible etag mismatch. error from state store: " +
        ["a", "b", "c"]
          .map((key) => `possible etag mismatch. error from state store: at app||${key}`)
          .join("\n"),
    );
  });

  it("lets an etag error decide among others", async () => {
    const error = await save((key) =>
      key === "app||a"
        ? new Error("boom")
        : key === "app||b"
          ? new EtagInvalidError("x")
          : undefined,
    ).failed;
    expect([error.httpStatus, error.grpcCode]).toEqual([400, 3]);
    expect(error.httpMessage).toBe("failed saving state in state store s: invalid etag value: x");
    expect(error.message).toBe("failed saving state in state store s: boom\ninvalid etag value: x");
  });

  it("treats a store's own bulk call alike", async () => {
    const component = new FakeStore();
    component.bulkSet = async (requests) => {
      throw new BulkStoreError(
        requests.map(({ key }) => ({ key, error: new EtagMismatchError() })),
      );
    };
    const { block, store } = mounted(component);
    const requests = ["a", "b"].map((key) => block.setRequest(store, item(key)));
    expect((await failure(() => block.save(store, requests))).httpStatus).toBe(409);
  });

  it("does nothing for nothing", () => {
    const { block, store } = mounted();
    expect(block.save(store, [])).toBeUndefined();
  });
});

describe("reading", () => {
  it("several keys keeps their order and tells failures apart", async () => {
    const component = new FakeStore();
    component.answer = { data: Buffer.from("1"), etag: "e", metadata: undefined };
    component.fail = (key) => (key === "app||b" ? new Error("boom") : undefined);
    const { block, store } = mounted(component);
    const keys = ["c", "b", "a", "a"];
    const items = await block.bulkGet(store, block.getRequests(store, keys, new Map()), 2);
    expect(items.map(({ key, error }) => [key, error])).toEqual([
      ["c", undefined],
      ["b", "boom"],
      ["a", undefined],
      ["a", undefined],
    ]);
  });

  it("names the app's key when it fails", async () => {
    const component = new FakeStore();
    component.fail = () => new Error("boom");
    const { block, store } = mounted(component);
    const error = await failure(() =>
      block.get(store, { key: "k", consistency: "", metadata: new Map() }),
    );
    expect(error.message).toBe("fail to get k from state store s: boom");
  });
});

describe("transactions", () => {
  it("have the store's size at most", async () => {
    const component = new FakeStore();
    component.maxTransactionOperations = 1;
    const { block, store } = mounted(component);
    const operations = ["a", "b"].map((key) => ({
      kind: "upsert" as const,
      request: block.setRequest(store, item(key)),
    }));
    const error = await failure(() => block.transact(store, operations, new Map()));
    expect([error.httpStatus, error.errorCode, error.message]).toEqual([
      400,
      "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS",
      "the transaction contains 2 operations, which is more than what the state store supports: 1",
    ]);
    expect(block.transact(store, operations.slice(1), new Map())).toBeUndefined();
  });

  it("need a store that can, and fail with 500 even for etags", async () => {
    const plain = new FakeStore();
    plain.features = ["ETAG"];
    const { block, store } = mounted(plain);
    expect((await failure(() => block.assertTransactional(store))).grpcCode).toBe(12);
    const component = new FakeStore();
    component.fail = () => new EtagMismatchError();
    const other = mounted(component);
    const request = other.block.setRequest(other.store, item("a"));
    const error = await failure(() =>
      other.block.transact(other.store, [{ kind: "upsert", request }], new Map()),
    );
    expect([error.httpStatus, error.grpcCode, error.errorCode]).toEqual([
      500,
      13,
      "ERR_STATE_TRANSACTION",
    ]);
  });
});

describe("queries", () => {
  const text =
    '{"filter":{"AND":[{"EQ":{"a":1}},{"IN":{"b":["x"]}}]},"sort":[{"key":"a","order":"DESC"}],"page":{"limit":2,"token":"t"}}';

  it("reach a store that can answer them", async () => {
    const component = new FakeStore();
    let seen: QueryRequest | undefined;
    component.query = async (request) => {
      seen = request;
      const found = {
        key: "app||k",
        data: Buffer.from("1"),
        etag: "e",
        metadata: undefined,
        error: undefined,
      };
      return { items: [found], token: "next", metadata: undefined };
    };
    const { block, store } = mounted(component);
    const response = await block.query(store, text, new Map());
    expect(response.items[0]?.key).toBe("k");
    expect(seen).toMatchObject({
      filter: {
        kind: "AND",
        filters: [
          { kind: "EQ", key: "a", value: 1 },
          { kind: "IN", key: "b", values: ["x"] },
        ],
      },
      sort: [{ key: "a", descending: true }],
      limit: 2,
      token: "t",
    });
  });

  it.each([
    "no json",
    "[]",
    '{"filter":1}',
    '{"filter":{"EQ":{"a":1},"IN":{}}}',
    '{"filter":{"LIKE":{"a":1}}}',
    '{"filter":{"EQ":{}}}',
    '{"filter":{"IN":{"a":1}}}',
    '{"filter":{"AND":[{"EQ":{"a":1}}]}}',
    '{"sort":[{"key":"a","order":"UP"}]}',
    '{"page":{"limit":"2"}}',
    `{"filter":${'{"OR":['.repeat(200)}`,
  ])("%j is refused", async (query) => {
    const component = new FakeStore();
    component.query = async () => ({ items: [], token: "", metadata: undefined });
    const { block, store } = mounted(component);
    const error = await failure(() => block.query(store, query, new Map()));
    expect(error.errorCode).toBe("ERR_STATE_QUERY");
    expect(error.message).toMatch(/^state store s query failed: failed to parse JSON query body: /);
  });

  it("need a store that can", async () => {
    const { block, store } = mounted();
    expect((await failure(() => block.query(store, text, new Map()))).errorCode).toBe(
      "ERR_STATE_STORE_NOT_SUPPORTED",
    );
  });
});

it("counts calls and their time by outcome", async () => {
  const component = new FakeStore();
  const { block, store, metrics, clock } = mounted(component);
  const request = { key: "k", consistency: "", metadata: new Map<string, string>() };
  component.get = async () => {
    await clock.sleep(3);
    return component.answer;
  };
  const pending = block.get(store, request);
  await clock.advance(3);
  await pending;
  component.fail = () => new Error("boom");
  await failure(() => block.delete(store, item("k")));
  const shown = metrics.render();
  const labels = (operation: string, success: boolean): string =>
    `{app_id="app",component="s",namespace="",operation="${operation}",success="${success}"}`;
  expect(shown).toContain(`dapr_component_state_count${labels("get", true)} 1\n`);
  expect(shown).toContain(`dapr_component_state_count${labels("delete", false)} 1\n`);
  expect(shown).toContain(`dapr_component_state_latencies_sum${labels("get", true)} 3\n`);
});

describe("installing a store", () => {
  const key = "00112233445566778899aabbccddeeff";
  const encrypting: Partial<ResolvedComponent> = {
    properties: new Map([["primaryEncryptionKey", key]]),
    secretNames: new Map([["primaryEncryptionKey", "main"]]),
    secretStore: "vault",
  };

  it("checks the prefix", async () => {
    const { install } = setUp();
    expect(() =>
      install("s", new FakeStore(), { properties: new Map([["KEYPREFIX", "a||b"]]) }),
    ).toThrow(
      "failed to save lock keyprefix: api error: code = InvalidArgument desc = input key/keyPrefix 'a||b' can't contain '||'",
    );
  });

  it("encrypts with a key from a loaded secret store", async () => {
    const component = new FakeStore();
    const { block, store } = mounted(component, encrypting);
    await block.save(store, [
      block.setRequest(store, item("k", { value: { kind: "json", value: 1e6 } })),
    ]);
    const stored = component.written[0]?.value;
    const bytes = stored?.kind === "bytes" ? stored.bytes : new Uint8Array();
    expect(Buffer.from(bytes).toString()).toMatch(/\|\|main$/);
    component.answer = { data: bytes, etag: "e", metadata: undefined };
    const read = await block.get(store, { key: "k", consistency: "", metadata: new Map() });
    expect(Buffer.from(read.data ?? []).toString()).toBe("1e+06");
    component.answer = { ...component.answer, data: Buffer.from("xx||main") };
    const items = await block.bulkGet(store, block.getRequests(store, ["k"], new Map()), 0);
    expect(items[0]).toMatchObject({
      key: "k",
      data: undefined,
      etag: "e",
      error: expect.any(String),
    });
    expect(lines).toContain("Automatic encryption enabled for state store s");
  });

  it("does not encrypt without a secret store, and refuses bad keys", async () => {
    expect(
      mounted(new FakeStore(), { ...encrypting, secretStore: "" }).store.encryption,
    ).toBeUndefined();
    const { install } = setUp();
    const bad = { ...encrypting, properties: new Map([["primaryEncryptionKey", "abcd"]]) };
    expect(() => install("s", new FakeStore(), bad)).toThrow("crypto/aes: invalid key size 2");
  });

  it("lists ACTOR for stores that can keep actors", async () => {
    const { install } = setUp();
    expect((await install("a", new FakeStore())).capabilities).toEqual([
      "ETAG",
      "TRANSACTIONAL",
      "ACTOR",
    ]);
    const plain = new FakeStore();
    plain.features = ["TTL"];
    expect((await install("b", plain)).capabilities).toEqual(["TTL"]);
  });

  it("takes one actor state store, with placement only", async () => {
    const actors = { properties: new Map([["actorStateStore", "yes"]]) };
    const without = setUp();
    await without.install("a", new FakeStore(), actors);
    expect(without.block.actorStore).toBeUndefined();
    const { block, install } = setUp({ placementConfigured: true });
    const { remove } = await install("a", new FakeStore(), actors);
    expect(block.actorStore?.name).toBe("a");
    expect(() => install("b", new FakeStore(), actors)).toThrow(
      "detected duplicate actor state store: a and b",
    );
    remove();
    await install("b", new FakeStore(), actors);
    expect(block.actorStore?.name).toBe("b");
  });
});
