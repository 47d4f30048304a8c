/**
 * Lists keys by SQL's LIKE in the order of their creation, as of one revision.
 *
 * Keys that one transaction created share their revision, and etcd gives those in any order: they are put in order here,
 * and a token names the last key too.
 */
import {
  type KeyValue,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
} from "../../kit/proto/etcd/rpc.ts";
import { type EtcdClient, isCompacted } from "../shared/etcd.ts";
import { matchesLike } from "../shared/like.ts";

/** Keys of one answer. */
const step = 1024;

interface Position {
  /** 0n: the newest. */
  revision: bigint;
  created: bigint;
  key: Buffer;
}

export async function listKeys(
  client: EtcdClient,
  request: {
    /** What stands before the keys. */
    readonly base: string;
    readonly pattern: string;
    /** 0 or less: all. */
    readonly pageSize: number;
    readonly token: string | undefined;
  },
  signal: AbortSignal | undefined,
): Promise<{ readonly keys: readonly string[]; readonly token: string | undefined }> {
  const { base, pattern, pageSize } = request;
  const position = readToken(request.token);
  const start = Buffer.from(base + literalStart(pattern));
  const baseLength = Buffer.byteLength(base);
  const keys: string[] = [];
  for (let limit = step; ; ) {
    const { kvs, more, revision } = await read(client, start, position, limit, signal);
    position.revision = revision;
    // The rest of the last group may not be among them.
    const last = kvs.at(-1)?.createRevision;
    const whole = more ? kvs.filter((kv) => kv.createRevision !== last) : kvs;
    const before = position.key;
    for (const kv of whole.sort(inOrder)) {
      if (!isAfter(kv, position)) continue;
      position.created = kv.createRevision;
      position.key = Buffer.from(kv.key);
      const name = kv.key.toString("utf8", baseLength);
      if (matchesLike(name, pattern)) keys.push(name);
      if (pageSize > 0 && keys.length >= pageSize) return { keys, token: writeToken(position) };
    }
    if (!more) return { keys, token: undefined };
    if (position.key === before) limit *= 2;
  }
}

async function read(
  client: EtcdClient,
  start: Buffer,
  { revision, created }: Position,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly kvs: KeyValue[]; readonly more: boolean; readonly revision: bigint }> {
  const request = {
    key: start,
    rangeEnd: endOf(start),
    limit: BigInt(limit),
    sortOrder: RangeRequest_SortOrder.ASCEND,
    sortTarget: RangeRequest_SortTarget.CREATE,
    keysOnly: true,
    minCreateRevision: created,
  };
  try {
    const { kvs, more, header } = await client.range({ ...request, revision }, signal);
    return { kvs, more, revision: revision === 0n ? (header?.revision ?? 0n) : revision };
  } catch (error) {
    if (revision === 0n || !isCompacted(error)) throw error;
    // The past is gone: the list goes on with what there is now.
    return await read(client, start, { revision: 0n, created, key: start }, limit, signal);
  }
}

const compareRevisions = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const inOrder = (a: KeyValue, b: KeyValue): number =>
  compareRevisions(a.createRevision, b.createRevision) || Buffer.compare(a.key, b.key);

const isAfter = ({ createRevision, key }: KeyValue, position: Position): boolean =>
  (compareRevisions(createRevision, position.created) || Buffer.compare(key, position.key)) > 0;

/** What every match begins with. */
function literalStart(pattern: string): string {
  let start = "";
  for (let i = 0; i < pattern.length; i++) {
    let character = pattern[i] as string;
    if (character === "%" || character === "_") return start;
    if (character === "\\" && i + 1 < pattern.length) character = pattern[++i] as string;
    start += character;
  }
  return start;
}

/** The first key that does not begin with the prefix, which is never empty. */
function endOf(prefix: Buffer): Buffer {
  // UTF-8 has no byte 0xff.
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return end;
}

const writeToken = ({ revision, created, key }: Position): string =>
  `${revision}:${created}:${key.toString("base64url")}`;

/** @throws {Error} */
function readToken(token: string | undefined): Position {
  if (token === undefined || token === "")
    return { revision: 0n, created: 0n, key: Buffer.alloc(0) };
  const [, revision, created, key] = /^(\d{1,19}):(\d{1,19}):([\w-]*)$/.exec(token) ?? [];
  if (revision === undefined || created === undefined || key === undefined) {
    throw new Error("invalid continue token");
  }
  return {
    revision: BigInt(revision),
    created: BigInt(created),
    key: Buffer.from(key, "base64url"),
  };
}
