/**
 * Listening and dialling for the transports that leave HTTP/2 to a library (`http2`, `grpcjs`). Handshakes and dial
 * errors are those of our own HTTP/2.
 * @see spec 02 §8.1
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../time/clock.ts";
import { dial as dialWithCallback, hostPort } from "./h2/dial.ts";
import { acceptTls, Contexts, connectTls } from "./h2/tls.ts";
import type { DialTarget, ListenAddress, Peer, TlsOptions } from "./transport.ts";

/** Long enough for a slow client, short enough that idle strangers do not pile up. */
export const handshakeTimeoutMs = 10_000;

export interface AcceptorOptions {
  readonly tls: TlsOptions | undefined;
  readonly clock: Clock;
  /** A connection that passed the TLS handshake, if there is one to pass. */
  readonly onConnection: (socket: Socket, peer: Peer) => void;
  /** Failed handshakes and failed listeners. */
  readonly onError: (error: Error) => void;
}

/** Accepts connections on any number of addresses. */
export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #contexts: Contexts | undefined;
  readonly #listeners = new Set<Server>();
  readonly #handshaking = new Set<Socket>();
  #closed = false;

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#contexts = options.tls === undefined ? undefined : new Contexts(options.tls);
  }

  async listen(address: ListenAddress): Promise<{ host: string; port: number }> {
    if (this.#closed) throw new Error("the server is closed");
    const server = "server" in address ? address.server : createServer();
    if (!("server" in address)) {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(address, () => {
          server.off("error", reject);
          resolve();
        });
      });
    }
    const bound = server.address();
    if (bound === null) throw new Error("the socket does not listen");
    const path = typeof bound === "string" ? bound : "";
    server.on("connection", (socket: Socket) => this.#accept(socket, path));
    server.on("error", this.#options.onError);
    this.#listeners.add(server);
    if (typeof bound === "string") return { host: bound, port: 0 };
    return { host: bound.address, port: bound.port };
  }

  /** @param path of the Unix socket, or "" */
  #accept(raw: Socket, path: string): void {
    raw.on("error", () => raw.destroy());
    if (this.#closed) {
      raw.destroy();
      return;
    }
    raw.setNoDelay(true);
    const { tls, clock } = this.#options;
    if (tls === undefined || this.#contexts === undefined) {
      this.#options.onConnection(raw, peerOf(raw, path, null));
      return;
    }
    this.#handshaking.add(raw);
    const timer = clock.timer(handshakeTimeoutMs, () => raw.destroy());
    acceptTls(raw, this.#contexts, tls, (error, result) => {
      timer[Symbol.dispose]();
      this.#handshaking.delete(raw);
      if (error !== null || result === null) {
        this.#options.onError(error ?? new Error("EOF"));
        return;
      }
      const { socket, identity } = result;
      socket.on("error", () => {});
      // Node clears it only on sockets of its own TLS server, and node:http2 would wait for ever.
      Object.assign(socket, { secureConnecting: false });
      if (this.#closed) socket.destroy();
      else this.#options.onConnection(socket, peerOf(raw, path, identity));
    });
  }

  /** Stops listening and cuts connections that are still in their TLS handshake. */
  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners) listener.close();
    this.#listeners.clear();
    for (const socket of this.#handshaking) socket.destroy();
  }
}

/** IPv4 addresses on dual-stack sockets are shown as such. */
function peerOf(socket: Socket, path: string, identity: string | null): Peer {
  const address = socket.remoteAddress ?? path;
  const isMapped = address.startsWith("::ffff:") && address.includes(".");
  return { address: isMapped ? address.slice(7) : address, port: socket.remotePort ?? 0, identity };
}

/** The `:authority` of calls to a target. */
export function authorityOf(target: DialTarget): string {
  return "path" in target ? "localhost" : hostPort(target.host, target.port);
}

/** The client's half of the TLS handshake over a connected socket. */
export function secure(tls: TlsOptions, contexts: Contexts, socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connectTls(socket, contexts, tls, (error, result) => {
      if (error !== null || result === null) reject(error ?? new Error("EOF"));
      else resolve(result.socket);
    });
  });
}

export interface DialOptions {
  readonly target: DialTarget;
  readonly tls: { readonly options: TlsOptions; readonly contexts: Contexts } | null;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** @throws {RpcError} Unavailable with Go's texts, or the signal's reason */
export function dial(options: DialOptions): Promise<Socket> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const dialling = dialWithCallback(options, (error, socket) => {
      signal.removeEventListener("abort", onAbort);
      if (error !== null || socket === null) reject(error ?? new Error("EOF"));
      else {
        socket.on("error", () => {});
        resolve(socket);
      }
    });
    const onAbort = (): void => {
      dialling.abort();
      reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
