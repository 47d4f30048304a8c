/** All of YAML, by the library `yaml`. */
import {
  type Document,
  type DocumentOptions,
  type ParseOptions,
  parseAllDocuments,
  type SchemaOptions,
  type Tags,
} from "yaml";
import type { YamlDocument, YamlValue } from "./yaml-value.ts";

type YamlOptions = ParseOptions & DocumentOptions & SchemaOptions;

const droppedTags = new Set(["timestamp", "intTime", "floatTime"]);

/** `0o17`, which the reference reads beside `017`. */
const octal12 = {
  identify: () => false,
  default: true,
  tag: "tag:yaml.org,2002:int",
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text: string) => {
    const digits = text.replace(/_/g, "");
    const sign = digits.startsWith("-") ? -1n : 1n;
    return sign * BigInt(digits.replace(/^[-+]/, ""));
  },
} as const;

/** YAML 1.1 as the reference's resource files. */
export const resourceOptions: YamlOptions = {
  version: "1.1",
  uniqueKeys: false,
  intAsBigInt: true,
  strict: false,
  stringKeys: false,
  customTags: (tags: Tags): Tags => [
    ...tags
      .filter((tag) => typeof tag === "string" || !droppedTags.has(tagName(tag as ScalarTag)))
      .map((tag) => withDigits(tag as ScalarTag) as Tags[number]),
    octal12 as unknown as Tags[number],
  ],
};

interface ScalarTag {
  readonly tag: string;
  readonly format?: string;
  readonly test?: RegExp;
}

/** The library takes a dot alone for a number. */
function withDigits(tag: ScalarTag): ScalarTag {
  const { test } = tag;
  if (tag.tag !== "tag:yaml.org,2002:float" || test === undefined || !test.test(".")) return tag;
  return { ...tag, test: new RegExp(`(?=.*[0-9])${test.source}`) };
}

/** The library tells its sexagesimal tags apart by format only. */
function tagName(tag: ScalarTag): string {
  if (tag.format === "TIME") return tag.tag.endsWith(":int") ? "intTime" : "floatTime";
  return tag.tag.replace("tag:yaml.org,2002:", "");
}

/** The first document of a text without separators, as resource files are read (YAML 1.1). */
export function readResourceDocument(text: string): YamlDocument {
  const { value, errors } = parseOne(text, resourceOptions);
  return { value, errors: errors.map((error) => `error converting YAML to JSON: ${error}`) };
}

/** The first document of a Configuration file (YAML 1.2; duplicate keys are errors). */
export const readConfigurationDocument = (text: string): YamlDocument =>
  parseOne(text, { version: "1.2", intAsBigInt: true, uniqueKeys: true, merge: true });

function parseOne(text: string, options: YamlOptions): YamlDocument {
  const refused = refusedCharacter(text);
  if (refused !== undefined) return broken(refused);
  const document = parseFirst(text, options);
  if (document === undefined) return { value: null, errors: [] };
  const [error] = document.errors;
  if (error !== undefined) return broken(complaintOf(error.message));
  try {
    return { value: plain(document.toJS({ mapAsMap: true, maxAliasCount: 100 }), 0), errors: [] };
  } catch (thrown) {
    return broken(firstLine((thrown as Error).message));
  }
}

/** The reference stops at the first thing that is wrong. */
const broken = (complaint: string): YamlDocument => ({
  value: null,
  errors: [`yaml: ${complaint}`],
});

/** The place in front: `line 3: ...`. */
function complaintOf(message: string): string {
  const found = /^(.*) at line (\d+), column \d+:?$/.exec(firstLine(message));
  return found === null ? firstLine(message) : `line ${found[2]}: ${found[1]}`;
}

/** The first document, or what is wrong with it. */
export function parseFirst(text: string, options: YamlOptions): Document.Parsed | undefined {
  const parse = (source: string): Document.Parsed | undefined => {
    options.lineCounter?.lineStarts.splice(0);
    const parsed = parseAllDocuments(source, { ...options, logLevel: "silent" });
    return Array.isArray(parsed) ? parsed[0] : undefined;
  };
  const document = parse(text);
  if (!document?.errors.some(({ message }) => message.includes("sufficiently indented"))) {
    return document;
  }
  const again = parse(indentFlows(text));
  return again?.errors.length === 0 ? again : parse(text);
}

/**
 * Indents the lines inside of brackets, where the reference does not look at the indentation; the library wants it to be
 * deeper than that of what is around them.
 */
function indentFlows(text: string): string {
  const token = /"(?:[^"\\]|\\[\s\S])*"|'[^']*'|(?<=^|\s)#.*|[[{\]}]|\n/gm;
  let depth = 0;
  const indented = (part: string): string =>
    part.replace(token, (found) => {
      if (found === "[" || found === "{") depth++;
      else if (found === "]" || found === "}") depth = Math.max(depth - 1, 0);
      else if (found === "\n" && depth > 0) return `\n${" ".repeat(deepest)}`;
      return found;
    });
  // What follows `|` or `>` is text, and stays as it is.
  const literal = /^( *)(?! )[^\n#]*[:-] *[|>][-+0-9]* *\r?\n(?:(?:\1 +[^\n]*| *\r?)(?:\n|$))*/gm;
  let result = "";
  let end = 0;
  for (const found of text.matchAll(literal)) {
    result += indented(text.slice(end, found.index)) + found[0];
    end = found.index + found[0].length;
  }
  return result + indented(text.slice(end));
}

const deepest = 200;

/** What the reference does not take for text, wherever it stands. */
const refused = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

function refusedCharacter(text: string): string | undefined {
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  return refused.test(body) ? "control characters are not allowed" : undefined;
}

export const firstLine = (text: string): string => text.split("\n", 1)[0] as string;
const maxDepth = 100;

/** Keys become the strings that the reference's conversion to JSON makes of them. */
export function plain(value: unknown, depth: number): YamlValue {
  if (depth > maxDepth) throw new Error(`exceeded max depth of ${maxDepth}`);
  if (value === null || value === undefined) return null;
  if (value instanceof Map) {
    const map = new Map<string, YamlValue>();
    for (const [key, item] of value) map.set(scalarText(key), plain(item, depth + 1));
    return map;
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (value instanceof Set) return [...value].map((item) => plain(item, depth + 1));
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new Error(`unsupported value: ${value}`);
      return value;
    case "bigint":
      return value < -(2n ** 63n) || value >= 2n ** 64n ? Number(value) : value;
    default:
      return String(value);
  }
}

function scalarText(key: unknown): string {
  return typeof key === "string" ? key : key === null ? "null" : String(key);
}
