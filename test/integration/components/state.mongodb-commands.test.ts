/**
 * state.mongodb towards a replica set, which a stand-in plays: the suite with its transactions, and the commands that are
 * sent. What MongoDB makes of them is not proven here.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StateStore, TransactionOperation } from "../../../src/components/state/contract.ts";
import { component } from "../../../src/components/state/mongodb.ts";
import { MongoStandIn } from "../servers/mongodb-stand-in.ts";
import { stateStoreConformance } from "./conformance/state.ts";
import { createStore, deleteRequest, RecordedLog, read, setRequest, ttl } from "./state-context.ts";

let server: MongoStandIn;

beforeAll(async () => {
  server = await new MongoStandIn().listen();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const open = (properties: Readonly<Record<string, string>> = {}): Promise<StateStore> =>
  createStore(component, { host: server.address, params: "replicaSet=rs0", ...properties });

stateStoreConformance({
  name: "mongodb with transactions (stand-in)",
  isAvailable: true,
  traits: {
    noTtl: "expires",
    etagOfMissing: "accepted",
    keepsJsonText: false,
    checksOptions: false,
    anyMemberName: true,
  },
  open,
});

const upsert = (key: string, value: string, rest = {}): TransactionOperation => ({
  kind: "upsert",
  request: setRequest(key, value, rest),
});

describe("the commands of state.mongodb", () => {
  let store: StateStore;

  beforeAll(async () => {
    server.commands.length = 0;
    store = await open();
  });

  afterAll(async () => {
    await store[Symbol.asyncDispose]();
  });

  beforeEach(() => {
    server.answers.clear();
  });

  const since = (): ((name: string) => ReturnType<MongoStandIn["recorded"]>) => {
    const start = server.commands.length;
    return (name) => server.commands.slice(start).filter((command) => command.name === name);
  };

  const last = (name: string) => server.recorded(name).at(-1)?.body ?? {};

  it("make an index that lets documents expire at the time they name", () => {
    const { createIndexes, $db, indexes } = last("createIndexes");
    expect([createIndexes, $db]).toEqual(["daprCollection", "daprStore"]);
    expect(indexes).toMatchObject([{ key: { _ttl: 1 }, expireAfterSeconds: 0 }]);
  });

  it("write documents as the reference does", async () => {
    await store.set(setRequest("doc", { json: new Map([["n", [1, "a", null]]]) }, ttl(60)));
    const document = server.document("doc");
    expect(Object.keys(document ?? {}).sort()).toEqual(["_etag", "_id", "_ttl", "value"]);
    // Every number of JSON is a double.
    expect(document?.value.n[0]._bsontype).toBe("Double");
    expect(document?._etag).toMatch(/^[\da-f-]{36}$/);
    const left = Number(document?._ttl) - Date.now();
    expect(left).toBeGreaterThan(55_000);
    expect(left).toBeLessThan(61_000);
    await store.set(setRequest("doc", { json: "text" }));
    expect(server.document("doc")).toMatchObject({ value: '"text"', _ttl: null });
    await store.set(setRequest("doc", "plain"));
    expect(server.document("doc")?.value).toBe("plain");
  });

  it("keep bytes that are no UTF-8 in a string", async () => {
    const bytes = Buffer.from([0xff, 0, 0xc3, 0x28]);
    await store.set({ ...setRequest("raw", ""), value: { kind: "bytes", bytes } });
    const raw = server.recorded("update").at(-1)?.raw;
    // Type, name, length with the NUL, bytes, NUL.
    const expected = Buffer.from([2, ...Buffer.from("value\0"), 5, 0, 0, 0, ...bytes, 0]);
    expect(raw?.includes(expected)).toBe(true);
  });

  it("ask for what was configured", async () => {
    await using sure = await open({ writeconcern: "majority", readconcern: "majority" });
    await sure.set(setRequest("w", "1"));
    await read(sure, "w");
    expect(last("update").writeConcern).toEqual({ w: "majority", j: true, wtimeout: 5000 });
    expect(last("find").readConcern).toEqual({ level: "majority" });
    await store.set(setRequest("w", "1"));
    await read(store, "w");
    expect(last("update").writeConcern).toEqual({ w: 1, j: true, wtimeout: 5000 });
    expect(last("find").readConcern).toEqual({ level: "local" });
  });

  it("read many keys with one query", async () => {
    const sent = since();
    const keys = Array.from({ length: 10_000 }, (_, i) => `many-${i}`);
    const requests = keys.map((key) => ({ key, consistency: "", metadata: new Map() }));
    expect(await store.bulkGet?.(requests, 0)).toHaveLength(10_000);
    expect(sent("find")).toHaveLength(1);
  });

  it("make one transaction of several writes", async () => {
    const sent = since();
    await store.transact?.(
      [upsert("t1", "1"), upsert("t2", "2"), { kind: "delete", request: deleteRequest("t1") }],
      new Map(),
    );
    const updates = sent("update").map(({ body }) => body);
    expect(updates).toHaveLength(2);
    expect(updates[0]).toMatchObject({
      startTransaction: true,
      autocommit: false,
      readConcern: { level: "snapshot" },
    });
    for (const body of updates) expect(body.writeConcern).toBeUndefined();
    expect(updates[1]?.startTransaction).toBeUndefined();
    const [commit] = sent("commitTransaction");
    expect(commit?.body).toMatchObject({ $db: "admin", writeConcern: { w: "majority" } });
    const numbers = [...updates, commit?.body].map((body) => String(body?.txnNumber));
    expect(new Set(numbers).size).toBe(1);
    expect(server.document("t1")).toBeUndefined();
    expect(server.openTransactions).toBe(0);
  });

  it("give a transaction up that fails", async () => {
    await store.set(setRequest("g1", "old"));
    const sent = since();
    const operations = [upsert("g2", "1"), upsert("g1", "new", { etag: "another" })];
    await expect((async () => store.transact?.(operations, new Map()))()).rejects.toThrow(
      /^error during transaction, aborting the transaction: possible etag mismatch/,
    );
    expect(sent("abortTransaction")).toHaveLength(1);
    expect(server.document("g2")).toBeUndefined();
    expect(server.openTransactions).toBe(0);
  });

  it("try a transaction again when the server says so", async () => {
    const transient = {
      ok: 0,
      code: 112,
      codeName: "WriteConflict",
      errmsg: "WriteConflict",
      errorLabels: ["TransientTransactionError"],
    };
    const unknown = {
      ok: 0,
      code: 91,
      codeName: "ShutdownInProgress",
      errmsg: "no",
      errorLabels: ["UnknownTransactionCommitResult"],
    };
    server.answers.set("update", [transient]);
    server.answers.set("commitTransaction", [unknown, unknown, unknown]);
    await store.transact?.([upsert("again", "1")], new Map());
    expect(await read(store, "again")).toBe("1");
    server.answers.set(
      "update",
      Array.from({ length: 100_000 }, () => transient),
    );
    await using hasty = await open({ operationTimeout: "300ms" });
    const startedAt = performance.now();
    await expect(
      (async () => hasty.transact?.([upsert("never", "1")], new Map()))(),
    ).rejects.toThrow(/context deadline exceeded|WriteConflict/);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it("write bulks as a transaction", async () => {
    const sent = since();
    await store.bulkSet?.([setRequest("b1", "1"), setRequest("b2", "2")]);
    await store.bulkDelete?.([deleteRequest("b1")]);
    expect(sent("commitTransaction")).toHaveLength(2);
    expect(await read(store, "b1")).toBeUndefined();
    expect(await read(store, "b2")).toBe("2");
  });

  it("try again when another writer created the document first", async () => {
    const writeErrors = [{ index: 0, code: 11_000, errmsg: "E11000 duplicate key error" }];
    server.answers.set("update", [{ ok: 1, n: 0, nModified: 0, writeErrors }]);
    await store.set(setRequest("race", "1"));
    expect(await read(store, "race")).toBe("1");
  });
});

describe("state.mongodb without a replica set", () => {
  it("has no transactions, and says so", async () => {
    const logger = new RecordedLog();
    await using store = await createStore(
      component,
      { host: server.address, params: "?directConnection=true" },
      { logger },
    );
    expect(store.features).toContain("TRANSACTIONAL");
    await expect((async () => store.transact?.([upsert("x", "1")], new Map()))()).rejects.toThrow(
      "using transactions with MongoDB requires connecting to a replica set",
    );
    expect(logger.lines.join()).toContain("without a replica set");
  });
});

describe("the start of state.mongodb", () => {
  it("says why it fails, without the password", async () => {
    const logger = new RecordedLog();
    const given = {
      host: "127.0.0.1:1",
      username: "user",
      password: "very:secret/word",
      operationTimeout: "300ms",
    };
    const error = await createStore(component, given, { logger }).catch((cause: Error) => cause);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(
      /^error in connecting to mongodb, host: 127\.0\.0\.1:1 error: .*ECONNREFUSED/,
    );
    const shown = `${(error as Error).stack}${logger.lines.join()}`;
    expect(shown).not.toContain("secret");
    const connectionString = "mongodb://user:secret@[::1/?x";
    const odd = await createStore(component, { connectionString }).catch((cause: Error) => cause);
    expect((odd as Error).message).toMatch(/^error in creating mongodb client/);
    expect((odd as Error).stack).not.toContain("secret");
  });
});
