/**
 * configuration.redis: keys are plain strings, `value` or `value||version`; changes come as keyspace notifications.
 * @see spec 04 §8.5, the recorded Redis layout §4
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition } from "../contract.ts";
import { isReplyError, RedisConnection } from "../shared/redis.ts";
import { type RedisChannel, RedisListener } from "../shared/redis-listener.ts";
import { scanAll } from "../shared/redis-scan.ts";
import { type RedisSettings, redisProperties, redisSettings } from "../shared/redis-settings.ts";
import { ChangedKeys } from "./changed-keys.ts";
import {
  type ConfigurationEvent,
  type ConfigurationItem,
  type ConfigurationRequest,
  type ConfigurationStore,
  noItem,
} from "./contract.ts";

const properties = redisProperties("configuration");

export const component = {
  type: "configuration.redis",
  versions: ["v1"],
  summary: "Reads configuration from Redis.",
  provenAgainst: "Redis 7.0",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const settings = redisSettings(given, properties);
    const { clock } = platform;
    const connection = await RedisConnection.open(
      { settings, clock, logger, autoPipelining: true },
      signal,
      (cause) => `redis store: error connecting to redis at ${settings.shownHost}: ${cause}`,
    );
    return new RedisConfiguration({ connection, settings, platform, logger });
  },
} satisfies ComponentDefinition<ConfigurationStore>;

interface Subscription {
  readonly id: string;
  /** undefined: all. */
  readonly keys: ReadonlySet<string> | undefined;
  readonly onEvent: (event: ConfigurationEvent) => void;
}

/** Keys read in one go. */
const readStep = 500;

/** What is read again after a change: one key for those who named it, one key for those who want all, or all keys. */
const forNamed = (key: string): string => `=${key}`;
const forAll = (key: string): string => `*${key}`;
const everything = "";

class RedisConfiguration implements ConfigurationStore {
  readonly #connection: RedisConnection;
  readonly #listener: RedisListener;
  readonly #platform: Platform;
  readonly #changed: ChangedKeys;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #prefix: string;

  constructor(init: {
    readonly connection: RedisConnection;
    readonly settings: RedisSettings;
    readonly platform: Platform;
    readonly logger: Logger;
  }) {
    const { connection, settings, platform, logger } = init;
    const { clock } = platform;
    this.#connection = connection;
    this.#platform = platform;
    this.#prefix = `__keyspace@${settings.database}__:`;
    this.#changed = new ChangedKeys({
      clock,
      read: (what) => this.#read(what),
      onFailure: (error) => logger.error(`get response from redis failed: ${errorText(error)}`),
    });
    this.#listener = new RedisListener({
      settings,
      clock,
      logger,
      nodes: () => connection.nodes,
      prepare: switchOnEvents,
      onMessage: (channel, pattern) => {
        const key = channel.slice(this.#prefix.length);
        this.#changed.add(pattern === undefined ? forNamed(key) : forAll(key));
      },
      onRestored: () => this.#readAgain(),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscriptions.clear();
    this.#changed[Symbol.dispose]();
    await this.#listener[Symbol.asyncDispose]();
    await this.#connection[Symbol.asyncDispose]();
  }

  async get({ keys }: ConfigurationRequest): Promise<ReadonlyMap<string, ConfigurationItem>> {
    const names = keys.length > 0 ? [...new Set(keys)] : [...(await this.#allKeys())];
    const items = new Map<string, ConfigurationItem>();
    for (let i = 0; i < names.length; i += readStep) {
      const step = names.slice(i, i + readStep);
      const values = await Promise.all(step.map((key) => this.#value(key)));
      for (const [j, item] of values.entries()) {
        if (item.value !== "") items.set(step[j] as string, item);
      }
    }
    return items;
  }

  async subscribe(
    { keys }: ConfigurationRequest,
    onEvent: (event: ConfigurationEvent) => void,
    signal?: AbortSignal,
  ): Promise<string> {
    const id = this.#platform.random.uuid();
    const subscription = { id, keys: keys.length === 0 ? undefined : new Set(keys), onEvent };
    const channels = this.#channels(subscription);
    const results = await Promise.allSettled(
      channels.map((channel) => this.#listener.add(channel)),
    );
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined || signal?.aborted) {
      const added = channels.filter((_, i) => results[i]?.status === "fulfilled");
      await Promise.all(added.map((channel) => this.#listener.remove(channel)));
      throw failure?.reason ?? signal?.reason;
    }
    this.#subscriptions.set(id, subscription);
    return id;
  }

  async unsubscribe(id: string): Promise<void> {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) throw new Error(`subscription with id ${id} does not exist`);
    this.#subscriptions.delete(id);
    const channels = this.#channels(subscription);
    await Promise.all(channels.map((channel) => this.#listener.remove(channel)));
  }

  #channels({ keys }: Subscription): RedisChannel[] {
    if (keys === undefined) return [{ name: `${this.#prefix}*`, isPattern: true }];
    return [...keys].map((key) => ({ name: this.#prefix + key, isPattern: false }));
  }

  #allKeys(): Promise<ReadonlySet<string>> {
    return scanAll((send) => this.#connection.run(send), "*");
  }

  /** {@link noItem} where there is no such key, or none that holds a value. */
  async #value(key: string): Promise<ConfigurationItem> {
    let text: string | null;
    try {
      text = await this.#connection.run((client) => client.get(key));
    } catch (error) {
      if (isReplyError(error) && errorText(error).startsWith("WRONGTYPE")) return noItem;
      throw error;
    }
    return text === null ? noItem : parseValue(text);
  }

  /** Changes may have been missed: tells what is there now. */
  #readAgain(): void {
    const named = new Set<string>();
    let hasAll = false;
    for (const { keys } of this.#subscriptions.values()) {
      if (keys === undefined) hasAll = true;
      else for (const key of keys) named.add(key);
    }
    for (const key of named) this.#changed.add(forNamed(key));
    if (hasAll) this.#changed.add(everything);
  }

  async #read(what: string): Promise<void> {
    if (what === everything) {
      for (const [key, item] of await this.get({ keys: [], metadata: new Map() })) {
        this.#tell(key, item, (keys) => keys === undefined);
      }
      return;
    }
    const key = what.slice(1);
    const item = await this.#value(key);
    if (what === forAll(key)) this.#tell(key, item, (keys) => keys === undefined);
    else this.#tell(key, item, (keys) => keys?.has(key) === true);
  }

  #tell(
    key: string,
    item: ConfigurationItem,
    isMeant: (keys: Subscription["keys"]) => boolean,
  ): void {
    const items = new Map([[key, item]]);
    for (const { id, keys, onEvent } of this.#subscriptions.values()) {
      if (isMeant(keys)) onEvent({ id, items });
    }
  }
}

/** The parts before and after the first `||`, up to the second. */
function parseValue(text: string): ConfigurationItem {
  const [value = "", version = ""] = text.split("||", 2);
  return value === "" ? noItem : { value, version, metadata: noItem.metadata };
}

/** Strings, generic commands, expiry and eviction. Servers that forbid CONFIG are set up by their owner. */
async function switchOnEvents(connection: RedisConnection): Promise<void> {
  await connection
    .run<unknown>((client) => client.config("SET", "notify-keyspace-events", "Kg$xe"))
    .catch(() => undefined);
}
