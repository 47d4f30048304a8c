/** The errors of the log level API. */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

export const levelMalformed = defineError({
  code: "ERR_MALFORMED_REQUEST",
  category: "common",
  form: "simple",
  http: 400,
  grpc: code.invalidArgument,
  message: "the log level must be debug, info, warn, error or fatal",
  when: 'The body is not like `{"level":"debug"}`.',
  remedy: "Send one of the five words as `level`.",
});
