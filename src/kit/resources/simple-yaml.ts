/**
 * The YAML that most resource files are written in, read without the library, which costs a tenth of a sidecar's start.
 * Whatever is not plainly of this form is left to the library; what is of this form means the same in YAML 1.1 and 1.2:
 * block mappings and block sequences of mappings and scalars, one scalar to a line, quoted without escapes or plain
 * words, decimal integers, `[]`, `{}`, comments; in printable ASCII.
 */
import type { YamlMap, YamlValue } from "./yaml-value.ts";

interface Line {
  /** Column of the first character, past dashes of a sequence. */
  indent: number;
  /** Column of the dash if a sequence item begins here, else -1. */
  dash: number;
  /** From `indent` on. */
  text: string;
}

const maxLineLength = 500;
const maxDepth = 20;
const key = /^([A-Za-z_][A-Za-z0-9_.-]*):(?: +|$)/;
const comment = /^(?: +#.*| *)$/;
const plain = /^[A-Za-z_/](?:[A-Za-z0-9_./@-]|:(?=[A-Za-z0-9_./@-]))*/;
const integer = /^(?:0|[1-9][0-9]{0,17})(?= |$)/;
const quoted = /^(?:"[^"\\]*"|'[^']*')/;
/** In YAML 1.1 or 1.2 more than the word. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** @returns undefined: not of this form, ask the library */
export function readSimpleYaml(text: string): YamlMap | undefined {
  const lines = linesOf(text);
  const [first] = lines ?? [];
  if (lines === undefined || first === undefined || first.indent !== 0) return undefined;
  const reader = new Reader(lines);
  const value = reader.mapping(0, 0);
  return reader.isAtEnd ? value : undefined;
}

function linesOf(text: string): Line[] | undefined {
  const lines: Line[] = [];
  for (const line of text.split("\n")) {
    if (line.length > maxLineLength || /[^ -~]/.test(line)) return undefined;
    if (/^ *(?:#|$)/.test(line)) continue;
    // Markers of documents and directives; dashes in front of anything else are a sequence's.
    if (/^(?:---|\.\.\.|%)/.test(line)) return undefined;
    const indent = line.search(/[^ ]/);
    const isItem = line.startsWith("- ", indent);
    if (!isItem) {
      lines.push({ indent, dash: -1, text: line.slice(indent) });
      continue;
    }
    const rest = line.slice(indent + 1);
    const column = indent + 1 + rest.search(/[^ ]/);
    if (column === indent || line[column] === "#") return undefined;
    lines.push({ indent: column, dash: indent, text: line.slice(column) });
  }
  return lines;
}

class Reader {
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  /** Keys at that column; the first may stand behind a dash. */
  mapping(indent: number, depth: number): YamlMap | undefined {
    if (depth > maxDepth) return undefined;
    const map = new Map<string, YamlValue>();
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      if (line.dash >= 0 && map.size > 0) return map;
      const found = key.exec(line.text);
      const name = found?.[1];
      if (found === null || name === undefined || reserved.test(name) || map.has(name)) {
        return undefined;
      }
      this.#at++;
      const rest = line.text.slice(found[0].length);
      const value =
        rest === "" || rest.startsWith("#") ? this.#block(indent, depth + 1) : scalar(rest);
      if (value === undefined) return undefined;
      map.set(name, value);
    }
    return map.size === 0 ? undefined : map;
  }

  /** What stands below a key at that column. */
  #block(parent: number, depth: number): YamlValue | undefined {
    const next = this.#lines[this.#at];
    if (next === undefined) return null;
    if (next.dash >= parent) return this.#sequence(next.dash, depth);
    if (next.dash >= 0 || next.indent <= parent) return null;
    return this.mapping(next.indent, depth);
  }

  #sequence(dash: number, depth: number): YamlValue[] | undefined {
    if (depth > maxDepth) return undefined;
    const items: YamlValue[] = [];
    for (let line = this.#lines[this.#at]; line?.dash === dash; line = this.#lines[this.#at]) {
      let item: YamlValue | undefined;
      if (key.test(line.text)) item = this.mapping(line.indent, depth + 1);
      else {
        item = scalar(line.text);
        this.#at++;
      }
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }
}

function scalar(text: string): YamlValue | undefined {
  const word = (quoted.exec(text) ?? integer.exec(text) ?? plain.exec(text))?.[0];
  if (word === undefined) {
    if (text.startsWith("[]")) return comment.test(text.slice(2)) ? [] : undefined;
    if (text.startsWith("{}")) return comment.test(text.slice(2)) ? new Map() : undefined;
    return undefined;
  }
  if (!comment.test(text.slice(word.length))) return undefined;
  if (word.startsWith('"') || word.startsWith("'")) return word.slice(1, -1);
  if (word === "true" || word === "false") return word === "true";
  if (reserved.test(word)) return undefined;
  return /^[0-9]/.test(word) ? BigInt(word) : word;
}
