/**
 * Path patterns of `spec.metrics.http.pathMatching`, with the rules of Go's ServeMux: `{x}` is one segment, `{x...}` the
 * rest, a trailing slash a prefix, `{$}` the end; the most specific one wins.
 * @see spec 08 §10.3
 */
interface Pattern {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly tail: "none" | "rest" | "end";
}

type Segment = { readonly literal: string } | { readonly literal: null };

const invokePrefix = "/v1.0/invoke/";

/** @returns a function from path to the matching pattern's text */
export function createPathPatterns(texts: readonly string[]): (path: string) => string | undefined {
  const all = texts.flatMap((text) =>
    text.startsWith(invokePrefix) ? [text] : [text, `${invokePrefix}{app_id}/method${text}`],
  );
  const patterns = all.map(parse).sort(bySpecificity);
  return (path) => patterns.find((pattern) => matches(pattern, path))?.text;
}

function parse(text: string): Pattern {
  const parts = text.replace(/^\//, "").split("/");
  let tail: Pattern["tail"] = "none";
  const last = parts.at(-1) ?? "";
  if (last === "") tail = "rest";
  else if (last === "{$}") tail = "end";
  else if (/^\{.*\.\.\.\}$/.test(last)) tail = "rest";
  if (tail !== "none") parts.pop();
  return {
    text,
    tail,
    segments: parts.map((part) => ({ literal: /^\{.*\}$/.test(part) ? null : part })),
  };
}

function bySpecificity(a: Pattern, b: Pattern): number {
  const length = Math.min(a.segments.length, b.segments.length);
  for (let i = 0; i < length; i++) {
    const one = a.segments[i]?.literal === null ? 1 : 0;
    const other = b.segments[i]?.literal === null ? 1 : 0;
    if (one !== other) return one - other;
  }
  if (a.segments.length !== b.segments.length) return b.segments.length - a.segments.length;
  return (a.tail === "rest" ? 1 : 0) - (b.tail === "rest" ? 1 : 0);
}

function matches(pattern: Pattern, path: string): boolean {
  const parts = path.replace(/^\//, "").split("/");
  const { segments, tail } = pattern;
  if (parts.length < segments.length) return false;
  for (let i = 0; i < segments.length; i++) {
    const literal = segments[i]?.literal;
    if (literal === null ? parts[i] === "" : literal !== parts[i]) return false;
  }
  const left = parts.length - segments.length;
  if (tail === "none") return left === 0;
  if (tail === "end") return left === 1 && parts.at(-1) === "";
  return left > 0;
}
