/**
 * Query strings and path parameters with Go's rules: lenient pairs, `+` is a space.
 * @see spec 01 §2.3
 */

/** @throws {Error} `invalid URL escape "%zz"` */
export function queryUnescape(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  const bytes: number[] = [];
  const source = Buffer.from(text);
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] as number;
    if (byte === 0x2b) bytes.push(0x20);
    else if (byte !== 0x25) bytes.push(byte);
    else {
      const hex = source.toString("latin1", i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(hex)) {
        throw new Error(`invalid URL escape ${JSON.stringify(source.toString("utf8", i, i + 3))}`);
      }
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    }
  }
  return Buffer.from(bytes).toString("utf8");
}

/** Pairs in order; malformed ones are left out. */
export function* queryPairs(query: string): Generator<readonly [name: string, value: string]> {
  if (query === "") return;
  for (const pair of query.split("&")) {
    if (pair === "" || pair.includes(";")) continue;
    const equals = pair.indexOf("=");
    let decoded: readonly [string, string];
    try {
      decoded =
        equals < 0
          ? [queryUnescape(pair), ""]
          : [queryUnescape(pair.slice(0, equals)), queryUnescape(pair.slice(equals + 1))];
    } catch {
      continue;
    }
    yield decoded;
  }
}

const noMetadata: ReadonlyMap<string, string> = new Map();
const prefix = "metadata.";

/** `metadata.k=v` pairs; of a repeated name the first value. */
export function queryMetadata(query: string): ReadonlyMap<string, string> {
  if (query === "" || !query.includes("metadata")) return noMetadata;
  const metadata = new Map<string, string>();
  for (const [name, value] of queryPairs(query)) {
    if (!name.startsWith(prefix)) continue;
    const key = name.slice(prefix.length);
    if (!metadata.has(key)) metadata.set(key, value);
  }
  return metadata;
}
