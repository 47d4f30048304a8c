/**
 * The app that runs beside a sidecar: a process group of its own, so that nothing of it is left behind.
 */
import { spawn } from "node:child_process";
import type { Clock } from "../kit/time/clock.ts";

export interface AppProcess extends AsyncDisposable {
  /** The app's exit code; 128 + n for signal n is reported as 1. Resolves when it ended, for whatever reason. */
  readonly exit: Promise<number>;
}

const killAfterMs = 5000;

/** @throws {Error} when the command cannot be started */
export async function startApp(
  command: readonly string[],
  env: ReadonlyMap<string, string>,
  clock: Clock,
): Promise<AppProcess> {
  const [file, ...args] = command as [string, ...string[]];
  const child = spawn(file, args, {
    stdio: "inherit",
    detached: true,
    env: Object.fromEntries(env),
  });
  const exit = new Promise<number>((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new Error(`cannot start ${file}: ${error.message}`)));
  });
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-(child.pid as number), signal);
    } catch {
      // The group is gone already.
    }
  };
  return {
    exit,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        signalGroup("SIGTERM");
        using _timer = clock.timer(killAfterMs, () => signalGroup("SIGKILL"));
        await exit;
      }
      // Children of the app may have outlived it.
      signalGroup("SIGKILL");
    },
  };
}
