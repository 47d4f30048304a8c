/**
 * Signatures over digests, by the names of JSON Web Algorithms.
 *
 * Node.js signs messages, not digests: PKCS#1 and PSS are therefore encoded here and given to plain RSA.
 * @see spec 04 §8.6, RFC 7518 §3, RFC 8017 §9
 */
import {
  constants,
  createHash,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import { typeMismatch, unsupported } from "./crypto-key-ciphers.ts";
import { signEcdsa, verifyEcdsa } from "./crypto-key-ecdsa.ts";

/** Bytes of a SHA-2 digest, and the head of its DigestInfo (RFC 8017 §9.2). */
const hashes: ReadonlyMap<string, { readonly length: number; readonly head: string }> = new Map([
  ["256", { length: 32, head: "3031300d060960864801650304020105000420" }],
  ["384", { length: 48, head: "3041300d060960864801650304020205000430" }],
  ["512", { length: 64, head: "3051300d060960864801650304020305000440" }],
]);

const names = /^(RS|PS|ES)(256|384|512)$/;

/** @throws {Error} `key type mismatch`, `unsupported algorithm`, `invalid digest length` */
export function signDigest(key: KeyObject, algorithm: string, digest: Uint8Array): Buffer {
  if (key.type !== "private") throw typeMismatch();
  if (algorithm === "EdDSA") return sign(null, digest, edwards(key));
  const { scheme, size } = parse(algorithm);
  checkLength(digest, size);
  if (scheme === "ES") return signEcdsa(key, size, digest);
  const modulusBits = rsaBits(key);
  if (scheme === "RS") {
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info(size, digest));
  }
  const encoded = encodePss(digest, modulusBits, `sha${size}`);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

/** @throws {Error} as {@link signDigest}; a wrong signature is false */
export function verifyDigest(
  key: KeyObject,
  algorithm: string,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.type === "secret") throw typeMismatch();
  if (algorithm === "EdDSA") return verify(null, digest, edwards(key), signature);
  const { scheme, size } = parse(algorithm);
  checkLength(digest, size);
  if (scheme === "ES") return verifyEcdsa(key, size, digest, signature);
  const modulusBits = rsaBits(key);
  if (signature.length !== Math.ceil(modulusBits / 8)) return false;
  const padding = scheme === "RS" ? constants.RSA_PKCS1_PADDING : constants.RSA_NO_PADDING;
  let opened: Buffer;
  try {
    opened = publicDecrypt({ key, padding }, signature);
  } catch {
    return false;
  }
  if (scheme === "PS") return isPss(opened, digest, modulusBits, `sha${size}`);
  const expected = info(size, digest);
  return opened.length === expected.length && timingSafeEqual(opened, expected);
}

function parse(algorithm: string): { readonly scheme: string; readonly size: string } {
  const [, scheme, size] = names.exec(algorithm) ?? [];
  if (scheme === undefined || size === undefined) throw unsupported();
  return { scheme, size };
}

function checkLength(digest: Uint8Array, size: string): void {
  if (digest.length !== hashes.get(size)?.length) throw new Error("invalid digest length");
}

function edwards(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== "ed25519") throw typeMismatch();
  return key;
}

function rsaBits(key: KeyObject): number {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType !== "rsa" || bits === undefined) throw typeMismatch();
  return bits;
}

const info = (size: string, digest: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(hashes.get(size)?.head ?? "", "hex"), digest]);

/** EMSA-PSS with a salt as long as the digest, left-padded to the length of the modulus. */
function encodePss(digest: Uint8Array, modulusBits: number, hash: string): Buffer {
  const length = Math.ceil((modulusBits - 1) / 8);
  const maskedLength = length - digest.length - 1;
  const salt = randomBytes(digest.length);
  if (maskedLength < salt.length + 2) throw typeMismatch();
  const digested = pssHash(digest, salt, hash);
  const block = Buffer.alloc(maskedLength);
  block[maskedLength - salt.length - 1] = 1;
  salt.copy(block, maskedLength - salt.length);
  applyMask(block, digested, hash, modulusBits);
  const encoded = Buffer.concat([block, digested, Buffer.from([0xbc])]);
  const modulusBytes = Math.ceil(modulusBits / 8);
  return Buffer.concat([Buffer.alloc(modulusBytes - encoded.length), encoded]);
}

/** Any length of salt. */
function isPss(opened: Buffer, digest: Uint8Array, modulusBits: number, hash: string): boolean {
  const length = Math.ceil((modulusBits - 1) / 8);
  if (opened.subarray(0, opened.length - length).some((byte) => byte !== 0)) return false;
  const encoded = opened.subarray(opened.length - length);
  const maskedLength = length - digest.length - 1;
  if (maskedLength < 1 || encoded[length - 1] !== 0xbc) return false;
  const block = Buffer.from(encoded.subarray(0, maskedLength));
  if (((block[0] as number) & ~topMask(modulusBits) & 0xff) !== 0) return false;
  const digested = encoded.subarray(maskedLength, length - 1);
  applyMask(block, digested, hash, modulusBits);
  const mark = block.findIndex((byte) => byte !== 0);
  if (mark < 0 || block[mark] !== 1) return false;
  return timingSafeEqual(pssHash(digest, block.subarray(mark + 1), hash), digested);
}

const pssHash = (digest: Uint8Array, salt: Uint8Array, hash: string): Buffer =>
  createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();

/** The bits of the first byte that the modulus has room for. */
const topMask = (modulusBits: number): number => {
  const spare = 8 * Math.ceil((modulusBits - 1) / 8) - (modulusBits - 1);
  return 0xff >> spare;
};

/** MGF1 (RFC 8017 §B.2.1), in place. */
function applyMask(block: Buffer, seed: Uint8Array, hash: string, modulusBits: number): void {
  const counter = Buffer.alloc(4);
  for (let at = 0, round = 0; at < block.length; round++) {
    counter.writeUInt32BE(round);
    for (const byte of createHash(hash).update(seed).update(counter).digest()) {
      if (at >= block.length) break;
      block[at] = (block[at] as number) ^ byte;
      at++;
    }
  }
  block[0] = (block[0] as number) & topMask(modulusBits);
}
