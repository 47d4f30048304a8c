/**
 * The lock API over gRPC.
 * @see spec 01 §2.8, §8
 */
import { daprService, type GrpcMethod, unaryOnFirstUse } from "../api/grpc-method.ts";
import type { LockBlock } from "./lock.ts";

export function lockGrpcMethods(block: LockBlock): GrpcMethod[] {
  const load = () => import("./grpc-calls.ts");
  return [
    unaryOnFirstUse(
      `${daprService}TryLockAlpha1`,
      { group: "lock", version: "v1alpha1" },
      async () => (await load()).tryLock(block),
    ),
    unaryOnFirstUse(
      `${daprService}UnlockAlpha1`,
      { group: "unlock", version: "v1alpha1" },
      async () => (await load()).unlock(block),
    ),
  ];
}
