/**
 * Calls over gRPC; loaded with the first one, for few sidecars have a lock store.
 * @see spec 01 §8
 */
import {
  TryLockRequest,
  TryLockResponse,
  UnlockRequest,
  UnlockResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/lock.ts";
import { type UnaryCalls, unaryCalls } from "../api/grpc-method.ts";
import type { LockBlock } from "./lock.ts";
import { unlockStatus } from "./status.ts";

export const tryLock = (block: LockBlock): UnaryCalls =>
  unaryCalls({
    request: TryLockRequest,
    response: TryLockResponse,
    handle: async (request, call) => ({ success: await block.tryLock(request, call.signal) }),
  });

export const unlock = (block: LockBlock): UnaryCalls =>
  unaryCalls({
    request: UnlockRequest,
    response: UnlockResponse,
    handle: async (request, call) => ({
      status: unlockStatus(await block.unlock(request, call.signal)),
    }),
  });
