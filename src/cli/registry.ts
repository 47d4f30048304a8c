/**
 * Who runs: one file for each process that holds sidecars, so that `tricorne list` and `stop` find them.
 *
 * Sidecars that share a process cannot be told apart by process names and flags. The file carries the id of its process and
 * when that was started; files of processes that are gone are removed by whoever meets them.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../kit/lifecycle/platform.ts";

export interface RegisteredApp {
  readonly appId: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly appPort: number;
  readonly metricsEnabled: boolean;
  /** "" with ports. */
  readonly socketFolder: string;
  readonly command: string;
  /** 0: there is none. */
  readonly appPid: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Bytes. */
  readonly maxRequestBodySize: number;
  readonly httpReadBufferSize: number;
  readonly appLogPath: string;
  readonly daprdLogPath: string;
}

export interface RegisteredProcess {
  readonly pid: number;
  readonly startTime: string;
  /** Of the template; "" without one. */
  readonly templatePath: string;
  readonly templateName: string;
  /** Listens for commands; "" when it does not. */
  readonly controlPath: string;
  readonly apps: readonly RegisteredApp[];
}

export interface RegistrationOptions {
  readonly folder: string;
  readonly platform: Platform;
  readonly templatePath?: string;
  readonly templateName?: string;
  readonly controlPath?: string;
}

/** The folder of the files, in {@link RuntimeFolder.own}. */
export const registryFolder = (own: string): string => join(own, "run");

export class Registration implements Disposable {
  readonly #path: string;
  readonly #facts: Omit<RegisteredProcess, "apps">;
  readonly #apps = new Map<string, RegisteredApp>();

  /** @throws {Error} when the folder cannot be written to */
  constructor({ folder, platform, ...rest }: RegistrationOptions) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, `${platform.pid}.json`);
    this.#facts = {
      pid: platform.pid,
      startTime: startTimeOf(platform.pid) ?? "",
      templatePath: rest.templatePath ?? "",
      templateName: rest.templateName ?? "",
      controlPath: rest.controlPath ?? "",
    };
  }

  /** Adds an app or takes the place of what was known about it. */
  set(app: RegisteredApp): void {
    this.#apps.set(app.appId, app);
    this.#write();
  }

  delete(appId: string): void {
    if (this.#apps.delete(appId)) this.#write();
  }

  #write(): void {
    const content: RegisteredProcess = { ...this.#facts, apps: [...this.#apps.values()] };
    const aside = `${this.#path}.new`;
    writeFileSync(aside, JSON.stringify(content), { mode: 0o600 });
    renameSync(aside, this.#path);
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { force: true });
  }
}

/** Those that still run, in the order in which they were started. Files of others are removed. */
export function registeredProcesses(folder: string): RegisteredProcess[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const found: RegisteredProcess[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const match = /^(\d+)\.json$/.exec(name);
    if (match === null) continue;
    const content = readEntry(path);
    const startTime = startTimeOf(Number(match[1]));
    if (content !== undefined && startTime === content.startTime) found.push(content);
    else if (content !== undefined) {
      rmSync(path, { force: true });
      if (content.controlPath !== "") rmSync(content.controlPath, { force: true });
    }
  }
  const firstCreated = ({ apps }: RegisteredProcess): number => apps[0]?.created ?? 0;
  return found.sort((a, b) => firstCreated(a) - firstCreated(b) || a.pid - b.pid);
}

/** undefined: not one of ours, or just being written. */
function readEntry(path: string): RegisteredProcess | undefined {
  try {
    const content = JSON.parse(readFileSync(path, "utf8")) as RegisteredProcess;
    return Array.isArray(content.apps) ? content : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a process was started, in the kernel's own unit: together with the id it names one process for good.
 * @returns undefined: it does not run. Where there is no /proc: "" for any that runs
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in the second field may hold spaces and brackets.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    if (process.platform === "linux") return undefined;
  }
  try {
    process.kill(pid, 0);
    return "";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? "" : undefined;
  }
}
