/**
 * `npm test` and CI: checks, unit tests, integration tests with a real Redis, golden replays and SDK conformance, one
 * after the other, each within a time limit. Installs what is missing first. The last line is `N passed, N failed`.
 *
 *   npm test                        everything
 *   npm test -- --only unit,golden  some suites: check, unit, integration, golden, conformance
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hasRedis, launchRedis } from "../test/integration/launch.ts";
import { runChecks } from "./check.ts";
import { bin, root, runStep } from "./run-step.ts";
import { installTestNeeds } from "./test-needs.ts";

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of skipped tests. */
  readonly skips: readonly string[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const reports = join(root, ".cache/test");

async function check(): Promise<Tally> {
  const results = await runChecks();
  const passed = results.filter((r) => r.ok).length;
  return { passed, failed: results.length - passed, skipped: 0, skips: [] };
}

async function vitest(
  project: string,
  limitSeconds: number,
  env: Record<string, string>,
): Promise<Tally> {
  const file = join(reports, `${project}.json`);
  rmSync(file, { force: true });
  const { ok } = await runStep({
    name: project,
    command: [
      bin("vitest"),
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
      "--passWithNoTests",
    ],
    limitSeconds,
    env: { NO_COLOR: "1", ...env },
    live: true,
  });
  return readReport(file, ok);
}

/** A run that ended without a report, or badly without a failed test, counts as one failure. */
function readReport(file: string, ok: boolean): Tally {
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, skips: [] };
  }
  const skips = report.testResults
    .flatMap((r) => r.assertionResults)
    .filter((r) => r.status !== "passed" && r.status !== "failed")
    .map((r) => r.fullName);
  const failed = report.numFailedTests === 0 && !ok ? 1 : report.numFailedTests;
  return { passed: report.numPassedTests, failed, skipped: skips.length, skips };
}

async function golden(): Promise<Tally> {
  const command = [bin("node"), join(root, "tools/golden.ts")];
  const { output } = await runStep({ name: "golden", command, limitSeconds: 600 });
  process.stdout.write(output);
  const last = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(output);
  if (!last) return { passed: 0, failed: 1, skipped: 0, skips: [] };
  const [, passed, failed, skipped = "0"] = last;
  return {
    passed: Number(passed),
    failed: Number(failed),
    skipped: Number(skipped),
    skips: output.split("\n").filter((line) => line.startsWith("SKIPPED")),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  mkdirSync(reports, { recursive: true });
  const missing = await installTestNeeds();
  const built = await runStep({
    name: "build",
    command: [bin("node"), join(root, "tools/build.ts"), "--if-stale"],
    limitSeconds: 120,
  });
  if (!built.ok) console.log(built.output);
  await using redis = (await hasRedis()) ? await launchRedis() : undefined;
  const env = redis ? { TRICORNE_TEST_REDIS: redis.address } : {};
  const suites: Readonly<Record<string, () => Promise<Tally>>> = {
    check,
    unit: () => vitest("unit", 180, env),
    integration: () => vitest("integration", 780, env),
    golden,
    conformance: () => vitest("conformance", 480, env),
  };
  const total = { passed: 0, failed: built.ok ? 0 : 1, skipped: 0 };
  const summary: string[] = [];
  for (const name of values.only?.split(",") ?? Object.keys(suites)) {
    console.log(`\n== ${name}`);
    const started = performance.now();
    const tally = (await suites[name]?.()) ?? { passed: 0, failed: 1, skipped: 0, skips: [] };
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    summary.push(
      `${name.padEnd(12)} ${tally.passed} ok, ${tally.failed} not ok, ${tally.skipped} skipped (${seconds} s)`,
    );
    summary.push(...tally.skips.map((s) => `  SKIPPED ${s}`));
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
  }
  console.log(`\n${summary.join("\n")}`);
  for (const sentence of missing) console.log(`MISSING: ${sentence}`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

await main();
