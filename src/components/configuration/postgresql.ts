/**
 * configuration.postgresql: rows of a table; changes come as notifications that a trigger of the table sends.
 * @see spec 04 §8.5
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { ComponentDefinition, PropertySchema } from "../contract.ts";
import { PostgresPool } from "../shared/postgres.ts";
import { postgresProperties, postgresSettings } from "../shared/postgres-settings.ts";
import { Properties } from "../shared/properties.ts";
import { ChangedKeys } from "./changed-keys.ts";
import {
  type ConfigurationEvent,
  type ConfigurationItem,
  type ConfigurationRequest,
  type ConfigurationStore,
  noItem,
} from "./contract.ts";
import { itemOfPayload, itemsOfRows } from "./postgres-item.ts";
import { PostgresListener, quoteName } from "./postgres-listener.ts";

const properties: readonly PropertySchema[] = [
  ...postgresProperties.map((property) =>
    property.name === "connectionMaxIdleTime"
      ? { ...property, aliases: ["connMaxIdleTime"] }
      : property,
  ),
  {
    name: "table",
    kind: "string",
    required: true,
    description:
      "Table with the columns key, value, version and metadata, in this order; `schema.table` is possible. It must exist.",
  },
  {
    name: "notifyChannel",
    aliases: ["pgNotifyChannel"],
    kind: "string",
    description:
      "Channel of the notifications; else a subscription names it in its metadata as `pgNotifyChannel`.",
  },
];

export const component = {
  type: "configuration.postgresql",
  aliases: ["configuration.postgres"],
  versions: ["v1"],
  summary: "Reads configuration from a table in PostgreSQL.",
  provenAgainst: "PostgreSQL 15",
  properties,
  async create({ properties: given, platform, logger, signal }) {
    const values = new Properties(given, properties);
    const settings = postgresSettings(values, platform.env);
    const table = checkedTable(values.text("table"));
    const channel = checkedChannel(values.text("notifyChannel"));
    const { clock } = platform;
    let pool: PostgresPool;
    try {
      pool = await PostgresPool.open({ settings, clock }, signal);
    } catch (cause) {
      throw new Error(`error connecting to configuration store: '${errorText(cause)}'`, { cause });
    }
    try {
      await checkExists(pool, table, signal);
      return new PostgresConfiguration({ pool, table, channel, platform, logger });
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
  },
} satisfies ComponentDefinition<ConfigurationStore>;

const namePattern = /^[a-z0-9./_]*$/;
const keyPattern = /^[a-zA-Z0-9./_]*$/;
const longestName = 64;

/** @throws {Error} */
function checkedTable(name: string): string {
  if (name === "") throw new Error("missing postgreSQL configuration table name");
  if (!namePattern.test(name)) {
    throw new Error(
      `invalid table name '${name}'. non-alphanumerics or upper cased table names are not supported`,
    );
  }
  if (name.length > longestName) {
    throw new Error(
      `table name is too long - tableName : '${name}'. max allowed field length is ${longestName}`,
    );
  }
  return name;
}

/** @throws {Error} */
function checkedChannel(name: string): string {
  if (namePattern.test(name) && name.length <= longestName) return name;
  throw new Error(
    `invalid notifyChannel '${name}': at most ${longestName} characters of a-z, 0-9, '.', '/' and '_' are possible`,
  );
}

const quotedTable = (table: string): string => table.split(".").map(quoteName).join(".");

/** @throws {Error} */
async function checkExists(pool: PostgresPool, table: string, signal: AbortSignal): Promise<void> {
  let found: string | null | undefined;
  try {
    const statement = { name: "", text: "SELECT to_regclass($1)" };
    found = (await pool.query(statement, [quotedTable(table)], signal)).rows[0]?.[0];
  } catch (cause) {
    throw new Error(`error in checking if configtable '${table}' exists: '${errorText(cause)}'`, {
      cause,
    });
  }
  if (found === null || found === undefined) {
    throw new Error(`postgreSQL configuration table '${table}' does not exist`);
  }
}

interface Subscription {
  readonly id: string;
  readonly channel: string;
  /** undefined: all. */
  readonly keys: ReadonlySet<string> | undefined;
  readonly onEvent: (event: ConfigurationEvent) => void;
}

class PostgresConfiguration implements ConfigurationStore {
  readonly #pool: PostgresPool;
  readonly #table: string;
  readonly #channel: string;
  readonly #platform: Platform;
  readonly #logger: Logger;
  readonly #listener: PostgresListener;
  readonly #missed: ChangedKeys;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Told while {@link #readAgain} reads: what it has read of these may be older. */
  #toldMeanwhile: Set<string> | undefined;

  constructor(init: {
    readonly pool: PostgresPool;
    readonly table: string;
    /** "": named by subscriptions. */
    readonly channel: string;
    readonly platform: Platform;
    readonly logger: Logger;
  }) {
    const { pool, platform, logger } = init;
    const { clock } = platform;
    this.#pool = pool;
    this.#table = init.table;
    this.#channel = init.channel;
    this.#platform = platform;
    this.#logger = logger;
    this.#missed = new ChangedKeys({
      clock,
      read: () => this.#readAgain(),
      onFailure: (error) => logger.error(`cannot read what changed: ${errorText(error)}`),
    });
    this.#listener = new PostgresListener({
      connect: (signal) => pool.dedicated(signal),
      clock,
      logger,
      onNotification: (channel, payload) => this.#onNotification(channel, payload),
      onRestored: () => this.#missed.add(""),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscriptions.clear();
    this.#missed[Symbol.dispose]();
    await this.#listener[Symbol.asyncDispose]();
    await this.#pool[Symbol.asyncDispose]();
  }

  async get(
    { keys }: ConfigurationRequest,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, ConfigurationItem>> {
    const invalid = keys.find((key) => !keyPattern.test(key));
    if (invalid !== undefined) throw new Error(`invalid key : '${invalid}'`);
    // The columns count by their place: a prepared statement would not survive a change of the table.
    const from = `SELECT * FROM ${quotedTable(this.#table)}`;
    const [text, values] =
      keys.length === 0
        ? [from, []]
        : [`${from} WHERE key = ANY($1::text[])`, [`{${keys.map(quoteName).join(",")}}`]];
    try {
      const { rows } = await this.#pool.query({ name: "", text }, values, signal);
      return itemsOfRows(rows);
    } catch (cause) {
      throw new Error(`error in querying configuration store: '${errorText(cause)}'`, { cause });
    }
  }

  async subscribe(
    { keys, metadata }: ConfigurationRequest,
    onEvent: (event: ConfigurationEvent) => void,
    signal?: AbortSignal,
  ): Promise<string> {
    const channel = this.#channel === "" ? checkedChannel(channelOf(metadata)) : this.#channel;
    if (channel === "") {
      throw new Error(
        `unable to subscribe to '${this.#table}'. pgNotifyChannel attribute cannot be empty`,
      );
    }
    await this.#listener.add(channel);
    if (signal?.aborted) {
      await this.#listener.remove(channel);
      throw signal.reason;
    }
    const id = this.#platform.random.uuid();
    const wanted = keys.length === 0 ? undefined : new Set(keys);
    this.#subscriptions.set(id, { id, channel, keys: wanted, onEvent });
    return id;
  }

  async unsubscribe(id: string): Promise<void> {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) throw new Error(`unable to find subscription with ID : ${id}`);
    this.#subscriptions.delete(id);
    await this.#listener.remove(subscription.channel);
  }

  #onNotification(channel: string, payload: string): void {
    const change = itemOfPayload(payload);
    if (change === undefined) {
      this.#logger.warn(`unknown format of a notification in channel ${channel}`);
      return;
    }
    const { key, item } = change;
    this.#toldMeanwhile?.add(key);
    const items = new Map([[key, item]]);
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.channel !== channel || subscription.keys?.has(key) === false) continue;
      subscription.onEvent({ id: subscription.id, items });
    }
  }

  /** Notifications were missed: tells what is there now. @throws {Error} */
  async #readAgain(): Promise<void> {
    const named = new Set<string>();
    let hasAll = false;
    for (const { keys } of this.#subscriptions.values()) {
      if (keys === undefined) hasAll = true;
      else for (const key of keys) if (keyPattern.test(key)) named.add(key);
    }
    if (!hasAll && named.size === 0) return;
    const told = new Set<string>();
    this.#toldMeanwhile = told;
    let items: ReadonlyMap<string, ConfigurationItem>;
    try {
      items = await this.get({ keys: hasAll ? [] : [...named], metadata: noItem.metadata });
    } finally {
      if (this.#toldMeanwhile === told) this.#toldMeanwhile = undefined;
    }
    for (const key of new Set([...named, ...items.keys()])) {
      if (told.has(key)) continue;
      const current = new Map([[key, items.get(key) ?? noItem]]);
      for (const { id, keys, onEvent } of this.#subscriptions.values()) {
        const isMeant = keys === undefined ? items.has(key) : keys.has(key);
        if (isMeant) onEvent({ id, items: current });
      }
    }
  }
}

/** Names match ignoring case. */
function channelOf(metadata: ReadonlyMap<string, string>): string {
  for (const [name, value] of metadata) if (name.toLowerCase() === "pgnotifychannel") return value;
  return "";
}
