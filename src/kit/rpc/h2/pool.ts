/** The connections of one client: the first one with room takes a call, else another is opened. */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../time/clock.ts";
import { code, RpcError } from "../status.ts";
import { CertificateLife } from "./certificate-life.ts";
import {
  ClientConnection,
  type ClientConnectionOptions,
  type ConnectionOwner,
} from "./client-connection.ts";
import { connectionError, type Dialling, type DialOptions, dial } from "./dial.ts";
import type { Shared } from "./frame-writer.ts";

/** Calls beyond what these can carry wait for a stream to end. */
const maxConnections = 100;

/** A call that waits for a connection. */
export interface Waiter {
  /** Called once, unless {@link isGone}. */
  start(connection: ClientConnection): void;
  fail(error: RpcError): void;
  /** The call has ended meanwhile. */
  isGone: boolean;
}

/** One connection on its way up, with the calls it will carry. */
interface Attempt {
  readonly waiters: Waiter[];
  dialling: Dialling | null;
  connection: ClientConnection | null;
  timer: Disposable | null;
}

export interface PoolOptions {
  readonly dial: DialOptions;
  readonly connection: ClientConnectionOptions;
  readonly checkEveryMs: number;
}

export class Pool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #shared: Shared;
  readonly #clock: Clock;
  readonly #ready: ClientConnection[] = [];
  readonly #attempts = new Set<Attempt>();
  /** All that are not ended yet, going away or not. */
  readonly #connections = new Set<ClientConnection>();
  #overflow: Waiter[] = [];
  #interval: Disposable | null = null;
  #isClosed = false;

  constructor(options: PoolOptions, shared: Shared) {
    this.#options = options;
    this.#shared = shared;
    this.#clock = shared.clock;
  }

  /** A connection that can take a stream now. */
  pick(): ClientConnection | null {
    if (this.#overflow.length > 0) return null;
    for (let i = 0; i < this.#ready.length; i++) {
      const connection = this.#ready[i] as ClientConnection;
      if (connection.hasRoom) return connection;
    }
    return null;
  }

  /** Queues a call for the next connection with room. */
  wait(waiter: Waiter): void {
    if (this.#isClosed) {
      waiter.fail(new RpcError(code.canceled, "grpc: the client connection is closing"));
      return;
    }
    for (const attempt of this.#attempts) {
      if (attempt.waiters.length >= this.#options.connection.maxStreams) continue;
      attempt.waiters.push(waiter);
      return;
    }
    if (this.#connections.size + this.#attempts.size >= maxConnections) {
      this.#overflow.push(waiter);
      return;
    }
    this.#dial(waiter);
  }

  #dial(waiter: Waiter): void {
    const attempt: Attempt = { waiters: [waiter], dialling: null, connection: null, timer: null };
    this.#attempts.add(attempt);
    const startedAt = this.#clock.monotonic();
    attempt.dialling = dial(this.#options.dial, (error, socket) => {
      attempt.dialling = null;
      if (error !== null || socket === null) {
        this.#failed(attempt, error ?? connectionError("transport: is closing"));
        return;
      }
      const connection = new ClientConnection(socket, this.#shared, this.#options.connection, this);
      attempt.connection = connection;
      connection.life = this.#lifeOf(socket);
      const left = this.#options.dial.timeoutMs - (this.#clock.monotonic() - startedAt);
      attempt.timer = this.#clock.timer(left, () => {
        this.#failed(attempt, connectionError("failed to receive server preface within timeout"));
        connection.close(null);
        connection.socket.destroy();
      });
      connection.start();
    });
  }

  #lifeOf(socket: Socket): CertificateLife | null {
    const clock = this.#options.dial.tls?.options.certificateClock;
    return clock === undefined ? null : new CertificateLife(socket as TLSSocket, clock);
  }

  #failed(attempt: Attempt, error: RpcError): void {
    if (!this.#attempts.delete(attempt)) return;
    attempt.timer?.[Symbol.dispose]();
    for (const waiter of attempt.waiters) if (!waiter.isGone) waiter.fail(error);
    this.#serveOverflow();
  }

  ready(connection: ClientConnection): void {
    for (const attempt of this.#attempts) {
      if (attempt.connection !== connection) continue;
      this.#attempts.delete(attempt);
      attempt.timer?.[Symbol.dispose]();
      this.#ready.push(connection);
      this.#connections.add(connection);
      this.#interval ??= this.#clock.interval(this.#options.checkEveryMs, () => this.#check());
      this.#startAll(attempt.waiters, connection);
      this.#serveOverflow();
      return;
    }
  }

  /** Starts calls while there is room; the others wait for the next connection. */
  #startAll(waiters: readonly Waiter[], opened: ClientConnection): void {
    for (const waiter of waiters) {
      if (waiter.isGone) continue;
      const connection = this.pick();
      if (connection !== null) waiter.start(connection);
      // A server that allows no streams at all would be dialled for ever.
      else if (opened.streams.size === 0) this.#overflow.push(waiter);
      else this.wait(waiter);
    }
  }

  retired(connection: ClientConnection): void {
    const at = this.#ready.indexOf(connection);
    if (at >= 0) this.#ready.splice(at, 1);
  }

  ended(connection: ClientConnection, error: Error | null): void {
    this.#connections.delete(connection);
    for (const attempt of this.#attempts) {
      if (attempt.connection !== connection) continue;
      const text = error === null ? "EOF" : error.message;
      this.#failed(attempt, connectionError(`error reading server preface: ${text}`));
    }
    if (this.#connections.size === 0 && this.#attempts.size === 0) {
      this.#interval?.[Symbol.dispose]();
      this.#interval = null;
    }
    this.#serveOverflow();
  }

  hasRoom(): void {
    if (this.#overflow.length > 0) this.#serveOverflow();
  }

  #serveOverflow(): void {
    const waiting = this.#overflow;
    if (waiting.length === 0 || this.#isClosed) return;
    this.#overflow = [];
    let done = 0;
    for (; done < waiting.length; done++) {
      const waiter = waiting[done] as Waiter;
      if (waiter.isGone) continue;
      const connection = this.pick();
      if (connection !== null) waiter.start(connection);
      else if (this.#connections.size + this.#attempts.size < maxConnections) this.wait(waiter);
      else break;
    }
    this.#overflow = [...waiting.slice(done), ...this.#overflow];
  }

  #check(): void {
    const now = this.#clock.monotonic();
    for (const connection of [...this.#connections]) connection.check(now);
  }

  /** Ends all calls and connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const error = new RpcError(code.canceled, "grpc: the client connection is closing");
    for (const attempt of [...this.#attempts]) {
      attempt.dialling?.abort();
      this.#failed(attempt, error);
      attempt.connection?.shut();
    }
    const overflow = this.#overflow;
    this.#overflow = [];
    for (const waiter of overflow) if (!waiter.isGone) waiter.fail(error);
    const sockets = [...this.#connections].map((connection) => connection.socket);
    for (const connection of [...this.#connections]) connection.shut();
    this.#interval?.[Symbol.dispose]();
    this.#interval = null;
    await Promise.all(
      sockets.map((socket) => {
        if (socket.destroyed) return Promise.resolve();
        return new Promise<void>((resolve) => {
          const timer = this.#clock.timer(1000, () => socket.destroy());
          socket.once("close", () => {
            timer[Symbol.dispose]();
            resolve();
          });
        });
      }),
    );
  }
}
