/**
 * What sentry signs with, built from one state of the credential files.
 * @see spec 07 §2.2, §2.3, §2.4
 */
import { generateKeyPairSync } from "node:crypto";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logger } from "../kit/logging/logger.ts";
import { startRotation } from "../kit/security/rotation.ts";
import { x509Svid } from "../kit/security/sentry-client.ts";
import { SpiffeId } from "../kit/security/spiffe.ts";
import type { Svids } from "../kit/security/svid.ts";
import { TlsMaterial } from "../kit/security/tls.ts";
import { staticAnchors } from "../kit/security/trust-anchors.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import type { SentryConfiguration } from "./configuration.ts";
import { generateX509, loadX509, storeX509, type X509Credentials } from "./credentials.ts";
import {
  checkAlgorithm,
  generateJwt,
  type JwtCredentials,
  JwtIssuer,
  loadJwt,
  storeJwt,
} from "./jwt.ts";
import type { SentryMetrics } from "./metrics.ts";
import { SentryError, type SentryOptions } from "./options.ts";
import { SignService } from "./sign-service.ts";
import { insecureValidator, type Validator } from "./validator.ts";

export interface GenerationParts {
  readonly platform: Platform;
  readonly logger: Logger;
  readonly configuration: SentryConfiguration;
  readonly counts: SentryMetrics;
}

export interface Generation extends AsyncDisposable {
  readonly service: SignService;
  /** Sentry's own server certificate. */
  readonly tls: TlsMaterial;
  /** undefined: there are no tokens. */
  readonly jwt: JwtCredentials | undefined;
}

/** @throws {SentryError} the signal's reason */
export async function startGeneration(
  options: SentryOptions,
  parts: GenerationParts,
  signal: AbortSignal,
): Promise<Generation> {
  const { platform, logger, configuration, counts } = parts;
  await using starting = new AsyncDisposableStack();
  const sentryId = SpiffeId.of(options.trustDomain, options.namespace, "dapr-sentry").toString();
  const validators = await openValidators(parts, sentryId, starting, signal);
  const credentials = await openCredentials(options, parts);
  counts.issuerExpiry.set(Math.floor(credentials.x509.issuer.certificate.notAfter / 1000));
  logger.info("CA certificate key pair ready");
  const authority = new CertificateAuthority(credentials.x509, configuration, options, platform);
  const tls = await startOwnIdentity(authority, options, parts, starting, signal);
  const service = new SignService({
    validators,
    defaultValidator: configuration.tokenValidators.length === 0 ? validators[0] : undefined,
    authority,
    jwt: credentials.jwtIssuer,
    metrics: counts,
    logger,
  });
  const started = starting.move();
  return {
    service,
    tls,
    jwt: credentials.jwt,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function openValidators(
  { configuration, platform, logger }: GenerationParts,
  sentryId: string,
  starting: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Validator[]> {
  if (configuration.tokenValidators.length === 0) {
    logger.info("Adding validator 'insecure'");
    logger.info("Using validator 'insecure'");
    return [starting.use(insecureValidator)];
  }
  const { openJwksValidator } = await import("./jwks-validator.ts");
  const validators: Validator[] = [];
  for (const { name, options } of configuration.tokenValidators) {
    logger.info(`Adding validator '${name}' with Sentry ID: ${sentryId}`);
    const validator = await openJwksValidator({
      options,
      audience: sentryId,
      signal,
      clock: platform.clock,
      logger,
    }).catch((error: Error) => {
      signal.throwIfAborted();
      throw new SentryError(`failed to start validator '${name}': ${error.message}`, {
        cause: error,
      });
    });
    validators.push(starting.use(validator));
    logger.info(`Using validator '${name}'`);
  }
  return validators;
}

interface Credentials {
  readonly x509: X509Credentials;
  readonly jwt: JwtCredentials | undefined;
  readonly jwtIssuer: JwtIssuer | undefined;
}

/** Reads the files, or makes what is missing and writes it. */
async function openCredentials(
  options: SentryOptions,
  { platform, logger, configuration, counts }: GenerationParts,
): Promise<Credentials> {
  const files = options.credentials;
  const skewMs = configuration.clockSkewMs;
  logger.info("Using local file system for trust bundle storage");
  if (options.jwt.isEnabled) checkAlgorithm(options.jwt.signingAlgorithm);
  let x509 = await loadX509(files, platform.clock.now());
  let jwt = await loadJwt(files, options.jwt);
  const isX509New = x509 === undefined;
  const isJwtNew = jwt === undefined && options.jwt.isEnabled;
  if (!isX509New) logger.info("Root and issuer certs found: using credentials from store");
  else logger.info("Root and issuer certs not found: generating self signed CA");
  if (isX509New || isJwtNew) {
    logger.info("Generating self-signed CA certs and persisting to store");
    if (x509 === undefined) {
      x509 = generateX509(options, skewMs, platform);
      await storeX509(files, x509);
      counts.issuerChanged.add();
    }
    if (isJwtNew) {
      jwt = await generateJwt();
      await storeJwt(files, jwt);
    }
    logger.info("Self-signed certs and JWT root key generated and persisted successfully");
  }
  return {
    x509: x509 as X509Credentials,
    jwt,
    jwtIssuer:
      options.jwt.isEnabled && jwt !== undefined
        ? new JwtIssuer(jwt, options.jwt, skewMs, platform)
        : undefined,
  };
}

/** Sentry's own server certificate, issued by itself and rotated like any other. */
async function startOwnIdentity(
  authority: CertificateAuthority,
  options: SentryOptions,
  { platform, logger, counts }: GenerationParts,
  starting: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<TlsMaterial> {
  const { clock } = platform;
  const anchors = starting.use(staticAnchors(authority.anchorsPem));
  const fetch = async (): Promise<Svids> => {
    const pair = generateKeyPairSync("ed25519");
    try {
      const { chainPem } = authority.sign({
        trustDomain: options.trustDomain,
        namespace: options.namespace,
        appId: "dapr-sentry",
        publicKey: pair.publicKey,
      });
      const x509 = x509Svid(Buffer.from(chainPem), pair.privateKey);
      return { x509, jwt: undefined, jwtByAudience: new Map() };
    } catch (error) {
      counts.serverCertificateFailed.add();
      throw error;
    }
  };
  logger.info("Fetching initial identity");
  const rotation = starting.use(await startRotation({ fetch, clock, logger }, signal));
  logger.info("Security is initialized successfully");
  return new TlsMaterial({ svid: () => rotation.current.x509, anchors, clock });
}
