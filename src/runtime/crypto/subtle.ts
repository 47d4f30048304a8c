/**
 * The subtle cryptography APIs, which release builds of the reference leave out.
 * @see spec 01 §9.4
 */
import type { Codec } from "../../kit/proto/codec.ts";
import { daprService, decodeRequest, type GrpcMethod } from "../api/grpc-method.ts";
import type { HttpRoute } from "../api/http-route.ts";
import { readMessage } from "../api/message-body.ts";
import * as errors from "./errors.ts";

const operations = [
  "GetKey",
  "Encrypt",
  "Decrypt",
  "WrapKey",
  "UnwrapKey",
  "Sign",
  "Verify",
] as const;

const rule = { group: "subtlecrypto", version: "v1alpha1" } as const;

/** The messages are loaded on first use. */
async function requestOf(operation: (typeof operations)[number]): Promise<Codec<object>> {
  const messages = await import("../../kit/proto/dapr/proto/runtime/v1/crypto.ts");
  return messages[`Subtle${operation}Request`];
}

/** A request must be well-formed all the same. */
export function subtleHttpRoutes(): HttpRoute[] {
  return operations.map((operation) => ({
    ...rule,
    name: `Subtle${operation}`,
    methods: ["POST"],
    path: `/v1.0-alpha1/subtlecrypto/:name/${operation.toLowerCase()}`,
    async handle(exchange) {
      await readMessage(exchange, await requestOf(operation));
      throw errors.notImplemented();
    },
  }));
}

export function subtleGrpcMethods(): GrpcMethod[] {
  return operations.map((operation) => ({
    ...rule,
    kind: "unary",
    path: `${daprService}Subtle${operation}Alpha1`,
    async handle(message) {
      const bytes = Buffer.from(message);
      decodeRequest(await requestOf(operation), bytes);
      throw errors.notImplemented();
    },
  }));
}
