/** Runs one command of a check or test run in a process group of its own, within a time limit. */
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

export const root = join(import.meta.dirname, "..");
export const bin = (name: string): string => join(root, "node_modules/.bin", name);

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly limitSeconds: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Pass the output through while it runs instead of keeping it. */
  readonly live?: boolean;
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  /** Both streams; empty for live steps. */
  readonly output: string;
  readonly seconds: number;
}

/** Groups that still run; ended when this program ends. */
const groups = new Set<number>();

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

export function endEverything(): void {
  for (const pid of groups) endGroup(pid);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endEverything();
    process.exit(130);
  });
}

export function runStep(step: Step): Promise<StepResult> {
  const started = performance.now();
  const [file = "", ...args] = step.command;
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      detached: true,
      // Tools with a `#!/usr/bin/env node` line run on the pinned Node, not on the system's.
      env: { ...process.env, PATH: [bin(""), process.env.PATH].join(delimiter), ...step.env },
      stdio: ["ignore", step.live ? "inherit" : "pipe", step.live ? "inherit" : "pipe"],
    });
    if (child.pid) groups.add(child.pid);
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      if (child.pid) endGroup(child.pid);
    }, step.limitSeconds * 1000);
    const finish = (ok: boolean): void => {
      clearTimeout(timer);
      if (child.pid) {
        endGroup(child.pid);
        groups.delete(child.pid);
      }
      if (isLate) output += `\n${step.name}: ended after ${step.limitSeconds} s\n`;
      if (isLate && step.live) console.log(`${step.name}: ended after ${step.limitSeconds} s`);
      resolve({ name: step.name, ok, output, seconds: (performance.now() - started) / 1000 });
    };
    child.on("error", (error) => {
      output += `${error.message}\n`;
      finish(false);
    });
    child.on("close", (code) => finish(code === 0 && !isLate));
  });
}
