/**
 * The errors of the health endpoints.
 * @see spec 01 §12
 */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const health = { category: "health", form: "simple", http: 500, grpc: code.internal } as const;

export const notReady = defineError({
  ...health,
  code: "ERR_HEALTH_NOT_READY",
  message: "dapr is not ready: [{targets}]",
  when: "The named parts of the sidecar are not ready yet.",
  remedy: "Wait; a sidecar with an app port waits for the app.",
});

export const outboundNotReady = defineError({
  ...health,
  code: "ERR_OUTBOUND_HEALTH_NOT_READY",
  message: "dapr outbound is not ready",
  when: "Components are still loading.",
  remedy: "Wait.",
});

export const appIdMismatch = defineError({
  ...health,
  code: "ERR_HEALTH_APPID_NOT_MATCH",
  message: "dapr app-id does not match",
  when: "The query parameter `appid` names another app.",
  remedy: "Ask the sidecar of that app: another one may listen on its port.",
});
