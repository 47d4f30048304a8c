/**
 * The distributed lock building block: the operations, without a protocol.
 * @see spec 01 §8
 */
import type { LockStore, UnlockResult } from "../../components/lock/contract.ts";
import type { ApiError } from "../../kit/errors/api-error.ts";
import * as errors from "./errors.ts";
import { storedName } from "./keys.ts";

interface MountedStore {
  readonly component: LockStore;
  readonly prefix: string;
}

export interface UnlockRequest {
  readonly storeName: string;
  readonly resourceId: string;
  readonly lockOwner: string;
}

export interface TryLockRequest extends UnlockRequest {
  readonly expiryInSeconds: number;
}

export class LockBlock {
  readonly appId: string;
  readonly #stores = new Map<string, MountedStore>();

  constructor(options: { readonly appId: string }) {
    this.appId = options.appId;
  }

  /** @param prefix precedes the resource, see keys.ts */
  mount(name: string, component: LockStore, prefix: string): Disposable {
    const mounted = { component, prefix };
    this.#stores.set(name, mounted);
    return {
      [Symbol.dispose]: () => {
        if (this.#stores.get(name) === mounted) this.#stores.delete(name);
      },
    };
  }

  /**
   * @returns whether the lock was taken; false when anybody holds it, the same owner too
   * @throws {ApiError} ERR_MALFORMED_REQUEST, ERR_LOCK_STORE_NOT_CONFIGURED, ERR_LOCK_STORE_NOT_FOUND, ERR_TRY_LOCK
   */
  async tryLock(request: TryLockRequest, signal?: AbortSignal): Promise<boolean> {
    const expirySeconds = request.expiryInSeconds;
    if (expirySeconds <= 0) throw errors.expiryNotPositive({ store: request.storeName });
    return await this.#call(
      request,
      (cause) => errors.tryLockFailed({}, cause),
      (store, resource) =>
        store.tryLock({ resource, owner: request.lockOwner, expirySeconds }, signal),
    );
  }

  /** @throws {ApiError} as {@link tryLock}, with ERR_UNLOCK */
  async unlock(request: UnlockRequest, signal?: AbortSignal): Promise<UnlockResult> {
    return await this.#call(
      request,
      (cause) => errors.unlockFailed({}, cause),
      (store, resource) => store.unlock({ resource, owner: request.lockOwner }, signal),
    );
  }

  /** The checks in their order, then the store. */
  async #call<T>(
    { storeName, resourceId, lockOwner }: UnlockRequest,
    failed: (cause: unknown) => ApiError,
    invoke: (store: LockStore, resource: string) => Promise<T>,
  ): Promise<T> {
    if (this.#stores.size === 0) throw errors.storesNotConfigured();
    if (resourceId === "") throw errors.resourceEmpty({ store: storeName });
    if (lockOwner === "") throw errors.ownerEmpty({ store: storeName });
    const store = this.#stores.get(storeName);
    if (store === undefined) throw errors.storeNotFound({ store: storeName });
    try {
      return await invoke(store.component, storedName(store.prefix, resourceId));
    } catch (cause) {
      throw failed(cause);
    }
  }
}
