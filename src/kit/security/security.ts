/**
 * The identity of a process and the TLS options that follow from it.
 *
 * Without mTLS in standalone mode there is neither. In Kubernetes mode an identity is fetched in any case and used towards the
 * control plane; between sidecars mTLS then depends on the flag.
 * @see spec 07 §1.3, §1.4, §3
 */
import type { Logger } from "../logging/logger.ts";
import type { TlsOptions, Transport } from "../rpc/transport.ts";
import type { Clock } from "../time/clock.ts";
import { plaintext, plaintextNotice } from "./plaintext.ts";
import { startRotation } from "./rotation.ts";
import { requestSvids } from "./sentry-client.ts";
import { anyId, appIn, checkTrustDomain, exactId, SpiffeId } from "./spiffe.ts";
import { type JwtSvid, jwtSvidFor, type Svids, type X509Svid } from "./svid.ts";
import { TlsMaterial } from "./tls.ts";
import { staticAnchors, type TrustAnchors, watchAnchors } from "./trust-anchors.ts";

export type ControlPlaneService =
  | "dapr-sentry"
  | "dapr-operator"
  | "dapr-injector"
  | "dapr-placement"
  | "dapr-scheduler";

/** The SVIDs of this process; what components and workflows may use. */
export interface Identity {
  /** Changes when it is renewed. */
  readonly x509: X509Svid;
  readonly anchors: TrustAnchors;
  /** @throws {Error} `no JWT SVID available`, `JWT audience is required`, `JWT SVID has different audiences ...` */
  jwt(audience: string): JwtSvid;
  /** Called after each renewal. */
  onRotate(callback: (svid: X509Svid) => void): Disposable;
}

export interface Security extends AsyncDisposable {
  /** Whether calls between sidecars are encrypted and prove who calls. */
  readonly isMtlsEnabled: boolean;
  /** undefined exactly when there is no identity. */
  readonly identity: Identity | undefined;
  /** For the internal server: any SVID may connect. undefined: plaintext. */
  serverTls(): TlsOptions | undefined;
  /** For calls to another sidecar, whatever its trust domain. undefined: plaintext. */
  clientTls(expected: {
    readonly namespace: string;
    readonly appId: string;
  }): TlsOptions | undefined;
  /** For calls to a control-plane service. undefined: plaintext. */
  controlPlaneTls(service: ControlPlaneService): TlsOptions | undefined;
}

export interface SecurityOptions {
  readonly isMtlsEnabled: boolean;
  readonly mode: "standalone" | "kubernetes";
  readonly sentryAddress: string;
  readonly controlPlaneTrustDomain: string;
  readonly controlPlaneNamespace: string;
  /** PEM, or a file that is waited for and watched. */
  readonly trustAnchors: { readonly pem: string } | { readonly file: string };
  readonly appId: string;
  /** NAMESPACE, or `default`. */
  readonly namespace: string;
  readonly jwtAudiences?: readonly string[];
  readonly keyType?: "ed25519" | "rsa";
}

export interface SecurityContext {
  readonly clock: Clock;
  readonly env: ReadonlyMap<string, string>;
  readonly transport: Transport;
  readonly logger: Logger;
  /** Ends the waiting for anchors and sentry. */
  readonly signal: AbortSignal;
  /** The anchors file became unusable; the program must end with this error. */
  readonly onFault: (error: Error) => void;
}

/**
 * Resolves when the identity is there.
 * @throws {Error} with the reference's texts; the signal's reason
 */
export async function startSecurity(
  options: SecurityOptions,
  context: SecurityContext,
): Promise<Security> {
  const { logger, clock, signal } = context;
  if (!options.isMtlsEnabled && options.mode === "standalone") {
    logger.warn(plaintextNotice);
    return plaintext;
  }
  const controlPlane = checkControlPlane(options);
  await using starting = new AsyncDisposableStack();
  const anchors = starting.use(await openAnchors(options.trustAnchors, context));
  logger.info("Fetching initial identity");
  const fetch = (stop: AbortSignal): Promise<Svids> =>
    requestSvids(
      {
        address: options.sentryAddress,
        controlPlane,
        anchors,
        appId: options.appId,
        namespace: options.namespace,
        jwtAudiences: options.jwtAudiences ?? [],
        keyType: options.keyType ?? "ed25519",
        isKubernetes: options.mode === "kubernetes",
        env: context.env,
        clock,
        transport: context.transport,
        logger,
      },
      stop,
    );
  const rotation = starting.use(
    await startRotation({ fetch, clock, logger }, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new Error(
        `failed to retrieve the initial identity: ${(error as Error).message}\nno X509 SVID available`,
        { cause: error },
      );
    }),
  );
  logger.info("Security is initialized successfully");
  const material = new TlsMaterial({ svid: () => rotation.current.x509, anchors, clock });
  const isMtlsEnabled = options.isMtlsEnabled;
  const started = starting.move();
  return {
    isMtlsEnabled,
    identity: {
      get x509() {
        return rotation.current.x509;
      },
      anchors,
      jwt: (audience) => jwtSvidFor(rotation.current, audience),
      onRotate: (callback) => rotation.onRotate((svids) => callback(svids.x509)),
    },
    serverTls: () => (isMtlsEnabled ? material.server(true, anyId) : undefined),
    clientTls: (expected) => (isMtlsEnabled ? material.client(appIn(expected)) : undefined),
    controlPlaneTls: (service) =>
      material.client(
        exactId(SpiffeId.of(controlPlane.trustDomain, controlPlane.namespace, service)),
      ),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function checkControlPlane(options: SecurityOptions): { trustDomain: string; namespace: string } {
  const trustDomain = options.controlPlaneTrustDomain;
  if (trustDomain === "") throw new Error("control plane trust domain is required");
  try {
    checkTrustDomain(trustDomain);
  } catch (error) {
    throw new Error(`invalid control plane trust domain: ${(error as Error).message}`);
  }
  return { trustDomain, namespace: options.controlPlaneNamespace };
}

async function openAnchors(
  source: SecurityOptions["trustAnchors"],
  context: SecurityContext,
): Promise<TrustAnchors> {
  if ("file" in source) {
    if (source.file === "") throw new Error("trust anchors are required");
    return watchAnchors({ file: source.file, ...context });
  }
  if (source.pem === "") throw new Error("trust anchors are required");
  return staticAnchors(source.pem);
}
