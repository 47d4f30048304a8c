/**
 * A connection to RabbitMQ that is made again after it was lost.
 */
import { type ChannelModel, connect, credentials, type Options } from "amqplib";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";

export interface RabbitSettings {
  /** amqp or amqps; may hold credentials: not to be shown. */
  readonly url: URL;
  readonly clientName: string;
  readonly heartbeatSeconds: number;
  readonly reconnectWaitMs: number;
  readonly saslExternal: boolean;
  /** PEM, or "". */
  readonly caCert: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

export interface RabbitConnectionInit {
  readonly settings: RabbitSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

const dialTimeoutMs = 5_000;
/** Longest time a call waits for the connection to come back. */
const longestWaitMs = 1_000;
const closeLimitMs = 2_000;

export class RabbitConnection implements AsyncDisposable {
  readonly #init: RabbitConnectionInit;
  readonly #closing = new AbortController();
  #model: ChannelModel | undefined;
  #reconnecting: Promise<void> = Promise.resolve();

  private constructor(init: RabbitConnectionInit) {
    this.#init = init;
  }

  /** @throws {Error} with the cause, after one attempt */
  static async open(init: RabbitConnectionInit, signal: AbortSignal): Promise<RabbitConnection> {
    signal.throwIfAborted();
    const connection = new RabbitConnection(init);
    try {
      connection.#use(await dial(init.settings));
    } catch (cause) {
      const { host } = init.settings.url;
      throw new Error(`error connecting to RabbitMQ at ${host}: ${errorText(cause)}`, { cause });
    }
    return connection;
  }

  /** @throws {Error} when it does not come back within a moment */
  async model(): Promise<ChannelModel> {
    const { clock, settings } = this.#init;
    const end = clock.monotonic() + longestWaitMs;
    for (;;) {
      if (this.#closing.signal.aborted) throw new Error("rabbitmq: connection is closed");
      if (this.#model !== undefined) return this.#model;
      if (clock.monotonic() >= end) {
        throw new Error(`no connection to RabbitMQ at ${settings.url.host}`);
      }
      await clock.sleep(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new Error("rabbitmq: connection is closed"));
    await this.#reconnecting;
    const model = this.#model;
    this.#model = undefined;
    if (model === undefined) return;
    using _limit = this.#init.clock.timer(closeLimitMs, () => destroySocket(model));
    await model.close().catch(() => {});
  }

  #use(model: ChannelModel): void {
    const { logger, settings } = this.#init;
    this.#model = model;
    // The cause; what follows is `close`.
    model.on("error", (error) => logger.warn(`rabbitmq: ${errorText(error)}`));
    model.on("close", () => {
      if (this.#model === model) this.#model = undefined;
      if (this.#closing.signal.aborted) return;
      logger.warn(`Lost the connection to RabbitMQ at ${settings.url.host}`);
      this.#reconnecting = this.#reconnect();
    });
  }

  async #reconnect(): Promise<void> {
    const { clock, logger, settings } = this.#init;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const model = await dial(settings);
        if (signal.aborted) {
          destroySocket(model);
          return;
        }
        this.#use(model);
        logger.info(`Connected to RabbitMQ at ${settings.url.host}`);
        return;
      } catch (error) {
        logger.debug(`rabbitmq: ${errorText(error)}`);
      }
      await clock.sleep(settings.reconnectWaitMs, signal).catch(() => {});
    }
  }
}

function destroySocket(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { readonly stream?: { destroy(): void } };
  stream?.destroy();
}

function dial(settings: RabbitSettings): Promise<ChannelModel> {
  const { url, clientName, heartbeatSeconds, saslExternal } = settings;
  const { caCert, clientCert, clientKey } = settings;
  const path = decodeURIComponent(url.pathname.slice(1));
  const options: Options.Connect = {
    protocol: url.protocol.slice(0, -1),
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (url.protocol === "amqps:" ? 5671 : 5672),
    username: url.username === "" ? "guest" : decodeURIComponent(url.username),
    password: url.password === "" ? "guest" : decodeURIComponent(url.password),
    vhost: path === "" ? "/" : path,
    heartbeat: heartbeatSeconds,
  };
  return connect(options, {
    timeout: dialTimeoutMs,
    noDelay: true,
    ...(clientName === "" ? {} : { clientProperties: { connection_name: clientName } }),
    ...(saslExternal ? { credentials: credentials.external() } : {}),
    ...(caCert === "" ? {} : { ca: [caCert] }),
    ...(clientCert === "" ? {} : { cert: clientCert }),
    ...(clientKey === "" ? {} : { key: clientKey }),
  });
}
