/**
 * Writes JSON exactly as the reference's encoder does: compact, object names sorted by their UTF-8 bytes, `<`, `>`, `&`
 * and the line separators escaped.
 * @see spec 01 §2.5
 */
import { type ExactJson, type ExactJsonObject, JsonNumber } from "./value.ts";

/** How scalars are written and whether names are sorted. */
export interface JsonStyle {
  quote(text: string): string;
  number(value: number): string;
  readonly sorted: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped here
const special = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/;
const htmlSpecial = /[<>&\u2028\u2029]/g;

/** A JSON string with quotes; lone surrogates become U+FFFD. */
export function quoteJson(text: string): string {
  if (!special.test(text)) return `"${text}"`;
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed()).replace(
    htmlSpecial,
    escapeUnicode,
  );
}

const escapeUnicode = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Shortest form; an exponent below 1e-6 and from 1e21 on. The same bounds as ECMAScript, which prints -0 as 0. */
export const formatNumber = (value: number): string =>
  Object.is(value, -0) ? "-0" : String(value);

const goStyle: JsonStyle = { quote: quoteJson, number: formatNumber, sorted: true };

export function encodeJson(value: ExactJson): string {
  return writeJson(value, goStyle);
}

/** What is still to be written: the rest of an array or object. */
interface Open {
  readonly names: readonly string[] | undefined;
  readonly values: readonly ExactJson[];
  next: number;
}

/** Nested deeper than this is written without recursion, which is slower. */
const recursionLimit = 100;

/** Takes any depth: that is limited by the parser only. */
export function writeJson(value: ExactJson, style: JsonStyle, depth = 0): string {
  if (typeof value === "string") return style.quote(value);
  if (typeof value === "number") return style.number(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (value instanceof JsonNumber) return value.text;
  if (depth === recursionLimit) return writeDeep(value, style);
  let text = "";
  if (!(value instanceof Map)) {
    for (const item of value as readonly ExactJson[]) {
      text += `${text === "" ? "[" : ","}${writeJson(item, style, depth + 1)}`;
    }
    return text === "" ? "[]" : `${text}]`;
  }
  const object: ExactJsonObject = value;
  const names = style.sorted ? sortedByBytes([...object.keys()]) : object.keys();
  for (const name of names) {
    const item = writeJson(object.get(name) as ExactJson, style, depth + 1);
    text += `${text === "" ? "{" : ","}${style.quote(name)}:${item}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

function writeDeep(root: ExactJson, style: JsonStyle): string {
  const stack: Open[] = [];
  let text = "";
  let value = root;
  for (;;) {
    if (typeof value === "string") text += style.quote(value);
    else if (typeof value === "number") text += style.number(value);
    else if (value === null || typeof value === "boolean") text += String(value);
    else if (value instanceof JsonNumber) text += value.text;
    else {
      const open = start(value, style.sorted);
      text += open.names === undefined ? "[" : "{";
      stack.push(open);
    }
    let open = stack.at(-1);
    while (open !== undefined && open.next === open.values.length) {
      text += open.names === undefined ? "]" : "}";
      stack.pop();
      open = stack.at(-1);
    }
    if (open === undefined) return text;
    if (open.next > 0) text += ",";
    if (open.names !== undefined) text += `${style.quote(open.names[open.next] as string)}:`;
    value = open.values[open.next++] as ExactJson;
  }
}

function start(value: readonly ExactJson[] | ExactJsonObject, sorted: boolean): Open {
  if (!(value instanceof Map)) {
    return { names: undefined, values: value as readonly ExactJson[], next: 0 };
  }
  const object: ExactJsonObject = value;
  if (!sorted) return { names: [...object.keys()], values: [...object.values()], next: 0 };
  const names = sortedByBytes([...object.keys()]);
  return { names, values: names.map((name) => object.get(name) as ExactJson), next: 0 };
}

const surrogate = /[\ud800-\udfff]/;

/** Sorts in place by UTF-8 bytes, which is the order of code points; UTF-16 differs above U+FFFF only. */
export function sortedByBytes(names: string[]): string[] {
  if (names.length < 2) return names;
  if (names.some((name) => surrogate.test(name))) {
    return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
  // Mostly they are in order already.
  for (let i = 1; i < names.length; i++) {
    if ((names[i - 1] as string) > (names[i] as string)) return names.sort();
  }
  return names;
}
