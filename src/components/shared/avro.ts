/**
 * Avro's binary form of JSON values.
 * @see https://avro.apache.org/docs/1.11.1/specification/
 */

import { type AvroType, maxDepth, type Primitive, type RecordField } from "./avro-schema.ts";

interface JsonOfNumbers {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    revive: (name: string, value: unknown, written: { readonly source?: string }) => unknown,
  ): unknown;
}
const { rawJSON, parse } = JSON as unknown as JsonOfNumbers;

/** JSON for {@link AvroCodec.encode}: integers that a number would round are BigInt. @throws {SyntaxError} */
export function parseAvroJson(data: Uint8Array): unknown {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return parse(text, (_name, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? "")
      ? BigInt(source as string)
      : value,
  );
}

/** JSON of what {@link AvroCodec.decode} gives. No number is null, an infinite one is out of the range of doubles. */
export const avroJson = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === "bigint") return rawJSON(`${member}`);
    if (member === Number.POSITIVE_INFINITY) return rawJSON("1e999");
    if (member === Number.NEGATIVE_INFINITY) return rawJSON("-1e999");
    return member;
  });

export class AvroCodec {
  readonly #type: AvroType;

  constructor(type: AvroType) {
    this.#type = type;
  }

  /** @param ignoresUnknown whether members that the outermost record does not have are left out. @throws {Error} */
  encode(value: unknown, ignoresUnknown = false): Buffer {
    const parts: Buffer[] = [];
    let given = value;
    if (ignoresUnknown && this.#type.kind === "record" && isObject(value)) {
      const names = new Set(this.#type.fields.map(({ name }) => name));
      given = Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)));
    }
    write(parts, this.#type, given, "", 0);
    return Buffer.concat(parts);
  }

  /** Integers that a number would round are BigInt. @throws {Error} */
  decode(bytes: Buffer): unknown {
    const reader = new AvroReader(bytes);
    const value = reader.read(this.#type, 0);
    if (reader.left > 0) throw new Error("avro: more bytes than the schema says");
    return value;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const mismatch = (path: string, expected: string): Error =>
  new Error(
    `avro schema validation failed: ${path === "" ? "" : `field ${JSON.stringify(path)}: `}expected ${expected}`,
  );

function write(parts: Buffer[], type: AvroType, value: unknown, path: string, depth: number): void {
  if (depth > maxDepth) throw new Error("avro: value is nested too deeply");
  switch (type.kind) {
    case "record": {
      if (!isObject(value)) throw mismatch(path, `object for record ${type.name}`);
      writeRecord(parts, type.fields, value, path, depth);
      return;
    }
    case "enum": {
      const index = type.symbols.indexOf(String(value));
      if (typeof value !== "string" || index < 0) throw mismatch(path, `a symbol of ${type.name}`);
      parts.push(zigzag(BigInt(index)));
      return;
    }
    case "fixed": {
      const bytes = asBytes(value, path);
      if (bytes.length !== type.size) throw mismatch(path, `${type.size} bytes`);
      parts.push(bytes);
      return;
    }
    case "array": {
      if (!Array.isArray(value)) throw mismatch(path, "array");
      if (value.length > 0) parts.push(zigzag(BigInt(value.length)));
      for (const item of value) write(parts, type.items, item, path, depth + 1);
      parts.push(zigzag(0n));
      return;
    }
    case "map": {
      if (!isObject(value)) throw mismatch(path, "object for a map");
      const entries = Object.entries(value);
      if (entries.length > 0) parts.push(zigzag(BigInt(entries.length)));
      for (const [name, member] of entries) {
        writeBytes(parts, Buffer.from(name));
        write(parts, type.values, member, join(path, name), depth + 1);
      }
      parts.push(zigzag(0n));
      return;
    }
    case "union":
      if (type.tags === undefined) writeUnion(parts, type.branches, value, path, depth);
      else writeTagged(parts, type.branches, type.tags, value, path, depth);
      return;
    default:
      writePrimitive(parts, type.kind, value, path);
  }
}

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

function writeRecord(
  parts: Buffer[],
  fields: readonly RecordField[],
  value: Record<string, unknown>,
  path: string,
  depth: number,
): void {
  const members = new Map(Object.entries(value));
  for (const { name, type, byDefault, hasDefault } of fields) {
    const isThere = members.has(name);
    if (!isThere && !hasDefault) throw mismatch(join(path, name), "a value: it is missing");
    if (isThere || type.kind !== "union" || type.tags === undefined) {
      write(parts, type, isThere ? members.get(name) : byDefault, join(path, name), depth + 1);
    } else {
      // A default is one of the first branch, and does not name it.
      parts.push(zigzag(0n));
      write(parts, type.branches[0] ?? { kind: "null" }, byDefault, join(path, name), depth + 1);
    }
    members.delete(name);
  }
  const [unknown] = members.keys();
  if (unknown !== undefined) throw mismatch(join(path, unknown), "no such field");
}

/** The first branch that takes the value. */
function writeUnion(
  parts: Buffer[],
  branches: readonly AvroType[],
  value: unknown,
  path: string,
  depth: number,
): void {
  let cause: unknown;
  for (const [index, branch] of branches.entries()) {
    const written: Buffer[] = [zigzag(BigInt(index))];
    try {
      write(written, branch, value, path, depth + 1);
    } catch (error) {
      if (branch.kind !== "null" || cause === undefined) cause = error;
      continue;
    }
    parts.push(...written);
    return;
  }
  throw cause ?? mismatch(path, "nothing: the union has no branches");
}

/** The branch that the value names; null names itself. */
function writeTagged(
  parts: Buffer[],
  branches: readonly AvroType[],
  tags: readonly string[],
  value: unknown,
  path: string,
  depth: number,
): void {
  const [[tag, content] = ["null", null], ...more] = isObject(value) ? Object.entries(value) : [];
  const isNamed = value === null || (isObject(value) && tag !== "null");
  const index = isNamed && more.length === 0 ? tags.indexOf(tag) : -1;
  const branch = branches[index];
  if (branch === undefined) {
    throw mismatch(path, `null or an object with one of ${tags.join(", ")}`);
  }
  parts.push(zigzag(BigInt(index)));
  write(parts, branch, content, path, depth + 1);
}

function writePrimitive(parts: Buffer[], kind: Primitive, value: unknown, path: string): void {
  switch (kind) {
    case "null":
      if (value !== null) throw mismatch(path, "null");
      return;
    case "boolean":
      if (typeof value !== "boolean") throw mismatch(path, "boolean");
      parts.push(Buffer.from([value ? 1 : 0]));
      return;
    case "int":
    case "long": {
      if (typeof value !== "bigint" && !Number.isInteger(value)) throw mismatch(path, "integer");
      const integer = BigInt(value as number | bigint);
      const limit = kind === "int" ? 2n ** 31n : 2n ** 63n;
      if (integer < -limit || integer >= limit) {
        throw mismatch(path, `${kind}: ${integer} overflows it`);
      }
      parts.push(zigzag(integer));
      return;
    }
    case "float":
    case "double": {
      if (typeof value !== "number" && typeof value !== "bigint") throw mismatch(path, "number");
      const number = Number(value);
      const bytes = Buffer.alloc(kind === "float" ? 4 : 8);
      if (kind === "double") bytes.writeDoubleLE(number);
      else if (Number.isFinite(number) && Math.abs(number) > 3.402_823_466_385_288_6e38) {
        throw mismatch(path, "float");
      } else bytes.writeFloatLE(number);
      parts.push(bytes);
      return;
    }
    case "bytes":
      writeBytes(parts, asBytes(value, path));
      return;
    case "string":
      if (typeof value !== "string") throw mismatch(path, "string");
      writeBytes(parts, Buffer.from(value));
  }
}

/** A character for each byte, as in Avro's JSON form. */
function asBytes(value: unknown, path: string): Buffer {
  if (typeof value !== "string") throw mismatch(path, "string for bytes");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: each is a byte
  if (!/^[\u0000-\u00ff]*$/.test(value)) throw mismatch(path, "characters up to U+00FF for bytes");
  return Buffer.from(value, "latin1");
}

function writeBytes(parts: Buffer[], bytes: Buffer): void {
  parts.push(zigzag(BigInt(bytes.length)), bytes);
}

function zigzag(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

class AvroReader {
  readonly #bytes: Buffer;
  #at = 0;
  /** Of all arrays and maps. */
  #items = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  read(type: AvroType, depth: number): unknown {
    if (depth > maxDepth) throw new Error("avro: value is nested too deeply");
    switch (type.kind) {
      case "record":
        return Object.fromEntries(
          type.fields.map(({ name, type: field }) => [name, this.read(field, depth + 1)]),
        );
      case "enum":
        return entryAt(type.symbols, this.#count());
      case "fixed":
        return this.#take(type.size).toString("latin1");
      case "array":
        return this.#blocks(() => this.read(type.items, depth + 1));
      case "map":
        return Object.fromEntries(
          this.#blocks(() => {
            const name = this.#take(this.#count()).toString();
            return [name, this.read(type.values, depth + 1)] as const;
          }),
        );
      case "union": {
        const index = this.#count();
        const value = this.read(entryAt(type.branches, index), depth + 1);
        const tag = type.tags?.[index];
        return tag === undefined || tag === "null" ? value : Object.fromEntries([[tag, value]]);
      }
      default:
        return this.#primitive(type.kind);
    }
  }

  #primitive(kind: Primitive): unknown {
    switch (kind) {
      case "null":
        return null;
      case "boolean":
        return this.#take(1)[0] !== 0;
      case "int":
      case "long":
        return exactly(this.#long());
      case "float":
        return shortest(this.#take(4).readFloatLE());
      case "double":
        return this.#take(8).readDoubleLE();
      case "bytes":
        return this.#take(this.#count()).toString("latin1");
      case "string":
        return this.#take(this.#count()).toString();
    }
  }

  /** Blocks of items; one with a negative count says how many bytes it has. */
  #blocks<T>(read: () => T): T[] {
    const items: T[] = [];
    for (;;) {
      let count = Number(this.#long());
      if (count === 0) return items;
      if (count < 0) {
        this.#long();
        count = -count;
      }
      // Items may take no bytes: what follows must be bounded all the same.
      this.#items += count;
      if (this.#items > this.#bytes.length) throw malformed();
      for (let i = 0; i < count; i++) items.push(read());
    }
  }

  #count(): number {
    const value = Number(this.#long());
    if (value < 0) throw malformed();
    return value;
  }

  #take(size: number): Buffer {
    if (size > this.left) throw malformed();
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  #long(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = BigInt(this.#take(1)[0] as number);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw malformed();
  }
}

function exactly(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The shortest number that is this one with the precision of a float. */
function shortest(float: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const number = Number(float.toPrecision(digits));
    if (Math.fround(number) === float) return number;
  }
  return float;
}

const malformed = (): Error => new Error("avro: invalid data");

function entryAt<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw malformed();
  return found;
}
