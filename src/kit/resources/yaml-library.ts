/** All of YAML, by the library `yaml`. */
import {
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

/** The first document of a text without separators, as resource files are read (YAML 1.1). */
export const readResourceDocument = (text: string): YamlDocument => parseOne(text, resourceOptions);

/** The first document of a Configuration file (YAML 1.2; duplicate keys are errors). */
export const readConfigurationDocument = (text: string): YamlDocument =>
  parseOne(text, { version: "1.2", intAsBigInt: true, uniqueKeys: true });

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
