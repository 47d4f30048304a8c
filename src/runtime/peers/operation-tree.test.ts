import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OperationTree } from "./operation-tree.ts";

function tree(patterns: readonly string[], ignoresCase = true): OperationTree<{ name: string }> {
  const result = new OperationTree<{ name: string }>({ ignoresCase });
  for (const name of patterns) result.add(name, { name });
  return result;
}

const cases: readonly (readonly [patterns: string[], operation: string, found: string | null])[] = [
  [[], "a", null],
  [["/a"], "a", "/a"],
  [["a"], "/a", "a"],
  [["/a"], "a/b/c", "/a"],
  [["/a"], "ab", null],
  [["/a"], "", null],
  [["/"], "", "/"],
  [[""], "/", ""],
  [["/"], "a", null],
  [["/a/"], "a", null],
  [["/*"], "", "/*"],
  [["/*"], "a", "/*"],
  [["/*"], "a/b", null],
  [["/**"], "a/b", "/**"],
  [["/b/*"], "b", "/b/*"],
  [["/b/*"], "b/1", "/b/*"],
  [["/b/*"], "b/1/2", null],
  [["/c/**"], "c", "/c/**"],
  [["/c/**"], "c/1/2/3", "/c/**"],
  [["/d/*/e"], "d/1/e", null],
  [["/d/*/e"], "d/e", null],
  [["/d/*/e"], "d/1", null],
  [["/f/**/g"], "f/1/g", "/f/**/g"],
  [["/f/**/g"], "f/1/2/g", null],
  [["/f/**/g"], "f", null],
  [["/h*/i"], "hello/i", "/h*/i"],
  [["/h*/i"], "h/i", "/h*/i"],
  [["/h*/i"], "hello/j", null],
  [["/j/x*y"], "j/xy", "/j/x*y"],
  [["/j/x*y"], "j/x-z-y", "/j/x*y"],
  [["/j/x*y"], "j/xz", null],
  [["/j/x*y"], "j/x", null],
  [["/a*a"], "a", null],
  [["/*b*c*"], "abbcc", "/*b*c*"],
  [["/*b*c*"], "acb", null],
  [["/*ab*ab"], "ab", null],
  [["/***"], "any/more", "/***"],
  [["/.*"], "abc", null],
  [["/k/l", "/k/*"], "k/l", "/k/l"],
  [["/k/l", "/k/*"], "k/m", "/k/*"],
  [["/k/l", "/k/*"], "k", "/k/*"],
  [["/k/*", "/k/l"], "k/l", "/k/*"],
  // No way back: the first child that matches leads into a dead end.
  [["/a/*/x", "/a/b"], "a/b", null],
  [["/a*/x", "/ab/y"], "ab/y", null],
  [["/**/x", "/**"], "q", "/**"],
  [["/orders/secret", "/orders"], "orders/secret", "/orders"],
  [["/Mixed/Case"], "mixed/CASE", "/Mixed/Case"],
  [["/ΑΣ*"], "ασβ", "/ΑΣ*"],
  [["/İ"], "i", "/İ"],
  [["/__proto__"], "constructor", null],
];

test.each(cases)("%j: %j is %j", (patterns, operation, found) => {
  expect(tree(patterns).find(operation)?.name ?? null).toBe(found);
});

test("case counts where it is not ignored", () => {
  expect(tree(["/golden.Echo/B*"], false).find("/golden.Echo/Both")?.name).toBe("/golden.Echo/B*");
  expect(tree(["/say"], false).find("Say")).toBeUndefined();
  expect(tree(["/say", "/Say"], false).find("Say")?.name).toBe("/Say");
});

test("of two identical patterns the first stays", () => {
  const found = new OperationTree<{ n: number }>({ ignoresCase: true });
  found.add("/A", { n: 1 });
  found.add("a", { n: 2 });
  expect(found.find("a")).toEqual({ n: 1 });
});

test("a glob with many stars takes no time to fail", () => {
  const hard = tree([`/${"a*".repeat(1000)}b`]);
  expect(hard.find("a".repeat(100_000))).toBeUndefined();
});

/** The words of the specification, one after another. */
interface Plain {
  readonly segment: string;
  readonly children: Plain[];
  action: string | undefined;
}

function plainFind(patterns: readonly string[], operation: string): string | undefined {
  const plain = (segment: string): Plain => ({ segment, children: [], action: undefined });
  const root = plain("");
  for (const pattern of patterns) {
    let node = root;
    for (const segment of pattern.replace(/^\//, "").split("/")) {
      let child = node.children.find((c) => c.segment === segment);
      if (child === undefined) {
        child = plain(segment);
        node.children.push(child);
      }
      node = child;
    }
    node.action ??= pattern;
  }
  let node = root;
  const segments = operation.replace(/^\//, "").split("/");
  for (const [i, segment] of segments.entries()) {
    const child = node.children.find(({ segment: pattern }) => {
      if (pattern === segment || pattern === "**") return true;
      if (pattern === "*") return i === segments.length - 1;
      return new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(segment);
    });
    if (child === undefined) return undefined;
    if (child.action !== undefined) return child.action;
    node = child;
  }
  return node.children.find(({ segment }) => segment === "*" || segment === "**")?.action;
}

describe("as the specification says it", () => {
  const path = (letters: string) =>
    fc
      .array(fc.string({ unit: fc.constantFrom(...letters), maxLength: 3 }), { maxLength: 4 })
      .map((segments) => segments.join("/"));

  test("for any patterns and operations", () => {
    fc.assert(
      fc.property(fc.array(path("ab*"), { maxLength: 6 }), path("ab*"), (patterns, operation) => {
        expect(tree(patterns).find(operation)?.name).toBe(plainFind(patterns, operation));
      }),
      { numRuns: 3000 },
    );
  });
});
