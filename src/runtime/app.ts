/**
 * The app beside a sidecar: its channel, the wait for its port, its health and its first configuration.
 * @see spec 02 §11, spec 08 §5.2, §5.4, §6.4
 */

import type { HttpClient } from "../kit/http/client.ts";
import { createHttpClient } from "../kit/http/create-client.ts";
import type { ClientTransport, TlsOptions, Transport } from "../kit/rpc/transport.ts";
import { createGrpcMetrics } from "./api/grpc-metrics.ts";
import { readAppConfig } from "./app/app-config.ts";
import { createConcurrency } from "./app/concurrency.ts";
import type { AppChannel } from "./app/contract.ts";
import { GrpcChannel } from "./app/grpc-channel.ts";
import { HeaderNames } from "./app/headers.ts";
import { AppHealth } from "./app/health.ts";
import {
  type AppProbe,
  grpcProbe,
  grpcProbeMetrics,
  httpProbe,
  httpProbeMetrics,
} from "./app/health-probe.ts";
import { HttpChannel } from "./app/http-channel.ts";
import { createHttpClientMetrics, type HttpClientMetrics } from "./app/http-client-metrics.ts";
import { waitForApp } from "./app/wait.ts";
import type { SidecarContext } from "./context.ts";
import { createLimitHits, type OnLimit } from "./limit-hits.ts";
import type { SidecarMetrics } from "./observability.ts";
import type { SidecarOptions } from "./options.ts";
import type { SidecarPipelines } from "./pipelines.ts";
import type { Configuration } from "./resources/configuration.ts";

export interface SidecarApp extends AsyncDisposable {
  readonly names: HeaderNames;
  /** undefined: there is no app. */
  readonly channel: AppChannel | undefined;
  /** The app's gRPC connection, whatever its protocol: proxied calls use it. undefined: there is no app. */
  readonly grpcClient: ClientTransport | undefined;
  /** Whether the app was reached and healthy once. */
  readonly wasHealthy: boolean;
  /** Waits for the app's port and starts the probes; resolves when the sidecar counts as ready. */
  ready(signal: AbortSignal): Promise<void>;
  /** Called whenever the app becomes healthy or unhealthy; what it starts is waited for before the sidecar counts as ready. */
  onHealthChange(listener: (isHealthy: boolean) => Promise<void>): void;
  /** Resolves when the app is unhealthy, at once if it is or never was healthy. */
  unhealthy(signal: AbortSignal): Promise<void>;
}

export interface AppContext extends SidecarContext {
  readonly transport: Transport;
  readonly metrics: SidecarMetrics;
  readonly configuration: Configuration;
  readonly pipelines: SidecarPipelines;
}

/** The channel is there at once; the app need not be. */
export function startApp(options: SidecarOptions, context: AppContext): SidecarApp {
  const names = new HeaderNames();
  if (options.app.port === 0) {
    context.logging
      .logger("dapr.runtime")
      .warn("App channel is not initialized. Did you configure an app-port?");
    return new AppConnection(options, context, names, undefined, () => {});
  }
  if (options.app.maxConcurrency > 0) {
    context.logging
      .logger("dapr.runtime")
      .info(`app max concurrency set to ${options.app.maxConcurrency}`);
  }
  const onLimit = createLimitHits({
    registry: context.metrics.registry,
    clock: context.platform.clock,
    logger: context.logging.logger("dapr.runtime"),
  });
  const connections = connect(options, context, onLimit);
  return new AppConnection(options, context, names, connections, onLimit);
}

interface Connections {
  /** undefined for gRPC apps. */
  readonly http: HttpClient | undefined;
  readonly grpc: ClientTransport;
}

const isGrpc = (options: SidecarOptions): boolean =>
  options.app.protocol === "grpc" || options.app.protocol === "grpcs";

function connect(
  options: SidecarOptions,
  { transport, platform }: AppContext,
  onLimit: OnLimit,
): Connections {
  const { address: host, port, protocol } = options.app;
  const grpc = transport.createClient({
    target: { host, port },
    tls: protocol === "grpcs" ? anyCertificate : undefined,
    maxMessageBytes: options.api.maxBodyBytes,
    onLimit,
  });
  if (isGrpc(options)) return { http: undefined, grpc };
  const http = createHttpClient({
    host,
    port,
    protocol: protocol as "http" | "https" | "h2c",
    ...(protocol === "https" && {
      tls: { context: { minVersion: "TLSv1.2" as const }, verify: false },
    }),
    maxHeaderBytes: options.api.readBufferBytes,
    clock: platform.clock,
  });
  return { http, grpc };
}

/** The app is local and its certificate is not verified (spec 02 §11.1). */
const anyCertificate: TlsOptions = {
  context: () => ({}),
  requestPeerCertificate: false,
  verifyPeer: () => "",
};

class AppConnection implements SidecarApp {
  readonly names: HeaderNames;
  readonly channel: AppChannel | undefined;
  readonly #options: SidecarOptions;
  readonly #context: AppContext;
  readonly #connections: Connections | undefined;
  readonly #onLimit: OnLimit;
  readonly #clientMetrics: HttpClientMetrics | undefined;
  readonly #health: AppHealth | undefined;
  readonly #stop = new AbortController();
  readonly #onUnhealthy = new Set<() => void>();
  readonly #listeners: ((isHealthy: boolean) => Promise<void>)[] = [];
  #probing: Promise<void> = Promise.resolve();
  #isReached = false;
  wasHealthy = false;

  constructor(
    options: SidecarOptions,
    context: AppContext,
    names: HeaderNames,
    connections: Connections | undefined,
    onLimit: OnLimit,
  ) {
    this.#onLimit = onLimit;
    this.#options = options;
    this.#context = context;
    this.names = names;
    this.#connections = connections;
    const { metrics, configuration } = context;
    this.#clientMetrics = metrics.isEnabled
      ? createHttpClientMetrics(metrics.registry, options.appId, configuration.metrics)
      : undefined;
    this.#health = connections && this.#createHealth(connections);
    this.channel = connections && this.#createChannel(connections);
    this.wasHealthy = connections === undefined;
  }

  get grpcClient(): ClientTransport | undefined {
    return this.#connections?.grpc;
  }

  async ready(signal: AbortSignal): Promise<void> {
    if (this.#connections === undefined) return;
    const { logging, platform } = this.#context;
    const { protocol, address, port } = this.#options.app;
    await waitForApp(
      { protocol, host: address, port },
      { clock: platform.clock, logger: logging.logger("dapr.runtime") },
      signal,
    );
    this.#isReached = true;
    if (this.#health === undefined) await this.#becameHealthy();
    else this.#probing = this.#health.run(this.#stop.signal);
  }

  onHealthChange(listener: (isHealthy: boolean) => Promise<void>): void {
    this.#listeners.push(listener);
  }

  unhealthy(signal: AbortSignal): Promise<void> {
    if (this.#connections === undefined) return new Promise(() => {});
    const isUnhealthy = this.#health === undefined ? !this.#isReached : !this.#health.isHealthy;
    if (isUnhealthy) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onUnhealthy.add(resolve);
      signal.addEventListener("abort", () => this.#onUnhealthy.delete(resolve), { once: true });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#probing;
    await Promise.all([
      this.channel?.[Symbol.asyncDispose](),
      this.#connections?.http?.[Symbol.asyncDispose](),
      this.#connections?.grpc.close(),
    ]);
  }

  #createHealth(connections: Connections): AppHealth | undefined {
    const { health } = this.#options.app;
    if (health === undefined) return undefined;
    const { platform, logging } = this.#context;
    return new AppHealth({
      probe: this.#createProbe(connections, health.path),
      intervalMs: health.intervalMs,
      timeoutMs: health.timeoutMs,
      threshold: health.threshold,
      clock: platform.clock,
      logger: logging.logger("dapr.apphealth"),
      onChange: (isHealthy) => this.#changed(isHealthy),
    });
  }

  #createProbe({ http, grpc }: Connections, path: string): AppProbe {
    const { platform, logging, metrics } = this.#context;
    const { appId, app } = this.#options;
    const { clock } = platform;
    const { registry, latencyBounds, isEnabled } = metrics;
    if (http === undefined) {
      return grpcProbe({
        client: grpc,
        clock,
        logger: logging.logger("dapr.apphealth"),
        record: isEnabled ? grpcProbeMetrics(registry, appId, latencyBounds) : undefined,
      });
    }
    return httpProbe({
      client: http,
      origin: origin(app),
      path,
      clock,
      record: isEnabled ? httpProbeMetrics(registry, appId, latencyBounds) : undefined,
    });
  }

  #createChannel({ http, grpc }: Connections): AppChannel {
    const { platform, metrics } = this.#context;
    const { appId, app, api } = this.#options;
    const health = this.#health;
    const common = {
      names: this.names,
      clock: platform.clock,
      appToken: app.token,
      isHealthy: health === undefined ? undefined : () => health.isHealthy,
      concurrency: createConcurrency(app.maxConcurrency, () => this.#onLimit("app-waiting")),
    };
    if (http === undefined) {
      return new GrpcChannel({
        ...common,
        client: grpc,
        maxMessageBytes: api.maxBodyBytes,
        metrics: metrics.isEnabled
          ? createGrpcMetrics(metrics.registry, appId, "client", metrics.latencyBounds)
          : undefined,
      });
    }
    return new HttpChannel({
      ...common,
      client: this.#throughPipeline(http),
      base: { origin: origin(app), path: "" },
      fixedHeaders: [],
      metrics: this.#clientMetrics,
    });
  }

  /** Everything but health probes goes through the pipeline (spec 02 §13). */
  #throughPipeline(http: HttpClient): HttpClient {
    return this.#context.pipelines.throughApp?.(http, origin(this.#options.app)) ?? http;
  }

  #changed(isHealthy: boolean): void {
    if (isHealthy) {
      void this.#becameHealthy();
      return;
    }
    for (const notify of this.#onUnhealthy) notify();
    this.#onUnhealthy.clear();
    void this.#tell(false);
  }

  /** Listeners report their own failures. */
  async #tell(isHealthy: boolean): Promise<void> {
    await Promise.allSettled(this.#listeners.map((listener) => listener(isHealthy)));
  }

  async #becameHealthy(): Promise<void> {
    if (!this.wasHealthy) {
      this.wasHealthy = true;
      await this.#readConfig();
    }
    await this.#tell(true);
  }

  /** The app's configuration is only asked for the first time. */
  async #readConfig(): Promise<void> {
    const { logging, platform } = this.#context;
    const logger = logging.logger("dapr.runtime");
    const { app, appId } = this.#options;
    if (app.disabledInitEndpoints.has("config")) {
      logger.warn(
        "Skipping programmatic dapr configuration loading (see 'disable-init-endpoints' flag/annotation)",
      );
      return;
    }
    const http = this.#connections?.http;
    if (http === undefined) return;
    try {
      await readAppConfig(this.#throughPipeline(http), {
        appId,
        appToken: app.token,
        clock: platform.clock,
        metrics: this.#clientMetrics,
      });
      logger.info("Application configuration loaded");
    } catch (error) {
      logger.debug(`failed to load application configuration: ${(error as Error).message}`);
    }
  }
}

function origin({ protocol, address, port }: SidecarOptions["app"]): string {
  const host = address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
  return `${protocol === "https" ? "https" : "http"}://${host}:${port}`;
}
