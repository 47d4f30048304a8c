import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type FolderFilter, loadFolders, type ReadingOccasion } from "./folder.ts";
import { recordedLog } from "./recorded-log.ts";

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "resources-"));
  scratch.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const component = (name: string, rest = "", type = "state.in-memory"): string =>
  `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n${rest}spec: {type: ${type}, version: v1}\n`;

async function load(
  folders: readonly string[],
  filter: Partial<FolderFilter> = {},
  occasion?: ReadingOccasion,
) {
  const { lines, logger } = recordedLog();
  const own = { appId: "me", namespaceEnv: "", ...filter };
  const loaded = await loadFolders(folders, own, logger, occasion);
  return { ...loaded, names: loaded.components.map(({ name }) => name), lines };
}

describe("loadFolders", () => {
  it("takes the folders in their order, and of each the YAML files that lie in it, by name", async () => {
    const first = folderOf({
      "b.YAML": component("b"),
      "a.yml": `${component("a1")}---\n# nothing\n--- ignored\n${component("a2")}`,
      "B.yaml": component("B"),
      "c.json": component("no"),
      README: "",
    });
    mkdirSync(join(first, "deeper"));
    writeFileSync(join(first, "deeper", "d.yaml"), component("no"));
    const { names, lines } = await load([folderOf({ "z.yaml": component("z") }), first]);
    expect(names).toEqual(["z", "B", "a1", "a2", "b"]);
    const kinds = ["Component", "HTTPEndpoint", "Subscription", "Subscription"];
    const all = [...kinds, "WorkflowAccessPolicy", "MCPServer", "resiliency"];
    expect(lines).toEqual(
      ["README", "c.json"].flatMap((file) =>
        all.map(
          (kind) => `warning: A non-YAML ${kind} file ${file} was detected, it will not be loaded`,
        ),
      ),
    );
  });

  it("skips what is broken, and tells each loader's share of it in one line", async () => {
    const folder = folderOf({
      "a.yaml": [
        "{",
        component("good"),
        component("bad", "scopes: [1]\n"),
        "just text",
        component("a/b"),
        "metadata: {labels: [x]}\nkind: Unknown",
        "kind: Unknown\nspec: 5",
        component("v2").replace("v1alpha1", "v1alpha2"),
        component("alsogood"),
      ].join("\n---\n"),
    });
    const { names, lines } = await load([folder]);
    expect(names).toEqual(["good", "alsogood"]);
    expect(lines).toHaveLength(6);
    const of = (kind: string) =>
      lines.filter((line) =>
        line.startsWith(
          `warning: daprd load ${kind} error when parsing manifests yaml resource in ${folder}/a.yaml: error converting YAML to JSON: yaml: line 1: `,
        ),
      );
    expect(of("Subscription")).toHaveLength(2);
    expect(of("Component")[0]?.split("\n").slice(1)).toEqual([
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal number into Go struct field scopes of type string",
      expect.stringContaining("json: cannot unmarshal string into Go"),
      `invalid name "a/b" for "Component": may not contain '/'`,
      expect.stringContaining("cannot unmarshal array into Go struct field labels"),
    ]);
    for (const kind of ["HTTPEndpoint", "WorkflowAccessPolicy", "MCPServer"]) {
      expect(of(kind)[0]?.split("\n")).toHaveLength(3);
    }
  });

  it("skips a document that is no UTF-8 or has control characters, and keeps the others", async () => {
    const foreign = Buffer.from(component("x").replace("x", "\xe4\xff"), "latin1");
    const folder = folderOf({
      "a.yaml": Buffer.concat([foreign, Buffer.from(`---\n${component("ü", "# \u0001\n")}---\n`)]),
      "b.yaml": `\ufeff${component("bom")}---\r\n${component("crlf").replaceAll("\n", "\r\n")}`,
    });
    const { names, lines } = await load([folder]);
    expect(names).toEqual(["bom", "crlf"]);
    expect(lines[0]).toContain("yaml: invalid leading UTF-8 octet\n");
    expect(lines[0]).toContain("yaml: control characters are not allowed");
  });

  it("filters by namespace, then finds duplicates, then looks at scopes", async () => {
    const inSpace = (name: string, namespace: string) =>
      component(name, `  namespace: ${namespace}\n`);
    const folder = folderOf({
      "a.yaml": `${inSpace("same", "prod")}---\n${inSpace("same", "test")}---\n${component("none")}`,
      "b.yaml": `${component("later", "scopes: [Me, other]\n")}---\n${component("later", "scopes: [me]\n")}`,
    });
    expect((await load([folder], { namespaceEnv: "prod" })).names).toEqual([
      "same",
      "none",
      "later",
    ]);
    await expect(load([folder])).rejects.toThrow(
      "failed to load components: duplicate definition of Component name same (state.in-memory/v1) with existing same (state.in-memory/v1)",
    );
  });

  it("collects all duplicates, also one that is out of scope behind one that is in scope", async () => {
    const twice = (name: string) =>
      `${component(name)}---\n${component(name, "scopes: [other]\n", "lock.x")}---\n`;
    const folder = folderOf({ "a.yaml": twice("a") + twice("b") });
    const text = (name: string) =>
      `duplicate definition of Component name ${name} (lock.x/v1) with existing ${name} (state.in-memory/v1)`;
    await expect(load([folder])).rejects.toThrow(
      `failed to load components: ${text("a")}\n${text("b")}`,
    );
    await expect(load([folder], {}, "reload")).rejects.toThrow(
      `failed to load resources from disk: ${text("a")}\n${text("b")}`,
    );
  });

  it("goes on without any HTTP endpoint where two have the same name", async () => {
    const endpoint = (name: string, url: string) =>
      `apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata: {name: ${name}}\nspec: {baseUrl: "${url}"}\n---\n`;
    const folder = folderOf({
      "a.yaml": endpoint("e", "http://a") + endpoint("e", "http://b") + endpoint("f", "http://c"),
    });
    const { httpEndpoints, lines } = await load([folder]);
    expect(httpEndpoints).toEqual([]);
    expect(lines).toEqual([
      "warning: failed to load HTTP endpoints: duplicate definition of HTTPEndpoint name e (http://b) with existing e (http://a)",
    ]);
  });

  it("warns at the start of a file that cannot be read, and ends later on; one that vanished is no matter", async () => {
    const folder = folderOf({ "a.yaml": component("a") });
    symlinkSync(folder, join(folder, "link.yaml"));
    const { names, lines } = await load([folder]);
    expect(names).toEqual(["a"]);
    expect(lines[0]).toContain(
      `warning: daprd load Component error when opening file ${folder}/link.yaml: `,
    );
    await expect(load([folder], {}, "reload")).rejects.toThrow(
      `failed to read resource directories: failed to read file ${folder}/link.yaml: `,
    );
    const dangling = folderOf({ "a.yaml": component("a") });
    symlinkSync(join(folder, "nowhere"), join(dangling, "gone.yaml"));
    expect((await load([dangling], {}, "reload")).names).toEqual(["a"]);
  });

  it("names a folder that is not there", async () => {
    const folder = folderOf({});
    rmSync(folder, { recursive: true });
    await expect(load([folder])).rejects.toThrow(
      `failed to load components: open ${folder}: no such file or directory`,
    );
    await expect(load([folder], {}, "reload")).rejects.toThrow(
      `failed to read resource directories: open ${folder}: no such file or directory`,
    );
  });

  it("refuses workflow resources for their types, and leaves what they say to others", async () => {
    const of = (kind: string, spec: string) =>
      `apiVersion: dapr.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${kind}}\nspec: ${spec}\n`;
    const folder = folderOf({
      "a.yaml": [of("MCPServer", "5"), of("WorkflowAccessPolicy", "{rules: x}")].join("---\n"),
      "b.yaml": [of("MCPServer", "{}"), of("WorkflowAccessPolicy", "{rules: []}")].join("---\n"),
    });
    const { mcpServers, accessPolicies, lines } = await load([folder]);
    expect([...mcpServers, ...accessPolicies]).toHaveLength(2);
    const line = (kind: string, text: string) =>
      `warning: daprd load ${kind} error when parsing manifests yaml resource in ${folder}/a.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${text}`;
    expect(lines).toEqual([
      line("WorkflowAccessPolicy", "string into Go struct field rules of type array"),
      line("MCPServer", "number into Go struct field spec of type object"),
    ]);
  });

  it("looks at the first document only for Resiliency, and not at its apiVersion", async () => {
    const resiliency = "kind: Resiliency\nmetadata: {name: r}\n---\n";
    const folder = folderOf({
      "a.yaml": resiliency + component("x"),
      "b.yaml": `${component("y")}---\n${resiliency}`,
      "c.yaml": "{",
    });
    const { resiliencies } = await load([folder]);
    expect(resiliencies.map(({ file, error }) => [file, error === ""])).toEqual([
      ["a.yaml", true],
      ["c.yaml", false],
    ]);
  });
});
