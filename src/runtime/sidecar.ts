/**
 * One sidecar: what is started in which order, and how it stops. The blocks are named in blocks.ts.
 * The steps are those of spec 08 §5.1, the phases those of §7.3 and §7.4.
 */
import { HealthRegistry } from "../kit/lifecycle/health.ts";
import type { Logger } from "../kit/logging/logger.ts";
import type { ServerTransport } from "../kit/rpc/transport.ts";
import type { Tracer } from "../kit/tracing/trace.ts";
import { runtimeVersion } from "../kit/version.ts";
import { createApis } from "./apis.ts";
import { type SidecarApp, startApp } from "./app.ts";
import { type Blocks, createBlocks } from "./blocks.ts";
import type { SidecarContext } from "./context.ts";
import { type Foundation, layFoundation } from "./foundation.ts";
import { type HealthState, healthHttpRoutes } from "./health/http.ts";
import type { HotReload, ReloadedParts } from "./hot-reload.ts";
import { createInputBindings } from "./input-bindings.ts";
import { createInvocation, type Invocation, type InvocationParts } from "./invocation.ts";
import {
  createLoader,
  loadAccessPolicies,
  loadComponents,
  loadMcpServers,
  readResources,
} from "./load-components.ts";
import { loadPolicies } from "./load-policies.ts";
import { logLevelHttpRoutes } from "./log-level/http.ts";
import { metadataGrpcMethods } from "./metadata/grpc.ts";
import { metadataHttpRoutes } from "./metadata/http.ts";
import { MetadataBlock } from "./metadata/metadata.ts";
import { appConnection } from "./metadata-sources.ts";
import type { SidecarOptions } from "./options.ts";
import { startOutbox } from "./outbox.ts";
import { findComponents } from "./own-components.ts";
import { createPipelines, type SidecarPipelines } from "./pipelines.ts";
import type { Policies } from "./policies.ts";
import type { Resiliency } from "./resiliency/resiliency.ts";
import type { ComponentLoader } from "./resources/component-loader.ts";
import type { Configuration } from "./resources/configuration.ts";
import type { LoadedResources } from "./resources/folder.ts";
import { RunningSidecar } from "./running-sidecar.ts";
import { getSecret } from "./secrets/secrets.ts";
import { type Servers, startServers } from "./servers.ts";
import {
  type ShutdownActions,
  shutdownGrpcMethods,
  shutdownHttpRoutes,
} from "./shutdown/shutdown.ts";
import { createSubscriptions, type Subscriptions } from "./subscriptions.ts";

/** What a sidecar asks of whoever runs it. */
export interface SidecarHooks {
  onShutdownRequest(): void;
  onForcedShutdown(): void;
  /** A change can only be taken in by the next sidecar. Absent: it is left to the next start. */
  onRestartRequest?(): void;
  /** It cannot go on. Absent: it is stopped. */
  onFault?(error: Error): void;
}

/** A sidecar whose APIs serve. */
export interface Sidecar extends AsyncDisposable {
  /** Settles when the app was reached and the sidecar is ready, or when that failed. */
  readonly ready: Promise<void>;
  /** All port numbers as they were bound. */
  readonly internalPort: number;
  /**
   * Stops gracefully.
   * @param options.blocks with the block phase, if one is configured
   * @throws {FatalError} when the grace time is over
   */
  close(options: { readonly blocks: boolean }): Promise<void>;
}

/**
 * Resolves when the APIs serve (outbound ready); the app may still be missing.
 * @throws {Error} the text after `Fatal error from runtime: `; the signal's reason
 */
export async function startSidecar(
  options: SidecarOptions,
  context: SidecarContext,
  hooks: SidecarHooks,
): Promise<Sidecar> {
  await using starting = new AsyncDisposableStack();
  const started = await new Start(options, context, hooks, starting).run();
  const stack = starting.move();
  return {
    ready: started.ready,
    internalPort: started.internalPort,
    close: (how) => started.close(how),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

class Start {
  readonly #options: SidecarOptions;
  readonly #context: SidecarContext;
  readonly #hooks: SidecarHooks;
  readonly #stack: AsyncDisposableStack;
  readonly #health = new HealthRegistry();
  readonly #logger: Logger;

  constructor(
    options: SidecarOptions,
    context: SidecarContext,
    hooks: SidecarHooks,
    stack: AsyncDisposableStack,
  ) {
    this.#options = options;
    this.#context = context;
    this.#hooks = hooks;
    this.#stack = stack;
    this.#logger = context.logging.logger("dapr.runtime");
  }

  async run(): Promise<RunningSidecar> {
    const { platform, signal } = this.#context;
    const startedAt = platform.clock.monotonic();
    const runtimeTarget = this.#health.target("runtime");
    const own = [this.#options, this.#context] as const;
    const foundation = await layFoundation(...own, this.#hooks, this.#health, this.#stack);
    const { configuration, metrics, tracer } = foundation;
    // 11
    const watching = await this.#openHotReload(configuration);
    const resources = await readResources(...own);
    const policies = await loadPolicies(resources, ...own, metrics);
    const blocks = createBlocks(...own, foundation, policies?.publish);
    const types = await findComponents(...own);
    const loader = this.#stack.use(
      createLoader(...own, configuration, metrics, blocks, policies, types),
    );
    await loadComponents(loader, ...own, resources, blocks, configuration);
    // 12 to 14
    const { app, pipelines } = await this.#startApp(foundation, blocks);
    const invocation = await this.#createInvocation(foundation, {
      app,
      endpoints: resources.httpEndpoints,
      resiliency: policies?.resiliency,
      pipelines,
      readSecret: getSecret(blocks.secrets),
    });
    const subscriptions = await this.#subscribe(blocks, app, resources, tracer, policies);
    await startOutbox(this.#stack.use(blocks.outbox), app);
    const inputBindings = this.#createInputBindings(blocks, app, tracer, policies);
    // 15 to 18
    await loadAccessPolicies(resources, this.#context);
    const health: HealthState = {
      appId: this.#options.appId,
      registry: this.#health,
      isOutboundReady: false,
    };
    const servers = await this.#startServers(foundation, {
      blocks,
      pipelines,
      loader,
      invocation,
      app,
      subscriptions,
      resiliency: policies?.resiliency,
      health,
    });
    this.#health.target("scheduler-watch-hosts").ready();
    const loaded = { resources, loader, blocks, subscriptions, types };
    const hotReload = watching && this.#stack.use(watching.start({ ...loaded, ...this.#restarts }));
    // 20, 21
    await loadMcpServers(resources, ...own);
    health.isOutboundReady = true;
    // 22 to 24
    const ready = app.ready(signal).then(() => {
      const elapsed = Math.trunc(platform.clock.monotonic() - startedAt);
      this.#logger.info(`dapr initialized. Status: Running. Init Elapsed ${elapsed}ms`);
      runtimeTarget.ready();
    });
    return new RunningSidecar({
      ...foundation,
      options: this.#options,
      context: this.#context,
      servers,
      loader,
      app,
      inputBindings,
      subscriptions,
      outbox: blocks.outbox,
      hotReload,
      ready,
    });
  }

  get #restarts(): Pick<ReloadedParts, "restart" | "fail"> {
    const hooks = this.#hooks;
    return {
      restart: () => {
        if (hooks.onRestartRequest !== undefined) return hooks.onRestartRequest();
        this.#logger.warn("nothing restarts this sidecar by itself: the next start takes it in");
      },
      fail: (error) => {
        if (hooks.onFault !== undefined) return hooks.onFault(error);
        this.#logger.error(`Fatal error from runtime: ${error.message}`);
        hooks.onShutdownRequest();
      },
    };
  }

  async #startApp(
    { transport, metrics, configuration }: Foundation,
    { middleware }: Blocks,
  ): Promise<{ readonly app: SidecarApp; readonly pipelines: SidecarPipelines }> {
    const pipelines = await createPipelines(middleware, this.#context.logging);
    const context = { ...this.#context, transport, metrics, configuration, pipelines };
    return { app: this.#stack.use(startApp(this.#options, context)), pipelines };
  }

  async #createInvocation(
    foundation: Foundation,
    parts: Omit<InvocationParts, keyof Foundation | "options" | "context">,
  ): Promise<Invocation> {
    const own = { options: this.#options, context: this.#context };
    return this.#stack.use(await createInvocation({ ...foundation, ...own, ...parts }));
  }

  async #subscribe(
    { pubsub }: Blocks,
    app: SidecarApp,
    resources: LoadedResources,
    tracer: Tracer,
    policies: Policies | undefined,
  ): Promise<Subscriptions> {
    return this.#stack.use(
      await createSubscriptions({
        options: this.#options,
        context: this.#context,
        block: pubsub,
        app,
        resources: resources.subscriptions,
        tracer,
        inbound: policies?.inbound,
        initialRetry: policies?.resiliency.builtIn("DaprBuiltInInitializationRetries"),
      }),
    );
  }

  #createInputBindings(
    { bindings }: Blocks,
    app: SidecarApp,
    tracer: Tracer,
    policies: Policies | undefined,
  ): AsyncDisposable {
    return this.#stack.use(
      createInputBindings({
        options: this.#options,
        context: this.#context,
        block: bindings,
        app,
        tracer,
        inbound: policies?.inputBindings,
      }),
    );
  }

  /** The folders are watched before they are read, so that no change is missed. */
  async #openHotReload({ features }: Configuration): Promise<HotReload | undefined> {
    if (!features.has("HotReload")) return undefined;
    const { openHotReload } = await import("./hot-reload.ts");
    return this.#stack.use(openHotReload(this.#options, this.#context, this.#health));
  }

  async #startServers(foundation: Foundation, parts: ServedParts): Promise<Servers> {
    const { configuration, metrics, transport, security } = foundation;
    const { blocks, invocation, health, app } = parts;
    const { platform, logging, signal, isBrowserGuarded = false } = this.#context;
    const metadata = this.#createMetadata(configuration, parts);
    const shutdown: ShutdownActions = {
      logger: logging.logger("dapr.api", { plain: true }),
      graceful: () => this.#hooks.onShutdownRequest(),
      forced: () => this.#hooks.onForcedShutdown(),
    };
    const apis = createApis({
      options: this.#options,
      configuration,
      metrics,
      clock: platform.clock,
      logging,
      tracer: foundation.tracer,
      isBrowserGuarded,
      routes: [
        ...healthHttpRoutes(health),
        ...metadataHttpRoutes(metadata),
        ...shutdownHttpRoutes(shutdown),
        ...logLevelHttpRoutes(logging),
        ...blocks.httpRoutes(app),
        ...invocation.httpRoutes,
      ],
      fallback: invocation.httpFallback,
      methods: [
        ...metadataGrpcMethods(metadata),
        ...shutdownGrpcMethods(shutdown),
        ...blocks.grpcMethods(app),
        ...parts.subscriptions.grpcMethods,
        ...invocation.grpcMethods,
      ],
      proxy: invocation.proxy,
      pipeline: parts.pipelines.server,
    });
    const { clock } = platform;
    const internal = {
      register: (server: ServerTransport) => invocation.registerPeerServer(server),
      socket: foundation.internalSocket,
      port: foundation.internalPort,
      tls: security.serverTls(),
      identity: security.identity,
    };
    return await startServers(
      { options: this.#options, transport, logging, clock, health: this.#health, signal },
      apis,
      internal,
      this.#stack,
    );
  }

  #createMetadata(configuration: Configuration, parts: ServedParts): MetadataBlock {
    const { loader, invocation, app, subscriptions, resiliency } = parts;
    return new MetadataBlock({
      appId: this.#options.appId,
      runtimeVersion,
      features: [...configuration.features],
      app: appConnection(this.#options),
      components: () => loader.loaded,
      httpEndpoints: () => invocation.endpointNames(),
      subscriptions: () => subscriptions.all,
      resiliencies: () => resiliency?.names ?? [],
      actorRuntime: () =>
        app.wasHealthy
          ? { status: "DISABLED", hostReady: false, placement: "placement: disconnected" }
          : { status: "INITIALIZING", hostReady: false, placement: "" },
    });
  }
}

/** What the API servers serve. */
interface ServedParts {
  readonly blocks: Blocks;
  readonly pipelines: SidecarPipelines;
  readonly loader: ComponentLoader;
  readonly invocation: Invocation;
  readonly app: SidecarApp;
  readonly subscriptions: Subscriptions;
  readonly resiliency: Resiliency | undefined;
  readonly health: HealthState;
}
