/**
 * An HTTP/1.1 server for the small services beside the API: health, metrics, OpenID discovery.
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttpsServer,
  type ServerOptions as TlsServerOptions,
} from "node:https";
import { isIPv6 } from "node:net";
import type { Clock } from "../time/clock.ts";
import { listenTcp } from "./listen-tcp.ts";

export interface HttpServerOptions {
  /** "": all interfaces. */
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  readonly tls?: TlsServerOptions;
  /** Requests that still run after so long are cut when the server closes. ms */
  readonly closeMs: number;
  readonly clock: Clock;
  /** Must not throw; request bodies are not read. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
}

/** Nothing that these servers answer needs more. */
const limits: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
};
const maxConnections = 1000;

/** @throws {Error} `failed to listen on <address>: ...` */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server: Server =
    options.tls === undefined
      ? createHttpServer(limits, options.handle)
      : createHttpsServer({ ...limits, ...options.tls }, options.handle);
  server.maxConnections = maxConnections;
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void =>
      reject(
        new Error(`failed to listen on ${listenName(options)}: ${bindError(error, options)}`, {
          cause: error,
        }),
      );
    server.once("error", onError);
    server.once("listening", () => {
      server.off("error", onError);
      resolve();
    });
    listenTcp(server, options.host, options.port);
  });
  // A listener that fails later has nobody to tell; its connections end on their own.
  server.on("error", () => {});
  const address = server.address();
  let closing: Promise<void> | undefined;
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    [Symbol.asyncDispose]() {
      closing ??= close(server, options);
      return closing;
    },
  };
}

async function close(server: Server, { clock, closeMs }: HttpServerOptions): Promise<void> {
  using cut = clock.timer(closeMs, () => server.closeAllConnections());
  void cut;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

const listenName = ({ host, port }: HttpServerOptions): string =>
  `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** Go's texts. */
function bindError(error: NodeJS.ErrnoException, options: HttpServerOptions): string {
  const what =
    error.code === "EADDRINUSE"
      ? "bind: address already in use"
      : error.code === "EACCES"
        ? "bind: permission denied"
        : error.code === "EADDRNOTAVAIL"
          ? "bind: cannot assign requested address"
          : error.message;
  return `listen tcp ${listenName(options)}: ${what}`;
}
