/**
 * The errors of the cryptography API.
 * @see spec 01 §9
 */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "crypto";
const form = "simple";

export const providersNotConfigured = defineError({
  code: "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED",
  category,
  form,
  http: 500,
  grpc: code.internal,
  message: "crypto providers not configured",
  when: "No crypto component is loaded.",
  remedy: "Add one.",
});

export const providerNotFound = defineError({
  code: "ERR_CRYPTO_PROVIDER_NOT_FOUND",
  category,
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "crypto provider {name} not found",
  when: "No crypto component has this name.",
  remedy: "Correct the name, or add the component.",
});

export const badRequest = defineError({
  code: "ERR_BAD_REQUEST",
  category: "common",
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "invalid request: {why}",
  when: "A header or an option is missing, or the stream does not begin with its options.",
  remedy: "Send what the text names.",
});

export const operationFailed = defineError({
  code: "ERR_CRYPTO",
  category,
  form,
  http: 500,
  grpc: code.internal,
  message: "failed to perform operation: {cause}",
  when: "The provider could not encrypt or decrypt.",
  remedy: "See the cause; key and algorithm must fit, and the data must be whole.",
});

export const notImplemented = defineError({
  code: "ERR_API_UNIMPLEMENTED",
  category: "common",
  form,
  http: 501,
  grpc: code.unimplemented,
  message: "this API is currently not implemented",
  when: "The subtle calls exist in the protocol only.",
  remedy: "Use encrypt and decrypt.",
});
