/**
 * SQL LIKE: `%` stands for any text, `_` for one character, a backslash takes the next character literally.
 */

/** Case-sensitive. Work is bounded by the product of both lengths. */
export function matchesLike(text: string, pattern: string): boolean {
  const characters = [...text];
  const tokens = parsePattern(pattern);
  let at = 0;
  let token = 0;
  let retryToken = -1;
  let retryAt = 0;
  while (at < characters.length) {
    const expected = tokens[token];
    if (expected === any) {
      retryToken = ++token;
      retryAt = at;
    } else if (expected === one || (expected !== undefined && expected === characters[at])) {
      token++;
      at++;
    } else if (retryToken >= 0) {
      // The last `%` takes one character more.
      token = retryToken;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  while (tokens[token] === any) token++;
  return token === tokens.length;
}

const any = Symbol("%");
const one = Symbol("_");

function parsePattern(pattern: string): (string | typeof any | typeof one)[] {
  const tokens: (string | typeof any | typeof one)[] = [];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    if (character === "%") tokens.push(any);
    else if (character === "_") tokens.push(one);
    else if (character === "\\" && i + 1 < characters.length)
      tokens.push(characters[++i] as string);
    else tokens.push(character);
  }
  return tokens;
}
