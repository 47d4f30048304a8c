/**
 * PEM blocks. Text around and between blocks is ignored, as are blocks that are damaged.
 * Source: RFC 7468; leniency as in Go's encoding/pem.
 */

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY` ... */
  readonly type: string;
  readonly bytes: Buffer;
}

const begin = "-----BEGIN ";
const ending = "-----END ";
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

export function decodePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let at = 0;
  // The next end line, found once for however many beginnings come before it.
  let end = -1;
  for (;;) {
    const start = text.indexOf(begin, at);
    if (start < 0) return blocks;
    at = start + begin.length;
    if (start > 0 && text[start - 1] !== "\n") continue;
    const endOfLine = text.indexOf("\n", at);
    if (endOfLine < 0) return blocks;
    const line = text.slice(at, endOfLine).trimEnd();
    if (!line.endsWith("-----")) continue;
    if (end < endOfLine) end = text.indexOf(`\n${ending}`, endOfLine);
    if (end < 0) return blocks;
    const type = line.slice(0, -5);
    if (!text.startsWith(`${type}-----`, end + 1 + ending.length)) continue;
    const bytes = decodeBody(text.slice(endOfLine + 1, end + 1));
    if (bytes === undefined) continue;
    blocks.push({ type, bytes });
    at = end + 1;
  }
}

/** Old keys carry header lines, which end at the first line without a colon. */
function decodeBody(body: string): Buffer | undefined {
  const lines = body.split("\n");
  let first = 0;
  while (lines[first]?.includes(":")) first++;
  const digits = lines
    .slice(first)
    .join("")
    .replace(/[\r\t ]/g, "");
  if (digits.length % 4 !== 0 || !base64.test(digits)) return undefined;
  return Buffer.from(digits, "base64");
}

/** Lines of 64 characters, with a final line feed. */
export function encodePem(type: string, bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString("base64");
  const lines = digits.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.map((line) => `${line}\n`).join("")}-----END ${type}-----\n`;
}

export const encodeCertificates = (certificates: readonly Uint8Array[]): string =>
  certificates.map((der) => encodePem("CERTIFICATE", der)).join("");
