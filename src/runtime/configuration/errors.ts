/**
 * The errors of the configuration API.
 * @see spec 01 §7
 */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "configuration";
const form = "basic";

export const storesNotConfigured = defineError({
  code: "ERR_CONFIGURATION_STORE_NOT_CONFIGURED",
  category,
  form,
  http: 500,
  grpc: code.failedPrecondition,
  message: "configuration stores not configured",
  when: "No configuration store is loaded.",
  remedy: "Add a configuration component.",
});

export const storeNotFound = defineError({
  code: "ERR_CONFIGURATION_STORE_NOT_FOUND",
  category,
  form,
  http: 400,
  grpc: code.invalidArgument,
  message: "configuration store {store} not found",
  when: "No configuration store has this name.",
  remedy: "Correct the name, or add the component.",
});

/** How lists of keys are shown in the texts. */
export const shownKeys = (keys: readonly string[]): string => `[${keys.join(" ")}]`;

const remedy = "See the cause; the store may be out of reach.";

export const getFailed = defineError({
  code: "ERR_CONFIGURATION_GET",
  category,
  form,
  http: 500,
  grpc: code.internal,
  message: "failed to get {keys} from Configuration store {store}: {cause}",
  when: "The store could not read the items.",
  remedy,
});

export const subscribeFailed = defineError({
  code: "ERR_CONFIGURATION_SUBSCRIBE",
  category,
  form,
  http: 500,
  grpc: code.invalidArgument,
  message: "failed to subscribe {keys} from Configuration store {store}: {cause}",
  when: "The store could not watch the items.",
  remedy,
});

/** Only its text leaves over HTTP and gRPC, and its code only as a metric. */
export const unsubscribeFailed = defineError({
  code: "ERR_CONFIGURATION_UNSUBSCRIBE",
  category,
  form,
  http: 500,
  grpc: code.internal,
  message: "failed to unsubscribe to configuration request {id}: {cause}",
  when: "There is no such subscription, or the store could not end it; the answer holds the text only.",
  remedy: "Use the id that subscribing answered with.",
});

/** Not counted by error code (spec 01 §4). */
export const noAppChannel = defineError({
  code: "ERR_APP_CHANNEL_NIL",
  category: "common",
  form: "simple",
  http: 500,
  grpc: code.ok,
  coded: false,
  message: "app channel is not initialized. cannot subscribe to configuration updates",
  when: "Subscribing over HTTP needs an app to call, and there is none.",
  remedy: "Start the sidecar with `--app-port`, or subscribe over gRPC.",
});
