/**
 * The header of an encrypted document: scheme name, manifest and signature, one line each.
 * @see spec 01 §9.2
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { encodeJson } from "../../kit/json/encode.ts";
import { parseJson } from "../../kit/json/parse.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../kit/json/value.ts";

const schemeName = "dapr.io/enc/v1";
const maxHeaderBytes = 64 * 1024;
export const fileKeyBytes = 32;
export const noncePrefixBytes = 7;

/** Wrap algorithms by their number in a manifest. */
const wrapAlgorithms = [
  "A256KW",
  "A128CBC-NOPAD",
  "A192CBC-NOPAD",
  "A256CBC-NOPAD",
  "RSA-OAEP-256",
] as const;
export type WrapAlgorithm = (typeof wrapAlgorithms)[number];

const wrapAliases: ReadonlyMap<string, WrapAlgorithm> = new Map([
  ["AES", "A256KW"],
  ["RSA", "RSA-OAEP-256"],
]);

/** Ciphers by their number in a manifest. */
const ciphers = ["AES-GCM", "CHACHA20-POLY1305"] as const;
export type Cipher = (typeof ciphers)[number];

export interface Manifest {
  /** Of the key for decryption; "": not told. */
  readonly keyName: string;
  readonly algorithm: WrapAlgorithm;
  readonly wrappedFileKey: Buffer;
  readonly cipher: Cipher;
  readonly noncePrefix: Buffer;
}

/** @throws {Error} for a name that is neither an algorithm nor an alias; any case */
export function parseAlgorithm(name: string): WrapAlgorithm {
  const upper = name.toUpperCase();
  const found = wrapAliases.get(upper) ?? wrapAlgorithms.find((known) => known === upper);
  if (found !== undefined) return found;
  throw new Error(`option Algorithm is not valid: algorithm ${upper} is not supported`);
}

/** @param name "" is the default @throws {Error} any case */
export function parseCipher(name: string): Cipher {
  if (name === "") return "AES-GCM";
  const upper = name.toUpperCase();
  const found = ciphers.find((known) => known === upper);
  if (found !== undefined) return found;
  throw new Error(`option Cipher is not valid: cipher ${upper} is not supported`);
}

/** The whole header. @throws {Error} `failed to sign header: header is too long` */
export function encodeHeader(manifest: Manifest, fileKey: Uint8Array): Buffer {
  const { keyName, algorithm, wrappedFileKey, cipher, noncePrefix } = manifest;
  const name = keyName === "" ? "" : `"k":${encodeJson(keyName)},`;
  const kw = wrapAlgorithms.indexOf(algorithm) + 1;
  const cph = ciphers.indexOf(cipher) + 1;
  const wfk = wrappedFileKey.toString("base64");
  const np = noncePrefix.toString("base64");
  const signed = Buffer.from(
    `${schemeName}\n{${name}"kw":${kw},"wfk":"${wfk}","cph":${cph},"np":"${np}"}\n`,
  );
  const mac = Buffer.from(`${sign(signed, fileKey).toString("base64")}\n`);
  if (signed.length + mac.length > maxHeaderBytes) {
    throw new Error("failed to sign header: header is too long");
  }
  return Buffer.concat([signed, mac]);
}

function sign(signed: Uint8Array, fileKey: Uint8Array): Buffer {
  const key = Buffer.from(hkdfSync("sha256", fileKey, Buffer.alloc(0), "header", 32));
  return createHmac("sha256", key).update(signed).digest();
}

export const payloadKey = (fileKey: Uint8Array, noncePrefix: Uint8Array): Buffer =>
  Buffer.from(hkdfSync("sha256", fileKey, noncePrefix, "payload", 32));

/** A header as it was read, not trusted yet. */
export interface Header {
  /** What the signature covers: both lines with their line feeds. */
  readonly signed: Buffer;
  readonly manifest: Manifest;
  readonly signature: Buffer;
}

const lineFeed = 0x0a;
const missingLine = [
  "scheme name not found",
  "manifest not found",
  "message authentication code not found",
] as const;

const invalid = (why: string): Error => new Error(`invalid header: ${why}`);

/** Takes a document piece by piece until its three lines are there. */
export class HeaderReader {
  readonly #held = Buffer.alloc(maxHeaderBytes);
  #length = 0;
  readonly #lineEnds: number[] = [];
  #scanned = 0;

  /**
   * @returns the header and the bytes of the chunk behind it, once it is complete; undefined before
   * @throws {Error} `invalid header: ...`
   */
  push(chunk: Uint8Array): { readonly header: Header; readonly rest: Uint8Array } | undefined {
    const before = this.#length;
    const piece = chunk.subarray(0, maxHeaderBytes - before);
    this.#held.set(piece, before);
    this.#length += piece.length;
    const bytes = this.#held.subarray(0, this.#length);
    while (this.#lineEnds.length < 3) {
      const end = bytes.indexOf(lineFeed, this.#scanned);
      if (end < 0) {
        this.#scanned = bytes.length;
        if (bytes.length === maxHeaderBytes) this.end();
        return undefined;
      }
      if (this.#isLineStart(end)) throw invalid("invalid format");
      this.#scanned = end + 1;
      this.#lineEnds.push(end);
      if (this.#lineEnds.length === 1) this.#checkScheme(end);
    }
    return { header: this.#header(), rest: chunk.subarray(this.#scanned - before) };
  }

  /** Nothing follows. @throws {Error} which line is missing */
  end(): never {
    throw invalid(missingLine[this.#lineEnds.length] ?? "invalid format");
  }

  #isLineStart(at: number): boolean {
    return at === 0 || this.#lineEnds.at(-1) === at - 1;
  }

  #checkScheme(end: number): void {
    if (this.#held.toString("latin1", 0, end) !== schemeName) throw invalid("unsupported scheme");
  }

  #header(): Header {
    const [first, second, third] = this.#lineEnds as [number, number, number];
    return {
      signed: this.#held.subarray(0, second + 1),
      manifest: parseManifest(this.#held.subarray(first + 1, second)),
      signature: this.#held.subarray(second + 1, third),
    };
  }
}

/** @throws {Error} `invalid header: invalid manifest`, whatever is wrong with it */
function parseManifest(line: Buffer): Manifest {
  let value: JsonValue;
  try {
    value = parseJson(line);
  } catch {
    throw invalid("invalid manifest");
  }
  if (!isJsonObject(value)) throw invalid("invalid manifest");
  const keyName = member(value, "k") ?? "";
  const algorithm = wrapAlgorithms[Number(member(value, "kw")) - 1];
  const cipher = ciphers[Number(member(value, "cph")) - 1];
  const wrappedFileKey = decodeBase64(member(value, "wfk"));
  const noncePrefix = decodeBase64(member(value, "np"));
  if (
    typeof keyName !== "string" ||
    typeof member(value, "kw") !== "number" ||
    typeof member(value, "cph") !== "number" ||
    algorithm === undefined ||
    cipher === undefined ||
    wrappedFileKey === undefined ||
    wrappedFileKey.length === 0 ||
    noncePrefix?.length !== noncePrefixBytes
  ) {
    throw invalid("invalid manifest");
  }
  return { keyName, algorithm, wrappedFileKey, cipher, noncePrefix };
}

/** Names match exactly, else ignoring case, as the reference's parser has it. null is absent. */
function member(object: JsonObject, name: string): JsonValue | undefined {
  const exact = object.get(name);
  if (exact !== undefined) return exact ?? undefined;
  for (const [key, value] of object) if (key.toLowerCase() === name) return value ?? undefined;
  return undefined;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(value: JsonValue | undefined): Buffer | undefined {
  return typeof value === "string" && base64.test(value) ? Buffer.from(value, "base64") : undefined;
}

/** @throws {Error} `failed to decode header's signature: illegal base64 data at input byte N` */
export function decodeSignature(signature: Buffer): Buffer {
  const decoded = decodeBase64(signature.toString("latin1"));
  if (decoded !== undefined) return decoded;
  const strange = signature.toString("latin1").search(/[^A-Za-z0-9+/]/);
  const at = strange < 0 ? signature.length - (signature.length % 4) : strange;
  throw new Error(`failed to decode header's signature: illegal base64 data at input byte ${at}`);
}

/** In constant time for signatures of the right length. */
export function isSignatureOf(decoded: Buffer, header: Header, fileKey: Uint8Array): boolean {
  const expected = sign(header.signed, fileKey);
  return decoded.length === expected.length && timingSafeEqual(decoded, expected);
}
