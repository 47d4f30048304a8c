/**
 * The boundary between the building blocks and the wire.
 *
 * Three implementations stand behind it: `h2` (our own HTTP/2 in plain TypeScript, the default), `http2` (node:http2)
 * and `grpcjs` (@grpc/grpc-js). The last two are the reference for ours and the escape hatch
 * (`TRICORNE_GRPC_TRANSPORT=h2|http2|grpcjs`). Messages are bytes: codecs and method tables live above.
 *
 * Message buffers handed to callbacks are only valid until the callback returns, unless the callback copies them or the
 * transport says otherwise: an implementation may reuse its read buffer. {@link retain} makes a copy that lasts.
 */
import type { SecureContextOptions } from "node:tls";
import type { Clock } from "../time/clock.ts";
import type { Metadata } from "./metadata.ts";
import type { RpcStatus } from "./status.ts";

/** The other end of a connection. */
export interface Peer {
  /** IP literal, or the path of a Unix socket. */
  readonly address: string;
  /** 0 for Unix sockets. */
  readonly port: number;
  /** The SPIFFE id that the peer proved in the TLS handshake (`spiffe://domain/ns/namespace/app`); null without mTLS. */
  readonly identity: string | null;
}

/** What a call ends with; missing members are OK, "" and none. */
export interface Finish {
  readonly code?: number;
  readonly message?: string;
  readonly details?: Uint8Array | undefined;
  readonly trailers?: Metadata | undefined;
}

/** The server's view of one call, common to unary and streaming ones. */
export interface IncomingCall {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The `:authority` that the client sent; "" when there was none. */
  readonly authority: string;
  /** Request metadata without what the transport owns (pseudo headers, te, content-type, grpc-timeout, grpc-encoding ...). `user-agent` is kept. */
  readonly metadata: Metadata;
  readonly peer: Peer;
  /** Milliseconds left when the call arrived (grpc-timeout); Infinity without a deadline. The transport enforces it. */
  readonly timeoutMs: number;
  /** Aborted when the client goes away, the deadline passes or the server is forced to stop. Created on first use. */
  readonly signal: AbortSignal;
  readonly cancelled: boolean;
  /** Called once, at most, for the same reasons as {@link signal}. */
  onCancel(callback: () => void): void;
  /** Adds response header metadata; must come before the first message. On unary calls it is merged into the one write. */
  sendHeaders(metadata: Metadata): void;
}

/** A unary call. The handler returns the response bytes or throws an RpcError. */
export interface UnaryCall extends IncomingCall {
  /** Trailing metadata of the response; set before the handler returns. */
  trailers: Metadata | null;
}

/** A streaming or proxied call. Request messages wait (back-pressured) until onMessage is set. */
export interface StreamCall extends IncomingCall {
  onMessage(callback: (message: Buffer) => void): void;
  /** The client sent its last message. */
  onHalfClose(callback: () => void): void;
  /** Stops reading: the peer's flow-control window is not refilled until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Queues a message. false: wait for onDrain before sending more. After cancellation messages are dropped. */
  send(message: Uint8Array): boolean;
  onDrain(callback: () => void): void;
  /** Ends the call; further calls of it are ignored. */
  finish(status?: Finish): void;
}

export type UnaryHandler = (message: Buffer, call: UnaryCall) => Uint8Array | Promise<Uint8Array>;
export type StreamHandler = (call: StreamCall) => void;

/** Where a server listens. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }
  /** A listening socket that somebody bound before (the internal port is reserved early). */
  | { readonly server: import("node:net").Server };

/**
 * TLS material read anew at each handshake, so that rotation needs no restart.
 * `verifyPeer` replaces host name checks: it gets the peer's chain in DER (leaf first) and returns its SPIFFE id or throws,
 * which ends the handshake.
 */
export interface TlsOptions {
  /** Key, certificate chain and options for the next handshake (TLS >= 1.2 is enforced by the transport). */
  context(): SecureContextOptions;
  /** Servers: ask for a client certificate. Clients: ignored. */
  readonly requestPeerCertificate: boolean;
  readonly verifyPeer: (chain: readonly Buffer[]) => string;
  /** Clients: the name asked for (SNI), never an IP address. Sidecars ask for none: they are dialled by address. */
  readonly serverName?: string;
  /** With it, connections end when a certificate of either end expires by this clock. Only by `h2`. */
  readonly certificateClock?: Clock;
}

/** Limits of a transport, by the labels of their counter. */
export type RpcLimit =
  | "grpc-metadata"
  | "grpc-message"
  | "streams"
  | "control-frames"
  | "slow-reader"
  | "connections";

export interface ServerOptions {
  /** Messages longer than this end the call with ResourceExhausted, in both directions. Bytes. */
  readonly maxMessageBytes: number;
  /** Decoded request metadata longer than this resets the stream. Bytes. */
  readonly maxMetadataBytes: number;
  readonly maxConcurrentStreams?: number;
  /** Beyond it the oldest idle connection is closed. Default 10000. */
  readonly maxConnections?: number;
  /** Client pings faster than this are answered with GOAWAY too_many_pings. Default 8000. */
  readonly minPingIntervalMs?: number;
  /** Ping after this much silence (default 10000) and close when no answer comes within pingTimeoutMs (default 5000). */
  readonly pingAfterMs?: number;
  readonly pingTimeoutMs?: number;
  /** GOAWAY to a connection without streams for this long. Default 180000. */
  readonly maxIdleMs?: number;
  readonly tls?: TlsOptions | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
  /** Told of every time that a limit turns work away; only by `h2`. */
  readonly onLimit?: ((limit: RpcLimit) => void) | undefined;
  /** Default: the system clock. */
  readonly clock?: Clock | undefined;
}

export interface ServerTransport {
  unary(path: string, handler: UnaryHandler): void;
  stream(path: string, handler: StreamHandler): void;
  /** Every path that is not registered; without it they end with Unimplemented. */
  fallback(handler: StreamHandler): void;
  /** May be called several times; resolves to the bound address. */
  listen(address: ListenAddress): Promise<{ host: string; port: number }>;
  /**
   * Asks every client that is connected now to connect anew (GOAWAY); running calls go on.
   * @returns cuts those of them that are still there. Absent where a transport cannot.
   */
  retireConnections?(): () => void;
  /** Stops listening, sends GOAWAY and waits for running calls; after graceMs (Infinity: never) they are cut. */
  close(graceMs: number): Promise<void>;
}

/** Where a client dials. */
export type DialTarget =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

export interface ClientOptions {
  readonly target: DialTarget;
  readonly tls?: TlsOptions | undefined;
  readonly maxMessageBytes: number;
  readonly onLimit?: ((limit: RpcLimit) => void) | undefined;
  readonly userAgent?: string;
  /** TCP, TLS and HTTP/2 settings together. Default 20000. */
  readonly connectTimeoutMs?: number;
  /** Ping after this much silence; 0 or absent: never. */
  readonly pingAfterMs?: number;
  readonly pingTimeoutMs?: number;
  /** Streams on one connection before another is opened. Default 100; the peer's own limit is obeyed too. */
  readonly maxStreamsPerConnection?: number;
  /** Connections unused for longer are closed. Default 180000; 0: kept. */
  readonly maxIdleMs?: number;
  /** Default: the system clock. */
  readonly clock?: Clock | undefined;
}

export interface CallOptions {
  readonly metadata?: Metadata | undefined;
  /** Sent as grpc-timeout and enforced here (DeadlineExceeded `context deadline exceeded`). */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UnaryReply {
  readonly message: Buffer;
  readonly headers: Metadata;
  readonly trailers: Metadata;
}

/** The client's view of one streaming call. */
export interface OutgoingCall {
  /** At most once; not called when the server ends the call without headers (trailers only). */
  onHeaders(callback: (metadata: Metadata) => void): void;
  onMessage(callback: (message: Buffer) => void): void;
  /** Exactly once. Transport failures are reported as codes too (Unavailable, Internal ...), never thrown. */
  onStatus(callback: (status: RpcStatus) => void): void;
  pause(): void;
  resume(): void;
  send(message: Uint8Array): boolean;
  onDrain(callback: () => void): void;
  halfClose(): void;
  /** Resets the stream; onStatus then reports Canceled, if nothing else came before. */
  cancel(): void;
}

export interface ClientTransport {
  /** @throws {RpcError} any status but OK. Unavailable at once when the connection cannot be made (fail fast). */
  unary(path: string, message: Uint8Array, options?: CallOptions): Promise<UnaryReply>;
  open(path: string, options?: CallOptions): OutgoingCall;
  /** Connects now instead of on first use. @throws {RpcError} Unavailable */
  connect(): Promise<void>;
  /** Ends running calls with Canceled and closes the connections. */
  close(): Promise<void>;
}

export interface Transport {
  readonly name: "h2" | "http2" | "grpcjs";
  createServer(options: ServerOptions): ServerTransport;
  createClient(options: ClientOptions): ClientTransport;
}

/** Copies bytes that outlive a callback, so that they do not pin a whole read buffer. */
export function retain(message: Uint8Array): Buffer {
  return Buffer.from(message);
}
