/**
 * Reads the metadata properties of a component by its schema.
 * @see spec 04 §4.1, §4.2
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { isTruthy } from "../../kit/flags/flags.ts";
import { parseQuantity } from "../../kit/flags/quantity.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import type { PropertySchema } from "../contract.ts";

/** Names match ignoring case; an alias counts only when the main name is absent; unknown names are ignored. */
export class Properties {
  readonly #values = new Map<string, string>();
  readonly #schema = new Map<string, PropertySchema>();

  /**
   * @param duplicates of names that differ in case only: `exact` takes the one that is spelled as in the schema
   * @throws {Error} when two names differ in case only
   */
  constructor(
    properties: ReadonlyMap<string, string>,
    schema: readonly PropertySchema[],
    duplicates: "refused" | "exact" = "refused",
  ) {
    for (const property of schema) this.#schema.set(property.name, property);
    for (const [name, value] of properties) {
      const key = name.toLowerCase();
      if (this.#values.has(key)) {
        if (duplicates === "refused") {
          throw new Error(`failed to resolve aliases: key ${key} is duplicate in the metadata`);
        }
        if (!this.#schema.has(name)) continue;
      }
      this.#values.set(key, value);
    }
  }

  /** The value as written, or the default; undefined if there is neither. */
  optional(name: string): string | undefined {
    return this.given(name) ?? this.#schema.get(name)?.default;
  }

  /** The value as written; undefined if there is none. */
  given(name: string): string | undefined {
    const aliases = this.#schema.get(name)?.aliases ?? [];
    for (const candidate of [name, ...aliases]) {
      const value = this.#values.get(candidate.toLowerCase());
      if (value !== undefined) return value;
    }
    return undefined;
  }

  text(name: string): string {
    return this.optional(name) ?? "";
  }

  /** Anything but the truthy words is false. */
  bool(name: string): boolean {
    return isTruthy(this.optional(name));
  }

  /** Empty is 0. @throws {Error} */
  integer(name: string): number {
    const text = this.text(name);
    return text === "" ? 0 : parseInteger(name, text);
  }

  /** ms; a plain number is seconds, empty is 0. @throws {Error} */
  durationMs(name: string): number {
    const text = this.text(name);
    if (text === "") return 0;
    if (/^[+-]?\d+$/.test(text)) return Number(text) * 1000;
    try {
      return parseDuration(text);
    } catch (cause) {
      throw decodingError(`error decoding '${name}': ${errorText(cause)}`, cause);
    }
  }

  /** @throws {Error} */
  byteSize(name: string): number {
    const text = this.text(name);
    if (text === "") return 0;
    try {
      return parseQuantity(text);
    } catch (cause) {
      throw decodingError(`error decoding '${name}': ${errorText(cause)}`, cause);
    }
  }

  /** Split on commas, not trimmed; none when empty. */
  list(name: string): readonly string[] {
    const text = this.text(name);
    return text === "" ? [] : text.split(",");
  }
}

/** How the reference's decoder words what it cannot read. */
const decodingError = (text: string, cause?: unknown): Error =>
  new Error(`1 error(s) decoding:\n\n* ${text}`, { cause });

const integer = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9]\d*)$/;

/** Go's notation, `0x10` included. @throws {Error} */
export function parseInteger(name: string, text: string): number {
  const syntax = (why: string): Error =>
    decodingError(
      `cannot parse '${name}' as int: strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`,
    );
  const plain = text.replace(/(?<=[0-9a-fA-FxX])_(?=[0-9a-fA-F])/g, "");
  if (!integer.test(plain)) throw syntax("invalid syntax");
  const unsigned = plain.replace(/^[+-]/, "");
  const isOldOctal = /^0[0-7]+$/.test(unsigned);
  const magnitude = BigInt(isOldOctal ? `0o${unsigned.slice(1)}` : unsigned);
  const value = plain.startsWith("-") ? -magnitude : magnitude;
  if (BigInt.asIntN(64, value) !== value) throw syntax("value out of range");
  return Number(value);
}
