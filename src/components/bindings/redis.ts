/**
 * bindings.redis: single keys.
 * @see spec 03 §6.6
 */
import type { ComponentDefinition } from "../contract.ts";
import { RedisConnection } from "../shared/redis.ts";
import { redisProperties, redisSettings } from "../shared/redis-settings.ts";
import type { Binding, BindingRequest, BindingResponse } from "./contract.ts";
import { timeToLive } from "./time-to-live.ts";

const properties = redisProperties("bindings");

export const component = {
  type: "bindings.redis",
  versions: ["v1"],
  summary: "Writes, reads, counts and deletes keys in Redis.",
  provenAgainst: "Redis 7.0",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const settings = redisSettings(given, properties);
    const connection = await RedisConnection.open(
      { settings, clock: platform.clock, logger, autoPipelining: true },
      signal,
      (cause) => `redis binding: error connecting to redis at ${settings.shownHost}: ${cause}`,
    );
    return new RedisBinding(connection);
  },
} satisfies ComponentDefinition<Binding>;

const nothing = Buffer.alloc(0);

class RedisBinding implements Binding {
  readonly operations = ["create", "delete", "get", "increment"];
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  async invoke({
    operation,
    data,
    metadata,
  }: BindingRequest): Promise<BindingResponse | undefined> {
    const key = metadata.get("key") ?? "";
    if (key === "") throw new Error("redis binding: missing key in request metadata");
    const connection = this.#connection;
    switch (operation) {
      case "get": {
        const deletes = metadata.get("delete") === "true";
        const value = await connection.run((client) =>
          deletes ? client.getdelBuffer(key) : client.getBuffer(key),
        );
        return { data: value ?? nothing };
      }
      case "delete":
        await connection.run((client) => client.del(key));
        return undefined;
      case "increment":
        await connection.run((client) => client.incr(key));
        break;
      default:
        await connection.run((client) => client.set(key, Buffer.from(data)));
    }
    const seconds = timeToLive(metadata);
    if (seconds !== undefined) await connection.run((client) => client.expire(key, seconds));
    return undefined;
  }
}
