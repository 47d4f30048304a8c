/** Components that a user writes as a TypeScript file beside the resources. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { launchDaprd, Scratch, type Sidecar } from "../launch.ts";

const store = (prefix: string): string => `
import { EtagMismatchError, Properties } from "tricorne/components";
import type { ComponentDefinition, PropertySchema, StateStore } from "tricorne/components";

const properties: readonly PropertySchema[] = [
  { name: "greeting", kind: "string", default: "none", description: "Stands before each value." },
];

export const component = {
  type: "state.greeting",
  versions: ["v1"],
  summary: "Keeps state with a greeting.",
  properties,
  async create(context) {
    const greeting = new Properties(context.properties, properties).text("greeting");
    const items = new Map<string, string>();
    return {
      features: ["ETAG"],
      get: ({ key }) => {
        const value = items.get(key);
        const data = value === undefined ? undefined : Buffer.from(JSON.stringify(\`${prefix}\${greeting} \${value}\`));
        return { data, etag: undefined, metadata: undefined };
      },
      set: ({ key, value, etag }) => {
        if (etag) throw new EtagMismatchError("another one");
        items.set(key, value.kind === "json" ? String(value.value) : Buffer.from(value.bytes).toString());
      },
      delete: ({ key }) => void items.delete(key),
      async [Symbol.asyncDispose]() {
        context.logger.info("the greeting store is over");
      },
    };
  },
} satisfies ComponentDefinition<StateStore>;
`;

const wrongTypes = `
export const component = {
  type: "state.wrong",
  versions: ["v1"],
  summary: "Forgets to delete.",
  properties: [],
  async create() {
    return { features: [], get: () => 1, set() {}, async [Symbol.asyncDispose]() {} };
  },
};
`;

const resource = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: greetings}
spec:
  type: state.greeting
  version: v1
  metadata:
  - {name: greeting, value: hello}
`;

const save = (sidecar: Sidecar, item: object): Promise<Response> =>
  fetch(`${sidecar.url}/v1.0/state/greetings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([item]),
  });

const read = async (sidecar: Sidecar): Promise<unknown> => {
  const response = await fetch(`${sidecar.url}/v1.0/state/greetings/k`);
  return response.status === 200 ? await response.json() : response.status;
};

it("are loaded, checked and loaded again when they change", async () => {
  using scratch = new Scratch();
  const folder = join(scratch.path, "components");
  mkdirSync(folder);
  const file = join(folder, "greeting.ts");
  writeFileSync(file, store(""));
  writeFileSync(join(folder, "wrong.ts"), wrongTypes);
  writeFileSync(join(folder, "nothing.ts"), "export const other = 1;\n");
  // What some editors put beside a file that is being edited.
  symlinkSync("somebody@host.1:2", join(folder, ".#greeting.ts"));
  writeFileSync(join(scratch.path, "greetings.yaml"), resource);
  await using sidecar = await launchDaprd({
    appId: "own-components",
    flags: ["--resources-path", scratch.path],
  });
  const log = (): string => sidecar.process.log;
  expect(log()).toMatch(/component file \S+greeting\.ts implements state\.greeting/);
  expect(log()).toMatch(/component file \S+wrong\.ts cannot be used: .*TS\d+/);
  expect(log()).toMatch(/component file \S+nothing\.ts cannot be used/);

  expect((await save(sidecar, { key: "k", value: "you" })).status).toBe(204);
  expect(await read(sidecar)).toBe("hello you");
  const mismatch = await save(sidecar, { key: "k", value: "you", etag: "1" });
  expect(mismatch.status).toBe(409);
  expect(await mismatch.text()).toContain("possible etag mismatch");

  writeFileSync(file, store("oh "));
  await expect
    .poll(() => log().includes("the greeting store is over"), { timeout: 30_000 })
    .toBe(true);
  await expect
    .poll(() => save(sidecar, { key: "k", value: "me" }).then((r) => r.status), { timeout: 30_000 })
    .toBe(204);
  expect(await read(sidecar)).toBe("oh hello me");

  // What is broken now stays what it was.
  writeFileSync(file, "export const component = {");
  await expect
    .poll(() => /greeting\.ts cannot be used/.test(log()), { timeout: 30_000 })
    .toBe(true);
  expect(await read(sidecar)).toBe("oh hello me");
  writeFileSync(file, `if (Date.now() > 0) throw new Error("not today");\n${store("")}`);
  await expect
    .poll(() => /greeting\.ts cannot be used: \(1,\d+\) not today/.test(log()), { timeout: 30_000 })
    .toBe(true);
  rmSync(file);
  await expect
    .poll(() => log().includes("nothing implements state.greeting any more"), { timeout: 30_000 })
    .toBe(true);
  expect(await read(sidecar)).toBe("oh hello me");
}, 120_000);
