import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePostgresDsn } from "./postgres-dsn.ts";

const parsed = (text: string): unknown => Object.fromEntries(parsePostgresDsn(text));

describe("a connection string of PostgreSQL", () => {
  it.each([
    ["host=a port=1", { host: "a", port: "1" }],
    ["  host = a\tport= 1 ", { host: "a", port: "1" }],
    ["password='it\\'s \\\\ =' user=u", { password: "it's \\ =", user: "u" }],
    ["host= user=u", { host: "user=u" }],
    ["host='' database=d", { host: "", dbname: "d" }],
    ["", {}],
    [
      "postgres://u:p%40s%3Aw@h:1/d?sslmode=disable",
      { user: "u", password: "p@s:w", host: "h", port: "1", dbname: "d", sslmode: "disable" },
    ],
    ["postgresql://a:1,[::1]:2,c/d", { host: "a,::1,c", port: "1,2,", dbname: "d" }],
    ["postgres://u@/d?host=/var/run", { user: "u", dbname: "d", host: "/var/run" }],
    ["postgres://", {}],
  ])("%j is read", (text, settings) => {
    expect(parsed(text)).toEqual(settings);
  });

  it.each(["host", "=a", "host='a", "host='a'b", "postgres://[::1/d", "postgres://u:%zz@h"])(
    "%j is refused without being shown",
    (text) => {
      expect(() => parsePostgresDsn(text)).toThrow(/^cannot parse connection string: [a-z/ URL]+$/);
    },
  );

  it("holds any value in quotes", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const quoted = value.replace(/['\\]/g, "\\$&");
        expect(parsed(`a='${quoted}' b=c`)).toEqual({ a: value, b: "c" });
      }),
    );
  });
});
