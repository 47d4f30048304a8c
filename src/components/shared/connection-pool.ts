/**
 * Connections to a database server, opened when they are needed, shared by calls one at a time.
 *
 * While the server is away every call tries to connect and fails with the cause, so that the first call after its return
 * succeeds. Nothing waits without a bound: callers leave through their {@link Waiter} when their time is over.
 */
import { LiveQueue, type Place } from "../../kit/lifecycle/live-queue.ts";
import type { Clock } from "../../kit/time/clock.ts";

export interface PoolInit<T> {
  /** Must fail in bounded time. */
  readonly open: () => Promise<T>;
  /** Ends a connection politely; must not throw. */
  readonly close: (connection: T) => void;
  readonly maxConnections: number;
  /** ms that a connection may be idle. */
  readonly maxIdleMs: number;
  /** ms that a connection may live. */
  readonly maxLifetimeMs: number;
  readonly clock: Clock;
}

/** Who waits for a connection. */
export interface Waiter<T> {
  /** Where it stands; set by {@link ConnectionPool.acquire}. */
  waiting?: Place<Waiter<T>> | undefined;
  take(connection: T): void;
  fail(error: Error): void;
}

interface Slot {
  readonly openedAt: number;
  idleSince: number;
}

/** Calls that may wait at the same time; more fail at once. */
const maxWaiting = 10_000;

export class ConnectionPool<T extends object> implements AsyncDisposable {
  readonly #init: PoolInit<T>;
  readonly #slots = new Map<T, Slot>();
  /** Last used first, so that a lull closes the rest. */
  readonly #idle: T[] = [];
  readonly #waiters = new LiveQueue<Waiter<T>>();
  readonly #sweep: Disposable;
  #opening = 0;
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(init: PoolInit<T>) {
    this.#init = init;
    const period = Math.min(60_000, Math.max(1000, init.maxIdleMs / 2));
    this.#sweep = init.clock.interval(period, () => this.#closeOld());
  }

  /** Open connections, busy or idle. */
  get size(): number {
    return this.#slots.size;
  }

  /** An idle connection, or undefined: then the waiter gets one, or an error, later. */
  acquire(waiter: Waiter<T>): T | undefined {
    if (this.#isClosed) throw new Error("closed pool");
    const connection = this.#idle.pop();
    if (connection !== undefined) return connection;
    if (this.#waiters.size >= maxWaiting) throw new Error("too many calls wait for a connection");
    waiter.waiting = this.#waiters.add(waiter);
    this.#grow();
    return undefined;
  }

  /** The waiter no longer wants a connection. */
  leave(waiter: Waiter<T>): void {
    if (waiter.waiting !== undefined) this.#waiters.leave(waiter.waiting);
  }

  release(connection: T): void {
    const slot = this.#slots.get(connection);
    if (slot === undefined) return;
    const now = this.#init.clock.monotonic();
    if (this.#isClosed || now - slot.openedAt > this.#init.maxLifetimeMs) {
      this.discard(connection);
      this.#init.close(connection);
      return;
    }
    slot.idleSince = now;
    this.#offer(connection);
  }

  /** Forgets a connection that is broken or closed already. Idempotent. */
  discard(connection: T): void {
    if (!this.#slots.delete(connection)) return;
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#slots.size === 0) this.#onEmpty?.();
    this.#grow();
  }

  /** Lets busy connections end their work for that long at most. Idempotent. */
  async close(limitMs: number): Promise<readonly T[]> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#sweep[Symbol.dispose]();
      for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
        waiter.fail(new Error("closed pool"));
      }
      for (const connection of [...this.#idle]) this.#end(connection);
    }
    if (this.#slots.size > 0 && limitMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#init.clock.timer(limitMs, resolve);
        this.#onEmpty = () => {
          timer[Symbol.dispose]();
          resolve();
        };
      });
    }
    return [...this.#slots.keys()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close(0);
  }

  #offer(connection: T): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#idle.push(connection);
    else waiter.take(connection);
  }

  /** Opens connections for those who wait, as far as there is room. */
  #grow(): void {
    const { maxConnections } = this.#init;
    while (
      !this.#isClosed &&
      this.#waiters.size > this.#opening &&
      this.#slots.size + this.#opening < maxConnections
    ) {
      this.#opening++;
      this.#init.open().then(
        (connection) => this.#onOpen(connection),
        (error: Error) => this.#onFailure(error),
      );
    }
  }

  #onOpen(connection: T): void {
    this.#opening--;
    if (this.#isClosed) {
      this.#init.close(connection);
      return;
    }
    const now = this.#init.clock.monotonic();
    this.#slots.set(connection, { openedAt: now, idleSince: now });
    this.#offer(connection);
  }

  #onFailure(error: Error): void {
    this.#opening--;
    this.#waiters.shift()?.fail(error);
    this.#grow();
  }

  #end(connection: T): void {
    this.discard(connection);
    this.#init.close(connection);
  }

  #closeOld(): void {
    const { clock, maxIdleMs, maxLifetimeMs } = this.#init;
    const now = clock.monotonic();
    for (const connection of [...this.#idle]) {
      const slot = this.#slots.get(connection);
      if (slot === undefined) continue;
      if (now - slot.idleSince > maxIdleMs || now - slot.openedAt > maxLifetimeMs) {
        this.#end(connection);
      }
    }
  }
}
