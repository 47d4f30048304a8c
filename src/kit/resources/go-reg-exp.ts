/**
 * Regular expressions in Go's dialect (RE2), as far as JavaScript's can say the same.
 */

const classes: ReadonlyMap<string, string> = new Map([
  ["alnum", "0-9A-Za-z"],
  ["alpha", "A-Za-z"],
  ["ascii", "\\x00-\\x7F"],
  ["blank", "\\t "],
  ["cntrl", "\\x00-\\x1F\\x7F"],
  ["digit", "0-9"],
  ["graph", "!-~"],
  ["lower", "a-z"],
  ["print", " -~"],
  ["punct", "!-\\/:-@\\[-`{-~"],
  ["space", "\\t\\n\\v\\f\\r "],
  ["upper", "A-Z"],
  ["word", "0-9A-Za-z_"],
  ["xdigit", "0-9A-Fa-f"],
]);

/** What Go refuses, and what would let a pattern take exponential time more easily. */
const foreign = /\(\?(?:=|!|<=|<!)|\\[1-9]/;

/** @throws {Error} with Go's beginning: `error parsing regexp: ...` */
export function goRegExp(pattern: string): RegExp {
  if (foreign.test(pattern)) {
    throw new Error(`error parsing regexp: invalid or unsupported Perl syntax: \`${pattern}\``);
  }
  let flags = "";
  let source = pattern;
  const leading = /^\(\?([ims]+)\)/.exec(source);
  if (leading !== null) {
    flags = leading[1] as string;
    source = source.slice(leading[0].length);
  }
  source = source
    .replace(/\(\?P</g, "(?<")
    .replace(/\[:(\w+):\]/g, (all, name: string) => classes.get(name) ?? all)
    .replace(/\\A/g, "^")
    .replace(/\\z/g, "$");
  try {
    return new RegExp(source, [...new Set(flags)].join(""));
  } catch (cause) {
    throw new Error(`error parsing regexp: ${(cause as Error).message}`, { cause });
  }
}
