/**
 * Believes tokens that somebody signed whose keys are published.
 * @see spec 07 §2.5
 */
import type { KeyObject } from "node:crypto";
import { compactVerify, decodeProtectedHeader } from "jose";
import type { Logger } from "../kit/logging/logger.ts";
import type { Clock } from "../kit/time/clock.ts";
import { parseDuration } from "../kit/time/duration.ts";
import { type KeySourceOptions, openKeySource, type PublishedKey } from "./jwks-source.ts";
import { checkRequest, type Validator } from "./validator.ts";

export interface JwksValidatorOptions {
  /** Of the configuration. */
  readonly options: ReadonlyMap<string, string>;
  /** Sentry's own id, which tokens must be made for. */
  readonly audience: string;
  /** Gives up starting. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

const maxTokenLength = 65_536;
const skewMs = 5 * 60_000;
const defaults = { refreshMs: 10 * 60_000, timeoutMs: 30_000 };

/** @throws {Error} for options that cannot be used, and when no keys can be had */
export async function openJwksValidator(init: JwksValidatorOptions): Promise<Validator> {
  const { audience, clock, logger, signal } = init;
  const keys = await openKeySource({ ...sourceOptions(init.options), clock, logger, signal });
  return {
    name: "jwks",
    async validate(request) {
      if (request.token === "") throw new Error("the request does not contain a token");
      const trustDomain = checkRequest(request);
      // Compared as text: names that could be read in two ways (with slashes) get no certificate in the end.
      const subject = `spiffe://${trustDomain}/ns/${request.namespace}/${request.id}`;
      try {
        const claims = await verify(request.token, (kid) => keys.find(kid));
        checkClaims(claims, { audience, subject, now: clock.now() });
      } catch (error) {
        throw new Error(`token validation failed: ${(error as Error).message}`, { cause: error });
      }
      return { trustDomain };
    },
    [Symbol.asyncDispose]: () => keys[Symbol.asyncDispose](),
  };
}

function sourceOptions(
  options: ReadonlyMap<string, string>,
): Pick<KeySourceOptions, "source" | "caCertificate" | "refreshMs" | "timeoutMs"> {
  const refreshMs = duration(options, "minRefreshInterval") ?? defaults.refreshMs;
  const timeoutMs = duration(options, "requestTimeout") ?? defaults.timeoutMs;
  return {
    source: options.get("source") ?? "",
    caCertificate: options.get("caCertificate") ?? "",
    refreshMs: refreshMs > 1000 ? refreshMs : defaults.refreshMs,
    timeoutMs: timeoutMs > 0 ? timeoutMs : defaults.timeoutMs,
  };
}

/** Go's form, or whole seconds. */
function duration(options: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = options.get(name) ?? "";
  if (text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  try {
    return parseDuration(text);
  } catch (error) {
    throw new Error(`invalid value for '${name}': ${(error as Error).message}`);
  }
}

type Claims = Readonly<Record<string, unknown>>;

async function verify(
  token: string,
  find: (kid: string) => Promise<readonly PublishedKey[]>,
): Promise<Claims> {
  let kid: unknown;
  try {
    if (token.length > maxTokenLength) throw new Error("too long");
    kid = decodeProtectedHeader(token).kid;
  } catch {
    throw new Error("invalid JWT");
  }
  const keys = typeof kid === "string" ? await find(kid) : [];
  if (keys.length === 0) {
    throw new Error(
      `failed to find key with key ID ${JSON.stringify(typeof kid === "string" ? kid : "")} in key set`,
    );
  }
  for (const key of keys) {
    const algorithms = algorithmsOf(key);
    if (algorithms.length === 0) continue;
    let payload: Uint8Array;
    try {
      ({ payload } = await compactVerify(token, key.key, { algorithms: [...algorithms] }));
    } catch {
      continue;
    }
    return parseClaims(payload);
  }
  throw new Error("could not verify message using any of the signatures or keys");
}

function parseClaims(payload: Uint8Array): Claims {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    throw new Error("invalid JWT");
  }
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) {
    throw new Error("invalid JWT");
  }
  return claims as Claims;
}

const rsaAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const curveAlgorithms: ReadonlyMap<string, string> = new Map([
  ["prime256v1", "ES256"],
  ["secp384r1", "ES384"],
  ["secp521r1", "ES512"],
]);

/** What a key may be used for; the token has no say in it. */
function algorithmsOf({ key, algorithm }: PublishedKey): readonly string[] {
  const possible = algorithmsOfKind(key);
  if (algorithm === undefined) return possible;
  return possible.includes(algorithm) ? [algorithm] : [];
}

function algorithmsOfKind(key: KeyObject): readonly string[] {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return rsaAlgorithms;
    case "ec": {
      const one = curveAlgorithms.get(key.asymmetricKeyDetails?.namedCurve ?? "");
      return one === undefined ? [] : [one];
    }
    case "ed25519":
      return ["EdDSA", "Ed25519"];
    default:
      return [];
  }
}

/** @throws {Error} `"aud" not satisfied` and so on */
function checkClaims(
  claims: Claims,
  expected: { readonly audience: string; readonly subject: string; readonly now: number },
): void {
  const { now } = expected;
  const time = (name: string): number | undefined => {
    const value = claims[name];
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new Error(`"${name}" not satisfied: not a number`);
    }
    return value * 1000;
  };
  const issuedAt = time("iat");
  if (issuedAt !== undefined && issuedAt > now + skewMs) throw new Error('"iat" not satisfied');
  const expiry = time("exp");
  // Stricter than the reference: a token without an end is refused.
  if (expiry === undefined) throw new Error('"exp" not satisfied: required claim is missing');
  if (now >= expiry + skewMs) throw new Error('"exp" not satisfied');
  const notBefore = time("nbf");
  if (notBefore !== undefined && now < notBefore - skewMs) throw new Error('"nbf" not satisfied');
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(expected.audience)) throw new Error('"aud" not satisfied');
  if (claims.sub !== expected.subject) {
    throw new Error('"sub" not satisfied: values do not match');
  }
}
