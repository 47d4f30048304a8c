/**
 * What proves an identity: an X.509 SVID, and JWT SVIDs when sentry issues them.
 * @see spec 07 §3.3, §3.6
 */
import type { KeyObject } from "node:crypto";
import { SpiffeId } from "./spiffe.ts";

export interface X509Svid {
  readonly id: SpiffeId;
  /** DER, leaf first, then issuers; no root. */
  readonly certificates: readonly Buffer[];
  readonly key: KeyObject;
  /** The certificates in PEM. */
  readonly certificatePem: string;
  /** PKCS#8. Never logged. */
  readonly keyPem: string;
  /** ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface JwtSvid {
  readonly id: SpiffeId;
  readonly token: string;
  readonly audience: readonly string[];
  /** ms since 1970. */
  readonly expiresAt: number;
}

/** One answer of sentry. */
export interface Svids {
  readonly x509: X509Svid;
  /** The base token: for the trust domain and all audiences that were asked for. */
  readonly jwt: JwtSvid | undefined;
  readonly jwtByAudience: ReadonlyMap<string, JwtSvid>;
}

/** Reads a token without checking its signature, which is not ours to check. @throws {Error} */
export function parseJwtSvid(token: string): JwtSvid {
  const parts = token.split(".");
  if (parts.length !== 3) throw new Error("failed to parse JWT: not a compact JWS");
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(parts[1] as string, "base64url").toString("utf8"));
  } catch (error) {
    throw new Error(`failed to parse JWT: ${(error as Error).message}`);
  }
  const { sub, aud, exp } = (claims ?? {}) as Record<string, unknown>;
  const audience = typeof aud === "string" ? [aud] : aud;
  if (!Array.isArray(audience) || !audience.every((one) => typeof one === "string")) {
    throw new Error("failed to parse JWT: no audience");
  }
  if (typeof exp !== "number" || !Number.isFinite(exp)) {
    throw new Error("failed to parse JWT: no expiry");
  }
  if (typeof sub !== "string") throw new Error("failed to parse JWT: no subject");
  return { id: SpiffeId.parse(sub), token, audience, expiresAt: exp * 1000 };
}

/**
 * The token for one audience.
 * @throws {Error} with the texts that components see
 */
export function jwtSvidFor(svids: Svids, audience: string): JwtSvid {
  if (audience === "") throw new Error("JWT audience is required");
  const exact = svids.jwtByAudience.get(audience);
  if (exact !== undefined) return exact;
  if (svids.jwt === undefined) throw new Error("no JWT SVID available");
  if (!svids.jwt.audience.includes(audience)) {
    throw new Error(
      `JWT SVID has different audiences than requested: expected ${audience}, got [${svids.jwt.audience.join(" ")}]`,
    );
  }
  return svids.jwt;
}
