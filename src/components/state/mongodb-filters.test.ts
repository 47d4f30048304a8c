import fc from "fast-check";
import { BSON } from "mongodb";
import { describe, expect, it } from "vitest";
import { matchesLike } from "../shared/like.ts";
import type { QueryFilter } from "./contract.ts";
import { likeExpression, toMongoFilter, toMongoSort } from "./mongodb-filters.ts";

/** As JavaScript reads what is meant for MongoDB. */
const asRegExp = (expression: string): RegExp =>
  new RegExp(
    expression
      .replace(/\\z$/, "$")
      // With the flag for code points only syntax characters may be escaped.
      .replace(/\\([^x])/g, (_, character: string) => escapeFor(character)),
    "su",
  );

const escapeFor = (character: string): string =>
  /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;

describe("a pattern of LIKE", () => {
  it("finds the same keys as a regular expression", () => {
    const piece = fc.oneof(
      fc.constantFrom("%", "_", "\\", "\\%", "\\_", ".", "*", "$", "\n", "\0", "[", "a", "😀"),
      fc.string({ maxLength: 2 }),
    );
    const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(""));
    const property = fc.property(text, text, (key, pattern) => {
      const well = key.toWellFormed();
      const expected = matchesLike(well, pattern.toWellFormed());
      expect(asRegExp(likeExpression(pattern)).test(well)).toBe(expected);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("holds no NUL and ends where the key ends", () => {
    expect(likeExpression("a\0b")).toBe("^a\\x00b\\z");
    expect(likeExpression("app||x%")).toBe("^app\\|\\|x.*\\z");
  });
});

describe("a query", () => {
  it("compares numbers as doubles and takes names as data", () => {
    const filter: QueryFilter = {
      kind: "OR",
      filters: [
        { kind: "EQ", key: "$where", value: "1" },
        { kind: "IN", key: "__proto__", values: [1, null, true] },
        { kind: "NEQ", key: "a.b", value: new Map([["$gt", ""]]) },
      ],
    };
    const [where, list, object] = toMongoFilter(filter).$or ?? [];
    expect(where).toEqual({ "value.$where": { $eq: "1" } });
    expect(list).toEqual({ "value.__proto__": { $in: [new BSON.Double(1), null, true] } });
    expect(object).toEqual({ "value.a.b": { $ne: new Map([["$gt", ""]]) } });
  });

  it("needs values for IN", () => {
    expect(() => toMongoFilter({ kind: "IN", key: "a", values: [] })).toThrow(
      'empty IN operator for key "a"',
    );
  });

  it("sorts equals by key", () => {
    const sort = toMongoSort([{ key: "a", descending: true }]);
    expect([...(sort as Map<string, number>)]).toEqual([
      ["value.a", -1],
      ["_id", 1],
    ]);
    expect([...(toMongoSort([]) as Map<string, number>)]).toEqual([]);
  });
});
