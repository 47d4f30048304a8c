/**
 * Reading and writing DER, the encoding of certificates, requests and keys.
 *
 * Only canonical encodings are read: what was signed is then exactly what {@link encodeDer} gives back.
 * Source: ITU-T X.690.
 */
import asn1, { type Asn1 } from "node-forge/lib/asn1.js";

export type DerValue = Asn1;

const universal = 0x00;
const contextSpecific = 0x80;

/** Universal tag numbers. */
export const tag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  utf8String: 12,
  sequence: 16,
  set: 17,
  printableString: 19,
  utcTime: 23,
  generalizedTime: 24,
} as const;

/** Bytes that are not the DER they should be. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** Certificates and requests beyond this are refused before they are parsed. Bytes. */
const maxDerBytes = 65_536;
const maxDepth = 32;

/** @throws {DerError} */
export function decodeDer(bytes: Uint8Array): DerValue {
  if (bytes.length > maxDerBytes) throw new DerError(`asn1: more than ${maxDerBytes} bytes`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  let value: DerValue;
  try {
    value = asn1.fromDer(text, {
      strict: true,
      parseAllBytes: true,
      decodeBitStrings: false,
      maxDepth,
    });
  } catch (error) {
    throw new DerError(`asn1: syntax error: ${(error as Error).message}`);
  }
  if (asn1.toDer(value).getBytes() !== text) {
    throw new DerError("asn1: syntax error: encoding is not canonical");
  }
  return value;
}

export function encodeDer(value: DerValue): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), "latin1");
}

/** @throws {DerError} when the value is not constructed, has another tag or too few parts */
export function children(value: DerValue | undefined, type: number, atLeast = 0): DerValue[] {
  if (
    value === undefined ||
    value.tagClass !== universal ||
    value.type !== type ||
    typeof value.value === "string"
  ) {
    throw new DerError("asn1: structure error: tags don't match");
  }
  if (value.value.length < atLeast) {
    throw new DerError("asn1: structure error: sequence truncated");
  }
  return value.value;
}

/** The content of a primitive value. @throws {DerError} */
export function content(value: DerValue | undefined, type: number): Buffer {
  if (!isUniversal(value, type) || typeof value.value !== "string") {
    throw new DerError("asn1: structure error: tags don't match");
  }
  return Buffer.from(value.value, "latin1");
}

export function isUniversal(value: DerValue | undefined, type: number): value is DerValue {
  return value !== undefined && value.tagClass === universal && value.type === type;
}

/** The number of a context-specific tag; undefined for other classes. */
export function contextTag(value: DerValue | undefined): number | undefined {
  return value?.tagClass === contextSpecific ? value.type : undefined;
}

/** The content of an implicitly tagged primitive. @throws {DerError} */
export function contextContent(value: DerValue): Buffer {
  if (typeof value.value !== "string") {
    throw new DerError("asn1: structure error: primitive expected");
  }
  return Buffer.from(value.value, "latin1");
}

/** The parts of a constructed context-specific value. @throws {DerError} */
export function contextChildren(value: DerValue): DerValue[] {
  if (typeof value.value === "string") {
    throw new DerError("asn1: structure error: constructed value expected");
  }
  return value.value;
}

/** @throws {DerError} */
export function readOid(value: DerValue | undefined): string {
  const bytes = content(value, tag.oid);
  if (bytes.length === 0 || (bytes.at(-1) as number) >= 0x80) {
    throw new DerError("asn1: syntax error: invalid object identifier");
  }
  return asn1.derToOid(bytes.toString("latin1"));
}

/** @throws {DerError} */
export function readBoolean(value: DerValue | undefined): boolean {
  const bytes = content(value, tag.boolean);
  if (bytes.length !== 1 || (bytes[0] !== 0 && bytes[0] !== 0xff)) {
    throw new DerError("asn1: syntax error: invalid boolean");
  }
  return bytes[0] === 0xff;
}

/** A small number, 0..2^31-1. @throws {DerError} */
export function readSmallInteger(value: DerValue | undefined): number {
  const bytes = content(value, tag.integer);
  if (bytes.length === 0 || bytes.length > 4 || (bytes[0] as number) >= 0x80) {
    throw new DerError("asn1: structure error: integer out of range");
  }
  return bytes.readUIntBE(0, bytes.length);
}

/** The bits of a bit string; those of the last byte that are unused must be zero. @throws {DerError} */
export function readBitString(value: DerValue | undefined): { bytes: Buffer; unused: number } {
  const all = content(value, tag.bitString);
  const unused = all[0] ?? 8;
  const bytes = all.subarray(1);
  const last = bytes.at(-1);
  const padding = last === undefined ? unused : last & ((1 << unused) - 1);
  if (unused > 7 || padding !== 0) {
    throw new DerError("asn1: syntax error: invalid padding bits in BIT STRING");
  }
  return { bytes, unused };
}

/** UTCTime or GeneralizedTime in the only form that certificates may use. @returns ms since 1970 @throws {DerError} */
export function readTime(value: DerValue | undefined): number {
  const isUtc = isUniversal(value, tag.utcTime);
  const text = content(value, isUtc ? tag.utcTime : tag.generalizedTime).toString("latin1");
  const form = isUtc ? /^\d{12}Z$/ : /^\d{14}Z$/;
  if (!form.test(text)) throw new DerError("asn1: syntax error: invalid time");
  let digits = text.slice(0, -1);
  // RFC 5280: two-digit years from 50 on are of the last century.
  if (isUtc) digits = (Number(digits.slice(0, 2)) >= 50 ? "19" : "20") + digits;
  const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6.000Z");
  const ms = Date.parse(iso);
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) {
    throw new DerError("asn1: syntax error: invalid time");
  }
  return ms;
}

const primitive = (type: number, bytes: Uint8Array | string): DerValue =>
  asn1.create(
    universal,
    type,
    false,
    typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("latin1"),
  );

export const sequence = (...parts: DerValue[]): DerValue =>
  asn1.create(universal, tag.sequence, true, parts);

export const set = (...parts: DerValue[]): DerValue => asn1.create(universal, tag.set, true, parts);

export const oid = (dotted: string): DerValue =>
  primitive(tag.oid, asn1.oidToDer(dotted).getBytes());

export const boolean = (value: boolean): DerValue =>
  primitive(tag.boolean, Buffer.of(value ? 0xff : 0));

export const asNull: DerValue = primitive(5, "");

export const octetString = (bytes: Uint8Array): DerValue => primitive(tag.octetString, bytes);

/** A positive number, most significant byte first. */
export function integer(bytes: Uint8Array): DerValue {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  const isHigh = (digits[0] ?? 0) >= 0x80;
  return primitive(tag.integer, isHigh ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

export const bitString = (bytes: Uint8Array, unused = 0): DerValue =>
  primitive(tag.bitString, Buffer.concat([Buffer.of(unused), bytes]));

/** PrintableString where its alphabet suffices, else UTF8String. */
export const directoryString = (text: string): DerValue =>
  /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)
    ? primitive(tag.printableString, text)
    : primitive(tag.utf8String, Buffer.from(text, "utf8"));

/** UTCTime before 2050, GeneralizedTime from then on; fractions of a second are cut. */
export function time(ms: number): DerValue {
  const digits = new Date(ms).toISOString().replace(/\.\d+Z$|[-:T]/g, "");
  return Number(digits.slice(0, 4)) < 2050
    ? primitive(tag.utcTime, `${digits.slice(2)}Z`)
    : primitive(tag.generalizedTime, `${digits}Z`);
}

/** An implicitly tagged primitive, or an explicitly tagged group. */
export const context = (number: number, value: Uint8Array | DerValue[]): DerValue =>
  Array.isArray(value)
    ? asn1.create(contextSpecific, number, true, value)
    : asn1.create(contextSpecific, number, false, Buffer.from(value).toString("latin1"));
