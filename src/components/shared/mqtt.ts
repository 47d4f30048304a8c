/**
 * A session with an MQTT broker whose messages are confirmed one by one, when they were handled.
 *
 * The client confirms by itself as soon as it has read a message, or stops reading until it may; so it is told that
 * handling failed, which confirms nothing, and the confirmation is sent here. Unconfirmed messages are limited by the
 * broker, which sends no more than its window.
 */
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { errorText } from "../../kit/errors/api-error.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { checkTopicName } from "./mqtt-topic.ts";

export interface MqttSettings {
  /** With scheme mqtt or mqtts; may hold credentials: not to be shown. */
  readonly url: URL;
  readonly clientId: string;
  readonly qos: 0 | 1 | 2;
  readonly cleanSession: boolean;
  readonly protocolVersion: 4 | 5;
  /** PEM, or "". */
  readonly caCert: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** What a broker delivers; to be confirmed with {@link MqttSession.confirm}. */
export interface MqttMessage {
  readonly packet: IPublishPacket;
  /** The connection that it came by: ids mean nothing on others. */
  readonly connection: number;
}

export interface MqttSessionInit {
  readonly settings: MqttSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Must not throw. Messages of QoS 0 are paused as long as the promise is pending. */
  readonly onMessage: (message: MqttMessage) => Promise<void> | undefined;
}

/** For everything that is asked of the broker. */
const timeoutMs = 20_000;
const reconnectPauseMs = 500;
/** Messages that may wait for the broker's confirmation; further publishes fail. */
const maxUnderWay = 10_000;
/** Longest time a call waits for the connection to come back. */
const longestWaitMs = 1_000;
const closeLimitMs = 2_000;
/** Unconfirmed messages that an MQTT 5 broker may send. */
const receiveMaximum = 100;
const longestExpirySeconds = 0xff_ff_ff_ff;

export class MqttSession implements AsyncDisposable {
  readonly #init: MqttSessionInit;
  readonly #client: MqttClient;
  #connection = 0;
  #underWay = 0;
  #wasKnown = false;
  #isUp = false;
  #isClosed = false;

  private constructor(init: MqttSessionInit) {
    this.#init = init;
    const { logger, settings } = init;
    const client = connect(clientOptions(settings));
    this.#client = client;
    client.handleMessage = (packet, callback) => this.#receive(packet as IPublishPacket, callback);
    client.on("packetreceive", ({ cmd }) => {
      // `connect` comes later, when all that was being published is done with: messages arrive before.
      if (cmd === "connack") this.#connection++;
    });
    client.on("connect", ({ sessionPresent }) => {
      this.#isUp = true;
      this.#wasKnown ||= sessionPresent;
      logger.info(`Connected to the MQTT broker ${settings.url.host}`);
    });
    client.on("close", () => {
      if (this.#isUp && !this.#isClosed) {
        logger.warn(`Lost the connection to the MQTT broker ${settings.url.host}`);
      }
      this.#isUp = false;
    });
    client.on("error", (error) => logger.debug(`mqtt: ${errorText(error)}`));
  }

  /** @throws {Error} with the cause, after one attempt */
  static async open(init: MqttSessionInit, signal: AbortSignal): Promise<MqttSession> {
    signal.throwIfAborted();
    const session = new MqttSession(init);
    try {
      await session.#firstConnection(signal);
      return session;
    } catch (cause) {
      await session[Symbol.asyncDispose]();
      const { host } = init.settings.url;
      throw new Error(`error connecting to the MQTT broker ${host}: ${errorText(cause)}`, {
        cause,
      });
    }
  }

  /** Counts connections: another number is another connection. */
  get connection(): number {
    return this.#connection;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether the broker had something from an earlier connection. */
  get wasKnown(): boolean {
    return this.#wasKnown;
  }

  /** Resolves when the broker has the message. @throws {Error} */
  async publish(
    topic: string,
    data: Buffer,
    options: { readonly qos: 0 | 1 | 2; readonly retain: boolean },
  ): Promise<void> {
    checkTopicName(topic);
    if (this.#underWay >= maxUnderWay) throw new Error("too many messages wait for the broker");
    this.#underWay++;
    let id: number | undefined;
    try {
      await this.#untilUp();
      await this.#limited("publish", (done) => {
        this.#client.publish(topic, data, options, done);
        id = options.qos === 0 ? undefined : this.#client.getLastMessageId();
      });
    } catch (error) {
      // Nobody waits any more: it is not to be sent on the next connection.
      if (id !== undefined) this.#client.removeOutgoingMessage(id);
      throw error;
    } finally {
      this.#underWay--;
    }
  }

  /** @throws {Error} also when the broker refuses */
  async subscribe(filter: string): Promise<void> {
    const { qos } = this.#init.settings;
    await this.#untilUp();
    await this.#limited("subscribe", (done) => {
      this.#client.subscribe(filter, { qos }, (error, granted) => {
        // 128 and above: refused.
        const refused = granted?.find((grant) => grant.qos >= 128);
        done(error ?? (refused && new Error(`the broker refused the subscription to ${filter}`)));
      });
    });
  }

  async unsubscribe(filter: string): Promise<void> {
    if (!this.#isUp) return;
    await this.#limited("unsubscribe", (done) => {
      this.#client.unsubscribe(filter, (error) => done(error));
    });
  }

  /** The message is done with. After a loss of the connection the broker delivers it again. */
  confirm({ packet, connection }: MqttMessage): void {
    if (packet.qos === 0 || connection !== this.#connection) return;
    if (!this.#client.connected) return;
    const { messageId = 0 } = packet;
    const client = this.#client as unknown as Confirming;
    if (packet.qos === 1) {
      client._sendPacket({ cmd: "puback", messageId, reasonCode: 0 });
      return;
    }
    client.incomingStore.del(packet, () => {});
    client._releaseIncomingQoS2Publish(messageId);
    client._sendPacket({ cmd: "pubcomp", messageId });
  }

  /** @throws {Error} when the broker is away */
  async ping(): Promise<void> {
    await this.#untilUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    using _limit = this.#init.clock.timer(closeLimitMs, resolve);
    this.#client.end(!this.#isUp, {}, () => resolve());
    await promise;
    this.#client.stream?.destroy();
  }

  #receive(packet: IPublishPacket, callback: (error?: Error) => void): void {
    const pause = this.#init.onMessage({ packet, connection: this.#connection });
    // Not an error to anyone: it only keeps the client from confirming.
    const notYet = new Error("confirmed later");
    if (packet.qos !== 0 || pause === undefined) callback(notYet);
    else void pause.finally(() => callback(notYet));
  }

  async #firstConnection(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { clock } = this.#init;
    using deadline = clock.deadline(timeoutMs, signal);
    deadline.addEventListener("abort", () => reject(deadline.reason), { once: true });
    let cause: Error | undefined;
    const onError = (error: Error): void => {
      cause = error;
      reject(error);
    };
    const onClose = (): void => reject(cause ?? new Error("connection closed"));
    this.#client.once("connect", () => resolve());
    this.#client.once("error", onError);
    this.#client.once("close", onClose);
    try {
      await promise;
    } finally {
      this.#client.off("error", onError);
      this.#client.off("close", onClose);
    }
  }

  async #untilUp(): Promise<void> {
    const { clock, settings } = this.#init;
    const end = clock.monotonic() + longestWaitMs;
    while (!this.#isUp) {
      if (this.#isClosed) throw new Error("mqtt: client is closed");
      if (clock.monotonic() >= end) {
        throw new Error(`no connection to the MQTT broker ${settings.url.host}`);
      }
      await clock.sleep(20);
    }
    if (this.#isClosed) throw new Error("mqtt: client is closed");
  }

  async #limited(what: string, run: (done: (error?: Error | null) => void) => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using _limit = this.#init.clock.timer(timeoutMs, () =>
      reject(new Error(`mqtt: ${what} timed out`)),
    );
    run((error) => (error ? reject(error) : resolve()));
    await promise;
  }
}

/** What the client does itself after a message was read; it has no other name for it. */
interface Confirming {
  readonly incomingStore: MqttClient["incomingStore"];
  _sendPacket(packet: {
    readonly cmd: "puback" | "pubcomp";
    readonly messageId: number;
    readonly reasonCode?: number;
  }): void;
  _releaseIncomingQoS2Publish(messageId: number): void;
}

function clientOptions(settings: MqttSettings): IClientOptions {
  const { url, clientId, cleanSession, protocolVersion, caCert, clientCert, clientKey } = settings;
  const isTls = url.protocol === "mqtts:";
  return {
    protocol: isTls ? "mqtts" : "mqtt",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (isTls ? 8883 : 1883),
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    clientId,
    clean: cleanSession,
    protocolVersion,
    connectTimeout: timeoutMs,
    reconnectPeriod: reconnectPauseMs,
    queueQoSZero: false,
    ...(caCert === "" ? {} : { ca: caCert }),
    ...(clientCert === "" ? {} : { cert: clientCert }),
    ...(clientKey === "" ? {} : { key: clientKey }),
    ...(protocolVersion === 5
      ? {
          properties: {
            receiveMaximum,
            ...(cleanSession ? {} : { sessionExpiryInterval: longestExpirySeconds }),
          },
        }
      : {}),
  };
}
