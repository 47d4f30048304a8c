import { describe, expect, it } from "vitest";
import { parseMysqlDsn } from "./mysql-dsn.ts";

const usual = {
  parsesTimes: false,
  user: "",
  host: "127.0.0.1",
  port: 3306,
  socketPath: undefined,
  database: "",
  tls: "off",
  dialTimeoutMs: undefined,
  allowsCleartext: false,
  variables: new Map(),
};

describe("a connection string of MySQL", () => {
  it.each([
    ["/", {}, ""],
    ["u:p@tcp(h:1)/d", { user: "u", host: "h", port: 1, database: "d" }, "p"],
    ["u:p@:/w(x)@tcp([::1])/", { user: "u", host: "::1" }, "p@:/w(x)"],
    [
      "u@unix(/run/my.sock)/d",
      { user: "u", host: "", port: 0, socketPath: "/run/my.sock", database: "d" },
      "",
    ],
    [
      "tcp(h)/?tls=skip-verify&timeout=2s&parseTime=true",
      { host: "h", tls: "unchecked", dialTimeoutMs: 2000, parsesTimes: true },
      "",
    ],
    [
      "/?sql_mode=%27ANSI%27&allowCleartextPasswords=true",
      { allowsCleartext: true, variables: new Map([["sql_mode", "'ANSI'"]]) },
      "",
    ],
  ])("%j is read", (text, expected, password) => {
    const dsn = parseMysqlDsn(text);
    expect({ ...dsn }).toEqual({ ...usual, ...expected });
    expect(dsn.password).toBe(password);
    expect(JSON.stringify(dsn)).not.toContain("password");
  });

  it.each([
    "u:secret@tcp(h)",
    "u:secret@udp(h)/",
    "u:secret@tcp(h:99999)/",
    "u:secret@tcp(h/",
    "u:secret@/?tls=x",
    "/?a%20b=secret",
    "/?timeout=secret",
  ])("%j is refused without being shown", (text) => {
    expect(() => parseMysqlDsn(text)).toThrow(/^inv(?!.*secret)/);
  });
});
