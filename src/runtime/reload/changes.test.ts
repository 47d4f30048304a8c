import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ComponentResource, ValueSource } from "../resources/documents.ts";
import { changesBetween, hasReferences, haveEqualContent } from "./changes.ts";

const resource = (over: Partial<ComponentResource> = {}): ComponentResource => ({
  kind: "Component",
  name: "c",
  namespace: "",
  scopes: [],
  secretStore: "",
  type: "state.in-memory",
  version: "v1",
  ignoreErrors: false,
  initTimeoutMs: 5000,
  metadata: [],
  ...over,
});
const value = (over: Partial<ValueSource> = {}): ValueSource => ({
  name: "p",
  value: "1",
  secretKeyRef: undefined,
  envRef: "",
  ...over,
});

describe("changesBetween", () => {
  const named = fc.uniqueArray(
    fc.record({ name: fc.constantFrom(..."abcdefgh"), content: fc.nat(2) }),
    { selector: ({ name }) => name },
  );

  it("leads from what there was to what there is", () => {
    fc.assert(
      fc.property(named, named, (before, after) => {
        const isEqual = (a: { content: number }, b: { content: number }) => a.content === b.content;
        const { deleted, updated, created } = changesBetween(before, after, isEqual);
        const state = new Map(before.map(({ name, content }) => [name, content]));
        for (const { name } of deleted) expect(state.delete(name)).toBe(true);
        for (const { name, content } of updated) {
          expect(state.has(name) && state.get(name) !== content).toBe(true);
          state.set(name, content);
        }
        for (const { name, content } of created) {
          expect(state.has(name)).toBe(false);
          state.set(name, content);
        }
        expect(state).toEqual(new Map(after.map(({ name, content }) => [name, content])));
      }),
    );
  });
});

describe("haveEqualContent", () => {
  it("does not look at the namespace", () => {
    expect(haveEqualContent(resource(), resource({ namespace: "n" }))).toBe(true);
  });

  const changes: Partial<ComponentResource>[] = [
    { type: "state.redis" },
    { version: "" },
    { initTimeoutMs: 9000 },
    { ignoreErrors: true },
    { scopes: ["app"] },
    { secretStore: "vault" },
    { metadata: [value()] },
  ];
  for (const change of changes) {
    it(`looks at ${Object.keys(change)[0]}`, () => {
      expect(haveEqualContent(resource(), resource(change))).toBe(false);
    });
  }

  it("tells no value, an empty one and a reference apart", () => {
    const texts = [
      value({ value: undefined }),
      value({ value: "" }),
      value({ value: undefined, envRef: "V" }),
      value({ value: undefined, secretKeyRef: { name: "s", key: "" } }),
      value({ value: undefined, secretKeyRef: { name: "s", key: "k" } }),
    ].map((one) => resource({ metadata: [one] }));
    for (const [i, one] of texts.entries()) {
      for (const [j, other] of texts.entries()) expect(haveEqualContent(one, other)).toBe(i === j);
    }
  });

  it("does not depend on the order of a map", () => {
    const of = (...pairs: [string, string][]) => ({ ...resource(), settings: new Map(pairs) });
    expect(haveEqualContent(of(["a", "1"], ["b", "2"]), of(["b", "2"], ["a", "1"]))).toBe(true);
    expect(haveEqualContent(of(["a", "1"]), of(["a", "2"]))).toBe(false);
  });
});

describe("hasReferences", () => {
  it("sees secrets and variables", () => {
    expect(hasReferences(resource({ metadata: [value()] }))).toBe(false);
    expect(hasReferences(resource({ metadata: [value(), value({ envRef: "V" })] }))).toBe(true);
    const secretKeyRef = { name: "s", key: "" };
    expect(hasReferences(resource({ metadata: [value({ secretKeyRef })] }))).toBe(true);
  });
});
