/** Queries over stored JSON; of stores with QUERY_API. They see everything stored: the documents carry a mark. */
import { expect, it } from "vitest";
import type { QueryFilter, QueryRequest } from "../../../../src/components/state/contract.ts";
import type { JsonValue } from "../../../../src/kit/json/value.ts";
import { setRequest } from "../state-context.ts";
import type { Context } from "./state.ts";

interface Person {
  readonly name: string;
  readonly org: string;
  readonly age: number;
}

const people: readonly Person[] = [
  { name: "ann", org: "A", age: 30 },
  { name: "bob", org: "B", age: 9 },
  { name: "cid", org: "A", age: 100 },
  { name: "dot", org: 'O\'Neill "$1" \\', age: 41 },
];

const document = (mark: string, { name, org, age }: Person): JsonValue =>
  new Map<string, JsonValue>([
    ["mark", mark],
    ["name", name],
    ["person", new Map<string, JsonValue>([["org", org]])],
    ["age", age],
  ]);

const only =
  (mark: string) =>
  (filter?: QueryFilter): QueryFilter => {
    const marked: QueryFilter = { kind: "EQ", key: "mark", value: mark };
    return filter === undefined ? marked : { kind: "AND", filters: [marked, filter] };
  };

/** @returns the names, page after page */
async function found(
  { store }: Context,
  filter: QueryFilter,
  rest: Partial<QueryRequest> = {},
): Promise<string[]> {
  const names: string[] = [];
  let token = "";
  for (let pages = 0; pages < 20; pages++) {
    const request: QueryRequest = {
      filter,
      sort: [],
      limit: 0,
      token,
      metadata: new Map(),
      ...rest,
    };
    const page = await store.query?.({ ...request, token });
    for (const { data, etag, error } of page?.items ?? []) {
      expect(error).toBeUndefined();
      expect(etag).toBeTruthy();
      names.push((JSON.parse(Buffer.from(data ?? []).toString()) as Person).name);
    }
    token = page?.token ?? "";
    if (token === "" || (page?.items.length ?? 0) === 0) return names;
    if (request.limit === 0) return names;
  }
  throw new Error("pages without end");
}

async function stored(context: Context): Promise<ReturnType<typeof only>> {
  const base = context.fresh();
  for (const person of people) {
    await context.store.set(setRequest(`${base}-${person.name}`, { json: document(base, person) }));
  }
  return only(base);
}

export function queries(context: Context): void {
  it("finds by equality, lists and combinations", async ({ skip }) => {
    if (context.store.query === undefined) skip();
    const where = await stored(context);
    const find = async (filter?: QueryFilter): Promise<string[]> =>
      (await found(context, where(filter))).sort();
    const org = (value: JsonValue): QueryFilter => ({ kind: "EQ", key: "person.org", value });
    expect(await find()).toEqual(["ann", "bob", "cid", "dot"]);
    expect(await find(org("A"))).toEqual(["ann", "cid"]);
    expect(await find({ kind: "IN", key: "name", values: ["bob", "ann", "x"] })).toEqual([
      "ann",
      "bob",
    ]);
    const bob: QueryFilter = { kind: "EQ", key: "name", value: "bob" };
    expect(await find({ kind: "OR", filters: [org("A"), bob] })).toEqual(["ann", "bob", "cid"]);
    expect(await find({ kind: "AND", filters: [org("A"), bob] })).toEqual([]);
  });

  it("takes values and names as data", async ({ skip }) => {
    if (context.store.query === undefined) skip();
    const where = await stored(context);
    const dot = people[3]?.org ?? "";
    expect(await found(context, where({ kind: "EQ", key: "person.org", value: dot }))).toEqual([
      "dot",
    ]);
    for (const key of ["a'b", "x'); DROP TABLE state; --", "$where", '"']) {
      const names = await found(context, where({ kind: "EQ", key, value: "1' OR '1'='1" })).catch(
        () => [],
      );
      expect(names).toEqual([]);
    }
    expect(await found(context, where())).toHaveLength(4);
  });

  it("sorts, and answers page by page", async ({ skip }) => {
    if (context.store.query === undefined) skip();
    const where = await stored(context);
    const sort = [{ key: "name", descending: true }];
    expect(await found(context, where(), { sort })).toEqual(["dot", "cid", "bob", "ann"]);
    expect(await found(context, where(), { sort, limit: 3 })).toEqual(["dot", "cid", "bob", "ann"]);
    const ascending = [{ key: "name", descending: false }];
    expect(await found(context, where(), { sort: ascending, limit: 1 })).toEqual([
      "ann",
      "bob",
      "cid",
      "dot",
    ]);
  });

  it.runIf(context.traits.comparesNumbers)("compares", async ({ skip }) => {
    if (context.store.query === undefined) skip();
    const where = await stored(context);
    const find = async (kind: "NEQ" | "GT" | "GTE" | "LT" | "LTE"): Promise<string[]> =>
      (await found(context, where({ kind, key: "age", value: 30 }))).sort();
    expect(await find("GT")).toEqual(["cid", "dot"]);
    expect(await find("GTE")).toEqual(["ann", "cid", "dot"]);
    expect(await find("LT")).toEqual(["bob"]);
    expect(await find("LTE")).toEqual(["ann", "bob"]);
    expect(await find("NEQ")).toEqual(["bob", "cid", "dot"]);
  });
}
