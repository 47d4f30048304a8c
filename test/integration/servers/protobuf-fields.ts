/** Protobuf by field numbers alone, for stand-ins: nothing of what is tested is used to make or read messages. */

type Value = bigint | number | boolean | string | Uint8Array | undefined;

/** Fields in the order in which they are given; undefined ones are left out. */
export function encodeFields(fields: readonly (readonly [number, Value])[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const [number, value] of fields) {
    if (value === undefined) continue;
    if (typeof value === "string" || value instanceof Uint8Array) {
      const bytes = Buffer.from(value);
      parts.push(varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes);
    } else {
      parts.push(varint(BigInt(number * 8)), varint(BigInt.asUintN(64, BigInt(value))));
    }
  }
  return Buffer.concat(parts);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128n) {
    bytes.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export class Fields {
  readonly #values = new Map<number, (bigint | Buffer)[]>();

  /** @throws {Error} */
  constructor(bytes: Buffer) {
    let at = 0;
    const next = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes.readUInt8(at++);
        value += BigInt(byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = Number(next());
      const values = this.#values.get(tag >> 3) ?? [];
      this.#values.set(tag >> 3, values);
      if (tag % 8 === 0) {
        values.push(next());
        continue;
      }
      if (tag % 8 !== 2) throw new Error(`unexpected wire type ${tag % 8}`);
      const length = Number(next());
      values.push(bytes.subarray(at, at + length));
      at += length;
    }
  }

  has(number: number): boolean {
    return this.#values.has(number);
  }

  /** @throws {Error} a required field is missing */
  required(number: number): bigint {
    const value = this.#values.get(number)?.at(-1);
    if (typeof value !== "bigint") throw new Error(`field ${number} is missing`);
    return value;
  }

  number(number: number): number {
    const value = this.#values.get(number)?.at(-1);
    return typeof value === "bigint" ? Number(value) : 0;
  }

  text(number: number): string {
    return this.bytes(number).toString();
  }

  bytes(number: number): Buffer {
    const value = this.#values.get(number)?.at(-1);
    return value instanceof Buffer ? value : Buffer.alloc(0);
  }

  message(number: number): Fields {
    return new Fields(this.bytes(number));
  }

  messages(number: number): Fields[] {
    const all = this.#values.get(number) ?? [];
    return all.map((value) => new Fields(value as Buffer));
  }

  /** Repeated integers, one by one or packed. */
  integers(number: number): bigint[] {
    const all = this.#values.get(number) ?? [];
    return all.flatMap((value) => (typeof value === "bigint" ? [value] : unpack(value)));
  }
}

function unpack(bytes: Buffer): bigint[] {
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value += BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte >= 128) continue;
    values.push(value);
    value = 0n;
    shift = 0n;
  }
  return values;
}
