/**
 * `dapr.proto.sentry.v1.CA/SignCertificate`.
 * @see spec 07 §2.5
 */
import type { KeyObject } from "node:crypto";
import type { Logger } from "../kit/logging/logger.ts";
import {
  SignCertificateRequest,
  SignCertificateResponse,
  SignCertificateRequest_TokenValidator as validatorNumbers,
} from "../kit/proto/dapr/proto/sentry/v1/sentry.ts";
import { code, RpcError } from "../kit/rpc/status.ts";
import { CsrError, readCsr } from "../kit/security/csr.ts";
import type { CertificateAuthority, IssuedCertificate } from "./certificate-authority.ts";
import type { JwtIssuer, Tokens } from "./jwt.ts";
import type { SentryMetrics } from "./metrics.ts";
import type { Validator } from "./validator.ts";

export interface SignServiceOptions {
  readonly validators: readonly Validator[];
  /** Used when a request names none. */
  readonly defaultValidator: Validator | undefined;
  readonly authority: CertificateAuthority;
  /** undefined: no tokens. */
  readonly jwt: JwtIssuer | undefined;
  readonly metrics: SentryMetrics;
  readonly logger: Logger;
}

const namesByNumber: ReadonlyMap<number, Validator["name"]> = new Map([
  [validatorNumbers.INSECURE, "insecure"],
  [validatorNumbers.KUBERNETES, "kubernetes"],
  [validatorNumbers.JWKS, "jwks"],
]);

export class SignService {
  readonly #options: SignServiceOptions;

  constructor(options: SignServiceOptions) {
    this.#options = options;
  }

  /** @throws {RpcError} */
  async sign(message: Uint8Array): Promise<Uint8Array> {
    const { metrics, authority, logger } = this.#options;
    metrics.requestReceived.add();
    const request = decode(message);
    const trustDomain = await this.#validate(request);
    const publicKey = readKey(request);
    const { namespace, id: appId } = request;
    let issued: IssuedCertificate;
    try {
      issued = authority.sign({ trustDomain, namespace, appId, publicKey });
    } catch (error) {
      metrics.signFailed.add();
      logger.error(`Failed to sign certificate: ${(error as Error).message}`);
      throw new RpcError(code.internal, "failed to sign certificate", { cause: error });
    }
    const tokens = await this.#tokens(issued, request.jwtAudiences);
    metrics.success.add();
    return SignCertificateResponse.encode({
      workloadCertificate: Buffer.from(issued.chainPem),
      trustChainCertificates: [Buffer.from(authority.anchorsPem)],
      validUntil: { seconds: BigInt(issued.notAfter / 1000), nanos: 0 },
      ...(tokens && {
        jwt: { value: tokens.jwt },
        perAudienceJwts: new Map(
          [...tokens.byAudience].map(([audience, value]) => [audience, { value }]),
        ),
      }),
    });
  }

  async #validate(request: SignCertificateRequest): Promise<string> {
    const validator = this.#validatorFor(request.tokenValidator);
    try {
      return (await validator.validate(request)).trustDomain;
    } catch (error) {
      this.#options.logger.error(
        `Validation error for identity ${JSON.stringify(`${request.namespace}/${request.id}`)}: ${(error as Error).message}`,
      );
      throw new RpcError(code.permissionDenied, (error as Error).message, { cause: error });
    }
  }

  #validatorFor(number: number): Validator {
    const { validators, defaultValidator } = this.#options;
    if (number === validatorNumbers.UNKNOWN) {
      if (defaultValidator !== undefined) return defaultValidator;
      throw new RpcError(
        code.invalidArgument,
        "a validator name must be specified in this environment",
      );
    }
    const name = namesByNumber.get(number);
    const validator = validators.find((one) => one.name === name);
    if (validator === undefined) {
      throw new RpcError(code.invalidArgument, "the requested validator is not enabled");
    }
    return validator;
  }

  async #tokens(
    issued: IssuedCertificate,
    audiences: readonly string[],
  ): Promise<Tokens | undefined> {
    const { jwt, logger } = this.#options;
    if (jwt === undefined) return undefined;
    const { id } = issued;
    try {
      return await jwt.issue({ subject: id.toString(), trustDomain: id.trustDomain, audiences });
    } catch (error) {
      logger.error(`Failed to generate JWT: ${(error as Error).message}`);
      throw new RpcError(code.internal, `failed to generate JWT: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

function decode(message: Uint8Array): SignCertificateRequest {
  try {
    return SignCertificateRequest.decode(message);
  } catch (error) {
    throw new RpcError(
      code.internal,
      `grpc: error unmarshalling request: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function readKey(request: SignCertificateRequest): KeyObject {
  try {
    return readCsr(request.certificateSigningRequest);
  } catch (error) {
    if (!(error instanceof CsrError)) throw error;
    throw new RpcError(code.invalidArgument, error.message, { cause: error });
  }
}
