/**
 * Logs in the reference's text and JSON layouts.
 * @see spec 08 §8.1
 */
import { quote } from "../errors/quote.ts";
import type { LineSink } from "../lifecycle/platform.ts";
import type { Clock } from "../time/clock.ts";

export const levels = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4 } as const;
export type Level = keyof typeof levels;

export type FieldValue = string | number | boolean;
export type Fields = Readonly<Record<string, FieldValue>>;

export interface Logger {
  isEnabled(level: Level): boolean;
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Only writes the line; ending the process is the program's business. */
  fatal(message: string, fields?: Fields): void;
}

export interface LoggingOptions {
  readonly level: Level;
  readonly json: boolean;
  readonly sink: LineSink;
  readonly clock: Clock;
  readonly hostname: string;
  readonly version: string;
  /** Shown as app_id; absent in the control plane. */
  readonly appId?: string;
}

/** Level words as printed; the reference writes `warning`. */
const words = { debug: "debug", info: "info", warn: "warning", error: "error", fatal: "fatal" };
const colours = { debug: 37, info: 36, warn: 33, error: 31, fatal: 31 };

/** The loggers of one process or one embedded sidecar. */
export class Logging {
  readonly #options: LoggingOptions;
  readonly #startedAt: number;
  #level: number;

  constructor(options: LoggingOptions) {
    this.#options = options;
    this.#level = levels[options.level];
    this.#startedAt = options.clock.monotonic();
  }

  get level(): Level {
    return (Object.keys(levels) as Level[])[this.#level] as Level;
  }

  setLevel(level: Level): void {
    this.#level = levels[level];
  }

  /**
   * @param scope the logger's name, for example `dapr.runtime.http`
   * @param options.alwaysInfo lines at info appear whatever the level (API log; spec 08 §8.2)
   * @param options.plain ignores level, JSON and app id (spec 08 §8.1, quirk)
   */
  logger(scope: string, options: { alwaysInfo?: boolean; plain?: boolean } = {}): Logger {
    const minimum = (): number =>
      options.plain || options.alwaysInfo ? Math.min(this.#level, levels.info) : this.#level;
    const isEnabled = (level: Level): boolean => levels[level] >= minimum();
    const log = (level: Level, message: string, fields?: Fields): void => {
      if (!isEnabled(level)) return;
      const line = this.#format(scope, level, message, fields, options.plain === true);
      if (options.alwaysInfo) this.#options.sink.writeLater(line);
      else this.#options.sink.write(line);
    };
    return {
      isEnabled,
      debug: (message, fields) => log("debug", message, fields),
      info: (message, fields) => log("info", message, fields),
      warn: (message, fields) => log("warn", message, fields),
      error: (message, fields) => log("error", message, fields),
      fatal: (message, fields) => log("fatal", message, fields),
    };
  }

  #format(
    scope: string,
    level: Level,
    message: string,
    extra: Fields | undefined,
    plain: boolean,
  ): string {
    const { sink, hostname, version, appId, json, clock } = this.#options;
    const fields: Record<string, FieldValue> = {
      ...extra,
      instance: hostname,
      scope,
      type: "log",
      ver: version === "" ? "unknown" : version,
    };
    if (appId && !plain) fields.app_id = appId;
    if (json && !plain) return jsonLine(level, message, rfc3339(clock.now()), fields);
    if (!sink.isTerminal) return textLine(level, message, rfc3339(clock.now()), fields);
    const seconds = Math.floor((clock.monotonic() - this.#startedAt) / 1000);
    return terminalLine(level, message, seconds, fields);
  }
}

function textLine(level: Level, message: string, time: string, fields: Fields): string {
  let line = `time=${quoted(time)} level=${words[level]}`;
  if (message !== "") line += ` msg=${quoted(message)}`;
  return `${line}${pairs(fields)}\n`;
}

function terminalLine(level: Level, message: string, seconds: number, fields: Fields): string {
  const word = words[level].toUpperCase().slice(0, 4);
  const coloured = (text: string): string => `\x1b[${colours[level]}m${text}\x1b[0m`;
  let line = `${coloured(word)}[${String(seconds).padStart(4, "0")}] ${message.padEnd(44)}`;
  for (const key of Object.keys(fields).sort()) {
    line += ` ${coloured(key)}=${quoted(String(fields[key]))}`;
  }
  return `${line}\n`;
}

function jsonLine(level: Level, message: string, time: string, fields: Fields): string {
  const all: Record<string, FieldValue> = { ...fields, level: words[level], msg: message, time };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted).replace(/[<>&\u2028\u2029]/g, escapeUnicode)}\n`;
}

const escapeUnicode = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

function pairs(fields: Fields): string {
  let text = "";
  for (const key of Object.keys(fields).sort()) text += ` ${key}=${quoted(String(fields[key]))}`;
  return text;
}

const bare = /^[A-Za-z0-9\-._/@^+]*$/;
const quoted = (value: string): string => (bare.test(value) ? value : quote(value));

/** RFC 3339 in local time, trailing zeros of the fraction trimmed. */
function rfc3339(ms: number): string {
  const date = new Date(ms);
  const two = (n: number): string => String(Math.trunc(n)).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const zone =
    offset === 0
      ? "Z"
      : `${offset < 0 ? "-" : "+"}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  const fraction = (ms % 1000) / 1000;
  const digits = fraction === 0 ? "" : fraction.toFixed(6).slice(1).replace(/0+$/, "");
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` +
    `T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${digits}${zone}`
  );
}
