/** What `invoke` and `publish` send: given in the command line, or in a file. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type CommandContext, CommandError } from "./command.ts";
import type { CommandFlag } from "./command-line.ts";

export const dataFlags: readonly CommandFlag[] = [
  { name: "data", short: "d", type: "string", default: "", help: "Data to send, JSON" },
  { name: "data-file", short: "f", type: "string", default: "", help: "File with the data" },
];

/** Empty without either. @throws {CommandError} */
export function dataOf({ flags, platform }: CommandContext): Buffer {
  const file = flags.string("data-file");
  const data = flags.string("data");
  if (file === "") return Buffer.from(data);
  if (data !== "") throw new CommandError("only one of --data and --data-file may be given");
  try {
    return readFileSync(resolve(platform.cwd, file));
  } catch (error) {
    throw new CommandError(`error reading payload from ${file}: ${(error as Error).message}`);
  }
}
