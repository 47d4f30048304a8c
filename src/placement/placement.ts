/**
 * The placement service: tells sidecars which of them hosts which actor type. Of several servers one leads; it alone talks to
 * sidecars, and what it knows is what they told it, so a new leader learns it anew.
 * @see spec 05 §7
 */
import { lookup } from "node:dns/promises";
import { type Replica, startReplica } from "../kit/election/replica.ts";
import { HealthRegistry } from "../kit/lifecycle/health.ts";
import { startHealthzServer } from "../kit/lifecycle/healthz-server.ts";
import type { Platform } from "../kit/lifecycle/platform.ts";
import { type RunningService, ServiceError } from "../kit/lifecycle/service-program.ts";
import type { Logger, Logging } from "../kit/logging/logger.ts";
import { Metrics } from "../kit/metrics/metrics.ts";
import { startMetricsServer } from "../kit/metrics/metrics-server.ts";
import { selectTransport } from "../kit/rpc/select.ts";
import { code, RpcError } from "../kit/rpc/status.ts";
import type { Transport, UnaryCall } from "../kit/rpc/transport.ts";
import { type Security, startSecurity } from "../kit/security/security.ts";
import { SpiffeId } from "../kit/security/spiffe.ts";
import { placementMetrics } from "./metrics.ts";
import { Namespaces } from "./namespaces.ts";
import type { PlacementOptions } from "./options.ts";
import { ReportServer } from "./report-server.ts";

/** Tables name each host under each of its types: they are far larger than what a sidecar reports. */
const maxMessageBytes = 64 * 2 ** 20;
const maxMetadataBytes = 65_536;
const graceMs = 5000;

export interface RunningPlacement extends RunningService {
  /** Where it listens; ports that were given as 0 are chosen at the start. */
  readonly ports: PlacementPorts;
}

export interface PlacementPorts {
  readonly grpc: number;
  readonly healthz: number;
  /** 0 without metrics. */
  readonly metrics: number;
}

export interface PlacementContext {
  readonly platform: Platform;
  readonly logging: Logging;
  /** Gives up starting; afterwards its reason says why the server ends. */
  readonly signal: AbortSignal;
  /** Default: what `TRICORNE_GRPC_TRANSPORT` names. */
  readonly transport?: Transport;
}

/**
 * Resolves when it serves, leading or not.
 * @throws {ServiceError} with the text for the log; the signal's reason
 */
export async function startPlacement(
  options: PlacementOptions,
  context: PlacementContext,
): Promise<RunningPlacement> {
  await using starting = new AsyncDisposableStack();
  const placement = new Placement(options, context, starting);
  const ports = await placement.start();
  const stack = starting.move();
  return {
    done: placement.done,
    ports,
    async [Symbol.asyncDispose]() {
      await stack.disposeAsync();
      placement.ended();
    },
  };
}

class Placement {
  readonly #options: PlacementOptions;
  readonly #context: PlacementContext;
  readonly #stack: AsyncDisposableStack;
  readonly #logger: Logger;
  readonly #health = new HealthRegistry();
  readonly #metrics = new Metrics();
  readonly #counts = placementMetrics(this.#metrics);
  readonly #end = Promise.withResolvers<void>();
  readonly #started = Promise.withResolvers<void>();
  readonly #namespaces: Namespaces;
  #replica: Replica | undefined;

  constructor(options: PlacementOptions, context: PlacementContext, stack: AsyncDisposableStack) {
    this.#options = options;
    this.#context = context;
    this.#stack = stack;
    this.#logger = context.logging.logger("dapr.placement");
    this.#namespaces = new Namespaces({
      replicationFactor: options.replicationFactor,
      disseminateTimeoutMs: options.disseminateTimeoutMs,
      coalesceWindowMs: options.coalesceWindowMs,
      clock: context.platform.clock,
      logger: this.#logger,
      metrics: this.#counts,
    });
    // Whoever starts one may look at `done` later or never.
    this.#end.promise.catch(() => {});
  }

  get done(): Promise<void> {
    return this.#end.promise;
  }

  ended(): void {
    this.#end.resolve();
  }

  async start(): Promise<PlacementPorts> {
    const [secured, listening, electing] = [
      this.#health.target("security-provider"),
      this.#health.target("placement-grpc-server"),
      this.#health.target("placement-raft-leadership"),
    ];
    const observers = await this.#startObservers();
    const transport =
      this.#context.transport ??
      (await selectTransport(this.#context.platform.env.get("TRICORNE_GRPC_TRANSPORT")));
    const security = await this.#startSecurity(transport);
    secured.ready();
    const grpc = await this.#startGrpc(transport, security);
    listening.ready();
    this.#logger.info(`Placement service started on port ${grpc}`);
    await this.#startReplica(transport, security);
    electing.ready();
    this.#started.resolve();
    return { grpc, ...observers };
  }

  async #startObservers(): Promise<{ healthz: number; metrics: number }> {
    const { clock } = this.#context.platform;
    const { isMetadataEnabled, healthzPort, metrics: wanted, listenAddress } = this.#options;
    const logger = this.#logger;
    const exporter = this.#health.target("metrics-exporter");
    const state = async (): Promise<{ type: string; body: string }> => {
      await this.#started.promise;
      return {
        type: "application/json",
        body: this.#replica?.isLeader === true ? this.#namespaces.state() : "null",
      };
    };
    const healthz = this.#stack.use(
      await startHealthzServer({
        health: this.#health,
        port: healthzPort,
        logger,
        clock,
        routes: new Map(isMetadataEnabled ? [["/placement/state", state]] : []),
      }),
    );
    const metrics = wanted.isEnabled
      ? this.#stack.use(
          await startMetricsServer({
            metrics: this.#metrics,
            host: listenAddress,
            port: wanted.port,
            logger,
            clock,
          }),
        )
      : undefined;
    exporter.ready();
    return { healthz: healthz.port, metrics: metrics?.port ?? 0 };
  }

  async #startSecurity(transport: Transport): Promise<Security> {
    const { platform, logging, signal } = this.#context;
    const { tls } = this.#options;
    const namespace = tls?.namespace ?? "";
    return this.#stack.use(
      await startSecurity(
        {
          isMtlsEnabled: tls !== undefined,
          mode: tls?.mode ?? "standalone",
          sentryAddress: tls?.sentryAddress ?? "",
          controlPlaneTrustDomain: tls?.trustDomain ?? "",
          controlPlaneNamespace: namespace,
          trustAnchors: { file: tls?.trustAnchorsFile ?? "" },
          appId: "dapr-placement",
          namespace,
        },
        {
          clock: platform.clock,
          env: platform.env,
          transport,
          logger: logging.logger("dapr.runtime.security"),
          signal,
          onFault: (error) => this.#end.reject(error),
        },
      ),
    );
  }

  async #startGrpc(transport: Transport, security: Security): Promise<number> {
    const { id, keepaliveMs, listenAddress, port, tls } = this.#options;
    const { platform, signal } = this.#context;
    const logger = this.#logger;
    const reports = new ReportServer({
      id,
      isTlsEnabled: tls !== undefined,
      isLeader: () => this.#replica?.isLeader === true,
      namespaces: this.#namespaces,
      logger,
    });
    const server = transport.createServer({
      maxMessageBytes,
      maxMetadataBytes,
      pingAfterMs: keepaliveMs.time,
      pingTimeoutMs: keepaliveMs.timeout,
      tls: security.serverTls(),
      onError: (error) => logger.debug(`gRPC connection failed: ${error.message}`),
      clock: platform.clock,
    });
    reports.register(server);
    this.#stack.defer(async () => {
      const reason: unknown = signal.aborted ? signal.reason : undefined;
      reports.stop(reason instanceof Error ? reason.message : "placement server is stopping");
      await server.close(graceMs);
    });
    try {
      const bound = await server.listen({ host: listenAddress, port });
      logger.info(`Running Placement gRPC server on ${listenAddress}:${bound.port}`);
      return bound.port;
    } catch (error) {
      throw new ServiceError(`could not listen on port ${port}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  async #startReplica(transport: Transport, security: Security): Promise<void> {
    const { id, cluster, tls } = this.#options;
    const { platform, signal } = this.#context;
    const expected =
      tls && SpiffeId.of(tls.trustDomain, tls.namespace, "dapr-placement").toString();
    this.#logger.info(`Node id=${id} is waiting for leadership`);
    const replica = await startReplica({
      id,
      addresses: cluster,
      transport,
      tls: {
        server: security.serverTls(),
        client: security.controlPlaneTls("dapr-placement"),
        check({ peer }: UnaryCall) {
          if (expected === undefined || peer.identity === expected) return;
          throw new RpcError(code.permissionDenied, "only placement servers elect a leader");
        },
      },
      clock: platform.clock,
      random: () => platform.random.number(),
      logger: this.#logger,
      onChange: (isLeader) => this.#leads(isLeader),
      signal,
      resolve: async (host) => (await lookup(host)).address,
    }).catch((error: Error) => {
      signal.throwIfAborted();
      throw new ServiceError(`could not listen on ${cluster.get(id)}: ${error.message}`, {
        cause: error,
      });
    });
    this.#replica = this.#stack.use(replica);
  }

  #leads(isLeader: boolean): void {
    this.#counts.leads(isLeader);
    if (isLeader) this.#logger.info(`Node id=${this.#options.id} has acquired leadership`);
    // Sidecars must not go on with what another server does not know of.
    else this.#end.reject(new ServiceError("lost leadership"));
  }
}
