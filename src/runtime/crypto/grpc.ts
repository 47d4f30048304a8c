/**
 * The cryptography API over gRPC.
 * @see spec 01 §2.8, §9
 */
import { daprService, type GrpcMethod, onFirstUse } from "../api/grpc-method.ts";
import type { CryptoBlock } from "./crypto.ts";
import { subtleGrpcMethods } from "./subtle.ts";

export function cryptoGrpcMethods(block: CryptoBlock): GrpcMethod[] {
  const rule = { group: "crypto", version: "v1alpha1", kind: "stream" } as const;
  return [
    {
      ...rule,
      path: `${daprService}EncryptAlpha1`,
      handle: onFirstUse(async () => (await import("./streams.ts")).encryptStream(block)),
    },
    {
      ...rule,
      path: `${daprService}DecryptAlpha1`,
      handle: onFirstUse(async () => (await import("./streams.ts")).decryptStream(block)),
    },
    ...subtleGrpcMethods(),
  ];
}
