/**
 * HPACK decoding (RFC 7541). Fields come out as objects of the tables, so that a repeated request costs one array read
 * per field.
 */
import { HeaderField } from "./header-field.ts";
import { staticCount, staticFields } from "./hpack-static.ts";
import { huffmanDecode } from "./huffman.ts";

/** The block cannot be decoded; the connection is lost, because the tables are out of step. */
export class HpackError extends Error {
  override readonly name = "HpackError";
}

/** Integers of HPACK above this are refused. */
const largestInteger = 2 ** 28;

export class HpackDecoder {
  /** The fields of the last block, overwritten by the next one. */
  readonly fields: HeaderField[] = [];
  /** The last block was larger than the limit: `fields` is incomplete, the table is in step. */
  isOverLimit = false;

  readonly #maxListBytes: number;
  /** What we announced as SETTINGS_HEADER_TABLE_SIZE. */
  readonly #maxTableBytes: number;
  #tableLimit: number;
  #tableBytes = 0;
  /** Ring of entries; the newest is at head - 1. */
  readonly #ring: HeaderField[];
  readonly #mask: number;
  #head = 0;
  #count = 0;
  #scratch: Buffer = Buffer.allocUnsafeSlow(512);

  #source: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /**
   * @param limits.maxListBytes name, value and 32 for each field, together
   * @param limits.maxTableBytes announced table size, default 4096
   */
  constructor(limits: { maxListBytes: number; maxTableBytes?: number }) {
    this.#maxListBytes = limits.maxListBytes;
    this.#maxTableBytes = limits.maxTableBytes ?? 4096;
    this.#tableLimit = this.#maxTableBytes;
    let slots = 1;
    while (slots * 32 < this.#maxTableBytes + 32) slots *= 2;
    this.#mask = slots - 1;
    this.#ring = new Array<HeaderField>(slots).fill(staticFields[0] as HeaderField);
  }

  /** Bytes in the dynamic table. */
  get tableBytes(): number {
    return this.#tableBytes;
  }

  /** @throws {HpackError} */
  decode(source: Buffer, start: number, end: number): void {
    this.#source = source;
    this.#at = start;
    this.#end = end;
    const { fields } = this;
    fields.length = 0;
    this.isOverLimit = false;
    let listBytes = 0;
    let mayResize = true;
    while (this.#at < end) {
      const byte = source[this.#at] as number;
      let field: HeaderField;
      if (byte >= 0x80) {
        const index = byte & 0x7f;
        if (index < 0x7f) {
          this.#at++;
          field = this.#entry(index);
        } else {
          field = this.#entry(this.#integer(0x7f));
        }
      } else if (byte >= 0x40) {
        field = this.#literal(0x3f);
        this.#insert(field);
      } else if (byte >= 0x20) {
        if (!mayResize) throw new HpackError("table size update inside a block");
        this.#resize(this.#integer(0x1f));
        continue;
      } else {
        field = this.#literal(0x0f);
      }
      mayResize = false;
      listBytes += field.size;
      if (listBytes > this.#maxListBytes) this.isOverLimit = true;
      else fields.push(field);
    }
    this.#source = staticSource;
  }

  #entry(index: number): HeaderField {
    if (index <= staticCount) {
      if (index === 0) throw new HpackError("index 0");
      return staticFields[index] as HeaderField;
    }
    const age = index - staticCount;
    if (age > this.#count) throw new HpackError("index beyond the table");
    return this.#ring[(this.#head - age) & this.#mask] as HeaderField;
  }

  #literal(prefix: number): HeaderField {
    const index = this.#integer(prefix);
    const name = index === 0 ? this.#string() : this.#entry(index).name;
    return new HeaderField(name, this.#string());
  }

  #insert(field: HeaderField): void {
    this.#evict(this.#tableLimit - field.size);
    // An entry larger than the table empties it and is not added (RFC 7541 §4.4).
    if (field.size > this.#tableLimit) return;
    this.#ring[this.#head & this.#mask] = field;
    this.#head++;
    this.#count++;
    this.#tableBytes += field.size;
  }

  #evict(allowedBytes: number): void {
    while (this.#tableBytes > allowedBytes && this.#count > 0) {
      const oldest = (this.#head - this.#count) & this.#mask;
      this.#tableBytes -= (this.#ring[oldest] as HeaderField).size;
      this.#ring[oldest] = staticFields[0] as HeaderField;
      this.#count--;
    }
  }

  #resize(bytes: number): void {
    if (bytes > this.#maxTableBytes) throw new HpackError("table size above the setting");
    this.#tableLimit = bytes;
    this.#evict(bytes);
  }

  #integer(prefix: number): number {
    let value = (this.#source[this.#at++] as number) & prefix;
    if (value < prefix) return value;
    let factor = 1;
    for (;;) {
      if (this.#at >= this.#end) throw new HpackError("integer cut short");
      const byte = this.#source[this.#at++] as number;
      value += (byte & 0x7f) * factor;
      if (value > largestInteger || factor > largestInteger)
        throw new HpackError("integer too large");
      if (byte < 0x80) return value;
      factor *= 128;
    }
  }

  #string(): string {
    if (this.#at >= this.#end) throw new HpackError("string cut short");
    const isHuffman = (this.#source[this.#at] as number) >= 0x80;
    const length = this.#integer(0x7f);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw new HpackError("string cut short");
    this.#at = end;
    if (!isHuffman) return this.#source.toString("latin1", start, end);
    const room = Math.ceil((length * 8) / 5);
    if (room > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(room);
    const written = huffmanDecode(this.#source, start, end, this.#scratch);
    if (written < 0) throw new HpackError("malformed Huffman code");
    return this.#scratch.toString("latin1", 0, written);
  }
}

/** Stands in after a block, so that the decoder does not pin the read buffer. */
const staticSource = Buffer.alloc(0);
