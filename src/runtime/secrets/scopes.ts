/**
 * Which secrets of a store the app may read.
 * @see spec 01 §6, spec 04 §6.4
 */
import type { SecretScope } from "../resources/configuration.ts";

interface Scope {
  readonly allowed: ReadonlySet<string>;
  readonly denied: ReadonlySet<string>;
  readonly isOpen: boolean;
}

export class SecretScopes {
  readonly #scopes: ReadonlyMap<string, Scope>;

  constructor(scopes: readonly SecretScope[]) {
    this.#scopes = new Map(
      scopes.map((scope) => [
        scope.storeName,
        {
          allowed: new Set(scope.allowedSecrets),
          denied: new Set(scope.deniedSecrets),
          isOpen: scope.defaultAccess.toLowerCase() !== "deny",
        },
      ]),
    );
  }

  /** Stores that a scope was written for. */
  get stores(): Iterable<string> {
    return this.#scopes.keys();
  }

  /** Names are exact. An allow list decides alone, then the deny list, then the default. */
  isAllowed(store: string, secret: string): boolean {
    const scope = this.#scopes.get(store);
    if (scope === undefined) return true;
    if (scope.allowed.size > 0) return scope.allowed.has(secret);
    return !scope.denied.has(secret) && scope.isOpen;
  }
}
