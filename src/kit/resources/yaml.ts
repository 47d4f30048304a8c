/**
 * The two YAML dialects: resource files (YAML 1.1, as converted to JSON by the reference) and Configuration files (1.2).
 * @see spec 04 §2.2, §6.1
 */
import { readSimpleYaml } from "./simple-yaml.ts";
import type { YamlDocument, YamlMap, YamlValue } from "./yaml-value.ts";

export type { YamlMap, YamlValue };

/** Reads nothing larger; a resource file of this size is a mistake. */
export const maxYamlBytes = 4 * 2 ** 20;

/**
 * The documents of a resource file. A line that begins with `---` separates; the rest of that line is thrown away.
 * Empty documents are left out.
 */
export async function parseResourceYaml(text: string): Promise<YamlDocument[]> {
  const documents: YamlDocument[] = [];
  for (const part of splitDocuments(text)) {
    if (part.trim() === "") continue;
    const simple = readSimpleYaml(part);
    const document =
      simple === undefined
        ? (await library()).readResourceDocument(part)
        : { value: simple, errors: [] };
    if (document.value !== null || document.errors.length > 0) documents.push(document);
  }
  return documents;
}

/** The first document of a Configuration file (YAML 1.2; duplicate keys are errors). */
export async function parseConfigurationYaml(text: string): Promise<YamlDocument> {
  const simple = readSimpleYaml(text);
  if (simple !== undefined) return { value: simple, errors: [] };
  return (await library()).readConfigurationDocument(text);
}

const library = () => import("./yaml-library.ts");

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
