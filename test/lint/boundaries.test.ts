/**
 * Proves that the boundaries between the rooms of `src` bite: every line below is put into a scratch tree that has our
 * biome.json, and Biome must refuse it (or let it pass) as said here.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

type Case = readonly [file: string, line: string];

const refused: Readonly<Record<string, readonly Case[]>> = {
  noRestrictedImports: [
    ["src/kit/a/x1.ts", 'import { a } from "../../runtime/sidecar.ts";\nexport const b = a;'],
    ["src/kit/a/x2.ts", 'import { a } from "../../components/contract.ts";\nexport const b = a;'],
    ["src/kit/a/x3.ts", 'export type { T } from "../../runtime/state/state.ts";'],
    ["src/kit/a/x4.ts", 'export const f = (): Promise<unknown> => import("../../bin/daprd.ts");'],
    ["src/kit/a/b/x5.ts", 'import type { T } from "../../../sentry/ca.ts";\nexport type U = T;'],
    [
      "src/components/state/x1.ts",
      'import { a } from "../secretstores/env.ts";\nexport const b = a;',
    ],
    [
      "src/components/state/x2.ts",
      'import { a } from "../../runtime/state/state.ts";\nexport const b = a;',
    ],
    ["src/components/state/x3.ts", 'import { a } from "../catalogue.ts";\nexport const b = a;'],
    ["src/components/shared/x4.ts", 'import { a } from "../state/redis.ts";\nexport const b = a;'],
    [
      "src/components/state/deep/x5.ts",
      'import { a } from "../../secretstores/env.ts";\nexport const b = a;',
    ],
    ["src/runtime/state/x1.ts", 'import { a } from "../invoke/invoke.ts";\nexport const b = a;'],
    ["src/runtime/state/x2.ts", 'import { a } from "../sidecar.ts";\nexport const b = a;'],
    [
      "src/runtime/state/x3.ts",
      'import { a } from "../../components/state/redis.ts";\nexport const b = a;',
    ],
    ["src/runtime/state/x4.ts", 'import { a } from "../../sentry/ca.ts";\nexport const b = a;'],
    ["src/runtime/state/x5.ts", 'import { a } from "../actors/actors.ts";\nexport const b = a;'],
    [
      "src/runtime/api/deep/x6.ts",
      'import { a } from "../../state/state.ts";\nexport const b = a;',
    ],
    ["src/sentry/x1.ts", 'import { a } from "../runtime/options.ts";\nexport const b = a;'],
    ["src/sentry/x2.ts", 'import { a } from "../components/contract.ts";\nexport const b = a;'],
    ["src/runtime/x1.ts", 'import { a } from "../bin/daprd.ts";\nexport const b = a;'],
    ["src/cli/x1.ts", 'import { a } from "../bin/daprd.ts";\nexport const b = a;'],
  ],
  plugin: [
    ["src/runtime/state/t1.ts", "export const a = (): number => Date.now();"],
    ["src/runtime/state/t2.ts", "export const a = (): Date => new Date();"],
    ["src/runtime/state/t3.ts", "export const a = (): number => Math.random();"],
    ["src/kit/a/t4.ts", "export const a = (): number => performance.now();"],
    ["src/kit/a/t5.ts", "export const a = (): AbortSignal => AbortSignal.timeout(5);"],
    ["src/sentry/t6.ts", "export const a = (): never => process.exit(1);"],
    ["src/sentry/t7.ts", 'process.on("SIGTERM", () => undefined);\nexport const a = 1;'],
    ["src/components/state/t8.ts", "export const a = (): string | undefined => process.env.A;"],
    [
      "src/components/state/t9.ts",
      'import { randomUUID } from "node:crypto";\nexport const a = (): string => randomUUID();',
    ],
    ["src/sidecar-like.ts", "export const a = (): readonly string[] => process.argv;"],
  ],
  noRestrictedGlobals: [
    ["src/runtime/state/g1.ts", "export const a = (): unknown => setTimeout(() => undefined, 1);"],
    ["src/kit/a/g2.ts", "export const a = (): unknown => setInterval(() => undefined, 1);"],
  ],
  useImportExtensions: [["src/kit/a/e1.ts", 'import { y } from "./y";\nexport const b = y;']],
  noImportCycles: [
    ["src/kit/a/c1.ts", 'import { c2 } from "./c2.ts";\nexport const c1 = (): unknown => c2;'],
  ],
  noFloatingPromises: [
    [
      "src/kit/a/p1.ts",
      "async function work(): Promise<void> {}\nexport function a(): void {\n  work();\n}",
    ],
  ],
  noExcessiveLinesPerFunction: [
    ["src/kit/a/l1.ts", `export function a(b: number[]): void {\n${"  b.push(1);\n".repeat(75)}}`],
  ],
  noEnum: [["src/kit/a/n1.ts", "export enum A {\n  b = 0,\n}"]],
  noDefaultExport: [["src/kit/a/d1.ts", "export default 1;"]],
};

const allowed: readonly Case[] = [
  ["src/kit/a/y.ts", "export const y = 1;"],
  ["src/kit/a/c2.ts", 'import { c1 } from "./c1.ts";\nexport const c2 = (): unknown => c1;'],
  ["src/kit/a/ok1.ts", 'import { a } from "../b/y.ts";\nexport const b = a;'],
  ["src/kit/a/b/ok2.ts", 'import { a } from "../../b/y.ts";\nexport const b = a;'],
  ["src/components/state/ok1.ts", 'import { a } from "../shared/redis.ts";\nexport const b = a;'],
  ["src/components/state/ok2.ts", 'import type { T } from "../contract.ts";\nexport type U = T;'],
  [
    "src/components/state/ok3.ts",
    'import type { T } from "../secretstores/contract.ts";\nexport type U = T;',
  ],
  [
    "src/components/state/ok4.ts",
    'import { a } from "../../kit/time/clock.ts";\nexport const b = a;',
  ],
  [
    "src/components/catalogue-like.ts",
    'export const a = (): Promise<unknown> => import("./state/redis.ts");',
  ],
  ["src/runtime/state/ok1.ts", 'import { a } from "../resiliency/run.ts";\nexport const b = a;'],
  ["src/runtime/state/ok2.ts", 'import { a } from "../../kit/time/clock.ts";\nexport const b = a;'],
  [
    "src/runtime/state/ok3.ts",
    'import type { T } from "../../components/state/contract.ts";\nexport type U = T;',
  ],
  [
    "src/runtime/state/ok.test.ts",
    'import { a } from "../../components/state/in-memory.ts";\nexport const b = a;',
  ],
  ["src/runtime/workflow/ok1.ts", 'import { a } from "../actors/actors.ts";\nexport const b = a;'],
  ["src/runtime/sidecar.ts", 'import { a } from "./state/state.ts";\nexport const b = a;'],
  ["src/sentry/ok1.ts", 'import { a } from "../kit/time/clock.ts";\nexport const b = a;'],
  ["src/bin/ok1.ts", "export const a = (): number => Date.now();"],
  ["src/kit/time/ok1.ts", "export const a = (): unknown => setTimeout(() => undefined, 1);"],
  ["src/kit/lifecycle/run-program.ts", "export const a = (): readonly string[] => process.argv;"],
];

let dir: string;
/** Diagnostic categories per file. */
const found = new Map<string, string[]>();

interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string | { readonly file: string } | null };
  }[];
}

function lint(): Report {
  const args = ["lint", "--reporter=json", "--max-diagnostics=none", "src"];
  try {
    return JSON.parse(
      execFileSync(join(root, "node_modules/.bin/biome"), args, {
        cwd: dir,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout);
  }
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "boundaries-"));
  for (const name of ["biome.json", "tsconfig.json", "test/lint/no-ambient.grit"]) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    copyFileSync(join(root, name), join(dir, name));
  }
  for (const [file, text] of [...Object.values(refused).flat(), ...allowed]) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), `${text}\n`);
  }
  for (const { category, location } of lint().diagnostics) {
    const path = typeof location.path === "string" ? location.path : location.path?.file;
    if (path) found.set(path, [...(found.get(path) ?? []), category]);
  }
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("Biome refuses", () => {
  for (const [rule, cases] of Object.entries(refused)) {
    for (const [file, line] of cases) {
      it(`${file}: ${line.split("\n")[0]}`, () => {
        expect((found.get(file) ?? []).some((c) => c.includes(rule))).toBe(true);
      });
    }
  }
});

describe("Biome allows", () => {
  const boundary = /noRestricted|plugin/;
  for (const [file, line] of allowed) {
    it(`${file}: ${line.split("\n")[0]}`, () => {
      expect((found.get(file) ?? []).filter((c) => boundary.test(c))).toEqual([]);
    });
  }
});
