/**
 * Go's %q, which many texts of the API contain.
 */

/** Double-quoted with Go's escapes. A lone surrogate U+DCNN stands for the byte 0xNN (see kit/http/byte-text.ts). */
export function quote(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text) quoted += quoteCharacter(character);
  return `${quoted}"`;
}

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c > 0x7e || c === 0x22 || c === 0x5c) return false;
  }
  return true;
}

const named = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
]);

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function quoteCharacter(character: string): string {
  const c = character.codePointAt(0) as number;
  const name = named.get(c);
  if (name !== undefined) return name;
  if (c >= 0xdc80 && c <= 0xdcff) return `\\x${(c - 0xdc00).toString(16)}`;
  if (c >= 0xd800 && c <= 0xdfff) return "\\ufffd";
  if (printable.test(character)) return character;
  const hex = c.toString(16);
  if (c < 0x80) return `\\x${hex.padStart(2, "0")}`;
  return c < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
