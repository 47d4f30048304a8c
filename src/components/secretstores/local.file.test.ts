import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComponentContext } from "../contract.ts";
import type { SecretStore } from "./contract.ts";
import { component } from "./local.file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tricorne-secrets-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(text: string, more: Record<string, string> = {}): Promise<SecretStore> {
  writeFileSync(join(folder, "secrets.json"), text);
  return load({ secretsFile: "secrets.json", ...more });
}

const load = (given: Record<string, string>): Promise<SecretStore> =>
  component.create({
    properties: new Map(Object.entries(given)),
    platform: { cwd: folder },
    signal: new AbortController().signal,
  } as unknown as ComponentContext);

const all = async (text: string, more?: Record<string, string>): Promise<unknown> => {
  const secrets = await (await open(text, more)).bulkGet(new Map());
  return Object.fromEntries(
    [...(secrets ?? [])].map(([name, data]) => [name, Object.fromEntries(data)]),
  );
};

const tree =
  '{"plain":"v","nested":{"user":"ann","deep":{"x":"y"}},"list":["a",{"b":"c"}],"num":5,"big":1e21,"yes":true,"none":null,"empty":{},"no":[]}';

describe("single values", () => {
  it("are the leaves under their paths", async () => {
    expect(await all(tree)).toEqual({
      plain: { plain: "v" },
      "nested:user": { "nested:user": "ann" },
      "nested:deep:x": { "nested:deep:x": "y" },
      "list:0": { "list:0": "a" },
      "list:1:b": { "list:1:b": "c" },
      num: { num: "%!s(float64=5)" },
      big: { big: "%!s(float64=1e+21)" },
      yes: { yes: "%!s(bool=true)" },
      none: { none: "%!s(<nil>)" },
    });
    expect(await all('{"a":{"b":"c"}}', { NestedSeparator: "." })).toEqual({
      "a.b": { "a.b": "c" },
    });
  });

  it("that are not there are an error", async () => {
    const store = await open("{}");
    await expect(store.get("missing", new Map())).rejects.toThrow("secret missing not found");
    await expect(store.get("__proto__", new Map())).rejects.toThrow("secret __proto__ not found");
    expect(store.features).toEqual([]);
  });
});

it("several values: top-level objects are secrets", async () => {
  expect(await all(tree, { multiValued: "true" })).toEqual({
    plain: { plain: "v" },
    nested: { user: "ann", "deep:x": "y" },
    empty: {},
  });
  expect((await open("{}", { multiValued: "yes" })).features).toEqual([
    "MULTIPLE_KEY_VALUES_PER_SECRET",
  ]);
});

it.each<[Record<string, string>, string]>([
  [{}, "missing local secrets file in metadata"],
  [{ secretsFile: "gone.json" }, "open gone.json: no such file or directory"],
  [{ secretsFile: "." }, "read .: is a directory"],
])("%j fails", async (given, message) => {
  await expect(load(given)).rejects.toThrow(message);
});

it.each(["", "[]", "1", "{", '{"a":1} x'])("a file with %j fails", async (text) => {
  await expect(open(text)).rejects.toThrow();
});
