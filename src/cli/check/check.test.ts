import fc from "fast-check";
import { expect, it } from "vitest";
import { componentTypes, findComponent } from "../../components/catalogue.ts";
import { parseLocatedYaml } from "../../kit/resources/located-yaml.ts";
import { checkMetadata } from "./component-metadata.ts";
import { kinds } from "./kinds.ts";
import { checkDocument } from "./resources.ts";
import type { Finding } from "./schema.ts";

async function findingsOf(text: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const document of parseLocatedYaml(text)) {
    if (document.errors.length > 0) continue;
    await checkDocument(document, (level, path, found) => {
      const line = document.lineOf(path);
      expect(line).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(text.split("\n").length);
      findings.push({ level, path, text: found });
    });
  }
  return findings;
}

const words = fc.constantFrom(
  ..."metadata: ,name: x,spec:,  type: state.redis,- a,  - name: redisHost,[,{,],}, ,\n,---\n,value: 1,&a,*a,scopes:,null,? ,'".split(
    ",",
  ),
);

it("reads any text without breaking", async () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(words, { maxLength: 30 }).map((parts) => parts.join("\n")),
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom(...kinds.keys()), async (text, key) => {
      const [apiVersion, kind] = key.split(" ");
      await findingsOf(`apiVersion: ${apiVersion}\nkind: ${kind}\n${text}`);
    }),
    { numRuns: 100 },
  );
}, 20_000);

it("takes any value in any field of any kind", async () => {
  const members =
    "metadata name spec auth scopes policies targets rules endpoint routes metrics type".split(" ");
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(null, true, 1, 1.5, "", "state.redis", "x"),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...members), tie("tree"), { maxKeys: 5 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(tree, tree, fc.constantFrom(...kinds.keys()), async (spec, rest, key) => {
      const [apiVersion, kind] = key.split(" ");
      const document = { apiVersion, kind, metadata: rest, spec, auth: rest, scopes: rest };
      const findings = await findingsOf(JSON.stringify(document));
      if (spec === null || rest === null) expect(findings).not.toEqual([]);
    }),
    { numRuns: 300 },
  );
}, 20_000);

it("finds the line of what stands in later documents", () => {
  const [, second] = parseLocatedYaml("a: 1\n--- x\nb:\n  - c: 2\n    d: 3\n");
  const lines = [["b"], ["b", 0], ["b", 0, "d"], ["b", 0, "gone"], ["b", 9], []];
  expect(lines.map((path) => second?.lineOf(path))).toEqual([3, 4, 5, 4, 3, 3]);
});

it("accepts the defaults that the components document", async () => {
  for (const type of componentTypes()) {
    const definition = await (findComponent(type, "") ?? findComponent(type, "v2"))?.();
    if (definition === undefined) throw new Error(`${type} cannot be found`);
    const metadata = definition.properties.map((property) => ({
      name: property.name,
      value: property.default ?? "1",
      secretKeyRef: undefined,
      envRef: "",
    }));
    const found: string[] = [];
    const component = { type, metadata } as unknown as Parameters<typeof checkMetadata>[0];
    checkMetadata(component, definition, (level, _path, text) => found.push(`${level}: ${text}`));
    // Examples for JSON and empty defaults of numbers are not given in the schema.
    expect([type, found.filter((text) => !text.includes("must not be empty"))]).toEqual([type, []]);
  }
});
