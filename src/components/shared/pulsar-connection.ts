/**
 * One connection to a Pulsar broker, shared by the producers and consumers whose topics that broker serves.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { errorText } from "../../kit/errors/api-error.ts";
import type { BaseCommand } from "../../kit/proto/pulsar/api.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { type Command, encodeCommand, encodeMessageFrame, FrameReader } from "./pulsar-frames.ts";

export interface PulsarCredentials {
  /** Of the method `token`. May ask somebody. @throws {Error} */
  token(signal: AbortSignal): Promise<string>;
}

export interface PulsarEndpoint {
  /** `host:port` of what is dialled. */
  readonly address: string;
  /** `host:port` of the broker behind a proxy; undefined: the address is the broker. */
  readonly proxyTo?: string | undefined;
  readonly isTls: boolean;
}

export interface PulsarConnectionInit {
  readonly endpoint: PulsarEndpoint;
  readonly verifiesCertificate: boolean;
  readonly credentials: PulsarCredentials | undefined;
  readonly clock: Clock;
}

/** A producer or consumer; told of what comes with its id. Must not throw. */
export interface PulsarPeer {
  onCommand(command: BaseCommand, rest: Buffer): void;
  onLost(): void;
}

/** An error of the broker, with the number of its kind. */
export class PulsarError extends Error {
  override readonly name = "PulsarError";
  readonly code: number;
  constructor(code: number, text: string) {
    super(`server error: ${errorNames.get(code) ?? code}: ${text}`);
    this.code = code;
  }
}

const errorNames: ReadonlyMap<number, string> = new Map([
  [0, "UnknownError"],
  [1, "MetadataError"],
  [2, "PersistenceError"],
  [3, "AuthenticationError"],
  [4, "AuthorizationError"],
  [5, "ConsumerBusy"],
  [6, "ServiceNotReady"],
  [7, "ProducerBlockedQuotaExceededError"],
  [8, "ProducerBlockedQuotaExceededException"],
  [9, "ChecksumError"],
  [11, "TopicNotFound"],
  [12, "SubscriptionNotFound"],
  [14, "TooManyRequests"],
  [15, "TopicTerminatedError"],
  [16, "ProducerBusy"],
  [17, "InvalidTopicName"],
  [18, "IncompatibleSchema"],
]);

const clientVersion = "tricorne";
/** With keys of subscriptions, schemas and answers to challenges; without acknowledged acks. */
const protocolVersion = 16;
const dialTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const keepAliveMs = 30_000;
const defaultMaxMessageBytes = 5 * 1024 * 1024;
/** Brokers may be told to take longer messages. */
const longestFrameBytes = 128 * 1024 * 1024;

interface Waiting {
  resolve(command: BaseCommand): void;
  reject(error: Error): void;
}

export class PulsarConnection {
  readonly endpoint: PulsarEndpoint;
  readonly #init: PulsarConnectionInit;
  readonly #socket: Socket;
  readonly #connected = Promise.withResolvers<BaseCommand>();
  readonly #waiting = new Map<bigint, Waiting>();
  readonly #producers = new Map<bigint, PulsarPeer>();
  readonly #consumers = new Map<bigint, PulsarPeer>();
  readonly #keepAlive: Disposable;
  readonly #lost = new AbortController();
  #nextId = 1n;
  /** Keep-alive periods in which nothing came. */
  #silence = 0;
  #cause: Error | undefined;
  maxMessageBytes = defaultMaxMessageBytes;

  private constructor(init: PulsarConnectionInit, socket: Socket) {
    this.#init = init;
    this.endpoint = init.endpoint;
    this.#socket = socket;
    this.#connected.promise.catch(() => {});
    const reader = new FrameReader(longestFrameBytes);
    socket.on("data", (chunk: Buffer) => {
      this.#silence = 0;
      try {
        for (const { command, rest } of reader.push(chunk)) this.#dispatch(command, rest);
      } catch (error) {
        this.close(new Error(`pulsar: ${errorText(error)}`));
      }
    });
    socket.on("error", (error) => this.close(error));
    socket.on("close", () => this.close(new Error("connection closed")));
    this.#keepAlive = init.clock.interval(keepAliveMs, () => {
      if (this.#silence++ > 1) this.close(new Error("the broker does not answer"));
      else this.send({ ping: {} });
    });
  }

  /** @throws {Error} with the cause, after one attempt */
  static async open(init: PulsarConnectionInit, signal: AbortSignal): Promise<PulsarConnection> {
    const { endpoint, credentials, clock } = init;
    using deadline = clock.deadline(dialTimeoutMs, signal);
    const token = await credentials?.token(deadline);
    const socket = await dial(init, deadline);
    const connection = new PulsarConnection(init, socket);
    const onAbort = (): void => connection.close(deadline.reason);
    deadline.addEventListener("abort", onAbort, { once: true });
    try {
      connection.send({
        connect: {
          clientVersion,
          protocolVersion,
          ...authentication(token),
          ...(endpoint.proxyTo === undefined ? {} : { proxyToBrokerUrl: endpoint.proxyTo }),
          featureFlags: { supportsAuthRefresh: true },
        },
      });
      const { connected } = await connection.#connected.promise;
      connection.maxMessageBytes = connected?.maxMessageSize || defaultMaxMessageBytes;
      return connection;
    } catch (error) {
      connection.close(error as Error);
      throw error;
    } finally {
      deadline.removeEventListener("abort", onAbort);
    }
  }

  get isOpen(): boolean {
    return !this.#lost.signal.aborted;
  }

  /** Aborted when the connection is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Of producers, consumers and requests. */
  nextId(): bigint {
    return this.#nextId++;
  }

  addProducer(id: bigint, peer: PulsarPeer): void {
    this.#producers.set(id, peer);
  }

  addConsumer(id: bigint, peer: PulsarPeer): void {
    this.#consumers.set(id, peer);
  }

  remove(id: bigint): void {
    this.#producers.delete(id);
    this.#consumers.delete(id);
  }

  send(command: Command): void {
    if (this.isOpen) this.#socket.write(encodeCommand(command));
  }

  sendMessage(command: Command, metadata: Buffer, payload: Buffer): void {
    if (this.isOpen) this.#socket.write(encodeMessageFrame(command, metadata, payload));
  }

  /** @param make the command with its id. @throws {PulsarError} the broker's; {Error} connection or time are over */
  async request(
    make: (requestId: bigint) => Command,
    timeoutMs = requestTimeoutMs,
  ): Promise<BaseCommand> {
    if (!this.isOpen) throw this.#cause ?? new Error("connection closed");
    const id = this.nextId();
    const { promise, resolve, reject } = Promise.withResolvers<BaseCommand>();
    this.#waiting.set(id, { resolve, reject });
    using _limit = this.#init.clock.timer(timeoutMs, () => reject(new Error("request timed out")));
    try {
      this.send(make(id));
      return await promise;
    } finally {
      this.#waiting.delete(id);
    }
  }

  close(cause: Error): void {
    if (!this.isOpen) return;
    this.#cause = cause;
    this.#lost.abort(cause);
    this.#keepAlive[Symbol.dispose]();
    this.#socket.destroy();
    this.#connected.reject(cause);
    for (const { reject } of this.#waiting.values()) reject(cause);
    this.#waiting.clear();
    const peers = [...this.#producers.values(), ...this.#consumers.values()];
    this.#producers.clear();
    this.#consumers.clear();
    for (const peer of peers) peer.onLost();
  }

  /** Sends what is written, then ends. */
  end(): void {
    this.#socket.end();
    this.close(new Error("connection closed"));
  }

  #dispatch(command: BaseCommand, rest: Buffer): void {
    if (command.ping !== undefined) this.send({ pong: {} });
    else if (command.connected !== undefined) this.#connected.resolve(command);
    else if (command.authChallenge !== undefined) void this.#answerChallenge();
    else if (command.error !== undefined) this.#fail(command.error);
    else if (!this.#answer(command)) this.#tellPeer(command, rest);
  }

  #fail({ requestId, error, message }: NonNullable<BaseCommand["error"]>): void {
    const cause = new PulsarError(error, message);
    const waiting = this.#waiting.get(requestId);
    if (waiting !== undefined) waiting.reject(cause);
    // Of the handshake.
    else this.#connected.reject(cause);
  }

  /** @returns false: it is no answer to a request */
  #answer(command: BaseCommand): boolean {
    const { success, producerSuccess, lookupTopicResponse, partitionMetadataResponse } = command;
    const id = (success ?? producerSuccess ?? lookupTopicResponse ?? partitionMetadataResponse)
      ?.requestId;
    if (id === undefined) return false;
    this.#waiting.get(id)?.resolve(command);
    return true;
  }

  #tellPeer(command: BaseCommand, rest: Buffer): void {
    const { sendReceipt, sendError, closeProducer, message, closeConsumer } = command;
    const producer = (sendReceipt ?? sendError ?? closeProducer)?.producerId;
    if (producer !== undefined) this.#producers.get(producer)?.onCommand(command, rest);
    const consumer = (message ?? closeConsumer ?? command.reachedEndOfTopic)?.consumerId;
    if (consumer !== undefined) this.#consumers.get(consumer)?.onCommand(command, rest);
  }

  /** The broker asks again when a token is about to end. */
  async #answerChallenge(): Promise<void> {
    const { credentials, clock } = this.#init;
    using deadline = clock.deadline(dialTimeoutMs, this.lost);
    try {
      const token = await credentials?.token(deadline);
      const response = authentication(token);
      this.send({ authResponse: { clientVersion, protocolVersion, response } });
    } catch (error) {
      this.close(error as Error);
    }
  }
}

const authentication = (
  token: string | undefined,
): { authMethodName?: string; authData?: Buffer } =>
  token === undefined ? {} : { authMethodName: "token", authData: Buffer.from(token) };

async function dial(
  { endpoint, verifiesCertificate }: PulsarConnectionInit,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const { hostname, port } = new URL(`tcp://${endpoint.address}`);
  const target = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
  const socket = endpoint.isTls
    ? connectTls({
        ...target,
        servername: /^[\d.:]+$/.test(target.host) ? "" : target.host,
        rejectUnauthorized: verifiesCertificate,
      })
    : connectTcp(target);
  socket.setNoDelay(true);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal.reason);
  socket.once(endpoint.isTls ? "secureConnect" : "connect", () => resolve());
  socket.once("error", reject);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  } finally {
    socket.off("error", reject);
    signal.removeEventListener("abort", onAbort);
  }
}
