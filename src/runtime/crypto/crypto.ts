/**
 * The cryptography building block: the operations, without a protocol.
 * @see spec 01 §9
 */
import type { CryptoProvider } from "../../components/crypto/contract.ts";
import type { Random } from "../../kit/lifecycle/platform.ts";
import { type CallMetrics, ComponentCalls } from "../../kit/metrics/component-calls.ts";
import type { Metrics } from "../../kit/metrics/metrics.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { Chunks, EncryptOptions } from "./document.ts";
import * as errors from "./errors.ts";

export interface CryptoOptions {
  readonly appId: string;
  /** Raw NAMESPACE, or "". */
  readonly namespaceEnv: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  /** ms, of component latencies; undefined: the default. */
  readonly latencyBounds?: readonly number[] | undefined;
}

/** A provider in service. */
export interface MountedProvider {
  readonly component: CryptoProvider;
  readonly operation: CallMetrics;
}

/** The result of an operation: errors before it started are `ERR_CRYPTO`, those that come out of it are the payload's. */
export type Output = AsyncGenerator<Buffer, void, void>;

export class CryptoBlock {
  readonly clock: Clock;
  readonly #calls: ComponentCalls;
  readonly #random: Random;
  readonly #providers = new Map<string, MountedProvider>();

  constructor(options: CryptoOptions) {
    this.clock = options.clock;
    this.#calls = new ComponentCalls({ ...options, kind: "crypto" });
    this.#random = options.random;
  }

  mount(name: string, component: CryptoProvider): Disposable {
    const mounted = { component, operation: this.#calls.operation(name, "crypto_op") };
    this.#providers.set(name, mounted);
    return {
      [Symbol.dispose]: () => {
        if (this.#providers.get(name) === mounted) this.#providers.delete(name);
      },
    };
  }

  /** @throws {ApiError} ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED, ERR_BAD_REQUEST, ERR_CRYPTO_PROVIDER_NOT_FOUND */
  provider(name: string): MountedProvider {
    if (this.#providers.size === 0) throw errors.providersNotConfigured();
    if (name === "") throw errors.badRequest({ why: "missing component name" });
    const provider = this.#providers.get(name);
    if (provider === undefined) throw errors.providerNotFound({ name });
    return provider;
  }

  /**
   * @returns the header, then one piece per segment
   * @throws {ApiError} ERR_CRYPTO
   */
  async encrypt(
    { component, operation }: MountedProvider,
    options: EncryptOptions,
    input: Chunks,
    signal?: AbortSignal,
  ): Promise<Output> {
    // Loaded on first use.
    const { encryptDocument } = await import("./document.ts");
    const random = (length: number): Buffer => this.#random.bytes(length);
    try {
      return await encryptDocument(
        options,
        async (data, algorithm, keyName) => {
          const request = { data, algorithm, keyName };
          return (await operation.measure(() => component.wrapKey(request, signal))).data;
        },
        random,
        input,
      );
    } catch (cause) {
      throw errors.operationFailed({}, cause);
    }
  }

  /**
   * @param keyName "": that of the document
   * @returns one piece per segment
   * @throws {ApiError} ERR_CRYPTO
   */
  async decrypt(
    { component, operation }: MountedProvider,
    keyName: string,
    input: Chunks,
    signal?: AbortSignal,
  ): Promise<Output> {
    const { decryptDocument } = await import("./document.ts");
    try {
      return await decryptDocument(
        keyName,
        (data, algorithm, name) =>
          operation.measure(() => component.unwrapKey({ data, algorithm, keyName: name }, signal)),
        input,
      );
    } catch (cause) {
      throw errors.operationFailed({}, cause);
    }
  }
}
