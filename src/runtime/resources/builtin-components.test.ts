import { expect, it } from "vitest";
import { parseResourceYaml, type YamlMap } from "../../kit/resources/yaml.ts";
import { completeForKubernetes } from "./builtin-components.ts";
import { decodeComponent } from "./documents.ts";

const component = async (more: string) => {
  const text = `metadata: {name: c}\nspec: {type: state.x, version: v1}\n${more}`;
  const [document] = await parseResourceYaml(text);
  return decodeComponent(document?.value as YamlMap);
};

it("puts the built-in secret store before all others, and makes it the default", async () => {
  const own = await component("auth: {secretStore: mine}");
  const plain = await component("");
  const [builtin, ...rest] = completeForKubernetes([plain, own], true);
  expect(builtin).toMatchObject({
    name: "kubernetes",
    type: "secretstores.kubernetes",
    version: "v1",
    ignoreErrors: false,
  });
  expect(rest).toEqual([{ ...plain, secretStore: "kubernetes" }, own]);
});

it("leaves the store out when it is switched off, not the default", async () => {
  const completed = completeForKubernetes([await component("")], false);
  expect(completed.map(({ name, secretStore }) => [name, secretStore])).toEqual([
    ["c", "kubernetes"],
  ]);
});
