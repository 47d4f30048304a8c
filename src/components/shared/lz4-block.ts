/**
 * Blocks of LZ4, without the frame around them.
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */

/** A match is at least so long. */
const shortest = 4;
/** The last bytes of a block are literals. */
const lastLiterals = 5;
const matchMargin = 12;
const farthest = 0xffff;
const hashBits = 14;

export function compressLz4(input: Buffer): Buffer {
  const output = Buffer.allocUnsafe(input.length + Math.ceil(input.length / 255) + 16);
  const places = new Int32Array(1 << hashBits).fill(-1);
  const end = input.length - matchMargin;
  let written = 0;
  let start = 0;
  let at = 0;
  while (at < end) {
    const word = input.readInt32LE(at);
    const hash = Math.imul(word, -1_640_531_535) >>> (32 - hashBits);
    const before = places[hash]!;
    places[hash] = at;
    if (before < 0 || at - before > farthest || input.readInt32LE(before) !== word) {
      at++;
      continue;
    }
    let length = shortest;
    const limit = input.length - lastLiterals;
    while (at + length < limit && input[before + length] === input[at + length]) length++;
    written = writeSequence(output, written, input.subarray(start, at), length);
    written = output.writeUInt16LE(at - before, written);
    written = writeLength(output, written, length - shortest);
    at += length;
    start = at;
  }
  return output.subarray(0, writeSequence(output, written, input.subarray(start), 0));
}

/** The token, and literals; offset and the rest of the length follow. @param match 0: none */
function writeSequence(output: Buffer, at: number, literals: Buffer, match: number): number {
  const low = match === 0 ? 0 : Math.min(match - shortest, 15);
  let next = at;
  output[next++] = (Math.min(literals.length, 15) << 4) | low;
  next = writeLength(output, next, literals.length);
  output.set(literals, next);
  return next + literals.length;
}

/** What does not fit in the four bits of the token. */
function writeLength(output: Buffer, at: number, length: number): number {
  if (length < 15) return at;
  let next = at;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) output[next++] = 255;
  output[next++] = rest;
  return next;
}

/** @param size bytes of the output. @throws {Error} */
export function decompressLz4(input: Buffer, size: number): Buffer {
  const output = Buffer.alloc(size);
  let from = 0;
  let to = 0;
  const readLength = (start: number): number => {
    let length = start;
    if (start < 15) return length;
    for (;;) {
      const byte = input[from++];
      if (byte === undefined) throw malformed();
      length += byte;
      if (byte !== 255) return length;
    }
  };
  while (from < input.length) {
    const token = input[from++]!;
    const literals = readLength(token >>> 4);
    if (from + literals > input.length || to + literals > size) throw malformed();
    input.copy(output, to, from, from + literals);
    from += literals;
    to += literals;
    if (from >= input.length) break;
    if (from + 2 > input.length) throw malformed();
    const offset = input.readUInt16LE(from);
    from += 2;
    const length = readLength(token & 15) + shortest;
    if (offset === 0 || offset > to || to + length > size) throw malformed();
    // It may overlap what it writes.
    for (let i = 0; i < length; i++, to++) output[to] = output[to - offset]!;
  }
  if (to !== size) throw malformed();
  return output;
}

const malformed = (): Error => new Error("invalid LZ4 data");
