/**
 * The two YAML dialects: resource files (YAML 1.1, as converted to JSON by the reference) and Configuration files (1.2).
 * @see spec 04 §2.2, §6.1
 */
import {
  type DocumentOptions,
  type ParseOptions,
  parseAllDocuments,
  type SchemaOptions,
  type Tags,
} from "yaml";

type YamlOptions = ParseOptions & DocumentOptions & SchemaOptions;

/** Parsed YAML: mappings are Maps, so that foreign names never become properties; integers are bigint. */
export type YamlValue = null | boolean | number | bigint | string | readonly YamlValue[] | YamlMap;
export type YamlMap = ReadonlyMap<string, YamlValue>;

/** Reads nothing larger; a resource file of this size is a mistake. */
export const maxYamlBytes = 4 * 2 ** 20;

export interface YamlDocument {
  readonly value: YamlValue;
  /** Parser complaints; the value is then not to be used. */
  readonly errors: readonly string[];
}

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

const resourceOptions: YamlOptions = {
  version: "1.1",
  uniqueKeys: false,
  intAsBigInt: true,
  strict: false,
  stringKeys: false,
  customTags: (tags: Tags): Tags => [
    ...tags.filter(
      (tag) =>
        typeof tag === "string" ||
        !droppedTags.has(tagName(tag as { tag: string; format?: string })),
    ),
    octal12 as unknown as Tags[number],
  ],
};

/** The library tells its sexagesimal tags apart by format only. */
function tagName(tag: { tag: string; format?: string }): string {
  if (tag.format === "TIME") return tag.tag.endsWith(":int") ? "intTime" : "floatTime";
  return tag.tag.replace("tag:yaml.org,2002:", "");
}

/**
 * The documents of a resource file. A line that begins with `---` separates; the rest of that line is thrown away.
 * Empty documents are left out.
 */
export function parseResourceYaml(text: string): YamlDocument[] {
  return splitDocuments(text)
    .filter((part) => part.trim() !== "")
    .map((part) => parseOne(part, resourceOptions))
    .filter((document) => document.value !== null || document.errors.length > 0);
}

/** The first document of a Configuration file (YAML 1.2; duplicate keys are errors). */
export function parseConfigurationYaml(text: string): YamlDocument {
  return parseOne(text, { version: "1.2", intAsBigInt: true, uniqueKeys: true });
}

function splitDocuments(text: string): string[] {
  if (!text.includes("---")) return [text];
  const parts: string[] = [];
  let current: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("---")) {
      parts.push(current.join("\n"));
      current = [];
    } else current.push(line);
  }
  parts.push(current.join("\n"));
  return parts;
}

function parseOne(text: string, options: YamlOptions): YamlDocument {
  const parsed = parseAllDocuments(text, { ...options, logLevel: "silent" });
  const document = Array.isArray(parsed) ? parsed[0] : undefined;
  if (document === undefined) return { value: null, errors: [] };
  if (document.errors.length > 0) {
    return {
      value: null,
      errors: document.errors.map(
        (error) => `error converting YAML to JSON: yaml: ${firstLine(error.message)}`,
      ),
    };
  }
  try {
    return { value: plain(document.toJS({ mapAsMap: true, maxAliasCount: 100 }), 0), errors: [] };
  } catch (error) {
    return {
      value: null,
      errors: [`error converting YAML to JSON: yaml: ${firstLine((error as Error).message)}`],
    };
  }
}

const firstLine = (text: string): string => text.split("\n", 1)[0] as string;
const maxDepth = 100;

/** Keys become the strings that the reference's conversion to JSON makes of them. */
function plain(value: unknown, depth: number): YamlValue {
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
    case "number":
    case "bigint":
      return value;
    default:
      return String(value);
  }
}

function scalarText(key: unknown): string {
  return typeof key === "string" ? key : key === null ? "null" : String(key);
}

/** The JSON text of a value, objects with sorted keys (spec 04 §4.1). */
export function yamlToJson(value: YamlValue): string {
  if (value === null) return "null";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return goFloat(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Map) {
    const map: YamlMap = value;
    const keys = [...map.keys()].sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${yamlToJson(map.get(key) ?? null)}`).join(",")}}`;
  }
  return `[${(value as readonly YamlValue[]).map(yamlToJson).join(",")}]`;
}

/** Doubles as Go's JSON encoder writes them: exponent below 1e-6 and from 1e21. */
function goFloat(value: number): string {
  if (!Number.isFinite(value)) return "null";
  return String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

/** A scalar for a string field: numbers and booleans are stringified. undefined: not a scalar. */
export function scalarToString(value: YamlValue | undefined): string | undefined {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object") return undefined;
  return yamlToJson(value);
}
