/** The component in docs/component-guide.md compiles, works, and is formatted as the others. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import type { ComponentContext, ComponentDefinition } from "../../src/components/contract.ts";
import type { SecretStore } from "../../src/components/secretstores/contract.ts";
import { systemClock } from "../../src/kit/time/clock.ts";

const root = join(import.meta.dirname, "../..");
const kind = join(root, "src/components/secretstores");
const folder = mkdtempSync(join(tmpdir(), "tricorne-guide-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const guide = readFileSync(join(root, "docs/component-guide.md"), "utf8");
const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(guide) ?? [];
/** Elsewhere it cannot say where the others are. */
const movable = code.replaceAll(
  /from "(\.[^"]+)"/g,
  (_all, path) => `from "${relative(folder, join(kind, path))}"`,
);
const file = join(folder, "fixed.ts");
writeFileSync(file, movable);
writeFileSync(join(folder, "package.json"), '{"type":"module"}');

it("compiles", () => {
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
    include: [file],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const run = () =>
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  expect(run()).toBe("");
  writeFileSync(file, movable.replace("this.#name = name;", "this.#name = 1;"));
  expect(run).toThrow();
  writeFileSync(file, movable);
}, 30_000);

it("is formatted as the others", () => {
  const biome = join(root, "node_modules/.bin/biome");
  const path = "--stdin-file-path=src/components/secretstores/fixed.ts";
  const output = execFileSync(biome, ["format", path], { cwd: root, input: code });
  expect(output.toString()).toBe(code);
});

it("works", async () => {
  const { component } = (await import(pathToFileURL(file).href)) as {
    component: ComponentDefinition<SecretStore>;
  };
  const open = (properties: Record<string, string>) =>
    component.create({
      properties: new Map(Object.entries(properties)),
      platform: { clock: systemClock },
    } as unknown as ComponentContext);
  await using store = await open({ NAME: "one" });
  expect(await store.get("one", new Map())).toEqual(new Map([["one", "fixed"]]));
  await expect(store.get("two", new Map())).rejects.toThrow("secret two not found");
  await expect(open({})).rejects.toThrow("metadata property 'secretName' is required");
});
