/**
 * Encryption with symmetric keys, by the names of JSON Web Algorithms.
 * @see spec 04 §8.6, RFC 3394 (KW), RFC 7518 §5.2 (CBC-HS), draft-irtf-cfrg-xchacha (XC20P)
 */
import {
  type CipherGCM,
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createHmac,
  type DecipherGCM,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";

export interface CipherInput {
  readonly data: Uint8Array;
  readonly nonce?: Uint8Array | undefined;
  readonly associatedData?: Uint8Array | undefined;
  /** For decryption. */
  readonly tag?: Uint8Array | undefined;
}

export interface CipherOutput {
  readonly data: Buffer;
  readonly tag?: Buffer;
}

/** @throws {Error} of these texts */
export const typeMismatch = (): Error => new Error("key type mismatch");
export const unsupported = (): Error => new Error("unsupported algorithm");
const invalid = (what: string): Error => new Error(`invalid ${what}`);
const notAuthentic = (): Error => new Error("message authentication failed");

/** One algorithm, with a key of the right size. */
interface SymmetricCipher {
  readonly keyBytes: number;
  encrypt(key: Buffer, input: CipherInput): CipherOutput;
  decrypt(key: Buffer, input: CipherInput): Buffer;
}

const none = Buffer.alloc(0);
const tagBytes = 16;

function nonceOf({ nonce }: CipherInput, length: number): Uint8Array {
  if (nonce?.length !== length) throw invalid("nonce");
  return nonce;
}

function aead(name: string, keyBytes: number): SymmetricCipher {
  // Node's types know the methods by name of the cipher.
  const type = name as CipherGCMTypes;
  const options = { authTagLength: tagBytes };
  return {
    keyBytes,
    encrypt(key, input) {
      const cipher: CipherGCM = createCipheriv(type, key, nonceOf(input, 12), options);
      cipher.setAAD(input.associatedData ?? none);
      const data = Buffer.concat([cipher.update(input.data), cipher.final()]);
      return { data, tag: cipher.getAuthTag() };
    },
    decrypt(key, input) {
      if (input.tag?.length !== tagBytes) throw invalid("tag");
      const decipher: DecipherGCM = createDecipheriv(type, key, nonceOf(input, 12), options);
      decipher.setAAD(input.associatedData ?? none);
      decipher.setAuthTag(input.tag);
      const data = decipher.update(input.data);
      try {
        return Buffer.concat([data, decipher.final()]);
      } catch {
        throw notAuthentic();
      }
    },
  };
}

const blockBytes = 16;

function cbc(bits: number, isPadded: boolean): SymmetricCipher {
  const name = `aes-${bits}-cbc`;
  const wholeBlocks = (data: Uint8Array, what: string): void => {
    if (data.length % blockBytes !== 0) throw invalid(`${what} length`);
  };
  return {
    keyBytes: bits / 8,
    encrypt(key, input) {
      if (!isPadded) wholeBlocks(input.data, "plaintext");
      const cipher = createCipheriv(name, key, nonceOf(input, blockBytes));
      cipher.setAutoPadding(isPadded);
      return { data: Buffer.concat([cipher.update(input.data), cipher.final()]) };
    },
    decrypt(key, input) {
      wholeBlocks(input.data, "ciphertext");
      const decipher = createDecipheriv(name, key, nonceOf(input, blockBytes));
      decipher.setAutoPadding(isPadded);
      try {
        return Buffer.concat([decipher.update(input.data), decipher.final()]);
      } catch {
        throw invalid("PKCS#7 padding");
      }
    },
  };
}

/** Encrypt-then-MAC; the first half of the key is the MAC's. */
function cbcHmac(bits: number, hash: string): SymmetricCipher {
  const half = bits / 8;
  const inner = cbc(bits, true);
  const tagOf = (key: Buffer, input: CipherInput, ciphertext: Uint8Array): Buffer => {
    const aad = input.associatedData ?? none;
    const aadBits = Buffer.alloc(8);
    aadBits.writeBigUInt64BE(BigInt(aad.length) * 8n);
    const mac = createHmac(hash, key.subarray(0, half));
    mac.update(aad).update(nonceOf(input, blockBytes)).update(ciphertext).update(aadBits);
    return mac.digest().subarray(0, half);
  };
  return {
    keyBytes: 2 * half,
    encrypt(key, input) {
      const { data } = inner.encrypt(key.subarray(half), input);
      return { data, tag: tagOf(key, input, data) };
    },
    decrypt(key, input) {
      if (input.tag?.length !== half) throw invalid("tag");
      if (!timingSafeEqual(tagOf(key, input, input.data), input.tag)) throw notAuthentic();
      return inner.decrypt(key.subarray(half), input);
    },
  };
}

const wrapIv = Buffer.alloc(8, 0xa6);

function keyWrap(bits: number): SymmetricCipher {
  const name = `id-aes${bits}-wrap`;
  const check = (data: Uint8Array, least: number, what: string): void => {
    if (data.length < least || data.length % 8 !== 0) throw invalid(`${what} length`);
  };
  return {
    keyBytes: bits / 8,
    encrypt(key, { data }) {
      check(data, 16, "plaintext");
      const cipher = createCipheriv(name, key, wrapIv);
      return { data: Buffer.concat([cipher.update(data), cipher.final()]) };
    },
    decrypt(key, { data }) {
      check(data, 24, "ciphertext");
      const decipher = createDecipheriv(name, key, wrapIv);
      try {
        return Buffer.concat([decipher.update(data), decipher.final()]);
      } catch {
        throw notAuthentic();
      }
    },
  };
}

const chacha = aead("chacha20-poly1305", 32);

/** XChaCha20-Poly1305: a key made from the first 16 bytes of the nonce, the rest is the inner nonce. */
const xchacha: SymmetricCipher = {
  keyBytes: 32,
  encrypt: (key, input) => chacha.encrypt(...extended(key, input)),
  decrypt: (key, input) => chacha.decrypt(...extended(key, input)),
};

function extended(key: Buffer, input: CipherInput): [Buffer, CipherInput] {
  const nonce = nonceOf(input, 24);
  const inner = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  return [hchacha(key, nonce.subarray(0, 16)), { ...input, nonce: inner }];
}

/** "expand 32-byte k" in words */
const chachaConstants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

/** HChaCha20 out of a ChaCha20 block: that adds the initial state at the end, which is taken off again. */
function hchacha(key: Buffer, input: Uint8Array): Buffer {
  const block = createCipheriv("chacha20", key, input).update(Buffer.alloc(64));
  const start = Buffer.from(input);
  const out = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) {
    out.writeUInt32LE((block.readUInt32LE(4 * i) - (chachaConstants[i] as number)) >>> 0, 4 * i);
    out.writeUInt32LE(
      (block.readUInt32LE(48 + 4 * i) - start.readUInt32LE(4 * i)) >>> 0,
      16 + 4 * i,
    );
  }
  return out;
}

const aesCiphers = [128, 192, 256].flatMap((bits): [string, SymmetricCipher][] => [
  [`A${bits}CBC`, cbc(bits, true)],
  [`A${bits}CBC-NOPAD`, cbc(bits, false)],
  [`A${bits}GCM`, aead(`aes-${bits}-gcm`, bits / 8)],
  [`A${bits}CBC-HS${2 * bits}`, cbcHmac(bits, `sha${2 * bits}`)],
  [`A${bits}KW`, keyWrap(bits)],
]);

const ciphers: ReadonlyMap<string, SymmetricCipher> = new Map([
  ...aesCiphers,
  ["C20P", chacha],
  ["C20PKW", chacha],
  ["XC20P", xchacha],
  ["XC20PKW", xchacha],
]);

export const isSymmetricAlgorithm = (algorithm: string): boolean => ciphers.has(algorithm);

/** @throws {Error} `key type mismatch`, `invalid nonce` ... */
export function encryptSymmetric(
  key: KeyObject,
  algorithm: string,
  input: CipherInput,
): CipherOutput {
  return withKey(key, algorithm, (cipher, bytes) => cipher.encrypt(bytes, input));
}

/** @throws {Error} as {@link encryptSymmetric}, or `message authentication failed` */
export function decryptSymmetric(key: KeyObject, algorithm: string, input: CipherInput): Buffer {
  return withKey(key, algorithm, (cipher, bytes) => cipher.decrypt(bytes, input));
}

function withKey<T>(
  key: KeyObject,
  algorithm: string,
  use: (cipher: SymmetricCipher, key: Buffer) => T,
): T {
  const cipher = ciphers.get(algorithm);
  if (cipher === undefined) throw unsupported();
  if (key.type !== "secret" || key.symmetricKeySize !== cipher.keyBytes) throw typeMismatch();
  const bytes = key.export();
  try {
    return use(cipher, bytes);
  } finally {
    bytes.fill(0);
  }
}
