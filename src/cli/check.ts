/**
 * `tricorne check`: says what is wrong with resource files, before a sidecar has to.
 */
import { styleText } from "node:util";
import {
  type FlagDefinition,
  FlagError,
  HelpRequested,
  type ParsedFlags,
  parseFlags,
} from "../kit/flags/flags.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { ProcessControl } from "../kit/lifecycle/run-program.ts";
import { type CheckResult, checkPaths, PathError, type Problem } from "./check/files.ts";
import { type CommandHelp, helpText } from "./command.ts";

const flags: readonly FlagDefinition[] = [
  {
    name: "output",
    type: "string",
    default: "text",
    help: "text: a table in a terminal, plain lines elsewhere; json: one object",
  },
];

const help: CommandHelp = {
  name: "check",
  summary: `Checks resource files: components, endpoints, subscriptions, resiliency, configurations, policies, MCP servers.
A folder stands for the YAML files in it, and for the component files in its folder "components".
Exit code 0: nothing wrong (warnings do not count); 1: errors; 2: bad usage.`,
  usage: "[flags] PATH ...",
  examples: [
    ["The files of a folder", "tricorne check ./components"],
    ["For programs", "tricorne check --output json ./components config.yaml"],
  ],
};

/** @returns the exit code */
export async function check(
  argv: readonly string[],
  platform: Platform,
  control: ProcessControl,
): Promise<number> {
  try {
    const parsed = parseFlags(flags, argv, { singleDash: true });
    const output = outputOf(parsed);
    const result = await checkPaths(pathsOf(argv), platform.cwd, platform.program);
    const { isTerminal } = platform.stdout;
    control.stdout(
      output === "json" ? json(result) : isTerminal ? table(result) : plainLines(result),
    );
    return countOf(result, "error") > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof HelpRequested) {
      control.stdout(helpText(help, flags));
      return 0;
    }
    if (!(error instanceof FlagError) && !(error instanceof PathError)) throw error;
    control.stderr(
      `tricorne check: ${error.message}\nRun "tricorne check --help" for the usage.\n`,
    );
    return 2;
  }
}

function outputOf(parsed: ParsedFlags): string {
  const output = parsed.string("output");
  if (output === "text" || output === "json") return output;
  throw new FlagError(`invalid argument ${JSON.stringify(output)} for "--output": text or json`);
}

/** What is neither a flag nor the value of one. @throws {FlagError} when there is none */
function pathsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  const paths = words.filter(
    (word, i) => !word.startsWith("-") && !/^--?output$/.test(words[i - 1] ?? ""),
  );
  if (end >= 0) paths.push(...argv.slice(end + 1));
  if (paths.length === 0) throw new FlagError("no file or folder was named");
  return paths;
}

const countOf = ({ problems }: CheckResult, level: Problem["level"]): number =>
  problems.filter((problem) => problem.level === level).length;

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`;

function summary(result: CheckResult): string {
  const { files, resources } = result;
  const found = `${counted(countOf(result, "error"), "error")}, ${counted(countOf(result, "warning"), "warning")}`;
  return `${found} in ${counted(resources, "resource")} of ${counted(files, "file")}`;
}

const place = ({ path, line }: Problem): string => (line === 0 ? path : `${path}:${line}`);

/** `path:line: level: text`, as compilers write it. */
function plainLines(result: CheckResult): string {
  const lines = result.problems.map(
    (item) => `${place(item)}: ${item.level}: ${oneLine(item.text)}\n`,
  );
  return `${lines.join("")}${summary(result)}\n`;
}

function table(result: CheckResult): string {
  const { problems } = result;
  const width = Math.max(0, ...problems.map((item) => place(item).length));
  const rows = problems.map((item) => {
    const isError = item.level === "error";
    const level = styleText(isError ? ["bold", "red"] : "yellow", item.level.padEnd(7));
    return `${styleText("cyan", place(item).padEnd(width))}  ${level}  ${oneLine(item.text)}\n`;
  });
  const colour = countOf(result, "error") > 0 ? "red" : problems.length > 0 ? "yellow" : "green";
  const gap = rows.length === 0 ? "" : "\n";
  return `${rows.join("")}${gap}${styleText(["bold", colour], summary(result))}\n`;
}

function json(result: CheckResult): string {
  const { files, resources, problems } = result;
  const counts = { errors: countOf(result, "error"), warnings: countOf(result, "warning") };
  return `${JSON.stringify({ files, resources, ...counts, problems }, undefined, 2)}\n`;
}

/** Names come from files: control characters do not reach the terminal. */
const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
