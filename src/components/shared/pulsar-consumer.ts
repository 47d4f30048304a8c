/**
 * A consumer of one topic, or one partition of it. The broker sends as many messages as it was permitted; that is limited
 * by number and by bytes. What was not confirmed comes again when the connection is lost.
 *
 * @see spec 03 §7.5
 */
import { errorText } from "../../kit/errors/api-error.ts";
import { UnreadableError } from "../../kit/errors/unreadable-error.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import type { Logger } from "../../kit/logging/logger.ts";
import type { BaseCommand, MessageIdData, SchemaInit } from "../../kit/proto/pulsar/api.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { FailurePause } from "./failure-pause.ts";
import type { Permits } from "./permits.ts";
import { PulsarAttachment } from "./pulsar-attachment.ts";
import type { PulsarClient } from "./pulsar-client.ts";
import type { PulsarConnection, PulsarPeer } from "./pulsar-connection.ts";
import { splitMessage } from "./pulsar-frames.ts";
import {
  bitsWithout,
  type DecodedEntry,
  decodeEntry,
  type IncomingMessage,
  sizeOfEntry,
} from "./pulsar-message.ts";
import { PulsarRefusals } from "./pulsar-refusals.ts";
import { PulsarWindow } from "./pulsar-window.ts";

export type SubscriptionType = "exclusive" | "shared" | "failover" | "key_shared";

export interface ConsumerSettings {
  readonly subscription: string;
  readonly type: SubscriptionType;
  readonly position: "latest" | "earliest";
  readonly isDurable: boolean;
  readonly queueSize: number;
  readonly redeliveryDelayMs: number;
  /** Confirms also what failed. */
  readonly acksFailures: boolean;
}

export interface PulsarConsumerInit {
  readonly client: PulsarClient;
  /** Full name, with the partition. */
  readonly topic: string;
  /** -1: the topic has none. */
  readonly partition: number;
  readonly schema: SchemaInit | undefined;
  readonly settings: ConsumerSettings;
  /** With the app at the same time; shared by the partitions. */
  readonly permits: Permits;
  readonly pause: FailurePause;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly handle: (message: IncomingMessage) => Promise<void>;
  /** Ends handling: what is under way is neither confirmed nor refused. */
  readonly signal: AbortSignal;
}

/** What the broker sent at once: one message or a batch. */
interface Entry {
  readonly id: MessageIdData;
  readonly size: number;
  /** Of the messages of a batch. */
  readonly done: Set<number>;
  /** Messages that are not settled. */
  open: number;
  hasFailed: boolean;
  /** The attachment that it came by. */
  readonly generation: number;
}

const types = { exclusive: 0, shared: 1, failover: 2, key_shared: 3 } as const;
const longestMessageBytes = 128 * 1024 * 1024;
const closeLimitMs = 2_000;

export class PulsarConsumer implements PulsarPeer, AsyncDisposable {
  readonly #init: PulsarConsumerInit;
  readonly #attachment: PulsarAttachment;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #refusals: PulsarRefusals;
  readonly #window: PulsarWindow;
  #connection: PulsarConnection | undefined;
  #id = 0n;
  #generation = 0;

  private constructor(init: PulsarConsumerInit) {
    this.#init = init;
    this.#attachment = new PulsarAttachment({
      ...init,
      what: "consumer",
      attach: (connection) => this.#attach(connection),
    });
    this.#window = new PulsarWindow(init.settings.queueSize, (messagePermits) =>
      this.#connection?.send({ flow: { consumerId: this.#id, messagePermits } }),
    );
    this.#refusals = new PulsarRefusals(
      init.clock,
      init.settings.redeliveryDelayMs,
      (messageIds) => {
        const redeliverUnacknowledgedMessages = { consumerId: this.#id, messageIds };
        this.#connection?.send({ redeliverUnacknowledgedMessages });
      },
    );
  }

  /** @throws {Error} */
  static async open(init: PulsarConsumerInit): Promise<PulsarConsumer> {
    const consumer = new PulsarConsumer(init);
    await consumer.#attachment.open();
    return consumer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("context canceled"));
    // Nothing more is permitted.
    this.#window.reset();
    await this.#attachment[Symbol.asyncDispose]();
    await Promise.all(this.#underWay);
    this.#refusals[Symbol.dispose]();
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined || !connection.isOpen) return;
    const consumerId = this.#id;
    const close = (requestId: bigint) => ({ closeConsumer: { consumerId, requestId } });
    await connection.request(close, closeLimitMs).catch(() => {});
    connection.remove(consumerId);
  }

  onCommand({ message, closeConsumer, reachedEndOfTopic }: BaseCommand, rest: Buffer): void {
    if (message !== undefined) this.#receive(message, rest);
    if (reachedEndOfTopic !== undefined) {
      this.#init.logger.info(`pulsar: topic ${this.#init.topic} was terminated`);
    }
    if (closeConsumer !== undefined) {
      this.#connection?.remove(this.#id);
      this.onLost();
    }
  }

  onLost(): void {
    this.#connection = undefined;
    this.#generation++;
    this.#refusals.clear();
    this.#window.reset();
    if (!this.#stop.signal.aborted) this.#attachment.lost();
  }

  async #attach(connection: PulsarConnection): Promise<void> {
    const { topic, schema, settings } = this.#init;
    const consumerId = connection.nextId();
    const generation = this.#generation;
    connection.addConsumer(consumerId, this);
    try {
      await connection.request((requestId) => ({
        subscribe: {
          topic,
          subscription: settings.subscription,
          subType: types[settings.type],
          consumerId,
          requestId,
          durable: settings.isDurable,
          initialPosition: settings.position === "latest" ? 0 : 1,
          ...(schema === undefined ? {} : { schema }),
          ...(settings.type === "key_shared" ? { keySharedMeta: { keySharedMode: 0 } } : {}),
        },
      }));
    } catch (error) {
      // It may be there when only the answer was late.
      connection.send({ closeConsumer: { consumerId, requestId: connection.nextId() } });
      connection.remove(consumerId);
      throw error;
    }
    if (!connection.isOpen || generation !== this.#generation) throw new Error("connection closed");
    this.#id = consumerId;
    this.#connection = connection;
    this.#window.open();
  }

  #receive({ messageId, ackSet }: NonNullable<BaseCommand["message"]>, rest: Buffer): void {
    if (messageId === undefined || this.#stop.signal.aborted) return;
    let decoded: DecodedEntry;
    try {
      const { metadata, payload } = splitMessage(rest);
      decoded = decodeEntry(metadata, payload, ackSet, longestMessageBytes);
    } catch (error) {
      const counted = sizeOfEntry(rest);
      this.#window.received(counted, rest.length);
      this.#giveUp(messageId, error);
      this.#window.settled(counted);
      return;
    }
    const done = this.#refusals.doneOf(messageId);
    const indexes = new Set(decoded.messages.map(({ index }) => index));
    // What the broker knows to be done is not among the messages.
    if (decoded.size > 1) {
      for (let index = 0; index < decoded.size; index++) if (!indexes.has(index)) done.add(index);
    }
    const messages = decoded.messages.filter(({ index }) => !done.has(index));
    const { size } = decoded;
    const open = messages.length;
    const entry = {
      id: messageId,
      size,
      done,
      open,
      hasFailed: false,
      generation: this.#generation,
    };
    this.#window.received(size, rest.length);
    this.#window.settled(size - open);
    if (open === 0) this.#confirm(entry);
    for (const message of messages) {
      const work = this.#deliver(entry, message).then(() => void this.#underWay.delete(work));
      this.#underWay.add(work);
    }
  }

  /** What is broken is broken for everybody; what this client cannot read is left to others. */
  #giveUp(id: MessageIdData, error: unknown): void {
    const { logger, topic } = this.#init;
    const place = `${id.ledgerId}:${id.entryId}`;
    logger.error(`pulsar: cannot read message ${place} of ${topic}: ${errorText(error)}`);
    if (error instanceof UnreadableError) {
      this.#confirm({ id, size: 1, done: new Set() });
    } else if (!this.#isOrdered) this.#refusals.add(id);
  }

  /** The broker would send everything again that is not confirmed. */
  get #isOrdered(): boolean {
    const { type } = this.#init.settings;
    return type === "exclusive" || type === "failover";
  }

  /** Never rejects. */
  async #deliver(entry: Entry, message: IncomingMessage): Promise<void> {
    const { permits, pause, settings } = this.#init;
    const stop = this.#stop.signal;
    try {
      await permits.acquire(stop);
    } catch {
      return;
    }
    try {
      if (!settings.acksFailures) await pause.over(stop);
      // What came before the connection was lost comes again.
      if (entry.generation !== this.#generation || stop.aborted) return;
      const outcome = await this.#handle(message);
      if (outcome === "left") return;
      if (outcome === "handled") {
        entry.done.add(message.index);
        this.#confirm(entry);
      } else {
        entry.hasFailed = true;
      }
    } catch {
      return;
    } finally {
      permits.release();
      this.#settle(entry);
    }
  }

  /** One attempt where the broker gives the message to anyone, otherwise as many as are needed. */
  async #handle(message: IncomingMessage): Promise<"handled" | "failed" | "left"> {
    const { handle, pause, logger, topic, clock, settings, signal } = this.#init;
    const { acksFailures, redeliveryDelayMs } = settings;
    for (;;) {
      try {
        await handle(message);
        pause.succeeded();
        return "handled";
      } catch (error) {
        if (signal.aborted) return "left";
        logger.error(`pulsar: error processing message of ${topic}: ${errorText(error)}`);
        if (acksFailures || error instanceof UnreadableError) return "handled";
      }
      pause.failed();
      if (!this.#isOrdered) return "failed";
      try {
        await clock.sleep(redeliveryDelayMs, this.#stop.signal);
      } catch {
        return "left";
      }
    }
  }

  #settle(entry: Entry): void {
    entry.open--;
    if (entry.generation !== this.#generation) return;
    this.#window.settled(1);
    if (entry.open === 0 && entry.hasFailed) this.#refusals.add(entry.id, entry.done);
  }

  /** The whole entry when all is done, else what is done of the batch. */
  #confirm({ id, size, done }: Pick<Entry, "id" | "size" | "done">): void {
    const { ledgerId, entryId } = id;
    const isWhole = size === 1 || done.size >= size;
    if (isWhole) this.#refusals.forget(id);
    const messageId = {
      ledgerId,
      entryId,
      partition: id.partition ?? this.#init.partition,
      ...(isWhole ? {} : { ackSet: bitsWithout(size, done), batchSize: size }),
    };
    this.#connection?.send({
      ack: { consumerId: this.#id, ackType: 0, messageId: [messageId] },
    });
  }
}
