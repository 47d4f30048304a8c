/**
 * Who may have which identity.
 * @see spec 07 §2.5
 */
import type { SignCertificateRequest } from "../kit/proto/dapr/proto/sentry/v1/sentry.ts";
import { checkTrustDomain } from "../kit/security/spiffe.ts";

export interface Validator extends AsyncDisposable {
  readonly name: "insecure" | "jwks" | "kubernetes";
  /**
   * @returns the trust domain of the identity
   * @throws {Error} what the caller is told, with PermissionDenied
   */
  validate(request: SignCertificateRequest): Promise<{ readonly trustDomain: string }>;
}

const defaultTrustDomain = "public";
const maxAppIdLength = 64;

/** What holds whatever the validator. @returns the trust domain @throws {Error} */
export function checkRequest(request: SignCertificateRequest): string {
  const complaints: string[] = [];
  if (request.id === "") complaints.push("parameter app-id cannot be empty");
  if (request.id.includes(".")) complaints.push("parameter app-id cannot contain dots");
  if (Buffer.byteLength(request.id) > maxAppIdLength) {
    complaints.push(`app ID must be ${maxAppIdLength} characters or less`);
  }
  if (request.certificateSigningRequest.length === 0) complaints.push("CSR is required");
  if (request.namespace === "") complaints.push("namespace is required");
  if (complaints.length > 0) throw new Error(`invalid request: ${complaints.join("\n")}`);
  const trustDomain = request.trustDomain || defaultTrustDomain;
  checkTrustDomain(trustDomain);
  return trustDomain;
}

/** Believes everybody; for machines of developers. */
export const insecureValidator: Validator = {
  name: "insecure",
  validate: async (request) => ({ trustDomain: checkRequest(request) }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
