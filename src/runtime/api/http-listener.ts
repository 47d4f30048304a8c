/**
 * Sockets of an HTTP server: HTTP/1.1, cleartext HTTP/2 by prior knowledge and by upgrade, limits, graceful close.
 * @see spec 01 §2.1, spec 08 §4
 */

import { setMaxListeners } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
} from "node:http2";
import { createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { listenTcp } from "../../kit/http/listen-tcp.ts";
import { LiveList } from "../../kit/lifecycle/live-list.ts";
import type { Clock } from "../../kit/time/clock.ts";
import type { RawRequest, RawResponse } from "./exchange.ts";
import { isH2cUpgrade, switchingProtocols, upgradedConnection } from "./h2c-upgrade.ts";

export interface HttpListenerOptions {
  readonly serve: (request: RawRequest, response: RawResponse) => void;
  /** Request line and headers together; over it the answer is 431. Bytes. */
  readonly maxHeaderBytes: number;
  /** Cleartext HTTP/2 beside HTTP/1.1. */
  readonly isH2cEnabled: boolean;
  readonly clock: Clock;
  /** Called when an accepted connection is over the limit. */
  readonly maxConnections?: number;
  /** Told when a request's head is too long. */
  readonly onLimit?: (limit: "headers") => void;
}

export type HttpAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

const headersTimeoutMs = 10_000;
const defaultMaxConnections = 10_000;
const prefaceStart = Buffer.from("PRI * HTTP/2.0");

export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #http1: Server;
  #http2: Http2Server | undefined;
  readonly #sockets: NetServer[] = [];
  readonly #connections = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #inFlight = new LiveList<RawResponse>();
  #isClosing = false;
  #onIdle: (() => void) | undefined;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    const serve = this.#counted(options.serve);
    this.#http1 = createHttpServer(
      {
        maxHeaderSize: options.maxHeaderBytes,
        headersTimeout: headersTimeoutMs,
        requestTimeout: 0,
        keepAliveTimeout: 0,
        connectionsCheckingInterval: 1000,
        shouldUpgradeCallback: (request: IncomingMessage) =>
          options.isH2cEnabled && isH2cUpgrade(request),
      },
      (request, response) => {
        if (isHeaderTooLong(request, options.maxHeaderBytes)) {
          options.onLimit?.("headers");
          refuseHeader(response);
        } else serve(request, response);
      },
    );
    this.#http1.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (error.code === "HPE_HEADER_OVERFLOW") options.onLimit?.("headers");
      refuseMalformed(error, socket);
    });
    this.#http1.on("upgrade", (request, socket, head) =>
      this.#upgrade(request, socket as Socket, head),
    );
  }

  /** @returns the bound address; port 0 asks for a free one */
  listen(address: HttpAddress): Promise<HttpAddress> {
    // It never listens itself, but this is what its look for headers that take too long begins with.
    if (this.#sockets.length === 0) this.#http1.emit("listening");
    const server = createNetServer({ noDelay: true }, (socket) => this.#accept(socket));
    server.maxConnections = this.#options.maxConnections ?? defaultMaxConnections;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      const onListening = (): void => {
        server.removeListener("error", reject);
        server.on("error", () => {});
        this.#sockets.push(server);
        const bound = server.address();
        resolve(
          bound !== null && typeof bound === "object" && "host" in address
            ? { host: address.host, port: bound.port }
            : address,
        );
      };
      server.once("listening", onListening);
      if ("path" in address) server.listen(address.path);
      else listenTcp(server, address.host, address.port);
    });
  }

  /** Stops listening, lets running requests end and cuts what is left after graceMs. */
  async close(graceMs: number): Promise<void> {
    for (const server of this.#sockets) server.close();
    this.#http1.closeIdleConnections();
    for (const session of this.#sessions) session.close();
    this.#isClosing = true;
    for (const response of this.#inFlight.all()) endConnectionWith(response);
    if (this.#inFlight.size > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
      const done = new AbortController();
      await Promise.race([
        idle,
        Number.isFinite(graceMs)
          ? this.#options.clock.sleep(graceMs, done.signal).catch(() => {})
          : new Promise<never>(() => {}),
      ]);
      done.abort();
      // Give the last answers a turn to leave.
      await new Promise<void>((resolve) => queueMicrotask(resolve));
    }
    for (const session of this.#sessions) session.close();
    for (const socket of this.#connections) {
      if (socket.writableLength === 0) socket.destroy();
      else socket.end(() => socket.destroy());
    }
    this.#http1.close();
    this.#http2?.close();
  }

  #counted(serve: HttpListenerOptions["serve"]): HttpListenerOptions["serve"] {
    return (request, response) => {
      this.#inFlight.add(response);
      if (this.#isClosing) endConnectionWith(response);
      response.on("close", () => {
        this.#inFlight.delete(response);
        if (this.#inFlight.size === 0) this.#onIdle?.();
      });
      response.on("error", () => {});
      serve(request, response);
    };
  }

  #accept(socket: Socket): void {
    this.#connections.add(socket);
    socket.on("close", () => this.#connections.delete(socket));
    // Reset connections are everyday life; whoever reads the socket sees the end of it.
    socket.on("error", () => socket.destroy());
    if (!this.#options.isH2cEnabled) {
      this.#http1.emit("connection", socket);
      return;
    }
    const timer = this.#options.clock.timer(headersTimeoutMs, () => socket.destroy());
    // A piece of the preface may still turn out to be either. It is held back: put back, it would be readable at once.
    let held: Buffer | undefined;
    const onReadable = (): void => {
      const read = socket.read() as Buffer | null;
      if (read === null) return;
      const chunk = held === undefined ? read : Buffer.concat([held, read]);
      const length = Math.min(chunk.length, prefaceStart.length);
      const isPrefix = chunk.compare(prefaceStart, 0, length, 0, length) === 0;
      if (isPrefix && length < prefaceStart.length) {
        held = chunk;
        return;
      }
      socket.removeListener("readable", onReadable);
      socket.unshift(chunk);
      timer[Symbol.dispose]();
      if (isPrefix) this.#serveHttp2(socket);
      else this.#http1.emit("connection", socket);
    };
    socket.on("readable", onReadable);
    socket.on("close", () => timer[Symbol.dispose]());
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.write(switchingProtocols);
    this.#serveHttp2(upgradedConnection(request, socket, head));
  }

  /** node:http2 is made on first use: most sidecars never see such a connection. */
  #serveHttp2(connection: Duplex): void {
    if (this.#http2 === undefined) {
      this.#http2 = createHttp2Server(
        {
          maxHeaderListPairs: 1000,
          settings: { maxHeaderListSize: this.#options.maxHeaderBytes, maxConcurrentStreams: 1000 },
        },
        this.#counted(this.#options.serve),
      );
      this.#http2.on("session", (session) => {
        this.#sessions.add(session);
        setMaxListeners(0, session);
        const timer = this.#options.clock.timer(headersTimeoutMs, () => session.destroy());
        session.once("remoteSettings", () => timer[Symbol.dispose]());
        session.on("close", () => {
          timer[Symbol.dispose]();
          this.#sessions.delete(session);
        });
        session.on("error", () => session.destroy());
      });
      this.#http2.on("sessionError", () => {});
    }
    this.#http2.emit("connection", connection);
  }
}

/** Tells an HTTP/1.1 client to send nothing more: one that never stops would hold the close up. */
function endConnectionWith(response: RawResponse): void {
  if (!("stream" in response) && !response.headersSent) response.shouldKeepAlive = false;
}

/** Node counts names and values only; the limit is for all bytes up to the blank line. */
function isHeaderTooLong(request: IncomingMessage, limit: number): boolean {
  const { rawHeaders, method = "", url = "" } = request;
  let bytes = method.length + url.length + requestLineBytes;
  for (let i = 0; i < rawHeaders.length; i++) bytes += (rawHeaders[i] as string).length;
  return bytes + rawHeaders.length * separatorBytes > limit;
}

/** Two spaces, `HTTP/1.1`, its line end and the blank line. */
const requestLineBytes = 14;
/** Of each name and each value: `: ` and a line end. */
const separatorBytes = 2;

function refuseHeader(response: ServerResponse): void {
  response.writeHead(431, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": headerTooLong.length,
    connection: "close",
  });
  response.end(headerTooLong);
}

const headerTooLong = "431 Request Header Fields Too Large";

/** What Go's server says to bytes that are no request. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") {
    socket.destroy();
    return;
  }
  const status = error.code === "HPE_HEADER_OVERFLOW" ? headerTooLong : "400 Bad Request";
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`,
    () => socket.destroy(),
  );
}
