/**
 * The app that runs beside a sidecar: a process group of its own, so that nothing of it is left behind.
 */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Clock } from "../kit/time/clock.ts";
import type { ProcessGuard } from "./process-guard.ts";

export interface AppProcess extends AsyncDisposable {
  readonly pid: number;
  /** The app's exit code; 128 + n for signal n is reported as 1. Resolves when it ended, for whatever reason. */
  readonly exit: Promise<number>;
  /** How it ended: `exit status 3`, `signal: killed`; undefined after status 0. */
  readonly failure: Promise<string | undefined>;
}

export interface AppProcessOptions {
  /** Default: where this process runs. */
  readonly cwd?: string;
  /** Ends the group when this process is gone. */
  readonly guard?: ProcessGuard;
  /** Takes what the app writes; else it writes where this process does. */
  readonly onOutput?: (stream: Readable, name: "stdout" | "stderr") => void;
}

const killAfterMs = 5000;
/** How often to look whether the last of a group is gone. */
const pollMs = 25;

/** @throws {Error} when the command cannot be started */
export async function startApp(
  command: readonly string[],
  env: ReadonlyMap<string, string>,
  clock: Clock,
  { cwd, guard, onOutput }: AppProcessOptions = {},
): Promise<AppProcess> {
  const [file, ...args] = command as [string, ...string[]];
  const child = spawn(file, args, {
    stdio: onOutput === undefined ? "inherit" : ["ignore", "pipe", "pipe"],
    detached: true,
    cwd,
    env: Object.fromEntries(env),
  });
  const pid = child.pid ?? 0;
  if (pid > 0) guard?.watch(pid);
  const ended = new Promise<{ readonly code: number; readonly failure: string | undefined }>(
    (resolve) => {
      child.once("exit", (code, signal) =>
        resolve({ code: code ?? 1, failure: failureText(code, signal) }),
      );
    },
  );
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new Error(`cannot start ${file}: ${error.message}`)));
  });
  for (const name of ["stdout", "stderr"] as const) {
    const stream = child[name];
    if (stream !== null) onOutput?.(stream, name);
  }
  const group = new ProcessGroup(pid);
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await group.end(clock);
    await ended;
    guard?.forget(pid);
  };
  return {
    pid,
    exit: ended.then(({ code }) => code),
    failure: ended.then(({ failure }) => failure),
    [Symbol.asyncDispose]() {
      ending ??= end();
      return ending;
    },
  };
}

class ProcessGroup {
  readonly #id: number;

  constructor(id: number) {
    this.#id = id;
  }

  /** SIGTERM, then SIGKILL for what is left of it. The first process may be gone before the others. */
  async end(clock: Clock): Promise<void> {
    if (!this.#signal("SIGTERM")) return;
    const deadline = clock.monotonic() + killAfterMs;
    while (this.#signal(0)) {
      if (clock.monotonic() > deadline) {
        this.#signal("SIGKILL");
        return;
      }
      await clock.sleep(pollMs);
    }
  }

  /** @returns whether there is a process in it */
  #signal(signal: NodeJS.Signals | 0): boolean {
    try {
      process.kill(-this.#id, signal);
      return true;
    } catch {
      return false;
    }
  }
}

function failureText(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `signal: ${signalWords.get(signal) ?? signal}`;
  return code === 0 ? undefined : `exit status ${code}`;
}

/** Go's words for the usual ones. */
const signalWords: ReadonlyMap<string, string> = new Map([
  ["SIGKILL", "killed"],
  ["SIGTERM", "terminated"],
  ["SIGINT", "interrupt"],
  ["SIGHUP", "hangup"],
  ["SIGSEGV", "segmentation fault"],
  ["SIGABRT", "aborted"],
]);
