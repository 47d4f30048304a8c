/**
 * Errors that several building blocks answer with.
 * @see spec 01 §2.5, §15
 */
import { code } from "../rpc/status.ts";
import { defineError } from "./define-error.ts";

const common = {
  category: "common",
  form: "simple",
  http: 400,
  grpc: code.invalidArgument,
} as const;

export const bodyUnreadable = defineError({
  ...common,
  code: "ERR_BODY_READ",
  message: "failed to read request body: {cause}",
  when: "The body is larger than `--max-body-size` (`stream too large`), or broke off.",
  remedy: "Send less, or raise `--max-body-size`.",
});

/** A body that is no message in proto3 JSON. */
export const bodyMalformed = defineError({
  ...common,
  code: "ERR_MALFORMED_REQUEST",
  message: "failed deserializing HTTP body: proto: {cause}",
  when: "The body is no message in proto3 JSON.",
  remedy: "Correct it; the cause names the place.",
});
