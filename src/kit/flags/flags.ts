/**
 * Command line flags with the rules of the reference's programs.
 * @see spec 08 §2.1
 */
import { quote } from "../errors/quote.ts";
import { parseDuration } from "../time/duration.ts";

export type FlagType = "string" | "bool" | "int" | "uint" | "duration" | "strings";

export interface FlagDefinition {
  readonly name: string;
  readonly type: FlagType;
  /** As the help shows it; lists are empty. */
  readonly default: string;
  readonly help: string;
  /** Accepted but not shown. */
  readonly hidden?: boolean;
  /** What to use instead; printed when the flag is given. */
  readonly deprecated?: string;
}

/** Usage that was asked for: print and exit 0. */
export class HelpRequested extends Error {
  override readonly name = "HelpRequested";
}

/** An unknown flag or a bad value: print usage and message, exit 2. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

export class ParsedFlags {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #definitions: ReadonlyMap<string, FlagDefinition>;
  /** Lines for standard error about deprecated flags. */
  readonly notices: readonly string[];

  constructor(
    definitions: ReadonlyMap<string, FlagDefinition>,
    values: ReadonlyMap<string, readonly string[]>,
    notices: readonly string[],
  ) {
    this.#definitions = definitions;
    this.#values = values;
    this.notices = notices;
  }

  /** Whether the flag was given at all. */
  isSet(name: string): boolean {
    return this.#values.has(name);
  }

  string(name: string): string {
    return this.#values.get(name)?.at(-1) ?? this.#default(name);
  }

  bool(name: string): boolean {
    return parseBool(this.string(name));
  }

  int(name: string): number {
    return Number(readInteger(this.string(name)));
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.string(name));
  }

  /** Repetitions add up, each is split at commas. */
  strings(name: string): string[] {
    return (this.#values.get(name) ?? []).flatMap((value) =>
      value === "" ? [] : value.split(","),
    );
  }

  #default(name: string): string {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new Error(`flag not defined: ${name}`);
    return definition.default;
  }
}

/**
 * @param options.singleDash `-name` is read as `--name`, by doubling the dash of every longer argument (spec 08 §2.1)
 * @throws {HelpRequested} {@link FlagError}
 */
export function parseFlags(
  definitions: readonly FlagDefinition[],
  argv: readonly string[],
  options: { readonly singleDash: boolean },
): ParsedFlags {
  const known = new Map(definitions.map((definition) => [definition.name, definition]));
  const values = new Map<string, string[]>();
  const notices: string[] = [];
  const words = options.singleDash ? argv.map(doubleDash) : argv;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") continue; // positional arguments are ignored
    if (word === "-h" || word === "--help") throw new HelpRequested();
    if (!word.startsWith("--")) {
      throw new FlagError(`unknown shorthand flag: '${word[1]}' in ${word}`);
    }
    const equals = word.indexOf("=");
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    if (name === "" || name.startsWith("-")) throw new FlagError(`bad flag syntax: ${word}`);
    const definition = known.get(name);
    if (definition === undefined) throw new FlagError(`unknown flag: --${name}`);
    let value: string;
    if (equals >= 0) value = word.slice(equals + 1);
    else if (definition.type === "bool") value = "true";
    else {
      i++;
      if (i >= words.length) throw new FlagError(`flag needs an argument: --${name}`);
      value = words[i] as string;
    }
    check(definition, value);
    const list = values.get(name);
    if (list) list.push(value);
    else values.set(name, [value]);
    if (definition.deprecated && !list) {
      notices.push(`Flag --${name} has been deprecated, ${definition.deprecated}`);
    }
  }
  return new ParsedFlags(known, values, notices);
}

function doubleDash(word: string): string {
  return word.length > 2 && word[0] === "-" && word[1] !== "-" ? `-${word}` : word;
}

function check(definition: FlagDefinition, value: string): void {
  const reason = complaint(definition.type, value);
  if (reason !== undefined) {
    throw new FlagError(
      `invalid argument ${quote(value)} for "--${definition.name}" flag: ${reason}`,
    );
  }
}

function complaint(type: FlagType, value: string): string | undefined {
  switch (type) {
    case "bool":
      return boolWords.has(value)
        ? undefined
        : `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`;
    case "int":
    case "uint": {
      const parser = type === "int" ? "ParseInt" : "ParseUint";
      const number = type === "uint" && /^[+-]/.test(value) ? undefined : readInteger(value);
      if (number === undefined) {
        return `strconv.${parser}: parsing ${quote(value)}: invalid syntax`;
      }
      const bits = type === "int" ? BigInt.asIntN(64, number) : BigInt.asUintN(64, number);
      return bits === number
        ? undefined
        : `strconv.${parser}: parsing ${quote(value)}: value out of range`;
    }
    case "duration":
      try {
        parseDuration(value);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    default:
      return undefined;
  }
}

/** Go's integers: also `0x1f`, `0b11`, `0o17`, `017` and `1_000`. */
const integers =
  /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])+|0|[1-9]\d*(?:_\d+)*)$/;

/** undefined: no integer. */
function readInteger(text: string): bigint | undefined {
  if (!integers.test(text)) return undefined;
  const digits = text.replace(/^[+-]|_/g, "").replace(/^0(?=\d)/, "0o");
  return text.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}

const boolWords: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((word) => [word, false] as const),
]);

/** Go's words for a boolean; undefined: none of them. Unlike {@link isTruthy} it takes nothing else. */
export const boolWord = (value: string): boolean | undefined => boolWords.get(value);
const parseBool = (value: string): boolean => boolWords.get(value) ?? false;

/** "Truthy" of the reference: spec 01 §2.1. */
export function isTruthy(value: string | undefined): boolean {
  return truthyWords.has((value ?? "").trim().toLowerCase());
}

const truthyWords: ReadonlySet<string> = new Set(["y", "yes", "true", "t", "on", "1"]);

/** Help text, flags in alphabetical order. */
export function usage(program: string, definitions: readonly FlagDefinition[]): string {
  const rows = definitions
    .filter((definition) => !definition.hidden && !definition.deprecated)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((definition) => {
      const shown = definition.type === "bool" ? "" : ` ${definition.type}`;
      return {
        left: `      --${definition.name}${shown}`,
        right: definition.help + defaultText(definition),
      };
    });
  const width = Math.max(...rows.map((row) => row.left.length)) + 3;
  return `Usage of ${program}:\n${rows.map((row) => row.left.padEnd(width) + row.right).join("\n")}\n`;
}

function defaultText({ type, default: value }: FlagDefinition): string {
  if (type === "string") return value === "" ? "" : ` (default ${JSON.stringify(value)})`;
  if (type === "strings" || value === "" || value === "0" || value === "false" || value === "0s")
    return "";
  return ` (default ${value})`;
}
