/**
 * HPACK encoding (RFC 7541). Strings are sent raw: that costs a few bytes and saves the Huffman work on both sides.
 */
import { staticCount, staticNameIndex } from "./hpack-static.ts";

/** We never keep more than the initial table, whatever the peer allows. Bytes. */
const largestTable = 4096;
/** Names whose values are followed; a peer that sends ever new names gets literals. */
const maxFollowedNames = 256;
/** Longer values are never put into the table. Characters. */
const maxIndexedValue = 512;

/** What the encoder knows of one header name. */
interface Name {
  /** A value that comes twice in a row is worth an entry. */
  lastValue: string | null;
  /** Number of insertion by value, for those in the table. */
  readonly entries: Map<string, number>;
}

interface Entry {
  readonly name: Name;
  readonly value: string;
  readonly size: number;
}

export class HpackEncoder {
  /** The block being built, up to {@link length}. */
  block: Buffer = Buffer.allocUnsafeSlow(1024);
  length = 0;

  readonly #names = new Map<string, Name>();
  /** Entries in insertion order; the oldest is at #oldest. */
  readonly #table: (Entry | undefined)[] = [];
  #oldest = 0;
  #inserted = 0;
  #tableBytes = 0;
  #tableLimit = largestTable;
  #announce = -1;

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. The change is announced in the next block. */
  setTableLimit(bytes: number): void {
    const limit = Math.min(bytes, largestTable);
    if (limit >= this.#tableLimit) return;
    this.#tableLimit = limit;
    this.#announce = limit;
    this.#evict(limit);
  }

  begin(): void {
    this.length = 0;
    if (this.#announce >= 0) {
      this.#integer(0x20, 0x1f, this.#announce);
      this.#announce = -1;
    }
  }

  /** A field of the static table, complete with value. */
  indexed(index: number): void {
    this.#room(8);
    this.#integer(0x80, 0x7f, index);
  }

  /** A field that hardly ever repeats. */
  literal(name: string, value: string): void {
    this.#write(0, 0x0f, name, value);
  }

  /**
   * A field that may repeat.
   * @param isConstant known to repeat: indexed at first sight
   */
  field(name: string, value: string, isConstant: boolean): void {
    let known = this.#names.get(name);
    if (known === undefined) {
      if (this.#names.size >= maxFollowedNames) {
        this.literal(name, value);
        return;
      }
      known = { lastValue: null, entries: new Map() };
      this.#names.set(name, known);
    }
    const insertion = known.entries.get(value);
    if (insertion !== undefined) {
      this.#room(8);
      this.#integer(0x80, 0x7f, staticCount + this.#inserted - insertion);
      return;
    }
    const isRepeated = isConstant || known.lastValue === value;
    known.lastValue = value;
    const size = name.length + value.length + 32;
    if (!isRepeated || value.length > maxIndexedValue || size > this.#tableLimit) {
      this.literal(name, value);
      return;
    }
    this.#write(0x40, 0x3f, name, value);
    this.#evict(this.#tableLimit - size);
    this.#table.push({ name: known, value, size });
    known.entries.set(value, this.#inserted++);
    this.#tableBytes += size;
  }

  /** Where a field is in the table now, or 0. */
  indexOf(name: string, value: string): number {
    const insertion = this.#names.get(name)?.entries.get(value);
    return insertion === undefined ? 0 : staticCount + this.#inserted - insertion;
  }

  #evict(allowedBytes: number): void {
    while (this.#tableBytes > allowedBytes) {
      const entry = this.#table[this.#oldest] as Entry;
      this.#table[this.#oldest++] = undefined;
      this.#tableBytes -= entry.size;
      entry.name.entries.delete(entry.value);
    }
    if (this.#oldest >= 256) {
      this.#table.splice(0, this.#oldest);
      this.#oldest = 0;
    }
  }

  #write(mark: number, prefix: number, name: string, value: string): void {
    this.#room(name.length + value.length + 24);
    const index = staticNameIndex.get(name);
    if (index !== undefined) {
      this.#integer(mark, prefix, index);
    } else {
      this.block[this.length++] = mark;
      this.#string(name);
    }
    this.#string(value);
  }

  #string(text: string): void {
    this.#integer(0, 0x7f, text.length);
    const { block } = this;
    const { length } = text;
    let at = this.length;
    if (length > 32) {
      at += block.write(text, at, length, "latin1");
    } else {
      for (let i = 0; i < length; i++) block[at++] = text.charCodeAt(i);
    }
    this.length = at;
  }

  #integer(mark: number, prefix: number, value: number): void {
    const { block } = this;
    if (value < prefix) {
      block[this.length++] = mark | value;
      return;
    }
    block[this.length++] = mark | prefix;
    let rest = value - prefix;
    while (rest >= 0x80) {
      block[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    block[this.length++] = rest;
  }

  #room(bytes: number): void {
    if (this.block.length - this.length >= bytes) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.block.length * 2, this.length + bytes));
    this.block.copy(larger, 0, 0, this.length);
    this.block = larger;
  }
}
