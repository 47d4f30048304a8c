/**
 * The sidecar's identity. The code behind it is only loaded when there is one.
 * @see spec 07 §1.4, §3
 */
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logging } from "../kit/logging/logger.ts";
import type { Transport } from "../kit/rpc/transport.ts";
import { plaintext, plaintextNotice } from "../kit/security/plaintext.ts";
import type { Security } from "../kit/security/security.ts";
import type { SidecarOptions } from "./options.ts";

/** Resolves when the identity is there, or at once when none is needed. */
export async function startSidecarSecurity(
  options: SidecarOptions,
  context: {
    readonly platform: Platform;
    readonly logging: Logging;
    readonly transport: Transport;
    readonly signal: AbortSignal;
    readonly onFault: (error: Error) => void;
  },
): Promise<Security> {
  const { platform, logging, transport, signal, onFault } = context;
  const { security, mode, appId, namespace } = options;
  const logger = logging.logger("dapr.runtime.security");
  if (security.controlPlaneTrustDomain === "") {
    throw new Error("control plane trust domain is required");
  }
  if (!security.isMtlsEnabled && mode === "standalone") {
    logger.warn(plaintextNotice);
    return plaintext;
  }
  const { startSecurity } = await import("../kit/security/security.ts");
  return await startSecurity(
    {
      isMtlsEnabled: security.isMtlsEnabled,
      mode,
      sentryAddress: security.sentryAddress,
      controlPlaneTrustDomain: security.controlPlaneTrustDomain,
      controlPlaneNamespace: security.controlPlaneNamespace,
      trustAnchors: { pem: security.trustAnchors },
      appId,
      namespace,
      jwtAudiences: security.jwtAudiences,
    },
    { clock: platform.clock, env: platform.env, transport, logger, signal, onFault },
  );
}
