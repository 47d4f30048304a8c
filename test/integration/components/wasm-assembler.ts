/**
 * Puts WebAssembly modules together, byte by byte, for guests of a few instructions.
 * Source of the format: https://webassembly.github.io/spec/core/binary/
 */

const type = { i32: 0x7f, i64: 0x7e } as const;
type ValueType = (typeof type)[keyof typeof type];

export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export const signature = (parameters: string, results = ""): Signature => {
  const read = (text: string): ValueType[] =>
    [...text].map((c) => (c === "I" ? type.i64 : type.i32));
  return { parameters: read(parameters), results: read(results) };
};

/** Unsigned or, with `isSigned`, signed LEB128. */
function leb(value: bigint, isSigned = false): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = isSigned
      ? (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)
      : rest === 0n;
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

const number = (value: number): number[] => leb(BigInt(value));
const vector = (items: readonly (readonly number[])[]): number[] => [
  ...number(items.length),
  ...items.flat(),
];
const text = (value: string): number[] => [
  ...number(Buffer.byteLength(value)),
  ...Buffer.from(value),
];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...number(content.length),
  ...content,
];

export const op = {
  i32: (value: number): number[] => [0x41, ...leb(BigInt(value), true)],
  i64: (value: bigint): number[] => [0x42, ...leb(value, true)],
  call: (index: number): number[] => [0x10, ...number(index)],
  get: (local: number): number[] => [0x20, ...number(local)],
  set: (local: number): number[] => [0x21, ...number(local)],
  wrap: [0xa7],
  drop: [0x1a],
  unreachable: [0x00],
  /** Never ends. */
  spin: [0x03, 0x40, 0x0c, 0x00, 0x0b],
} as const;

export interface GuestFunction {
  readonly name: string;
  readonly signature: Signature;
  /** How many i64 variables it has. */
  readonly locals?: number;
  readonly code: readonly (readonly number[])[];
}

export interface ModuleParts {
  /** Called by their position. */
  readonly imports: readonly {
    readonly name: string;
    readonly signature: Signature;
    readonly module?: string;
  }[];
  readonly functions: readonly GuestFunction[];
  /** Texts in the memory, by address. */
  readonly data: ReadonlyMap<number, string>;
  readonly hasMemory?: boolean;
}

export function assemble({ imports, functions, data, hasMemory = true }: ModuleParts): Buffer {
  const all = [...imports, ...functions];
  const types = all.map(({ signature: { parameters, results } }) => [
    0x60,
    ...vector(parameters.map((one) => [one])),
    ...vector(results.map((one) => [one])),
  ]);
  const imported = imports.map(({ name, module = "http_handler" }, i) => [
    ...text(module),
    ...text(name),
    0x00,
    ...number(i),
  ]);
  const exported = functions.map(({ name }, i) => [
    ...text(name),
    0x00,
    ...number(imports.length + i),
  ]);
  const bodies = functions.map(({ locals = 0, code }) => {
    const variables = locals === 0 ? [0] : [1, ...number(locals), type.i64];
    const body = [...variables, ...code.flat(), 0x0b];
    return [...number(body.length), ...body];
  });
  const segments = [...data].map(([at, value]) => [0x00, ...op.i32(at), 0x0b, ...text(value)]);
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector(imported)),
    ...section(3, vector(functions.map((_, i) => number(imports.length + i)))),
    ...(hasMemory ? section(5, [1, 0, 1]) : []),
    ...section(7, vector([...exported, ...(hasMemory ? [[...text("memory"), 0x02, 0x00]] : [])])),
    ...section(10, vector(bodies)),
    ...(hasMemory ? section(11, vector(segments)) : []),
  ]);
}
