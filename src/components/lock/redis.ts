/**
 * lock.redis: a lock is a key that expires; its value is the owner.
 * @see spec 04 §8.2, §8.3, the recorded Redis layout §5
 */
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { RedisConnection } from "../shared/redis.ts";
import { countReplicas } from "../shared/redis-replicas.ts";
import { redisProperties, redisSettings, redisValues } from "../shared/redis-settings.ts";
import type { LockRequest, LockStore, UnlockResult } from "./contract.ts";

const properties: readonly PropertySchema[] = [
  ...redisProperties("lock"),
  {
    name: "keyPrefix",
    kind: "string",
    default: "appid",
    description: "`appid`, `name` (of the component), `none`, or a word of your own.",
  },
];

export const component = {
  type: "lock.redis",
  versions: ["v1"],
  summary: "Keeps locks in Redis.",
  provenAgainst: "Redis 7.0",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const settings = redisSettings(given, properties);
    if (redisValues(given, properties).text("redisHost") === "") {
      throw new Error("metadata property redisHost is empty");
    }
    if (settings.isCluster) {
      throw new Error("this component does not support connecting to Redis Cluster");
    }
    const { clock } = platform;
    const connection = await RedisConnection.open(
      { settings, clock, logger, autoPipelining: true },
      signal,
      (cause) => `error connecting to Redis: ${cause}`,
    );
    try {
      // What a replica has not seen yet is lost with its master: two owners.
      if (settings.sentinel === undefined && (await countReplicas(connection)) > 0) {
        throw new Error("replication is not supported");
      }
      return new RedisLocks(connection);
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<LockStore>;

/** Argument: the owner. */
const unlockScript = `
local owner = redis.call("GET", KEYS[1])
if not owner then return -1 end
if owner ~= ARGV[1] then return -2 end
return redis.call("DEL", KEYS[1])
`.trim();

class RedisLocks implements LockStore {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  async tryLock({
    resource,
    owner,
    expirySeconds,
  }: LockRequest & { readonly expirySeconds: number }): Promise<boolean> {
    const reply = await this.#connection.run((client) =>
      client.set(resource, owner, "EX", expirySeconds, "NX"),
    );
    return reply === "OK";
  }

  async unlock({ resource, owner }: LockRequest): Promise<UnlockResult> {
    const reply = await this.#connection.run((client) =>
      client.eval(unlockScript, 1, resource, owner),
    );
    if (reply === -1) return "not-locked";
    return reply === -2 ? "owned-by-others" : "unlocked";
  }
}
