/**
 * One command of `tricorne`: how it is described, parsed and run.
 */
import { FlagError, HelpRequested, type ParsedFlags } from "../kit/flags/flags.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { ProcessControl } from "../kit/lifecycle/run-program.ts";
import { type CommandFlag, flagLines, parseCommandLine } from "./command-line.ts";
import { Status } from "./status.ts";

export interface CommandContext {
  readonly flags: ParsedFlags;
  readonly words: readonly string[];
  readonly platform: Platform;
  readonly control: ProcessControl;
  readonly status: Status;
}

/** What a help text says before its flags. */
export interface CommandHelp {
  readonly name: string;
  /** A sentence or a few. */
  readonly summary: string;
  /** What follows the name: `[flags] [-- command ...]`. */
  readonly usage: string;
  /** Comment and command line. */
  readonly examples: readonly (readonly [comment: string, line: string])[];
}

export interface Command extends CommandHelp {
  readonly flags: readonly CommandFlag[];
  /** @returns the exit code */
  run(context: CommandContext): Promise<number>;
}

/** What was asked for cannot be done; the message is all there is to say. Exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Every command takes them. */
const everywhere: readonly CommandFlag[] = [
  {
    name: "runtime-path",
    type: "string",
    default: "",
    help: "Folder that holds .dapr; else DAPR_RUNTIME_PATH, else the home folder",
  },
  { name: "log-as-json", type: "bool", default: "false", help: "Write messages as JSON" },
];

/** @returns the exit code: 2 for bad usage */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  platform: Platform,
  control: ProcessControl,
): Promise<number> {
  const flags = [
    ...command.flags,
    ...everywhere.filter(({ name }) => !command.flags.some((flag) => flag.name === name)),
  ];
  try {
    const line = parseCommandLine(flags, argv);
    for (const notice of line.flags.notices) control.stderr(`${notice}\n`);
    const status = new Status(control, {
      isJson: line.flags.bool("log-as-json"),
      clock: platform.clock,
    });
    try {
      return await command.run({ ...line, platform, control, status });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      status.failure(error.message);
      return 1;
    }
  } catch (error) {
    if (error instanceof HelpRequested) {
      control.stdout(helpText(command, flags));
      return 0;
    }
    if (!(error instanceof FlagError)) throw error;
    const hint = `Run "tricorne ${command.name} --help" for the usage.`;
    control.stderr(`tricorne ${command.name}: ${error.message}\n${hint}\n`);
    return 2;
  }
}

export function helpText(command: CommandHelp, flags: readonly CommandFlag[]): string {
  const examples = command.examples.map(([comment, line]) => `  # ${comment}\n  ${line}\n`);
  return `${command.summary}

Usage:
  tricorne ${command.name} ${command.usage}

Examples:
${examples.join("\n")}
Flags:
${flagLines(flags)}`;
}
