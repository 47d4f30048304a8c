/**
 * Puts the parts of service invocation together: targets, peers, endpoints, proxy.
 * @see spec 02 §1
 */
import { createHttpClient } from "../kit/http/create-client.ts";
import type { Logger } from "../kit/logging/logger.ts";
import type { ServerTransport, StreamCall, Transport } from "../kit/rpc/transport.ts";
import type { Security } from "../kit/security/security.ts";
import type { Tracer } from "../kit/tracing/trace.ts";
import type { GrpcMethod, RpcContext } from "./api/grpc-method.ts";
import { createGrpcMetrics, type GrpcMetrics } from "./api/grpc-metrics.ts";
import type { HttpRoute } from "./api/http-route.ts";
import { createConcurrency } from "./app/concurrency.ts";
import { createHttpClientMetrics } from "./app/http-client-metrics.ts";
import type { SidecarApp } from "./app.ts";
import type { SidecarContext } from "./context.ts";
import { errorCounter } from "./error-metrics.ts";
import { Endpoints, type HttpEndpoint } from "./invoke/endpoints.ts";
import { invokeServiceMethod } from "./invoke/grpc.ts";
import { invokeRoute } from "./invoke/http.ts";
import { Invoker } from "./invoke/invoke.ts";
import type { InvokePolicies } from "./invoke/policies.ts";
import { GrpcProxy } from "./invoke/proxy.ts";
import { Addresses } from "./invoke/resolve.ts";
import { builtInWaits } from "./invoke/retry.ts";
import type { Resolution } from "./name-resolution.ts";
import type { SidecarMetrics } from "./observability.ts";
import type { SidecarOptions } from "./options.ts";
import { AccessMetrics } from "./peers/access-control.ts";
import { AccessPolicies, type AccessRules } from "./peers/access-policies.ts";
import { PeerClients } from "./peers/client.ts";
import { InvokeMetrics } from "./peers/metrics.ts";
import { PeerServer } from "./peers/server.ts";
import type { SidecarPipelines } from "./pipelines.ts";
import type { Resiliency } from "./resiliency/resiliency.ts";
import type { Configuration } from "./resources/configuration.ts";
import type { HttpEndpointResource, ValueSource } from "./resources/documents.ts";
import { type ReadSecret, resolveValues } from "./resources/values.ts";

export interface InvocationParts {
  readonly options: SidecarOptions;
  readonly context: SidecarContext;
  readonly transport: Transport;
  readonly security: Security;
  readonly configuration: Configuration;
  readonly accessRules: AccessRules;
  readonly metrics: SidecarMetrics;
  readonly tracer: Tracer;
  readonly app: SidecarApp;
  readonly resolver: Resolution;
  readonly hostAddress: string;
  readonly internalPort: number;
  readonly endpoints: readonly HttpEndpointResource[];
  /** undefined: there are no policies. */
  readonly resiliency: Resiliency | undefined;
  readonly pipelines: SidecarPipelines;
  readonly readSecret: ReadSecret;
}

export interface Invocation extends AsyncDisposable {
  readonly httpRoutes: readonly HttpRoute[];
  readonly httpFallback: HttpRoute;
  readonly grpcMethods: readonly GrpcMethod[];
  readonly proxy: (call: StreamCall, context: RpcContext) => void;
  registerPeerServer(server: ServerTransport): void;
  endpointNames(): readonly string[];
}

export async function createInvocation(parts: InvocationParts): Promise<Invocation> {
  const { options, context, metrics, app, configuration, tracer } = parts;
  const { clock } = context.platform;
  const { names } = app;
  const logger = context.logging.logger("dapr.runtime.direct_messaging");
  await using starting = new AsyncDisposableStack();
  const policies = await loadPolicies(parts);
  const routes = createRoutes(parts, logger, policies, starting);
  const endpointNames = parts.endpoints.map(({ name }) => name);
  await loadEndpoints(parts, routes.endpoints);
  const { addresses, invokeMetrics: ownMetrics } = routes;
  const accessControl = new AccessPolicies(
    parts.accessRules,
    metrics.isEnabled ? new AccessMetrics(metrics.registry) : undefined,
  );
  const { recordsErrorCodes } = configuration.metrics;
  const countError = errorCounter(metrics.registry, options.appId, recordsErrorCodes);
  const { maxBodyBytes } = options.api;
  const { invoker } = routes;
  const route = invokeRoute({ invoker, names, maxBodyBytes, countError });
  const common = { appId: options.appId, accessControl, tracer, clock, metrics: ownMetrics };
  const proxy = new GrpcProxy({
    ...common,
    namespace: options.namespace,
    app: () => app.grpcClient,
    appToken: options.app.token,
    peers: routes.peers,
    addresses: () => addresses,
    guard: policies?.guardRelay,
    grpcMetrics: routes.clientMetrics,
  });
  const peerServer = new PeerServer({
    ...common,
    app: () => app.channel,
    grpcMetrics: metrics.isEnabled
      ? createGrpcMetrics(metrics.registry, options.appId, "server", metrics.latencyBounds)
      : undefined,
  });
  const started = starting.move();
  return {
    httpRoutes: [route],
    httpFallback: route,
    grpcMethods: [invokeServiceMethod({ invoker, names, logger })],
    proxy: (call, rpc) => proxy.handle(call, rpc),
    registerPeerServer(server) {
      peerServer.register(server);
      server.fallback((call) => proxy.handleIncoming(call));
    },
    endpointNames: () => endpointNames,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** undefined: no resource defines policies. */
async function loadPolicies({
  resiliency,
  context,
}: InvocationParts): Promise<InvokePolicies | undefined> {
  if (resiliency === undefined) return undefined;
  const { invokePolicies } = await import("./invoke/policies.ts");
  return invokePolicies(resiliency, context.platform.random);
}

interface Routes {
  readonly invoker: Invoker;
  readonly peers: PeerClients;
  readonly endpoints: Endpoints;
  readonly addresses: Addresses | undefined;
  /** undefined: metrics are off. */
  readonly invokeMetrics: InvokeMetrics | undefined;
  readonly clientMetrics: GrpcMetrics | undefined;
}

/** The ways to other sidecars and to endpoints. */
function createRoutes(
  parts: InvocationParts,
  logger: Logger,
  policies: InvokePolicies | undefined,
  stack: AsyncDisposableStack,
): Routes {
  const { options, context, metrics, app, configuration, resolver } = parts;
  const { platform } = context;
  const { clock } = platform;
  const { names } = app;
  const { registry, latencyBounds, isEnabled } = metrics;
  const { appId } = options;
  const invokeMetrics = isEnabled ? new InvokeMetrics(registry, appId, latencyBounds) : undefined;
  const clientMetrics = isEnabled
    ? createGrpcMetrics(registry, appId, "client", latencyBounds)
    : undefined;
  const peers = stack.use(
    new PeerClients({
      transport: parts.transport,
      tls: (expected) => parts.security.clientTls(expected),
      maxMessageBytes: options.api.maxBodyBytes,
      clock,
      logger,
      metrics: clientMetrics,
    }),
  );
  const renewal = parts.security.identity?.onRotate(() => peers.renew());
  if (renewal !== undefined) stack.use(renewal);
  const endpoints = stack.use(
    new Endpoints({
      createClient: createHttpClient,
      throughPipeline: parts.pipelines.throughApp,
      names,
      clock,
      maxHeaderBytes: options.api.readBufferBytes,
      createConcurrency: () => createConcurrency(options.app.maxConcurrency),
      metrics: isEnabled
        ? createHttpClientMetrics(registry, appId, configuration.metrics)
        : undefined,
    }),
  );
  const addresses =
    resolver.resolver && new Addresses(resolver.resolver, () => parts.internalPort, platform);
  const invoker = new Invoker({
    appId,
    namespace: options.namespace,
    hostname: platform.hostname,
    hostAddress: parts.hostAddress,
    names,
    app: () => app.channel,
    addresses: () => addresses,
    endpoints,
    peers,
    clock,
    logger,
    metrics: invokeMetrics,
    guard: policies?.guard,
    retries: policies?.retries ?? builtInWaits,
  });
  return { invoker, peers, endpoints, addresses, invokeMetrics, clientMetrics };
}

/** spec 04 §3.2: loaded after all components, so that secrets resolve at once. */
async function loadEndpoints(parts: InvocationParts, endpoints: Endpoints): Promise<void> {
  const logger = parts.context.logging.logger("dapr.runtime");
  logger.info("Loading endpoints…");
  for (const resource of parts.endpoints) {
    logger.info(`Found http endpoint: ${resource.name}`);
    try {
      endpoints.set(await resolveEndpoint(resource, parts));
    } catch (error) {
      logger.warn(
        `failed to open ${parts.options.app.protocol} channel to app: ${(error as Error).message}`,
      );
    }
  }
  logger.info("Waiting for all outstanding http endpoints to be processed…");
  logger.info("All outstanding http endpoints processed");
}

async function resolveEndpoint(
  resource: HttpEndpointResource,
  { options, context, readSecret }: InvocationParts,
): Promise<HttpEndpoint> {
  const { platform, logging } = context;
  const resolve = async (sources: readonly ValueSource[]) =>
    await resolveValues(sources, {
      kind: "HTTPEndpoint",
      resourceName: resource.name,
      resourceNamespace: resource.namespace,
      secretStore: resource.secretStore,
      appId: options.appId,
      namespace: options.namespace,
      env: platform.env,
      random: platform.random,
      logger: logging.logger("dapr.runtime.processor"),
      readSecret,
    });
  const headers = await resolve(resource.headers);
  const { rootCA, certificate, privateKey } = resource.tls;
  const material = async (source: ValueSource | undefined): Promise<string> => {
    if (source === undefined) return "";
    const { plain } = await resolve([source]);
    return plain.get(source.name) ?? "";
  };
  return {
    name: resource.name,
    baseUrl: resource.baseUrl,
    headers: [...headers.plain],
    tls: {
      rootCA: await material(rootCA),
      certificate: await material(certificate),
      privateKey: await material(privateKey),
      renegotiation: resource.tls.renegotiation,
    },
  };
}
