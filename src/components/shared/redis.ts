/**
 * A connection to Redis, a cluster or a master behind sentinels, as all Redis components use it.
 *
 * While Redis is away, calls wait a moment for it to come back and then fail with the cause; nothing is queued without
 * bound, and a command whose reply was lost is not sent again.
 * @see spec 04 §8.2, the recorded Redis layout §1
 */
import { isIP } from "node:net";
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { dialErrorText } from "./network-error.ts";
import { type RedisAddress, type RedisSettings, showAddress } from "./redis-settings.ts";

export type RedisCommands = Redis | Cluster;

/** Longest time a call waits for the connection to come back. */
const longestWaitMs = 1000;
/** Calls that may wait at the same time; more fail at once. */
const maxWaiting = 1000;
/** Tries of one dial, and the pause between them, as in the reference's client. */
const triesPerDial = 5;
const pauseBetweenTriesMs = 100;
/** Reconnecting: a Redis that is back is used within this time. */
const longestReconnectPauseMs = 500;

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
  readonly timer: Disposable;
}

export interface RedisConnectionInit {
  readonly settings: RedisSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Gathers the commands of one turn of the event loop into one write. */
  readonly autoPipelining: boolean;
  /** The connection is there again; subscriptions of the one before it are not. */
  readonly onReconnect?: () => void;
}

export class RedisConnection implements AsyncDisposable {
  readonly #client: RedisCommands;
  readonly #settings: RedisSettings;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onReconnect: (() => void) | undefined;
  readonly #waiters = new Set<Waiter>();
  #wasReady = false;
  #isReady = false;
  #isClosed = false;
  #lastError: Error | undefined;

  private constructor(init: RedisConnectionInit) {
    this.#settings = init.settings;
    this.#clock = init.clock;
    this.#logger = init.logger;
    this.#onReconnect = init.onReconnect;
    this.#client = createClient(init);
    this.#client.on("ready", () => this.#onReady());
    this.#client.on("close", () => this.#onClose());
    this.#client.on("error", (error: Error) => {
      this.#lastError = error;
    });
    // A cluster names the cause of a node here only.
    this.#client.on("node error", (error: Error) => {
      this.#lastError = error;
    });
  }

  /**
   * @param explain the words of a component around the cause
   * @throws {Error} with the cause, after the tries that the settings allow
   */
  static async open(
    init: RedisConnectionInit,
    signal: AbortSignal,
    explain: (cause: string) => string = (cause) => cause,
  ): Promise<RedisConnection> {
    const connection = new RedisConnection(init);
    try {
      await connection.#connect(signal);
      return connection;
    } catch (cause) {
      await connection[Symbol.asyncDispose]();
      throw new Error(explain(errorText(cause)), { cause });
    }
  }

  /** Hosts as shown in messages. */
  get host(): string {
    return this.#settings.shownHost;
  }

  /** Sends a command now, or as soon as the connection is back. @throws {Error} Redis' own, or why there is no connection */
  run<T>(send: (client: RedisCommands) => Promise<T>): Promise<T> {
    if (!this.#isReady) return this.#untilReady().then(() => this.run(send));
    return send(this.#client).catch((error: Error) => {
      throw this.#explained(error);
    });
  }

  /** Messages of channels and patterns that were subscribed to. @param onMessage the pattern is undefined for channels */
  onMessage(callback: (channel: string, pattern: string | undefined) => void): void {
    this.#client.on("message", (channel: string) => callback(channel, undefined));
    this.#client.on("pmessage", (pattern: string, channel: string) => callback(channel, pattern));
  }

  /** Masters of a cluster; else the one server. */
  get nodes(): readonly RedisAddress[] {
    if (!("nodes" in this.#client)) return this.#settings.addresses.slice(0, 1);
    return this.#client.nodes("master").map(({ options }) => ({
      host: options.host ?? "localhost",
      port: options.port ?? 6379,
    }));
  }

  /** Drops a connection that is of no use; it is made anew as after an outage. */
  reconnect(): void {
    if (this.#isReady && !this.#isClosed) this.#client.disconnect(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isReady = false;
    this.#failWaiters(new Error("redis: client is closed"));
    this.#client.disconnect();
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const dials = Math.max(0, this.#settings.maxRetries) + 1;
    const tries = triesPerDial * dials;
    for (let i = 1; ; i++) {
      signal.throwIfAborted();
      this.#lastError = undefined;
      try {
        await withAbort(dial(this.#client), signal);
        return;
      } catch (error) {
        const cause = this.#lastError ?? (error as Error);
        if (signal.aborted) throw signal.reason;
        const isRefused = isReplyError(cause);
        if (isRefused || i >= tries) throw this.#explained(cause);
      }
      await this.#clock.sleep(pauseBetweenTriesMs, signal);
    }
  }

  #onReady(): void {
    if (this.#lastError !== undefined && !this.#isReady) {
      this.#logger.info(`Connected to Redis at ${this.host}`);
    }
    this.#isReady = true;
    this.#lastError = undefined;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) {
      waiter.timer[Symbol.dispose]();
      waiter.resolve();
    }
    if (this.#wasReady) this.#onReconnect?.();
    this.#wasReady = true;
  }

  #onClose(): void {
    if (this.#isReady && !this.#isClosed) {
      this.#logger.warn(`Lost the connection to Redis at ${this.host}`);
    }
    this.#isReady = false;
  }

  #untilReady(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error("redis: client is closed"));
    if (this.#waiters.size >= maxWaiting) return Promise.reject(this.#unavailable());
    return new Promise((resolve, reject) => {
      const waitMs = Math.min(this.#settings.dialTimeoutMs, longestWaitMs);
      const waiter: Waiter = {
        resolve,
        reject,
        timer: this.#clock.timer(waitMs, () => {
          this.#waiters.delete(waiter);
          reject(this.#unavailable());
        }),
      };
      this.#waiters.add(waiter);
    });
  }

  #failWaiters(error: Error): void {
    for (const waiter of this.#waiters) {
      waiter.timer[Symbol.dispose]();
      waiter.reject(error);
    }
    this.#waiters.clear();
  }

  #unavailable(): Error {
    if (this.#lastError !== undefined) return this.#explained(this.#lastError);
    return new Error(`no connection to redis at ${this.host}`);
  }

  /** Redis' own errors stay; those of the connection are worded as in the reference. */
  #explained(error: Error): Error {
    if (isReplyError(error)) return error;
    const address = showAddress(this.#settings.addresses[0]);
    if (error.message.startsWith("Socket timeout")) {
      return new Error(`read tcp ${address}: i/o timeout`, { cause: error });
    }
    if (/^connect ETIMEDOUT$/.test(error.message)) {
      return new Error(`dial tcp ${address}: i/o timeout`, { cause: error });
    }
    if (lostConnection.test(error.message)) {
      const cause = this.#lastError;
      if (cause !== undefined && !lostConnection.test(cause.message)) return this.#explained(cause);
      return new Error(`connection to redis at ${this.host} was lost`, { cause: error });
    }
    return new Error(dialErrorText(error, address), { cause: error });
  }
}

/** What the client says of commands that went down with their connection. */
const lostConnection =
  /Connection is closed|Stream isn't writeable|Command aborted|max retries per request/;

/** An error that Redis answered with. */
export const isReplyError = (error: unknown): boolean =>
  error instanceof Error && error.name === "ReplyError";

/** A client of a cluster that is not ready ends without a word to whoever waits for the connection. */
function dial(client: RedisCommands): Promise<void> {
  return new Promise((resolve, reject) => {
    const onEnd = (): void => reject(new Error("the cluster is not ready"));
    client.once("end", onEnd);
    client
      .connect()
      .then(resolve, reject)
      .finally(() => client.off("end", onEnd));
  });
}

async function withAbort<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function createClient(init: RedisConnectionInit): RedisCommands {
  const { settings, autoPipelining } = init;
  // Before the first connection there is no reconnecting: #connect counts the tries.
  let isUp = false;
  const retryStrategy = (times: number): number | null =>
    isUp ? Math.min(50 * 2 ** Math.min(times - 1, 5), longestReconnectPauseMs) : null;
  const client = settings.isCluster
    ? createCluster(settings, autoPipelining, retryStrategy)
    : createNode({
        ...nodeOptions(settings),
        ...(settings.sentinel === undefined
          ? settings.addresses[0]
          : sentinelOptions(settings, settings.sentinel, retryStrategy)),
        lazyConnect: true,
        enableOfflineQueue: false,
        enableAutoPipelining: autoPipelining,
        db: settings.database,
        retryStrategy,
      });
  client.once("ready", () => {
    isUp = true;
  });
  return client;
}

/** Maps come as lists of names and values, whatever the protocol. */
const legacyReplies = { replyMapping: "legacy" } as const;

const createNode = (options: RedisOptions): Redis => new Redis({ ...options, ...legacyReplies });

function createCluster(
  settings: RedisSettings,
  autoPipelining: boolean,
  retryStrategy: (times: number) => number | null,
): Cluster {
  const options: NonNullable<ConstructorParameters<typeof Cluster>[1]> = {
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: autoPipelining,
    clusterRetryStrategy: retryStrategy,
    redisOptions: { ...nodeOptions(settings), ...legacyReplies },
  };
  // Names in certificates are those of the nodes, not their addresses.
  if (settings.tls !== undefined) options.dnsLookup = (host, callback) => callback(null, host);
  return new Cluster([...settings.addresses], options);
}

type NodeOptions = Exclude<ClusterOptions["redisOptions"], undefined>;

/** What single nodes and those of a cluster have in common. */
function nodeOptions(settings: RedisSettings): NodeOptions {
  const { username, password, tls, readTimeoutMs } = settings;
  return {
    connectTimeout: settings.dialTimeoutMs,
    disableClientInfo: true,
    autoResendUnfulfilledCommands: false,
    // Whoever subscribes does it again, with a listener for the failure.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    ...(readTimeoutMs > 0 ? { socketTimeout: readTimeoutMs } : {}),
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    ...(tls === undefined ? {} : { tls: tlsOptions(settings, tls) }),
  };
}

function sentinelOptions(
  settings: RedisSettings,
  sentinel: NonNullable<RedisSettings["sentinel"]>,
  retryStrategy: (times: number) => number | null,
): RedisOptions {
  return {
    sentinels: [...settings.addresses],
    name: sentinel.masterName,
    // Without another round a client that once found no master would never look again.
    sentinelRetryStrategy: retryStrategy,
    ...(sentinel.username === "" ? {} : { sentinelUsername: sentinel.username }),
    ...(sentinel.password === "" ? {} : { sentinelPassword: sentinel.password }),
    ...(settings.tls === undefined
      ? {}
      : { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(settings, settings.tls) }),
  };
}

function tlsOptions(settings: RedisSettings, tls: NonNullable<RedisSettings["tls"]>) {
  const { host } = settings.addresses[0];
  return {
    rejectUnauthorized: !tls.skipVerify,
    // No server name for addresses: Node refuses it.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(tls.clientCert === "" ? {} : { cert: tls.clientCert }),
    ...(tls.clientKey === "" ? {} : { key: tls.clientKey }),
  };
}
