/**
 * The listeners of a sidecar: gRPC API, HTTP API, public port, internal gRPC, in the order in which they start.
 * @see spec 01 §2.1, §3, spec 02 §8.1, spec 08 §4
 */
import type { Server } from "node:net";
import type { HealthRegistry } from "../kit/lifecycle/health.ts";
import type { Logger, Logging } from "../kit/logging/logger.ts";
import { reflectionMethods, registerReflection } from "../kit/rpc/reflection.ts";
import type { ServerTransport, TlsOptions, Transport } from "../kit/rpc/transport.ts";
import type { Identity } from "../kit/security/security.ts";
import type { Clock } from "../kit/time/clock.ts";
import type { GrpcApi } from "./api/grpc-server.ts";
import { HttpListener } from "./api/http-listener.ts";
import type { Apis } from "./apis.ts";
import type { OnLimit } from "./limit-hits.ts";
import { apiAddresses, bindError, listenAll, shownAddress } from "./listen.ts";
import type { SidecarOptions } from "./options.ts";

export interface ServersContext {
  readonly options: SidecarOptions;
  readonly transport: Transport;
  readonly logging: Logging;
  readonly clock: Clock;
  readonly health: HealthRegistry;
  readonly signal: AbortSignal;
}

export interface Servers {
  /** Phase A of a shutdown: gRPC servers stop listening and wait for running calls. */
  closeGrpc(): Promise<void>;
  /** Phase B: HTTP servers stop listening and wait ten seconds at most. */
  closeHttp(): Promise<void>;
  /** From the first signal on. */
  notReady(): void;
}

const httpDrainMs = 10_000;
/** The reference tolerates this much beyond --read-buffer-size. */
const headerToleranceBytes = 4096;
/** gRPC takes no message without a limit. */
const grpcMetadataFactor = 1024;

export async function startServers(
  context: ServersContext,
  api: Apis,
  internal: {
    readonly register: (server: ServerTransport) => void;
    readonly socket: Server | undefined;
    readonly port: number;
    readonly tls: TlsOptions | undefined;
    readonly identity: Identity | undefined;
  },
  stack: AsyncDisposableStack,
): Promise<Servers> {
  const { health } = context;
  const grpcTarget = health.target("grpc-api-server");
  const internalTarget = health.target("grpc-internal-server");
  const grpc = await startGrpcApi(context, api.grpc, api.onLimit, stack);
  grpcTarget.ready();
  const listeners = await startHttp(context, api, stack);
  const internalServer = await startInternal(context, internal, api.onLimit, stack);
  internalTarget.ready();
  const logger = context.logging.logger("dapr.runtime.http");
  return {
    async closeGrpc() {
      api.grpc.endStreams();
      await Promise.all([
        grpc.close(Number.POSITIVE_INFINITY),
        internalServer.close(Number.POSITIVE_INFINITY),
      ]);
    },
    async closeHttp() {
      await Promise.all(
        listeners.map(async ({ listener, shown }) => {
          for (const address of shown) logger.info(`Closing HTTP server ${address}…`);
          await listener.close(httpDrainMs);
        }),
      );
    },
    notReady() {
      grpcTarget.notReady();
      internalTarget.notReady();
    },
  };
}

async function startGrpcApi(
  context: ServersContext,
  api: GrpcApi,
  onLimit: OnLimit,
  stack: AsyncDisposableStack,
): Promise<ServerTransport> {
  const { options, logging } = context;
  const logger = logging.logger("dapr.runtime.grpc.api");
  const server = createServer(context, onLimit, undefined, logger);
  stack.defer(() => server.close(0));
  api.register(server, reflectionMethods({ services: ["dapr.proto.runtime.v1.Dapr"] }));
  const addresses = apiAddresses({
    ...options.api,
    appId: options.appId,
    protocol: "grpc",
    port: options.api.grpcPort,
  });
  const bound = await listenAll(
    addresses,
    async (address) => {
      await server.listen(address);
      logger.info(
        "path" in address
          ? `gRPC server listening on UNIX socket: ${address.path}`
          : `gRPC server listening on TCP address: ${shownAddress(address)}`,
      );
    },
    {
      ...context,
      onFailure(address, error) {
        const text = "path" in address ? error.message : bindError(address, error);
        logger.error(
          `Failed to listen for gRPC server on TCP address ${shownAddress(address)} with error: ${text}`,
        );
      },
    },
  ).catch((error: Error) => {
    context.signal.throwIfAborted();
    throw new Error(`failed to start API gRPC server: ${error.message}`, { cause: error });
  });
  if (bound === 0) {
    throw new Error("failed to start API gRPC server: could not listen on any endpoint");
  }
  logger.info(
    options.api.socketFolder === ""
      ? `API gRPC server is running on port ${options.api.grpcPort}`
      : "API gRPC server is running on a Unix Domain Socket",
  );
  return server;
}

interface Listening {
  readonly listener: HttpListener;
  readonly shown: readonly string[];
}

async function startHttp(
  context: ServersContext,
  api: Apis,
  stack: AsyncDisposableStack,
): Promise<Listening[]> {
  const { options, logging, clock } = context;
  const logger = logging.logger("dapr.runtime.http");
  const maxHeaderBytes = options.api.readBufferBytes + headerToleranceBytes;
  const listener = new HttpListener({
    serve: api.http.serve.bind(api.http),
    maxHeaderBytes,
    onLimit: api.onLimit,
    isH2cEnabled: !options.api.isH2cDisabled,
    clock,
  });
  stack.defer(() => listener.close(0));
  const shown: string[] = [];
  const addresses = apiAddresses({
    ...options.api,
    appId: options.appId,
    protocol: "http",
    port: options.api.httpPort,
  });
  const bound = await listenAll(
    addresses,
    async (address) => {
      await listener.listen(address);
      shown.push(shownAddress(address));
      logger.info(
        "path" in address
          ? `HTTP server listening on UNIX socket: ${address.path}`
          : `HTTP server listening on TCP address: ${shownAddress(address)}`,
      );
    },
    {
      ...context,
      onFailure(address, error) {
        const text = "path" in address ? error.message : bindError(address, error);
        logger.debug(`Failed to listen for HTTP server on ${shownAddress(address)}: ${text}`);
      },
    },
  ).catch(failedHttp(context.signal));
  if (bound === 0) {
    throw new Error("failed to start HTTP server: could not listen on any endpoint");
  }
  logger.info(
    options.api.socketFolder === ""
      ? `HTTP server is running on port ${options.api.httpPort}`
      : "HTTP server is running on a Unix Domain Socket",
  );
  logger.info(`The request body size parameter is: ${options.api.maxBodyBytes} bytes`);
  const all: Listening[] = [{ listener, shown }];
  const publicListener = await startPublic(context, api, maxHeaderBytes, logger, stack);
  if (publicListener !== undefined) all.push(publicListener);
  if (options.api.isProfilingEnabled) {
    const { startProfiling } = await import("./profiling.ts");
    stack.use(await startProfiling(context).catch(failedHttp(context.signal)));
  }
  return all;
}

const failedHttp =
  (signal: AbortSignal) =>
  (error: Error): never => {
    signal.throwIfAborted();
    throw new Error(`failed to start HTTP server: ${error.message}`, { cause: error });
  };

async function startPublic(
  { options, clock }: ServersContext,
  { publicHttp, onLimit }: Apis,
  maxHeaderBytes: number,
  logger: Logger,
  stack: AsyncDisposableStack,
): Promise<Listening | undefined> {
  const { publicPort: port, publicListenAddress: host } = options.api;
  if (port === undefined) return undefined;
  const listener = new HttpListener({
    serve: publicHttp.serve.bind(publicHttp),
    maxHeaderBytes,
    onLimit,
    isH2cEnabled: false,
    clock,
  });
  stack.defer(() => listener.close(0));
  try {
    await listener.listen({ host, port });
  } catch (error) {
    throw new Error(`failed to start HTTP server: ${bindError({ host, port }, error as Error)}`, {
      cause: error,
    });
  }
  logger.info(`HTTP server listening on TCP address: ${host}:${port}`);
  return { listener, shown: [`${host}:${port}`] };
}

async function startInternal(
  context: ServersContext,
  internal: Parameters<typeof startServers>[2],
  onLimit: OnLimit,
  stack: AsyncDisposableStack,
): Promise<ServerTransport> {
  const { options, logging, clock, signal } = context;
  const logger = logging.logger("dapr.runtime.grpc.internal");
  const server = createServer(context, onLimit, internal.tls, logger);
  stack.defer(() => server.close(0));
  registerReflection(server, { services: ["dapr.proto.internals.v1.ServiceInvocation"] });
  internal.register(server);
  if (internal.tls !== undefined && internal.identity !== undefined) {
    stack.use(endConnectionsWithCertificate(server, internal.identity, clock));
  }
  const address = { host: options.api.internalListenAddress, port: internal.port };
  if (internal.socket !== undefined) {
    await server.listen({ server: internal.socket });
    logger.info(`gRPC server listening on pre-bound TCP address: ${shownAddress(address)}`);
  } else {
    await listenAll([address], (one) => server.listen(one), {
      clock,
      signal,
      onFailure(_address, error) {
        throw new Error(`failed to start internal gRPC server: ${bindError(address, error)}`, {
          cause: error,
        });
      },
    });
    logger.info(`gRPC server listening on TCP address: ${shownAddress(address)}`);
  }
  logger.info(`Internal gRPC server is running on ${shownAddress(address)}`);
  return server;
}

/**
 * A connection ends with the certificate that it was opened with: clients are asked to connect anew when it is renewed, and
 * what is left when it expires is cut.
 */
export function endConnectionsWithCertificate(
  server: ServerTransport,
  identity: Pick<Identity, "x509" | "onRotate">,
  clock: Clock,
): Disposable {
  const timers = new Set<Disposable>();
  let { notAfter } = identity.x509;
  const rotating = identity.onRotate((renewed) => {
    const cut = server.retireConnections?.();
    const leftMs = Math.max(0, notAfter - clock.now());
    notAfter = renewed.notAfter;
    if (cut === undefined) return;
    const timer = clock.timer(leftMs, () => {
      timers.delete(timer);
      cut();
    });
    timers.add(timer);
  });
  return {
    [Symbol.dispose]() {
      rotating[Symbol.dispose]();
      for (const timer of timers) timer[Symbol.dispose]();
    },
  };
}

function createServer(
  { options, transport }: ServersContext,
  onLimit: OnLimit,
  tls: TlsOptions | undefined,
  logger: Logger,
): ServerTransport {
  const { maxBodyBytes, readBufferBytes } = options.api;
  return transport.createServer({
    maxMessageBytes: maxBodyBytes,
    maxMetadataBytes: readBufferBytes * grpcMetadataFactor,
    tls,
    onLimit,
    onError: (error) => logger.debug(`connection error: ${error.message}`),
  });
}
