/**
 * SDKs of other languages: a program in that language holds the tests and prints one JSON line per test. Here each line
 * becomes a test, and a missing toolchain a visible skip.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runToEnd } from "../integration/launch.ts";
import { needsRedis, startSurroundings } from "./environment.ts";
import { appProtocols } from "./events.ts";

const run = promisify(execFile);

interface Line {
  readonly name: string;
  readonly error: string | null;
}

export interface ClientProgram {
  /** Shown as the suite's name. */
  readonly title: string;
  /** Short name of the language. */
  readonly language: string;
  /** Files with the tests. */
  readonly sources: readonly string[];
  /** Finds the name of a test in the source, as first group; one with `{app}` or `_over_app` is there for each protocol of apps. */
  readonly testName: RegExp;
  /** Builds the program. @returns the command that runs it */
  prepare(): Promise<readonly string[]>;
  /** Starts what only this SDK needs. @returns settings for the program */
  start?(running: AsyncDisposableStack): Promise<Readonly<Record<string, string>>>;
}

/** Programs on which a build stands, asked for their version. */
export async function hasTool(program: string, ...args: string[]): Promise<boolean> {
  return await run(program, args, { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}

/** Runs a build step; its output becomes the error's text. */
export async function build(
  cwd: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const options = { cwd, timeout: 240_000, maxBuffer: 16e6, env: { ...process.env, ...env } };
  await run(program, [...args], options).catch((error: Error & { stderr?: string }) => {
    throw new Error(`${program} ${args.join(" ")}: ${error.message}\n${error.stderr ?? ""}`);
  });
}

/** @param isAvailable whether the toolchain is there */
export function describeClientProgram(program: ClientProgram, isAvailable: boolean): void {
  const source = program.sources.map((file) => readFileSync(file, "utf8")).join("\n");
  const names = [...source.matchAll(program.testName)].flatMap(([, name = ""]) =>
    new Set(appProtocols.map((protocol) => name.replace(/\{app\}|(?<=_over_)app$/, protocol)))
      .values()
      .toArray(),
  );
  if (!isAvailable) {
    console.warn(`${names.length} cases of ${program.title} are skipped: no toolchain`);
  }
  describe.skipIf(!isAvailable)(program.title, () => {
    const results = new Map<string, Line>();
    const running = new AsyncDisposableStack();
    let output = "";
    beforeAll(async () => {
      const [file = "", ...args] = await program.prepare();
      const { env } = running.use(await startSurroundings(program.language));
      const more = await program.start?.(running);
      const client = await runToEnd(file, args, { limitMs: 180_000, env: { ...env, ...more } });
      output = client.log;
      for (const text of client.stdout.split("\n").filter((line) => line.startsWith("{"))) {
        const line: Line = JSON.parse(text);
        results.set(line.name, line);
      }
    }, 300_000);
    afterAll(() => running.disposeAsync());

    it("has tests", () => expect(names.length).toBeGreaterThan(5));
    it.each(names)("%s", (name) => {
      if (needsRedis && /lock|configuration/i.test(name)) return;
      const result = results.get(name);
      if (!result) throw new Error(`did not run:\n${output}`);
      expect(result.error ?? "").toBe("");
    });
  });
}
