/** House rules that no linter knows: sizes, names, paths of one machine, and what a file must start with. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const maxLines = 500;

/** Written by a generator, or data that only looks like code. */
const generated =
  /^src\/kit\/proto\/(dapr|durabletask|etcd|google|grpc|opentelemetry|pulsar)\/|\.gen\.ts$|catalogue\.ts$/;
const ownText = /\.(ts|mjs|sh|md|yaml|yml|proto|json)$|^bin\/|Dockerfile$|^\.ci\//;
const notOurs = /^test\/golden\/|^test\/fixtures\/|^package-lock\.json$/;

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules" || entry.name === ".cache") return [];
    return entry.isDirectory() ? walk(path) : [path.split(sep).join("/")];
  });
}

const files = ["src", "test", "tools", "bin", "deploy", "docs", "proto", ".ci"]
  .filter((folder) => statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory())
  .flatMap(walk)
  .concat(readdirSync(root).filter((n) => /\.(md|json|ts)$/.test(n)))
  .filter((path) => ownText.test(path) && !notOurs.test(path));
const code = files.filter((path) => /\.(ts|mjs)$/.test(path) && !generated.test(path));
const source = code.filter((path) => path.startsWith("src/") && !path.endsWith(".test.ts"));
const text = (path: string): string => readFileSync(join(root, path), "utf8");

/** `file:line` of every line that matches. */
function hits(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    text(path)
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [],
      ),
  );
}

describe("sizes", () => {
  it(`keeps files at ${maxLines} lines or fewer`, () => {
    const long = code
      .map((path) => [path, text(path).split("\n").length - 1] as const)
      .filter(([, lines]) => lines > maxLines);
    expect(long).toEqual([]);
  });
});

describe("programs", () => {
  it("are a few lines each", () => {
    const programs = source.filter((path) => path.startsWith("src/bin/"));
    expect(programs.filter((path) => text(path).split("\n").length > 41)).toEqual([]);
  });
});

describe("names", () => {
  const vague = /(^|[-.])(managers?|helpers?|utils?|common|processors?|universal)([-.]|$)/;

  it("says in file and folder names what a thing is", () => {
    const bad = code.filter((path) => path.split("/").some((part) => vague.test(part)));
    expect(bad).toEqual([]);
  });

  it("says in exported names what a thing is", () => {
    const pattern =
      /^export (abstract )?(class|function|async function|const|interface|type) \w*(Manager|Helper|Util|Processor)s?\b/;
    expect(hits(code, pattern)).toEqual([]);
  });

  it("writes file names in kebab case", () => {
    expect(code.filter((path) => !/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(basename(path)))).toEqual([]);
  });
});

describe("text", () => {
  const self = relative(root, import.meta.filename);
  const others = files.filter((path) => path !== self);

  it("names no path of one machine and no registry host", () => {
    const pattern =
      /\/work\/|\/root\/|\/tmp\/(brief|[a-z]+_jobs)|registry\.npmjs|files\.pythonhosted|proxy\.golang\.org|deb\.debian\.org|repo1?\.maven/;
    expect(hits(others, pattern)).toEqual([]);
  });

  it("leaves no focused tests and no debugger statements", () => {
    expect(hits(code, /\b(it|test|describe)\.only\(|^\s*debugger\b/)).toEqual([]);
  });

  it("starts every source file with what it is for", () => {
    const bare = source.filter(
      (path) => !path.startsWith("src/bin/") && !/^(#!.*\n)?\s*(\/\*\*|\/\/)/.test(text(path)),
    );
    expect(bare).toEqual([]);
  });

  it("points at chapters of the specification that exist", () => {
    const chapters = new Set(
      readdirSync(join(root, "docs/spec")).flatMap((name) => /^(\d\d)-/.exec(name)?.[1] ?? []),
    );
    const wrong = code.flatMap((path) =>
      [...text(path).matchAll(/\bspec (\d\d)\b/g)].flatMap((match) =>
        chapters.has(match[1] ?? "") ? [] : [`${path}: ${match[0]}`],
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe("documents", () => {
  it("link to files that exist", () => {
    const documents = files.filter((path) => path.endsWith(".md"));
    const dead = documents.flatMap((path) =>
      [...text(path).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].flatMap(
        ([, link = ""]) =>
          statSync(join(root, path, "..", link), { throwIfNoEntry: false })
            ? []
            : [`${path}: ${link}`],
      ),
    );
    expect(dead).toEqual([]);
  });
});

describe("launchers", () => {
  it("are one script under several names, each with its program", () => {
    const launchers = files.filter((path) => path.startsWith("bin/"));
    expect(launchers.length).toBeGreaterThanOrEqual(3);
    for (const path of launchers) {
      expect(text(path)).toBe(text("bin/daprd"));
      expect(statSync(join(root, path)).mode & 0o111).toBe(0o111);
      expect(files).toContain(`src/${path}.ts`);
    }
  });
});
