/**
 * The metadata of one component against what it reads.
 * @see spec 04 §4.1, §4.2
 */
import type { ComponentDefinition, PropertySchema } from "../../components/contract.ts";
import { parseInteger } from "../../components/shared/properties.ts";
import { errorText } from "../../kit/errors/api-error.ts";
import { parseQuantity } from "../../kit/flags/quantity.ts";
import type { ComponentResource, ValueSource } from "../../runtime/resources/documents.ts";
import { unknownMetadata } from "../../runtime/resources/metadata-check.ts";
import { durationComplaint, type Report } from "./schema.ts";

type Definition = Pick<
  ComponentDefinition<AsyncDisposable>,
  "properties" | "takesAnyProperty" | "type"
>;

const list = ["spec", "metadata"];

export function checkMetadata(
  { type, metadata }: ComponentResource,
  definition: Definition,
  report: Report,
): void {
  const { properties, takesAnyProperty = false } = definition;
  checkNames(metadata, report);
  if (!takesAnyProperty) {
    const indexes = new Map(metadata.map(({ name }, index) => [name, index]));
    for (const { name, text } of unknownMetadata(type, indexes.keys(), properties)) {
      if (name !== "") report("warning", [...list, indexes.get(name) ?? 0, "name"], text);
    }
  }
  const isRedis = type.toLowerCase().endsWith(".redis");
  for (const property of properties) {
    const index = indexOf(metadata, property);
    const given = metadata[index];
    if (given === undefined) {
      if (property.required === true) {
        report("error", list, `metadata ${JSON.stringify(property.name)} is required`);
      }
      continue;
    }
    checkValue(given, property, isRedis, (level, text) =>
      report(level, [...list, index, "value"], text),
    );
  }
}

function checkNames(metadata: readonly ValueSource[], report: Report): void {
  const seen = new Map<string, string>();
  for (const [index, { name }] of metadata.entries()) {
    const first = seen.get(name.toLowerCase());
    const at = [...list, index, "name"];
    if (first === name) {
      report("warning", at, `metadata ${JSON.stringify(name)} stands twice; the later one counts`);
    } else if (first !== undefined) {
      const text = `metadata ${JSON.stringify(name)} and ${JSON.stringify(first)} differ in case only`;
      report("error", at, text);
    } else seen.set(name.toLowerCase(), name);
  }
}

/** Of the main name, else of the first alias that is there; -1: none. */
function indexOf(metadata: readonly ValueSource[], { name, aliases = [] }: PropertySchema): number {
  for (const candidate of [name, ...aliases]) {
    const lower = candidate.toLowerCase();
    const index = metadata.findLastIndex((item) => item.name.toLowerCase() === lower);
    if (index >= 0) return index;
  }
  return -1;
}

function checkValue(
  given: ValueSource,
  { kind, required = false }: PropertySchema,
  isRedis: boolean,
  report: (level: "error" | "warning", text: string) => void,
): void {
  const { name, value, secretKeyRef, envRef } = given;
  // What comes from elsewhere, or is filled in, is not known here.
  if (secretKeyRef !== undefined || (value === undefined && envRef !== "")) return;
  if (value?.includes("{") === true && /\{(uuid|podName|namespace|appID)\}/.test(value)) return;
  const text = value ?? "";
  const quoted = `metadata ${JSON.stringify(name)}`;
  if (text === "" && required) {
    report("error", `${quoted} is required`);
    return;
  }
  if (text === "" && !(isRedis && kind !== "string" && kind !== "secret")) return;
  const complaint = isRedis ? redisComplaint(name, kind, text) : valueComplaint(name, kind, text);
  if (complaint !== undefined) report("error", `${quoted}: ${complaint}`);
  else if (kind === "bool" && !isRedis && !boolWords.has(text.trim().toLowerCase())) {
    report("warning", `${quoted}: ${JSON.stringify(text)} is no boolean and counts as false`);
  }
}

const boolWords = new Set([
  "y",
  "yes",
  "true",
  "t",
  "on",
  "1",
  "n",
  "no",
  "false",
  "f",
  "off",
  "0",
]);
const redisBools = new Set(
  ["1", "t", "T", "TRUE", "true", "True"].concat(["0", "f", "F", "FALSE", "false", "False"]),
);

/** Stricter: few words for booleans, no empty values. */
function redisComplaint(
  name: string,
  kind: PropertySchema["kind"],
  text: string,
): string | undefined {
  if (kind === "bool" && !redisBools.has(text)) {
    return `must be true or false, not ${JSON.stringify(text)}`;
  }
  if (text === "" && (kind === "int" || kind === "duration")) return "must not be empty";
  return valueComplaint(name, kind, text);
}

function valueComplaint(
  name: string,
  kind: PropertySchema["kind"],
  text: string,
): string | undefined {
  switch (kind) {
    case "int":
      return attempt(
        () => parseInteger(name, text),
        `must be an integer, not ${JSON.stringify(text)}`,
      );
    case "float":
      return Number.isNaN(Number(text)) || text.trim() === ""
        ? `must be a number, not ${JSON.stringify(text)}`
        : undefined;
    case "duration": {
      const complaint = /^[+-]?\d+$/.test(text) ? undefined : durationComplaint(text);
      return complaint === undefined ? undefined : `must be ${complaint}`;
    }
    case "bytes":
      return attempt(
        () => parseQuantity(text),
        `must be a size such as 4Mi, not ${JSON.stringify(text)}`,
      );
    case "json":
      return attempt(
        () => JSON.parse(text),
        (why) => `must be JSON: ${why}`,
      );
    default:
      return undefined;
  }
}

function attempt(
  parse: () => unknown,
  complaint: string | ((why: string) => string),
): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return typeof complaint === "string" ? complaint : complaint(errorText(error));
  }
}
