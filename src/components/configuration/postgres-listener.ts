/**
 * Notifications of PostgreSQL, for all who listen within a component: one connection of its own, opened with the first
 * channel and closed with the last. A lost connection is made anew, and listens again.
 */
import type { Client, Notification } from "pg";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";

export interface PostgresListenerInit {
  /** Must fail in bounded time, or when the signal is aborted. */
  readonly connect: (signal: AbortSignal) => Promise<Client>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onNotification: (channel: string, payload: string) => void;
  /** Notifications were missed; all channels are listened to again. */
  readonly onRestored: () => void;
}

const firstPauseMs = 50;
/** A server that is back is used within this time. */
const longestPauseMs = 500;
/** Silence after which a connection is tried. */
const pingIntervalMs = 10_000;
/** One that does not answer for that long is replaced. */
const pingLimitMs = 3_000;
const goodByeLimitMs = 1_000;

interface Added {
  readonly done: Promise<void>;
  listeners: number;
}

/** What those wait for who came while there was no connection. */
interface Attempt {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class PostgresListener implements AsyncDisposable {
  readonly #init: PostgresListenerInit;
  readonly #channels = new Map<string, Added>();
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** undefined: there is none at present. */
  #client: Client | undefined;
  #attempt = attempt();
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(init: PostgresListenerInit) {
    this.#init = init;
  }

  /**
   * Resolves when notifications come; fails with the next attempt to connect. To be undone with {@link remove}, unless it
   * failed.
   * @param channel as the server stores it @throws {Error}
   */
  async add(channel: string): Promise<void> {
    if (this.#isClosed) throw new Error("configuration store is closed");
    let added = this.#channels.get(channel);
    if (added === undefined) {
      added = { done: this.#listen(channel), listeners: 0 };
      this.#channels.set(channel, added);
      this.#running ??= this.#run(this.#stop.signal);
    }
    added.listeners++;
    try {
      await added.done;
      // Others may have added the channel before the connection was lost.
      if (this.#client === undefined) await this.#attempt.done;
    } catch (error) {
      await this.#release(channel, added);
      throw error;
    }
  }

  async remove(channel: string): Promise<void> {
    const added = this.#channels.get(channel);
    if (added !== undefined) await this.#release(channel, added);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#channels.clear();
    await this.#end();
  }

  async #listen(channel: string): Promise<void> {
    if (this.#client === undefined) await this.#attempt.done;
    else await this.#send(this.#client, `LISTEN ${quoteName(channel)}`);
  }

  /** One after another, as the driver wants it. @throws {Error} */
  #send(client: Client, text: string): Promise<unknown> {
    const sent = this.#turn.then(() => client.query(text));
    this.#turn = sent.catch(() => undefined);
    return sent;
  }

  async #release(channel: string, added: Added): Promise<void> {
    added.listeners--;
    if (added.listeners > 0 || this.#channels.get(channel) !== added) return;
    this.#channels.delete(channel);
    if (this.#channels.size === 0) await this.#end();
    // A connection that breaks comes back without the channel.
    else if (this.#client !== undefined) {
      await this.#send(this.#client, `UNLISTEN ${quoteName(channel)}`).catch(() => undefined);
    }
  }

  async #end(): Promise<void> {
    const running = this.#running;
    const reason = new Error("configuration store is closed");
    this.#running = undefined;
    this.#client = undefined;
    this.#stop.abort(reason);
    this.#stop = new AbortController();
    this.#settle((waiting) => waiting.reject(reason));
    await running;
  }

  /** Never throws. Ends with its signal. */
  async #run(signal: AbortSignal): Promise<void> {
    const { clock, logger, onRestored } = this.#init;
    let pauseMs = firstPauseMs;
    let wasConnected = false;
    while (!signal.aborted) {
      try {
        await using connection = new Connection(
          await this.#init.connect(signal),
          this.#init,
          (client) => this.#send(client, "SELECT 1"),
        );
        const { client } = connection;
        await this.#listenToAll(client, signal);
        pauseMs = firstPauseMs;
        if (wasConnected) {
          logger.info("Listening to notifications of PostgreSQL again");
          onRestored();
        }
        wasConnected = true;
        await connection.lost(signal);
        if (this.#client === client) this.#client = undefined;
        if (!signal.aborted) logger.warn("Lost the connection for notifications of PostgreSQL");
      } catch (error) {
        if (signal.aborted) return;
        this.#settle((waiting) => waiting.reject(error));
        logger.debug(`cannot listen to notifications: ${errorText(error)}`);
      }
      await clock.sleep(pauseMs, signal).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  /** Also to channels that come meanwhile. @throws {Error} */
  async #listenToAll(client: Client, signal: AbortSignal): Promise<void> {
    const listened = new Set<string>();
    for (;;) {
      const missing = [...this.#channels.keys()].filter((channel) => !listened.has(channel));
      if (missing.length === 0) break;
      const text = missing.map((channel) => `LISTEN ${quoteName(channel)}`).join(";");
      await this.#send(client, text);
      for (const channel of missing) listened.add(channel);
    }
    signal.throwIfAborted();
    this.#client = client;
    this.#settle((waiting) => waiting.resolve());
  }

  #settle(settle: (waiting: Attempt) => void): void {
    const waiting = this.#attempt;
    this.#attempt = attempt();
    settle(waiting);
  }
}

function attempt(): Attempt {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Mostly nobody waits.
  promise.catch(() => {});
  return { done: promise, resolve, reject };
}

/** A connection that is watched, and ended at the end. */
class Connection implements AsyncDisposable {
  readonly client: Client;
  readonly #clock: Clock;
  readonly #ended: Promise<void>;
  readonly #ping: Disposable;

  constructor(
    client: Client,
    { clock, onNotification }: PostgresListenerInit,
    ping: (client: Client) => Promise<unknown>,
  ) {
    this.client = client;
    this.#clock = clock;
    this.#ended = new Promise((resolve) => {
      client.once("end", resolve);
      client.once("error", () => resolve());
    });
    client.on("notification", ({ channel, payload }: Notification) =>
      onNotification(channel, payload ?? ""),
    );
    this.#ping = clock.interval(pingIntervalMs, () => {
      const limit = clock.timer(pingLimitMs, () => this.#destroy());
      ping(client).then(
        () => limit[Symbol.dispose](),
        () => limit[Symbol.dispose](),
      );
    });
  }

  /** Resolves also when the signal is aborted. */
  async lost(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const onAbort = (): void => resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) resolve();
    await Promise.race([this.#ended, promise]);
    signal.removeEventListener("abort", onAbort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ping[Symbol.dispose]();
    using _limit = this.#clock.timer(goodByeLimitMs, () => this.#destroy());
    await this.client.end().catch(() => undefined);
  }

  #destroy(): void {
    (
      this.client as unknown as { connection: { stream: { destroy(): void } } }
    ).connection.stream.destroy();
  }
}

/** A name as it is, whatever is in it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
