import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandEnvironment, loadConfiguration } from "./configuration.ts";

describe("loadConfiguration", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "configuration-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const load = (...texts: string[]) => {
    const files = texts.map((text, n) => {
      const file = join(folder, `${n}.yaml`);
      writeFileSync(file, text);
      return file;
    });
    return loadConfiguration(files, new Map([["RATE", "0.5"]]));
  };

  it("lays files over each other: mappings by member, lists as a whole", async () => {
    const { tracing, features, deniedComponents, accessControl, metrics } = await load(
      `spec:
  tracing: {samplingRate: "$RATE", zipkin: {endpointAddress: "http://z"}}
  features: [{name: A, enabled: true}]
  components: {deny: [state.x, state.y]}
  accessControl: {policies: [{appId: a, trustDomain: t, namespace: n}]}
  metric: {enabled: false, http: {pathMatching: [/a]}, rules: [{name: x}]}`,
      `spec:
  tracing: {stdout: on}
  features: [{name: B, enabled: true}, {name: HotReload, enabled: false}]
  components: {deny: [state.z]}
  accessControl: {defaultAction: deny}
  metrics: {recordErrorCodes: true, rules: [], http: {excludeVerbs: Yes}}`,
    );
    expect(tracing).toMatchObject({
      samplingRate: "0.5",
      stdout: true,
      zipkinEndpoint: "http://z",
    });
    expect([...features]).toEqual(["B", "WorkflowsRemoteActivityReminder"]);
    expect(deniedComponents).toEqual(["state.z"]);
    expect(accessControl).toMatchObject({ defaultAction: "deny", trustDomain: "public" });
    expect(accessControl.policies).toHaveLength(1);
    expect(metrics).toMatchObject({
      isEnabled: false,
      recordsErrorCodes: true,
      pathMatching: [],
      excludesVerbs: true,
    });
    expect(metrics.rules).toHaveLength(1);
  });

  it("takes away a list where the next file says nothing, and keeps a scalar", async () => {
    const { features, tracing } = await load(
      "spec: {features: [{name: A, enabled: true}], tracing: {samplingRate: '1'}}",
      "spec: {features: , tracing: {samplingRate: }}",
    );
    expect(features.has("A")).toBe(false);
    expect(tracing.samplingRate).toBe("1");
  });

  it("reads the first document, ignores what it does not know, and neither kind nor name", async () => {
    const { features } = await load(
      "kind: 5\nnonsense: [1]\nspec:\n  Features: [{name: Cased, enabled: true}]\n  features:\n  - &f {name: A, enabled: y}\n  - <<: *f\n    name: B\n---\nspec: [\n",
    );
    expect([...features]).toEqual(["A", "B", "HotReload", "WorkflowsRemoteActivityReminder"]);
  });

  it("applies features in their order", async () => {
    const { features } = await load(
      "spec: {features: [{name: A, enabled: true}, {name: A, enabled: false}, {name: B, enabled: false}, {name: B, enabled: true}]}",
    );
    expect([...features]).toEqual(["B", "HotReload", "WorkflowsRemoteActivityReminder"]);
  });

  it.each([
    ["a key that stands twice", "spec: {}\nspec: {}"],
    ["a quoted word where a boolean belongs", 'spec: {metric: {enabled: "true"}}'],
    ["text where a mapping belongs", "spec: nothing"],
    ["a list at the top", "- spec"],
    ["brackets that do not end", "spec: ["],
  ])("refuses %s", async (_title, text) => {
    await expect(load(text)).rejects.toThrow("error loading configuration: ");
  });

  it("names a file that is not there", async () => {
    await expect(loadConfiguration(["/nowhere/c.yaml"], new Map())).rejects.toThrow(
      "error loading configuration: stat /nowhere/c.yaml: no such file or directory",
    );
  });
});

describe("expandEnvironment", () => {
  const env = new Map([
    ["A", "1"],
    ["a{b", "2"],
    ["_x9", "3"],
  ]);
  it.each([
    ["${a{b}", "2"],
    ["${A", "A"],
    ["$", "$"],
    ["$.x", "$.x"],
    ["$_x9y $_x9", " 3"],
    ["$$A", "A"],
    ["$1A${*}", "A"],
    ["ü$A$", "ü1$"],
  ])("%s", (text, expected) => {
    expect(expandEnvironment(text, env)).toBe(expected);
  });
});
