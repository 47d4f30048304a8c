/**
 * The two YAML dialects: resource files (YAML 1.1, as converted to JSON by the reference) and Configuration files (1.2).
 * @see spec 04 §2.2, §6.1
 */
import { isUtf8 } from "node:buffer";
import { quoteJson } from "../json/encode.ts";
import { readSimpleYaml } from "./simple-yaml.ts";
import type { YamlDocument, YamlMap, YamlValue } from "./yaml-value.ts";

export type { YamlMap, YamlValue };

/** Reads nothing larger; a resource file of this size is a mistake. */
export const maxYamlBytes = 4 * 2 ** 20;

/**
 * The documents of a resource file. A line that begins with `---` separates; the rest of that line is thrown away.
 * Empty documents are left out.
 * @param bytes UTF-8; a document that is not is broken
 */
export async function parseResourceYaml(bytes: Buffer | string): Promise<YamlDocument[]> {
  const documents: YamlDocument[] = [];
  // As latin1 each byte is a character, and those that separate documents are themselves.
  const isForeign = typeof bytes !== "string" && !isUtf8(bytes);
  for (const part of splitDocuments(isForeign ? bytes.toString("latin1") : bytes.toString())) {
    if (part.trim() === "") continue;
    const document = await readPart(isForeign ? Buffer.from(part, "latin1") : part);
    if (document.value !== null || document.errors.length > 0) documents.push(document);
  }
  return documents;
}

async function readPart(part: Buffer | string): Promise<YamlDocument> {
  if (typeof part !== "string" && !isUtf8(part)) {
    const complaint = "error converting YAML to JSON: yaml: invalid leading UTF-8 octet";
    return { value: null, errors: [complaint] };
  }
  const text = part.toString();
  const simple = readSimpleYaml(text);
  if (simple !== undefined) return { value: simple, errors: [] };
  return (await library()).readResourceDocument(text);
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
  for (const [n, line] of text.split("\n").entries()) {
    // In front of everything it begins a document, which may go on behind it.
    if (n === 0 && /^---[ \t]+[^# \t\r]/.test(line)) current.push(line);
    else if (line.startsWith("---")) {
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
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return quoteJson(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Map) {
    const map: YamlMap = value;
    const keys = [...map.keys()].sort();
    return `{${keys.map((key) => `${quoteJson(key)}:${yamlToJson(map.get(key) ?? null)}`).join(",")}}`;
  }
  return `[${(value as readonly YamlValue[]).map(yamlToJson).join(",")}]`;
}

/** Fractions as the reference puts them into texts: with an exponent below 1e-4 and from 1e6 on, of two digits at least. */
function fractionText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  const sign = power < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** A scalar for a string field: numbers and booleans are stringified. undefined: not a scalar. */
export function scalarToString(value: YamlValue | undefined): string | undefined {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object") return undefined;
  return typeof value === "number" ? fractionText(value) : yamlToJson(value);
}
