/**
 * Values from the environment and from secrets lose their quotes: `"abc"` with quotes arrives as `abc`, and so do what
 * stands in backquotes and a single character in apostrophes. What is not quoted properly stays as it is.
 * @see spec 04 §4.1
 */

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
]);

/** One character, or one escape: of a letter, of a byte in octal or hex, of a code point. */
const element =
  /\\(?:([abfnrtv\\"'])|([0-3][0-7]{2})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|[^\\\n]/gu;

export function unquote(value: string): string {
  const quote = value[0];
  if (value.length < 2 || quote === undefined || value.at(-1) !== quote) return value;
  const inner = value.slice(1, -1);
  if (quote === "`") return inner.includes("`") ? value : inner.replaceAll("\r", "");
  if (quote !== '"' && quote !== "'") return value;
  const pieces: Buffer[] = [];
  let end = 0;
  for (const found of inner.matchAll(element)) {
    const piece = found.index === end ? pieceOf(found, quote) : undefined;
    if (piece === undefined) return value;
    pieces.push(piece);
    end += found[0].length;
  }
  const isOne = quote === '"' || pieces.length === 1;
  return end === inner.length && isOne ? Buffer.concat(pieces).toString() : value;
}

/** undefined: it does not belong between these quotes. */
function pieceOf(found: RegExpExecArray, quote: string): Buffer | undefined {
  const [all, letter, octal, hex, short, long] = found;
  if (octal !== undefined) return Buffer.from([Number.parseInt(octal, 8)]);
  if (hex !== undefined) return Buffer.from([Number.parseInt(hex, 16)]);
  if (letter !== undefined) {
    const text = letter === quote ? quote : simpleEscapes.get(letter);
    return text === undefined ? undefined : Buffer.from(text);
  }
  const digits = short ?? long;
  if (digits === undefined) return all === quote ? undefined : Buffer.from(all);
  const code = Number.parseInt(digits, 16);
  const isCharacter = code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
  return isCharacter ? Buffer.from(String.fromCodePoint(code)) : undefined;
}
