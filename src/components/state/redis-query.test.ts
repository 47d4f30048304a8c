import { describe, expect, it } from "vitest";
import type { QueryFilter, QueryRequest } from "./contract.ts";
import { readIndexes, searchArguments } from "./redis-query.ts";

const indexes = readIndexes(
  JSON.stringify([
    {
      name: "people",
      indexes: [
        { key: "name", type: "TEXT" },
        { key: "person.age", type: "numeric" },
      ],
    },
  ]),
);

const request = (given: Partial<QueryRequest> = {}): QueryRequest => ({
  filter: undefined,
  sort: [],
  limit: 0,
  token: "",
  metadata: new Map([["queryIndexName", "people"]]),
  ...given,
});
const expression = (filter: QueryFilter): unknown =>
  searchArguments(indexes, request({ filter })).args[1];

describe("a query", () => {
  it("of everything returns data and versions", () => {
    const tail = ["RETURN", 2, "$.data", "$.version"];
    expect(searchArguments(indexes, request()).args).toEqual(["people", "*", ...tail]);
    const sort = [{ key: "person.age", descending: true }];
    const page = searchArguments(indexes, request({ sort, limit: 2, token: "4" }));
    expect(page).toEqual({
      args: ["people", "*", "SORTBY", "var1", "DESC", "LIMIT", 4, 2, ...tail],
      offset: 4,
    });
    const rising = request({ sort: [{ key: "name", descending: false }], limit: 3 });
    expect(searchArguments(indexes, rising).args.slice(2, 7)).toEqual([
      "SORTBY",
      "var0",
      "LIMIT",
      0,
      3,
    ]);
  });

  it.each<[QueryFilter, string]>([
    [{ kind: "EQ", key: "name", value: "Ann" }, "@var0:(Ann)"],
    [{ kind: "EQ", key: "person.age", value: 30 }, "@var1:[30 30]"],
    [{ kind: "NEQ", key: "name", value: "Ann" }, "-(@var0:(Ann))"],
    [{ kind: "GT", key: "person.age", value: 1.5 }, "@var1:[(1.5 +inf]"],
    [{ kind: "GTE", key: "person.age", value: -1 }, "@var1:[-1 +inf]"],
    [{ kind: "LT", key: "person.age", value: 2 }, "@var1:[-inf (2]"],
    [{ kind: "LTE", key: "person.age", value: 2 }, "@var1:[-inf 2]"],
    [{ kind: "IN", key: "name", values: ["Ann", "Bo b"] }, "@var0:(Ann|Bo b)"],
    [{ kind: "IN", key: "person.age", values: [1, 2] }, "(@var1:[1 1])|(@var1:[2 2])"],
    [
      {
        kind: "AND",
        filters: [
          { kind: "EQ", key: "name", value: "é" },
          {
            kind: "OR",
            filters: [
              { kind: "LT", key: "person.age", value: 1 },
              { kind: "EQ", key: "person.age", value: 9 },
            ],
          },
        ],
      },
      "(@var0:(é)) ((@var1:[-inf (1])|(@var1:[9 9]))",
    ],
    // Nothing from outside becomes an operator.
    [{ kind: "EQ", key: "name", value: 'a)|@x:("b*-{c}' }, "@var0:(a x b c)"],
  ])("%j is %s", (filter, text) => {
    expect(expression(filter)).toBe(text);
  });

  it.each<[string, Partial<QueryRequest>]>([
    ["query index not found", { metadata: new Map() }],
    ['query index schema "x" not found', { metadata: new Map([["queryIndexName", "x"]]) }],
    ['query index for key "other" not found', { filter: { kind: "EQ", key: "other", value: 1 } }],
    ["no words", { filter: { kind: "EQ", key: "name", value: "-" } }],
    ["empty IN operator", { filter: { kind: "IN", key: "name", values: [] } }],
    ["unsupported type of value", { filter: { kind: "GT", key: "person.age", value: "1" } }],
    ["invalid token", { token: "x" }],
    [
      "multiple SORTBY steps are not allowed",
      {
        sort: [
          { key: "name", descending: false },
          { key: "person.age", descending: false },
        ],
      },
    ],
  ])("is refused: %s", (text, given) => {
    expect(() => searchArguments(indexes, request(given))).toThrow(text);
  });
});

it.each([
  "x",
  "{}",
  '[{"name":"n"}]',
  '[{"indexes":[{"key":"a","type":"TEXT"}]}]',
  '[{"name":"n","indexes":[{"key":"a"}]}]',
])("indexes are refused: %s", (text) => {
  expect(() => readIndexes(text)).toThrow("redis store: error parsing query indexes");
});
