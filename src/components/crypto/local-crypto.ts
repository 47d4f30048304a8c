/**
 * What the providers share that keep no keys themselves but read them and use them in the sidecar. A provider is a
 * {@link KeySource} and its component definition.
 * @see spec 01 §9.3
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { errorText } from "../../kit/errors/api-error.ts";
import { checkUse, type KeyOperation, type LoadedKey } from "../shared/crypto-key.ts";
import {
  decryptSymmetric,
  encryptSymmetric,
  isSymmetricAlgorithm,
  unsupported,
} from "../shared/crypto-key-ciphers.ts";
import { decryptRsa, encryptRsa, isRsaAlgorithm } from "../shared/crypto-key-rsa.ts";
import { signDigest, verifyDigest } from "../shared/crypto-key-signatures.ts";
import type {
  CryptoProvider,
  OpenRequest,
  Sealed,
  SealRequest,
  SignRequest,
  VerifyRequest,
} from "./contract.ts";

/** Where the keys are. Disposing ends what the source started. */
export interface KeySource extends AsyncDisposable {
  /** @throws {Error} `key not found`, or why it could not be read; no text may hold key material */
  getKey(name: string, signal?: AbortSignal): Promise<LoadedKey>;
}

export const keyNotFound = (): Error => new Error("key not found");

export class LocalCrypto implements CryptoProvider {
  readonly #source: KeySource;

  constructor(source: KeySource) {
    this.#source = source;
  }

  async publicKey(keyName: string, signal?: AbortSignal): Promise<KeyObject> {
    const { object } = await this.#source.getKey(keyName, signal);
    if (object.type === "secret") throw keyNotFound();
    return object.type === "public" ? object : createPublicKey(object);
  }

  async encrypt(request: SealRequest, signal?: AbortSignal): Promise<Sealed> {
    return seal(await this.#load("encrypt", request, signal), request);
  }

  async decrypt(request: OpenRequest, signal?: AbortSignal): Promise<Buffer> {
    return open(await this.#load("decrypt", request, signal), request);
  }

  async wrapKey(request: SealRequest, signal?: AbortSignal): Promise<Sealed> {
    const key = await this.#load("wrapKey", request, signal);
    if (!wrapsKeys(request.algorithm)) throw sealFailed(unsupported());
    return seal(key, request);
  }

  async unwrapKey(request: OpenRequest, signal?: AbortSignal): Promise<Buffer> {
    const key = await this.#load("unwrapKey", request, signal);
    if (!wrapsKeys(request.algorithm)) throw openFailed(unsupported());
    return open(key, request);
  }

  async sign(request: SignRequest, signal?: AbortSignal): Promise<Buffer> {
    const key = await this.#load("sign", request, signal);
    return attempt("sign data", () => signDigest(key, request.algorithm, request.digest));
  }

  async verify(request: VerifyRequest, signal?: AbortSignal): Promise<boolean> {
    const { algorithm, digest, signature } = request;
    const key = await this.#load("verify", request, signal);
    return attempt("verify signature", () => verifyDigest(key, algorithm, digest, signature));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#source[Symbol.asyncDispose]());
  }

  async #load(
    operation: KeyOperation,
    { keyName, algorithm }: { readonly keyName: string; readonly algorithm: string },
    signal: AbortSignal | undefined,
  ): Promise<KeyObject> {
    let key: LoadedKey;
    try {
      key = await this.#source.getKey(keyName, signal);
    } catch (cause) {
      const what = operation.endsWith("Key") ? "the key encryption key" : "the key";
      throw new Error(`failed to retrieve ${what}: ${errorText(cause)}`, { cause });
    }
    checkUse(key, operation, algorithm);
    return key.object;
  }
}

/** CBC without padding is for data only. */
const wrapsKeys = (algorithm: string): boolean => !algorithm.endsWith("-NOPAD");

function seal(key: KeyObject, request: SealRequest): Sealed {
  const { algorithm } = request;
  return attempt("encrypt data", () => {
    if (isRsaAlgorithm(algorithm)) return { data: encryptRsa(key, algorithm, request) };
    if (isSymmetricAlgorithm(algorithm)) return encryptSymmetric(key, algorithm, request);
    throw unsupported();
  });
}

function open(key: KeyObject, request: OpenRequest): Buffer {
  const { algorithm } = request;
  return attempt("decrypt data", () => {
    if (isRsaAlgorithm(algorithm)) return decryptRsa(key, algorithm, request);
    if (isSymmetricAlgorithm(algorithm)) return decryptSymmetric(key, algorithm, request);
    throw unsupported();
  });
}

const failed = (what: string, cause: unknown): Error =>
  new Error(`failed to ${what}: ${errorText(cause)}`, { cause });

const sealFailed = (cause: unknown): Error => failed("encrypt data", cause);
const openFailed = (cause: unknown): Error => failed("decrypt data", cause);

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw failed(what, cause);
  }
}
