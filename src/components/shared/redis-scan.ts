/**
 * Lists keys without holding Redis up.
 */
import type { RedisCommands } from "./redis.ts";

/** Keys looked at in one step. */
const scanStep = 1000;

/** One step of a listing; a key may come twice. @returns cursor "0" after the last step */
export async function scan(
  client: RedisCommands,
  cursor: string,
  pattern: string,
): Promise<[cursor: string, keys: readonly string[]]> {
  if (!("nodes" in client)) return await client.scan(cursor, "MATCH", pattern, "COUNT", scanStep);
  // A cursor belongs to one node: a cluster is listed in one go.
  const keys: string[] = [];
  for (const node of client.nodes("master")) {
    let next = "0";
    do {
      const [after, found] = await node.scan(next, "MATCH", pattern, "COUNT", scanStep);
      keys.push(...found);
      next = after;
    } while (next !== "0");
  }
  return ["0", keys];
}

/** All keys that match, each once. */
export async function scanAll(
  run: <T>(send: (client: RedisCommands) => Promise<T>) => Promise<T>,
  pattern: string,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const [next, found] = await run((client) => scan(client, cursor, pattern));
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== "0");
  return keys;
}
