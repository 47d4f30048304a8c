/** What a stand-in for Pulsar keeps: topics with entries, and subscriptions with what is confirmed. */
import { Fields } from "./protobuf-fields.ts";

/** A message or a batch, as it came. */
export interface StoredEntry {
  readonly id: number;
  /** Checksum, metadata and payload. */
  readonly rest: Buffer;
  readonly metadata: Fields;
  readonly payload: Buffer;
  /** Messages of the batch. */
  readonly size: number;
  readonly key: string;
  /** Unix ms, or 0. */
  readonly deliverAt: number;
}

export interface StandInConsumer {
  readonly name: string;
  permits: number;
  /** Sends an entry; `remaining` has a bit for each message that is not confirmed. */
  deliver(entry: StoredEntry, remaining: bigint, redeliveries: number): void;
}

interface Delivered {
  readonly consumer: StandInConsumer;
}

export type SubscriptionKind = 0 | 1 | 2 | 3;
const exclusive = 0;
const shared = 1;
const keyShared = 3;

export class StandInTopic {
  readonly entries: StoredEntry[] = [];
  readonly subscriptions = new Map<string, StandInSubscription>();
  schema: { readonly type: number; readonly text: string } | undefined;

  add(rest: Buffer, metadataBytes: Buffer, payload: Buffer): StoredEntry {
    const metadata = new Fields(metadataBytes);
    const entry = {
      id: this.entries.length,
      rest,
      metadata,
      payload,
      size: metadata.number(11) || 1,
      key: metadata.text(6),
      deliverAt: metadata.number(19),
    };
    this.entries.push(entry);
    for (const subscription of this.subscriptions.values()) subscription.offer(entry);
    return entry;
  }

  subscription(name: string, kind: SubscriptionKind, fromStart: boolean): StandInSubscription {
    const known = this.subscriptions.get(name);
    if (known !== undefined) return known;
    const made = new StandInSubscription(kind);
    this.subscriptions.set(name, made);
    if (fromStart) for (const entry of this.entries) made.offer(entry);
    return made;
  }
}

export class StandInSubscription {
  kind: SubscriptionKind;
  readonly consumers: StandInConsumer[] = [];
  /** Whether parts of a batch may be confirmed. */
  takesParts = true;
  #ready: StoredEntry[] = [];
  readonly #pending = new Map<number, Delivered & { readonly entry: StoredEntry }>();
  readonly #remaining = new Map<number, bigint>();
  readonly #redeliveries = new Map<number, number>();
  #turn = 0;

  constructor(kind: SubscriptionKind) {
    this.kind = kind;
  }

  /** Entries that are not confirmed. */
  get unconfirmed(): number {
    return this.#remaining.size;
  }

  /** @returns why not, or undefined */
  join(consumer: StandInConsumer, kind: SubscriptionKind): string | undefined {
    if (this.consumers.length > 0 && this.kind !== kind) return "Subscription is of another type";
    if (kind === exclusive && this.consumers.length > 0) return "Exclusive consumer is connected";
    this.kind = kind;
    this.consumers.push(consumer);
    return undefined;
  }

  leave(consumer: StandInConsumer): void {
    const index = this.consumers.indexOf(consumer);
    if (index >= 0) this.consumers.splice(index, 1);
    this.redeliver(consumer, undefined);
  }

  offer(entry: StoredEntry): void {
    this.#remaining.set(entry.id, (1n << BigInt(entry.size)) - 1n);
    const waitMs = entry.deliverAt - Date.now();
    // Only where messages are given to anyone can they be late.
    if (waitMs > 0 && this.#isIndividual) {
      setTimeout(() => {
        this.#enqueue(entry);
        this.dispatch();
      }, waitMs);
      return;
    }
    this.#ready.push(entry);
    this.dispatch();
  }

  /** @param bits of a part of the batch that is not confirmed; undefined: all of it is */
  confirm(id: number, bits: bigint | undefined): void {
    if (bits !== undefined && !this.takesParts) return;
    const left = bits === undefined ? 0n : (this.#remaining.get(id) ?? 0n) & bits;
    if (left > 0n) {
      this.#remaining.set(id, left);
      return;
    }
    this.#remaining.delete(id);
    this.#pending.delete(id);
    this.#ready = this.#ready.filter((entry) => entry.id !== id);
  }

  /** @param ids undefined: all that this consumer has. The others are ignored where there is one active consumer. */
  redeliver(consumer: StandInConsumer, ids: readonly number[] | undefined): void {
    const wanted = this.#isIndividual && ids !== undefined ? new Set(ids) : undefined;
    for (const [id, delivered] of [...this.#pending]) {
      if (delivered.consumer !== consumer || wanted?.has(id) === false) continue;
      this.#pending.delete(id);
      this.#redeliveries.set(id, (this.#redeliveries.get(id) ?? 0) + 1);
      this.#enqueue(delivered.entry);
    }
    this.dispatch();
  }

  dispatch(): void {
    const left: StoredEntry[] = [];
    for (const [index, entry] of this.#ready.entries()) {
      const consumer = this.#consumerFor(entry);
      if (consumer === undefined) {
        // Nobody can take any: the rest is as it is.
        if (this.kind !== keyShared) {
          left.push(...this.#ready.slice(index));
          break;
        }
        left.push(entry);
        continue;
      }
      consumer.permits -= entry.size;
      this.#pending.set(entry.id, { consumer, entry });
      const redeliveries = this.#redeliveries.get(entry.id) ?? 0;
      consumer.deliver(entry, this.#remaining.get(entry.id) ?? 0n, redeliveries);
    }
    this.#ready = left;
  }

  get #isIndividual(): boolean {
    return this.kind === shared || this.kind === keyShared;
  }

  #enqueue(entry: StoredEntry): void {
    const index = this.#ready.findIndex(({ id }) => id > entry.id);
    this.#ready.splice(index < 0 ? this.#ready.length : index, 0, entry);
  }

  #consumerFor(entry: StoredEntry): StandInConsumer | undefined {
    const { consumers } = this;
    if (!this.#isIndividual) return able(consumers[0]);
    if (this.kind === keyShared) {
      const hash = [...entry.key].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
      return able(consumers[hash % Math.max(consumers.length, 1)]);
    }
    for (let i = 0; i < consumers.length; i++) {
      const consumer = able(consumers[this.#turn++ % consumers.length]);
      if (consumer !== undefined) return consumer;
    }
    return undefined;
  }
}

const able = (consumer: StandInConsumer | undefined): StandInConsumer | undefined =>
  consumer !== undefined && consumer.permits > 0 ? consumer : undefined;
