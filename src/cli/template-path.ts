/** Which file is meant by the `--run-file` of `run` and `stop`. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommandError } from "./command.ts";
import { isFolder, withHome } from "./runtime-folder.ts";

/** A folder stands for the dapr.yaml in it. @throws {CommandError} */
export function templatePath(file: string, cwd: string, env: ReadonlyMap<string, string>): string {
  const path = resolve(cwd, withHome(file, env));
  if (isFolder(path)) {
    const inside = join(path, "dapr.yaml");
    if (existsSync(inside)) return inside;
    throw new CommandError(`there is no dapr.yaml in ${path}`);
  }
  if (!existsSync(path)) throw new CommandError(`the template ${path} does not exist`);
  if (/\.ya?ml$/.test(path)) return path;
  throw new CommandError(`a template is a .yaml or .yml file or a folder, not ${path}`);
}
