/**
 * Security of a process without an identity. Apart from the rest, which is only loaded when there is one.
 * @see spec 07 §1.4
 */
import type { Security } from "./security.ts";

/** Nobody is known and nothing is encrypted. */
export const plaintext: Security = {
  isMtlsEnabled: false,
  identity: undefined,
  serverTls: () => undefined,
  clientTls: () => undefined,
  controlPlaneTls: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

export const plaintextNotice = "mTLS is disabled. Skipping certificate request and tls validation";
