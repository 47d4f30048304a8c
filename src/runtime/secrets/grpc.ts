/**
 * The secrets API over gRPC.
 * @see spec 01 §2.8, §6
 */
import {
  GetBulkSecretRequest,
  GetBulkSecretResponse,
  GetSecretRequest,
  GetSecretResponse,
} from "../../kit/proto/dapr/proto/runtime/v1/secret.ts";
import { daprService, type GrpcMethod, unary } from "../api/grpc-method.ts";
import type { SecretsBlock } from "./secrets.ts";

export function secretsGrpcMethods(block: SecretsBlock): GrpcMethod[] {
  const rule = { group: "secrets", version: "v1" } as const;
  return [
    unary({
      path: `${daprService}GetSecret`,
      rule,
      request: GetSecretRequest,
      response: GetSecretResponse,
      describe(span, { storeName }) {
        span.setAttribute("rpc.service", "Dapr");
        span.setAttribute("db.system", "secrets");
        span.setAttribute("db.connection_string", "secrets");
        span.setAttribute("db.name", storeName);
        span.setAttribute("db.statement", `${daprService}GetSecret`);
      },
      handle: async ({ storeName, key, metadata }, call) => ({
        data: await block.get(storeName, key, metadata, call.signal),
      }),
    }),
    unary({
      path: `${daprService}GetBulkSecret`,
      rule,
      request: GetBulkSecretRequest,
      response: GetBulkSecretResponse,
      async handle({ storeName, metadata }, call) {
        const data = await block.bulkGet(storeName, metadata, call.signal);
        const entries = [...(data ?? [])].map(([name, secrets]) => [name, { secrets }] as const);
        return { data: new Map(entries) };
      },
    }),
  ];
}
