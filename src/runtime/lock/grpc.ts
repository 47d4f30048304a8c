/**
 * The lock API over gRPC.
 * @see spec 01 §2.8, §8
 */
import {
  TryLockRequest,
  TryLockResponse,
  UnlockRequest,
  UnlockResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/lock.ts";
import { daprService, type GrpcMethod, unary } from "../api/grpc-method.ts";
import type { LockBlock } from "./lock.ts";
import { unlockStatus } from "./status.ts";

export function lockGrpcMethods(block: LockBlock): GrpcMethod[] {
  return [
    unary({
      path: `${daprService}TryLockAlpha1`,
      rule: { group: "lock", version: "v1alpha1" },
      request: TryLockRequest,
      response: TryLockResponse,
      handle: async (request, call) => ({ success: await block.tryLock(request, call.signal) }),
    }),
    unary({
      path: `${daprService}UnlockAlpha1`,
      rule: { group: "unlock", version: "v1alpha1" },
      request: UnlockRequest,
      response: UnlockResponse,
      handle: async (request, call) => ({
        status: unlockStatus(await block.unlock(request, call.signal)),
      }),
    }),
  ];
}
