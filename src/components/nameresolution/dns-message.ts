/**
 * DNS messages (RFC 1035) with the record types of service discovery. Input comes from anybody on the network: names and
 * record counts are bounded, other record types are skipped.
 */

export const recordType = { a: 1, ptr: 12, txt: 16, aaaa: 28, srv: 33 } as const;

export const classInternet = 1;
/** In a question: answer me alone (QU). In a record: forget what you knew (cache flush). */
export const topBit = 0x8000;

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

interface RecordHead {
  /** Labels joined by dots, with a dot at the end; a dot or backslash inside a label is escaped with a backslash. */
  readonly name: string;
  readonly class: number;
  /** Seconds. */
  readonly ttl: number;
}
export type DnsRecord =
  | (RecordHead & { readonly type: typeof recordType.ptr; readonly target: string })
  | (RecordHead & {
      readonly type: typeof recordType.srv;
      readonly target: string;
      readonly port: number;
    })
  | (RecordHead & { readonly type: typeof recordType.txt; readonly texts: readonly string[] })
  | (RecordHead & {
      readonly type: typeof recordType.a | typeof recordType.aaaa;
      readonly address: string;
    });

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly isAuthoritative: boolean;
  readonly questions: readonly Question[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

const headerBytes = 12;
const responseFlag = 0x8000;
const authoritativeFlag = 0x0400;
const maxNameBytes = 255;
/** More than any sidecar sends. */
const maxEntries = 256;

export class DnsFormatError extends Error {
  override readonly name = "DnsFormatError";
}

/** @throws {DnsFormatError} */
export function decodeDns(bytes: Buffer): DnsMessage {
  const reader = new Reader(bytes);
  if (bytes.length < headerBytes) throw new DnsFormatError("message too short");
  const id = reader.uint16();
  const flags = reader.uint16();
  const counts = [reader.uint16(), reader.uint16(), reader.uint16(), reader.uint16()] as const;
  if (counts[0] + counts[1] + counts[2] + counts[3] > maxEntries) {
    throw new DnsFormatError("too many entries");
  }
  const questions: Question[] = [];
  for (let i = 0; i < counts[0]; i++) {
    questions.push({ name: reader.name(), type: reader.uint16(), class: reader.uint16() });
  }
  return {
    id,
    isResponse: (flags & responseFlag) !== 0,
    isAuthoritative: (flags & authoritativeFlag) !== 0,
    questions,
    answers: reader.records(counts[1]),
    authorities: reader.records(counts[2]),
    additionals: reader.records(counts[3]),
  };
}

class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint16(): number {
    this.#need(2);
    const value = this.#bytes.readUInt16BE(this.#offset);
    this.#offset += 2;
    return value;
  }

  uint32(): number {
    return this.uint16() * 0x10000 + this.uint16();
  }

  records(count: number): DnsRecord[] {
    const records: DnsRecord[] = [];
    for (let i = 0; i < count; i++) {
      const record = this.#record();
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  name(): string {
    let text = "";
    let offset = this.#offset;
    /** Pointers must lead backwards, so that there is an end. */
    let limit = offset;
    let after = -1;
    let length = 0;
    for (;;) {
      const size = this.#byteAt(offset);
      if (size === 0) break;
      if (size >= 0xc0) {
        const target = (size & 0x3f) * 256 + this.#byteAt(offset + 1);
        if (after < 0) after = offset + 2;
        if (target >= limit) throw new DnsFormatError("name points forward");
        limit = target;
        offset = target;
        continue;
      }
      if (size > 0x3f) throw new DnsFormatError("unknown label type");
      const end = offset + 1 + size;
      length += size + 1;
      if (length > maxNameBytes || end > this.#bytes.length) throw new DnsFormatError("bad name");
      text += `${escapeLabel(this.#bytes.toString("utf8", offset + 1, end))}.`;
      offset = end;
    }
    this.#offset = after < 0 ? offset + 1 : after;
    return text === "" ? "." : text;
  }

  #record(): DnsRecord | undefined {
    const name = this.name();
    const type = this.uint16();
    const recordClass = this.uint16();
    const ttl = this.uint32();
    const length = this.uint16();
    const start = this.#offset;
    const end = start + length;
    this.#need(length);
    const head = { name, class: recordClass, ttl };
    let record: DnsRecord | undefined;
    if (type === recordType.ptr) record = { ...head, type, target: this.name() };
    else if (type === recordType.srv) {
      // Priority and weight mean nothing here.
      this.uint32();
      record = { ...head, type, port: this.uint16(), target: this.name() };
    } else if (type === recordType.txt) record = { ...head, type, texts: this.#texts(end) };
    else if (type === recordType.a && length === 4) {
      record = { ...head, type, address: this.#bytes.subarray(start, end).join(".") };
    } else if (type === recordType.aaaa && length === 16) {
      record = { ...head, type, address: formatIpv6(this.#bytes.subarray(start, end)) };
    }
    if (this.#offset > end) throw new DnsFormatError("record too short");
    this.#offset = end;
    return record;
  }

  #texts(end: number): string[] {
    const texts: string[] = [];
    let offset = this.#offset;
    while (offset < end) {
      const next = offset + 1 + this.#byteAt(offset);
      if (next > end) throw new DnsFormatError("bad text");
      texts.push(this.#bytes.toString("utf8", offset + 1, next));
      offset = next;
    }
    return texts;
  }

  #byteAt(offset: number): number {
    const byte = this.#bytes[offset];
    if (byte === undefined) throw new DnsFormatError("message too short");
    return byte;
  }

  #need(length: number): void {
    if (this.#offset + length > this.#bytes.length) throw new DnsFormatError("message too short");
  }
}

/** @throws {DnsFormatError} when a label is empty or longer than 63 bytes, or an address is none */
export function encodeDns(message: DnsMessage): Buffer {
  const writer = new Writer();
  writer.uint16(message.id);
  writer.uint16(
    (message.isResponse ? responseFlag : 0) | (message.isAuthoritative ? authoritativeFlag : 0),
  );
  const sections = [message.answers, message.authorities, message.additionals];
  writer.uint16(message.questions.length);
  for (const section of sections) writer.uint16(section.length);
  for (const question of message.questions) {
    writer.name(question.name);
    writer.uint16(question.type);
    writer.uint16(question.class);
  }
  for (const section of sections) for (const record of section) writer.record(record);
  return writer.finish();
}

class Writer {
  readonly #bytes: number[] = [];
  /** Offsets of names that were written, for compression. */
  readonly #names = new Map<string, number>();

  finish(): Buffer {
    return Buffer.from(this.#bytes);
  }

  uint16(value: number): void {
    this.#bytes.push((value >> 8) & 0xff, value & 0xff);
  }

  record(record: DnsRecord): void {
    this.name(record.name);
    this.uint16(record.type);
    this.uint16(record.class);
    this.uint16(record.ttl / 0x10000);
    this.uint16(record.ttl);
    const lengthAt = this.#bytes.length;
    this.uint16(0);
    this.#data(record);
    const length = this.#bytes.length - lengthAt - 2;
    this.#bytes[lengthAt] = length >> 8;
    this.#bytes[lengthAt + 1] = length & 0xff;
  }

  name(name: string): void {
    let rest = name;
    while (rest !== "" && rest !== ".") {
      const known = this.#names.get(rest);
      if (known !== undefined) {
        this.uint16(0xc000 | known);
        return;
      }
      if (this.#bytes.length < 0x4000) this.#names.set(rest, this.#bytes.length);
      const end = labelEnd(rest);
      const label = Buffer.from(unescapeLabel(rest.slice(0, end)));
      if (label.length === 0 || label.length > 63) throw new DnsFormatError(`bad name ${name}`);
      this.#bytes.push(label.length, ...label);
      rest = rest.slice(end + 1);
    }
    this.#bytes.push(0);
  }

  #data(record: DnsRecord): void {
    switch (record.type) {
      case recordType.ptr:
        this.name(record.target);
        break;
      case recordType.srv:
        this.uint16(0);
        this.uint16(0);
        this.uint16(record.port);
        this.name(record.target);
        break;
      case recordType.txt:
        for (const text of record.texts) {
          const bytes = Buffer.from(text).subarray(0, 255);
          this.#bytes.push(bytes.length, ...bytes);
        }
        break;
      default: {
        const bytes = addressBytes(record.address);
        if (bytes === undefined) throw new DnsFormatError(`bad address ${record.address}`);
        this.#bytes.push(...bytes);
      }
    }
  }
}

/** Makes a label of any text. */
export function escapeLabel(label: string): string {
  return /[.\\]/.test(label) ? label.replace(/[.\\]/g, "\\$&") : label;
}

function unescapeLabel(label: string): string {
  return label.includes("\\") ? label.replace(/\\(.)/gs, "$1") : label;
}

/** Offset of the first dot that is not escaped. */
function labelEnd(name: string): number {
  for (let i = 0; i < name.length; i++) {
    if (name[i] === "\\") i++;
    else if (name[i] === ".") return i;
  }
  return name.length;
}

/** 4 or 16 bytes of an IP literal; undefined for anything else. */
export function addressBytes(address: string): Uint8Array | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const bytes = address.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? Uint8Array.from(bytes) : undefined;
  }
  if (!address.includes(":")) return undefined;
  return ipv6Bytes(address);
}

function ipv6Bytes(address: string): Uint8Array | undefined {
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(ipv6Groups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function ipv6Groups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (part.includes(".") && i === parts.length - 1) {
      const bytes = part.includes(":") ? undefined : addressBytes(part);
      if (bytes?.length !== 4) return undefined;
      groups.push(bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!);
    } else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Shortest form (RFC 5952). */
function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes[i]! * 256 + bytes[i + 1]!);
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(":");
  if (best.length === 1) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
