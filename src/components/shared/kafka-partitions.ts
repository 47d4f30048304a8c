/**
 * Which partition a record goes to, and which consumer of a group has which partitions: as Sarama does both, so that this
 * runtime and the original may write to one topic and share one group.
 */

/** A partition of Kafka's protocol for consumers. */
export interface AssignedTopic {
  readonly topic: string;
  readonly partitions: number[];
}

export interface GroupMember {
  readonly memberId: string;
  readonly topics?: readonly string[];
  /** What the member sent along: for `sticky` the partitions that it had. */
  readonly metadata?: Buffer | string | null | undefined;
}

/** Member -> topic -> partitions. */
export type Assignments = ReadonlyMap<string, ReadonlyMap<string, number[]>>;

/** FNV-1a of 32 bits, as a signed number that is made positive after the division. @param count of the topic, at least 1 */
export function partitionOfKey(key: Uint8Array, count: number): number {
  let hash = 0x81_1c_9d_c5;
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  // `| 0`: otherwise it would be -0 for some.
  return Math.abs((hash | 0) % count) | 0;
}

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Members that ask for a topic, sorted, for each topic that somebody asks for. */
function membersByTopic(members: readonly GroupMember[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { memberId, topics = [] } of members) {
    for (const topic of topics) {
      const list = result.get(topic);
      if (list === undefined) result.set(topic, [memberId]);
      else list.push(memberId);
    }
  }
  for (const list of result.values()) list.sort(bytewise);
  return result;
}

class Plan {
  readonly result = new Map<string, Map<string, number[]>>();

  constructor(members: readonly GroupMember[]) {
    for (const { memberId } of members) this.result.set(memberId, new Map());
  }

  add(memberId: string, topic: string, partition: number): void {
    const topics = this.result.get(memberId) as Map<string, number[]>;
    const list = topics.get(topic);
    if (list === undefined) topics.set(topic, [partition]);
    else list.push(partition);
  }

  load(memberId: string): number {
    let count = 0;
    for (const list of this.result.get(memberId)?.values() ?? []) count += list.length;
    return count;
  }
}

/** Each topic is cut into neighbouring ranges. @param counts partitions by topic */
export function assignRange(
  members: readonly GroupMember[],
  counts: ReadonlyMap<string, number>,
): Assignments {
  const plan = new Plan(members);
  for (const [topic, ids] of membersByTopic(members)) {
    const count = counts.get(topic) ?? 0;
    const share = Math.floor(count / ids.length);
    const more = count % ids.length;
    for (const [i, memberId] of ids.entries()) {
      const first = i * share + Math.min(more, i);
      const end = first + share + (i < more ? 1 : 0);
      for (let partition = first; partition < end; partition++)
        plan.add(memberId, topic, partition);
    }
  }
  return plan.result;
}

/** Partitions in order, one after the other to the next member that asks for the topic. */
function assignRoundRobin(
  members: readonly GroupMember[],
  counts: ReadonlyMap<string, number>,
): Assignments {
  const plan = new Plan(members);
  const asking = membersByTopic(members);
  const ids = members.map(({ memberId }) => memberId).sort(bytewise);
  let next = 0;
  for (const topic of [...asking.keys()].sort(bytewise)) {
    const takers = new Set(asking.get(topic));
    for (let partition = 0; partition < (counts.get(topic) ?? 0); partition++) {
      while (!takers.has(ids[next % ids.length] as string)) next++;
      plan.add(ids[next++ % ids.length] as string, topic, partition);
    }
  }
  return plan.result;
}

/** Members keep what they had as far as it is fair; what is left goes to those with the least. */
export function assignSticky(
  members: readonly GroupMember[],
  counts: ReadonlyMap<string, number>,
): Assignments {
  const plan = new Plan(members);
  const asking = membersByTopic(members);
  const owners = lastOwners(members);
  for (const topic of [...asking.keys()].sort(bytewise)) {
    const ids = asking.get(topic) as string[];
    const count = counts.get(topic) ?? 0;
    const fair = Math.ceil(count / ids.length);
    const held = new Map<string, number>();
    const free: number[] = [];
    for (let partition = 0; partition < count; partition++) {
      const owner = owners.get(`${partition} ${topic}`);
      const has = held.get(owner ?? "") ?? 0;
      if (owner === undefined || !ids.includes(owner) || has >= fair) free.push(partition);
      else {
        held.set(owner, has + 1);
        plan.add(owner, topic, partition);
      }
    }
    for (const partition of free) {
      const open = ids.filter((id) => (held.get(id) ?? 0) < fair);
      const least = open.reduce((a, b) => (plan.load(b) < plan.load(a) ? b : a));
      held.set(least, (held.get(least) ?? 0) + 1);
      plan.add(least, topic, partition);
    }
  }
  return plan.result;
}

/** `partition topic` -> the member that had it in the latest generation. */
function lastOwners(members: readonly GroupMember[]): ReadonlyMap<string, string> {
  const owners = new Map<string, { readonly memberId: string; readonly generation: number }>();
  for (const { memberId, metadata } of members) {
    const { generation, topics } = readStickyData(metadata);
    for (const { topic, partitions } of topics) {
      for (const partition of partitions) {
        const key = `${partition} ${topic}`;
        if ((owners.get(key)?.generation ?? Number.NEGATIVE_INFINITY) < generation) {
          owners.set(key, { memberId, generation });
        }
      }
    }
  }
  return new Map([...owners].map(([key, { memberId }]) => [key, memberId]));
}

/** What a member of the strategy `sticky` sends along. */
export function writeStickyData(topics: readonly AssignedTopic[], generation: number): Buffer {
  const int32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const parts = [int32(topics.length)];
  for (const { topic, partitions } of topics) {
    const name = Buffer.from(topic);
    const length = Buffer.alloc(2);
    length.writeInt16BE(name.length);
    parts.push(length, name, int32(partitions.length), ...partitions.map(int32));
  }
  return Buffer.concat([...parts, int32(generation)]);
}

/** Data that cannot be read says nothing. */
export function readStickyData(data: Buffer | string | null | undefined): {
  readonly topics: readonly AssignedTopic[];
  readonly generation: number;
} {
  const none = { topics: [], generation: -1 };
  if (data === null || data === undefined || data.length === 0) return none;
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  try {
    let at = 0;
    const int32 = (): number => {
      at += 4;
      return bytes.readInt32BE(at - 4);
    };
    const topics: AssignedTopic[] = [];
    for (let left = int32(); left > 0; left--) {
      const length = bytes.readInt16BE(at);
      const topic = bytes.toString("utf8", at + 2, at + 2 + length);
      at += 2 + length;
      const partitions: number[] = [];
      for (let more = int32(); more > 0; more--) partitions.push(int32());
      topics.push({ topic, partitions });
    }
    return { topics, generation: at + 4 <= bytes.length ? int32() : -1 };
  } catch {
    return none;
  }
}

/** By the names that are told to the broker. */
export const assigners = {
  range: assignRange,
  roundrobin: assignRoundRobin,
  sticky: assignSticky,
} as const;
