/**
 * Automatic encryption of stored values: `base64(nonce, AES-GCM ciphertext, tag)`, `||`, name of the key.
 * @see spec 01 §5.10
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "../../kit/lifecycle/platform.ts";

const nonceBytes = 12;
const tagBytes = 16;
const keySeparator = Buffer.from("||");

export interface EncryptionKey {
  /** The secret that the key came from; it is written behind each value. */
  readonly name: string;
  /** 16, 24 or 32 bytes. */
  readonly bytes: Buffer;
}

/** @throws {Error} with the reference's text for text that is not hex, or of a wrong length */
export function encryptionKey(name: string, hex: string): EncryptionKey {
  const bad = /[^0-9a-fA-F]/u.exec(hex)?.[0];
  if (bad !== undefined) {
    const point = bad.codePointAt(0) as number;
    const shown = point.toString(16).toUpperCase().padStart(4, "0");
    throw new Error(`encoding/hex: invalid byte: U+${shown} '${bad}'`);
  }
  if (hex.length % 2 === 1) throw new Error("encoding/hex: odd length hex string");
  const bytes = Buffer.from(hex, "hex");
  if (![16, 24, 32].includes(bytes.length)) {
    throw new Error(`crypto/aes: invalid key size ${bytes.length}`);
  }
  return { name, bytes };
}

/** Encrypts with the primary key, decrypts with the one that a record names. */
export class ValueEncryption {
  readonly #store: string;
  readonly #primary: EncryptionKey;
  readonly #secondary: EncryptionKey | undefined;
  readonly #random: Random;

  constructor(init: {
    readonly store: string;
    readonly primary: EncryptionKey;
    readonly secondary: EncryptionKey | undefined;
    readonly random: Random;
  }) {
    this.#store = init.store;
    this.#primary = init.primary;
    this.#secondary = init.secondary;
    this.#random = init.random;
  }

  encrypt(plain: Uint8Array): Buffer {
    const { bytes, name } = this.#primary;
    const nonce = this.#random.bytes(nonceBytes);
    const cipher = createCipheriv(`aes-${bytes.length * 8}-gcm` as "aes-256-gcm", bytes, nonce);
    const sealed = Buffer.concat([
      nonce,
      cipher.update(plain),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return Buffer.from(`${sealed.toString("base64")}||${name}`);
  }

  /** @throws {Error} when the record is not one that encrypt made, or its key is not known */
  decrypt(record: Uint8Array): Buffer {
    const buffer = Buffer.from(record.buffer, record.byteOffset, record.length);
    if (buffer.length === 0) return buffer;
    const end = buffer.lastIndexOf(keySeparator);
    if (end < 0 || end + keySeparator.length === buffer.length) {
      throw this.#failure("encryption key name not found on record");
    }
    const name = buffer.toString("utf8", end + keySeparator.length);
    const sealed = decodeBase64(buffer.toString("latin1", 0, end));
    const key = [this.#primary, this.#secondary].find((known) => known?.name === name);
    if (key === undefined) throw this.#failure(`encryption key ${name} not found`);
    if (sealed.length < nonceBytes + tagBytes) throw this.#failure("ciphertext too short");
    const decipher = createDecipheriv(
      `aes-${key.bytes.length * 8}-gcm` as "aes-256-gcm",
      key.bytes,
      sealed.subarray(0, nonceBytes),
    );
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    try {
      return Buffer.concat([
        decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)),
        decipher.final(),
      ]);
    } catch (cause) {
      throw new Error("cipher: message authentication failed", { cause });
    }
  }

  #failure(reason: string): Error {
    return new Error(`could not decrypt data for state store ${this.#store}: ${reason}`);
  }
}

/** Standard base64 with padding; line breaks are skipped as in the reference. */
function decodeBase64(text: string): Buffer {
  const clean = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text;
  const body = clean.endsWith("==") ? clean.slice(0, -2) : clean.replace(/=$/, "");
  const bad = /[^A-Za-z0-9+/]/.exec(body);
  if (bad !== null || clean.length % 4 !== 0) {
    throw new Error(
      `illegal base64 data at input byte ${bad?.index ?? clean.length - (clean.length % 4)}`,
    );
  }
  return Buffer.from(clean, "base64");
}
