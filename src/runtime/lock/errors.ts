/**
 * The errors of the lock API.
 * @see spec 01 §8
 */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "lock";
const form = "simple";

export const storesNotConfigured = defineError({
  code: "ERR_LOCK_STORE_NOT_CONFIGURED",
  category,
  form,
  http: 500,
  grpc: code.failedPrecondition,
  message: "lock store is not configured",
  when: "No lock store is loaded.",
  remedy: "Add a lock component.",
});

export const storeNotFound = defineError({
  code: "ERR_LOCK_STORE_NOT_FOUND",
  category,
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "lock store {store} not found",
  when: "No lock store has this name.",
  remedy: "Correct the name, or add the component.",
});

const malformed = {
  code: "ERR_MALFORMED_REQUEST",
  category: "common",
  form,
  http: 400,
  grpc: code.invalidArgument,
} as const;

export const expiryNotPositive = defineError({
  ...malformed,
  message: "ExpiryInSeconds is not positive in lock store {store}",
  when: "`expiryInSeconds` is missing, 0 or negative.",
  remedy: "Send a positive number.",
});

export const resourceEmpty = defineError({
  ...malformed,
  message: "ResourceId is empty in lock store {store}",
  when: "`resourceId` is missing or empty.",
  remedy: "Name what to lock.",
});

export const ownerEmpty = defineError({
  ...malformed,
  message: "LockOwner is empty in lock store {store}",
  when: "`lockOwner` is missing or empty.",
  remedy: "Send an identity that is unique to the owner.",
});

const failed = {
  category,
  form,
  http: 500,
  grpc: code.internal,
  remedy: "See the cause; the store may be out of reach.",
} as const;

export const tryLockFailed = defineError({
  ...failed,
  code: "ERR_TRY_LOCK",
  message: "failed to try acquiring lock: {cause}",
  when: "The store failed while locking; a lock that another holds is no error.",
});

export const unlockFailed = defineError({
  ...failed,
  code: "ERR_UNLOCK",
  message: "failed to release lock: {cause}",
  when: "The store failed while unlocking.",
});
