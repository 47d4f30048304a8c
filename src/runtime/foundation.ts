/**
 * What components and servers of a sidecar stand on: identity, configuration, metrics, tracing, name resolution.
 * @see spec 08 §5.1, steps 3 to 9
 */
import type { Server } from "node:net";
import type { HealthRegistry, HealthTarget } from "../kit/lifecycle/health.ts";
import { advertisedAddress, hostAddress } from "../kit/lifecycle/host-address.ts";
import type { Logger } from "../kit/logging/logger.ts";
import { startMetricsServer } from "../kit/metrics/metrics-server.ts";
import { selectTransport } from "../kit/rpc/select.ts";
import type { Transport } from "../kit/rpc/transport.ts";
import type { Security } from "../kit/security/security.ts";
import type { Tracer } from "../kit/tracing/trace.ts";
import type { SidecarContext } from "./context.ts";
import { type Resolution, startResolver } from "./name-resolution.ts";
import { createMetrics, publishEnvironment, type SidecarMetrics } from "./observability.ts";
import { environmentOf, type SidecarOptions } from "./options.ts";
import { type AccessRules, readAccessRules } from "./peers/access-policies.ts";
import { internalPort } from "./peers/internal-port.ts";
import { type ReservedPort, reservePort } from "./reserve-port.ts";
import { type Configuration, loadConfiguration } from "./resources/configuration.ts";
import { startSidecarSecurity } from "./security.ts";
import { startTracing } from "./tracing.ts";

export interface Foundation {
  readonly transport: Transport;
  readonly security: Security;
  readonly securityTarget: HealthTarget;
  readonly configuration: Configuration;
  readonly accessRules: AccessRules;
  readonly metrics: SidecarMetrics;
  readonly metricsServer: AsyncDisposable;
  readonly internalPort: number;
  /** undefined: the port could not be bound yet. */
  readonly internalSocket: Server | undefined;
  readonly hostAddress: string;
  readonly tracer: Tracer;
  readonly resolver: Resolution;
}

/** What asks the sidecar to stop while it has barely begun. */
export interface FoundationHooks {
  onShutdownRequest(): void;
  onForcedShutdown(): void;
}

/**
 * Resolves when components can be loaded; what it opened is on `stack`.
 * @throws {Error} the text after `Fatal error from runtime: `; the signal's reason
 */
export async function layFoundation(
  options: SidecarOptions,
  context: SidecarContext,
  hooks: FoundationHooks,
  health: HealthRegistry,
  stack: AsyncDisposableStack,
): Promise<Foundation> {
  return await new FoundationStart(options, context, hooks, health, stack).run();
}

class FoundationStart {
  readonly #options: SidecarOptions;
  readonly #context: SidecarContext;
  readonly #hooks: FoundationHooks;
  readonly #health: HealthRegistry;
  readonly #stack: AsyncDisposableStack;
  readonly #logger: Logger;

  constructor(
    options: SidecarOptions,
    context: SidecarContext,
    hooks: FoundationHooks,
    health: HealthRegistry,
    stack: AsyncDisposableStack,
  ) {
    this.#options = options;
    this.#context = context;
    this.#hooks = hooks;
    this.#health = health;
    this.#stack = stack;
    this.#logger = context.logging.logger("dapr.runtime");
  }

  async run(): Promise<Foundation> {
    const { platform, logging } = this.#context;
    const options = this.#options;
    const transport = await selectTransport(platform.env.get("TRICORNE_GRPC_TRANSPORT"));
    // 3: no port is open before there is an identity.
    const securityTarget = this.#health.target("security-provider");
    const security = this.#stack.use(await this.#startSecurity(transport));
    securityTarget.ready();
    // 4
    publishEnvironment(platform.env, environmentOf(options));
    const configuration = await this.#loadConfiguration();
    const metrics = await createMetrics(configuration, logging);
    const accessRules = readAccessRules(configuration.accessControl, logging.logger("dapr.acl"));
    // 5
    const metricsServer = await this.#startMetricsServer(metrics);
    // 6
    this.#logger.info(`${options.mode} mode configured`);
    this.#logger.info(`app id: ${options.appId}`);
    if (!Number.isFinite(options.shutdown.gracefulMs)) {
      this.#logger.warn(
        "Graceful shutdown timeout is infinite, will wait indefinitely to shutdown",
      );
    }
    // 7
    const { port: internalPort, socket: internalSocket } = await this.#reservePort();
    // 8
    const address = await this.#hostAddress();
    const { tracer } = this.#stack.use(
      startTracing(configuration, options, this.#context, transport),
    );
    // 9
    const resolver = this.#stack.use(
      await startResolver(configuration, {
        options,
        platform,
        logging,
        hostAddress: address.advertised,
        internalPort,
        onFatal: () => this.#hooks.onForcedShutdown(),
      }),
    );
    return {
      transport,
      security,
      securityTarget,
      configuration,
      accessRules,
      metrics,
      metricsServer,
      internalPort,
      internalSocket,
      hostAddress: address.own,
      tracer,
      resolver,
    };
  }

  async #startSecurity(transport: Transport): Promise<Security> {
    const { platform, logging, signal } = this.#context;
    return await startSidecarSecurity(this.#options, {
      platform,
      logging,
      transport,
      signal,
      onFault: () => this.#hooks.onShutdownRequest(),
    });
  }

  async #loadConfiguration(): Promise<Configuration> {
    const { configs } = this.#options;
    if (configs.length === 0) this.#logger.info("loading default configuration");
    const configuration = await loadConfiguration(configs, this.#context.platform.env);
    if (configuration.features.size > 0) {
      this.#logger.info(`Enabled features: ${[...configuration.features].join(" ")}`);
    }
    return configuration;
  }

  async #startMetricsServer(metrics: SidecarMetrics): Promise<AsyncDisposable> {
    const target = this.#health.target("metrics-exporter");
    const { isEnabled, port, listenAddress } = this.#options.metrics;
    if (!isEnabled) {
      target.ready();
      return { [Symbol.asyncDispose]: () => Promise.resolve() };
    }
    const { platform, logging } = this.#context;
    const server = this.#stack.use(
      await startMetricsServer({
        metrics: metrics.registry,
        host: listenAddress,
        port,
        clock: platform.clock,
        logger: logging.logger("dapr.metrics"),
      }),
    );
    target.ready();
    return server;
  }

  async #reservePort(): Promise<ReservedPort> {
    const { api, appId } = this.#options;
    const { platform } = this.#context;
    const fixed = api.internalPort;
    const reserved = await reservePort(
      api.internalListenAddress,
      fixed === undefined
        ? { port: internalPort(appId, platform), isFixed: false }
        : { port: fixed, isFixed: true },
      this.#logger,
    );
    this.#stack.defer(() => void reserved.socket?.close());
    publishEnvironment(platform.env, { DAPR_PORT: reserved.port });
    return reserved;
  }

  /** What callees are told (X-Forwarded-For), and what is registered for other sidecars. */
  async #hostAddress(): Promise<{ readonly own: string; readonly advertised: string }> {
    const { env } = this.#context.platform;
    const own = await hostAddress(env);
    const advertised = advertisedAddress(own, this.#options.api.internalListenAddress);
    publishEnvironment(env, { HOST_ADDRESS: advertised });
    return { own, advertised };
  }
}
