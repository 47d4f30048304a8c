import fc from "fast-check";
import { expect, it } from "vitest";
import { appKey, keyPrefix, storedKey } from "./keys.ts";

const owner = { store: "Mem", appId: "orders", namespaceEnv: "blue" };

it.each([
  [undefined, "orders||k"],
  ["appid", "orders||k"],
  ["AppID", "orders||k"],
  ["name", "Mem||k"],
  ["namespace", "blue.orders||k"],
  ["none", "k"],
  ["", "||k"],
  ["Team-X", "team-x||k"],
])("prefix %j stores %s", (setting, stored) => {
  expect(storedKey(keyPrefix(setting, owner), "k", "Mem")).toBe(stored);
  expect(appKey(stored)).toBe("k");
});

it("falls back to the app id without a namespace", () => {
  expect(keyPrefix("namespace", { ...owner, namespaceEnv: "" })).toBe("orders");
});

it("refuses separators in keys and prefixes", () => {
  expect(() => storedKey("a", "x||y", "s")).toThrow(
    "input key/keyPrefix 'x||y' can't contain '||'",
  );
  expect(() => keyPrefix("A||b", owner)).toThrow("input key/keyPrefix 'a||b' can't contain '||'");
});

it("gives back any key", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("p", "", "a.b"), (key, prefix) => {
      fc.pre(!key.includes("||"));
      // A bar at the seam belongs to the key.
      fc.pre(!key.startsWith("|"));
      expect(appKey(storedKey(prefix, key, "s"))).toBe(key);
    }),
  );
});
