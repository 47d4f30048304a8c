/**
 * Resource files with the lines where things stand, for messages about them. Values are those of yaml.ts.
 */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node } from "yaml";
import { firstLine, parseFirst, plain, resourceOptions } from "./yaml-library.ts";
import type { YamlMap, YamlValue } from "./yaml-value.ts";

/** Names of members and indexes of items, from the root. */
export type YamlPath = readonly (string | number)[];

export interface LocatedDocument {
  /** Its own lines, without the separator. */
  readonly text: string;
  readonly value: YamlValue;
  /** The value is then not to be used. Lines start at 1. */
  readonly errors: readonly { readonly line: number; readonly text: string }[];
  /** The line of a member's name or of an item; of the nearest thing around it that exists. */
  lineOf(path: YamlPath): number;
}

export function parseLocatedYaml(text: string): LocatedDocument[] {
  const documents: LocatedDocument[] = [];
  let lines: string[] = [];
  let firstLineNumber = 1;
  const all = text.split("\n");
  for (const [index, line] of [...all, "---"].entries()) {
    if (!line.startsWith("---")) {
      lines.push(line);
      continue;
    }
    const part = lines.join("\n");
    if (part.trim() !== "") {
      const document = parseOne(part, firstLineNumber);
      if (document.value !== null || document.errors.length > 0) documents.push(document);
    }
    lines = [];
    firstLineNumber = index + 2;
  }
  return documents;
}

function parseOne(text: string, firstLineNumber: number): LocatedDocument {
  const counter = new LineCounter();
  const document = parseFirst(text, { ...resourceOptions, lineCounter: counter });
  const lineAt = (offset: number): number => firstLineNumber + counter.linePos(offset).line - 1;
  if (document === undefined)
    return { text, value: null, errors: [], lineOf: () => firstLineNumber };
  const lineOf = (path: YamlPath): number => lineAt(offsetOf(document, path));
  const errors = document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    text: firstLine(error.message).replace(/ at line \d+, column \d+:?$/, ""),
  }));
  if (errors.length > 0) return { text, value: null, errors, lineOf };
  try {
    const value = plain(document.toJS({ mapAsMap: true, maxAliasCount: 100 }), 0);
    return { text, value, errors: [], lineOf };
  } catch (error) {
    const complaint = { line: lineOf([]), text: firstLine((error as Error).message) };
    return { text, value: null, errors: [complaint], lineOf };
  }
}

function offsetOf(document: Document, path: YamlPath): number {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      // Of a name that stands twice the later one counts.
      const pair = node.items.findLast(({ key }) => nameOf(key) === step);
      if (pair === undefined) return offset;
      offset = (pair.key as Node | null)?.range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof step === "number" && step < node.items.length) {
      node = node.items[step] as Node | null;
      offset = node?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

const nameOf = (key: unknown): string => String(isScalar(key) ? key.value : key);

/** A member of a mapping, by its name in any case. @returns its name as written and its value */
export function memberOf(
  map: YamlMap,
  name: string,
): { readonly name: string; readonly value: YamlValue } | undefined {
  const exact = map.get(name);
  if (exact !== undefined) return { name, value: exact };
  const lower = name.toLowerCase();
  for (const [key, value] of map) if (key.toLowerCase() === lower) return { name: key, value };
  return undefined;
}
