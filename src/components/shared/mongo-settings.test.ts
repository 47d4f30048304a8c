import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeUserPart, mongoConcerns, mongoSettings } from "./mongo-settings.ts";

const settings = (given: Readonly<Record<string, string>>) =>
  mongoSettings(new Map(Object.entries(given)));

const uri = (given: Readonly<Record<string, string>>): string => settings(given).uri;

describe("the connection URI", () => {
  it.each<[Record<string, string>, string]>([
    [{ host: "h:1" }, "mongodb://h:1/daprStore"],
    [{ host: "h:1,i:2", params: "replicaSet=rs0" }, "mongodb://h:1,i:2/daprStore?replicaSet=rs0"],
    [{ host: "h", params: "?tls=true", databaseName: "d" }, "mongodb://h/d?tls=true"],
    [{ host: "h", username: "u" }, "mongodb://h/daprStore"],
    [{ host: "h", username: "u", password: "p" }, "mongodb://u:p@h/daprStore"],
    [{ server: "s" }, "mongodb+srv://s/"],
    [{ server: "s", params: "a=b" }, "mongodb+srv://s/?a=b"],
    [
      { server: "s", username: "u", password: "p", params: "a=b" },
      "mongodb+srv://u:p@s/daprStore?a=b",
    ],
    [{ connectionString: "mongodb://x", host: "h", server: "s" }, "mongodb://x"],
  ])("of %j is %s", (given, expected) => {
    expect(uri(given)).toBe(expected);
  });

  it("escapes user and password, unless they are", () => {
    expect(uri({ host: "h", username: "a@b", password: "p:/?#[]@%" })).toBe(
      "mongodb://a%40b:p%3A%2F%3F%23%5B%5D%40%25@h/daprStore",
    );
    expect(escapeUserPart("p%40ss")).toBe("p%40ss");
    expect(escapeUserPart("100%")).toBe("100%25");
    expect(escapeUserPart("\ud800😀")).toBe("%EF%BF%BD%F0%9F%98%80");
  });

  it("holds any password as it was", () => {
    const property = fc.property(fc.string({ unit: "grapheme" }), (password) => {
      const isEscaped = /%[\da-f]{2}/i.test(password);
      const escaped = escapeUserPart(password);
      expect(escaped).toMatch(/^[\w\-.~%!'()*]*$/);
      if (!isEscaped) expect(decodeURIComponent(escaped)).toBe(password.toWellFormed());
    });
    fc.assert(property);
  });

  it.each<[Record<string, string>, string]>([
    [{}, "must set 'host' or 'server' fields in metadata"],
    [{ host: "a", server: "b" }, "'host' or 'server' fields are mutually exclusive"],
    [{ host: "a", operationTimeout: "soon" }, "incorrect operationTimeout field from metadata"],
    [{ host: "a", operationTimeout: "5" }, "incorrect operationTimeout field from metadata"],
    [{ host: "a", operationTimeout: "-1s" }, "incorrect operationTimeout field from metadata"],
  ])("is refused for %j", (given, error) => {
    expect(() => settings(given)).toThrow(error);
  });
});

describe("the other settings", () => {
  it("have defaults", () => {
    expect(settings({ host: "h", operationTimeout: "" })).toMatchObject({
      database: "daprStore",
      collection: "daprCollection",
      operationTimeoutMs: 5000,
    });
    expect(settings({ HOST: "h", OperationTimeout: "1m30s" }).operationTimeoutMs).toBe(90_000);
  });

  it.each<[Record<string, string>, unknown, string]>([
    [{}, 1, "local"],
    [{ writeconcern: "majority", readconcern: "majority" }, "majority", "majority"],
    [{ writeconcern: "3", readconcern: "linearizable" }, 3, "linearizable"],
    [{ writeConcern: "0", readConcern: "snapshot" }, 0, "snapshot"],
    [{ readconcern: "available" }, 1, "available"],
  ])("of %j ask for w %j and %s", (given, w, level) => {
    const concerns = mongoConcerns(new Map(Object.entries(given)));
    expect(concerns.writeConcern).toEqual({ w, journal: true, wtimeoutMS: 5000 });
    expect(concerns.readConcern).toEqual({ level });
  });

  it("refuse other words", () => {
    expect(() => mongoConcerns(new Map([["writeconcern", "all"]]))).toThrow(
      'error in getting write concern object: strconv.Atoi: parsing "all": invalid syntax',
    );
    expect(() => mongoConcerns(new Map([["readconcern", "toString"]]))).toThrow(
      "error in getting read concern object: readConcern toString not found",
    );
  });
});
