/** docs/contract/ says where each MUST of a chapter is shown: its tables against the chapters, the tests and the recordings. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const folder = join(root, "docs/contract");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const chapters = readdirSync(folder)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .sort();

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

/** Cells of the rows that begin with a number, of the tables whose first column is `#`. */
function numberedRows(text: string): string[][] {
  const rows: string[][] = [];
  let isNumbered = false;
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) isNumbered = false;
    const cells = cellsOf(line);
    if (cells[0] === "#") isNumbered = true;
    else if (isNumbered && /^\d+$/.test(cells[0] ?? "")) rows.push(cells);
  }
  return rows;
}

/** Numbers of the table that closes a chapter. */
function requiredNumbers(chapter: string): string[] {
  const text = read(`docs/spec/${chapter}`);
  const closing = text.slice(text.lastIndexOf("\n## "));
  return numberedRows(closing).map(([number = ""]) => number);
}

interface Proof {
  readonly path: string;
  readonly title: string;
}

const proofShape = /`([^`]+)` "(.*?)"(?=$|; `)/g;

/** @returns undefined when a cell says anything else than proofs */
function proofsOf(cell: string): Proof[] | undefined {
  const found = [...cell.matchAll(proofShape)];
  const rest = cell.replaceAll(proofShape, "").replaceAll(";", "").trim();
  if (found.length === 0 || rest !== "") return undefined;
  return found.map(([, path = "", title = ""]) => ({ path, title }));
}

const isPostponed = (cell: string): boolean => /^not yet: \S/.test(cell);

/** Scenarios that are known to fail, as a whole or in steps, show nothing. */
const failing = new Set(Object.keys(JSON.parse(read("test/golden/expected-later.json"))));

function recorded(path: string): string[] {
  const { scenarios = [] } = JSON.parse(read(path)) as { scenarios?: { id: string }[] };
  return scenarios.map(({ id }) => id).filter((id) => !failing.has(id));
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Whether a test of that name is in the text: as the first argument of a call. */
function hasTest(text: string, title: string): boolean {
  const spellings = [
    JSON.stringify(title),
    `'${title.replaceAll("'", "\\'")}'`,
    `\`${title.replaceAll("`", "\\`")}\``,
  ];
  return new RegExp(`\\(\\s*(?:${spellings.map(escaped).join("|")})`).test(text);
}

/** @returns what is wrong with a proof; undefined: it is there */
function faultOf({ path, title }: Proof): string | undefined {
  const whole = join(root, path);
  if (!existsSync(whole) || !statSync(whole).isFile()) return `no file ${path}`;
  const isRecording = path.endsWith(".json");
  if (!isRecording && !path.endsWith(".test.ts"))
    return `${path} is neither a test nor a recording`;
  const isThere = isRecording ? recorded(path).includes(title) : hasTest(read(path), title);
  return isThere ? undefined : `${path} has no "${title}"`;
}

describe("docs/contract", () => {
  it.each(chapters)("%s has a line for each MUST of its chapter, and no other", (chapter) => {
    expect(existsSync(join(root, "docs/spec", chapter))).toBe(true);
    const required = requiredNumbers(chapter);
    expect(required.length).toBeGreaterThan(10);
    const said = numberedRows(read(`docs/contract/${chapter}`)).map(([number]) => number);
    expect(said).toEqual(required);
  });

  it.each(chapters)("%s names proofs that are there", (chapter) => {
    const faults: string[] = [];
    for (const [number, must = "", proof = ""] of numberedRows(read(`docs/contract/${chapter}`))) {
      const proofs = proofsOf(proof);
      const found = proofs?.map(faultOf).filter((fault) => fault !== undefined) ?? [];
      if (proofs === undefined && !isPostponed(proof))
        found.push(`neither a proof nor "not yet: <why>": ${proof}`);
      if (must === "") found.push("says no MUST");
      faults.push(...found.map((fault) => `${number}: ${fault}`));
    }
    expect(faults).toEqual([]);
  });

  it("sees what is wrong with a line", () => {
    expect(proofsOf("")).toBeUndefined();
    expect(proofsOf("somewhere")).toBeUndefined();
    expect(proofsOf('`a.test.ts` "one" and more')).toBeUndefined();
    expect(proofsOf('`a.test.ts` "says "b"; c"; `d.json` "e"')).toEqual([
      { path: "a.test.ts", title: 'says "b"; c' },
      { path: "d.json", title: "e" },
    ]);
    expect(isPostponed("not yet: ")).toBe(false);
    expect(isPostponed("not yet: nobody asked")).toBe(true);
    const own = "tools/contract.test.ts";
    expect(faultOf({ path: own, title: "sees what is wrong with a line" })).toBeUndefined();
    expect(faultOf({ path: own, title: "sees what is wrong" })).toContain("has no");
    expect(faultOf({ path: "tools", title: "x" })).toBe("no file tools");
    expect(faultOf({ path: "tools/build.ts", title: "x" })).toContain("neither a test");
    const recording = "test/golden/recordings/pubsub.json";
    expect(faultOf({ path: recording, title: "pub-envelope-json" })).toBeUndefined();
    expect(faultOf({ path: recording, title: "pub-envelope" })).toContain("has no");
  });
});
