/**
 * Crypto providers: they use keys without giving them away.
 * @see spec 01 §9.3, spec 04 §8.6
 */
import type { KeyObject } from "node:crypto";
import type { RunningComponent } from "../contract.ts";

export interface SealRequest {
  /** Plaintext to encrypt, or the key to wrap. */
  readonly data: Uint8Array;
  /** As in JSON Web Algorithms, upper case: `RSA-OAEP-256`, `A256KW`. */
  readonly algorithm: string;
  readonly keyName: string;
  /** Also the initialisation vector of CBC; undefined where the algorithm has none. */
  readonly nonce?: Uint8Array | undefined;
  /** Also the label of RSA-OAEP. */
  readonly associatedData?: Uint8Array | undefined;
}

export interface Sealed {
  readonly data: Buffer;
  /** undefined where the algorithm has none. */
  readonly tag?: Buffer;
}

export interface OpenRequest extends SealRequest {
  readonly tag?: Uint8Array | undefined;
}

export interface SignRequest {
  /** Hashed already, as the algorithm asks; the message itself for EdDSA. */
  readonly digest: Uint8Array;
  readonly algorithm: string;
  readonly keyName: string;
}

export interface VerifyRequest extends SignRequest {
  /** R and S one after the other for ECDSA (IEEE P1363). */
  readonly signature: Uint8Array;
}

/**
 * Every method rejects with an Error that names no key material: `key not found`, `key type mismatch`,
 * `unsupported algorithm`, `key cannot perform the 'wrapKey' operation` and the like.
 */
export interface CryptoProvider extends RunningComponent {
  /** The public half. @throws {Error} `key not found`, for symmetric keys too */
  publicKey(keyName: string, signal?: AbortSignal): Promise<KeyObject>;
  encrypt(request: SealRequest, signal?: AbortSignal): Promise<Sealed>;
  decrypt(request: OpenRequest, signal?: AbortSignal): Promise<Buffer>;
  /** The key to wrap is raw for symmetric keys, PKCS#8 for others. */
  wrapKey(request: SealRequest, signal?: AbortSignal): Promise<Sealed>;
  unwrapKey(request: OpenRequest, signal?: AbortSignal): Promise<Buffer>;
  sign(request: SignRequest, signal?: AbortSignal): Promise<Buffer>;
  verify(request: VerifyRequest, signal?: AbortSignal): Promise<boolean>;
}
