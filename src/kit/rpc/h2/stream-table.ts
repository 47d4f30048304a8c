/**
 * The open streams of a connection by number. Not a Map: when one that comes and goes rehashes, V8 links the old table to
 * the new one, and once any of them is in the old generation, all that was ever removed stays until the next full
 * collection. That was two thirds of the garbage collector's work under load.
 */
import type { Stream } from "./stream.ts";

const firstSlots = 64;

export class StreamTable {
  #slots: (Stream | undefined)[] = new Array<Stream | undefined>(firstSlots).fill(undefined);
  /** Streams that outlived others of their slot. */
  readonly #old = new Map<number, Stream>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Stream | undefined {
    const stream = this.#slots[this.#slot(id)];
    if (stream !== undefined && stream.id === id) return stream;
    return this.#old.size === 0 ? undefined : this.#old.get(id);
  }

  /** The stream must not be in it. */
  add(stream: Stream): void {
    if (++this.#size * 2 > this.#slots.length) this.#grow();
    this.#put(stream);
  }

  delete(id: number): void {
    const slot = this.#slot(id);
    if (this.#slots[slot]?.id === id) this.#slots[slot] = undefined;
    else if (!this.#old.delete(id)) return;
    this.#size--;
  }

  /** As they are now, in the order of their numbers. */
  all(): Stream[] {
    const streams = this.#slots.filter((stream) => stream !== undefined);
    streams.push(...this.#old.values());
    return streams.sort((a, b) => a.id - b.id);
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#old.clear();
    this.#size = 0;
  }

  /** Numbers of one side are all odd or all even. */
  #slot(id: number): number {
    return (id >>> 1) & (this.#slots.length - 1);
  }

  #put(stream: Stream): void {
    const slot = this.#slot(stream.id);
    const before = this.#slots[slot];
    if (before !== undefined) this.#old.set(before.id, before);
    this.#slots[slot] = stream;
  }

  #grow(): void {
    const streams = this.all();
    this.#slots = new Array<Stream | undefined>(this.#slots.length * 2).fill(undefined);
    this.#old.clear();
    for (const stream of streams) this.#put(stream);
  }
}
