/**
 * The one place that touches the process: builds the real platform, maps signals and ends with an exit code.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { openSync, writeFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { isatty } from "node:tty";
import { getSystemErrorMap } from "node:util";
import { quote } from "../errors/quote.ts";
import { FlagError, HelpRequested } from "../flags/flags.ts";
import { systemClock } from "../time/clock.ts";
import type { LineSink, Platform } from "./platform.ts";

export type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP";

/** What a program may do to its process. */
export interface ProcessControl {
  /** Called for every signal; without a SIGHUP listener the signal keeps its default effect. */
  onSignal(names: readonly SignalName[], callback: (name: SignalName) => void): void;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Opens a file for appending log lines. @throws {Error} `failed to open log file "p": ...` */
  openLog(path: string): LineSink;
  /** Ends at once, after flushing log lines. */
  exit(code: number): never;
  /** Sends a signal to this process itself. */
  raise(name: SignalName): void;
}

export interface Program {
  /** Shown as process name and in usage texts. */
  readonly name: string;
  usage(): string;
  /** @returns the exit code */
  run(argv: readonly string[], platform: Platform, control: ProcessControl): Promise<number>;
}

export function runProgram(program: Program): void {
  const sinks: LineSink[] = [];
  const stdout = fileSink(1);
  sinks.push(stdout);
  nameProcess(program.name);
  const exit = (code: number): never => {
    for (const sink of sinks) sink.flush();
    process.exit(code);
  };
  const control: ProcessControl = {
    onSignal(names, callback) {
      for (const name of names) process.on(name, () => callback(name));
    },
    stdout: (text) => writeAll(1, Buffer.from(text)),
    stderr: (text) => writeAll(2, Buffer.from(text)),
    openLog(path) {
      try {
        const sink = fileSink(openSync(path, "a", 0o644));
        sinks.push(sink);
        return sink;
      } catch (error) {
        const reason = `open ${path}: ${systemErrorText(error)}`;
        throw new Error(`failed to open log file ${quote(path)}: ${reason}`);
      }
    },
    exit,
    raise: (name) => void process.kill(process.pid, name),
  };
  const onFault = (error: unknown): void => {
    control.stderr(`${program.name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    exit(1);
  };
  process.on("uncaughtException", onFault);
  process.on("unhandledRejection", onFault);
  // Timers of the clock do not keep a process alive; the program decides when it is over.
  setInterval(() => {}, 2 ** 30);
  program.run(process.argv.slice(2), realPlatform(stdout), control).then(exit, (error: unknown) => {
    if (error instanceof HelpRequested) {
      control.stderr(program.usage());
      exit(0);
    }
    if (error instanceof FlagError) {
      control.stderr(`${program.usage()}${error.message}\n`);
      exit(2);
    }
    onFault(error);
  });
}

/** The machine as it is. */
function realPlatform(stdout: LineSink): Platform {
  const env = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) env.set(name, value);
  }
  return {
    clock: systemClock,
    random: {
      number: () => Math.random(),
      bytes: (length) => randomBytes(length),
      uuid: () => randomUUID(),
    },
    env,
    hostname: hostname(),
    pid: process.pid,
    uid: process.getuid?.() ?? -1,
    cwd: process.cwd(),
    program: process.argv[1],
    stdout,
  };
}

function systemErrorText(error: unknown): string {
  const { errno = 0, code, message } = error as NodeJS.ErrnoException;
  if (code === "EISDIR") return "is a directory";
  return getSystemErrorMap().get(errno)?.[1] ?? message;
}

function fileSink(fd: number): LineSink {
  let pending: string[] = [];
  const flush = (): void => {
    if (pending.length === 0) return;
    const text = pending.join("");
    pending = [];
    writeAll(fd, Buffer.from(text));
  };
  return {
    isTerminal: isatty(fd),
    write(line) {
      flush();
      writeAll(fd, Buffer.from(line));
    },
    writeLater(line) {
      if (pending.push(line) === 1) setImmediate(flush);
    },
    flush,
  };
}

/** Writes to a descriptor that may be a full non-blocking pipe. Output that nobody can take is dropped. */
function writeAll(fd: number, bytes: Buffer): void {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      Atomics.wait(pause, 0, 0, 2);
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Process lists show this name, and the reference's command line finds sidecars by it (spec 08 §11.4). */
function nameProcess(name: string): void {
  try {
    writeFileSync("/proc/self/comm", name);
  } catch {
    // Only Linux has it.
  }
}
