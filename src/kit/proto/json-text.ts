/**
 * Parses JSON without losing what `JSON.parse` loses: repeated members, the digits of numbers and what follows the value.
 * Source: RFC 8259.
 */
import { isUtf8 } from "node:buffer";

/** A number as it was written. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An object's members in their order, repeated ones included. */
export class JsonObject {
  readonly members: [name: string, value: JsonNode][] = [];
}

export type JsonNode = null | boolean | string | JsonNumber | JsonNode[] | JsonObject;

/** Arrays and objects nested deeper than this are refused. */
const maxDepth = 500;

/** @throws {Error} when the text is not exactly one JSON value in UTF-8 */
export function parseJsonText(text: string | Uint8Array): JsonNode {
  if (typeof text === "string") return new Parser(text).parse();
  if (!isUtf8(text)) throw new Error("syntax error: invalid UTF-8");
  return new Parser(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString()).parse();
}

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const spaceForm = /[ \t\r\n]*/y;

class Parser {
  readonly #text: string;
  #pos = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonNode {
    const value = this.#value();
    this.#space();
    if (this.#pos < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(): JsonNode {
    this.#space();
    switch (this.#text[this.#pos]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#literal("true", true);
      case "f":
        return this.#literal("false", false);
      case "n":
        return this.#literal("null", null);
      default:
        return new JsonNumber(this.#match(numberForm));
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth) throw new Error("exceeded maximum recursion depth");
    this.#pos++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const object = new JsonObject();
    if (this.#accept("}")) return object;
    do {
      this.#space();
      const name = this.#string();
      if (!this.#accept(":")) throw this.#unexpected();
      object.members.push([name, this.#value()]);
    } while (this.#accept(","));
    if (!this.#accept("}")) throw this.#unexpected();
    return object;
  }

  #array(): JsonNode[] {
    const items: JsonNode[] = [];
    if (this.#accept("]")) return items;
    do items.push(this.#value());
    while (this.#accept(","));
    if (!this.#accept("]")) throw this.#unexpected();
    return items;
  }

  #string(): string {
    const start = this.#pos;
    if (this.#text[start] !== '"') throw this.#unexpected();
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && isEscaped(this.#text, end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw new Error("syntax error: unexpected EOF");
    this.#pos = end + 1;
    // The engine's own parser knows escapes and refuses control characters.
    const text: string = JSON.parse(this.#text.slice(start, this.#pos));
    if (!text.isWellFormed()) throw new Error("syntax error: invalid escape code in string");
    return text;
  }

  #literal<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#pos)) throw this.#unexpected();
    this.#pos += word.length;
    return value;
  }

  #match(form: RegExp): string {
    form.lastIndex = this.#pos;
    const found = form.exec(this.#text)?.[0];
    if (found === undefined) throw this.#unexpected();
    this.#pos += found.length;
    return found;
  }

  #accept(mark: string): boolean {
    this.#space();
    if (this.#text[this.#pos] !== mark) return false;
    this.#pos++;
    return true;
  }

  #space(): void {
    spaceForm.lastIndex = this.#pos;
    this.#pos += spaceForm.exec(this.#text)![0].length;
  }

  #unexpected(): Error {
    const at = this.#text.codePointAt(this.#pos);
    if (at === undefined) return new Error("syntax error: unexpected EOF");
    const before = this.#text.slice(0, this.#pos);
    const line = before.split("\n").length;
    const column = this.#pos - before.lastIndexOf("\n");
    const token = String.fromCodePoint(at);
    return new Error(`syntax error (line ${line}:${column}): invalid value ${token}`);
  }
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === "\\") before--;
  return (at - before) % 2 === 1;
}
