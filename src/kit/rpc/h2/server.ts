/** The server: listeners, method table, and the way from a header block to a handler. */
import { createServer, type Server, type Socket } from "node:net";
import { listenTcp } from "../../http/listen-tcp.ts";
import { type Clock, systemClock } from "../../time/clock.ts";
import { code, type GrpcCode } from "../status.ts";
import type {
  ListenAddress,
  Peer,
  ServerOptions,
  ServerTransport,
  StreamHandler,
  UnaryHandler,
} from "../transport.ts";
import { CertificateLife } from "./certificate-life.ts";
import type { Shared } from "./frame-writer.ts";
import { h2Code } from "./frames.ts";
import { encodeMessage, isGrpcContentType, parseTimeout } from "./grpc-headers.ts";
import { handshakeMs, maxConnections } from "./limits.ts";
import { Slabs } from "./output.ts";
import type { RequestHead } from "./request-head.ts";
import { ServerCall } from "./server-call.ts";
import { type AcceptStream, ServerConnection } from "./server-connection.ts";
import { TimerWheel } from "./timer-wheel.ts";
import { acceptTls, Contexts } from "./tls.ts";
import { TurnEnd } from "./turn-end.ts";

type Method =
  | { readonly unary: UnaryHandler; readonly stream: null }
  | { readonly unary: null; readonly stream: StreamHandler };

/** What all connections of one transport share. */
export function createShared(clock: Clock): Shared {
  return { clock, slabs: new Slabs(), wheel: new TimerWheel(clock), turnEnd: new TurnEnd() };
}

/** How often connections are checked. Milliseconds. */
export function checkInterval(...limits: readonly number[]): number {
  const shortest = Math.min(...limits.filter((limit) => limit > 0));
  return Math.max(10, Math.min(1000, shortest / 4));
}

export class H2Server implements ServerTransport {
  readonly #options: ServerOptions;
  readonly #shared: Shared;
  readonly #limits: ConstructorParameters<typeof ServerConnection>[2];
  readonly #contexts: Contexts | null;
  readonly #accept: AcceptStream;
  readonly #methods = new Map<string, Method>();
  readonly #services = new Set<string>();
  #fallback: StreamHandler | null = null;
  readonly #listeners = new Set<Server>();
  readonly #connections = new Set<ServerConnection>();
  /** Sockets in their TLS handshake, with the time they came. */
  readonly #handshakes = new Map<Socket, number>();
  #interval: Disposable | null = null;
  #isClosing = false;
  readonly #empty = Promise.withResolvers<void>();

  /** @param accept tests answer streams in another way than gRPC */
  constructor(options: ServerOptions, accept?: AcceptStream) {
    this.#options = options;
    this.#shared = createShared(options.clock ?? systemClock);
    this.#limits = {
      maxMessageBytes: options.maxMessageBytes,
      maxMetadataBytes: options.maxMetadataBytes,
      maxConcurrentStreams: options.maxConcurrentStreams ?? 1000,
      minPingIntervalMs: options.minPingIntervalMs ?? 8000,
      pingAfterMs: options.pingAfterMs ?? 10_000,
      pingTimeoutMs: options.pingTimeoutMs ?? 5000,
      maxIdleMs: options.maxIdleMs ?? 180_000,
      onLimit: options.onLimit,
    };
    this.#contexts = options.tls === undefined ? null : new Contexts(options.tls);
    this.#accept =
      accept ?? ((connection, id, head, endStream) => this.#call(connection, id, head, endStream));
  }

  unary(path: string, handler: UnaryHandler): void {
    this.#register(path, { unary: handler, stream: null });
  }

  stream(path: string, handler: StreamHandler): void {
    this.#register(path, { unary: null, stream: handler });
  }

  fallback(handler: StreamHandler): void {
    this.#fallback = handler;
  }

  #register(path: string, method: Method): void {
    this.#methods.set(path, method);
    this.#services.add(path.slice(1, path.lastIndexOf("/")));
  }

  listen(address: ListenAddress): Promise<{ host: string; port: number }> {
    const isGiven = "server" in address;
    const server = isGiven ? address.server : createServer();
    const path = "path" in address ? address.path : "";
    server.on("connection", (socket: Socket) => this.#connected(socket, path));
    server.on("close", () => this.#listeners.delete(server));
    return new Promise((resolve, reject) => {
      const listening = (): void => {
        server.off("error", reject);
        server.on("error", (error) => this.#options.onError?.(error));
        this.#listeners.add(server);
        const { pingAfterMs, pingTimeoutMs, maxIdleMs } = this.#limits;
        this.#interval ??= this.#shared.clock.interval(
          checkInterval(pingAfterMs, pingTimeoutMs, maxIdleMs),
          () => this.#check(),
        );
        const bound = server.address();
        if (bound === null || typeof bound === "string") resolve({ host: bound ?? "", port: 0 });
        else resolve({ host: bound.address, port: bound.port });
      };
      server.once("error", reject);
      if (isGiven && server.listening) listening();
      else {
        server.once("listening", listening);
        if (isGiven) return;
        if ("path" in address) server.listen(address.path);
        else listenTcp(server, address.host, address.port);
      }
    });
  }

  retireConnections(): () => void {
    const retired = [...this.#connections];
    for (const connection of retired) connection.leave();
    return () => {
      for (const connection of retired) if (this.#connections.has(connection)) connection.cut();
    };
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    for (const server of this.#listeners) server.close();
    for (const socket of this.#handshakes.keys()) socket.destroy();
    this.#handshakes.clear();
    for (const connection of this.#connections) connection.leave();
    if (this.#connections.size > 0) {
      const timer =
        graceMs === Number.POSITIVE_INFINITY
          ? null
          : this.#shared.clock.timer(graceMs, () => this.#cut());
      await this.#empty.promise;
      timer?.[Symbol.dispose]();
    }
    this.#interval?.[Symbol.dispose]();
    this.#interval = null;
  }

  #cut(): void {
    for (const connection of [...this.#connections]) connection.cut();
  }

  /** @param path of the Unix socket, or "" */
  #connected(raw: Socket, path: string): void {
    raw.on("error", () => raw.destroy());
    if (this.#isClosing || !this.#makeRoom()) {
      raw.destroy();
      return;
    }
    raw.setNoDelay(true);
    const { tls } = this.#options;
    if (tls === undefined || this.#contexts === null) {
      this.#open(raw, peerOf(raw, path, null), null);
      return;
    }
    this.#handshakes.set(raw, this.#shared.clock.monotonic());
    acceptTls(raw, this.#contexts, tls, (error, result) => {
      this.#handshakes.delete(raw);
      if (error !== null || result === null) {
        if (error !== null) this.#options.onError?.(error);
        return;
      }
      if (this.#isClosing) result.socket.destroy();
      else {
        const { certificateClock: clock } = tls;
        const life = clock === undefined ? null : new CertificateLife(result.socket, clock);
        this.#open(result.socket, peerOf(raw, path, result.identity), life);
      }
    });
  }

  #open(socket: Socket, peer: Peer, life: CertificateLife | null): void {
    const connection = new ServerConnection(
      socket,
      this.#shared,
      this.#limits,
      peer,
      this.#accept,
      (ended) => this.#ended(ended),
    );
    connection.life = life;
    this.#connections.add(connection);
    connection.start();
  }

  #ended(connection: ServerConnection): void {
    this.#connections.delete(connection);
    if (this.#isClosing && this.#connections.size === 0) this.#empty.resolve();
  }

  /** At the limit of connections the oldest idle one goes; false when there is none. */
  #makeRoom(): boolean {
    const limit = this.#options.maxConnections ?? maxConnections;
    if (this.#connections.size + this.#handshakes.size < limit) return true;
    this.#options.onLimit?.("connections");
    for (const connection of this.#connections) {
      if (!connection.isIdleNow) continue;
      connection.cut();
      return true;
    }
    return false;
  }

  #check(): void {
    const now = this.#shared.clock.monotonic();
    for (const connection of this.#connections) connection.check(now);
    for (const [socket, since] of this.#handshakes) {
      if (now - since > handshakeMs) socket.destroy();
    }
  }

  // Calls

  #call(
    connection: ServerConnection,
    id: number,
    head: RequestHead,
    endStream: boolean,
  ): ServerCall | null {
    let timeoutMs = Number.POSITIVE_INFINITY;
    if (head.method !== "POST") {
      const text = `Received a HEADERS frame with :method "${head.method}" which should be POST`;
      return answer(connection, id, endStream, 405, code.internal, text);
    }
    if (!isGrpcContentType(head.contentType)) {
      const text = `invalid gRPC request content-type "${head.contentType}"`;
      return answer(connection, id, endStream, 415, code.invalidArgument, text);
    }
    if (head.timeout !== null) {
      timeoutMs = parseTimeout(head.timeout);
      if (Number.isNaN(timeoutMs)) {
        const text = `malformed grpc-timeout: "${head.timeout}"`;
        return answer(connection, id, endStream, 400, code.internal, text);
      }
    }
    const method = this.#methods.get(head.path);
    const stream = method === undefined ? this.#fallback : method.stream;
    if (method === undefined && stream === null) {
      return answer(connection, id, endStream, 200, code.unimplemented, this.#unknown(head.path));
    }
    if (head.encoding !== "" && head.encoding !== "gzip" && head.encoding !== "identity") {
      const text = `grpc: Decompressor is not installed for grpc-encoding "${head.encoding}"`;
      return answer(connection, id, endStream, 200, code.unimplemented, text);
    }
    const unary = method === undefined ? null : method.unary;
    const call = new ServerCall(connection, id, head, timeoutMs, unary, this.#options);
    call.isRemoteClosed = endStream;
    call.start(stream);
    if (endStream) call.remoteEnded();
    return call;
  }

  #unknown(path: string): string {
    const slash = path.lastIndexOf("/");
    if (!path.startsWith("/") || slash < 1) return `malformed method name: "${path}"`;
    const service = path.slice(1, slash);
    return this.#services.has(service)
      ? `unknown method ${path.slice(slash + 1)} for service ${service}`
      : `unknown service ${service}`;
  }
}

/** IPv4 addresses on dual-stack sockets are shown as such. */
function peerOf(socket: Socket, path: string, identity: string | null): Peer {
  const address = socket.remoteAddress ?? path;
  const isMapped = address.startsWith("::ffff:") && address.includes(".");
  return { address: isMapped ? address.slice(7) : address, port: socket.remotePort ?? 0, identity };
}

/** Answers a request that reaches no handler. */
function answer(
  connection: ServerConnection,
  id: number,
  endStream: boolean,
  httpStatus: number,
  grpcCode: GrpcCode,
  text: string,
): null {
  const { encoder } = connection;
  encoder.begin();
  if (httpStatus === 200) encoder.indexed(8);
  else encoder.literal(":status", String(httpStatus));
  encoder.field("content-type", "application/grpc", true);
  encoder.literal("grpc-status", String(grpcCode));
  encoder.literal("grpc-message", encodeMessage(text));
  if (grpcCode === code.unimplemented) encoder.literal("grpc-accept-encoding", "gzip");
  connection.writeBlock(id, true);
  if (!endStream) {
    connection.rememberReset(id);
    connection.writeReset(id, h2Code.noError);
  }
  connection.completed();
  return null;
}
