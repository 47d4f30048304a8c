/**
 * Reads JSON as the reference's parser does: the first value of a text, its syntax errors, and a depth limit. The native
 * parser is used where the result is provably the same.
 * @see spec 01 §2.5
 */
import { isUtf8 } from "node:buffer";
import { type ExactJson, JsonNumber, type JsonValue, maxJsonDepth } from "./value.ts";

export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
}

/**
 * The first JSON value of a text; what follows it is ignored. Numbers out of range come out as infinities, for the decoder
 * to refuse where they are used.
 * @throws {JsonSyntaxError} `EOF` without a value, `unexpected EOF` within one
 */
export function parseFirstJson(bytes: Buffer): JsonValue {
  const native = parseNative(bytes);
  if (native !== undefined) return native;
  const parser = new Parser(decodeUtf8(bytes));
  if (parser.atEnd()) throw new JsonSyntaxError("EOF");
  return parser.value("unexpected EOF") as JsonValue;
}

/** Numbers that a double may write in another way: fractions, exponents, long ones, -0. */
const inexactNumber = /\d[.eE]|\d{16}|-0/;

/**
 * As {@link parseFirstJson}, but numbers that a double would not write back as they are come out as {@link JsonNumber}.
 * @throws {JsonSyntaxError}
 */
export function parseFirstExact(bytes: Buffer): ExactJson {
  if (!inexactNumber.test(bytes.toString("latin1"))) return parseFirstJson(bytes);
  const parser = new Parser(decodeUtf8(bytes), true);
  if (parser.atEnd()) throw new JsonSyntaxError("EOF");
  return parser.value("unexpected EOF");
}

/**
 * A text that is one JSON value.
 * @throws {JsonSyntaxError} `unexpected end of JSON input`, or `invalid character 'x' after top-level value`
 */
export function parseJson(bytes: Buffer): JsonValue {
  const native = parseNative(bytes);
  if (native !== undefined) return native;
  const parser = new Parser(decodeUtf8(bytes));
  const value = parser.value("unexpected end of JSON input") as JsonValue;
  parser.end();
  return value;
}

/** Nested deeper than this is left to the own parser, which needs no recursion. */
const nativeDepth = 100;

/**
 * undefined: left to the own parser. The native parser agrees on the grammar, on numbers, on repeated names (the last
 * wins); it does not on bytes that are no UTF-8 and on lone surrogates.
 */
function parseNative(bytes: Buffer): JsonValue | undefined {
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined;
  try {
    return convert(JSON.parse(bytes.toString("utf8")), 0);
  } catch {
    return undefined;
  }
}

function convert(value: unknown, depth: number): JsonValue {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== "object" || value === null) return value as JsonValue;
  if (depth === nativeDepth) throw new RangeError("too deep");
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = convert(value[i], depth + 1);
    return value as JsonValue;
  }
  const object = new Map<string, JsonValue>();
  for (const name of Object.keys(value)) {
    const key = name.isWellFormed() ? name : name.toWellFormed();
    object.set(key, convert((value as Record<string, unknown>)[name], depth + 1));
  }
  return object;
}

/** Each byte that is no part of a character becomes U+FFFD; the platform's decoder merges several into one. */
export function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const parts: string[] = [];
  let good = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      parts.push(bytes.toString("utf8", good, at), "\ufffd");
      at++;
      good = at;
    } else {
      at += length;
    }
  }
  parts.push(bytes.toString("utf8", good));
  return parts.join("");
}

/** Bytes of the character at this place; 0 when there is none. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

interface Container {
  readonly array: ExactJson[] | undefined;
  readonly object: Map<string, ExactJson> | undefined;
  name: string;
}

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;

/** Linear in the length of the text, without recursion. */
class Parser {
  readonly #text: string;
  #at = 0;
  #eof = "";
  readonly #isExact: boolean;

  constructor(text: string, isExact = false) {
    this.#text = text;
    this.#isExact = isExact;
  }

  /** Only white space is left. */
  atEnd(): boolean {
    return Number.isNaN(this.#space());
  }

  /** @throws {JsonSyntaxError} when something but white space is left */
  end(): void {
    if (!Number.isNaN(this.#space())) this.#bad("after top-level value");
  }

  value(eof: string): ExactJson {
    this.#eof = eof;
    const stack: Container[] = [];
    for (;;) {
      const c = this.#space();
      let value: ExactJson;
      if (c === 0x7b || c === 0x5b) {
        if (stack.length === maxJsonDepth) throw new JsonSyntaxError("exceeded max depth");
        this.#at++;
        const opened = this.#open(c === 0x7b);
        if (opened.isEmpty) value = opened.object ?? opened.array ?? null;
        else {
          stack.push(opened);
          continue;
        }
      } else {
        value = this.#scalar(c);
      }
      const whole = this.#add(stack, value);
      if (whole !== undefined) return whole;
    }
  }

  #open(isObject: boolean): Container & { isEmpty: boolean } {
    const c = this.#space();
    if (!isObject) {
      const isEmpty = c === 0x5d;
      if (isEmpty) this.#at++;
      return { array: [], object: undefined, name: "", isEmpty };
    }
    const object = new Map<string, ExactJson>();
    if (c === 0x7d) {
      this.#at++;
      return { array: undefined, object, name: "", isEmpty: true };
    }
    return { array: undefined, object, name: this.#name(c), isEmpty: false };
  }

  /** Puts a value into what encloses it and closes what is complete. @returns the outermost value once it is complete */
  #add(stack: Container[], first: ExactJson): ExactJson | undefined {
    let value = first;
    for (;;) {
      const container = stack.at(-1);
      if (container === undefined) return value;
      if (container.object === undefined) container.array?.push(value);
      else container.object.set(container.name, value);
      const c = this.#space();
      if (c === 0x2c) {
        this.#at++;
        if (container.object !== undefined) container.name = this.#name(this.#space());
        return undefined;
      }
      if (c !== (container.object === undefined ? 0x5d : 0x7d)) {
        this.#bad(
          container.object === undefined ? "after array element" : "after object key:value pair",
        );
      }
      this.#at++;
      stack.pop();
      value = container.object ?? (container.array as ExactJson[]);
    }
  }

  #name(c: number): string {
    if (c !== 0x22) this.#bad("looking for beginning of object key string");
    const name = this.#string();
    if (this.#space() !== 0x3a) this.#bad("after object key");
    this.#at++;
    return name;
  }

  #scalar(c: number): ExactJson {
    if (c === 0x22) return this.#string();
    if (c === 0x2d || isDigit(c)) return this.#number();
    if (c === 0x74) return this.#literal("true", true);
    if (c === 0x66) return this.#literal("false", false);
    if (c === 0x6e) return this.#literal("null", null);
    return this.#bad("looking for beginning of value");
  }

  #literal(word: string, value: ExactJson): ExactJson {
    for (let i = 1; i < word.length; i++) {
      this.#at++;
      if (this.#text.charCodeAt(this.#at) !== word.charCodeAt(i)) {
        this.#bad(`in literal ${word} (expecting ${quoteCharacter(word[i] as string)})`);
      }
    }
    this.#at++;
    return value;
  }

  #number(): ExactJson {
    const start = this.#at;
    if (this.#peek() === 0x2d) this.#at++;
    if (this.#peek() === 0x30) this.#at++;
    else this.#digits("in numeric literal");
    if (this.#peek() === 0x2e) {
      this.#at++;
      this.#digits("after decimal point in numeric literal");
    }
    if ((this.#peek() | 0x20) === 0x65) {
      this.#at++;
      if (this.#peek() === 0x2b || this.#peek() === 0x2d) this.#at++;
      this.#digits("in exponent of numeric literal");
    }
    const text = this.#text.slice(start, this.#at);
    return this.#isExact ? new JsonNumber(text) : Number(text);
  }

  #digits(context: string): void {
    if (!isDigit(this.#peek())) this.#bad(context);
    while (isDigit(this.#peek())) this.#at++;
  }

  #string(): string {
    const text = this.#text;
    const start = ++this.#at;
    let isPlain = true;
    for (;;) {
      const c = this.#peek();
      if (c === 0x22) break;
      if (!(c >= 0x20)) this.#bad("in string literal");
      this.#at++;
      if (c === 0x5c) {
        isPlain = false;
        this.#escape();
      }
    }
    const raw = text.slice(start, this.#at++);
    // The grammar was checked, so the native parser only resolves the escapes.
    return isPlain ? raw : (JSON.parse(`"${raw}"`) as string).toWellFormed();
  }

  #escape(): void {
    const c = this.#peek();
    if (c === 0x75) {
      for (let i = 0; i < 4; i++) {
        this.#at++;
        const digit = this.#peek() | 0x20;
        if (!isDigit(this.#peek()) && !(digit >= 0x61 && digit <= 0x66)) {
          this.#bad("in \\u hexadecimal character escape");
        }
      }
    } else if (Number.isNaN(c) || !'"\\/bfnrt'.includes(String.fromCharCode(c))) {
      this.#bad("in string escape code");
    }
    this.#at++;
  }

  /** The next code unit, NaN at the end. */
  #peek(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #space(): number {
    let c = this.#peek();
    while (isSpace(c)) {
      this.#at++;
      c = this.#peek();
    }
    return c;
  }

  #bad(context: string): never {
    const point = this.#text.codePointAt(this.#at);
    if (point === undefined) throw new JsonSyntaxError(this.#eof);
    // The reference names the first byte of a character, as if it were Latin-1.
    const byte = Buffer.from(String.fromCodePoint(point))[0] as number;
    const shown = quoteCharacter(String.fromCharCode(byte));
    throw new JsonSyntaxError(`invalid character ${shown} ${context}`);
  }
}

function quoteCharacter(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  const c = character.charCodeAt(0);
  if (character === "\\") return `'\\\\'`;
  if (c >= 0x20 && c !== 0x7f && !(c >= 0x80 && c < 0xa1) && c !== 0xad) return `'${character}'`;
  const named = "abtnvfr"[c - 7];
  if (named !== undefined) return `'\\${named}'`;
  return `'\\${c < 0x80 ? "x" : "u00"}${c.toString(16).padStart(2, "0")}'`;
}
