/**
 * A producer for one topic, or one partition of it. Messages are gathered into batches; what the broker has not confirmed
 * is sent again after the connection was lost.
 */
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { BaseCommand, SchemaInit } from "../../kit/proto/pulsar/api.ts";
import type { Clock } from "../../kit/time/clock.ts";
import { PulsarAttachment } from "./pulsar-attachment.ts";
import type { PulsarClient } from "./pulsar-client.ts";
import { type PulsarConnection, PulsarError, type PulsarPeer } from "./pulsar-connection.ts";
import {
  type Compression,
  type CompressionLevel,
  encodeEntry,
  type OutgoingMessage,
} from "./pulsar-message.ts";

export interface ProducerSettings {
  readonly isBatching: boolean;
  readonly maxDelayMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly compression: Compression;
  readonly level: CompressionLevel;
}

export interface PulsarProducerInit {
  readonly client: PulsarClient;
  /** Full name, with the partition. */
  readonly topic: string;
  readonly schema: SchemaInit | undefined;
  readonly settings: ProducerSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

interface Waiting {
  readonly message: OutgoingMessage;
  resolve(): void;
  reject(error: Error): void;
}

/** Sent, or to be sent. */
interface Entry {
  readonly sequenceId: bigint;
  readonly metadata: Buffer;
  readonly payload: Buffer;
  readonly waiting: readonly Waiting[];
  readonly limit: Disposable;
}

const sendTimeoutMs = 30_000;
/** What may wait for the broker; further messages fail. */
const maxUnderWay = 10_000;
const maxBytesUnderWay = 128 * 1024 * 1024;
const closeLimitMs = 2_000;

export class PulsarProducer implements PulsarPeer, AsyncDisposable {
  readonly #init: PulsarProducerInit;
  readonly #attachment: PulsarAttachment;
  #connection: PulsarConnection | undefined;
  #id = 0n;
  #name = "";
  #schemaVersion: Buffer | undefined;
  /** Counts attempts: a later one takes the place of an earlier one that the broker still knows. */
  #epoch = 0n;
  #nextSequence = 0n;
  #batch: Waiting[] = [];
  #batchBytes = 0;
  #timer: Disposable | undefined;
  #pending: Entry[] = [];
  #underWay = 0;
  #bytesUnderWay = 0;
  #isClosed = false;

  private constructor(init: PulsarProducerInit) {
    this.#init = init;
    this.#attachment = new PulsarAttachment({
      ...init,
      what: "producer",
      attach: (connection) => this.#attach(connection),
    });
  }

  /** @throws {Error} */
  static async open(init: PulsarProducerInit): Promise<PulsarProducer> {
    const producer = new PulsarProducer(init);
    await producer.#attachment.open();
    return producer;
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** Resolves when the broker has the message. @throws {Error} */
  async send(message: OutgoingMessage): Promise<void> {
    const { length } = message.payload;
    if (this.#isClosed) throw new Error("pulsar: producer is closed");
    if (this.#underWay >= maxUnderWay || this.#bytesUnderWay + length > maxBytesUnderWay) {
      throw new Error("too many messages wait for the broker");
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#underWay++;
    this.#bytesUnderWay += length;
    try {
      this.#add({ message, resolve, reject });
      await promise;
    } finally {
      this.#underWay--;
      this.#bytesUnderWay -= length;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    await this.#attachment[Symbol.asyncDispose]();
    const connection = this.#connection;
    this.#connection = undefined;
    for (const { waiting, limit } of this.#pending.splice(0)) {
      limit[Symbol.dispose]();
      for (const { reject } of waiting) reject(new Error("pulsar: producer is closed"));
    }
    if (connection === undefined || !connection.isOpen) return;
    const producerId = this.#id;
    const close = (requestId: bigint) => ({ closeProducer: { producerId, requestId } });
    await connection.request(close, closeLimitMs).catch(() => {});
    connection.remove(producerId);
  }

  onCommand({ sendReceipt, sendError, closeProducer }: BaseCommand): void {
    if (sendReceipt !== undefined) this.#settle(sendReceipt.sequenceId, undefined);
    if (sendError !== undefined) {
      const { error, message, sequenceId } = sendError;
      this.#settle(sequenceId, new PulsarError(error, message));
    }
    if (closeProducer !== undefined) {
      this.#connection?.remove(this.#id);
      this.onLost();
    }
  }

  onLost(): void {
    this.#connection = undefined;
    if (!this.#isClosed) this.#attachment.lost();
  }

  async #attach(connection: PulsarConnection): Promise<void> {
    const { topic, schema } = this.#init;
    const producerId = connection.nextId();
    connection.addProducer(producerId, this);
    try {
      const answer = await connection.request((requestId) => ({
        producer: {
          topic,
          producerId,
          requestId,
          epoch: this.#epoch++,
          userProvidedProducerName: false,
          ...(this.#name === "" ? {} : { producerName: this.#name }),
          ...(schema === undefined ? {} : { schema }),
        },
      }));
      const { producerName, schemaVersion } = answer.producerSuccess ?? {};
      this.#name = producerName ?? this.#name;
      this.#schemaVersion = schemaVersion?.length ? Buffer.from(schemaVersion) : undefined;
    } catch (error) {
      // It may be there when only the answer was late.
      connection.send({ closeProducer: { producerId, requestId: connection.nextId() } });
      connection.remove(producerId);
      throw error;
    }
    if (!connection.isOpen) throw new Error("connection closed");
    this.#id = producerId;
    this.#connection = connection;
    for (const entry of this.#pending) this.#transmit(entry);
  }

  #add(waiting: Waiting): void {
    const { isBatching, maxDelayMs, maxMessages, maxBytes } = this.#init.settings;
    const { payload, key, deliverAt } = waiting.message;
    const [first] = this.#batch;
    // A batch goes to one consumer at one time: its messages have the same key, and none waits.
    if (first !== undefined && (first.message.key !== key || deliverAt !== undefined)) {
      this.#flush();
    }
    if (this.#batchBytes + payload.length > maxBytes) this.#flush();
    this.#batch.push(waiting);
    this.#batchBytes += payload.length;
    const isFull = this.#batch.length >= maxMessages || this.#batchBytes >= maxBytes;
    if (!isBatching || isFull || deliverAt !== undefined) this.#flush();
    else this.#timer ??= this.#init.clock.timer(maxDelayMs, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    const waiting = this.#batch;
    if (waiting.length === 0) return;
    this.#batch = [];
    this.#batchBytes = 0;
    const { clock, settings } = this.#init;
    const sequenceId = this.#nextSequence;
    this.#nextSequence += BigInt(waiting.length);
    try {
      const { compression, level } = settings;
      const encoded = encodeEntry(
        waiting.map(({ message }) => message),
        {
          producerName: this.#name,
          sequenceId,
          publishTime: clock.now(),
          compression,
          level,
          schemaVersion: this.#schemaVersion,
        },
      );
      const { maxMessageBytes } = this.#connection ?? {};
      const { length } = encoded.payload;
      if (maxMessageBytes !== undefined && length > maxMessageBytes) {
        throw new Error(`message size ${length} exceeds the broker's limit of ${maxMessageBytes}`);
      }
      const limit = clock.timer(sendTimeoutMs, () =>
        this.#settle(sequenceId, new Error("message send timeout")),
      );
      const entry = { sequenceId, ...encoded, waiting, limit };
      this.#pending.push(entry);
      this.#transmit(entry);
    } catch (error) {
      for (const { reject } of waiting) reject(error as Error);
    }
  }

  #transmit({ sequenceId, metadata, payload, waiting }: Entry): void {
    const numMessages = waiting.length;
    const send = {
      producerId: this.#id,
      sequenceId,
      ...(numMessages === 1
        ? {}
        : { numMessages, highestSequenceId: sequenceId + BigInt(numMessages - 1) }),
    };
    this.#connection?.sendMessage({ send }, metadata, payload);
  }

  /** @param cause undefined: the broker has it */
  #settle(sequenceId: bigint, cause: Error | undefined): void {
    // Mostly the first one: receipts come in order.
    const index = this.#pending.findIndex((entry) => entry.sequenceId === sequenceId);
    const [entry] = index < 0 ? [] : this.#pending.splice(index, 1);
    if (entry === undefined) return;
    entry.limit[Symbol.dispose]();
    for (const { resolve, reject } of entry.waiting) {
      if (cause === undefined) resolve();
      else reject(cause);
    }
  }
}
