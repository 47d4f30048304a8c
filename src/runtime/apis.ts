/**
 * Puts the layers of the HTTP and gRPC APIs together from options and Configuration.
 * @see spec 01 §2.2, §2.8, §3
 */
import type { ApiError } from "../kit/errors/api-error.ts";
import type { Logging } from "../kit/logging/logger.ts";
import type { StreamCall } from "../kit/rpc/transport.ts";
import type { Clock } from "../kit/time/clock.ts";
import type { Tracer } from "../kit/tracing/trace.ts";
import { grpcAccessList, isRouteAllowed } from "./api/access-list.ts";
import { createHttpApiLog } from "./api/api-log.ts";
import { createCors } from "./api/cors.ts";
import type { GrpcMethod, RpcContext } from "./api/grpc-method.ts";
import { createGrpcMetrics } from "./api/grpc-metrics.ts";
import { GrpcApi } from "./api/grpc-server.ts";
import { HttpApi, type HttpApiOptions, type RequestPipeline } from "./api/http-api.ts";
import { createHttpMetrics } from "./api/http-metrics.ts";
import type { HttpRoute } from "./api/http-route.ts";
import { tokenCheck } from "./api/token.ts";
import { errorCounter } from "./error-metrics.ts";
import { createLimitHits, type OnLimit } from "./limit-hits.ts";
import type { SidecarMetrics } from "./observability.ts";
import type { SidecarOptions } from "./options.ts";
import type { Configuration } from "./resources/configuration.ts";

export interface ApiParts {
  readonly options: SidecarOptions;
  readonly configuration: Configuration;
  readonly metrics: SidecarMetrics;
  readonly clock: Clock;
  readonly logging: Logging;
  readonly tracer: Tracer;
  readonly isBrowserGuarded: boolean;
  readonly routes: readonly HttpRoute[];
  /** Invocation; serves unknown paths and methods unless an access list removes it. */
  readonly fallback: HttpRoute;
  readonly methods: readonly GrpcMethod[];
  readonly proxy: (call: StreamCall, context: RpcContext) => void;
  /** undefined: the Configuration has none. */
  readonly pipeline: RequestPipeline | undefined;
}

export interface Apis {
  readonly http: HttpApi;
  readonly publicHttp: HttpApi;
  readonly grpc: GrpcApi;
  readonly onLimit: OnLimit;
}

/** How the errors of plain JSON and of proto JSON end. */
const tooDeep = /exceeded max(?:imum recursion)? depth$/;

export function createApis(parts: ApiParts): Apis {
  const { options, configuration, metrics, clock, logging, tracer } = parts;
  const { token, allowedOrigins, maxBodyBytes } = options.api;
  const checkToken = token === "" ? undefined : tokenCheck(token);
  const isLogging = options.api.isApiLoggingEnabled ?? configuration.apiLogging.isEnabled;
  const routes = parts.routes.filter((route) => isRouteAllowed(route, configuration.api));
  const httpMetrics = metrics.isEnabled
    ? createHttpMetrics(metrics.registry, options.appId, configuration.metrics)
    : undefined;
  const onLimit = createLimitHits({
    registry: metrics.registry,
    clock,
    logger: logging.logger("dapr.runtime"),
  });
  const countError = errorCounter(
    metrics.registry,
    options.appId,
    configuration.metrics.recordsErrorCodes,
  );
  const onError = (error: ApiError): void => {
    if (tooDeep.test(error.message)) onLimit("json-depth");
    countError(error);
  };
  logLayers(parts, checkToken !== undefined);
  const http: HttpApiOptions = {
    routes,
    fallback: isRouteAllowed(parts.fallback, configuration.api) ? parts.fallback : undefined,
    maxBodyBytes,
    clock,
    tracer,
    metrics: httpMetrics,
    cors: createCors(allowedOrigins),
    checkToken,
    apiLog: isLogging
      ? createHttpApiLog(
          logging.logger("dapr.runtime.http-info", { alwaysInfo: true }),
          configuration.apiLogging,
        )
      : undefined,
    pipeline: parts.pipeline,
    isBrowserGuarded: parts.isBrowserGuarded,
    onError,
    onLimit,
  };
  return {
    http: new HttpApi(http),
    publicHttp: new HttpApi({
      ...http,
      routes: routes.filter((route) => route.isPublic),
      fallback: undefined,
      maxBodyBytes: 0,
      cors: undefined,
      checkToken: undefined,
      apiLog: undefined,
      pipeline: undefined,
      isBrowserGuarded: false,
    }),
    grpc: new GrpcApi({
      methods: parts.methods,
      fallback: parts.proxy,
      isAllowed: grpcAccessList(configuration.api),
      checkToken,
      tracer,
      clock,
      metrics: metrics.isEnabled
        ? createGrpcMetrics(metrics.registry, options.appId, "server", metrics.latencyBounds)
        : undefined,
      apiLog: isLogging
        ? logging.logger("dapr.runtime.grpc.api-info", { alwaysInfo: true })
        : undefined,
      onError,
      onLimit,
    }),
    onLimit,
  };
}

function logLayers(
  { options, configuration, logging, tracer, metrics }: ApiParts,
  hasToken: boolean,
): void {
  const http = logging.logger("dapr.runtime.http");
  const grpc = logging.logger("dapr.runtime.grpc.api");
  const { maxBodyBytes, allowedOrigins } = options.api;
  if (maxBodyBytes > 0) {
    http.info(`Enabled max body size HTTP middleware with size ${maxBodyBytes} bytes`);
  }
  if (tracer.enabled) http.info("Enabled tracing HTTP middleware");
  if (metrics.isEnabled) http.info("Enabled metrics HTTP middleware");
  if (allowedOrigins.trim() !== "") http.info("Enabled CORS HTTP middleware");
  if (hasToken) {
    http.info("Enabled token authentication on HTTP server");
    grpc.info("Enabled token authentication on gRPC server");
  }
  if (grpcAccessList(configuration.api)) grpc.info("Enabled API access list on gRPC server");
}
