/**
 * Which statuses of failed calls are worth another attempt: `matching` of a retry policy.
 * @see spec 02 §15.1
 */

/** Lists such as `429,500-599`; undefined: every status of that family. */
export interface StatusMatch {
  readonly http: ReadonlySet<number> | undefined;
  readonly grpc: ReadonlySet<number> | undefined;
}

interface Family {
  readonly first: number;
  readonly last: number;
}

const httpStatuses: Family = { first: 100, last: 599 };
const grpcCodes: Family = { first: 0, last: 16 };

/** @param lists as written; "" is no list @throws {Error} `invalid pattern 99, start code 99 is not valid` and the like */
export function parseStatusMatch(lists: {
  readonly http: string;
  readonly grpc: string;
}): StatusMatch {
  return { http: parseList(lists.http, httpStatuses), grpc: parseList(lists.grpc, grpcCodes) };
}

/** Whether a call that failed with that status is tried again. Errors without a status always are. */
export function isRetried(match: StatusMatch, status: number | undefined): boolean {
  if (status === undefined) return true;
  if (isWithin(grpcCodes, status)) return match.grpc === undefined || match.grpc.has(status);
  if (isWithin(httpStatuses, status)) return match.http === undefined || match.http.has(status);
  return false;
}

const isWithin = ({ first, last }: Family, status: number): boolean =>
  status >= first && status <= last;

function parseList(list: string, family: Family): ReadonlySet<number> | undefined {
  if (list === "") return undefined;
  const statuses = new Set<number>();
  for (const pattern of list.split(",")) {
    const [start, end] = parsePattern(pattern, family);
    for (let status = start; status <= end; status++) statuses.add(status);
  }
  return statuses;
}

function parsePattern(pattern: string, family: Family): readonly [start: number, end: number] {
  const parts = pattern.split("-");
  if (parts.length > 2) throw new Error(`invalid pattern ${pattern}, more than one '-' exists`);
  const [first = "", last] = parts;
  const start = parseCode(first, "start", pattern);
  if (!isWithin(family, start)) {
    throw new Error(`invalid pattern ${pattern}, start code ${start} is not valid`);
  }
  if (last === undefined) return [start, start];
  const end = parseCode(last, "end", pattern);
  if (!isWithin(family, end)) {
    throw new Error(`invalid pattern ${pattern}, end code ${end} is not valid`);
  }
  if (end < start) {
    throw new Error(`invalid pattern ${pattern}, start value should not bigger than end value`);
  }
  return [start, end];
}

function parseCode(text: string, which: "start" | "end", pattern: string): number {
  if (/^[+-]?\d{1,9}$/.test(text)) return Number(text);
  throw new Error(
    `failed to parse ${which} code ${text} from pattern ${pattern} to int, strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
