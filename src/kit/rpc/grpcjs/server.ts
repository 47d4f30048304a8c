/**
 * gRPC server on @grpc/grpc-js. Listening and TLS are ours: finished connections are handed to the library, which then
 * speaks plain HTTP/2 on them, so that the material is read at each handshake and the peer is judged by its SPIFFE id.
 *
 * What the library cannot do: it neither counts client pings (`minPingIntervalMs`), nor keeps repeated ASCII
 * metadata apart (they arrive joined by a comma), nor takes metadata above 64 KiB; `maxMetadataBytes` below that is
 * answered with ResourceExhausted instead of a reset. Compressed messages that are too large end with its own texts.
 */

import type { Socket } from "node:net";
import type * as grpc from "@grpc/grpc-js";
import type { Clock } from "../../time/clock.ts";
import { Acceptor } from "../sockets.ts";
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
import { fromLibrary, metadataBytes } from "./metadata.ts";
import { GrpcjsServerCall } from "./server-call.ts";

type Library = typeof grpc;

/** The entry that the library looks up for a path. */
interface LibraryHandler {
  readonly func: (stream: grpc.ServerDuplexStream<Buffer, Buffer>) => void;
  readonly serialize: (message: Buffer) => Buffer;
  readonly deserialize: (message: Buffer) => Buffer;
  readonly type: "bidi";
  readonly path: string;
}

const asIs = (message: Buffer): Buffer => message;

export class GrpcjsServer implements ServerTransport {
  readonly #options: ServerOptions;
  readonly #clock: Clock;
  readonly #acceptor: Acceptor;
  readonly #handlers = new Map<string, StreamHandler>();
  readonly #services = new Set<string>();
  readonly #sockets = new Set<Socket>();
  readonly #peers = new Map<string, Peer>();
  readonly #server: grpc.Server;
  readonly #injector: { injectConnection(socket: Socket): void };
  readonly #library: Library;
  #fallback: StreamHandler | undefined;
  #closing: Promise<void> | undefined;

  constructor(library: Library, options: ServerOptions, clock: Clock) {
    this.#library = library;
    this.#options = options;
    this.#clock = clock;
    this.#acceptor = new Acceptor({
      tls: options.tls,
      clock,
      onConnection: (socket, peer) => this.#inject(socket, peer),
      onError: (error) => options.onError?.(error),
    });
    this.#server = new library.Server({
      "grpc.max_receive_message_length": options.maxMessageBytes,
      // Our own check comes first and speaks Go's text.
      "grpc.max_send_message_length": -1,
      "grpc.max_concurrent_streams": options.maxConcurrentStreams ?? 1000,
      "grpc.keepalive_time_ms": options.pingAfterMs ?? 10_000,
      "grpc.keepalive_timeout_ms": options.pingTimeoutMs ?? 5000,
      "grpc.max_connection_idle_ms": options.maxIdleMs ?? 180_000,
      "grpc.enable_channelz": 0,
    });
    // The library has no handler for unknown methods. This is the one place where it looks for a handler.
    Object.defineProperty(this.#server, "_retrieveHandler", {
      value: (path: string) => this.#handlerOf(path),
    });
    this.#injector = this.#server.createConnectionInjector(
      library.ServerCredentials.createInsecure(),
    );
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

  #inject(socket: Socket, peer: Peer): void {
    const key = keyOf(socket);
    this.#sockets.add(socket);
    this.#peers.set(key, peer);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (this.#peers.get(key) === peer) this.#peers.delete(key);
    });
    this.#injector.injectConnection(socket);
  }

  #handlerOf(path: string): LibraryHandler {
    return {
      func: (stream) => this.#serve(path, stream),
      serialize: asIs,
      deserialize: asIs,
      type: "bidi",
      path,
    };
  }

  #serve(path: string, stream: grpc.ServerDuplexStream<Buffer, Buffer>): void {
    const call = new GrpcjsServerCall({
      library: this.#library,
      stream,
      path,
      metadata: fromLibrary(stream.metadata),
      peer: this.#peerOf(stream),
      maxMessageBytes: this.#options.maxMessageBytes,
      clock: this.#clock,
    });
    const handler = this.#handlers.get(path) ?? this.#fallback;
    if (metadataBytes(call.metadata) > this.#options.maxMetadataBytes) {
      call.finish({ code: code.resourceExhausted, message: "the metadata is too large" });
    } else if (handler === undefined) {
      call.finish({ code: code.unimplemented, message: this.#unknown(path) });
    } else {
      try {
        handler(call);
      } catch (error) {
        call.finish(statusOfError(error));
      }
    }
  }

  #peerOf(stream: grpc.ServerDuplexStream<Buffer, Buffer>): Peer {
    const inner = (stream as unknown as { call: { getConnectionInfo(): ConnectionInfo } }).call;
    const found = this.#peers.get(keyOf(inner.getConnectionInfo()));
    return found ?? { address: stream.getPeer(), port: 0, identity: null };
  }

  #unknown(path: string): string {
    const cut = path.lastIndexOf("/");
    if (cut <= 0) return `malformed method name: ${JSON.stringify(path)}`;
    const service = path.slice(1, cut);
    return this.#services.has(path.slice(0, cut + 1))
      ? `unknown method ${path.slice(cut + 1)} for service ${service}`
      : `unknown service ${service}`;
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    this.#acceptor.close();
    // The library calls back at once, because its server never listened; the connections tell.
    this.#server.tryShutdown(() => {});
    const drained = Promise.all(
      [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
    );
    const cut = (): void => {
      this.#server.forceShutdown();
      for (const socket of this.#sockets) socket.destroy();
    };
    if (graceMs <= 0) cut();
    using timer =
      graceMs > 0 && graceMs !== Number.POSITIVE_INFINITY
        ? this.#clock.timer(graceMs, cut)
        : undefined;
    void timer;
    await drained;
  }
}

interface ConnectionInfo {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** Clients on Unix sockets look alike, and prove no identity. */
function keyOf(end: ConnectionInfo): string {
  return `${end.localAddress} ${end.localPort} ${end.remoteAddress} ${end.remotePort}`;
}
