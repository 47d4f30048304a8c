/**
 * Command lines of `tricorne run` and its neighbours: the rules of pflag, which has short names and words between flags.
 * @see spec 08 §11.2
 */
import {
  type FlagDefinition,
  FlagError,
  HelpRequested,
  type ParsedFlags,
  parseFlags,
} from "../kit/flags/flags.ts";
import { suggestion } from "../kit/resources/closest-name.ts";

export interface CommandFlag extends FlagDefinition {
  /** One letter: `-p`. */
  readonly short?: string;
}

export interface CommandLine {
  readonly flags: ParsedFlags;
  /** What is neither a flag nor the value of one, and everything after `--`. */
  readonly words: readonly string[];
}

/**
 * `--a=b`, `--a b`, `--on`, `-p 80`, `-p80`, `-p=80`, `-kf file`. Flags may follow words, until `--`.
 * @throws {HelpRequested} {@link FlagError}
 */
export function parseCommandLine(
  definitions: readonly CommandFlag[],
  argv: readonly string[],
): CommandLine {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const byShort = new Map<string, CommandFlag>();
  for (const definition of definitions) {
    if (definition.short !== undefined) byShort.set(definition.short, definition);
  }
  const given: string[] = [];
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === "--") {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    if (word === "--help" || word === "-h") throw new HelpRequested();
    const flag = word.startsWith("--") ? longFlag(word, byName) : shortFlag(word, byShort);
    given.push(...flag.before.map((name) => `--${name}`));
    if (flag.value !== undefined) given.push(`--${flag.name}=${flag.value}`);
    else if (byName.get(flag.name)?.type === "bool") given.push(`--${flag.name}`);
    else {
      i++;
      if (i >= argv.length) throw new FlagError(`flag needs an argument: ${flag.shown}`);
      given.push(`--${flag.name}=${argv[i]}`);
    }
  }
  return { flags: parseFlags(definitions, given, { singleDash: false }), words };
}

interface Given {
  readonly name: string;
  readonly shown: string;
  /** undefined: none is attached. */
  readonly value: string | undefined;
  /** Booleans that stand before it in the same word. */
  readonly before: readonly string[];
}

function longFlag(word: string, byName: ReadonlyMap<string, CommandFlag>): Given {
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  if (!byName.has(name)) {
    const known = [...byName.values()].filter(({ hidden }) => !hidden);
    const hint = suggestion(
      `--${name}`,
      known.map((flag) => `--${flag.name}`),
    );
    throw new FlagError(`unknown flag: --${name}${hint}`);
  }
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  return { name, shown: `--${name}`, value, before: [] };
}

function shortFlag(word: string, byShort: ReadonlyMap<string, CommandFlag>): Given {
  const before: string[] = [];
  for (let i = 1; ; i++) {
    const letter = word[i] as string;
    const definition = byShort.get(letter);
    if (definition === undefined) {
      throw new FlagError(`unknown shorthand flag: '${letter}' in ${word}${longHint(word)}`);
    }
    const rest = word.slice(i + 1);
    const shown = `'${letter}' in ${word}`;
    if (rest.startsWith("=")) return { name: definition.name, shown, value: rest.slice(1), before };
    if (definition.type !== "bool" || rest === "") {
      return { name: definition.name, shown, value: rest === "" ? undefined : rest, before };
    }
    before.push(definition.name);
  }
}

/** daprd takes one dash for long names; these commands do not. */
const longHint = (word: string): string => (word.length > 2 ? `; long names take two dashes` : "");

/** The lines about the flags in a help text, in alphabetical order. */
export function flagLines(definitions: readonly CommandFlag[]): string {
  const rows = definitions
    .filter(({ hidden, deprecated }) => !hidden && deprecated === undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, short, type, help, default: value }) => {
      const letter = short === undefined ? "    " : `-${short}, `;
      const kind = type === "bool" ? "" : ` ${type}`;
      const isShown = value !== "" && value !== "false" && value !== "0" && value !== "0s";
      const preset = isShown
        ? ` (default ${type === "string" ? JSON.stringify(value) : value})`
        : "";
      return { left: `  ${letter}--${name}${kind}`, right: `${help}${preset}` };
    });
  rows.push({ left: "  -h, --help", right: "Print this text" });
  const width = Math.max(...rows.map(({ left }) => left.length)) + 3;
  return rows.map(({ left, right }) => `${left.padEnd(width)}${right}\n`).join("");
}
