/**
 * JWT-SVIDs: the signing key, the key set that is published, and the tokens.
 * @see spec 07 §2.3, §2.8
 */
import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { Platform } from "../kit/lifecycle/platform.ts";
import { isPairOf } from "../kit/security/x509.ts";
import { exportKey, readIfPresent, readPrivateKey, writeSecret } from "./credentials.ts";
import { SentryError, type SentryOptions } from "./options.ts";

export interface JwtCredentials {
  readonly key: KeyObject;
  readonly algorithm: string;
  /** Padded base64 of the SHA-256 thumbprint (RFC 7638) of the key. */
  readonly thumbprint: string;
  /** JSON text of the key set. */
  readonly jwks: string;
}

/** Which keys can make which signatures. */
const algorithms: ReadonlyMap<string, (key: KeyObject) => boolean> = new Map([
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map(
    (name) => [name, (key: KeyObject) => key.asymmetricKeyType === "rsa"] as const,
  ),
  ...(
    [
      ["ES256", "prime256v1"],
      ["ES384", "secp384r1"],
      ["ES512", "secp521r1"],
    ] as const
  ).map(
    ([name, curve]) =>
      [name, (key: KeyObject) => key.asymmetricKeyDetails?.namedCurve === curve] as const,
  ),
  ["EdDSA", (key: KeyObject) => key.asymmetricKeyType === "ed25519"],
]);

/** @throws {SentryError} for a name that no key can serve */
export function checkAlgorithm(name: string): void {
  if (!algorithms.has(name)) throw new SentryError(`unsupported JWT signing algorithm: ${name}`);
}

/**
 * @returns undefined when one of the two files is missing
 * @throws {SentryError} for files that do not fit together, with JWT disabled too
 */
export async function loadJwt(
  files: SentryOptions["credentials"],
  jwt: SentryOptions["jwt"],
): Promise<JwtCredentials | undefined> {
  const [keyText, jwks] = await Promise.all([files.jwtKeyFile, files.jwksFile].map(readIfPresent));
  if (keyText === undefined || jwks === undefined) return undefined;
  const key = readPrivateKey(keyText);
  checkKeySet(jwks, key, jwt.keyId);
  if (jwt.isEnabled && algorithms.get(jwt.signingAlgorithm)?.(key) !== true) {
    throw new SentryError(
      `JWT signing key of type ${key.asymmetricKeyType} cannot be used with algorithm ${jwt.signingAlgorithm}`,
    );
  }
  return {
    key,
    algorithm: jwt.signingAlgorithm,
    thumbprint: thumbprint(key),
    jwks: JSON.stringify(JSON.parse(jwks)),
  };
}

/** @throws {SentryError} */
function checkKeySet(jwks: string, key: KeyObject, keyId: string): void {
  let keys: unknown;
  try {
    keys = (JSON.parse(jwks) as { keys?: unknown } | null)?.keys;
  } catch (error) {
    throw new SentryError(`failed to parse JWKS: ${(error as Error).message}`);
  }
  if (!Array.isArray(keys)) throw new SentryError("failed to parse JWKS: no keys");
  if (keyId !== "") {
    const named = keys.filter((jwk) => (jwk as JWK | null)?.kid === keyId);
    if (named.length === 0) {
      throw new SentryError(
        `JWKS doesn't contain a key with user-provided key ID ${JSON.stringify(keyId)}`,
      );
    }
    keys = named;
  }
  if (!(keys as unknown[]).some((jwk) => isJwkOf(jwk, key))) {
    throw new SentryError("JWKS doesn't contain a matching public key for the JWT signing key");
  }
}

function isJwkOf(jwk: unknown, key: KeyObject): boolean {
  try {
    return isPairOf(createPublicKey({ key: jwk as JWK, format: "jwk" }), key);
  } catch {
    return false;
  }
}

const generateKeyPairAsync = promisify(generateKeyPair);

/** A new RSA key; whatever algorithm was asked for, it is used with RS256. */
export async function generateJwt(): Promise<JwtCredentials> {
  const { privateKey } = await generateKeyPairAsync("rsa", { modulusLength: 2048 });
  const kid = thumbprint(privateKey);
  const { n, e } = createPublicKey(privateKey).export({ format: "jwk" });
  const jwk = { alg: "RS256", e, kid, kty: "RSA", n, use: "sig" };
  return {
    key: privateKey,
    algorithm: "RS256",
    thumbprint: kid,
    jwks: JSON.stringify({ keys: [jwk] }),
  };
}

export async function storeJwt(
  files: SentryOptions["credentials"],
  credentials: JwtCredentials,
): Promise<void> {
  await writeSecret(files.jwtKeyFile, exportKey(credentials.key));
  await writeSecret(files.jwksFile, credentials.jwks);
}

/** The members that make a key, in the order in which RFC 7638 hashes them. */
const keyMembers: ReadonlyMap<string, readonly (keyof JWK)[]> = new Map([
  ["RSA", ["e", "kty", "n"]],
  ["EC", ["crv", "kty", "x", "y"]],
  ["OKP", ["crv", "kty", "x"]],
]);

function thumbprint(key: KeyObject): string {
  const jwk = createPublicKey(key).export({ format: "jwk" }) as JWK;
  const members = keyMembers.get(jwk.kty ?? "") ?? [];
  const text = JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
  return createHash("sha256").update(text).digest("base64");
}

export interface TokenRequest {
  /** SPIFFE id. */
  readonly subject: string;
  readonly trustDomain: string;
  readonly audiences: readonly string[];
}

export interface Tokens {
  readonly jwt: string;
  /** One per audience, the trust domain's included. */
  readonly byAudience: ReadonlyMap<string, string>;
}

/** More audiences in one request are refused. */
const maxAudiences = 100;

export class JwtIssuer {
  readonly #credentials: JwtCredentials;
  readonly #options: SentryOptions["jwt"];
  readonly #skewMs: number;
  readonly #platform: Platform;

  constructor(
    credentials: JwtCredentials,
    options: SentryOptions["jwt"],
    skewMs: number,
    platform: Platform,
  ) {
    this.#credentials = credentials;
    this.#options = options;
    this.#skewMs = skewMs;
    this.#platform = platform;
  }

  /** @throws {Error} */
  async issue(request: TokenRequest): Promise<Tokens> {
    const audiences = [...new Set([request.trustDomain, ...request.audiences])];
    if (audiences.length > maxAudiences) {
      throw new Error(`more than ${maxAudiences} audiences were requested`);
    }
    const now = this.#platform.clock.now();
    const sign = (audience: string[]): Promise<string> =>
      this.#sign(request.subject, audience, now);
    const [jwt, ...each] = await Promise.all([
      sign([request.trustDomain, ...request.audiences]),
      ...audiences.map((audience) => sign([audience])),
    ]);
    return {
      jwt: jwt as string,
      byAudience: new Map(audiences.map((audience, i) => [audience, each[i] as string])),
    };
  }

  async #sign(subject: string, audience: string[], now: number): Promise<string> {
    // Loaded with the first token only.
    const { SignJWT } = await import("jose");
    const { key, algorithm, thumbprint } = this.#credentials;
    const { issuer, keyId, ttlMs } = this.#options;
    const seconds = (ms: number): number => Math.floor(ms / 1000);
    const token = new SignJWT({
      aud: audience,
      sub: subject,
      iat: seconds(now),
      nbf: seconds(now) - seconds(this.#skewMs),
      exp: seconds(now) + seconds(ttlMs),
      jti: this.#platform.random.bytes(16).toString("hex"),
      use: "sig",
      ...(issuer !== "" && { iss: issuer }),
    });
    return await token
      .setProtectedHeader({ alg: algorithm, kid: keyId || thumbprint, typ: "JWT" })
      .sign(key);
  }
}
