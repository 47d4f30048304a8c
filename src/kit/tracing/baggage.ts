/**
 * The `baggage` header: checked, and put into its normal form.
 * @see spec 08 §9.5, https://www.w3.org/TR/baggage/
 */
import { quote } from "../errors/quote.ts";
import { trimSpace } from "./trim.ts";

const maxMembers = 64;
/** Bytes of the whole header. */
const maxBaggageBytes = 8192;

/** Several headers are one list. */
export const joinBaggage = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : values.join(",");

/** That of a request's headers, name0, value0, ...: Node.js would put a space between several. */
export const baggageOf = (rawHeaders: readonly string[]): string =>
  joinBaggage(
    rawHeaders.filter((_text, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === "baggage"),
  );

/**
 * @returns the members in their order; of a repeated key the last one stays, and values are percent-encoded where they
 *   must be, and nowhere else
 * @throws {Error} one line per bad member, for example `invalid key: "bad key"`
 */
export function parseBaggage(text: string): string {
  if (text === "") return "";
  const length = Buffer.byteLength(text);
  if (length > maxBaggageBytes) throw new Error(`baggage-string too large: ${length}`);
  const members = new Map<string, string>();
  const problems: string[] = [];
  const list = text.split(",");
  for (const member of list) {
    try {
      const [key, rest] = parseMember(member);
      members.set(key, rest);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  if (list.length > maxMembers) throw new Error("too many list-members in baggage-string");
  return [...members].map(([key, rest]) => `${key}=${rest}`).join(",");
}

/** The key, and value with properties in normal form. */
function parseMember(member: string): [key: string, rest: string] {
  const semicolon = member.indexOf(";");
  const pair = semicolon === -1 ? member : member.slice(0, semicolon);
  const equals = pair.indexOf("=");
  if (equals === -1) throw new Error(`invalid baggage list-member: ${quote(member)}`);
  const key = trimSpace(pair.slice(0, equals));
  if (!isToken(key)) throw new Error(`invalid key: ${quote(key)}`);
  const value = normalValue(pair.slice(equals + 1));
  if (semicolon === -1) return [key, value];
  const properties = member
    .slice(semicolon + 1)
    .split(";")
    .map(parseProperty);
  return [key, [value, ...properties].join(";")];
}

/** `key` or `key=value`. */
function parseProperty(property: string): string {
  const complain = (): Error =>
    new Error(`invalid baggage list-member property: ${quote(property)}`);
  const equals = property.indexOf("=");
  const key = trimSpace(equals === -1 ? property : property.slice(0, equals));
  if (!isToken(key)) throw complain();
  if (equals === -1) return key;
  try {
    return `${key}=${normalValue(property.slice(equals + 1))}`;
  } catch {
    throw complain();
  }
}

function normalValue(written: string): string {
  const value = trimSpace(written);
  for (let at = 0; at < value.length; at++) {
    if (!isOctet(value.charCodeAt(at))) throw new Error(`invalid value: ${quote(written)}`);
  }
  return value.includes("%") ? encode(decode(value)) : value;
}

/** The bytes that a percent-encoded value stands for. */
function decode(value: string): Buffer {
  const bytes = Buffer.allocUnsafe(value.length);
  let length = 0;
  for (let at = 0; at < value.length; at++) {
    if (value[at] !== "%") {
      bytes[length++] = value.charCodeAt(at);
      continue;
    }
    const digits = value.slice(at + 1, at + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
      throw new Error(`invalid value: invalid URL escape ${quote(value.slice(at, at + 3))}`);
    }
    bytes[length++] = Number.parseInt(digits, 16);
    at += 2;
  }
  // What is not UTF-8 becomes U+FFFD.
  return Buffer.from(bytes.toString("utf8", 0, length));
}

function encode(bytes: Buffer): string {
  let text = "";
  for (const byte of bytes) {
    text +=
      isOctet(byte) && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}

/** Printable ASCII without space, `"`, `,`, `;` and `\`. */
const isOctet = (unit: number): boolean =>
  unit > 0x20 && unit < 0x7f && unit !== 0x22 && unit !== 0x2c && unit !== 0x3b && unit !== 0x5c;

const isToken = (text: string): boolean => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
