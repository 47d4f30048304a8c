/**
 * The errors of the secrets API.
 * @see spec 01 §6
 */
import { defineError } from "../../kit/errors/define-error.ts";
import { code } from "../../kit/rpc/status.ts";

const category = "secret";
const form = "simple";

export const storesNotConfigured = defineError({
  code: "ERR_SECRET_STORES_NOT_CONFIGURED",
  category,
  form,
  http: 500,
  grpc: code.failedPrecondition,
  message: "secret store is not configured",
  when: "No secret store is loaded.",
  remedy: "Add a secret store component.",
});

export const storeNotFound = defineError({
  code: "ERR_SECRET_STORE_NOT_FOUND",
  category,
  form,
  http: 401,
  grpc: code.invalidArgument,
  message: "failed finding secret store with key {store}",
  when: "No secret store has this name.",
  remedy:
    "Correct the name, or add the component; names of loaded ones are in `GET /v1.0/metadata`.",
});

export const permissionDenied = defineError({
  code: "ERR_PERMISSION_DENIED",
  category,
  form,
  http: 403,
  grpc: code.permissionDenied,
  message: 'access denied by policy to get "{secret}" from "{store}"',
  when: "A secrets scope of the Configuration does not allow this secret.",
  remedy: "Allow it in `spec.secrets.scopes`.",
});

const failed = {
  code: "ERR_SECRET_GET",
  category,
  form,
  http: 500,
  grpc: code.internal,
  remedy: "See the cause; the secret may not exist or the store may be out of reach.",
} as const;

export const getFailed = defineError({
  ...failed,
  message: "failed getting secret with key {secret} from secret store {store}: {cause}",
  when: "The store could not answer with the secret.",
});

export const bulkGetFailed = defineError({
  ...failed,
  message: "failed getting secrets from secret store {store}: {cause}",
  when: "The store could not list its secrets.",
});
