/**
 * gRPC server on node:http2, framed by hand. Reference and escape hatch beside our own HTTP/2.
 * @see spec 01 §3, spec 02 §8.1
 */
import {
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import { Acceptor, handshakeTimeoutMs } from "../sockets.ts";
import { code } from "../status.ts";
import type {
  ListenAddress,
  Peer,
  ServerOptions,
  ServerTransport,
  StreamHandler,
  UnaryHandler,
} from "../transport.ts";
import { serveUnary, statusOfError } from "../unary.ts";
import { encodeMessage, field, parseTimeout } from "./fields.ts";
import { Http2ServerCall } from "./server-call.ts";

/** Enough for a message of usual size without waiting for the window. */
const streamWindowBytes = 256 * 1024;
const connectionWindowBytes = 1024 * 1024;

/** Go forgives two. */
const maxPingStrikes = 2;

export class Http2Server implements ServerTransport {
  readonly #options: ServerOptions;
  readonly #clock: Clock;
  readonly #acceptor: Acceptor;
  readonly #handlers = new Map<string, StreamHandler>();
  readonly #services = new Set<string>();
  readonly #connections = new Set<Connection>();
  #fallback: StreamHandler | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ServerOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#acceptor = new Acceptor({
      tls: options.tls,
      clock,
      onConnection: (socket, peer) => this.#serve(socket, peer),
      onError: (error) => options.onError?.(error),
    });
  }

  unary(path: string, handler: UnaryHandler): void {
    this.stream(path, (call) => serveUnary(handler, call));
  }

  stream(path: string, handler: StreamHandler): void {
    this.#handlers.set(path, handler);
    this.#services.add(path.slice(0, path.lastIndexOf("/") + 1));
  }

  fallback(handler: StreamHandler): void {
    this.#fallback = handler;
  }

  listen(address: ListenAddress): Promise<{ host: string; port: number }> {
    return this.#acceptor.listen(address);
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    this.#acceptor.close();
    const closed = [...this.#connections].map((connection) => connection.drain());
    const cut = (): void => {
      for (const connection of this.#connections) connection.cut();
    };
    if (graceMs <= 0) cut();
    else if (graceMs !== Number.POSITIVE_INFINITY) {
      using timer = this.#clock.timer(graceMs, cut);
      void timer;
      await Promise.all(closed);
      return;
    }
    await Promise.all(closed);
  }

  #serve(socket: Socket, peer: Peer): void {
    const connection = new Connection(socket, peer, this.#options, this.#clock, (stream) =>
      this.#handle(stream),
    );
    this.#connections.add(connection);
    connection.onClose(() => this.#connections.delete(connection));
  }

  #handle(call: Http2ServerCall): void {
    const handler = this.#handlers.get(call.path) ?? this.#fallback;
    if (handler === undefined) {
      call.finish({ code: code.unimplemented, message: this.#unknown(call.path) });
      return;
    }
    try {
      handler(call);
    } catch (error) {
      call.finish(statusOfError(error));
    }
  }

  #unknown(path: string): string {
    const cut = path.lastIndexOf("/");
    if (cut <= 0) return `malformed method name: ${JSON.stringify(path)}`;
    const service = path.slice(1, cut);
    return this.#services.has(path.slice(0, cut + 1))
      ? `unknown method ${path.slice(cut + 1)} for service ${service}`
      : `unknown service ${service}`;
  }
}

/** One client connection. */
class Connection {
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #peer: Peer;
  readonly #options: ServerOptions;
  readonly #clock: Clock;
  readonly #serve: (call: Http2ServerCall) => void;
  readonly #timers = new DisposableStack();
  #streams = 0;
  #idleSince: number;
  #lastPingAt = Number.NEGATIVE_INFINITY;
  #strikes = 0;
  /** Data went out since the last ping: the client had reason to ask. */
  #sent = false;
  #queuedBytes = 0;

  constructor(
    socket: Socket,
    peer: Peer,
    options: ServerOptions,
    clock: Clock,
    serve: (call: Http2ServerCall) => void,
  ) {
    this.#socket = socket;
    this.#peer = peer;
    this.#options = options;
    this.#clock = clock;
    this.#serve = serve;
    this.#idleSince = clock.monotonic();
    this.#session = performServerHandshake(socket, {
      maxHeaderListPairs: 10_000,
      // node:http2 behaves badly at this limit; streams and windows bound the memory.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
      maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
      strictSingleValueFields: false,
      settings: {
        enablePush: false,
        initialWindowSize: streamWindowBytes,
        maxHeaderListSize: options.maxMetadataBytes,
        maxConcurrentStreams: options.maxConcurrentStreams ?? 1000,
      },
    });
    this.#listen();
    this.#watch();
  }

  #listen(): void {
    const session = this.#session;
    session.on("error", (error) => this.#options.onError?.(error));
    session.on("close", () => this.#timers.dispose());
    session.on("ping", () => this.#pinged());
    session.once("connect", () => session.setLocalWindowSize(connectionWindowBytes));
    session.on("stream", (stream, headers, _flags, raw: string[]) =>
      this.#accept(stream, headers, raw),
    );
  }

  #watch(): void {
    const { pingAfterMs = 10_000, pingTimeoutMs = 5000, maxIdleMs = 180_000 } = this.#options;
    const handshake = this.#clock.timer(handshakeTimeoutMs, () => this.cut());
    this.#timers.use(handshake);
    this.#session.once("remoteSettings", () => handshake[Symbol.dispose]());
    this.#timers.use(
      keepAlive(this.#clock, this.#session, this.#socket, pingAfterMs, pingTimeoutMs),
    );
    const step = Math.max(Math.min(maxIdleMs / 4, 10_000), 1);
    this.#timers.use(
      this.#clock.interval(step, () => {
        if (this.#streams > 0) return;
        if (this.#clock.monotonic() - this.#idleSince >= maxIdleMs) this.#session.close();
      }),
    );
  }

  #accept(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: string[]): void {
    stream.on("error", () => {});
    this.#streams++;
    stream.once("close", () => {
      this.#streams--;
      this.#idleSince = this.#clock.monotonic();
    });
    if (!acceptable(stream, headers)) return;
    const timeout = field(raw, "grpc-timeout");
    const timeoutMs = timeout === undefined ? Number.POSITIVE_INFINITY : parseTimeout(timeout);
    const call = new Http2ServerCall({
      stream,
      raw,
      peer: this.#peer,
      timeoutMs: timeoutMs ?? Number.POSITIVE_INFINITY,
      maxMessageBytes: this.#options.maxMessageBytes,
      clock: this.#clock,
      onSend: (bytes) => {
        this.#sent = true;
        this.#queuedBytes += bytes;
      },
    });
    if (timeoutMs === undefined) {
      call.finish({ code: code.internal, message: `malformed grpc-timeout: ${timeout}` });
      return;
    }
    this.#serve(call);
  }

  /** Clients that ping more often than allowed lose the connection. */
  #pinged(): void {
    const now = this.#clock.monotonic();
    const since = now - this.#lastPingAt;
    this.#lastPingAt = now;
    // Clients that measure the bandwidth ping at each piece of a large answer.
    if (this.#sent || this.#queuedBytes > 0) {
      this.#sent = false;
      this.#strikes = 0;
      return;
    }
    if (since >= (this.#options.minPingIntervalMs ?? 8000)) return;
    this.#strikes++;
    if (this.#strikes <= maxPingStrikes || this.#session.destroyed) return;
    this.#session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from("too_many_pings"));
    this.#session.close();
    // A client that ignores the GOAWAY is cut.
    this.#timers.use(this.#clock.timer(1000, () => this.cut()));
  }

  onClose(callback: () => void): void {
    if (this.#session.destroyed) callback();
    else this.#session.once("close", callback);
  }

  /** Resolves when the last call has ended. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.onClose(resolve);
      if (!this.#session.closed) this.#session.close();
    });
  }

  cut(): void {
    this.#session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }
}

/** Answers what is not gRPC. @returns false when it did */
function acceptable(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
  const type = headers["content-type"];
  let answer: OutgoingHttpHeaders | undefined;
  if (headers[":method"] !== "POST") {
    answer = { ":status": 405, "grpc-status": "13" };
    answer["grpc-message"] = encodeMessage(
      `Received a HEADERS frame with :method ${JSON.stringify(headers[":method"])} which should be POST`,
    );
  } else if (type === undefined || !/^application\/grpc($|[+;])/i.test(type)) {
    answer = { ":status": 415, "grpc-status": "13" };
    answer["grpc-message"] = encodeMessage(
      `invalid gRPC request content-type ${JSON.stringify(type ?? "")}`,
    );
  }
  if (answer === undefined) return true;
  stream.respond({ ...answer, "content-type": "application/grpc" }, { endStream: true });
  stream.resume();
  // The answer goes first.
  if (!stream.endAfterHeaders) {
    setImmediate(() => {
      if (!stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }
  return false;
}

/** Pings after silence and destroys the session when no answer comes. */
export function keepAlive(
  clock: Clock,
  session: ServerHttp2Session | import("node:http2").ClientHttp2Session,
  socket: Socket,
  pingAfterMs: number,
  pingTimeoutMs: number,
): Disposable {
  let seen = socket.bytesRead;
  let waiting: Disposable | undefined;
  const ticker = clock.interval(pingAfterMs, () => {
    if (session.destroyed || waiting !== undefined) return;
    const now = socket.bytesRead;
    const silent = now === seen;
    seen = now;
    if (!silent) return;
    waiting = clock.timer(pingTimeoutMs, () => session.destroy());
    session.ping(() => {
      waiting?.[Symbol.dispose]();
      waiting = undefined;
    });
  });
  return {
    [Symbol.dispose]() {
      ticker[Symbol.dispose]();
      waiting?.[Symbol.dispose]();
    },
  };
}
