/**
 * The payload of an encrypted document: segments that are sealed one by one.
 * @see spec 01 §9.2
 */
import { type CipherGCMTypes, createCipheriv, createDecipheriv } from "node:crypto";
import { type Cipher, noncePrefixBytes } from "./manifest.ts";

export const segmentBytes = 64 * 1024;
export const tagBytes = 16;

/** Node's types know the methods by name of the cipher. */
const cipherTypes: Readonly<Record<Cipher, CipherGCMTypes>> = {
  "AES-GCM": "aes-256-gcm",
  "CHACHA20-POLY1305": "chacha20-poly1305" as CipherGCMTypes,
};

const maxSegments = 2 ** 32;
const options = { authTagLength: tagBytes };

/** @throws {Error} `input stream is too large` */
export function segmentNonce(prefix: Buffer, index: number, isLast: boolean): Buffer {
  if (index >= maxSegments) throw new Error("input stream is too large");
  const nonce = Buffer.alloc(noncePrefixBytes + 5);
  prefix.copy(nonce);
  nonce.writeUInt32BE(index, noncePrefixBytes);
  nonce[noncePrefixBytes + 4] = isLast ? 1 : 0;
  return nonce;
}

/** What seals or opens one segment; the bytes are only valid until it returns. */
export type SegmentStep = (segment: Uint8Array, index: number, isLast: boolean) => Buffer;

export function sealing(cipher: Cipher, key: Buffer, prefix: Buffer): SegmentStep {
  const type = cipherTypes[cipher];
  return (plaintext, index, isLast) => {
    const seal = createCipheriv(type, key, segmentNonce(prefix, index, isLast), options);
    return Buffer.concat([seal.update(plaintext), seal.final(), seal.getAuthTag()]);
  };
}

/** The step throws `failed to decrypt segment` before anything of a wrong segment leaves. */
export function opening(cipher: Cipher, key: Buffer, prefix: Buffer): SegmentStep {
  const type = cipherTypes[cipher];
  return (sealed, index, isLast) => {
    const nonce = segmentNonce(prefix, index, isLast);
    const length = sealed.length - tagBytes;
    if (length < 0) throw segmentFailed(index);
    const open = createDecipheriv(type, key, nonce, options);
    open.setAuthTag(sealed.subarray(length));
    const plaintext = open.update(sealed.subarray(0, length));
    try {
      open.final();
    } catch {
      throw segmentFailed(index);
    }
    return plaintext;
  };
}

const segmentFailed = (index: number): Error =>
  new Error(`error processing segment ${index}: failed to decrypt segment`);

/**
 * Cuts a stream into segments of a fixed length. The last one is known only when the stream ends, so one full segment is
 * always held back.
 */
export class Segmenter {
  readonly #held: Buffer;
  readonly #step: SegmentStep;
  #length = 0;
  #index = 0;

  /** @param bytes of a full segment as it comes in */
  constructor(bytes: number, step: SegmentStep) {
    this.#held = Buffer.allocUnsafeSlow(bytes);
    this.#step = step;
  }

  /** What is finished by the chunk, one at a time: the chunk must not change before all is taken. */
  *push(chunk: Uint8Array): Generator<Buffer, void, void> {
    const { length } = this.#held;
    for (let at = 0; at < chunk.length; ) {
      if (this.#length === length) {
        yield this.#step(this.#held, this.#index, false);
        this.#index++;
        this.#length = 0;
      }
      const piece = chunk.subarray(at, at + length - this.#length);
      this.#held.set(piece, this.#length);
      this.#length += piece.length;
      at += piece.length;
    }
  }

  /** The last segment; undefined for a stream without bytes. */
  end(): Buffer | undefined {
    if (this.#length === 0) return undefined;
    return this.#step(this.#held.subarray(0, this.#length), this.#index, true);
  }

  /** Forgets what it holds. */
  clear(): void {
    this.#held.fill(0);
    this.#length = 0;
  }
}
