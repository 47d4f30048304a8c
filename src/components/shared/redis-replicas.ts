/** What a Redis says of its replicas. */
import type { RedisConnection } from "./redis.ts";

/** How many are connected now. */
export async function countReplicas(connection: RedisConnection): Promise<number> {
  const info = await connection.run((client) => client.info("replication"));
  return Number(/^connected_slaves:(\d+)/m.exec(info)?.[1] ?? 0);
}
