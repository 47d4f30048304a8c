/**
 * Lock stores.
 * @see spec 01 §8, spec 04 §8.3
 */
import type { RunningComponent } from "../contract.ts";

export interface LockRequest {
  /** As stored. */
  readonly resource: string;
  readonly owner: string;
}

export type UnlockResult = "unlocked" | "not-locked" | "owned-by-others";

export interface LockStore extends RunningComponent {
  /**
   * Not reentrant: the owner is refused like anybody else, and the expiry stays as it was.
   * @param request.expirySeconds at least 1
   * @returns whether the lock is the owner's now @throws {Error}
   */
  tryLock(
    request: LockRequest & { readonly expirySeconds: number },
    signal?: AbortSignal,
  ): Promise<boolean>;
  /** @throws {Error} */
  unlock(request: LockRequest, signal?: AbortSignal): Promise<UnlockResult>;
}
