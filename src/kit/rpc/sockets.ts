/**
 * Listening and dialling for the transports that leave HTTP/2 to a library (`http2`, `grpcjs`): TCP, Unix sockets and
 * mutual TLS whose material is read anew at each handshake and whose peer is judged by its SPIFFE id, never by host name.
 * @see spec 02 §8.1
 */
import { constants } from "node:crypto";
import { createServer, isIP, type Server, Socket } from "node:net";
import {
  connect as connectTls,
  createSecureContext,
  createServer as createTlsServer,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
  type Server as TlsServer,
} from "node:tls";
import type { Clock } from "../time/clock.ts";
import { code, RpcError } from "./status.ts";
import type { DialTarget, ListenAddress, Peer, TlsOptions } from "./transport.ts";

/** Long enough for a slow client, short enough that idle strangers do not pile up. */
export const handshakeTimeoutMs = 10_000;

const alpn = ["h2"];

/** ECDHE with AEAD only; TLS 1.3 brings its own suites. */
const cipherSuites = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/**
 * What the transport enforces on top of the caller's material. Without tickets no session is resumed, so an expired
 * certificate cannot live on in one.
 */
function harden(options: SecureContextOptions): SecureContextOptions {
  return {
    ...options,
    minVersion: "TLSv1.2",
    ciphers: cipherSuites,
    secureOptions: (options.secureOptions ?? 0) | constants.SSL_OP_NO_TICKET,
  };
}

/** The peer's certificates in DER, leaf first. */
function chainOf(certificate: PeerCertificate | DetailedPeerCertificate): Buffer[] {
  const chain: Buffer[] = [];
  const seen = new Set<string>();
  let next: PeerCertificate | DetailedPeerCertificate | undefined = certificate;
  // A self-signed root names itself as its issuer.
  while (next?.raw !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(next.raw);
    next = "issuerCertificate" in next ? next.issuerCertificate : undefined;
  }
  return chain;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

export interface AcceptorOptions {
  readonly tls: TlsOptions | undefined;
  /** A connection that passed the TLS handshake, if there is one to pass. */
  readonly onConnection: (socket: Socket, peer: Peer) => void;
  /** Failed handshakes and failed listeners. */
  readonly onError: (error: Error) => void;
}

/** Accepts connections on any number of addresses. */
export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #listeners = new Set<Server>();
  /** By the client's address; Unix sockets have none and are left to the handshake timeout. */
  readonly #handshaking = new Map<string, Socket>();
  #tlsServer: TlsServer | undefined;
  #material: SecureContextOptions | undefined;
  #closed = false;

  constructor(options: AcceptorOptions) {
    this.#options = options;
  }

  async listen(address: ListenAddress): Promise<{ host: string; port: number }> {
    if (this.#closed) throw new Error("the server is closed");
    const server = "server" in address ? address.server : createServer({ noDelay: true });
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
    const path = typeof bound === "string" ? bound : undefined;
    server.on("connection", (socket: Socket) => this.#accept(socket, path));
    server.on("error", this.#options.onError);
    this.#listeners.add(server);
    if (typeof bound === "string") return { host: bound, port: 0 };
    return { host: bound.address, port: bound.port };
  }

  #accept(socket: Socket, path: string | undefined): void {
    if (this.#closed) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const { tls } = this.#options;
    if (tls === undefined) {
      this.#options.onConnection(socket, peerOf(socket, path, null));
      return;
    }
    const key = keyOf(socket);
    if (socket.remotePort !== undefined) this.#handshaking.set(key, socket);
    socket.once("close", () => {
      if (this.#handshaking.get(key) === socket) this.#handshaking.delete(key);
    });
    socket.on("error", () => {});
    try {
      this.#tls(tls).emit("connection", socket);
    } catch (error) {
      this.#options.onError(asError(error));
      socket.destroy();
    }
  }

  /** The TLS server with the material of this moment. */
  #tls(tls: TlsOptions): TlsServer {
    const material = tls.context();
    if (this.#tlsServer === undefined) {
      this.#tlsServer = createTlsServer({
        ...harden(material),
        ALPNProtocols: alpn,
        requestCert: tls.requestPeerCertificate,
        rejectUnauthorized: tls.requestPeerCertificate,
        handshakeTimeout: handshakeTimeoutMs,
      });
      this.#tlsServer.on("tlsClientError", (error, socket) => {
        this.#options.onError(error);
        socket.destroy();
      });
      this.#tlsServer.on("secureConnection", (socket) => this.#secured(tls, socket));
    } else if (material !== this.#material) {
      this.#tlsServer.setSecureContext(harden(material));
    }
    this.#material = material;
    return this.#tlsServer;
  }

  #secured(tls: TlsOptions, socket: TLSSocket): void {
    this.#handshaking.delete(keyOf(socket));
    socket.on("error", () => {});
    let identity: string | null = null;
    try {
      if (socket.alpnProtocol !== "h2") throw new Error("the client did not negotiate h2");
      if (tls.requestPeerCertificate) {
        identity = tls.verifyPeer(chainOf(socket.getPeerCertificate(true)));
      }
      if (this.#closed) throw new Error("the server is closed");
    } catch (error) {
      this.#options.onError(asError(error));
      socket.destroy();
      return;
    }
    this.#options.onConnection(socket, peerOf(socket, undefined, identity));
  }

  /** Stops listening and cuts connections that are still in their TLS handshake. */
  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners) listener.close();
    this.#listeners.clear();
    for (const socket of this.#handshaking.values()) socket.destroy();
    this.#handshaking.clear();
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localPort}`;
}

function peerOf(socket: Socket, path: string | undefined, identity: string | null): Peer {
  return { address: path ?? socket.remoteAddress ?? "", port: socket.remotePort ?? 0, identity };
}

/** Go's texts for the errors that a dial meets; they end up in API answers. */
const dialErrors: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connect: connection refused"],
  ["ENOENT", "connect: no such file or directory"],
  ["EACCES", "connect: permission denied"],
  ["EHOSTUNREACH", "connect: no route to host"],
  ["ENETUNREACH", "connect: network is unreachable"],
  ["EADDRNOTAVAIL", "connect: cannot assign requested address"],
  ["ECONNRESET", "connect: connection reset by peer"],
  ["ETIMEDOUT", "i/o timeout"],
]);

function dialError(target: DialTarget, error: NodeJS.ErrnoException): RpcError {
  const where = "path" in target ? `unix ${target.path}` : `tcp ${hostPort(target)}`;
  let what = dialErrors.get(error.code ?? "") ?? error.message;
  if (error.syscall === "getaddrinfo" && "host" in target) {
    what = `lookup ${target.host}: no such host`;
    return unavailable(`Error while dialing: dial tcp: ${what}`, error);
  }
  return unavailable(`Error while dialing: dial ${where}: ${what}`, error);
}

function unavailable(text: string, cause: unknown): RpcError {
  return new RpcError(
    code.unavailable,
    `connection error: desc = ${JSON.stringify(`transport: ${text}`)}`,
    { cause },
  );
}

/** `host:port`, with brackets around IPv6. */
export function hostPort(target: { readonly host: string; readonly port: number }): string {
  return isIP(target.host) === 6
    ? `[${target.host}]:${target.port}`
    : `${target.host}:${target.port}`;
}

/** The `:authority` of calls to a target. */
export function authorityOf(target: DialTarget): string {
  return "path" in target ? "localhost" : hostPort(target);
}

/**
 * The client's half of the TLS handshake over a connected socket. No server name is sent: sidecars are dialled by
 * address, and Node refuses an address as a server name.
 */
export function secure(tls: TlsOptions, socket: Socket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let context: SecureContext;
    try {
      context = createSecureContext(harden(tls.context()));
    } catch (error) {
      socket.destroy();
      reject(asError(error));
      return;
    }
    const secured = connectTls({
      socket,
      secureContext: context,
      ALPNProtocols: alpn,
      rejectUnauthorized: true,
      checkServerIdentity(_host, certificate) {
        try {
          tls.verifyPeer(chainOf(certificate));
          return undefined;
        } catch (error) {
          return asError(error);
        }
      },
    });
    const onClose = (): void => reject(new Error("EOF"));
    secured.once("error", reject);
    secured.once("close", onClose);
    secured.once("secureConnect", () => {
      secured.off("error", reject);
      secured.off("close", onClose);
      if (secured.alpnProtocol === "h2") {
        resolve(secured);
        return;
      }
      secured.on("error", () => {});
      secured.destroy();
      reject(new Error("the server did not negotiate h2"));
    });
  });
}

export interface DialOptions {
  readonly target: DialTarget;
  readonly tls: TlsOptions | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** @throws {RpcError} Unavailable with Go's texts */
export async function dial(options: DialOptions): Promise<Socket> {
  const { target, tls } = options;
  const socket = new Socket();
  let timedOut = false;
  using timer = options.clock.timer(options.timeoutMs, () => {
    timedOut = true;
    socket.destroy(Object.assign(new Error("i/o timeout"), { code: "ETIMEDOUT" }));
  });
  void timer;
  const onAbort = (): void => {
    socket.destroy(new Error("operation was canceled"));
  };
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        socket.setNoDelay(true);
        resolve();
      });
      if ("path" in target) socket.connect(target.path);
      else socket.connect(target.port, target.host);
      if (options.signal.aborted) onAbort();
    });
  } catch (error) {
    options.signal.removeEventListener("abort", onAbort);
    throw dialError(target, asError(error));
  }
  socket.on("error", () => {});
  try {
    return tls === undefined ? socket : await secure(tls, socket);
  } catch (error) {
    const reason = timedOut ? "context deadline exceeded" : asError(error).message;
    throw unavailable(`authentication handshake failed: ${reason}`, error);
  } finally {
    options.signal.removeEventListener("abort", onAbort);
  }
}
