/**
 * gRPC client on node:http2: a pool of connections to one target.
 * @see spec 02 §8.1
 */
import { type ClientHttp2Session, connect } from "node:http2";
import type { Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import { Contexts } from "../h2/tls.ts";
import { Metadata } from "../metadata.ts";
import { authorityOf, dial } from "../sockets.ts";
import { code, RpcError } from "../status.ts";
import type {
  CallOptions,
  ClientOptions,
  ClientTransport,
  OutgoingCall,
  UnaryReply,
} from "../transport.ts";
import { callUnary } from "../unary.ts";
import { Http2ClientCall } from "./client-call.ts";
import { keepAlive } from "./server.ts";

const streamWindowBytes = 256 * 1024;
const connectionWindowBytes = 1024 * 1024;

/** Headers and trailers of one answer. */
const maxMetadataBytes = 64 * 1024;

const defaultUserAgent = "grpc-tricorne";

/** How often a call may move to another connection because the one it was given was just closing. */
const maxMoves = 3;

export class Http2Client implements ClientTransport {
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #connections = new Set<ClientConnection>();
  readonly #calls = new Set<Http2ClientCall>();
  readonly #contexts: Contexts | undefined;
  #closed = false;

  constructor(options: ClientOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#contexts = options.tls === undefined ? undefined : new Contexts(options.tls);
  }

  async connect(): Promise<void> {
    if (this.#closed) throw closedError();
    const connection = this.#pick();
    await connection.ready;
  }

  open(path: string, options: CallOptions = {}): OutgoingCall {
    const call = new Http2ClientCall({
      path,
      authority: authorityOf(this.#options.target),
      scheme: this.#options.tls === undefined ? "http" : "https",
      userAgent: this.#options.userAgent ?? defaultUserAgent,
      maxMessageBytes: this.#options.maxMessageBytes,
      clock: this.#clock,
      call: options,
      onEnd: (ended) => this.#calls.delete(ended),
    });
    if (call.isEnded) return call;
    this.#calls.add(call);
    if (this.#closed) call.end(statusOf(closedError()));
    else this.#assign(call, 0);
    return call;
  }

  unary(path: string, message: Uint8Array, options?: CallOptions): Promise<UnaryReply> {
    return callUnary(this.open(path, options), message);
  }

  #assign(call: Http2ClientCall, moves: number): void {
    const connection = this.#pick();
    connection.reserve();
    connection.ready.then(
      (session) => {
        if (call.isEnded) connection.release();
        else if (!connection.isUsable && moves < maxMoves) {
          connection.release();
          this.#assign(call, moves + 1);
        } else if (
          !call.start(
            session,
            () => connection.isLost,
            () => connection.release(),
          )
        ) {
          connection.release();
          if (moves < maxMoves) this.#assign(call, moves + 1);
          else call.end(statusOf(new RpcError(code.unavailable, "the connection is draining")));
        }
      },
      (error: unknown) => {
        connection.release();
        call.end(statusOf(error));
      },
    );
  }

  #pick(): ClientConnection {
    for (const connection of this.#connections) {
      if (connection.isUsable && connection.hasRoom) return connection;
    }
    const connection = new ClientConnection(this.#options, this.#contexts, this.#clock);
    this.#connections.add(connection);
    connection.onClose(() => this.#connections.delete(connection));
    return connection;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const call of this.#calls) {
      call.cancelWith({
        code: code.canceled,
        message: "grpc: the client connection is closing",
        trailers: new Metadata(),
      });
    }
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }
}

function closedError(): RpcError {
  return new RpcError(code.canceled, "grpc: the client connection is closing");
}

function statusOf(reason: unknown): { code: number; message: string; trailers: Metadata } {
  if (reason instanceof RpcError) {
    return { code: reason.code, message: reason.desc, trailers: new Metadata() };
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  return { code: code.unavailable, message, trailers: new Metadata() };
}

/** One connection and the number of calls on it. */
class ClientConnection {
  /** Settled when the server's settings have come. */
  readonly ready: Promise<ClientHttp2Session>;
  readonly #options: ClientOptions;
  readonly #contexts: Contexts | undefined;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  readonly #timers = new DisposableStack();
  readonly #onClose: (() => void)[] = [];
  #socket: Socket | undefined;
  #session: ClientHttp2Session | undefined;
  #calls = 0;
  #unusable = false;
  #idle: Disposable | undefined;

  constructor(options: ClientOptions, contexts: Contexts | undefined, clock: Clock) {
    this.#options = options;
    this.#contexts = contexts;
    this.#clock = clock;
    this.ready = this.#connect();
    this.ready.catch(() => this.#gone());
  }

  async #connect(): Promise<ClientHttp2Session> {
    const { target, tls, connectTimeoutMs = 20_000 } = this.#options;
    const startedAt = this.#clock.monotonic();
    const socket = await dial({
      target,
      tls:
        tls === undefined || this.#contexts === undefined
          ? null
          : { options: tls, contexts: this.#contexts },
      timeoutMs: connectTimeoutMs,
      clock: this.#clock,
      signal: this.#abort.signal,
    });
    const sessionOptions = {
      createConnection: () => socket,
      maxHeaderListPairs: 10_000,
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
      maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
      strictSingleValueFields: false,
      settings: {
        enablePush: false,
        initialWindowSize: streamWindowBytes,
        maxHeaderListSize: maxMetadataBytes,
      },
    };
    const scheme = tls === undefined ? "http" : "https";
    const session = connect(`${scheme}://${authorityOf(target)}`, sessionOptions);
    this.#socket = socket;
    this.#session = session;
    session.on("error", () => {});
    session.once("connect", () => session.setLocalWindowSize(connectionWindowBytes));
    session.once("goaway", () => {
      this.#unusable = true;
    });
    session.once("close", () => this.#gone());
    const leftMs = Math.max(connectTimeoutMs - (this.#clock.monotonic() - startedAt), 0);
    await this.#settings(session, leftMs);
    const { pingAfterMs = 0, pingTimeoutMs = 20_000 } = this.#options;
    if (pingAfterMs > 0) {
      this.#timers.use(keepAlive(this.#clock, session, socket, pingAfterMs, pingTimeoutMs));
    }
    this.#armIdle();
    return session;
  }

  #settings(session: ClientHttp2Session, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (text: string): void => {
        const desc = `connection error: desc = "error reading server preface: ${text}"`;
        reject(new RpcError(code.unavailable, desc));
        session.destroy();
      };
      const timer = this.#clock.timer(timeoutMs, () => fail("context deadline exceeded"));
      session.once("close", () => {
        timer[Symbol.dispose]();
        fail("EOF");
      });
      session.once("remoteSettings", () => {
        timer[Symbol.dispose]();
        resolve();
      });
    });
  }

  get isUsable(): boolean {
    if (this.#unusable) return false;
    const session = this.#session;
    return session === undefined || !(session.closed || session.destroyed);
  }

  /** Broken, whoever broke it. Sockets know before their session does. */
  get isLost(): boolean {
    return this.#session?.destroyed === true || this.#socket?.destroyed === true;
  }

  get hasRoom(): boolean {
    const own = this.#options.maxStreamsPerConnection ?? 100;
    const theirs = this.#session?.remoteSettings?.maxConcurrentStreams;
    return this.#calls < Math.min(own, theirs ?? own);
  }

  reserve(): void {
    this.#calls++;
    this.#idle?.[Symbol.dispose]();
  }

  release(): void {
    this.#calls--;
    this.#armIdle();
  }

  #armIdle(): void {
    const { maxIdleMs = 180_000 } = this.#options;
    this.#idle?.[Symbol.dispose]();
    if (this.#calls > 0 || this.#unusable) return;
    if (maxIdleMs <= 0 || maxIdleMs === Number.POSITIVE_INFINITY) return;
    this.#idle = this.#clock.timer(maxIdleMs, () => {
      this.#unusable = true;
      this.#session?.close();
    });
  }

  #gone(): void {
    this.#unusable = true;
    this.#timers.dispose();
    this.#idle?.[Symbol.dispose]();
    for (const callback of this.#onClose.splice(0)) callback();
  }

  onClose(callback: () => void): void {
    this.#onClose.push(callback);
  }

  async close(): Promise<void> {
    this.#unusable = true;
    this.#abort.abort();
    const session = this.#session;
    if (session === undefined || session.destroyed) return;
    await new Promise<void>((resolve) => {
      session.once("close", () => resolve());
      session.close();
      // Streams that were just cancelled have written their resets by then.
      setImmediate(() => session.destroy());
    });
  }
}
