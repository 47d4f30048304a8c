import { expect, it } from "vitest";
import type { ComponentContext } from "../contract.ts";
import type { SecretStore } from "./contract.ts";
import { component } from "./local.env.ts";

const warnings: string[] = [];
const env = new Map([
  ["GOLD_ONE", "first"],
  ["GOLD_EMPTY", ""],
  ["DAPR_HIDDEN", "no"],
  ["APP_API_TOKEN", "tok"],
]);
const open = (prefix: string): Promise<SecretStore> =>
  component.create({
    properties: new Map([["Prefix", prefix]]),
    platform: { env },
    logger: { warn: (text: string) => warnings.push(text) },
  } as unknown as ComponentContext);

it.each([
  ["", "GOLD_ONE", "first"],
  ["", "gold_one", ""],
  ["", "GONE", ""],
  ["GOLD_", "ONE", "first"],
  ["GOLD_", "GOLD_ONE", ""],
  ["", "DAPR_HIDDEN", ""],
  ["", "dapr_hidden", ""],
  ["DAPR_", "HIDDEN", ""],
  ["", "APP_API_TOKEN", ""],
])("prefix %j: %s is %j", async (prefix, name, value) => {
  expect(await (await open(prefix)).get(name, new Map())).toEqual(new Map([[name, value]]));
});

it("lists what it may show, without the prefix, and warns of what it may not", async () => {
  const shown = await (await open("")).bulkGet(new Map());
  expect([...(shown ?? []).keys()]).toEqual(["GOLD_ONE", "GOLD_EMPTY"]);
  const cut = await (await open("GOLD_")).bulkGet(new Map());
  expect(cut?.get("ONE")).toEqual(new Map([["ONE", "first"]]));
  expect(warnings).toContain("Access to env var APP_API_TOKEN is forbidden");
});
