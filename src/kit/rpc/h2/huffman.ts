/**
 * The Huffman code of HPACK (RFC 7541 appendix B).
 *
 * The code is canonical, so the code lengths alone define it. Decoding walks an automaton four bits at a time: the
 * shortest code has five bits, so a step yields at most one symbol.
 */

/** Code length in bits of each byte value; the last one is the end-of-string symbol. */
const codeLengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

const endOfString = 256;

/** Codes in the order of {@link codeLengths}; the longest has 30 bits. */
function canonicalCodes(): Uint32Array {
  const order = codeLengths.map((_, symbol) => symbol);
  order.sort((a, b) => (codeLengths[a] as number) - (codeLengths[b] as number) || a - b);
  const codes = new Uint32Array(codeLengths.length);
  let code = 0;
  let length = codeLengths[order[0] as number] as number;
  let isFirst = true;
  for (const symbol of order) {
    const next = codeLengths[symbol] as number;
    if (!isFirst) code = (code + 1) << (next - length);
    isFirst = false;
    length = next;
    codes[symbol] = code;
  }
  return codes;
}

const codes = canonicalCodes();

/** Flags in a cell of the automaton, above the next state (bits 0-8) and the symbol (bits 9-16). */
const emits = 1 << 17;
const fails = 1 << 18;

/** What the automaton knows: the cell for (state, nibble), and whether a string may end in a state. */
interface Automaton {
  readonly cells: Int32Array;
  readonly accepts: Uint8Array;
}

/** Inner nodes of the code tree become states; children are node numbers, or ~symbol for leaves. */
function buildTree(): { children: number[]; depth: number[]; isAllOnes: boolean[] } {
  const children: number[] = [0, 0];
  const depth = [0];
  const isAllOnes = [true];
  for (let symbol = 0; symbol < codeLengths.length; symbol++) {
    const length = codeLengths[symbol] as number;
    let node = 0;
    for (let bit = length - 1; bit >= 0; bit--) {
      const side = ((codes[symbol] as number) >>> bit) & 1;
      const slot = node * 2 + side;
      if (bit === 0) {
        children[slot] = ~symbol;
      } else {
        if (children[slot] === 0) {
          children[slot] = depth.length;
          children.push(0, 0);
          depth.push((depth[node] as number) + 1);
          isAllOnes.push((isAllOnes[node] as boolean) && side === 1);
        }
        node = children[slot] as number;
      }
    }
  }
  return { children, depth, isAllOnes };
}

function buildAutomaton(): Automaton {
  const { children, depth, isAllOnes } = buildTree();
  const cells = new Int32Array(depth.length * 16);
  const accepts = new Uint8Array(depth.length);
  for (let state = 0; state < depth.length; state++) {
    // Padding is a prefix of the end-of-string code: ones only, shorter than a byte.
    accepts[state] = isAllOnes[state] && (depth[state] as number) < 8 ? 1 : 0;
    for (let nibble = 0; nibble < 16; nibble++) {
      let node = state;
      let cell = 0;
      for (let bit = 3; bit >= 0; bit--) {
        const child = children[node * 2 + ((nibble >>> bit) & 1)] as number;
        if (child >= 0) {
          node = child;
        } else {
          const symbol = ~child;
          if (symbol === endOfString) cell |= fails;
          else cell |= emits | (symbol << 9);
          node = 0;
        }
      }
      cells[state * 16 + nibble] = cell | node;
    }
  }
  return { cells, accepts };
}

/** Built with the first coded string: many clients send none, and building it costs milliseconds. */
let automaton: Automaton | undefined;

/**
 * Decodes into target, which must have room for 8/5 of the input.
 * @returns the number of bytes written, or -1 when the input is malformed
 */
export function huffmanDecode(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): number {
  automaton ??= buildAutomaton();
  const { cells, accepts } = automaton;
  let state = 0;
  let written = 0;
  let failed = 0;
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    let cell = cells[(state << 4) | (byte >>> 4)] as number;
    if ((cell & emits) !== 0) target[written++] = (cell >>> 9) & 0xff;
    failed |= cell;
    cell = cells[((cell & 0x1ff) << 4) | (byte & 15)] as number;
    if ((cell & emits) !== 0) target[written++] = (cell >>> 9) & 0xff;
    failed |= cell;
    state = cell & 0x1ff;
  }
  return (failed & fails) !== 0 || accepts[state] === 0 ? -1 : written;
}

/** Encodes text whose characters are bytes (latin1). */
export function huffmanEncode(text: string): Buffer {
  const out: number[] = [];
  let pending = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff;
    let length = codeLengths[symbol] as number;
    const code = codes[symbol] as number;
    while (length > 0) {
      const take = Math.min(8 - bits, length);
      pending = (pending << take) | ((code >>> (length - take)) & ((1 << take) - 1));
      bits += take;
      length -= take;
      if (bits === 8) {
        out.push(pending);
        pending = 0;
        bits = 0;
      }
    }
  }
  if (bits > 0) out.push(((pending << (8 - bits)) | ((1 << (8 - bits)) - 1)) & 0xff);
  return Buffer.from(out);
}
