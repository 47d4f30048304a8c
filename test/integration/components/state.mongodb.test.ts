/** state.mongodb over FerretDB: the suite for state stores, and what is in the database afterwards. */
import { BSON, type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateStore } from "../../../src/components/state/contract.ts";
import { component } from "../../../src/components/state/mongodb.ts";
import type { JsonValue } from "../../../src/kit/json/value.ts";
import { hasFerretdb, launchFerretdb } from "../servers/ferretdb.ts";
import type { RestartableServer } from "../servers/restartable.ts";
import { stateStoreConformance } from "./conformance/state.ts";
import { createStore, etagOf, RecordedLog, read, setRequest, ttl } from "./state-context.ts";

const isAvailable = hasFerretdb();
let server: RestartableServer | undefined;

beforeAll(async () => {
  if (isAvailable) server = await launchFerretdb();
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

stateStoreConformance({
  name: "mongodb",
  isAvailable,
  traits: {
    // FerretDB has no transactions, reads before it writes, and replaces bytes that are no UTF-8.
    transacts: false,
    comparesAtomically: false,
    keepsBytes: false,
    noTtl: "expires",
    etagOfMissing: "accepted",
    keepsJsonText: false,
    checksOptions: false,
    anyMemberName: false,
  },
  open: () => createStore(component, { host: server?.address ?? "" }),
});

describe.skipIf(!isAvailable)("what state.mongodb keeps in FerretDB", () => {
  let client: MongoClient;
  let store: StateStore;
  const log = new RecordedLog();
  const collection = () => client.db("own").collection<Document & { _id: string }>("things");

  beforeAll(async () => {
    const host = server?.address ?? "";
    client = await new MongoClient(`mongodb://${host}/`, { promoteValues: false }).connect();
    const properties = { host, databaseName: "own", collectionName: "things" };
    store = await createStore(component, properties, { logger: log });
  });

  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await client.close();
  });

  it("is a document with value, etag and expiry", async () => {
    await store.set(
      setRequest("a", {
        json: new Map<string, JsonValue>([
          ["n", 1.5],
          ["i", 2],
        ]),
      }),
    );
    const found = await collection().findOne({ _id: "a" });
    expect(Object.keys(found ?? {}).sort()).toEqual(["_etag", "_id", "_ttl", "value"]);
    expect(found?._ttl).toBeNull();
    expect(found?._etag).toBe(await etagOf(store, "a"));
    expect(found?.value.i).toEqual(new BSON.Double(2));
    await store.set(setRequest("a", "bytes", ttl(100)));
    const replaced = await collection().findOne({ _id: "a" });
    expect(replaced?.value).toBe("bytes");
    expect(replaced?._ttl).toBeInstanceOf(Date);
    expect(replaced?._etag).not.toBe(found?._etag);
  });

  it("is read when another program wrote it", async () => {
    const value = { long: BSON.Long.fromNumber(7), list: [new BSON.Int32(1)], when: new Date(0) };
    await collection().insertMany([
      { _id: "o1", value, _etag: "some" },
      { _id: "o2", value: '"text"', _etag: "other", _ttl: new Date(Date.now() - 1000) },
      { _id: "o3", value: true },
    ]);
    expect(await read(store, "o1")).toBe('{"list":[1],"long":7,"when":"1970-01-01T00:00:00Z"}');
    expect(await etagOf(store, "o1")).toBe("some");
    expect(await read(store, "o2")).toBeUndefined();
    expect(await read(store, "o3")).toBe("true");
    await store.set(setRequest("o1", "2", { etag: "some" }));
    expect(await read(store, "o1")).toBe("2");
  });

  it("warns that nothing deletes what has expired", () => {
    expect(log.lines.join("\n")).toContain("no expiry indexes");
  });

  it("survives odd input", async () => {
    await expect(
      (async () => store.set(setRequest("x", { json: new Map([["$where", 1]]) })))(),
    ).rejects.toThrow(/^error in updating document: /);
    await expect(
      (async () => store.set(setRequest("x", { json: new Map([["a\0b", 1]]) })))(),
    ).rejects.toThrow("must not contain null bytes");
    await expect((async () => store.set(setRequest("\ud800", "1")))()).rejects.toThrow(
      "the key is no valid text",
    );
    for (const [key, value] of [
      ["__proto__", "$where"],
      ["$where", "$$NOW"],
      ["9".repeat(40), "9".repeat(40)],
      ["a.b", '{"$gt":""}'],
    ] as const) {
      await store.set(setRequest(key, value));
      expect(await read(store, key)).toBe(value);
    }
    for (const token of ["x", "-1", "9".repeat(40)]) {
      const query = { filter: undefined, sort: [], limit: 1, token, metadata: new Map() };
      await expect((async () => store.query?.(query))()).rejects.toThrow();
    }
    expect(await read(store, "__proto__")).toBe("$where");
  });
});
