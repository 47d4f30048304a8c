/**
 * Sockets of an HTTP server: HTTP/1.1, cleartext HTTP/2 by prior knowledge and by upgrade, limits, graceful close.
 * @see spec 01 §2.1, spec 08 §4
 */

import { setMaxListeners } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  ServerResponse,
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
import { singlyFramed } from "./doubly-framed.ts";
import type { RawRequest, RawResponse } from "./exchange.ts";
import { isH2cUpgrade, switchingProtocols, upgradedConnection } from "./h2c-upgrade.ts";

export interface HttpListenerOptions {
  readonly serve: (request: RawRequest, response: RawResponse) => void;
  /** Request line and headers together; over it the answer is 431. Bytes. */
  readonly maxHeaderBytes: number;
  /** Cleartext HTTP/2 beside HTTP/1.1. */
  readonly isH2cEnabled: boolean;
  readonly clock: Clock;
  /** Beyond it the oldest idle connection is closed, over all addresses. Default 10000. */
  readonly maxConnections?: number;
  /** Requests beyond it are answered with 503, those for health excepted. Default 10000. */
  readonly maxInFlight?: number;
  /** Told of every time that a limit turns work away. */
  readonly onLimit?: (limit: "headers" | "connections" | "in-flight") => void;
}

export type HttpAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

const headersTimeoutMs = 10_000;
const defaultMaxConnections = 10_000;
const defaultMaxInFlight = 10_000;
/** HTTP/2 counts 32 bytes more for each header. */
const headerLeeway = 4;
const prefaceStart = Buffer.from("PRI * HTTP/2.0");

export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #http1: Server;
  #http2: Http2Server | undefined;
  readonly #sockets: NetServer[] = [];
  readonly #connections = new Set<Socket>();
  /** With their connections. */
  readonly #sessions = new Map<ServerHttp2Session, Socket>();
  /** The one that becomes an HTTP/2 session just now. */
  #opening: Socket | undefined;
  readonly #inFlight = new LiveList<RawResponse>();
  #isClosing = false;
  #onIdle: (() => void) | undefined;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    const serve = this.#measured(options.serve);
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
      serve,
    );
    this.#http1.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (error.code === "HPE_HEADER_OVERFLOW") options.onLimit?.("headers");
      refuseMalformed(error, socket);
    });
    this.#http1.on("upgrade", (request, socket, head) =>
      this.#upgrade(request, socket as Socket, head),
    );
    this.#http1.on("connect", (request, socket) =>
      serve(request, answerAndEnd(request, socket as Socket)),
    );
  }

  /** @returns the bound address; port 0 asks for a free one */
  listen(address: HttpAddress): Promise<HttpAddress> {
    // It never listens itself, but this is what its look for headers that take too long begins with.
    if (this.#sockets.length === 0) this.#http1.emit("listening");
    const server = createNetServer({ noDelay: true }, (socket) => this.#accept(socket));
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
    for (const session of this.#sessions.keys()) session.close();
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
    for (const session of this.#sessions.keys()) session.close();
    for (const socket of this.#connections) {
      if (socket.writableLength === 0) socket.destroy();
      else socket.end(() => socket.destroy());
    }
    this.#http1.close();
    this.#http2?.close();
  }

  #measured(serve: HttpListenerOptions["serve"]): HttpListenerOptions["serve"] {
    const counted = this.#counted(serve);
    const { maxHeaderBytes, onLimit } = this.#options;
    return (request, response) => {
      if (!isHeaderTooLong(request, maxHeaderBytes)) {
        counted(request, response);
        return;
      }
      onLimit?.("headers");
      endConnectionWith(response);
      answerPlainly(response, 431, headerTooLong);
    };
  }

  #counted(serve: HttpListenerOptions["serve"]): HttpListenerOptions["serve"] {
    const { maxInFlight = defaultMaxInFlight, onLimit } = this.#options;
    return (request, response) => {
      if (this.#inFlight.size >= maxInFlight && !isHealthCheck(request)) {
        onLimit?.("in-flight");
        request.resume();
        answerPlainly(response, 503, "503 Service Unavailable");
        return;
      }
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
    if (!this.#makeRoom()) {
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
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
      socket.unshift(isPrefix ? chunk : singlyFramed(chunk));
      timer[Symbol.dispose]();
      if (isPrefix) this.#serveHttp2(socket, socket);
      else this.#http1.emit("connection", socket);
    };
    socket.on("readable", onReadable);
    socket.on("close", () => timer[Symbol.dispose]());
  }

  /** At the limit of connections the oldest idle one goes; false when there is none. */
  #makeRoom(): boolean {
    const { maxConnections = defaultMaxConnections, onLimit } = this.#options;
    if (this.#connections.size < maxConnections) return true;
    onLimit?.("connections");
    const busy = new Set<Duplex | null | undefined>();
    for (const response of this.#inFlight.all()) {
      if (!("stream" in response)) busy.add(response.socket);
      else if (response.stream.session !== undefined) {
        busy.add(this.#sessions.get(response.stream.session as ServerHttp2Session));
      }
    }
    for (const socket of this.#connections) {
      if (busy.has(socket)) continue;
      this.#connections.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.write(switchingProtocols);
    this.#serveHttp2(upgradedConnection(request, socket, head), socket);
  }

  /** node:http2 is made on first use: most sidecars never see such a connection. */
  #serveHttp2(connection: Duplex, socket: Socket): void {
    if (this.#http2 === undefined) {
      this.#http2 = createHttp2Server(
        {
          maxHeaderListPairs: 1000,
          // Node resets a stream that is over it without a word; up to there the answer is ours.
          settings: {
            maxHeaderListSize: this.#options.maxHeaderBytes * headerLeeway,
            maxConcurrentStreams: 1000,
          },
        },
        this.#measured(this.#options.serve),
      );
      this.#http2.on("session", (session) => {
        this.#sessions.set(session, this.#opening as Socket);
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
    this.#opening = socket;
    this.#http2.emit("connection", connection);
  }
}

/** CONNECT is a verb like any other here. Node has let go of the connection by then, so it ends with the answer. */
function answerAndEnd(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on("finish", () => socket.destroySoon());
  return response;
}

/** Tells an HTTP/1.1 client to send nothing more: one that never stops would hold the close up. */
function endConnectionWith(response: RawResponse): void {
  if (!("stream" in response) && !response.headersSent) response.shouldKeepAlive = false;
}

/** Node counts names and values only; the limit is for all bytes up to the blank line. */
function isHeaderTooLong(request: RawRequest, limit: number): boolean {
  const { rawHeaders, method = "", url = "" } = request;
  // In HTTP/2 the request line is made of headers.
  let bytes = "stream" in request ? 0 : method.length + url.length + requestLineBytes;
  for (let i = 0; i < rawHeaders.length; i++) bytes += (rawHeaders[i] as string).length;
  return bytes + rawHeaders.length * separatorBytes > limit;
}

/** Two spaces, `HTTP/1.1`, its line end and the blank line. */
const requestLineBytes = 14;
/** Of each name and each value: `: ` and a line end. */
const separatorBytes = 2;

function answerPlainly(response: RawResponse, status: number, text: string): void {
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  };
  response.on("error", () => {});
  if ("stream" in response) response.writeHead(status, headers);
  else response.writeHead(status, headers);
  response.end(text);
}

/** Probes must not take a busy sidecar for a dead one. */
const isHealthCheck = ({ url = "" }: RawRequest): boolean => url.startsWith("/v1.0/healthz");

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
