/**
 * `npm run check`: types, lint and format, the lock file, unused code, and generated files that are not what their generator writes.
 * Every `tools/generate-*.ts` takes `--check`: it writes nothing and fails if it would.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bin, root, runStep, type Step, type StepResult } from "./run-step.ts";

function checks(): readonly Step[] {
  const generators = readdirSync(join(root, "tools")).filter((n) =>
    /^generate-[a-z-]+\.ts$/.test(n),
  );
  return [
    { name: "tsc", command: [bin("tsc"), "--noEmit"], limitSeconds: 120 },
    {
      name: "biome",
      command: [bin("biome"), "ci", "--colors=off", "--error-on-warnings", "--max-diagnostics=50"],
      limitSeconds: 120,
    },
    {
      name: "package-lock.json",
      command: [bin("node"), join(root, "tools/complete-lock.ts"), "--check"],
      limitSeconds: 30,
    },
    { name: "knip", command: [bin("knip"), "--no-progress"], limitSeconds: 120 },
    ...generators.map((name) => ({
      name: `tools/${name} --check`,
      command: [bin("node"), join(root, "tools", name), "--check"],
      limitSeconds: 120,
    })),
  ];
}

/** Two at a time. */
export async function runChecks(): Promise<readonly StepResult[]> {
  const waiting = [...checks()];
  const results: StepResult[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await runStep(step);
      results.push(result);
      console.log(
        `${result.ok ? "ok    " : "not ok"} ${step.name} (${result.seconds.toFixed(1)} s)`,
      );
      if (!result.ok) console.log(result.output.replaceAll(/^/gm, "    "));
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

if (import.meta.main) {
  const results = await runChecks();
  process.exitCode = results.every((r) => r.ok) ? 0 : 1;
}
