import { describe, expect, it } from "vitest";
import { checkedIdentifier, parseConnectionString, sqlTime } from "./sqlite.ts";

describe("connection strings", () => {
  it.each([
    ["data.db", "file:data.db", "WAL"],
    ["/var/a b.db", "file:/var/a b.db", "WAL"],
    ["file:data.db", "file:data.db", "WAL"],
    [":memory:", "file::memory:", "MEMORY"],
    ["file::memory:", "file::memory:", "MEMORY"],
    ["file:x?mode=memory&cache=shared", "file:x?mode=memory&cache=shared", "MEMORY"],
    ["data.db?mode=ro", "file:data.db?mode=ro", undefined],
    ["data.db?immutable=1", "file:data.db?immutable=1", undefined],
    ["data.db?_txlock=deferred&_time_format=x", "file:data.db", "WAL"],
  ])("%j", (text, uri, journal) => {
    expect(parseConnectionString(text, false)).toMatchObject({ uri, journal });
  });

  it("keep what they say of locks and pragmas", () => {
    expect(parseConnectionString("a?_txlock=deferred&_pragma=synchronous(1)", true)).toEqual({
      uri: "file:a",
      begin: "BEGIN",
      journal: "DELETE",
      pragmas: ["synchronous(1)"],
    });
    expect(parseConnectionString("a", false).begin).toBe("BEGIN IMMEDIATE");
  });

  it.each([
    [
      "a?_pragma=busy_timeout(5)",
      "found forbidden option '_pragma=busy_timeout(5)' in the connection string",
    ],
    [
      "a?_pragma=Journal_mode(WAL)",
      "found forbidden option '_pragma=Journal_mode(WAL)' in the connection string",
    ],
    [
      "a?_pragma=foreign_keys(0)",
      "found forbidden option '_pragma=foreign_keys(0)' in the connection string",
    ],
    [
      "a?_pragma=x;DROP TABLE state",
      "invalid option '_pragma=x;DROP TABLE state' in the connection string",
    ],
    ["a?_txlock=never", 'unknown _txlock "never"'],
    ["a?_txlock=constructor", 'unknown _txlock "constructor"'],
  ])("%j is refused", (text, message) => {
    expect(() => parseConnectionString(text, false)).toThrow(message);
  });
});

it("checks identifiers", () => {
  expect(checkedIdentifier("Table_1")).toBe("Table_1");
  for (const name of ["", "a b", 'a"b', "a;b", "é", "a.b"]) {
    expect(() => checkedIdentifier(name)).toThrow(`invalid identifier: ${name}`);
  }
});

it("writes times as SQLite does", () => {
  expect(sqlTime(Date.UTC(2026, 1, 3, 4, 5, 6, 789))).toBe("2026-02-03 04:05:06");
});
