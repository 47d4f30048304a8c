/**
 * Encryption with RSA keys, by the names of JSON Web Algorithms.
 * @see spec 04 §8.6, RFC 7518 §4.2, §4.3
 */
import { constants, type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto";
import { type CipherInput, typeMismatch, unsupported } from "./crypto-key-ciphers.ts";

/** The hash of OAEP; undefined: PKCS#1 v1.5. */
const algorithms: ReadonlyMap<string, string | undefined> = new Map([
  ["RSA1_5", undefined],
  ["RSA-OAEP", "sha1"],
  ["RSA-OAEP-256", "sha256"],
  ["RSA-OAEP-384", "sha384"],
  ["RSA-OAEP-512", "sha512"],
]);

export const isRsaAlgorithm = (algorithm: string): boolean => algorithms.has(algorithm);

/** @throws {Error} `key type mismatch`, `invalid plaintext length` */
export function encryptRsa(key: KeyObject, algorithm: string, input: CipherInput): Buffer {
  const options = optionsOf(key, algorithm, input);
  try {
    return publicEncrypt(options, input.data);
  } catch {
    throw new Error("invalid plaintext length");
  }
}

/** @throws {Error} `key type mismatch`, `decryption error` */
export function decryptRsa(key: KeyObject, algorithm: string, input: CipherInput): Buffer {
  if (key.type !== "private") throw typeMismatch();
  const options = optionsOf(key, algorithm, input);
  try {
    return privateDecrypt(options, input.data);
  } catch {
    throw new Error("decryption error");
  }
}

function optionsOf(key: KeyObject, algorithm: string, { associatedData }: CipherInput) {
  if (!algorithms.has(algorithm)) throw unsupported();
  if (key.asymmetricKeyType !== "rsa") throw typeMismatch();
  const oaepHash = algorithms.get(algorithm);
  if (oaepHash === undefined) return { key, padding: constants.RSA_PKCS1_PADDING };
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return associatedData === undefined || associatedData.length === 0
    ? { key, padding, oaepHash }
    : { key, padding, oaepHash, oaepLabel: associatedData };
}
