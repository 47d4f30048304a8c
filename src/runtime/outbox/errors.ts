/**
 * The errors of the outbox.
 * @see spec 03 §10.1
 */
import { type ApiError, errorText } from "../../kit/errors/api-error.ts";
import { defineError, info } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

export const notPublished = defineError({
  code: "ERR_PUBLISH_OUTBOX",
  category: "pubsub",
  form: "detailed",
  http: 500,
  grpc: code.internal,
  message: "error while publishing outbox message: {cause}",
  details: [info("DAPR_PUBSUB_OUTBOX")],
  when: "An event of a transaction could not be handed to the store's outbox; nothing was written. The detail names app and cause.",
  remedy: "See the cause; the transaction may be sent again.",
});

export const publishFailed = (appId: string, cause: unknown): ApiError =>
  notPublished({}, cause, {
    metadata: new Map([
      ["appID", appId],
      ["error", errorText(cause)],
    ]),
  });

/** The marker of an event is not in the store: its transaction was not, or not yet, committed. */
export class MissingStateError extends Error {
  override readonly name = "MissingStateError";
}
