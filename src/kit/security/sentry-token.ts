/**
 * The token that a process shows to sentry, if it has one.
 * @see spec 07 §3.2
 */
import { access, readFile } from "node:fs/promises";
import type { Logger } from "../logging/logger.ts";
import { SignCertificateRequest_TokenValidator as validator } from "../proto/dapr/proto/sentry/v1/sentry.ts";

export interface SentryToken {
  readonly token: string;
  readonly validator: number;
}

const variable = "DAPR_SENTRY_TOKEN_FILE";
const projectedToken = "/var/run/secrets/dapr.io/sentrytoken/token";
const serviceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Reads the token anew; call it for every request. @throws {Error} without the prefix `error obtaining token: ` */
export async function readSentryToken(options: {
  readonly env: ReadonlyMap<string, string>;
  readonly isKubernetes: boolean;
  readonly logger: Logger;
}): Promise<SentryToken> {
  const { env, isKubernetes, logger } = options;
  const file = env.get(variable);
  if (file !== undefined) {
    if (file === "") {
      throw new Error(`environmental variable ${variable} is set with an empty value`);
    }
    return {
      token: await readToken(file),
      validator: isKubernetes ? validator.KUBERNETES : validator.JWKS,
    };
  }
  if (!isKubernetes) return { token: "", validator: validator.UNKNOWN };
  if (await exists(projectedToken)) {
    return { token: await readToken(projectedToken), validator: validator.KUBERNETES };
  }
  logger.warn(
    `Using the service account token at '${serviceAccountToken}' towards Sentry, which is discouraged because it gives access to the Kubernetes API`,
  );
  return { token: await readToken(serviceAccountToken), validator: validator.KUBERNETES };
}

async function readToken(path: string): Promise<string> {
  let token: string;
  try {
    token = await readFile(path, "utf8");
  } catch (error) {
    throw new Error(`failed to read token at path '${path}': ${reason(error)}`);
  }
  if (token === "") throw new Error(`failed to read token at path '${path}': token is empty`);
  return token;
}

function reason(error: unknown): string {
  const { code, message, path } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? `open ${path}: no such file or directory` : message;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
