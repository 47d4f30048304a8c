/**
 * A stand-in for a Pulsar cluster of two brokers, written from the description of its binary protocol. It keeps messages
 * in memory, also while it is stopped; it shares no code with the client.
 * @see https://pulsar.apache.org/docs/developing-binary-protocol/
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { freePorts } from "../launch.ts";
import { encodeFields, Fields } from "./protobuf-fields.ts";
import {
  type StandInConsumer,
  type StandInSubscription,
  StandInTopic,
  type SubscriptionKind,
} from "./pulsar-topics.ts";

export interface StandInOptions {
  /** What clients must show. */
  readonly token?: () => string;
  readonly maxMessageBytes?: number;
  /** PEM: the brokers speak TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

const serviceNotReady = 6;
const authenticationError = 3;
const consumerBusy = 5;
const checksumError = 9;
const incompatibleSchema = 18;

/** Topics with this in their names are served by the second broker. */
export const movedMark = "moved";

export class PulsarStandIn implements AsyncDisposable {
  readonly topics = new Map<string, StandInTopic>();
  readonly partitions = new Map<string, number>();
  readonly #ports: readonly number[];
  readonly #options: StandInOptions;
  readonly #sessions = new Set<Session>();
  #servers: Server[] = [];

  private constructor(ports: readonly number[], options: StandInOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  static async launch(options: StandInOptions = {}): Promise<PulsarStandIn> {
    const standIn = new PulsarStandIn(await freePorts(2), options);
    await standIn.start();
    return standIn;
  }

  /** `127.0.0.1:PORT` of the first broker. */
  get address(): string {
    return this.addressOf(0);
  }

  addressOf(broker: number): string {
    return `127.0.0.1:${this.#ports[broker]}`;
  }

  get options(): StandInOptions {
    return this.#options;
  }

  /** Connections to each broker. */
  get connections(): readonly number[] {
    return [0, 1].map((broker) => [...this.#sessions].filter((s) => s.broker === broker).length);
  }

  topic(name: string): StandInTopic {
    const full = name.includes("://") ? name : `persistent://public/default/${name}`;
    const known = this.topics.get(full) ?? new StandInTopic();
    this.topics.set(full, known);
    return known;
  }

  async start(): Promise<void> {
    this.#servers = await Promise.all(
      this.#ports.map(
        (port, broker) =>
          new Promise<Server>((resolve, reject) => {
            const accept = (socket: Socket): void => this.#accept(socket, broker);
            const { tls } = this.#options;
            const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
            server.once("error", reject);
            server.listen(port, "127.0.0.1", () => resolve(server));
          }),
      ),
    );
  }

  /** Cuts all connections; what is stored stays. */
  async stop(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    this.cut();
    await Promise.all(closed);
    this.#servers = [];
  }

  cut(): void {
    for (const session of [...this.#sessions]) session.socket.destroy();
  }

  /** Asks all producers and consumers of a topic to leave, as when it moves to another broker. */
  unload(name: string): void {
    for (const session of this.#sessions) session.unload(this.topic(name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #accept(socket: Socket, broker: number): void {
    const session = new Session(this, socket, broker);
    this.#sessions.add(session);
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#sessions.delete(session);
      session.end();
    });
  }
}

interface Subscribed extends StandInConsumer {
  readonly topic: StandInTopic;
  readonly subscription: StandInSubscription;
}

class Session {
  readonly socket: Socket;
  readonly broker: number;
  readonly #standIn: PulsarStandIn;
  readonly #producers = new Map<bigint, StandInTopic>();
  readonly #consumers = new Map<bigint, Subscribed>();
  #buffer = Buffer.alloc(0);
  #isConnected = false;

  constructor(standIn: PulsarStandIn, socket: Socket, broker: number) {
    this.#standIn = standIn;
    this.socket = socket;
    this.broker = broker;
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      try {
        this.#read();
      } catch (error) {
        // As a broker does with what it cannot read.
        console.error("Pulsar stand-in:", error);
        socket.destroy();
      }
    });
  }

  end(): void {
    for (const consumer of this.#consumers.values()) consumer.subscription.leave(consumer);
    this.#consumers.clear();
    this.#producers.clear();
  }

  unload(topic: StandInTopic): void {
    for (const [id, of] of [...this.#producers]) {
      if (of !== topic) continue;
      this.#producers.delete(id);
      this.#send(15, [
        [1, id],
        [2, 0],
      ]);
    }
    for (const [id, consumer] of [...this.#consumers]) {
      if (consumer.topic !== topic) continue;
      this.#consumers.delete(id);
      consumer.subscription.leave(consumer);
      this.#send(16, [
        [1, id],
        [2, 0],
      ]);
    }
  }

  #read(): void {
    while (this.#buffer.length >= 4) {
      const size = this.#buffer.readUInt32BE(0);
      if (this.#buffer.length < size + 4) return;
      const frame = this.#buffer.subarray(4, size + 4);
      this.#buffer = this.#buffer.subarray(size + 4);
      const commandSize = frame.readUInt32BE(0);
      const base = new Fields(frame.subarray(4, commandSize + 4));
      const type = Number(base.required(1));
      if (!base.has(type)) throw new Error(`command ${type} without its member`);
      if (!this.#isConnected && type !== 2) throw new Error(`command ${type} before CONNECT`);
      this.#handle(type, base.message(type), frame.subarray(commandSize + 4));
    }
  }

  #handle(type: number, command: Fields, rest: Buffer): void {
    const handlers: Readonly<Record<number, () => void>> = {
      2: () => this.#connect(command),
      4: () => this.#subscribe(command),
      5: () => this.#produce(command),
      6: () => this.#store(command, rest),
      10: () => this.#confirm(command),
      11: () => this.#permit(command),
      15: () => this.#closeProducer(command),
      16: () => this.#leave(command),
      18: () => this.#send(19, []),
      19: () => {},
      20: () => this.#redeliver(command),
      21: () => this.#tellPartitions(command),
      23: () => this.#lookUp(command),
    };
    const handler = handlers[type];
    if (handler === undefined) throw new Error(`unknown command ${type}`);
    handler();
  }

  #connect(command: Fields): void {
    const { token, maxMessageBytes } = this.#standIn.options;
    command.bytes(1);
    const isRight = command.text(5) === "token" && command.text(3) === token?.();
    if (token !== undefined && !isRight) {
      this.#fail(2n ** 64n - 1n, authenticationError, "Unable to authenticate");
      this.socket.end();
      return;
    }
    this.#isConnected = true;
    this.#send(3, [
      [1, "stand-in"],
      [2, 19],
      [3, maxMessageBytes],
    ]);
  }

  #isServedHere(topic: string): boolean {
    return (topic.includes(movedMark) ? 1 : 0) === this.broker;
  }

  #tellPartitions(command: Fields): void {
    this.#send(22, [
      [1, this.#standIn.partitions.get(command.text(1)) ?? 0],
      [2, command.required(2)],
      [3, 0],
    ]);
  }

  #lookUp(command: Fields): void {
    const isHere = this.#isServedHere(command.text(1));
    const address = this.#standIn.addressOf(isHere ? this.broker : 1 - this.broker);
    const isTls = this.#standIn.options.tls !== undefined;
    this.#send(24, [
      isTls ? [2, `pulsar+ssl://${address}`] : [1, `pulsar://${address}`],
      [3, isHere ? 1 : 0],
      [4, command.required(2)],
      [5, true],
    ]);
  }

  /** @returns false when the client was told that it is wrong */
  #admits(command: Fields, requestId: bigint, schemaField: number): boolean {
    const name = command.text(1);
    if (!this.#isServedHere(name)) {
      this.#fail(requestId, serviceNotReady, "Namespace bundle is not served by this instance");
      return false;
    }
    if (!command.has(schemaField)) return true;
    const topic = this.#standIn.topic(name);
    const schema = command.message(schemaField);
    const given = { type: schema.number(4), text: schema.text(3) };
    topic.schema ??= given;
    if (topic.schema.type === given.type && topic.schema.text === given.text) return true;
    this.#fail(requestId, incompatibleSchema, "Incompatible schema");
    return false;
  }

  #produce(command: Fields): void {
    const [producerId, requestId] = [command.required(2), command.required(3)];
    if (!this.#admits(command, requestId, 7)) return;
    this.#producers.set(producerId, this.#standIn.topic(command.text(1)));
    this.#send(17, [
      [1, requestId],
      [2, command.text(4) || `stand-in-${producerId}`],
      [3, -1],
      [4, command.has(7) ? Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]) : Buffer.alloc(0)],
    ]);
  }

  #store(command: Fields, rest: Buffer): void {
    const [producerId, sequence] = [command.required(1), command.required(2)];
    const topic = this.#producers.get(producerId);
    if (topic === undefined) return;
    const isWhole =
      rest.readUInt16BE(0) === 0x0e01 && rest.readUInt32BE(2) === crc(rest.subarray(6));
    if (!isWhole) {
      this.#send(8, [
        [1, producerId],
        [2, sequence],
        [3, checksumError],
        [4, "Checksum failed on the broker"],
      ]);
      return;
    }
    const size = rest.readUInt32BE(6);
    const metadata = rest.subarray(10, 10 + size);
    const fields = new Fields(metadata);
    // What Pulsar requires of it.
    if (fields.text(1) === "") throw new Error("metadata without producer name");
    fields.required(2);
    fields.required(3);
    if ((command.number(3) || 1) !== (fields.number(11) || 1)) throw new Error("unequal counts");
    const { id } = topic.add(Buffer.from(rest), Buffer.from(metadata), rest.subarray(10 + size));
    this.#send(7, [
      [1, producerId],
      [2, sequence],
      [3, messageId(id)],
    ]);
  }

  #subscribe(command: Fields): void {
    const [kind, consumerId, requestId] = [3, 4, 5].map((field) => command.required(field));
    if (kind === undefined || consumerId === undefined || requestId === undefined) return;
    if (!this.#admits(command, requestId, 12)) return;
    const topic = this.#standIn.topic(command.text(1));
    const type = Number(kind) as SubscriptionKind;
    const subscription = topic.subscription(command.text(2), type, command.number(13) === 1);
    const consumer: Subscribed = {
      name: `${consumerId}`,
      permits: 0,
      topic,
      subscription,
      deliver: (entry, remaining, redeliveries) => {
        const full = (1n << BigInt(entry.size)) - 1n;
        const bits = remaining === full ? [] : words(remaining, entry.size);
        this.#send(
          9,
          [
            [1, consumerId],
            [2, messageId(entry.id)],
            [3, redeliveries],
            ...bits.map((word) => [4, word] as const),
          ],
          Buffer.concat([brokerMetadata, entry.rest]),
        );
      },
    };
    const refusal = subscription.join(consumer, type);
    if (refusal !== undefined) {
      this.#fail(requestId, consumerBusy, refusal);
      return;
    }
    this.#consumers.set(consumerId, consumer);
    this.#send(13, [[1, requestId]]);
  }

  #permit(command: Fields): void {
    const consumer = this.#consumers.get(command.required(1));
    if (consumer === undefined) return;
    consumer.permits += Number(command.required(2));
    consumer.subscription.dispatch();
  }

  #confirm(command: Fields): void {
    const consumer = this.#consumers.get(command.required(1));
    command.required(2);
    for (const id of command.messages(3)) {
      id.required(1);
      const bits = id.integers(5).map((word) => BigInt.asUintN(64, word));
      const mask = bits.reduce((sum, word, index) => sum | (word << BigInt(64 * index)), 0n);
      const part = bits.length === 0 ? undefined : mask;
      consumer?.subscription.confirm(Number(id.required(2)), part);
    }
  }

  #redeliver(command: Fields): void {
    const consumer = this.#consumers.get(command.required(1));
    const ids = command.messages(2).map((id) => Number(id.required(2)));
    consumer?.subscription.redeliver(consumer, ids.length === 0 ? undefined : ids);
  }

  #closeProducer(command: Fields): void {
    this.#producers.delete(command.required(1));
    this.#send(13, [[1, command.required(2)]]);
  }

  #leave(command: Fields): void {
    const consumer = this.#consumers.get(command.required(1));
    this.#consumers.delete(command.required(1));
    consumer?.subscription.leave(consumer);
    this.#send(13, [[1, command.required(2)]]);
  }

  #fail(requestId: bigint, code: number, text: string): void {
    this.#send(14, [
      [1, requestId],
      [2, code],
      [3, text],
    ]);
  }

  #send(
    type: number,
    fields: Parameters<typeof encodeFields>[0],
    rest: Buffer = Buffer.alloc(0),
  ): void {
    const command = encodeFields([
      [1, type],
      [type, encodeFields(fields)],
    ]);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(4 + command.length + rest.length, 0);
    head.writeUInt32BE(command.length, 4);
    this.socket.write(Buffer.concat([head, command, rest]));
  }
}

const messageId = (entry: number): Buffer =>
  encodeFields([
    [1, 7],
    [2, entry],
    [3, -1],
  ]);

function words(bits: bigint, size: number): bigint[] {
  return Array.from({ length: Math.ceil(size / 64) }, (_, index) =>
    BigInt.asUintN(64, bits >> BigInt(64 * index)),
  );
}

/** What brokers may put before a message: when it came. */
const brokerMetadata = ((): Buffer => {
  const fields = encodeFields([
    [1, 1_700_000_000_000],
    [2, 5],
  ]);
  const head = Buffer.alloc(6);
  head.writeUInt16BE(0x0e02, 0);
  head.writeUInt32BE(fields.length, 2);
  return Buffer.concat([head, fields]);
})();

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++)
    value = value % 2 === 0 ? value >>> 1 : (value >>> 1) ^ 0x82f63b78;
  return value >>> 0;
});

/** CRC-32C. */
function crc(bytes: Buffer): number {
  let value = 0xff_ff_ff_ff;
  for (const byte of bytes) value = (value >>> 8) ^ (crcTable[(value ^ byte) & 255] ?? 0);
  return ~value >>> 0;
}
