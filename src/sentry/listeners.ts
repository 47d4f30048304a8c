/**
 * The ports of sentry. They stay open while what stands behind them is built anew, except the discovery server, whose
 * certificate may be among the files that changed.
 * @see spec 07 §2.4, §2.7, §2.9
 */
import type { HttpServer } from "../kit/http/small-server.ts";
import type { HealthRegistry } from "../kit/lifecycle/health.ts";
import { startHealthzServer } from "../kit/lifecycle/healthz-server.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import type { Logger } from "../kit/logging/logger.ts";
import type { Metrics } from "../kit/metrics/metrics.ts";
import { startMetricsServer } from "../kit/metrics/metrics-server.ts";
import { CAService } from "../kit/proto/dapr/proto/sentry/v1/sentry.ts";
import type { Transport } from "../kit/rpc/transport.ts";
import { anyId } from "../kit/security/spiffe.ts";
import type { Generation } from "./generation.ts";
import { areTlsFilesThere, startOidcServer } from "./oidc-server.ts";
import { SentryError, type SentryOptions } from "./options.ts";

export interface ListenerParts {
  readonly platform: Platform;
  readonly logger: Logger;
  readonly health: HealthRegistry;
}

const maxMessageBytes = 4 * 2 ** 20;
const maxMetadataBytes = 65_536;
/** Signing takes milliseconds; calls that wait for a key server are cut. */
const graceMs = 5000;

/** Health and metrics, which are there before anything is ready. */
export async function startObservers(
  options: SentryOptions,
  { platform, logger, health }: ListenerParts,
  metrics: Metrics,
  owner: AsyncDisposableStack,
): Promise<{ healthz: number; metrics: number }> {
  const { clock } = platform;
  const target = health.target("metrics-exporter");
  const healthz = owner.use(
    await startHealthzServer({ health, port: options.healthzPort, logger, clock }),
  );
  const { port, isEnabled } = options.metrics;
  const server = isEnabled
    ? owner.use(await startMetricsServer({ metrics, host: "", port, logger, clock }))
    : undefined;
  target.ready();
  return { healthz: healthz.port, metrics: server?.port ?? 0 };
}

/**
 * Certificate and service are those of the moment.
 * @returns the port
 * @throws {SentryError}
 */
export async function startGrpc(
  options: SentryOptions,
  transport: Transport,
  logger: Logger,
  current: () => Generation,
  owner: AsyncDisposableStack,
): Promise<number> {
  const server = transport.createServer({
    maxMessageBytes,
    maxMetadataBytes,
    tls: { ...current().tls.server(false, anyId), context: () => current().tls.context() },
    onError: (error) => logger.debug(`gRPC connection failed: ${error.message}`),
  });
  owner.defer(async () => {
    logger.info("Shutting down gRPC server");
    await server.close(graceMs);
  });
  server.unary(CAService.methods.signCertificate.path, (message) =>
    current().service.sign(message),
  );
  try {
    return (await server.listen({ host: options.listenAddress, port: options.port })).port;
  } catch (error) {
    throw new SentryError(`could not listen on port ${options.port}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export interface OidcListener extends AsyncDisposable {
  /** 0 while it does not listen. */
  port(): number;
}

/**
 * Waits for the server, unless its TLS files are still missing: the rest of sentry does not depend on them.
 * @param onFault called when it cannot be started later
 * @returns undefined when it is not wanted
 */
export async function startOidc(
  options: SentryOptions,
  { platform, logger, health }: ListenerParts,
  { jwt }: Generation,
  onFault: (error: Error) => void,
): Promise<OidcListener | undefined> {
  const { oidc } = options;
  if (!oidc.isEnabled || !options.jwt.isEnabled) {
    logger.info("OIDC HTTP server is disabled");
    return undefined;
  }
  const stopping = new AbortController();
  const isReady = oidc.tls === undefined || (await areTlsFilesThere(oidc.tls));
  let server: HttpServer | undefined;
  const start = async (): Promise<void> => {
    server = await startOidcServer(
      {
        oidc,
        issuer: options.jwt.issuer,
        algorithm: jwt?.algorithm ?? options.jwt.signingAlgorithm,
        jwks: jwt?.jwks,
        health: health.target("oidc-server"),
        logger,
        clock: platform.clock,
      },
      stopping.signal,
    );
  };
  const running = start();
  if (isReady) await running;
  const settled = running.catch((error: Error) => {
    if (!stopping.signal.aborted) onFault(error);
  });
  return {
    port: () => server?.port ?? 0,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await settled;
      await server?.[Symbol.asyncDispose]();
    },
  };
}
