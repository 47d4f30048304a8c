/**
 * A connection to NATS servers that is made again after it was lost, for JetStream.
 */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import {
  type Authenticator,
  connect,
  jwtAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  RequestError,
} from "@nats-io/transport-node";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";

export interface NatsSettings {
  /** `host:port` */
  readonly servers: readonly string[];
  readonly insistsOnTls: boolean;
  /** All of these: "" when there is none. */
  readonly user: string;
  readonly password: string;
  readonly name: string;
  readonly jwt: string;
  readonly seedKey: string;
  readonly token: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly domain: string;
  readonly apiPrefix: string;
}

export interface NatsClientInit {
  readonly settings: NatsSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** For everything that is asked of the server. */
const timeoutMs = 5_000;
const reconnectPauseMs = 250;
const pingIntervalMs = 10_000;
/** Messages that may wait for the server's confirmation; further publishes fail. */
const maxUnderWay = 10_000;
/** Longest time a call waits for the connection to come back. */
const longestWaitMs = 1_000;
const closeLimitMs = 2_000;

export class NatsClient implements AsyncDisposable {
  readonly #init: NatsClientInit;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly #stream: JetStreamClient;
  /** Told of each new connection. */
  readonly #onReconnect = new Set<() => void>();
  readonly #watching: Promise<void>;
  #underWay = 0;
  #isUp = true;
  #isClosed = false;

  private constructor(
    init: NatsClientInit,
    connection: NatsConnection,
    manager: JetStreamManager,
    stream: JetStreamClient,
  ) {
    this.#init = init;
    this.connection = connection;
    this.manager = manager;
    this.#stream = stream;
    this.#watching = this.#watch();
  }

  /** @throws {Error} with the cause, after one attempt per server */
  static async open(init: NatsClientInit, signal: AbortSignal): Promise<NatsClient> {
    signal.throwIfAborted();
    const { settings } = init;
    const names = settings.servers.join(",");
    let connection: NatsConnection;
    try {
      connection = await connectTo(settings);
    } catch (cause) {
      throw new Error(`error connecting to NATS at ${names}: ${errorText(cause)}`, { cause });
    }
    try {
      const { domain, apiPrefix } = settings;
      const options = {
        timeout: timeoutMs,
        ...(apiPrefix !== "" ? { apiPrefix } : domain === "" ? {} : { domain }),
      };
      const manager = await jetstreamManager(connection, { ...options, checkAPI: false });
      return new NatsClient(init, connection, manager, jetstream(connection, options));
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** @returns what ends it */
  onReconnect(listener: () => void): Disposable {
    this.#onReconnect.add(listener);
    return { [Symbol.dispose]: () => void this.#onReconnect.delete(listener) };
  }

  /** Resolves when the stream has the message. @param id "": none. @throws {Error} */
  async publish(subject: string, data: Uint8Array, id: string): Promise<void> {
    if (this.#underWay >= maxUnderWay) throw new Error("too many messages wait for the server");
    this.#underWay++;
    try {
      await this.untilUp();
      await this.#stream.publish(subject, data, {
        timeout: timeoutMs,
        ...(id === "" ? {} : { msgID: id }),
      });
    } catch (error) {
      throw worded(error);
    } finally {
      this.#underWay--;
    }
  }

  /** Name of the stream that has the subject. @throws {Error} */
  async findStream(subject: string): Promise<string> {
    await this.untilUp();
    try {
      return await this.manager.streams.find(subject);
    } catch (error) {
      throw worded(error);
    }
  }

  /** @throws {Error} when the connection does not come back within a moment */
  async untilUp(): Promise<void> {
    const { clock, settings } = this.#init;
    const end = clock.monotonic() + longestWaitMs;
    while (!this.#isUp && !this.#isClosed) {
      if (clock.monotonic() >= end) {
        throw new Error(`no connection to NATS at ${settings.servers.join(",")}`);
      }
      await clock.sleep(20);
    }
    if (this.#isClosed) throw new Error("nats: connection is closed");
  }

  /** Resolves when the server has what was sent, or does not answer. Never rejects. */
  async flush(): Promise<void> {
    if (!this.#isUp || this.#isClosed) return;
    await this.#within(this.connection.flush());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    await this.flush();
    this.#isClosed = true;
    await this.#within(this.connection.close());
    await this.#within(this.#watching);
  }

  async #watch(): Promise<void> {
    const { logger, settings } = this.#init;
    const names = settings.servers.join(",");
    for await (const status of this.connection.status()) {
      if (status.type === "disconnect" && this.#isUp) {
        this.#isUp = false;
        if (!this.#isClosed) logger.warn(`Lost the connection to NATS at ${names}`);
      } else if (status.type === "reconnect") {
        this.#isUp = true;
        logger.info(`Connected to NATS at ${names}`);
        for (const listener of [...this.#onReconnect]) listener();
      } else if (status.type === "error") {
        logger.error(`nats: ${errorText(status.error)}`);
      }
    }
  }

  /** Gives up waiting for a server that does not answer. */
  async #within(work: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _limit = this.#init.clock.timer(closeLimitMs, resolve);
    await Promise.race([work.catch(() => {}), promise]);
  }
}

/** In the words of the original's client where they end up in answers. */
function worded(error: unknown): Error {
  const { name, message, cause } = error as Error;
  if (cause instanceof RequestError && cause.isNoResponders()) {
    return new Error("nats: no response from stream", { cause: error });
  }
  if (name === "TimeoutError") return new Error("nats: timeout", { cause: error });
  return new Error(`nats: ${message.replace(/^nats: /, "")}`, { cause: error });
}

async function connectTo(settings: NatsSettings): Promise<NatsConnection> {
  const options = connectOptions(settings);
  try {
    return await connect(options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (options.tls !== undefined || code !== "ERR_TLS_CERT_ALTNAME_INVALID") throw error;
    // The server wants TLS, and has an address for a name.
    return await connect({ ...options, tls: identity(settings) });
  }
}

/** The client asks for `localhost` in the certificate of a server that was given as an address. */
function identity({ servers }: NatsSettings): NodeTlsOptions & TlsChecks {
  const addresses = servers
    .map((server) => new URL(`tcp://${server}`).hostname.replace(/^\[|\]$/g, ""))
    .filter((host) => isIP(host) !== 0);
  return {
    checkServerIdentity(name, certificate) {
      const wrong = checkServerIdentity(name, certificate);
      if (wrong === undefined || name !== "localhost") return wrong;
      const isRight = addresses.some((ip) => checkServerIdentity(ip, certificate) === undefined);
      return isRight ? undefined : wrong;
    },
  };
}

type NodeTlsOptions = NonNullable<NodeConnectionOptions["tls"]>;

/** Handed on to Node.js. */
interface TlsChecks {
  checkServerIdentity(name: string, certificate: PeerCertificate): Error | undefined;
}

/** @throws {Error} a file of the certificate cannot be read */
function connectOptions(settings: NatsSettings): NodeConnectionOptions {
  const { certFile, keyFile, insistsOnTls } = settings;
  const hasCertificate = settings.jwt === "" && certFile !== "";
  return {
    servers: [...settings.servers],
    name: settings.name,
    timeout: timeoutMs,
    maxReconnectAttempts: -1,
    // Credentials may be put right while the sidecar runs.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: reconnectPauseMs,
    reconnectJitter: reconnectPauseMs,
    pingInterval: pingIntervalMs,
    noAsyncTraces: true,
    ...credentials(settings),
    ...(hasCertificate || insistsOnTls
      ? { tls: { ...identity(settings), ...(hasCertificate ? readPair(certFile, keyFile) : {}) } }
      : {}),
  };
}

const readPair = (certFile: string, keyFile: string): { cert: string; key: string } => ({
  cert: readFileSync(certFile, "utf8"),
  key: readFileSync(keyFile, "utf8"),
});

/** One kind: the first of jwt, certificate and token; what is in the URL besides. */
function credentials(settings: NatsSettings): Partial<NodeConnectionOptions> {
  const { jwt, seedKey, certFile, token, user, password } = settings;
  if (jwt !== "") {
    const authenticator: Authenticator = jwtAuthenticator(jwt, new TextEncoder().encode(seedKey));
    return { authenticator };
  }
  if (certFile === "" && token !== "") return { token };
  if (user === "") return {};
  return password === "" ? { token: user } : { user, pass: password };
}
