/**
 * Channels of Redis, for all who listen to them within a component: one connection of its own (of a cluster: one to each
 * master), opened with the first channel and closed with the last. After an outage all channels are subscribed to again.
 */
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { RedisConnection } from "./redis.ts";
import type { RedisAddress, RedisSettings } from "./redis-settings.ts";

export interface RedisChannel {
  /** A channel, or a pattern of channels. */
  readonly name: string;
  readonly isPattern: boolean;
}

export interface RedisListenerInit {
  readonly settings: RedisSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where to connect to; asked when the first channel is added. */
  readonly nodes: () => readonly RedisAddress[];
  /** Runs on each connection before channels are subscribed to. Must not throw. */
  readonly prepare: (connection: RedisConnection) => Promise<void>;
  readonly onMessage: (channel: string, pattern: string | undefined) => void;
  /** Messages were missed; all channels are subscribed to again. */
  readonly onRestored: () => void;
}

/** Silence after which a connection is tried; one that does not answer within the read timeout is replaced. */
const pingIntervalMs = 10_000;
/** Wait before a server that refuses a subscription is asked again. */
const refusedPauseMs = 1_000;

interface Added {
  readonly channel: RedisChannel;
  readonly done: Promise<void>;
  listeners: number;
}

export class RedisListener implements AsyncDisposable {
  readonly #init: RedisListenerInit;
  readonly #channels = new Map<string, Added>();
  readonly #closing = new AbortController();
  #connected: Promise<Connections> | undefined;

  constructor(init: RedisListenerInit) {
    this.#init = init;
  }

  /** Resolves when messages come. To be undone with {@link remove}, unless it failed. @throws {Error} */
  async add(channel: RedisChannel): Promise<void> {
    if (this.#closing.signal.aborted) throw new Error("redis: client is closed");
    const key = keyOf(channel);
    let added = this.#channels.get(key);
    if (added === undefined) {
      added = { channel, done: this.#subscribe(channel), listeners: 0 };
      this.#channels.set(key, added);
    }
    added.listeners++;
    try {
      await added.done;
      // Others may have added the channel before the connection was lost.
      await this.#untilReady();
    } catch (error) {
      await this.#release(key, added);
      throw error;
    }
  }

  async remove(channel: RedisChannel): Promise<void> {
    const key = keyOf(channel);
    const added = this.#channels.get(key);
    if (added !== undefined) await this.#release(key, added);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error("redis: client is closed"));
    this.#channels.clear();
    await this.#disconnect();
  }

  async #subscribe(channel: RedisChannel): Promise<void> {
    const { connections } = await this.#connections();
    await Promise.all(
      connections.map(async (connection) => {
        await this.#init.prepare(connection);
        await subscribe(connection, [channel]);
      }),
    );
  }

  /** @throws {Error} when a connection stays away */
  async #untilReady(): Promise<void> {
    const { connections } = await this.#connections();
    await Promise.all(connections.map((connection) => connection.run(async () => {})));
  }

  async #release(key: string, added: Added): Promise<void> {
    added.listeners--;
    if (added.listeners > 0 || this.#channels.get(key) !== added) return;
    this.#channels.delete(key);
    if (this.#channels.size === 0) {
      await this.#disconnect();
      return;
    }
    const connected = await this.#connected?.catch(() => undefined);
    // A connection that is away comes back without the channel.
    const { name, isPattern } = added.channel;
    await Promise.allSettled(
      (connected?.connections ?? []).map((connection) =>
        connection.run<unknown>((client) =>
          isPattern ? client.punsubscribe(name) : client.unsubscribe(name),
        ),
      ),
    );
  }

  #connections(): Promise<Connections> {
    if (this.#connected !== undefined) return this.#connected;
    const connected = this.#connect();
    this.#connected = connected;
    connected.catch(() => {
      if (this.#connected === connected) this.#connected = undefined;
    });
    return connected;
  }

  async #connect(): Promise<Connections> {
    const { settings, clock, logger, nodes, onMessage } = this.#init;
    const connected = new Connections();
    try {
      for (const address of nodes()) {
        const connection: RedisConnection = await RedisConnection.open(
          {
            settings: { ...settings, isCluster: false, ...addressOf(settings, address) },
            clock,
            logger,
            autoPipelining: false,
            onReconnect: () => void this.#restore(connection, connected),
          },
          this.#closing.signal,
        );
        connection.onMessage(onMessage);
        connected.add(connection, clock);
      }
    } catch (error) {
      await connected[Symbol.asyncDispose]();
      throw error;
    }
    return connected;
  }

  /** Never throws. */
  async #restore(connection: RedisConnection, connected: Connections): Promise<void> {
    const { prepare, logger, clock, onRestored } = this.#init;
    try {
      await prepare(connection);
      await subscribe(
        connection,
        [...this.#channels.values()].map(({ channel }) => channel),
      );
    } catch (error) {
      if (connected.isClosed) return;
      logger.warn(`Cannot subscribe at Redis ${connection.host} again: ${errorText(error)}`);
      await clock.sleep(refusedPauseMs, this.#closing.signal).catch(() => {});
      // Leads back here. A connection that was lost meanwhile does so by itself.
      if (!connected.isClosed) connection.reconnect();
      return;
    }
    if (!connected.isClosed) onRestored();
  }

  async #disconnect(): Promise<void> {
    const connected = this.#connected;
    this.#connected = undefined;
    await (await connected?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

/** The connections that belong together, and what keeps them honest. */
class Connections implements AsyncDisposable {
  readonly connections: RedisConnection[] = [];
  readonly #pings: Disposable[] = [];
  isClosed = false;

  add(connection: RedisConnection, clock: Clock): void {
    this.connections.push(connection);
    const ping = (): void =>
      void connection.run<unknown>((client) => client.ping()).catch(() => undefined);
    this.#pings.push(clock.interval(pingIntervalMs, ping));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    for (const ping of this.#pings) ping[Symbol.dispose]();
    await Promise.all(this.connections.map((connection) => connection[Symbol.asyncDispose]()));
  }
}

const keyOf = ({ name, isPattern }: RedisChannel): string => `${isPattern ? "p" : "c"}${name}`;

/** Behind sentinels the addresses are theirs. */
const addressOf = (settings: RedisSettings, address: RedisAddress): Partial<RedisSettings> =>
  settings.isCluster ? { addresses: [address] } : {};

async function subscribe(
  connection: RedisConnection,
  channels: readonly RedisChannel[],
): Promise<void> {
  for (const isPattern of [false, true]) {
    const names = channels.filter((channel) => channel.isPattern === isPattern);
    if (names.length === 0) continue;
    const list = names.map(({ name }) => name);
    await connection.run<unknown>((client) =>
      isPattern ? client.psubscribe(...list) : client.subscribe(...list),
    );
  }
}
