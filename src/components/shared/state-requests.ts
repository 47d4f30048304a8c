/**
 * Rules that the stores share for what comes with a request.
 * @see spec 01 §5.9, spec 04 §8.1
 */

interface WriteRequest {
  readonly etag: string | undefined;
  readonly concurrency: string;
  readonly consistency: string;
}

/** @throws {Error} for words that are no concurrency or consistency */
export function checkOptions(request: WriteRequest): void {
  const { concurrency, consistency } = request;
  if (concurrency !== "" && concurrency !== "first-write" && concurrency !== "last-write") {
    throw new Error(`unrecognized concurrency model '${concurrency}'`);
  }
  if (consistency !== "" && consistency !== "strong" && consistency !== "eventual") {
    throw new Error(`unrecognized consistency model '${consistency}'`);
  }
}

/** undefined and "" are none. */
export function etagOf(request: WriteRequest): string | undefined {
  return request.etag === "" ? undefined : request.etag;
}

const largest = 2n ** 63n;

/**
 * An integer as Go reads it: decimal digits with an optional sign.
 * @param caller the function named in the reference's text
 * @throws {Error} `strconv.Atoi: parsing "x": invalid syntax`, or `value out of range`
 */
export function parseDecimal(text: string, caller: "Atoi" | "ParseInt"): number {
  const failure = (why: string): Error =>
    new Error(`strconv.${caller}: parsing ${JSON.stringify(text)}: ${why}`);
  const [, sign, digits] = /^([+-]?)0*(\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw failure("invalid syntax");
  // Reading millions of digits takes a second.
  if (digits.length > 19) throw failure("value out of range");
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  if (value >= largest || value < -largest) throw failure("value out of range");
  return Number(value);
}

/**
 * `ttlInSeconds` of stores that share the reference's parser.
 * @returns undefined when there is none or it is empty; 0 and -1: no expiry
 * @throws {Error} `incorrect value for metadata 'ttlInSeconds': ...`
 */
export function ttlSeconds(metadata: ReadonlyMap<string, string>): number | undefined {
  const text = metadata.get(ttlKey);
  if (text === undefined || text === "") return undefined;
  let value: number;
  try {
    value = parseDecimal(text, "ParseInt");
  } catch (cause) {
    throw new Error(`incorrect value for metadata '${ttlKey}': ${(cause as Error).message}`, {
      cause,
    });
  }
  if (value < -1 || value > 2 ** 31 - 1) {
    throw new Error(`incorrect value for metadata '${ttlKey}': must be -1 or greater`);
  }
  return value;
}

/** As {@link ttlSeconds}; no expiry is undefined. @throws {Error} `error parsing TTL: ...` */
export function requestTtl(metadata: ReadonlyMap<string, string>): number | undefined {
  try {
    const seconds = ttlSeconds(metadata);
    return seconds === undefined || seconds <= 0 ? undefined : seconds;
  } catch (cause) {
    throw new Error(`error parsing TTL: ${(cause as Error).message}`, { cause });
  }
}

export const ttlKey = "ttlInSeconds";

/** `ttlExpireTime` as readers get it: RFC 3339, UTC, whole seconds. */
export function expiryMetadata(expiresAtMs: number): ReadonlyMap<string, string> {
  const text = new Date(expiresAtMs).toISOString();
  return new Map([["ttlExpireTime", `${text.slice(0, -5)}Z`]]);
}

/** What a store with one query for many keys answers: what it found, then the keys it did not, each once. */
export function withMissing<T extends { readonly key: string }>(
  found: readonly T[],
  keys: Iterable<string>,
  missing: (key: string) => T,
): readonly T[] {
  const left = new Set(keys);
  for (const item of found) left.delete(item.key);
  return [...found, ...Array.from(left, missing)];
}

/** Token of the page after this one: the last row's id when the page is full. */
export const nextToken = (rowIds: readonly string[], pageSize: number): string | undefined =>
  pageSize > 0 && rowIds.length === pageSize ? rowIds.at(-1) : undefined;
