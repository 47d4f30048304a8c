/**
 * Without spaces and tabs at both ends. A loop, because a regular expression needs quadratic time for a long run of spaces
 * in the middle.
 */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x09;
