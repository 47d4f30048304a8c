/**
 * The folder of a developer's machine: `.dapr` below the runtime path, with default components and configuration.
 * @see spec 08 §11.1
 */
import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Platform } from "../kit/lifecycle/platform.ts";

export interface RuntimeFolder {
  /** `.../.dapr` */
  readonly path: string;
  /** undefined: there is none. */
  readonly components: string | undefined;
  /** undefined: there is none. */
  readonly config: string | undefined;
  /** What is ours: the embedded stores, certificates, and who runs. */
  readonly own: string;
}

/** @param runtimePath the flag; "" is absent */
export function runtimeFolder(runtimePath: string, platform: Platform): RuntimeFolder {
  const { env, cwd } = platform;
  const parent =
    runtimePath.trim() || env.get("DAPR_RUNTIME_PATH")?.trim() || env.get("HOME") || homedir();
  const path = join(resolve(cwd, withHome(parent, env)), ".dapr");
  const components = join(path, "components");
  const config = join(path, "config.yaml");
  return {
    path,
    components: isFolder(components) ? components : undefined,
    config: existsSync(config) ? config : undefined,
    own: join(path, "tricorne"),
  };
}

/** `~` and `~/x` stand for the home folder. */
export function withHome(path: string, env: ReadonlyMap<string, string>): string {
  if (path !== "~" && !path.startsWith("~/")) return path;
  return join(env.get("HOME") || homedir(), path.slice(1));
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
