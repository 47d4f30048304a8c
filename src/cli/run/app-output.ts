/**
 * Where the output of an app and of its sidecar goes: to the console with the app's name before every line, to files, or both.
 */
import type { Readable } from "node:stream";
import { stripVTControlCharacters, styleText } from "node:util";
import type { LineSink } from "../../kit/lifecycle/platform.ts";
import type { ProcessControl } from "../../kit/lifecycle/run-program.ts";
import type { LogDestination } from "./plan.ts";

/** A longer line is cut in two: nobody can make this process hold more. */
const longestLine = 64 * 1024;

/** Hands on whole lines, without their line feeds; the last one when the stream ends. */
export function eachLine(stream: Readable, onLines: (lines: readonly string[]) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() as string;
    while (rest.length > longestLine) {
      lines.push(rest.slice(0, longestLine));
      rest = rest.slice(longestLine);
    }
    if (lines.length > 0) onLines(lines.map((line) => line.replace(/\r$/, "")));
  });
  const end = (): void => {
    if (rest !== "") onLines([rest]);
    rest = "";
  };
  stream.on("end", end);
  stream.on("error", end);
}

const colours = ["cyan", "magenta", "yellow", "green", "blue", "red"] as const;

export interface OutputOptions {
  readonly destination: LogDestination;
  /** `== APP - orders ==` */
  readonly prefix: string;
  /** Which of the run's apps it is; they differ in colour. */
  readonly index: number;
  readonly control: Pick<ProcessControl, "stdout">;
  readonly isTerminal: boolean;
  /** undefined: there is none. */
  readonly file: LineSink | undefined;
}

/** Takes lines; those for files lose their colours. */
export function lineOutput(options: OutputOptions): (lines: readonly string[]) => void {
  const { destination, control, isTerminal, file } = options;
  const colour = colours[options.index % colours.length] as (typeof colours)[number];
  const prefix = isTerminal ? styleText(colour, options.prefix) : options.prefix;
  const hasConsole = destination !== "file";
  return (lines) => {
    if (hasConsole) control.stdout(lines.map((line) => `${prefix} ${line}\n`).join(""));
    file?.write(lines.map((line) => `${stripVTControlCharacters(line)}\n`).join(""));
  };
}

/** The same for a sidecar, which writes whole lines. */
export function lineSink(options: OutputOptions): LineSink {
  const output = lineOutput(options);
  const write = (text: string): void => output(text.replace(/\n$/, "").split("\n"));
  return { isTerminal: false, write, writeLater: write, flush: () => options.file?.flush() };
}

/** `<appId>_<what>_<yyyyMMddHHmmss>.log`, local time. */
export function logFileName(appId: string, what: "app" | "daprd", now: number): string {
  const time = new Date(now);
  const two = (value: number): string => String(value).padStart(2, "0");
  const stamp = [
    time.getFullYear(),
    two(time.getMonth() + 1),
    two(time.getDate()),
    two(time.getHours()),
    two(time.getMinutes()),
    two(time.getSeconds()),
  ].join("");
  return `${appId}_${what}_${stamp}.log`;
}
