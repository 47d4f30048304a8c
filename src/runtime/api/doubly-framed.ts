/**
 * A first request that says its length twice: by `content-length` and in chunks. The original reads the chunks, and so do we,
 * once: the length is taken out and the connection ends with the answer, as RFC 9112 §6.1 wants it. Node's parser refuses
 * later ones on a connection, and whatever else is in doubt (several of either, other codings) with 400.
 */

const headEnd = Buffer.from("\r\n\r\n");

/** @param first what a connection began with; as it is unless it holds such a head as a whole */
export function singlyFramed(first: Buffer): Buffer {
  const end = first.indexOf(headEnd);
  if (end < 0) return first;
  const head = first.toString("latin1", 0, end);
  if (!/\r\ntransfer-encoding:/i.test(head) || !/\r\ncontent-length:/i.test(head)) return first;
  const [requestLine = "", ...lines] = head.split("\r\n");
  const named = (name: string): readonly string[] =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name}:`));
  const isPlain =
    / HTTP\/1\.1$/.test(requestLine) &&
    lines.every((line) => /^[!#$%&'*+.^_`|~0-9a-z-]+:/i.test(line)) &&
    onlyOne(named("transfer-encoding"), /:[ \t]*chunked[ \t]*$/i) &&
    onlyOne(named("content-length"), /:[ \t]*\d{1,15}[ \t]*$/) &&
    named("upgrade").length === 0;
  if (!isPlain) return first;
  const kept = lines.filter((line) => !/^(?:content-length|connection):/i.test(line));
  const rewritten = [requestLine, ...kept, "Connection: close"].join("\r\n");
  return Buffer.concat([Buffer.from(rewritten, "latin1"), first.subarray(end)]);
}

const onlyOne = (lines: readonly string[], form: RegExp): boolean =>
  lines.length === 1 && form.test(lines[0] as string);
