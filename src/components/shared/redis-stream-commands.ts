/**
 * The commands of Redis streams, as pub/sub uses them.
 * @see the recorded Redis layout §3
 */
import type { RedisCommands, RedisConnection } from "./redis.ts";

export interface StreamEntry {
  readonly id: string;
  /** name, value, name, value ... */
  readonly fields: readonly Buffer[];
}

/** An entry that was delivered to some consumer and not confirmed. */
export interface PendingEntry {
  readonly id: string;
  /** ms since it was last delivered. */
  readonly idleMs: number;
  /** How often it was delivered; >= 1. */
  readonly deliveries: number;
}

export interface StreamGroup {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
}

type RawEntry = readonly [Buffer, readonly Buffer[] | null] | null;

/** Forms of commands whose replies are bytes; the client's own types do not have them all. */
interface BinaryCommands {
  xreadgroupBuffer(...args: readonly (string | number)[]): Promise<unknown>;
  xclaimBuffer(...args: readonly (string | number)[]): Promise<unknown>;
}

const binary = (client: RedisCommands): BinaryCommands => client as unknown as BinaryCommands;

/** @param trim `MAXLEN ~ n` or `MINID ~ id`, or none */
export async function addEntry(
  connection: RedisConnection,
  stream: string,
  trim: readonly string[],
  fields: readonly (string | Uint8Array)[],
): Promise<void> {
  const values = fields.map((field) => (typeof field === "string" ? field : asBuffer(field)));
  await connection.run<unknown>((client) => client.xadd(stream, ...trim, "*", ...values));
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * Makes the group, and the stream where there is none; it sees the whole stream. One that exists is left as it is.
 * @param connection without automatic pipelining, which takes the subcommand for the key
 */
export async function createGroup(
  connection: RedisConnection,
  { stream, group }: StreamGroup,
): Promise<void> {
  try {
    await connection.run<unknown>((client) =>
      client.xgroup("CREATE", stream, group, "0", "MKSTREAM"),
    );
  } catch (error) {
    if (!(error as Error).message.startsWith("BUSYGROUP")) throw error;
  }
}

/** Entries that no consumer of the group has seen; waits for some. */
export async function readNew(
  connection: RedisConnection,
  { stream, group, consumer }: StreamGroup,
  count: number,
  blockMs: number,
): Promise<StreamEntry[]> {
  const reply = (await connection.run((client) =>
    binary(client).xreadgroupBuffer(
      ...["GROUP", group, consumer, "COUNT", count, "BLOCK", blockMs, "STREAMS", stream, ">"],
    ),
  )) as readonly (readonly [Buffer, readonly RawEntry[]])[] | null;
  return entries(reply?.[0]?.[1] ?? []);
}

export async function confirm(
  connection: RedisConnection,
  { stream, group }: StreamGroup,
  id: string,
): Promise<void> {
  await connection.run((client) => client.xack(stream, group, id));
}

/** A page of what is pending with any consumer. @param from an id, or `-` */
export async function listPending(
  connection: RedisConnection,
  { stream, group }: StreamGroup,
  from: string,
  count: number,
): Promise<PendingEntry[]> {
  const rows = (await connection.run((client) =>
    client.xpending(stream, group, from, "+", count),
  )) as readonly (readonly [string, string, number, number])[];
  return rows.map(([id, , idleMs, deliveries]) => ({ id, idleMs, deliveries }));
}

/** Takes over entries that are still as idle. @returns those, without entries that the stream has lost */
export async function claim(
  connection: RedisConnection,
  { stream, group, consumer }: StreamGroup,
  minIdleMs: number,
  ids: readonly string[],
): Promise<{ readonly claimed: StreamEntry[]; readonly hasLost: boolean }> {
  const reply = (await connection.run((client) =>
    binary(client).xclaimBuffer(stream, group, consumer, minIdleMs, ...ids),
  )) as readonly RawEntry[];
  // Before Redis 7 an entry that was trimmed comes as nil; later ones take it from the list by themselves.
  return { claimed: entries(reply), hasLost: reply.some((entry) => !entry?.[1]) };
}

/** Which of the ids the stream still holds. */
export async function existing(
  connection: RedisConnection,
  { stream }: StreamGroup,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    ids.map((id) => connection.run((client) => client.xrange(stream, id, id))),
  );
  return new Set(ids.filter((_id, i) => (found[i]?.length ?? 0) > 0));
}

/** The id that follows, for the next page: servers before 6.2 know no exclusive bounds. */
export function idAfter(id: string): string {
  const [ms = "0", sequence = "0"] = id.split("-");
  return `${ms}-${BigInt(sequence) + 1n}`;
}

const entries = (raw: readonly RawEntry[]): StreamEntry[] =>
  raw.flatMap((entry) => {
    const fields = entry?.[1];
    return entry && fields ? [{ id: entry[0].toString("latin1"), fields }] : [];
  });
