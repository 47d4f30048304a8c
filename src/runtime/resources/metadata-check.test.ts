import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PropertySchema } from "../../components/contract.ts";
import { closestName } from "../../kit/resources/closest-name.ts";
import { unknownMetadata } from "./metadata-check.ts";

const schema: readonly PropertySchema[] = [
  { name: "redisHost", kind: "string", description: "" },
  { name: "redisMaxRetries", aliases: ["maxRetries"], kind: "int", description: "" },
];
const texts = (type: string, ...names: string[]): string[] =>
  unknownMetadata(type, names, schema).map(({ text }) => text);

describe("unknownMetadata", () => {
  it("knows the component's names and aliases in any case, and those of the block", () => {
    expect(texts("state.redis", "REDISHOST", "MaxRetries", "keyPrefix", "outboxPubsub")).toEqual(
      [],
    );
    expect(texts("pubsub.redis", "consumerID")).toEqual([]);
  });

  it.each([
    ["state.redis", "redisHots", 'metadata "redisHots" is unknown; did you mean "redisHost"?'],
    ["state.redis", "actorStateStor", 'unknown; did you mean "actorStateStore"?'],
    ["state.redis", "consumerID", 'metadata "consumerID" is unknown'],
    ["lock.redis", "actorStateStore", 'metadata "actorStateStore" is unknown'],
    ["crypto.x", "", 'metadata "" is unknown'],
    ["crypto.x", "__proto__", 'metadata "__proto__" is unknown'],
  ])("%s does not know %s", (type, name, text) => {
    const [found = "", ...rest] = texts(type, name);
    expect(found.endsWith(text) && rest.length === 0).toBe(true);
  });
});

describe("closestName", () => {
  it.each([
    ["Redishost", "redisHost"],
    ["erdisHost", "redisHost"],
    ["redisPassw", "redisPassword"],
    ["zzz", undefined],
    ["", undefined],
  ])("%s: %s", (name, closest) => {
    expect(closestName(name, ["redisHost", "redisPassword"])).toBe(closest);
  });

  it("finds a name with one letter more, less or other", () => {
    const names = ["connectionString", "cleanupInterval", "tableName"];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(),
        fc.constantFrom("", "x", "xy"),
        (name, at, by) => {
          const index = at % name.length;
          const wrong = name.slice(0, index) + by + name.slice(index + 1);
          expect(closestName(wrong, names)).toBe(name);
        },
      ),
    );
  });
});
