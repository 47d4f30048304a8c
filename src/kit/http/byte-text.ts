/**
 * Text that may hold bytes which are not UTF-8: such a byte 0xNN stands as the lone surrogate U+DCNN, so that a path
 * survives decoding and encoding unchanged. Byte strings (as node:http gives and takes) hold one byte per character.
 */
import { isUtf8 } from "node:buffer";

/** @param bytes any bytes */
export function textFromBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length === 0) text += String.fromCharCode(0xdc00 + (bytes[i++] as number));
    else {
      text += bytes.toString("utf8", i, i + length);
      i += length;
    }
  }
  return text;
}

export function bytesFromText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts: number[] = [];
  for (const character of text) {
    const c = character.codePointAt(0) as number;
    if (c >= 0xdc80 && c <= 0xdcff) parts.push(c - 0xdc00);
    else for (const byte of Buffer.from(character, "utf8")) parts.push(byte);
  }
  return Buffer.from(parts);
}

/** One character per byte; what header lines and request targets are written as. */
export function byteStringFromText(text: string): string {
  return isAscii(text) ? text : bytesFromText(text).toString("latin1");
}

/** @param bytes a byte string */
export function textFromByteString(bytes: string): string {
  return isAscii(bytes) ? bytes : textFromBytes(Buffer.from(bytes, "latin1"));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Length of the valid UTF-8 sequence at an offset, 0 if there is none. */
function sequenceLength(bytes: Buffer, offset: number): number {
  const first = bytes[offset] as number;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length === 0 || offset + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(offset, offset + length)) ? length : 0;
}
