/**
 * Stored JSON on its way into an answer: checked, white space removed, escaped, otherwise as it was written.
 * @see spec 01 §5.2
 */

/** In Latin-1: each byte is a character. */
const touched = /[\s<>&]|\xe2\x80[\xa8\xa9]/;
const unsafe = /[<>&]|\xe2\x80[\xa8\xa9]/g;

const escapes: ReadonlyMap<string, string> = new Map([
  ["<", "\\u003c"],
  [">", "\\u003e"],
  ["&", "\\u0026"],
  ["\xe2\x80\xa8", "\\u2028"],
  ["\xe2\x80\xa9", "\\u2029"],
]);
const escaped = (found: string): string => escapes.get(found) ?? found;

/** @returns undefined when the bytes are not one JSON value */
export function compactJson(bytes: Uint8Array): Buffer | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  // Bytes above 0x7f only occur in strings, where all of them are valid.
  const text = buffer.toString("latin1");
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!touched.test(text)) return buffer;
  return Buffer.from(withoutSpace(text).replace(unsafe, escaped), "latin1");
}

/** Removes white space outside strings from a valid text. */
function withoutSpace(text: string): string {
  let compact = "";
  let kept = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (inString) {
      if (c === 0x5c) at++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) {
      inString = true;
    } else if (c <= 0x20) {
      compact += text.slice(kept, at);
      kept = at + 1;
    }
  }
  return compact + text.slice(kept);
}
