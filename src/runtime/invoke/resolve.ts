/**
 * From app id to one address, with the retries and the cache that the runtime adds to a resolver.
 * @see spec 02 §10.1
 */
import type { NameResolver } from "../../components/nameresolution/contract.ts";
import type { Platform } from "../../kit/lifecycle/platform.ts";

const cacheMs = 20_000;
const maxCachedApps = 1000;
const emptyRetries = 5;
const emptyRetryMs = 100;

interface Cached {
  readonly addresses: readonly string[];
  readonly expiresAt: number;
}

export class Addresses {
  readonly #resolver: NameResolver;
  readonly #port: () => number;
  readonly #platform: Pick<Platform, "clock" | "random">;
  readonly #cache = new Map<string, Cached>();

  /** @param port the own internal gRPC port, which resolvers assume where they know none */
  constructor(
    resolver: NameResolver,
    port: () => number,
    platform: Pick<Platform, "clock" | "random">,
  ) {
    this.#resolver = resolver;
    this.#port = port;
    this.#platform = platform;
  }

  /** @throws {Error} with the resolver's text */
  find(appId: string, namespace: string): string | Promise<string> {
    const cached = this.#cache.get(`${namespace}/${appId}`);
    if (cached !== undefined && this.#platform.clock.monotonic() < cached.expiresAt) {
      return this.#pick(cached.addresses);
    }
    const found = this.#resolve(appId, namespace);
    if (found instanceof Promise) return this.#wait(found, appId, namespace);
    const address = this.#choose(found, appId, namespace);
    return address === "" ? this.#wait(Promise.resolve(found), appId, namespace) : address;
  }

  /** The connection to an address failed: it is looked up anew next time. */
  forget(appId: string, namespace: string): void {
    this.#cache.delete(`${namespace}/${appId}`);
    this.#resolver.forget?.(appId);
  }

  #resolve(appId: string, namespace: string): Promise<readonly string[]> | readonly string[] {
    return this.#resolver.resolve({ appId, namespace, port: this.#port() });
  }

  async #wait(
    first: Promise<readonly string[]>,
    appId: string,
    namespace: string,
  ): Promise<string> {
    let found = await first;
    for (let retry = 0; ; retry++) {
      const address = this.#choose(found, appId, namespace);
      if (address !== "") return address;
      if (retry === emptyRetries) break;
      await this.#platform.clock.sleep(emptyRetryMs);
      found = await this.#resolve(appId, namespace);
    }
    throw new Error(`resolver returned empty address for app id ${namespace}/${appId}`);
  }

  /** "" when there is none. */
  #choose(addresses: readonly string[], appId: string, namespace: string): string {
    const [first = ""] = addresses;
    if (first === "" || !this.#resolver.isMultiAddress) return first;
    if (this.#cache.size >= maxCachedApps) this.#cache.clear();
    const expiresAt = this.#platform.clock.monotonic() + cacheMs;
    this.#cache.set(`${namespace}/${appId}`, { addresses, expiresAt });
    return this.#pick(addresses);
  }

  #pick(addresses: readonly string[]): string {
    const { random } = this.#platform;
    return addresses[Math.floor(random.number() * addresses.length)] ?? "";
  }
}
