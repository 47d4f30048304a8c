/**
 * The errors of the bindings API.
 * @see spec 03 §8.3
 */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const malformed = {
  code: "ERR_MALFORMED_REQUEST",
  category: "common",
  form: "simple",
  http: 400,
  grpc: code.invalidArgument,
} as const;

export const bodyUnreadable = defineError({
  ...malformed,
  message: "failed deserializing HTTP body: {cause}",
  when: "The body of a call of an output binding is not the JSON object that it should be.",
  remedy:
    'Send `{"operation":"...","data":...,"metadata":{...}}`; values of `metadata` are strings.',
});

export const baggageInvalid = defineError({
  ...malformed,
  message: "invalid baggage header: {cause}",
  when: "The `baggage` header does not follow the W3C's rules.",
  remedy: "Correct or remove the header.",
});

export const invokeFailed = defineError({
  code: "ERR_INVOKE_OUTPUT_BINDING",
  category: "binding",
  form: "basic",
  http: 500,
  grpc: code.internal,
  message: "error invoking output binding {binding}: {cause}",
  when: "The output binding does not exist, does not know the operation, or could not carry it out.",
  remedy:
    "See the cause. Output bindings that are loaded have the capability `OUTPUT_BINDING` in `GET /v1.0/metadata`.",
});
