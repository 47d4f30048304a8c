/** The flag `--output` of commands that show facts. */
import { FlagError, type ParsedFlags } from "../kit/flags/flags.ts";
import type { CommandFlag } from "./command-line.ts";

export function outputFlag(formats: readonly string[]): CommandFlag {
  const help = `${formats.join(" or ")}; without it, text for people`;
  return { name: "output", short: "o", type: "string", default: "", help };
}

/** @returns "" without one @throws {FlagError} */
export function outputOf(flags: ParsedFlags, formats: readonly string[]): string {
  const format = flags.string("output");
  if (format === "" || formats.includes(format)) return format;
  const wanted = formats.join(" or ");
  throw new FlagError(`invalid argument ${JSON.stringify(format)} for "--output": ${wanted}`);
}
