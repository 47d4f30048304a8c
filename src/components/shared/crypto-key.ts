/**
 * Keys as they are found in files and secrets: JWK, PEM or the bytes of a symmetric key.
 * @see spec 01 §9.3, spec 04 §8.6
 */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { errorText } from "../../kit/errors/api-error.ts";
import { parseJwk } from "./jwk.ts";

export type KeyOperation = "encrypt" | "decrypt" | "sign" | "verify" | "wrapKey" | "unwrapKey";

/** A key and what its owner allows it to be used for. */
export interface LoadedKey {
  readonly object: KeyObject;
  /** `kid` of a JWK, or "". */
  readonly id: string;
  /** `use` of a JWK. */
  readonly use?: string | undefined;
  /** `key_ops` of a JWK. */
  readonly operations?: readonly string[] | undefined;
  /** `alg` of a JWK. */
  readonly algorithm?: string | undefined;
}

/** How the bytes of a key are written; undefined: to be found out from the bytes. */
export type KeyFormat = "jwk" | "pem" | undefined;

const formats: ReadonlyMap<string, KeyFormat> = new Map([
  ["application/json", "jwk"],
  ["application/jwk+json", "jwk"],
  ["application/x-pem-file", "pem"],
  ["application/pkcs8", "pem"],
]);

/** The format that a content type names, if it names one. */
export const keyFormatOf = (contentType: string): KeyFormat =>
  formats.get(contentType.toLowerCase());

/**
 * @param format found out from the bytes when undefined
 * @throws {Error} `failed to parse key from secret: ...`
 */
export function parseKey(bytes: Buffer, format?: KeyFormat): LoadedKey {
  const found = format ?? detect(bytes);
  try {
    if (found === "jwk") return parseJwk(bytes);
    if (found === "pem") return { object: parsePem(bytes.toString("latin1")), id: "" };
  } catch (cause) {
    throw new Error(`failed to parse key from secret: ${errorText(cause)}`, { cause });
  }
  return { object: createSecretKey(decodeSymmetric(bytes)), id: "" };
}

/** An AES key in raw bytes may start with any byte. */
const aesLengths: ReadonlySet<number> = new Set([16, 24, 32]);

function detect(bytes: Buffer): KeyFormat {
  if (bytes[0] === 0x7b && !aesLengths.has(bytes.length)) return "jwk";
  return bytes.subarray(0, 5).toString("latin1") === "-----" ? "pem" : undefined;
}

const pemLabel = /-----BEGIN ([A-Z0-9 ]+)-----/;

function parsePem(text: string): KeyObject {
  const label = pemLabel.exec(text)?.[1];
  if (label === undefined) throw pemError("failed to decode PEM data");
  try {
    if (label === "PRIVATE KEY" || label === "RSA PRIVATE KEY" || label === "EC PRIVATE KEY") {
      return createPrivateKey(text);
    }
    if (label === "PUBLIC KEY" || label === "RSA PUBLIC KEY") return createPublicKey(text);
  } catch {
    // OpenSSL's words may quote what it read.
    throw pemError(`malformed ${label}`);
  }
  throw pemError(`unsupported PEM block type: ${label}`);
}

const pemError = (why: string): Error => new Error(`failed to parse PEM encoded key: ${why}`);

/** Base64 in one of its two alphabets, else the bytes as they are. */
function decodeSymmetric(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1").replace(/[=\r\n]+$/, "");
  const digits = text.replace(/[\r\n]/g, "");
  if (digits.length % 4 === 1) return bytes;
  if (/^[A-Za-z0-9+/]*$/.test(digits)) return Buffer.from(digits, "base64");
  if (/^[A-Za-z0-9_-]*$/.test(digits)) return Buffer.from(digits, "base64url");
  return bytes;
}

const operationsOfUse: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["enc", new Set(["encrypt", "decrypt", "wrapKey", "unwrapKey"])],
  ["sig", new Set(["sign", "verify"])],
]);

/** @throws {Error} when the key's owner does not allow that use */
export function checkUse(key: LoadedKey, operation: KeyOperation, algorithm: string): void {
  const { use, operations, algorithm: only } = key;
  const isOperation =
    (operations === undefined || operations.includes(operation)) &&
    (use === undefined || operationsOfUse.get(use)?.has(operation) === true);
  if (!isOperation) throw new Error(`key cannot perform the '${operation}' operation`);
  if (only !== undefined && only !== algorithm) {
    throw new Error(`key cannot be used with algorithm '${algorithm}'`);
  }
}
