/**
 * What the API servers answer before any building block is asked. Over HTTP these are plain texts.
 * @see spec 01 §2.6, §2.8, §3
 */
import { defineError, info } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const common = { category: "common", form: "detailed", coded: false } as const;

export const unauthorized = defineError({
  ...common,
  code: "Unauthorized",
  http: 401,
  grpc: code.unauthenticated,
  message: "Unauthorized",
  more: ["text"],
  details: [
    info(
      "Unauthorized",
      new Map([
        ["http.code", "401"],
        ["http.error_message", "{text}"],
      ]),
    ),
  ],
  when: "The call carries no API token, or a wrong one; HTTP answers with a plain text.",
  remedy: "Send the token of `DAPR_API_TOKEN` as `dapr-api-token`.",
});

export const overloaded = defineError({
  ...common,
  form: "simple",
  code: "Overloaded",
  http: 503,
  grpc: code.resourceExhausted,
  message: "too many calls in flight",
  when: "10,000 calls are in flight; HTTP answers with a plain text.",
  remedy: "Call again later, with back-off, or start more replicas.",
});

export const notAvailable = defineError({
  ...common,
  code: "Not Implemented",
  http: 501,
  grpc: code.unimplemented,
  message: "Not Implemented",
  details: [
    info(
      "Not Implemented",
      new Map([
        ["http.code", "501"],
        ["http.error_message", "requested endpoint is not available"],
      ]),
    ),
  ],
  when: "The Configuration does not allow this gRPC method; HTTP answers as for unknown paths.",
  remedy: "Change `spec.api.allowed` or `spec.api.denied`.",
});
