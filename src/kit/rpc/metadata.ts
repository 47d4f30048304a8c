/**
 * Call metadata (HTTP/2 header fields above the transport) as a flat list, because most calls only copy it.
 *
 * Keys are lower case. Values of keys that end in `-bin` are kept in their wire form (base64), so that a proxy
 * forwards them untouched; {@link Metadata.getBinary} decodes on demand. Source: gRPC over HTTP/2, "Custom-Metadata".
 */
export class Metadata {
  /** key0, value0, key1, value1, ... in wire order. */
  readonly entries: string[];

  constructor(entries: string[] = []) {
    this.entries = entries;
  }

  static from(record: Readonly<Record<string, string | readonly string[]>>): Metadata {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(record)) {
      if (typeof value === "string") metadata.add(key, value);
      else for (const one of value) metadata.add(key, one);
    }
    return metadata;
  }

  /** The first value of a key (lower case), or undefined. */
  get(key: string): string | undefined {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === key) return entries[i + 1];
    return undefined;
  }

  getAll(key: string): string[] {
    const { entries } = this;
    const values: string[] = [];
    for (let i = 0; i < entries.length; i += 2) {
      if (entries[i] === key) values.push(entries[i + 1] as string);
    }
    return values;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Decodes the first value of a `-bin` key; padded and unpadded base64 are both accepted. */
  getBinary(key: string): Buffer | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : Buffer.from(value, "base64");
  }

  add(key: string, value: string): void {
    this.entries.push(key.toLowerCase(), value);
  }

  addBinary(key: string, value: Uint8Array): void {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.entries.push(key.toLowerCase(), bytes.toString("base64").replace(/=+$/, ""));
  }

  /** Replaces all values of a key by one. */
  set(key: string, value: string): void {
    this.delete(key.toLowerCase());
    this.add(key, value);
  }

  /** Removes all values of a key (lower case). */
  delete(key: string): void {
    const { entries } = this;
    let kept = 0;
    for (let i = 0; i < entries.length; i += 2) {
      if (entries[i] === key) continue;
      entries[kept] = entries[i] as string;
      entries[kept + 1] = entries[i + 1] as string;
      kept += 2;
    }
    entries.length = kept;
  }

  clone(): Metadata {
    return new Metadata(this.entries.slice());
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  *[Symbol.iterator](): Generator<readonly [key: string, value: string]> {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += 2) {
      yield [entries[i] as string, entries[i + 1] as string];
    }
  }
}
