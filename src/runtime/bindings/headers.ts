/**
 * The metadata of a binding's answer as headers.
 * @see spec 03 §8.3
 */

const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Names as on the wire; what no header can hold is left out (names) or becomes a space (values). */
export function* answerHeaders(
  metadata: ReadonlyMap<string, string> | undefined,
): Generator<readonly [name: string, value: string]> {
  if (metadata === undefined) return;
  for (const [key, value] of metadata) {
    const name = `metadata.${key.toLowerCase()}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    if (token.test(name)) yield [name, value.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, " ")];
  }
}
